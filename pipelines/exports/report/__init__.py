"""What is there, to look at: static HTML pages that need no server and load nothing from anywhere.

    write_report(Path("output"), Path("output/report"))

`index.html` has the sites and the runs, a page (or several) for each site lists its documents, and every document has a
page of its own: its outline, its text with every gap where it is, its facts and what cleaning took out.
"""

from __future__ import annotations

import html
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import OutputError
from pipelines.exports.bulk_files import current_speeches
from pipelines.exports.file_names import file_name
from pipelines.outline import outline_of
from pipelines.outline.labels import separator
from pipelines.records import BadRecord, Gap, Outline, OutlineNode, Run, Speech, run_from
from pipelines.speech_files import speech_files

#: Documents listed on one page.
LISTED = 500

_KINDS = {
    "full": "whole",
    "gapped": "gaps inside",
    "cut_off": "end missing",
    "unknown": "something missing",
}

_STYLE = """
:root { --ink:#1d2330; --soft:#667085; --line:#e3e6ec; --back:#fbfbfd; --card:#fff; --accent:#1f5fbf;
  --full:#2f9e5b; --gapped:#d98a00; --cut_off:#c8463c; --unknown:#8a63c9; --gap:#fff4e0; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink:#e6e8ee; --soft:#98a1b3; --line:#2c3342; --back:#12151c; --card:#1a1f29;
  --accent:#7fb0ff; --gap:#3a2d12; } }
* { box-sizing: border-box } body { margin:0; background:var(--back); color:var(--ink);
  font:15px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif }
a { color:var(--accent); text-decoration:none } a:hover { text-decoration:underline }
header,main { max-width:1180px; margin:0 auto; padding:1.2rem 1.5rem } header { padding-bottom:0 }
h1 { font-size:1.5rem; line-height:1.35; margin:.2rem 0 } h2 { font-size:1.1rem; margin:2rem 0 .6rem }
.soft { color:var(--soft) } .when { white-space:nowrap } .number { text-align:right; font-variant-numeric:tabular-nums; white-space:nowrap }
.tiles { display:flex; flex-wrap:wrap; gap:.8rem; margin:1rem 0 } .tile { background:var(--card); border:1px solid var(--line);
  border-radius:10px; padding:.7rem 1.1rem; min-width:9rem } .tile b { display:block; font-size:1.4rem }
table { border-collapse:collapse; width:100%; background:var(--card); border:1px solid var(--line) }
th,td { padding:.45rem .7rem; border-bottom:1px solid var(--line); text-align:left; vertical-align:top }
th { font-weight:600; color:var(--soft); font-size:.85rem; white-space:nowrap }
.wide { overflow-x:auto } .bar { display:flex; height:.6rem; border-radius:.3rem; overflow:hidden; min-width:8rem; margin-top:.5rem }
.bar i { display:block } .full { background:var(--full) } .gapped { background:var(--gapped) } .cut_off { background:var(--cut_off) }
.unknown { background:var(--unknown) } .chip { color:#fff; border-radius:1rem; padding:.05rem .6rem; font-size:.8rem; white-space:nowrap }
.bad { color:var(--cut_off); font-weight:600 } input { font:inherit; padding:.4rem .7rem; width:100%; max-width:26rem; margin:.4rem 0 1rem;
  border:1px solid var(--line); border-radius:8px; background:var(--card); color:inherit }
.reader { display:grid; grid-template-columns:19rem minmax(0,1fr); gap:2rem; align-items:start }
nav.outline { position:sticky; top:1rem; max-height:95vh; overflow:auto; font-size:.9rem; border-right:1px solid var(--line); padding-right:1rem }
nav.outline a,nav.outline span { display:block; padding:.15rem 0 } .missing { color:var(--soft); font-style:italic }
.partial::after { content:" ◐"; color:var(--gapped) } article { max-width:46rem; font-size:1.05rem; line-height:1.9 }
article p { margin:.5rem 0; text-indent:2em } article h3 { font-size:1.1rem; margin:1.2rem 0 .4rem } article h4 { font-size:1.05rem; margin:1rem 0 .3rem }
.gap { background:var(--gap); border-left:4px solid var(--gapped); border-radius:6px; padding:.5rem .9rem; margin:.8rem 0; font-size:.92rem }
.gap.end { border-color:var(--cut_off) } .gap q { display:block; color:var(--soft); font-size:.85rem }
dl { display:grid; grid-template-columns:max-content 1fr; gap:.2rem 1rem; font-size:.9rem } dt { color:var(--soft) } dd { margin:0; overflow-wrap:anywhere }
@media (max-width:800px) { .reader { grid-template-columns:1fr } nav.outline { position:static; border:0 } }
"""

