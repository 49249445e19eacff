"""The replica's documents: plain text files with a small head, read into what is shown and what is withheld.

    title: 关于茶叶的汇报
    page: wm114/302044 contents        where it stands: site/number, then what the page does to it

    一、基本情况 … 三是⟦链条太短。…⟧    the stretches in ⟦⟧ are withheld by the sites that preview

A withheld stretch that reaches the end is a cut, any other an omission.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pipelines.record_parts import Gap
from pipelines.text.canonical import counted

DOCUMENTS = Path(__file__).parent / "documents"
WITHHELD = re.compile(r"⟦([^⟧]*)⟧")
HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)[^。：\n]{2,40}", re.MULTILINE
)
PART = re.compile(r"^篇\d：(?P<title>.+)\n", re.MULTILINE)


class Placed(NamedTuple):
    """A page on which a document stands; `traits` name what that page does to it."""

    site: str
    number: int
    traits: frozenset[str]


@dataclass(frozen=True)
class Document:
    """One document with the truth about it. Lengths are code points without white space, as sites count."""

    title: str
    body: str
    pages: tuple[Placed, ...]
    stated: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read one file of `documents/`. Raises ValueError where its head has no title or no page."""
        head, body = path.read_text("utf-8").split("\n\n", 1)
        stated: dict[str, str] = {}
        pages: list[Placed] = []

        for name, value in (line.split(": ", 1) for line in head.splitlines()):
            if name == "page":
                where, *traits = value.split()
                site, number = where.split("/")
                pages.append(Placed(site, int(number), frozenset(traits)))
            else:
                stated[name] = value

        if "title" not in stated or not pages:
            raise ValueError(f"{path}: a document needs a title and a page")

        return cls(stated.pop("title"), body.strip(), tuple(pages), stated)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The stretches a preview shows, in order; the last is empty where the end is cut."""
        return tuple(WITHHELD.split(self.body)[::2])

    @cached_property
    def withheld(self) -> tuple[int, ...]:
        """Characters of each withheld stretch; `withheld[i]` lies behind `shown[i]`."""
        return tuple([counted(stretch) for stretch in WITHHELD.findall(self.body)])

    @property
    def cut(self) -> bool:
        """Whether the end is withheld."""
        return bool(self.withheld) and not self.shown[-1]

    @property
    def declared(self) -> int:
        """Length of the whole document."""
        return counted(self.body) - 2 * len(self.withheld)  # the marks themselves

    @property
    def displayed(self) -> int:
        """Length of what a preview shows."""
        return self.declared - sum(self.withheld)

    @property
    def headings(self) -> tuple[str, ...]:
        """Its headings of the first two levels, the withheld ones too: what a site's contents block lists."""
        return tuple([found[0] for found in HEADING.finditer(re.sub("[⟦⟧]", "", self.body))])

    @property
    def text(self) -> str:
        """The clean text of a preview page: the shown stretches, each omission a line break."""
        return "\n".join(part.strip("\n") for part in self.shown).rstrip("\n")

    def gaps(self, counted_by_site: bool) -> tuple[Gap, ...]:
        """The gaps of `text`, their notices left empty; lengths only where the site states them."""
        gaps: list[Gap] = []
        at = 0

        for number, (part, chars) in enumerate(zip(self.shown, self.withheld, strict=False), 1):
            at += len(part.strip("\n")) + 1
            last = self.cut and number == len(self.withheld)

            gaps.append(
                Gap(
                    len(self.text) if last else at,
                    chars if counted_by_site else None,
                    "cut_off" if last else "omitted",
                    "",
                )
            )

        return tuple(gaps)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Title and text of each document of a collection page; empty where the page is one document."""
        if self.stated.get("kind") != "collection":
            return ()

        pieces = PART.split(self.body)[1:]
        return tuple([(t, b.strip()) for t, b in zip(pieces[::2], pieces[1::2], strict=True)])


def documents() -> tuple[Document, ...]:
    """All documents, in the order of their file names."""
    return tuple([Document.read(path) for path in sorted(DOCUMENTS.glob("*.txt"))])
