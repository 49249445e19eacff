"""Gzip streams of one member or many, inflated in time that is linear in their size.

    members = GzipMembers(file.read_next_chunk)
    while piece := members.read(1 << 18): …
    members.end        # whole, early, wrong

zlib gives back what follows a member as a copy, so a stream of many small members that is fed in large pieces takes
quadratic time (5 MB: 18 s). Here each member is fed in bites that begin small and grow.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Literal

#: Bytes that a member is fed first, and at most at a time: four times as many with each bite.
_FIRST_BITE, _LARGEST_BITE = 256, 1 << 16

End = Literal["", "whole", "early", "wrong"]


class GzipMembers:
    """One stream. `read_packed` gives the next packed bytes, none at the end; `window` is as zlib has it."""

    def __init__(self, read_packed: Callable[[], bytes], window: int = zlib.MAX_WBITS | 16) -> None:
        self._read_packed = read_packed
        self._window = window
        self._packed = memoryview(b"")
        self._at = 0  # how much of it was fed
        self._inner: zlib._Decompress | None = None
        self._bite = _FIRST_BITE
        #: How the stream ended; empty before that. `wrong`: what came then is no such stream, `detail` says why.
        self.end: End = ""
        self.detail = ""
        #: Members that were inflated whole, and the bytes that they held.
        self.members = 0
        self.whole = 0
        self._given = 0

    def read(self, most: int) -> bytes:
        """Some inflated bytes, `most` of them at most; none at the end."""
        while not self.end:
            piece = self._inflated(most)
            if piece:
                self._given += len(piece)

            if self._inner is not None and self._inner.eof:
                self._end_member(self._inner)

            if piece:
                return piece

        return b""

    def _inflated(self, most: int) -> bytes:
        bite = self._next_bite()
        if not bite and self._inner is None:
            self.end = "whole"
            return b""

        if self._inner is None:
            self._inner = zlib.decompressobj(self._window)

        try:
            piece = self._inner.decompress(bite, most)
        except zlib.error as error:
            self.end, self.detail = "wrong", str(error)
            return b""

        if not (bite or piece or self._inner.eof):
            self.end = "early"

        return piece

    def _next_bite(self) -> bytes | memoryview:
        if self._inner is not None and self._inner.unconsumed_tail:
            return self._inner.unconsumed_tail

        if self._inner is None:
            self._skip_padding()
        elif self._at == len(self._packed):
            self._refill()

        bite = self._packed[self._at : self._at + self._bite]
        self._at += len(bite)
        self._bite = min(4 * self._bite, _LARGEST_BITE)

        return bite

    def _refill(self) -> None:
        self._packed = memoryview(self._read_packed())
        self._at = 0

    def _skip_padding(self) -> None:
        """Zeros may stand between members: archives are padded with them."""
        while True:
            if self._at == len(self._packed):
                self._refill()

            head = bytes(self._packed[self._at : self._at + self._bite])
            padding = len(head) - len(head.lstrip(b"\0")) if head[:1] == b"\0" else 0
            self._at += padding

            if not head or padding < len(head):
                return

    def _end_member(self, inner: zlib._Decompress) -> None:
        """What was fed beyond the member's end is fed again, to the next one."""
        self._at -= len(inner.unused_data)
        self._inner = None
        self._bite = _FIRST_BITE
        self.members += 1
        self.whole = self._given