_FILTER = """<script>
const box=document.querySelector("input"),rows=[...document.querySelectorAll("tbody tr")];
box.addEventListener("input",()=>{const words=box.value.toLowerCase().split(/\\s+/);
for(const row of rows){const text=row.textContent.toLowerCase();row.hidden=!words.every(w=>text.includes(w))}});
</script>"""


class _Row(NamedTuple):
    """What the list of documents shows of one."""

    id: str
    title: str
    published: str
    completeness: str
    chars: int
    withheld: int
    gaps: int
    version: int
    copies: int
    warnings: str


@dataclass(slots=True)
class _Site:
    rows: list[_Row] = field(default_factory=list)

    def share(self, kind: str) -> int:
        return sum(row.completeness == kind for row in self.rows)


def write_report(output: Path, folder: Path, bad: Callable[[str], None] = lambda line: None) -> int:
    """Write the pages of an output folder; returns how many documents there are. An older report is replaced whole.

    `bad` is told of lines and manifests that do not read. Raises OutputError where there is nothing or it cannot be written.
    """
    speeches, runs = output / "speeches", _runs(output / "runs", bad)
    if not speeches.is_dir() and not runs:
        raise OutputError(f"{output}: neither speeches nor runs there yet")
    working, old = folder.with_name(folder.name + ".part"), folder.with_name(folder.name + ".old")
    sites: dict[str, _Site] = {}
    try:
        for left in (working, old):
            shutil.rmtree(left, ignore_errors=True)
        (working / "documents").mkdir(parents=True)
        for speech in current_speeches(speech_files([speeches]) if speeches.is_dir() else [], bad):
            sites.setdefault(speech.site, _Site()).rows.append(_row(speech))
            page = working / "documents" / speech.id[:2] / f"{speech.id}.html"
            page.parent.mkdir(exist_ok=True)
            page.write_text(_document(speech, outline_of(speech)), "utf-8")
        for name, site in sites.items():
            site.rows.sort(key=lambda row: (row.published, row.title), reverse=True)
            for number in range(_pages(site)):
                (working / _site_page(name, number)).write_text(_list(name, site, number), "utf-8")
        (working / "index.html").write_text(_index(sites, runs), "utf-8")
        if folder.exists():
            folder.rename(old)
        working.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{error.filename or folder}: {error.strerror or error}") from error
    return sum(len(site.rows) for site in sites.values())


def _runs(folder: Path, bad: Callable[[str], None]) -> list[Run]:
    """The manifests, newest first."""
    out = []
    for file in sorted(folder.glob("*.json")):
        try:
            out.append(run_from(file.read_bytes()))
        except (BadRecord, OSError) as error:
            bad(f"{file}: {error}")
    return sorted(out, key=lambda run: run.started, reverse=True)


def _row(speech: Speech) -> _Row:
    withheld = sum(gap.chars or 0 for gap in speech.gaps)
    return _Row(
        speech.id, speech.title or "(no title)", speech.published or "", speech.completeness, speech.counted_chars, withheld,
        len(speech.gaps), speech.version, len(speech.sources), ", ".join(speech.warnings),
    )  # fmt: skip


# ---------------------------------------------------------------- pages


def _page(title: str, body: str, up: str = "") -> str:
    back = f'<p><a href="{up}">← back</a></p>' if up else ""
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{_(title)}</title><style>{_STYLE}</style></head><body>"
        f"<header>{back}<h1>{_(title)}</h1></header><main>{body}</main></body></html>\n"
    )


def _index(sites: dict[str, _Site], runs: Sequence[Run]) -> str:
    rows = [row for site in sites.values() for row in site.rows]
    whole = sum(row.completeness == "full" for row in rows)
    tiles = (
        ("documents", len(rows)), ("sites", len(sites)), ("whole documents", whole),
        ("characters", sum(r.chars for r in rows)), ("characters withheld", sum(r.withheld for r in rows)), ("runs", len(runs)),
    )  # fmt: skip
    body = [
        '<div class="tiles">',
        *(f'<div class="tile"><b>{n:,}</b>{what}</div>' for what, n in tiles),
        "</div>",
    ]
    body += [
        "<h2>Sites</h2>",
        _table(
            ("site", "documents", "", "characters", "withheld", "last run"),
            map(_site_row(runs), sorted(sites.items())),
        ),
    ]
    body += [
        "<h2>Runs</h2>",
        _table(_RUN_HEADS, map(_run_row, runs)) if runs else '<p class="soft">None yet.</p>',
    ]
    return _page("What is there", "".join(body))


