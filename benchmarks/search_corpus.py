"""Generated speeches for the search benchmarks and the exactness tests: nonsense with the statistics of the real thing.

Words of one to four characters are drawn by Zipf's law, most of a document's from the few hundred of its topic, with
numbers, Latin words, masks, both widths of punctuation, Traditional variants and headings in between. In 1,000
characters about 70 % of the pairs of characters are different ones, as in real speeches (0.49 to 0.72, median 0.70,
measured on five).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

from pipelines.record_parts import Source
from pipelines.records import Speech, document_id
from pipelines.text.canonical import content_hash, counted

_NUMERALS = "一二三四五六七八九"
_LATIN = (
    "GDP",
    "5G",
    "AI",
    "ai",
    "2025",
    "202x",
    "3.5%",
    "XX",
    "１２",
    "km²",
    "No.7",
    "①",
    "***",
    "X县",
)
_MARKS = (
    ("，",) * 6
    + (",", "、", "、", "；", "：", "。")
    + ("“", "”", "（", ")", "《", "》", "……", " ", "　")
)
_TRADITIONAL = {"国": "國", "务": "務", "会": "會", "发": "發", "业": "業"}
_SITES = ("wm114", "hancun", "jinchutou", "sanweiyuan")


@cache
def _words() -> tuple[list[str], list[float]]:
    dice = random.Random(7)
    characters = list(
        "的和工作发展会全国是在一要业新建设面加强大中务"
        + "".join(map(chr, range(0x4E10, 0x4E10 + 2400)))
    )
    weights = [1 / (n + 8) for n in range(len(characters))]
    words = [
        "".join(
            dice.choices(
                characters,
                weights,
                k=dice.choice((1, 2, 2, 2, 2, 3, 4)),
            )
        )
        for _ in range(20_000)
    ]
    return words, list(accumulate([1 / (n + 20) for n in range(len(words))]))


def text_of(dice: random.Random, characters: int) -> str:
    """About so many characters: a salutation, then headings and paragraphs."""
    words, weights = _words()
    topic = dice.choices(
        words,
        cum_weights=weights,
        k=90,
    )
    out = ["同志们："]
    size, section = 4, 0
    while size < characters:
        if dice.random() < 0.25 and section < len(_NUMERALS):
            section += 1
            paragraph = f"{_NUMERALS[section - 1]}、{''.join(dice.choices(topic, k=5))}"
        else:
            pieces = []
            for _ in range(dice.randint(4, 14)):
                picked = dice.choices(topic, k=3) + dice.choices(
                    words,
                    cum_weights=weights,
                    k=1,
                )
                if dice.random() < 0.1:
                    picked.insert(dice.randrange(5), dice.choice(_LATIN))
                pieces += [*picked, dice.choice(_MARKS)]
            paragraph = "".join(pieces) + "。"
            if dice.random() < 0.05:
                paragraph = "".join([_TRADITIONAL.get(c, c) for c in paragraph])
        out.append(paragraph)
        size += len(paragraph) + 1
    return "\n".join(out)[:characters].strip()


def speeches(count: int, characters: int = 1000, seed: int = 1) -> Iterator[Speech]:
    """So many speeches; the same seed gives the same ones. 1,000 Han are 3 KB of UTF-8."""
    dice = random.Random(seed)
    words, weights = _words()
    for number in range(count):
        yield speech(
            dice.choice(_SITES),
            str(number),
            "".join(
                dice.choices(
                    words,
                    cum_weights=weights,
                    k=6,
                )
            ),
            text_of(dice, characters),
            published=f"20{dice.randint(10, 25)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
            completeness=dice.choice(("full", "gapped", "cut_off", "unknown")),
        )


def speech(site: str, number: str, title: str, text: str, **more: object) -> Speech:
    """A speech of which only the given fields matter."""
    url = f"https://{site}.example/{number}.html"
    key = document_id(site, number, url, None)
    values: dict[str, object] = {
        "id": key, "url": url, "site": site, "doc_id": number, "title": title, "text": text, "completeness": "full",
        "counted_chars": counted(text), "script": "hans", "content_hash": content_hash(text), "cluster": key,
        "ruleset": "1", "crawled_at": "2026-01-01T00:00:00Z",
        "sources": (Source(key, url, site, content_hash(text), counted(text),),),
    }  # fmt: skip
    return Speech(**{**values, **more})  # type: ignore[arg-type]


def queries(dice: random.Random, texts: list[str], count: int) -> list[str]:
    """Stretches of 1 to 8 characters that stand in some text, and a few that stand in none."""
    out = []
    while len(out) < count:
        text = dice.choice(texts)
        at = dice.randrange(len(text))
        if taken := text[at : at + dice.choice((1, 2, 2, 2, 3, 4, 4, 6, 8))].split("\n")[0].strip():
            out.append(taken if dice.random() < 0.9 else taken[::-1])
    return out
