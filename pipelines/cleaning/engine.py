"""The engine: runs the rules in order, checks and applies their edits, carries what they leave, keeps the trace.

Rules find, the engine edits: no character leaves a text but through here, under a rule's name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipelines.cleaning.prefilter import prefilter_of
from pipelines.cleaning.rule import Facts, PlacedDamage, PlacedGap, Rule
from pipelines.record_parts import Step, TracedEdit
from pipelines.text.edits import (
    Carrier,
    Caution,
    Damaged,
    Edit,
    Fact,
    Leave,
    Origin,
    Withheld,
    apply,
    restore,
)

#: A rule may lay bare what an earlier rule looks for (a notice gone, what stood below it is a page's tail), so the
#: rules run until nothing changes; one that has seen the text as it stands is not asked again. Two passes settle all
#: but contrived texts.
PASSES: Final = 6
#: Scanning the place that one edit joined takes as long as scanning so many characters of the text (0.6 µs).
SEAM: Final = 75


class Mark(NamedTuple):
    """A span of the final text that a rule remarked upon without changing it."""

    start: int
    end: int
    rule: str
    code: str


class Outcome(NamedTuple):
    """What the engine makes of one text. `steps` has one entry per rule that changed something."""

    text: str
    facts: Facts
    steps: tuple[Step, ...]
    marks: tuple[Mark, ...]


class _Accepted(NamedTuple):
    """The edits of one rule that keep the laws."""

    kept: Sequence[Edit] = ()
    changing: Sequence[Edit] = ()  # of them, those that change something
    traced: Sequence[TracedEdit] = ()  # … and these as the trace keeps them


_NOTHING: Final = _Accepted()


def run(text: str, facts: Facts, rules: tuple[Rule, ...]) -> Outcome:
    """Clean a text by the rules, in order. `facts` is added to. Raises what a rule raises, named by a note."""
    work = _Work(text, facts, rules)

    for _ in range(PASSES):
        if not work.one_pass():
            break

    return Outcome(work.text, facts, tuple(work.steps), tuple(work.marks))


class _Work:
    """A text on its way through the rules."""

    def __init__(self, text: str, facts: Facts, rules: tuple[Rule, ...]) -> None:
        self.text = text
        self.facts = facts
        self.steps: list[Step] = []
        self.marks: list[Mark] = []

        self._raw = text
        self._history: list[Origin] = []  # of the steps, as far as a gap has asked for them
        self._version = 0  # of the text: the number of steps
        self._settled = [-1] * len(rules)  # the version in which each rule changed nothing

        self._prefilter = prefilter_of(rules)
        self._present = 0  # rules with a literal in the text
        self._scanned = -1  # the version in which all of the text was last scanned for literals
        self._stale = True  # it must be scanned before a rule is chosen by its literals
        self._seams: list[tuple[str, Sequence[Edit]]] = []  # else these steps must be

    def one_pass(self) -> bool:
        """Ask every rule once; whether the text changed."""
        self._stale = self._stale or self._scanned != self._version
        before = self._version

        for k, (rule, mask) in enumerate(self._prefilter.rules):
            if self._settled[k] == self._version or not self._may_fire(mask):
                continue

            accepted = self._ask(rule)
            if accepted.kept:
                self._take(rule, accepted)

            if not accepted.changing:
                self._settled[k] = self._version

        return self._version != before

    def _may_fire(self, mask: int) -> bool:
        """Whether one of a rule's literals stands in the text."""
        if not mask:
            return True

        if self._stale:
            self._present = self._prefilter.present(self.text)
            self._scanned = self._version
            self._stale = False
            self._seams.clear()

        while self._seams:
            self._present |= self._prefilter.joined(*self._seams.pop())

        return bool(mask & self._present)

    def _ask(self, rule: Rule) -> _Accepted:
        """What a rule finds, as far as it keeps the laws."""
        try:
            found = list(rule.find(self.text, self.facts))
            return _accepted(self.text, found, rule, self.facts) if found else _NOTHING
        except Exception as error:
            error.add_note(f"in cleaning rule {rule.name}")
            raise

    def _take(self, rule: Rule, accepted: _Accepted) -> None:
        """Apply the edits of a rule, carry what earlier rules left, record what these leave."""
        edits = accepted.changing
        carry = Carrier(edits)
        self.marks = [mark for mark in self.marks if mark.rule != rule.name]

        if edits:
            self._carry(edits, carry)

        placed = len(self.facts.gaps)
        _leave(accepted.kept, self.text, carry, rule.name, self.facts, self.marks)

        if len(self.facts.gaps) > placed:
            self._place_gaps(placed)

        if edits:
            self._change(rule, accepted)

    def _carry(self, edits: Sequence[Edit], carry: Carrier) -> None:
        """Move what lies at offsets of the text over a step."""
        facts = self.facts
        facts.gaps[:] = [gap._replace(at=carry(gap.at)) for gap in facts.gaps]
        facts.breaks.move(edits)

        facts.damage[:] = [
            spot._replace(start=carry(spot.start), end=carry(spot.end)) for spot in facts.damage
        ]

        self.marks = [
            mark._replace(start=carry(mark.start), end=carry(mark.end)) for mark in self.marks
        ]

    def _place_gaps(self, first: int) -> None:
        """Give new gaps their notice as the page had it, and all gaps their order."""
        gaps = self.facts.gaps

        if self.steps and any(gap.stands >= 0 for gap in gaps[first:]):
            for step in self.steps[len(self._history) :]:
                self._history.append(Origin([_as_tuple(edit) for edit in step.edits]))

            gaps[first:] = [_as_on_the_page(gap, self._raw, self._history) for gap in gaps[first:]]

        gaps.sort(key=_place)

    def _change(self, rule: Rule, accepted: _Accepted) -> None:
        """Change the text, and note where literals may have come together."""
        edits = accepted.changing
        self._version += 1
        self.steps.append(Step(rule.name, tuple(accepted.traced)))
        self.text = apply(self.text, edits)

        if len(edits) * SEAM > len(self.text):
            self._stale = True
        elif not self._stale:
            self._seams.append((self.text, edits))


