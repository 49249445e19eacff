"""What outlines get right, on invented documents whose structure is known.

    python -m benchmarks.outline_quality [--show 5] [--raise-floors]

Speeches, reports, host scripts and notices in the forms of docs/outlines.md, as written and all on one line (cleaned first). Measured: level+title F1, documents that are exactly right, decoys (lists and numerals that are no
headings) that were taken. The run fails where a figure is worse than its floor in floors.json; `--raise-floors` writes better
figures there, and no option writes worse ones.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipelines.cleaning.clean import Cleaned, clean
from pipelines.outline import outline_of, plain_speech
from pipelines.outline.labels import separator
from pipelines.records import RawDocument
from pipelines.text.numerals import han

FLOORS = Path(__file__).with_name("floors.json")
ROUNDS = 12
VERBS = "修好 管住 用活 建强 抓实 盯紧 理顺 补上 打通 立起".split()
NOUNS = "村道 水渠 粮仓 校舍 诊所 林场 集市 灯杆 渡口 茶园 账本 台账".split()
WHO = "各村 镇里 农技站 工作队 供销社 包片干部".split()
DID = "连夜赶工 逐户登记 反复核对 分头落实 现场交底 按月通报".split()
SO = "群众少跑了路 进度快了半月 账目一清二楚 旧貌换了新颜 矛盾少了一半".split()
USUAL = "工作成效 存在问题 下步打算 主要做法".split()


@dataclass
class Draft:
    """A document under construction: its lines, its headings as (level, text), its decoys."""

    dice: random.Random
    lines: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    decoys: list[str] = field(default_factory=list)

    def title(self, clauses: int = 1) -> str:
        """A title of one clause or more."""
        made = [self.dice.choice(VERBS) + self.dice.choice(NOUNS) for _ in range(clauses)]
        return "，".join(made)

    def sentence(self) -> str:
        """One sentence of running text."""
        who, did, so = (self.dice.choice(words) for words in (WHO, DID, SO))
        noun = self.dice.choice(NOUNS)
        return f"今年以来，{who}围绕{noun}的事{did}，到年底{so}，大家都看在眼里。"

    def paragraph(self) -> None:
        """A paragraph of two or three sentences."""
        self.lines.append("".join([self.sentence() for _ in range(self.dice.randint(2, 3))]))

    def line(self, level: int, marker: str, title: str) -> None:
        """A heading on a line of its own, with a paragraph under it."""
        self.headings.append((level, marker + title))
        self.lines.append(marker + title)
        self.paragraph()

    def run_in(self, level: int, marker: str, title: str) -> None:
        """A heading that opens its paragraph."""
        self.headings.append((level, marker + title))
        self.lines.append(f"{marker}{title}。{self.sentence()}{self.sentence()}")

    def decoy(self, text: str) -> None:
        """A line that holds no heading."""
        self.decoys.append(text)
        self.lines.append(text)


def speech(d: Draft) -> None:
    """一、 （一） 一是."""
    d.lines.append("同志们：")
    d.decoy(f"我讲三点：一是{d.title()}，二是{d.title()}，三是{d.title()}。")
    for n in (1, 2, 3):
        d.line(1, f"{han(n)}、", d.title(2))
        for k in (1, 2, 3):
            d.run_in(2, f"（{han(k)}）", d.title())
    d.decoy("高一、高二、高三的家长也到了会，周一、周三集中办理。")


def long_titles(d: Draft) -> None:
    """Titles of some fifty code points that open paragraphs."""
    for n in (1, 2, 3):
        d.line(
            1,
            f"{han(n)}、",
            f"以{d.title()}为抓手，在全镇{d.title()}中奋力{d.title()}、{d.title()}，努力走在全县前列",
        )
        for k in (1, 2):
            d.run_in(2, f"（{han(k)}）", d.title(3))


def report_in_parts(d: Draft) -> None:
    """Parts that are announced, and then come."""
    d.decoy("报告分两个部分。第一部分：去年的事。第二部分：今年的事。")
    for part in (1, 2):
        d.line(1, f"第{han(part)}部分 ", d.title())
        for n in (1, 2):
            d.line(2, f"{han(n)}、", d.title())


def deep(d: Draft) -> None:
    """Four levels."""
    for a in (1, 2):
        d.line(1, f"{han(a)}、", d.title())
        for b in (1, 2):
            d.line(2, f"（{han(b)}）", d.title())
            for c in (1, 2):
                d.line(3, f"{c}.", d.title())
                for e in (1, 2):
                    d.run_in(4, f"（{e}）", d.title())


def bare(d: Draft) -> None:
    """Headings without markers over lists that begin anew."""
    d.paragraph()
    for name in d.dice.sample(USUAL, 3):
        d.headings.append((1, name))
        d.lines.append(name)
        for n in (1, 2, 3):
            d.run_in(2, f"{n}.", d.title())


def host(d: Draft) -> None:
    """An agenda, and then three demands."""
    d.lines.append("同志们：")
    d.decoy("首先，请大家观看短片。")
    d.decoy("现在进行第二项议程，请站长发言。")
    d.decoy("最后，请镇长讲话，大家欢迎。")
    d.paragraph()
    for n in (1, 2, 3):
        d.run_in(1, f"第{han(n)}，", d.title())


def two_speeches(d: Draft) -> None:
    """Two speeches in one text, each numbered for itself."""
    d.lines.append("各位乡亲：")
    for n in (1, 2):
        d.line(1, f"{han(n)}、", d.title())
    d.lines += ["站长在现场会上的发言", "各位代表："]
    for n in (1, 2):
        d.run_in(1, f"第{han(n)}，", d.title())


def notice(d: Draft) -> None:
    """Sections, items that end in semicolons, attachments."""
    for n in (1, 2):
        d.line(1, f"{han(n)}、", d.title())
        for k in (1, 2, 3):
            d.decoy(f"（{han(k)}）{d.dice.choice(NOUNS)}没有验收的{'；' if k < 3 else '。'}")
    d.decoy("附件：1.任务分解表")
    d.decoy("2.联系人名单")


def excerpt(d: Draft) -> None:
    """A stretch of a longer work."""
    for n in (6, 7, 8):
        d.line(1, f"{han(n)}、", d.title())
        for k in (1, 2):
            d.line(2, f"{k}.", d.title())


def asking(d: Draft) -> None:
    """Titles that ask, and mottos with a colon."""
    for n in (1, 2, 3):
        question = d.dice.choice(("账怎么算？", "路怎么走？", "守底线："))
        d.line(1, f"{han(n)}、", question + d.title())


FORMS: tuple[Callable[[Draft], None], ...] = (
    speech, long_titles, report_in_parts, deep, bare, host, two_speeches, notice, excerpt, asking,
)  # fmt: skip


#: Forms whose headings only line ends show.
_NEED_LINES = ("bare", "two_speeches", "asking", "long_titles")


def drafts(rounds: int = ROUNDS) -> Iterator[tuple[str, Draft]]:
    """The documents, the same every time."""
    for seed in range(rounds):
        for form in FORMS:
            draft = Draft(random.Random(f"{form.__name__}:{seed}"))
            form(draft)
            yield form.__name__, draft


def divided(one_line: str) -> str:
    """A text that lost its line ends, as cleaning divides it again."""
    made = clean(RawDocument(url="file:benchmark", title="汇报", text=one_line), {})
    return "\n".join([part.speech.text for part in made if isinstance(part, Cleaned)])


def found(text: str) -> list[tuple[int, str]]:
    """The headings that the parser finds, as a draft writes them."""
    return [
        (n.level, f"{n.marker or ''}{separator(n.marker)}{n.title or ''}")
        for n in outline_of(plain_speech(text)).nodes
        if n.start is not None
    ]


def plain(heading: tuple[int, str]) -> tuple[int, str]:
    """A heading without blanks, one spelling of its point."""
    level, text = heading
    return level, text.replace(" ", "").replace("．", ".").rstrip("。")


def measured(texts: Sequence[tuple[str, str, Draft]], show: int = 0) -> dict[str, float]:
    """F1 of level and title, share of documents that are exactly right, share of decoys taken."""
    right = wanted = given = exact = taken = decoys = 0
    for name, text, draft in texts:
        truth = Counter(map(plain, draft.headings))
        have = Counter(map(plain, found(text)))
        common = sum((truth & have).values())
        right, wanted, given = right + common, wanted + truth.total(), given + have.total()
        exact += truth == have
        extra = [heading for _, heading in (have - truth)]
        decoys += len(draft.decoys)
        taken += sum(any(title[:6] in decoy for title in extra if title) for decoy in draft.decoys)
        if truth != have and show > 0:
            show -= 1
            print(f"{name}: not found {sorted(truth - have)}, extra {sorted(have - truth)}")
    return {
        "f1": 2 * right / (wanted + given),
        "exact": exact / len(texts),
        "decoys": taken / max(1, decoys),
    }


def figures(rounds: int = ROUNDS, show: int = 0) -> dict[str, float]:
    """All figures by the names of their floors."""
    made = list(drafts(rounds))
    whole = measured([(name, "\n".join(d.lines), d) for name, d in made], show)
    numbered = [(name, d) for name, d in made if name not in _NEED_LINES]
    spaced = measured([(name, divided(" ".join(d.lines)), d) for name, d in numbered])
    return {
        "outline_f1": whole["f1"],
        "outline_exact": whole["exact"],
        "outline_decoys": whole["decoys"],
        "outline_one_line_f1": spaced["f1"],
    }


def worse(name: str, value: float, floor: float) -> bool:
    """Whether a figure is worse than its floor; of decoys fewer are better."""
    return value > floor if name == "outline_decoys" else value < floor


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; 1 where one is below its floor."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--show", type=int, default=0, help="print so many documents with faults")
    options.add_argument("--raise-floors", action="store_true")
    args = options.parse_args(argv)

    floors = json.loads(FLOORS.read_text())
    failed = False
    for name, value in figures(show=args.show).items():
        bad = worse(name, value, floors[name])
        failed = failed or bad
        print(f"{name:22} {value:.4f}  floor {floors[name]:.4f}{'  WORSE' if bad else ''}")
        if args.raise_floors and not bad:
            floors[name] = round(value, 4)
    if args.raise_floors:
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
