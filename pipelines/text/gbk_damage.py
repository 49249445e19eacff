"""Reading back into step what a glossing mirror did to the bytes of a GBK page.

The site writes `動(dòng)` for the two *bytes* of 動 wherever they stand, in 聞記 (C2 **84 D3** 9B) too. The browser
then shows `聞?dòng)浾卟稍L`: one `?` for D3 and the eaten `(`, and from there on the second byte of every character
with the first of the next, until a byte below 0x80 (the second of 訪, an `L`) brings it back into step. The same sites
put the browser into step at bytes that look like ，。！？；、: the byte before shows as `?`, the mark's second byte begins
the next character (`主干。總結` A1 **A3 BF** 82 → `主干?？偨Y`).

A *run* is what stands out of step. Its bytes are known but for those that a `?` hides, so it is read by taking its
characters' bytes one after the other. At a `?` several things may have happened; every reading is followed:

    >>> [way.text for way in ways(Shown("新聞?dòng)浾卟稍L團", {}), 2)]
    ['記者采訪']

Which of them is true, and what can be told of a hidden byte, is judged by `pipelines.text.gbk_reading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pipelines.text.characters import GLOSS, SYLLABLE, reads
from pipelines.text.codepoints import FULL_OF_HALF, LOST
from pipelines.text.gbk import decoded, homophones, is_private, ordinary, pair

#: Syllables that the page glosses each character with.
Learned = Mapping[str, frozenset[str]]

#: What is left of a gloss whose `(` was eaten, or whose character's second byte shows nothing (還 is DF 80).
GLOSS_HOLE = re.compile(rf"[?？\ufffd][(（]?(?P<syllable>{SYLLABLE})[)）]")
#: What shows where the punctuation fault put the reader into step; extractors fold the mark to half width.
MARK_HOLE = re.compile(r"[?？\ufffd](?P<mark>[，。！？；、,!?;])")

#: A character that ends in A1 before a mark that begins with A3, or the reverse: the reader is put into step twice, at what
#: looks like 。 or ！ as well.
DOUBLE_HOLE = re.compile(r"[?？\ufffd]{2}(?=(?P<mark>[，。！？；、,!?;]))")

UNKNOWN: Final = -1  # a byte that nothing shown tells
_SWALLOWED: Final = -2  # no byte: an ASCII character that a `?` hides stood here
_MOST_WAYS = 12  # readings of one run that are weighed; a run with more is left
_MOST_STEPS = 150  # units taken on all ways of one run
_LONGEST = 80  # characters of a run: every third byte ends one, so none is nearly as long

#: Half-width signs that extractors fold; out of step only the full-width ones can stand.
_FULL = {**FULL_OF_HALF, " ": "\u3000"}
_MARKS = frozenset("，。！？；、")


class Shown(NamedTuple):
    """A page with damage. `learned`: what it glosses with which syllables; a character that it does not show
    elsewhere is found by its syllable and a byte, if only one common Traditional character has both. `folded`: its
    full-width punctuation is half-width by now."""

    text: str
    learned: Learned
    folded: bool = False

    def code(self, character: str) -> bytes | None:
        """The byte pair of a shown character, `None` where it stands for one byte or none."""
        return pair(_FULL.get(character, character) if self.folded else character)

    def is_mark(self, character: str) -> bool:
        """Whether the punctuation fault puts the reader into step at a character."""
        return (_FULL.get(character, character) if self.folded else character) in _MARKS


class Cell(NamedTuple):
    """One character of the true text: its bytes, UNKNOWN where hidden. `seam`: the bytes stood in two shown characters,
    between which an extractor may have dropped others. `told`: a gloss says which character it is."""

    lead: int
    trail: int
    seam: bool = False
    told: bool = False

    @property
    def known(self) -> bool:
        """Whether both bytes are known."""
        return self.lead >= 0 and self.trail >= 0

    @property
    def character(self) -> str | None:
        """The character, `?` where a byte is hidden, `None` where the bytes are no character."""
        return decoded(self.lead, self.trail) if self.known else "?"


class Way(NamedTuple):
    """One reading of a run: `cells` stood where the page shows what ends at `end`. `private`: private-use characters
    are among what was shown. `guessed`: a `?` was taken for one of several things it can be. `dropped`: a shown character must be missing."""

    end: int
    cells: tuple[Cell, ...]
    private: bool = False
    guessed: bool = False
    dropped: bool = False

    @property
    def text(self) -> str:
        """The reading, `?` for what is hidden or no character."""
        return "".join([cell.character or "?" for cell in self.cells])


class _State(NamedTuple):
    """A way that is still out of step: `pending` is the first byte of the character being read."""

    at: int
    pending: int
    cells: tuple[Cell, ...]
    private: bool = False
    guessed: bool = False

    def closed(self, at: int, trail: int, *more: Cell, guessed: bool = False) -> Way:
        """Back in step at an offset, the pending character ending in a byte."""
        last = Cell(self.pending, trail, seam=trail >= 0)

        return Way(at, (*self.cells, last, *more), self.private, self.guessed or guessed)


def ways(page: Shown, at: int) -> list[Way]:
    """Every reading of the run that begins with the hole at an offset; none where no reading leads back into step."""
    double = DOUBLE_HOLE.match(page.text, at)
    code = page.code(double["mark"]) if double else None

    if double and code:
        trail = 0xA1 if code[0] == 0xA3 else 0xA3
        return [Way(double.end(), (Cell(UNKNOWN, trail),))]

    found: list[Way] = []
    open_states = list(_begun(page, at))
    limit = min(len(page.text), at + _LONGEST)

    for _ in range(_MOST_STEPS):
        if not open_states:
            return _distinct(found)

        state = open_states.pop()
        if state.at > limit:
            continue

        for step in _steps(page, state):
            if isinstance(step, Way):
                found.append(step)
            else:
                open_states.append(step)

        if len(found) > _MOST_WAYS:
            return []

    return []


def _distinct(found: list[Way]) -> list[Way]:
    return list(dict.fromkeys(found))


def _begun(page: Shown, at: int) -> Iterator[_State]:
    """The states behind the hole that begins a run."""
    text = page.text
    hole = GLOSS_HOLE.match(text, at)

    if hole:
        first = pair(_character_before(text, at))
        if first:
            for trail in _second_bytes(first[1], hole["syllable"], page.learned):
                yield _State(hole.end(), trail, ())

        return

    hole = MARK_HOLE.match(text, at)
    if hole and page.is_mark(hole["mark"]):
        code = page.code(hole["mark"])
        if code:
            yield _State(hole.end(), code[1], (Cell(UNKNOWN, code[0]),))


def _character_before(text: str, at: int) -> str:
    """The character before an offset, without its own gloss."""
    before = text[at - 1 : at]

    if before not in (")", "）"):
        return before or " "

    opened = max(text.rfind("(", max(0, at - 9), at), text.rfind("（", max(0, at - 9), at))

    return text[opened - 1 : opened] or " " if opened > 0 else " "


def _second_bytes(lead: int, syllable: str, learned: Learned) -> list[int]:
    """Second bytes of the characters with a first byte that a syllable can gloss."""
    return sorted({code[1] for c in _glossed_with(syllable, learned, lead) if (code := pair(c))})


def _glossed_with(syllable: str, learned: Learned, lead: int) -> tuple[str, ...]:
    """Characters with a first byte that a syllable glosses: those of the page, else the common ones."""
    own = [c for c, heard in learned.items() if syllable in heard]
    known = tuple([c for c in own if (pair(c) or b"..")[0] == lead])

    return known or homophones(syllable, lead=lead)


def _steps(page: Shown, state: _State) -> Iterator[_State | Way]:
    """What can follow a state: the next unit shown, taken for what it can be out of step."""
    text = page.text
    here = text[state.at : state.at + 1]

    if here in LOST and here:
        yield from _at_loss(page, state)
    elif here in ("(", "（") and (gloss := GLOSS.match(text, state.at)):
        yield from _at_gloss(state, gloss, page.learned)
    elif "@" <= here <= "~":
        yield from _at_letter(page, state, here)
    else:
        code = page.code(here) if here else None
        if code:
            yield _taken(state, code, is_private(here))


def _taken(state: _State, code: bytes, private: bool = False) -> _State:
    """A shown character: its first byte ends the pending character, its second begins the next."""
    cells = (*state.cells, Cell(state.pending, code[0], seam=True))

    return _State(state.at + 1, code[1], cells, state.private or private, state.guessed)


def _at_letter(page: Shown, state: _State, letter: str) -> Iterator[Way]:
    """A letter is the second byte of the pending character, which may be glossed behind it."""
    closed = state.closed(state.at + 1, ord(letter))
    gloss = GLOSS.match(page.text, state.at + 1)

    if gloss is None:
        yield closed
        return

    last = closed.cells[-1]
    if reads(last.character or " ", gloss["syllable"]):
        told = last._replace(told=True)
        yield closed._replace(end=gloss.end(), cells=(*closed.cells[:-1], told))

        return

    for c in _ending_in(ord(letter), gloss["syllable"], page.learned):
        code = pair(c)
        if code is None:
            continue

        told = Cell(code[0], code[1], told=True)
        if state.pending == UNKNOWN:
            yield Way(gloss.end(), (*state.cells, told), state.private, state.guessed)
        else:  # the gloss is of another character: the pair that held its first byte was dropped
            cells = (*state.cells, Cell(state.pending, UNKNOWN), told)
            yield Way(gloss.end(), cells, state.private, guessed=True, dropped=True)


def _ending_in(trail: int, syllable: str, learned: Learned) -> tuple[str, ...]:
    """Characters with a second byte that a syllable glosses: those of the page, else the common ones."""
    own = [c for c, heard in learned.items() if syllable in heard]
    known = tuple([c for c in own if (pair(c) or b"..")[1] == trail])

    return known or homophones(syllable, trail=trail)


def _at_gloss(state: _State, gloss: re.Match[str], learned: Learned) -> Iterator[_State]:
    """A gloss of bytes that straddle two characters: they were shown as the character before it."""
    if not state.cells:
        return

    last = state.cells[-1]
    if last.trail >= 0 and state.pending >= 0:
        if reads(decoded(last.trail, state.pending) or " ", gloss["syllable"]):
            yield state._replace(at=gloss.end())

        return

    if state.pending < 0:
        return

    known = _ending_in(state.pending, gloss["syllable"], learned)
    leads = {code[0] for c in known if (code := pair(c))}

    if len(leads) == 1:
        cells = (*state.cells[:-1], last._replace(trail=leads.pop()))
        yield state._replace(at=gloss.end(), cells=cells)


def _at_loss(page: Shown, state: _State) -> Iterator[_State | Way]:
    """What a `?` out of step can be."""
    text = page.text
    hole = GLOSS_HOLE.match(text, state.at)

    if hole:  # the second byte of the pending character, and the bracket of its gloss
        yield from _told(state, hole, page.learned)
        return

    behind = state.at + 1
    following = text[behind : behind + 1]

    if following in ("", "\n"):
        yield state.closed(behind, UNKNOWN)
        return

    if page.is_mark(following):  # the reader was put into step at a true mark
        yield state.closed(behind, UNKNOWN)
        if following not in LOST:
            return

    if _is_low(page, following):
        yield _swallowed(state, behind)  # no second byte is so low: one character of ASCII is gone
        return

    if state.pending >= 0 and ordinary(decoded(state.pending, 0x80) or " "):
        yield state.closed(behind, 0x80, guessed=True)  # read by itself, 0x80 shows nothing

    yield _swallowed(state, behind)
    cells = (*state.cells, Cell(state.pending, UNKNOWN))
    yield _State(behind, UNKNOWN, cells, state.private, guessed=True)


def _is_low(page: Shown, character: str) -> bool:
    """Whether a character is one byte that no pair ends in: a digit, a blank, a half-width mark."""
    if not character.isascii() or character >= "@" or character in LOST:
        return False

    return not (page.folded and character in _FULL)


def _swallowed(state: _State, behind: int) -> Way:
    return state.closed(behind, UNKNOWN, Cell(_SWALLOWED, _SWALLOWED), guessed=True)


def _told(state: _State, hole: re.Match[str], learned: Learned) -> Iterator[Way]:
    """The pending character is glossed: its gloss tells the byte that is hidden."""
    syllable = hole["syllable"]

    if state.pending >= 0:
        trails = _second_bytes(state.pending, syllable, learned)
        codes = [(state.pending, trail) for trail in trails]
    else:
        codes = _only_one_glossed(syllable, learned)

    for lead, trail in codes:
        cells = (*state.cells, Cell(lead, trail, told=True))
        yield Way(hole.end(), cells, state.private, state.guessed)


def _only_one_glossed(syllable: str, learned: Learned) -> list[tuple[int, int]]:
    """The bytes of the only character that the page glosses with a syllable; none where there are several."""
    known = [c for c, heard in learned.items() if syllable in heard]

    if len(known) != 1:
        return []

    code = pair(known[0])
    return [(code[0], code[1])] if code else []