def undo(text: str, steps: Sequence[Step]) -> str:
    """The text before the steps: clean text + trace = raw text. Raises ValueError where they do not fit."""
    for step in reversed(steps):
        text = restore(text, [(e.start, e.removed, e.inserted) for e in step.edits])

    return text


def redo(text: str, steps: Sequence[Step]) -> str:
    """The text after the steps: raw text + trace = clean text. Raises ValueError where they do not fit."""
    for step in steps:
        for e in step.edits:
            if not text.startswith(e.removed, e.start):
                raise ValueError(f"{step.rule}: the text at {e.start} is not what was removed")

        text = apply(
            text, [Edit(e.start, e.start + len(e.removed), e.inserted) for e in step.edits]
        )

    return text


def _accepted(text: str, found: Sequence[Edit], rule: Rule, facts: Facts) -> _Accepted:
    """Check edits by the laws. A refused one becomes a warning, never a lost character."""
    kept: list[Edit] = []
    changing: list[Edit] = []
    traced: list[TracedEdit] = []
    gaps = [gap.at for gap in facts.gaps if gap.kind == "omitted"]
    done = 0

    for edit in found:
        start, end, inserted, _ = edit
        refused = _refused(text, edit, done, rule.budget, gaps)

        if refused != "disorder_refused":
            done = end

        if refused:
            _warn(facts, f"{refused}:{rule.name}")
            continue

        kept.append(edit)
        removed = text[start:end]

        if removed != inserted:
            changing.append(edit)
            traced.append(TracedEdit(start, removed, inserted))

    return _Accepted(kept, changing, traced)


def _refused(text: str, edit: Edit, done: int, budget: int, gaps: Sequence[int]) -> str | None:
    """The law that an edit breaks, if any. `done` is the end of the edit before it, `gaps` the offsets of omissions."""
    start, end, inserted, _ = edit

    if not done <= start <= end <= len(text):
        return "disorder_refused"
    if end - start - len(inserted) > budget:
        return "budget_refused"
    if not gaps or text[start:end] == inserted:
        return None

    k = bisect_right(gaps, start)
    covers_gap = k < len(gaps) and gaps[k] <= end

    return "gap_kept" if covers_gap and not _keeps_break(text, edit) else None


def _keeps_break(text: str, edit: Edit) -> bool:
    """Whether what stands before the edit's end after it is still a line break (or the text's end: a trailing gap)."""
    if edit.inserted:
        return edit.inserted.endswith("\n")

    return edit.start == 0 or text[edit.start - 1] == "\n" or edit.end == len(text)


def _leave(
    kept: Sequence[Edit], text: str, carry: Carrier, name: str, facts: Facts, marks: list[Mark]
) -> None:
    """Record what edits leave behind, gaps and marks at their offsets after the step."""
    for edit in kept:
        for left in edit.leaves:
            if isinstance(left, Withheld):
                facts.gaps.append(_gap(edit, left, text, carry))
            elif isinstance(left, Fact):
                _state(facts, left)
            elif isinstance(left, Damaged):
                _note_damage(edit, left, carry, facts)
            else:
                _warn(facts, left.code)
                if _is_mark(edit, left, text):
                    marks.append(Mark(carry(edit.start), carry(edit.end), name, left.code))


def _gap(edit: Edit, left: Withheld, text: str, carry: Carrier) -> PlacedGap:
    notice = left.notice
    if notice is None:
        notice = text[edit.start : edit.end].strip()

    stands = text.find(notice, edit.start, edit.end) if notice else -1
    return PlacedGap(carry.behind(edit), left.chars, left.kind, notice, stands)


def _note_damage(edit: Edit, left: Damaged, carry: Carrier, facts: Facts) -> None:
    """Note the span of an edit's result; a spot that stays as it stands is found in every pass."""
    end = carry.behind(edit)
    spot = PlacedDamage(end - len(edit.inserted), end, left.kind)

    if spot not in facts.damage:
        facts.damage.append(spot)


def _state(facts: Facts, fact: Fact) -> None:
    """Note a fact: the first statement of a name wins, contents add up."""
    if fact.name == "toc":
        facts.toc.append(str(fact.value))
    elif fact.name == "title":
        facts.title = facts.title or str(fact.value)
    else:
        facts.stated.setdefault(fact.name, fact.value)


def _is_mark(edit: Edit, left: Leave, text: str) -> bool:
    return isinstance(left, Caution) and text[edit.start : edit.end] == edit.inserted


def _place(gap: PlacedGap) -> int:
    return gap.at


def _as_tuple(edit: TracedEdit) -> tuple[int, str, str]:
    return edit.start, edit.removed, edit.inserted


def _as_on_the_page(gap: PlacedGap, raw: str, history: Sequence[Origin]) -> PlacedGap:
    """A gap with its notice as it stood before any rule touched it: glossed, in Traditional characters."""
    start, end = gap.stands, gap.stands + len(gap.notice)

    if start < 0:
        return gap

    for back in reversed(history):
        start, end = back(start), back(end, end=True)

    return gap._replace(notice=raw[start:end].strip() or gap.notice)


def _warn(facts: Facts, code: str) -> None:
    if code not in facts.cautions:
        facts.cautions.append(code)
