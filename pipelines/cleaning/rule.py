"""What a cleaning rule is: a function that finds edits in a text, with its story, its order and its limits.

@rule(needs=("省略",), budget=120, seen_on=("wm114",))
def member_gap(text: str, facts: Facts) -> Iterator[Edit]:
    \"\"\"A members-only notice replaces part of the speech.\"\"\"
    for found in NOTICE.finditer(text):
        yield cut(found, Withheld(int(found["chars"])), inserted="\\n")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.cleaning.breaks import Breaks
from pipelines.text.edits import Edit


class PlacedGap(NamedTuple):
    """A gap that earlier rules left, at its offset in the text the rule is given. `stands` is where the notice stood
    in the text of the rule that found it, −1 for a silent cut."""

    at: int
    chars: int | None
    kind: str
    notice: str
    stands: int = -1


class PlacedDamage(NamedTuple):
    """A damaged span of the text, as the rules left it: see `Damaged`."""

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Facts:
    """What is known so far of a document: stated by its page or left by earlier rules. Rules only read it.

    `stated` holds the single facts by name (declared_chars, doc_id, published, site_host …), `toc` the lines of the
    site's own contents block, `gaps` those left so far, in order of place, `cautions` the warning codes, `breaks` where
    paragraphs are proved to end, `damage` the spans that were damaged on the page. `sites` maps host names and site names to site keys.
    """

    title: str = ""
    site: str = "unknown"
    url: str = ""
    stated: dict[str, str | int] = field(default_factory=dict)
    toc: list[str] = field(default_factory=list)
    gaps: list[PlacedGap] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    sites: Mapping[str, str] = field(default_factory=dict)
    breaks: Breaks = field(default_factory=Breaks)
    damage: list[PlacedDamage] = field(default_factory=list)


Finder = Callable[[str, Facts], Iterable[Edit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A finder with its name and its limits.

    `needs`: literals one of which stands in every text the rule can fire on (empty: always tried). `budget`: most code
    points one edit may take away net of what it inserts. `after`: names of rules that must stand earlier in the ruleset.
    `seen_on`: sites where the blemish was met.
    """

    name: str
    find: Finder
    budget: int
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    seen_on: tuple[str, ...] = ()

    @property
    def story(self) -> str:
        """The docstring: reason, example and test."""
        return self.find.__doc__ or ""


def rule(
    *,
    budget: int,
    needs: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    seen_on: tuple[str, ...] = (),
) -> Callable[[Finder], Rule]:
    """Make a finder a rule of its function's name."""

    def made(find: Finder) -> Rule:
        return Rule(getattr(find, "__name__", "?"), find, budget, needs, after, seen_on)

    return made
