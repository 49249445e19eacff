"""Compressed bodies: everything that is one comes out whole, everything else is refused by its name."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse, Request, Response
from scrapy.utils.test import get_crawler

from crawler.fetching.errors import Refused
from crawler.middlewares.compression import Compression, inflate

LIMIT = 1_000_000
PAGE = ("<p>退耕还林八千亩，粮食产量没有减少。</p>" * 200).encode("gbk")


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "brotli": ("br", lambda body: brotli.compress(body, quality=5)),
    "zstd": ("zstd", zstandard.ZstdCompressor().compress),
}


def error_of(body: bytes, coding: str, limit: int = LIMIT) -> str:
    with pytest.raises(Refused) as caught:
        inflate(body, coding, limit)
    return caught.value.error


@pytest.mark.parametrize("name", PACKERS)
@settings(max_examples=20, deadline=None)
@given(body=st.binary(min_size=1, max_size=3000))
def test_what_was_packed_comes_out(name: str, body: bytes) -> None:
    coding, pack = PACKERS[name]
    assert inflate(pack(body), coding, LIMIT) == body


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_stops_at_the_limit(name: str) -> None:
    coding, pack = PACKERS[name]
    assert error_of(pack(bytes(60_000_000)), coding) == "too_large"


@pytest.mark.parametrize("name", PACKERS)
def test_a_body_of_exactly_the_limit_passes(name: str) -> None:
    coding, pack = PACKERS[name]
    assert len(inflate(pack(PAGE), coding, len(PAGE))) == len(PAGE)
    assert error_of(pack(PAGE), coding, len(PAGE) - 1) == "too_large"


@pytest.mark.parametrize("name", ["gzip", "zlib", "brotli", "zstd"])
def test_a_stream_that_ends_early_is_a_page_that_did_not_arrive(name: str) -> None:
    coding, pack = PACKERS[name]
    packed = pack(PAGE)
    assert error_of(packed[: len(packed) * 2 // 3], coding) == "connection"


def test_gzip_of_several_members_is_one_body() -> None:
    assert (
        inflate(gzip.compress(PAGE) + gzip.compress(b"<p>end"), "gzip", LIMIT) == PAGE + b"<p>end"
    )


def test_bytes_behind_the_stream_are_dropped() -> None:
    assert inflate(gzip.compress(PAGE) + b"\0\0trailer", "gzip", LIMIT) == PAGE


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_plain_page_that_claims_to_be_packed_is_taken_as_it_is(coding: str) -> None:
    assert inflate(PAGE, coding, LIMIT) == PAGE


def test_packed_noise_is_undecodable() -> None:
    assert error_of(b"\x1f\x8b" + b"noise" * 50, "gzip") == "undecodable"
    assert error_of(b"\x00\x01" * 50, "zstd") == "undecodable"
    assert error_of(PAGE, "compress") == "undecodable"


def answered(body: bytes, **headers: str) -> Response:
    crawler = get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": LIMIT})
    request = Request("http://127.0.0.1/wen/1/1.html")
    response = HtmlResponse(
        request.url, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=body
    )
    return Compression.from_crawler(crawler).process_response(request, response)


def test_the_response_is_of_the_inflated_body() -> None:
    response = answered(gzip.compress(PAGE), Content_Encoding="gzip", Content_Type="text/html")
    assert isinstance(response, HtmlResponse)
    assert response.body == PAGE
    assert b"Content-Encoding" not in response.headers
    assert "退耕还林" in response.text


def test_codings_after_one_another_are_undone_in_turn() -> None:
    twice = answered(brotli.compress(gzip.compress(PAGE)), Content_Encoding="gzip, br")
    assert twice.body == PAGE
    with pytest.raises(Refused, match="4 content codings"):
        answered(PAGE, Content_Encoding="gzip, gzip, gzip, gzip")


def test_an_uncompressed_response_passes_untouched() -> None:
    assert answered(PAGE, Content_Encoding="identity").body == PAGE
    assert answered(PAGE).body == PAGE


def test_many_small_members_take_linear_time() -> None:
    def seconds(members: int) -> float:
        body = gzip.compress(b"ab") * members
        begun = time.process_time()
        assert inflate(body, "gzip", LIMIT) == b"ab" * members
        return time.process_time() - begun

    seconds(100)
    assert seconds(8_000) < 24 * max(seconds(1_000), 0.005)


def test_more_members_than_any_server_writes_are_refused() -> None:
    assert error_of(gzip.compress(b"a") * 20_000, "gzip") == "undecodable"
