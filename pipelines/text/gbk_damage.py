"""Undoing what a mirror's glosses did to the bytes of a GBK page, where it can be undone exactly.

The site writes `動(dòng)` for the two *bytes* of 動 wherever they stand, in 聞記 (C2 **84 D3** 9B) too. The reader
then shows `聞?dòng)浾卟稍L`: one `?` for D3 and the eaten `(`, and from there on the second byte of every character
with the first of the next, until a byte below 0x80 (the second of 訪, an `L`) brings it back into step.

    >>> undo("新聞?dòng)浾卟稍L團", 2, {})
    Undone(end=12, text='記者采訪', exact=True)

Every byte that was shown is still known; the one byte that the `?` hides is the second of the glossed character.
Where a second `?` hides bytes that nothing tells, the characters they belong to stay a `?` and the rest is undone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipelines.text.characters import GLOSS, SYLLABLE, common, homophones, pair, plain, reads

#: Syllables that the page glosses each character with.
Learned = Mapping[str, frozenset[str]]

#: What is left of a gloss whose `(` was eaten, or whose character's second byte shows nothing (還 is DF 80).
HOLE = re.compile(rf"[?？\ufffd][(（]?(?P<syllable>{SYLLABLE})[)）]")

_LOST = "?？\ufffd"
_WIDE = dict(
    zip(",:;!?() ", "，：；！？（）\u3000", strict=True)
)  # extractors fold these; out of step only the wide can stand
_FOLDED = {ord(wide): half for half, wide in _WIDE.items()} | {0xFFFD: "?"}
_FOLDED_TEXT = {ord(wide): half for half, wide in _WIDE.items()}
_UNKNOWN = -1  # a byte that nothing shown tells
_MOST_WAYS = 8  # readings of one run; more prove nothing
_LONGEST = 120  # characters of a run: every third byte ends one, so none is nearly as long


class Undone(NamedTuple):
    """`text` is what stood where the run up to `end` stands now; not `exact`: a `?` in it hides what is lost."""

    end: int
    text: str
    exact: bool


def undo(text: str, at: int, learned: Learned, folded: bool = False) -> Undone | None:
    """Read the run that begins with the hole at `at` back into step; `None` where it has to stay as it stands.

    `learned`: what the page is known to gloss; a character that it does not show elsewhere is found by its
    syllable and first byte, if only one common Traditional character has both. `folded`: the page's full-width
    punctuation is half-width by now, and so is what is undone.
    """
    before = text[at - 1 : at]
    if before in (")", "）"):  # the character before is glossed itself
        opened = max(text.rfind("(", max(0, at - 8), at), text.rfind("（", max(0, at - 8), at))
        before = text[opened - 1 : opened] if opened > 0 else ""
    first = pair(before) if before else None
    undone = _Run(text, at, first, learned).read() if first else None
    return (
        undone._replace(text=undone.text.translate(_FOLDED_TEXT)) if undone and folded else undone
    )


class _Run:
    """One run, read from its hole until the reader is back in step. `ways` are the bytes that it may stand for."""

    __slots__ = ("at", "inserts", "learned", "losses", "start", "text", "told", "ways")

    def __init__(self, text: str, at: int, first: bytes, learned: Learned) -> None:
        self.text, self.start, self.at, self.learned = text, at, at, learned
        self.ways = [tuple(first)]
        self.inserts: list[tuple[int, str]] = []  # (bytes before it, syllable)
        self.told = False  # whether a gloss behind a loss shows where the characters begin
        self.losses: list[int] = []  # offsets of the `?` that hide unknown bytes

    def read(self) -> Undone | None:
        text, end = self.text, min(len(self.text), self.start + _LONGEST)
        while self.at < end:
            here = text[self.at]
            if here in _LOST and (hole := HOLE.match(text, self.at)):
                if not self._fill(hole["syllable"]):
                    break
                self.at = hole.end()
            elif (
                here in "(（"
                and (gloss := GLOSS.match(text, self.at))
                and self._glossed(gloss["syllable"])
            ):
                self.inserts.append((len(self.ways[0]), gloss["syllable"]))
                self.at = gloss.end()
            elif not self._out_of_step():
                return self._settled()
            elif not self._take(here):
                break
        return self._before_loss() if self._out_of_step() or self.at < end else self._settled()

    def _out_of_step(self) -> bool:
        return len(self.ways[0]) % 2 == 1

    def _fill(self, syllable: str) -> bool:
        """Put back the second byte of the character whose gloss the hole is."""
        if self.ways[0][-1] == _UNKNOWN:
            return self._told_whole(syllable)
        filled = [
            (*way, code[1])
            for way in self.ways
            for c in _glossed_with(way[-1], syllable, self.learned)
            if (code := pair(c))
        ]
        if not 0 < len(filled) <= _MOST_WAYS:
            return False
        self.inserts.append((len(self.ways[0]) + 1, syllable))
        self.ways = filled
        return True

    def _told_whole(self, syllable: str) -> bool:
        """A glossed character whose first byte is lost too: it is the one that the page glosses so."""
        known = [c for c, heard in self.learned.items() if syllable in heard]
        code = pair(known[0]) if len(known) == 1 else None
        if code is None:
            return False
        self.inserts.append((len(self.ways[0]) + 1, syllable))
        self.ways = [(*way[:-1], *code) for way in self.ways]
        self.told = True
        return True

    def _glossed(self, syllable: str) -> bool:
        """Whether the last two bytes are a character that the syllable can gloss; where the first of them is lost,
        the page's own glosses may tell it."""
        if self.ways[0][-2] != _UNKNOWN:
            return any(reads(_decoded(way[-2:]) or " ", syllable) for way in self.ways)
        trail = self.ways[0][-1]
        if trail == _UNKNOWN or self._out_of_step():
            return False
        known = [
            c
            for c, heard in self.learned.items()
            if syllable in heard and (pair(c) or b"..")[1] == trail
        ]
        leads = {code[0] for c in known or homophones(syllable, trail=trail) if (code := pair(c))}
        if len(leads) != 1:
            return False
        self.ways = [(*way[:-2], *leads, way[-1]) for way in self.ways]
        self.told = True
        return True

    def _take(self, character: str) -> bool:
        """Take a shown character's bytes; False where it cannot stand out of step."""
        code: Sequence[int] | None
        if (
            character == "?" or character == "\ufffd"
        ):  # a pair that is no character: both bytes are lost
            code = (_UNKNOWN, _UNKNOWN)
            self.losses.append(self.at)
        elif character.isascii() and "@" <= character <= "~":
            code = character.encode()
        else:
            code = pair(_WIDE.get(character, character))
        if code is None:
            return False
        self.ways = [(*way, *code) for way in self.ways]
        self.at += 1
        return True

    def _settled(self) -> Undone | None:
        """The one way to read the run, if there is one and the fault makes of it what is shown.

        Behind a lost pair the reading could be in step again (where the `?` swallowed an ASCII character): it is out of
        step if it reads as ordinary text in step and does not as it stands, or if a gloss stands where one can.
        """
        readable = [(way, said) for way in self.ways if (said := _said(way)) is not None]
        if len(readable) != 1:
            return None
        [(way, said)] = readable
        stands = self.text[self.start : self.at]
        if not _half_width(_shown(way, self.inserts)).endswith(_half_width(stands)):
            return None
        if self.losses:
            behind = [c for c in said[said.index("?") + 1 :] if c != "?"]
            shown = [
                c for c in self.text[self.losses[0] : self.at] if c not in _LOST and not c.isascii()
            ]
            if not all(map(_ordinary, behind)) or (all(map(_ordinary, shown)) and not self.told):
                return self._before_loss()
        return Undone(self.at, said[1:], not self.losses)

    def _before_loss(self) -> Undone | None:
        """What stood before the first `?` that hides unknown bytes, where all behind it has to stay as it stands."""
        if not self.losses:
            return None
        lost = self.losses[0]
        shown = len(self.ways[0])
        heads = set()
        for way in self.ways:
            known = way[: way.index(_UNKNOWN)] if _UNKNOWN in way else way[:shown]
            heads.add(_said(known[: len(known) // 2 * 2]))
        head = heads.pop() if len(heads) == 1 else None
        return Undone(lost, head[1:], False) if head and len(head) > 1 else None


def _glossed_with(lead: int, syllable: str, learned: Learned) -> tuple[str, ...]:
    if lead == _UNKNOWN:
        return ()
    known = tuple(
        c for c, heard in learned.items() if syllable in heard and (pair(c) or b"\0")[0] == lead
    )
    return known or homophones(syllable, lead=lead)


def _ordinary(character: str) -> bool:
    """Whether a character is one that running text is made of: common in Simplified form, or punctuation of GBK."""
    return common(plain(character)) or (pair(character) or b"\0")[0] in (0xA1, 0xA3)


def _said(way: Sequence[int]) -> str | None:
    """The text that bytes in step are, `?` where a lost pair begins; `None` where some are no characters."""
    said: list[str] = []
    for first, second in zip(way[::2], way[1::2], strict=True):
        if second == _UNKNOWN:
            said.append("?")
        elif first != _UNKNOWN:
            character = _decoded((first, second))
            if character is None:
                return None
            said.append(character)
    return "".join(said)


def _decoded(code: Sequence[int]) -> str | None:
    try:
        return bytes(code).decode("gbk")
    except ValueError:  # no character, or an unknown byte
        return None


def _shown(way: Sequence[int], inserts: list[tuple[int, str]]) -> str:
    """The fault once more: bytes with the glosses in them, as a reader of byte pairs shows them."""
    data: list[int] = []
    done = 0
    for at, syllable in inserts:
        data += (*way[done:at], *b"(", *syllable.encode("gbk"), *b")")
        done = at
    data += way[done:]
    shown: list[str] = []
    at = 0
    while at < len(data):
        width = 2 if data[at] > 0x80 or data[at] == _UNKNOWN else 1
        shown.append(_decoded(data[at : at + width]) or "?")
        at += width
    return "".join(shown)


def _half_width(text: str) -> str:
    return text.translate(_FOLDED).replace("?(", "?")
