"use strict";
// Searching the report: terms -> documents from the shards, phrases looked up in the texts, facets and sorting over all.
const harvest = {};
(() => {
  const SHARDS = 256, ROWS = 5000, SHOWN = 20, CONTEXT = 30, PLACES = 3;
  const ID = 0, TITLE = 1, SITE = 2, DATE = 3, KIND = 4, GENRE = 5, WARNINGS = 6, CHARS = 7, WITHHELD = 8, GAPS = 9;
  const KINDS = { full: ["完整", "whole"], gapped: ["中间有缺", "gaps inside"], cut_off: ["结尾缺失", "end missing"], unknown: ["有缺,位置不明", "something missing"] };
  const NAMES = { site: ["网站", "site"], year: ["年份", "year"], kind: ["完整性", "completeness"], genre: ["文种", "genre"], warning: ["提示", "warning"] };
  const UNSPACED = /[⺀-⿟々-〇〡-〩぀-ヿ㄀-㄰㆐-ㇿ㐀-䶿一-鿿가-힯豈-﫿\u{20000}-\u{3ffff}]/u;
  const ALNUM = /[\p{L}\p{N}]/u;
  const isWord = (c) => ALNUM.test(c) && !UNSPACED.test(c);
  const say = (pair) => pair[document.documentElement.dataset.ui === "en" ? 1 : 0];
  const element = (name, text, style) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (style) made.className = style;
    return made;
  };

  // -- data, each file loaded once ------------------------------------------------------------------------------
  const loads = new Map(), grams = new Map(), texts = new Map(), rows = [];
  let forms = new Map();
  const load = (name) => {
    if (!loads.has(name)) {
      loads.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `data/${name}.js`;
        script.onload = done;
        script.onerror = () => failed(new Error(name));
        document.head.append(script);
      }));
    }
    return loads.get(name);
  };
  harvest.form = ([from, to, several]) => {
    forms = new Map(Object.entries(several));
    for (let at = 0; at < from.length; at++) forms.set(from[at], to[at]);
  };
  harvest.docs = (number, part) => part.forEach((row, at) => { rows[number * ROWS + at] = row; });
  harvest.grams = (number, shard) => grams.set(number, shard);
  harvest.text = (id, entry) => texts.set(id, entry);

  // -- the search form of a text, as the index has it -----------------------------------------------------------
  const formOf = (text) => {
    let form = "";
    const origin = [];
    let at = 0;
    for (const char of text) {
      const other = forms.get(char) ?? char;
      for (let n = 0; n < other.length; n++) origin.push(at);
      form += other;
      at += char.length;
    }
    origin.push(at);
    return { form, origin };
  };
  const unitsOf = (form) => {
    const units = [];
    let word = "";
    for (const char of form) {
      if (isWord(char)) { word += char; continue; }
      if (word) { units.push(word); word = ""; }
      units.push(char);
    }
    if (word) units.push(word);
    return units;
  };
  const isCharacter = (unit) => !isWord([...unit][0]);
  const termsOf = (phrase) => {
    const units = unitsOf(phrase), terms = [];
    units.forEach((unit, at) => {
      const next = units[at + 1];
      if (next !== undefined && isCharacter(unit) && isCharacter(next)) terms.push(unit + next);
      else if (!isCharacter(unit) || (units.length === 1) || (at === 0 || !isCharacter(units[at - 1]))) terms.push(unit);
    });
    return { terms, exact: units.length === 1 || (units.length === 2 && terms.length === 1) };
  };
  const found = (form, phrase, from) => {
    for (let at = form.indexOf(phrase, from); at >= 0; at = form.indexOf(phrase, at + 1)) {
      const before = [...form.slice(Math.max(0, at - 2), at)].pop(), behind = [...form.slice(at + phrase.length, at + phrase.length + 2)][0];
      const first = [...phrase][0], last = [...phrase].pop();
      if (before && isWord(first) && isWord(before)) continue;
      if (behind && isWord(last) && isWord(behind)) continue;
      return at;
    }
    return -1;
  };

  // -- terms -> documents ---------------------------------------------------------------------------------------
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const decode = (posted) => {
    const places = [];
    let place = -1, step = 0, worth = 1;
    for (const digit of posted) {
      const value = DIGITS.indexOf(digit);
      step += (value % 32) * worth;
      if (value >= 32) { worth *= 32; continue; }
      place += step;
      places.push(place);
      step = 0; worth = 1;
    }
    return places;
  };
  const shardOf = (term) => term.codePointAt(0) % SHARDS;
  const candidates = async (phrase) => {
    const { terms, exact } = termsOf(phrase);
    await Promise.all([...new Set(terms.map(shardOf))].map((shard) => load(`grams-${shard}`)));
    const lists = terms.map((term) => grams.get(shardOf(term))[term]).map((posted) => (posted ? decode(posted) : []));
    lists.sort((a, b) => a.length - b.length);
    let places = lists[0];
    for (const list of lists.slice(1)) {
      const known = new Set(list);
      places = places.filter((place) => known.has(place));
    }
    return { places, exact };
  };
  const textOf = async (place) => {
    const id = rows[place][ID];
    await load(`text/${id.slice(0, 2)}/${id}`);
    return texts.get(id);
  };
  const holds = async (place, phrases) => {
    const [title, sections, text] = await textOf(place);
    const fields = [title, ...sections.map((section) => section[1]), text].map((field) => formOf(field).form);
    return phrases.every((phrase) => fields.some((form) => found(form, phrase, 0) >= 0));
  };

  // -- state, in the address ------------------------------------------------------------------------------------
  const state = () => new URLSearchParams(location.hash.slice(1));
  const change = (changes) => {
    const next = state();
    for (const [key, value] of Object.entries(changes)) value ? next.set(key, value) : next.delete(key);
    location.hash = next.toString();
  };
  const facetsOf = (row) => ({ site: [row[SITE]], year: [row[DATE].slice(0, 4) || "–"], kind: [row[KIND]], genre: [row[GENRE] || "–"], warning: row[WARNINGS].length ? row[WARNINGS] : ["–"] });
  const chosen = (asked, facet) => (asked.get(facet) ?? "").split("|").filter(Boolean);
  const passes = (row, asked, but) => Object.entries(facetsOf(row)).every(([facet, values]) => {
    const wanted = chosen(asked, facet);
    return facet === but || !wanted.length || values.some((value) => wanted.includes(value));
  });

  // -- one search -----------------------------------------------------------------------------------------------
  let turn = 0;
  const search = async () => {
    const mine = ++turn, asked = state();
    document.getElementById("q").value = asked.get("q") ?? "";
    document.getElementById("sort").value = asked.get("sort") ?? "relevance";
    const phrases = [...new Set(formOf(asked.get("q") ?? "").form.split(/\s+/u).filter(Boolean))];
    let places = rows.map((row, place) => (row ? place : -1)).filter((place) => place >= 0), doubted = false;
    for (const answer of await Promise.all(phrases.map(candidates))) {
      const known = new Set(answer.places);
      places = places.filter((place) => known.has(place));
      doubted ||= !answer.exact;
    }
    if (mine !== turn) return;
    places = sorted(places, asked, phrases);
    if (!doubted) return show(places, asked, phrases, true);
    const sure = [];
    for (let at = 0; at < places.length; at += 64) {
      const part = places.slice(at, at + 64);
      const holding = await Promise.all(part.map((place) => holds(place, phrases)));
      if (mine !== turn) return;
      sure.push(...part.filter((_, n) => holding[n]));
      if (at + 64 < places.length && (at === 0 || at % 512 === 0)) show(sure, asked, phrases, false);
    }
    show(sure, asked, phrases, true);
  };
  const sorted = (places, asked, phrases) => {
    const titled = (place) => { const form = formOf(rows[place][TITLE]).form; return phrases.filter((phrase) => found(form, phrase, 0) >= 0).length; };
    const newest = (a, b) => (rows[b][DATE] > rows[a][DATE] ? 1 : rows[b][DATE] < rows[a][DATE] ? -1 : a - b);
    const by = asked.get("sort") ?? "relevance";
    if (by === "name") return places.sort((a, b) => rows[a][TITLE].localeCompare(rows[b][TITLE], "zh") || a - b);
    if (by === "longest") return places.sort((a, b) => rows[b][CHARS] - rows[a][CHARS] || a - b);
    if (by === "most_withheld") return places.sort((a, b) => rows[b][WITHHELD] - rows[a][WITHHELD] || a - b);
    if (by === "newest" || !phrases.length) return places.sort(newest);
    const scores = new Map(places.map((place) => [place, titled(place)]));
    return places.sort((a, b) => scores.get(b) - scores.get(a) || newest(a, b));
  };

  // -- showing --------------------------------------------------------------------------------------------------
  const show = (places, asked, phrases, whole) => {
    facets(places, asked);
    const kept = places.filter((place) => passes(rows[place], asked));
    const page = Math.max(0, Math.min(Number(asked.get("page") ?? 0), Math.ceil(kept.length / SHOWN) - 1));
    const count = document.getElementById("count");
    count.textContent = `${whole ? "" : "≥ "}${kept.length.toLocaleString()} ${say(["篇", "documents"])}`;
    count.dataset.whole = whole;
    count.dataset.count = kept.length;
    count.dataset.query = asked.get("q") ?? "";
    const list = document.getElementById("hits");
    list.replaceChildren(...kept.slice(page * SHOWN, page * SHOWN + SHOWN).map((place) => hit(place, phrases)));
    pager(page, Math.ceil(kept.length / SHOWN));
  };
  const address = (row, section) => `documents/${row[ID].slice(0, 2)}/${row[ID]}.html${section === undefined ? "" : `#n${section}`}`;
  const hit = (place, phrases) => {
    const row = rows[place], item = element("li"), head = element("h3"), link = element("a");
    link.href = address(row);
    marked(link, row[TITLE] || say(["(无标题)", "(no title)"]), phrases);
    head.append(link);
    const kind = element("span", say(KINDS[row[KIND]]), `chip ${row[KIND]}`);
    const facts = [row[SITE], row[DATE] || say(["日期不详", "no date"]), `${row[CHARS].toLocaleString()} ${say(["字", "characters"])}`];
    if (row[WITHHELD]) facts.push(`${say(["隐去", "withheld"])} ${row[WITHHELD].toLocaleString()}`);
    else if (row[GAPS]) facts.push(`${row[GAPS]} ${say(["处缺", "gaps"])}`);
    const line = element("p");
    line.append(kind, " ", element("span", facts.join(" · "), "soft"));
    item.append(head, line);
    if (phrases.length) excerpts(item, place, phrases);
    return item;
  };
  const marks = (text, phrases) => {
    const { form, origin } = formOf(text), spans = [];
    for (const phrase of phrases) {
      for (let at = found(form, phrase, 0); at >= 0; at = found(form, phrase, at + phrase.length)) spans.push([origin[at], origin[at + phrase.length]]);
    }
    return spans.sort((a, b) => a[0] - b[0]);
  };
  const marked = (into, text, phrases) => {
    let at = 0;
    for (const [start, end] of marks(text, phrases)) {
      if (start < at) continue;
      into.append(text.slice(at, start), element("mark", text.slice(start, end)));
      at = end;
    }
    into.append(text.slice(at));
  };
  const excerpts = async (item, place, phrases) => {
    const [, sections, text] = await textOf(place);
    const units = /[\ud800-\udfff]/.test(text) ? unitOffsets(text) : (offset) => offset;
    const shown = new Set();
    for (const [start, end] of marks(text, phrases)) {
      let section;
      sections.forEach((part, number) => { if (part[2] !== null && units(part[2]) <= start && start < units(part[3])) section = number; });
      if (shown.has(section)) continue;
      shown.add(section);
      const low = Math.max(text.lastIndexOf("\n", start - 1) + 1, start - CONTEXT), stop = text.indexOf("\n", end);
      const high = Math.min(stop < 0 ? text.length : stop, end + CONTEXT), line = element("p");
      const link = element("a", section === undefined ? "↪" : sections[section][1], "place");
      link.href = address(rows[place], section);
      line.append(link, " ");
      marked(line, text.slice(low, high), phrases);
      item.append(line);
      if (shown.size === PLACES) break;
    }
    if (!shown.size) {
      const missing = sections.find((part) => part[2] === null && marks(part[1], phrases).length);
      if (missing) item.append(element("p", `${say(["隐去的章节:", "withheld section: "])}${missing[1]}`, "place"));
    }
  };
  const unitOffsets = (text) => {
    const at = [0];
    for (const char of text) at.push(at[at.length - 1] + char.length);
    return (offset) => at[offset];
  };
  const facets = (places, asked) => {
    const boxes = Object.keys(NAMES).map((facet) => {
      const counts = new Map();
      for (const place of places) {
        if (!passes(rows[place], asked, facet)) continue;
        for (const value of facetsOf(rows[place])[facet]) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const wanted = chosen(asked, facet), box = element("fieldset");
      box.append(element("legend", say(NAMES[facet])));
      const order = [...counts].sort((a, b) => (facet === "year" ? (a[0] < b[0] ? 1 : -1) : b[1] - a[1])).slice(0, 12);
      for (const [value, count] of order) {
        const label = element("label"), tick = element("input");
        tick.type = "checkbox";
        tick.checked = wanted.includes(value);
        tick.dataset.facet = facet;
        tick.dataset.value = value;
        tick.addEventListener("change", () => {
          const others = wanted.filter((other) => other !== value);
          change({ [facet]: (tick.checked ? [...others, value] : others).join("|"), page: "" });
        });
        label.append(tick, element("span", facet === "kind" ? say(KINDS[value]) : value), element("span", count.toLocaleString()));
        box.append(label);
      }
      return box;
    });
    document.getElementById("facets").replaceChildren(...boxes);
  };
  const pager = (page, pages) => {
    const line = document.getElementById("pager");
    line.replaceChildren();
    if (pages < 2) return;
    for (const [text, to, possible] of [["←", page - 1, page > 0], [`${page + 1} / ${pages}`, page, false], ["→", page + 1, page + 1 < pages]]) {
      if (!possible) { line.append(element("span", text, "soft")); continue; }
      const button = element("button", text);
      button.type = "button";
      button.setAttribute("aria-label", text === "←" ? say(["上一页", "previous page"]) : say(["下一页", "next page"]));
      button.addEventListener("click", () => { change({ page: String(to) }); scrollTo(0, 0); });
      line.append(button);
    }
  };

  // -- starting -------------------------------------------------------------------------------------------------
  addEventListener("DOMContentLoaded", async () => {
    const ask = document.getElementById("ask");
    ask.addEventListener("submit", (event) => { event.preventDefault(); change({ q: ask.q.value.trim(), page: "" }); });
    document.getElementById("sort").addEventListener("change", (event) => change({ sort: event.target.value, page: "" }));
    addEventListener("hashchange", search);
    addEventListener("languagechange", search);
    const parts = Number(ask.dataset.parts);
    await Promise.all([load("form"), ...Array.from({ length: parts }, (_, number) => load(`docs-${number}`))]);
    await search();
    document.body.dataset.ready = "yes";
  });
})();
