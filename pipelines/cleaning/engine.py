"""The engine: runs the rules in order, checks and applies their edits, carries what they leave, keeps the trace.

Rules find, the engine edits: no character leaves a text but through here, under a rule's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.cleaning.rule import Facts, PlacedGap, Rule
from pipelines.records import Step, TracedEdit
from pipelines.text.edits import Carrier, Caution, Edit, Fact, Withheld, apply, restore


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


def run(text: str, facts: Facts, rules: Sequence[Rule]) -> Outcome:
    """Clean a text by the rules, in order. `facts` is added to. Raises what a rule raises, named by a note."""
    steps: list[Step] = []
    marks: list[Mark] = []
    for rule in rules:
        if rule.needs and not any(literal in text for literal in rule.needs):
            continue
        try:
            found = list(rule.find(text, facts))
        except Exception as error:
            error.add_note(f"in cleaning rule {rule.name}")
            raise
        if not found:
            continue
        edits: list[Edit] = []
        for edit in _accepted(text, found, rule, facts):
            if text[edit.start : edit.end] == edit.inserted:
                marks.extend(Mark(edit.start, edit.end, rule.name, x.code) for x in edit.leaves if isinstance(x, Caution))
                _leave(edit, text, 0, facts)
            else:
                edits.append(edit)
        if not edits:
            continue
        carry = Carrier(edits)
        facts.gaps[:] = [gap._replace(at=carry(gap.at)) for gap in facts.gaps]
        marks = [mark._replace(start=carry(mark.start), end=carry(mark.end)) for mark in marks]
        shift = 0
        for edit in edits:
            _leave(edit, text, shift, facts)
            shift += len(edit.inserted) - (edit.end - edit.start)
        facts.gaps.sort(key=lambda gap: gap.at)
        steps.append(Step(rule.name, tuple([TracedEdit(s, text[s:e], new) for s, e, new, _ in edits])))
        text = apply(text, edits)
    return Outcome(text, facts, tuple(steps), tuple(marks))


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
        text = apply(text, [Edit(e.start, e.start + len(e.removed), e.inserted) for e in step.edits])
    return text


def _accepted(text: str, found: list[Edit], rule: Rule, facts: Facts) -> list[Edit]:
    """Edits that keep the laws; a refused one becomes a warning, never a lost character."""
    kept: list[Edit] = []
    done = 0
    for edit in found:
        start, end, inserted, _ = edit
        if not done <= start <= end <= len(text):
            raise ValueError(f"rule {rule.name}: edit {start}-{end} is out of order or out of the text")
        if end - start - len(inserted) > rule.budget:
            facts.cautions.append(f"budget_refused:{rule.name}")
            continue
        if any(start < gap.at <= end and gap.kind == "omitted" and not _keeps_break(text, edit) for gap in facts.gaps):
            facts.cautions.append(f"gap_kept:{rule.name}")
            continue
        kept.append(edit)
        done = end
    return kept


def _keeps_break(text: str, edit: Edit) -> bool:
    """Whether what stands before the edit's end after it is still a line break (or the text's end: a trailing gap)."""
    if edit.inserted:
        return edit.inserted.endswith("\n")
    return edit.start == 0 or text[edit.start - 1] == "\n" or edit.end == len(text)


def _leave(edit: Edit, text: str, shift: int, facts: Facts) -> None:
    for left in edit.leaves:
        if isinstance(left, Withheld):
            notice = text[edit.start : edit.end].strip() if left.notice is None else left.notice
            at = edit.start + shift + len(edit.inserted)
            facts.gaps.append(PlacedGap(at, left.chars, left.kind, notice))
        elif isinstance(left, Fact):
            if left.name == "toc":
                facts.toc.append(str(left.value))
            elif left.name == "title":
                facts.title = facts.title or str(left.value)
            else:
                facts.stated.setdefault(left.name, left.value)
        elif left.code not in facts.cautions:
            facts.cautions.append(left.code)