def _site_row(runs: Sequence[Run]) -> Callable[[tuple[str, _Site]], list[str]]:
    last = {run.site: run for run in reversed(runs)}

    def row(item: tuple[str, _Site]) -> list[str]:
        name, site = item
        run = last.get(name)
        bar = "".join(
            [
                f'<i class="{k}" style="flex:{n}" title="{n} {v}"></i>'
                for k, v in _KINDS.items()
                if (n := site.share(k))
            ]
        )
        legend = " · ".join([f"{n} {v}" for k, v in _KINDS.items() if (n := site.share(k))])
        return [
            f'<a href="{_site_page(name, 0)}">{_(name)}</a>', _number(len(site.rows)),
            f'<div class="bar">{bar}</div><span class="soft">{legend}</span>',
            _number(sum(r.chars for r in site.rows)), _number(sum(r.withheld for r in site.rows)),
            _when(run) if run else "",
        ]  # fmt: skip

    return row


_RUN_HEADS = (
    "site",
    "started",
    "asked",
    "stored",
    "duplicate",
    "unchanged",
    "failed",
    "refused",
    "new",
    "upgraded",
    "withheld",
    "failures",
)


def _run_row(run: Run) -> list[str]:
    p, d = run.pages, run.documents
    counts = (
        p.asked,
        p.stored,
        p.duplicate,
        p.unchanged,
        p.failed,
        p.refused,
        d.new,
        d.upgraded,
        run.withheld_chars,
    )
    failures = ", ".join([f"{_(k)} {n}" for k, n in sorted(run.failures.items())])
    return [
        _(run.site),
        f'<span title="{_(run.run)}: {_(run.command)}">{_when(run)}</span>',
        *map(_number, counts),
        failures,
    ]


def _when(run: Run) -> str:
    """To the minute, in UTC, and how it ended unless well."""
    badly = "" if run.exit == 0 else f' <span class="bad">exit {run.exit}</span>'
    return f'<span class="when">{_(run.started[:16].replace("T", " "))}{badly}</span>'


def _list(name: str, site: _Site, number: int) -> str:
    heads = (
        "title",
        "published",
        "text",
        "characters",
        "withheld",
        "gaps",
        "version",
        "copies",
        "warnings",
    )
    shown = site.rows[number * LISTED : (number + 1) * LISTED]
    pages = _pages(site)
    links = " ".join(
        [
            str(n + 1) if n == number else f'<a href="{_site_page(name, n)}">{n + 1}</a>'
            for n in range(pages)
        ]
        if pages > 1
        else []
    )
    body = f'<input type="search" placeholder="Filter this page" aria-label="Filter">{_table(heads, map(_list_row, shown))}<p>{links}</p>'
    return _page(f"{name}: {len(site.rows)} documents", body + _FILTER, up="index.html")


def _list_row(row: _Row) -> list[str]:
    return [
        f'<a href="documents/{row.id[:2]}/{row.id}.html">{_(row.title)}</a>', _(row.published), _chip(row.completeness),
        _number(row.chars), _number(row.withheld), _number(row.gaps), _number(row.version), _number(row.copies),
        f'<span class="soft">{_(row.warnings)}</span>',
    ]  # fmt: skip


def _document(speech: Speech, outline: Outline) -> str:
    body = f'<p>{_chip(speech.completeness)} <span class="soft">{_(speech.site)} · {_(speech.published or "no date")} · {speech.counted_chars:,} characters</span></p>'
    body += f'<div class="reader"><nav class="outline" aria-label="Outline">{_nav(outline)}</nav><div><article lang="zh-Hans">{_text(speech, outline)}</article>{_facts(speech)}</div></div>'
    return _page(speech.title or "(no title)", body, up=f"../../{_site_page(speech.site, 0)}")


def _nav(outline: Outline) -> str:
    out = []
    for number, node in enumerate(outline.nodes):
        indent = f' style="margin-left:{(node.level - 1) * 1.1:.1f}rem"'
        if node.start is None:
            out.append(
                f'<span class="missing"{indent} title="withheld by the site">{_(_label(node))}</span>'
            )
        else:
            partial = (
                ' class="partial" title="text is withheld in this section"'
                if node.status == "partial"
                else ""
            )
            out.append(f'<a{partial} href="#n{number}"{indent}>{_(_label(node))}</a>')
    return "".join(out) or '<span class="soft">No sections</span>'


