"""Hostile text through cleaning: no exception, and time that grows with length.

    python benchmarks/hostile.py [--megabytes 100] [--piece 1] [--seed 0]

Nested brackets, unclosed notices, endless ellipses, lone surrogates, NULs, bidi marks, 10 MB lines and more, in
pieces of `--piece` megabytes (of UTF-8) up to `--megabytes` in all. Every piece is cleaned whole and in half; a kind whose
whole takes more than 2.5 times its half is superlinear and fails the run.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.invented import speech
from crawler.reading.main_text import main_text
from crawler.reading.page import Page
from pipelines.cleaning.clean import Cleaned, clean
from pipelines.records import RawDocument

Kind = Callable[[random.Random, int], str]

NOTICES = (
    "……(新文秘网http://www.wm114.cn省略808字,正式会员可完整阅读)……", "……(未完,全文共4311字,当前仅显示2271字,请阅读下面提示信息。",
    "预览结束,获取全文或定制代笔此类文章,请联系老师!", "目录/提纲:……", "……略……", "第1页 / 共6页", "上传人:a 文档编号:1", "《讲话》由会员分享",
    "【更多公文素材,微信:gw】", "上一篇:", "下一篇:", "亲,该文档总共6页", "\n\n2、", "篇1", "第一篇:", "國(guó)", "聞?dòng)浾卟稍L", "(阅读全部图文内容,您需要先登录!)",
)  # fmt: skip


def nested_brackets(dice: random.Random, size: int) -> str:
    half = size // 2
    return "".join(dice.choices("(（【《“[", k=half)) + "".join(dice.choices(")）】》”]", k=half))


def unclosed_notices(dice: random.Random, size: int) -> str:
    return _filled(
        dice, [notice[: dice.randint(2, len(notice))] for notice in NOTICES for _ in range(3)], size
    )


def notices(dice: random.Random, size: int) -> str:
    return _filled(dice, [*NOTICES, "\n", "同志们"], size)


def ellipses(dice: random.Random, size: int) -> str:
    return _filled(dice, ["…", "……", "...", "．．．", "。。。", "—", "-"], size)


def one_character(dice: random.Random, size: int) -> str:
    return dice.choice(" 　\n.…(（一、0第?\ufffd*X") * size


def blanks(dice: random.Random, size: int) -> str:
    return _filled(dice, [" ", "　", "\n", "\t", "\r\n", "\u200b", "\x0b", "\u2028", "\x85"], size)


def surrogates_and_controls(dice: random.Random, size: int) -> str:
    return _filled(
        dice,
        [
            "\ud800",
            "\udfff",
            "\0",
            "\x01",
            "\u202e",
            "\u2066",
            "\ufeff",
            "\U0010ffff",
            "乾",
            "著",
            "國",
            "a",
            "\n",
        ],
        size,
    )


def digits_and_markers(dice: random.Random, size: int) -> str:
    return _filled(
        dice,
        [
            "一、",
            "（二）",
            "3.",
            "4、",
            "第五条 ",
            "一是",
            "\n",
            "12",
            "%",
            "万元",
            "年",
            "月",
            "日",
            "\n\n7、",
            "①",
        ],
        size,
    )


def broken_glosses(dice: random.Random, size: int) -> str:
    return _filled(
        dice,
        [
            "國(guó)",
            "?dòng)",
            "浾卟稍",
            "(yàn",
            "?",
            "\ufffd",
            "為",
            "F(xiàn)",
            "們(men)",
            "聞",
            ")",
            "(",
            "，",
            "L",
        ],
        size,
    )


def one_line(dice: random.Random, size: int) -> str:
    return _filled(
        dice, [p.replace("\n", " ") for seed in range(6) for p in speech(seed).paragraphs], size
    )


def short_lines(dice: random.Random, size: int) -> str:
    return _filled(
        dice,
        ["发展\n", "的\n", "第\n", "，\n", "工作 \n", "（\n", "一、\n", "　　抓\n", "x\n"],
        size,
    )


def any_characters(dice: random.Random, size: int) -> str:
    return "".join(map(chr, dice.choices(range(0x20, 0xD7FF), k=size)))


def markup(dice: random.Random, size: int) -> str:
    return _filled(
        dice,
        [
            "<p>",
            "</",
            "&nbsp",
            "&#",
            "@page {",
            "p {",
            "}",
            "<br/>",
            "x0dx0a",
            "[标签:",
            "]]>",
            "http://",
            "www.",
        ],
        size,
    )


#: Elements that nest without end, some with words at every level.
NESTED = ("<table><tr><td>", "<ul><li>", "<ol><li>", "<dl><dd>", "<div>", "<p><a href=/1>")
WORDS = ("", "字", "工作，推进。", "同志们：")


def nested_markup(dice: random.Random, size: int) -> str:
    """One element within the other, all through the page."""
    level = dice.choice(NESTED) + dice.choice(WORDS)
    return (level * (size // len(level) + 1))[:size]


KINDS: tuple[Kind, ...] = (
    nested_brackets, unclosed_notices, notices, ellipses, one_character, blanks, surrogates_and_controls, digits_and_markers,
    broken_glosses, one_line, short_lines, any_characters, markup,
    nested_markup,
)  # fmt: skip


def _filled(dice: random.Random, pieces: list[str], size: int) -> str:
    """So many characters of pieces in any order."""
    block = "".join(dice.choices(pieces, k=2000))
    return (block * (size // len(block) + 1))[:size]


def read(html: str) -> float:
    """Processor seconds to find the text of a page."""
    before = time.process_time()
    page = Page.parse(html, "file:hostile")
    chosen = main_text(page)

    if chosen:
        page.text(chosen.node, chosen.without)

    return time.process_time() - before


def cleaned(text: str) -> float:
    """Processor seconds to clean a text. Raises where cleaning does, or where a rule failed on it."""
    before = time.process_time()
    for result in clean(RawDocument(url="file:hostile", site="unknown", title="", text=text), {}):
        if not isinstance(result, Cleaned) and result.error == "rule_error":
            raise RuntimeError(result.detail)
    return time.process_time() - before


def growth(kind: Kind, seed: int, characters: int) -> tuple[float, float]:
    """Seconds for half a text of a kind and for the whole."""
    text = kind(random.Random(seed), characters)
    measured = read if kind is nested_markup else cleaned

    return measured(text[: characters // 2]), measured(text)


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--megabytes", type=float, default=100)
    options.add_argument("--piece", type=float, default=1)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--kind", help="only this kind")
    chosen = options.parse_args()
    kinds = [k for k in KINDS if chosen.kind in (None, k.__name__)]
    characters = int(chosen.piece * 1_000_000 / 3)
    done, worst = 0.0, 0
    seed = chosen.seed
    while done < chosen.megabytes:
        kind = kinds[seed % len(kinds)]
        half, whole = growth(kind, seed, characters)
        if whole > 2.5 * half + 0.05:  # once more: another process may have had the cache
            half, whole = growth(kind, seed, characters)
        slow = whole > 2.5 * half + 0.05
        worst += slow
        done += chosen.piece
        seed += 1
        print(
            f"{kind.__name__:24} {chosen.piece:5.1f} MB  {whole:7.2f} s  {whole / max(half, 1e-6):5.2f} × its half{'   SUPERLINEAR' if slow else ''}",
            flush=True,
        )
    if chosen.kind in (None, "one_line"):
        line = one_line(random.Random(seed), int(10_000_000 / 3))
        print(f"one line of 10 MB: {cleaned(line):.2f} s")
    print(f"{done:.0f} MB, no exception, {worst} superlinear")
    return 1 if worst else 0


if __name__ == "__main__":
    raise SystemExit(main())
