"""Gzip streams of many members: whole, cut off, padded, followed by something else."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.gzip_members import GzipMembers


def read(packed: bytes, chunk: int = 1 << 16, most: int = 1 << 18) -> tuple[bytes, GzipMembers]:
    """All that the stream holds, fed in chunks."""
    chunks = iter([packed[i : i + chunk] for i in range(0, len(packed), chunk)])
    members = GzipMembers(lambda: next(chunks, b""))
    pieces = list(iter(lambda: members.read(most), b""))
    assert all(len(piece) <= most for piece in pieces)
    return b"".join(pieces), members


@given(
    st.lists(st.binary(max_size=3000), max_size=6),
    st.integers(1, 5000),
    st.integers(1, 4000),
    st.integers(0, 600),
)
def test_what_was_packed_comes_out(
    contents: list[bytes], chunk: int, most: int, padding: int
) -> None:
    packed = b"".join(gzip.compress(content) + bytes(padding) for content in contents)
    unpacked, members = read(packed, chunk, most)
    assert unpacked == b"".join(contents)
    assert (members.end, members.members, members.whole) == ("whole", len(contents), len(unpacked))


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 40), st.integers(1, 5000))
def test_a_stream_that_is_cut_off_says_so(content: bytes, cut: int, chunk: int) -> None:
    packed = gzip.compress(b"first") + gzip.compress(content)
    unpacked, members = read(packed[: -min(cut, 15)], chunk)
    assert unpacked.startswith(b"first")
    assert (members.end, members.members, members.whole) == ("early", 1, 5)


def test_what_stands_behind_the_last_member_is_told_apart() -> None:
    unpacked, members = read(gzip.compress(b"all") + b"<html>")
    assert (unpacked, members.end, members.whole) == (b"all", "wrong", 3)
    assert members.detail


@pytest.mark.parametrize("window", [zlib.MAX_WBITS, -zlib.MAX_WBITS])
def test_other_wrappings_are_read_too(window: int) -> None:
    packer = zlib.compressobj(wbits=window)
    chunks = iter([packer.compress(b"body" * 900) + packer.flush()])
    members = GzipMembers(lambda: next(chunks, b""), window)
    assert b"".join(iter(lambda: members.read(100), b"")) == b"body" * 900