def _text(speech: Speech, outline: Outline) -> str:
    """The text line by line, with a block wherever something is missing."""
    starts = {
        node.start: (number, node)
        for number, node in enumerate(outline.nodes)
        if node.start is not None
    }
    gaps = sorted(speech.gaps, key=lambda gap: gap.at)
    out: list[str] = []
    at = 0
    for line in speech.text.split("\n") if speech.text else []:
        end = at + len(line)
        cuts = sorted({at, *(gap.at for gap in gaps if at < gap.at < end)})
        for start, stop in zip(cuts, [*cuts[1:], end], strict=True):
            out += [_gap(gap) for gap in gaps if gap.at == start and gap.at < len(speech.text)]
            out.append(_line(speech.text, start, stop, starts))
        at = end + 1
    out += [_gap(gap) for gap in gaps if gap.at >= len(speech.text)]
    return "".join(out)


def _line(text: str, start: int, end: int, starts: dict[int, tuple[int, OutlineNode]]) -> str:
    if start in starts and starts[start][1].form == "line":
        number, node = starts[start]
        tag = "h3" if node.level == 1 else "h4"
        return f'<{tag} id="n{number}">{_(text[start:end])}</{tag}>'
    pieces, last = [], start
    for at in sorted(at for at in starts if start <= at < end):
        number, node = starts[at]
        found = text.find(node.title, at, end) if node.title else -1
        stop = found + len(node.title or "") if found >= 0 else at
        pieces += [_(text[last:at]), f'<strong id="n{number}">{_(text[at:stop])}</strong>']
        last = max(last, stop)
    return f"<p>{''.join(pieces)}{_(text[last:end])}</p>"


def _gap(gap: Gap) -> str:
    amount = f"{gap.chars:,} characters" if gap.chars is not None else "Text"
    where = "The end is missing: " if gap.kind == "cut_off" else ""
    notice = f"<q>{_(gap.notice)}</q>" if gap.notice else ""
    return f'<div class="gap{" end" if gap.kind == "cut_off" else ""}" role="note">{where}{amount} withheld by the site{notice}</div>'


def _facts(speech: Speech) -> str:
    def link(url: str) -> str:
        return (
            f'<a href="{_(url)}" rel="noreferrer">{_(url)}</a>'
            if url.startswith(("http://", "https://"))
            else _(url)
        )

    removed = ", ".join([f"{_(r.rule)} {r.count}× ({r.chars} characters)" for r in speech.removed])
    known = (
        ("address", link(speech.url)), ("id", f"{speech.id}, version {speech.version}"), ("category", _(speech.category or "")),
        ("uploader", _(speech.uploader or "")), ("captured", _(speech.crawled_at or "")),
        ("declared", f"{speech.declared_chars:,} characters" if speech.declared_chars is not None else ""),
        ("shown", f"{speech.shown_chars:,} characters" if speech.shown_chars is not None else ""),
        ("copies", "<br>".join([link(s.url) for s in speech.sources]) if len(speech.sources) > 1 else ""),
        ("taken out", removed), ("warnings", _(", ".join(speech.warnings))),
        ("site's contents", "<br>".join(map(_, speech.toc))),
    )  # fmt: skip
    return (
        "<h2>Facts</h2><dl>"
        + "".join([f"<dt>{k}</dt><dd>{v}</dd>" for k, v in known if v])
        + "</dl>"
    )


def _label(node: OutlineNode) -> str:
    return f"{node.marker or ''}{separator(node.marker)}{node.title or '……'}"


def _chip(completeness: str) -> str:
    return f'<span class="chip {completeness}">{_KINDS[completeness]}</span>'


def _table(heads: Sequence[str], rows: Iterator[list[str]]) -> str:
    cells = "".join(
        [
            "<tr>" + "".join([c if c.startswith("<td") else f"<td>{c}</td>" for c in row]) + "</tr>"
            for row in rows
        ]
    )
    return f'<div class="wide"><table><thead><tr>{"".join([f"<th>{h}</th>" for h in heads])}</tr></thead><tbody>{cells}</tbody></table></div>'


def _number(value: int) -> str:
    return f'<td class="number">{value:,}</td>'


def _pages(site: _Site) -> int:
    return -(-len(site.rows) // LISTED)


def _site_page(name: str, number: int) -> str:
    """A file name: whatever a site is called, it stays within the folder."""
    return f"site-{file_name(name)}{f'-{number + 1}' if number else ''}.html"


def _(text: str) -> str:
    return html.escape(text)
