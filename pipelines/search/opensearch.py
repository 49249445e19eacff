"""OpenSearch (or anything that speaks its API) as an index: fields of ready-made character pairs, asked by phrase.

The server's own analyzers would each find something else in Chinese; here the tokens come from
`pipelines.search.bigrams`, and the server only splits them at spaces. They are indexed and not kept (`_source` leaves
them out), the text is kept and not indexed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import orjson
from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, OpenSearchException, TransportError

from pipelines.search.backoff import with_back_off
from pipelines.search.bigrams import RECIPE, Phrase, tokens
from pipelines.search.document import HIT_COLUMNS, Document, Found, Query, SinkError, hit, packed
from pipelines.speech_files import Known

_T = TypeVar("_T")

#: Bytes of one bulk request at most, where documents allow it; servers refuse from 100 MB on, and 5 to 15 MB is what
#: OpenSearch's own guide tells clients to send.
_BULK = 8 * 1024 * 1024

#: Ids fetched by one request; the server's limit (`index.max_result_window`) is 10,000.
_PAGE = 5_000

#: How many tokens a prefix may stand for: more than there are characters that can follow one.
_EXPANSIONS = 200_000

_FIELDS = {"grams_title": 8, "grams_sections": 3, "grams_text": 1}

_KEYWORD = {"type": "keyword"}
_KEPT = {"type": "keyword", "index": False, "doc_values": False}
_MAPPING = {
    "settings": {"analysis": {"analyzer": {"grams": {"type": "custom", "tokenizer": "whitespace"}}}},
    "mappings": {
        "_meta": {"harvest_recipe": RECIPE},
        "_source": {"excludes": list(_FIELDS)},
        "dynamic": "strict",
        "properties": {
            "id": _KEYWORD, "version": {"type": "integer"}, "digest": _KEPT, "crawled_at": _KEPT, "buried": {"type": "integer", "index": False},
            "live": {"type": "boolean"}, "site": _KEYWORD, "published": _KEYWORD, "completeness": _KEYWORD,
            "title": _KEPT, "url": _KEPT, "text": _KEPT, "sections": _KEPT, "file": _KEPT,
            **{field: {"type": "text", "analyzer": "grams"} for field in _FIELDS},
        },
    },
}  # fmt: skip


class OpenSearchSink:
    """`opensearch://[USER@]HOST:PORT[/INDEX]` or `opensearch+https://…`; the password comes from OPENSEARCH_PASSWORD."""

    def __init__(self, target: str, create: bool = True, empty: bool = False) -> None:
        parts = urlsplit(target)
        if parts.password:
            raise SinkError(
                "the password belongs into the environment (OPENSEARCH_PASSWORD), not into the target"
            )

        try:
            port = parts.port or 9200
        except ValueError as error:
            raise SinkError(f"{target}: {error}") from None

        self._index = parts.path.strip("/") or "harvest"
        self._name = f"opensearch://{parts.hostname}:{port}/{self._index}"

        self._client = OpenSearch(
            hosts=[{"host": parts.hostname or "localhost", "port": port}],
            use_ssl=parts.scheme == "opensearch+https",
            http_auth=(parts.username, os.environ.get("OPENSEARCH_PASSWORD", ""))
            if parts.username
            else None,
            timeout=300,  # a bulk request into a server that is merging may take minutes
            max_retries=0,
        )

        if empty:
            self._call(
                lambda: self._client.indices.delete(
                    index=self._index,
                    params={"ignore_unavailable": "true"},
                )
            )

        if not self._call(lambda: self._client.indices.exists(index=self._index)):
            if not create:
                raise SinkError(f"{self._name}: no index there; make one with scrapy index --to")

            self._call(
                lambda: self._client.indices.create(
                    index=self._index,
                    body=_MAPPING,
                )
            )

        meta = self._call(lambda: self._client.indices.get_mapping(index=self._index))
        if [m["mappings"].get("_meta", {}).get("harvest_recipe") for m in meta.values()] != [
            RECIPE
        ]:
            raise SinkError(
                f"{self._name}: not an index of this version; make it anew with scrapy index --rebuild"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def stored(self, ids: Sequence[str]) -> dict[str, Known]:
        """What is known of these ids, as of the last `write`."""
        out: dict[str, Known] = {}
        wanted = {"_source": "version,digest,crawled_at,buried"}

        for start in range(0, len(ids), _PAGE // 2):
            asked = ids[start : start + _PAGE // 2]
            body = {"ids": [*asked, *map(_note, asked)]}

            answer = self._call(
                partial(
                    self._client.mget,
                    index=self._index,
                    body=body,
                    params=wanted,
                )
            )

            sources = {d["_id"]: d["_source"] for d in answer["docs"] if d.get("found")}
            for key in asked:
                s, note = sources.get(key), sources.get(_note(key))
                buried = note["buried"] if note else 0

                if s:
                    out[key] = Known(
                        s["version"],
                        s["digest"],
                        s["crawled_at"],
                        buried,
                        True,
                    )
                elif note:
                    out[key] = Known(0, "", "", buried, False)

        return out

    def write(self, documents: Sequence[Document], buried: dict[str, int]) -> None:
        """Bulk requests; what a busy server turns away is sent again, later and later.

        That an id is buried stands in a note of its own: a document cannot be changed in place, as its tokens are not kept.
        """
        lines = [
            _action(d.speech.id) + _record(d, grams)
            for d, grams in zip(
                documents,
                _grams(documents),
                strict=True,
            )
        ]

        written = {d.speech.id for d in documents}
        for key, version in buried.items():
            if key not in written:
                lines.append(orjson.dumps({"delete": {"_id": key}}) + b"\n")

            note = {"buried": version, "live": False}
            lines.append(_action(_note(key)) + orjson.dumps(note, option=orjson.OPT_APPEND_NEWLINE))

        for chunk in _chunks(lines):
            self._bulk(chunk)

    def _bulk(self, lines: list[bytes]) -> None:
        waiting = lines

        def send() -> None:
            nonlocal waiting
            answer = self._client.bulk(
                body=b"".join(waiting),
                index=self._index,
            )

            again: list[bytes] = []
            for line, item in zip(
                waiting,
                answer["items"],
                strict=True,
            ):
                result = next(iter(item.values()))
                if result["status"] in (429, 503):
                    again.append(line)
                elif (
                    result["status"] >= 300 and result["status"] != 404
                ):  # 404: what was to go was not there
                    raise SinkError(
                        f"{self._name}: document {result.get('_id')}: {_reason(result.get('error'))}"
                    )

            waiting = again
            if again:
                raise _Busy

        try:
            self._call(send)
        except _Busy:
            raise SinkError(
                f"{self._name}: busy; {len(waiting)} documents were turned away"
            ) from None

    def flush(self) -> None:
        """Make everything written visible to searches."""
        self._call(lambda: self._client.indices.refresh(index=self._index))

    def count(self) -> int:
        """How many documents there are."""
        self.flush()

        return int(
            self._call(
                lambda: self._client.count(
                    index=self._index,
                    body={"query": {"term": {"live": True}}},
                )
            )["count"]
        )

    def finished(self, file: Path) -> bool:
        """By path, size and time of change."""
        name, state = _file(file)

        try:
            found = self._call(lambda: self._client.get(index=self._index, id=name))
        except _Missing:
            return False

        return bool(found["_source"].get("file") == state)

    def finish(self, file: Path) -> None:
        """Note that it was written to its end."""
        name, state = _file(file)

        self._call(
            lambda: self._client.index(
                index=self._index,
                id=name,
                body={"file": state, "live": False},
            )
        )

    def search(self, query: Query, limit: int) -> Found:
        """Best first by BM25."""
        answer = self._call(
            lambda: self._client.search(
                index=self._index,
                body={"query": _query(query), "size": min(limit, 10_000), "track_total_hits": True,
                      "sort": [{"_score": "desc"}, {"id": "asc"}], "track_scores": True,},
            )
        )  # fmt: skip

        rows = [
            [
                *(h["_source"].get(c) for c in HIT_COLUMNS.split(", ")),
                h["_score"],
                h["_source"]["sections"],
                h["_source"]["text"],
            ]
            for h in answer["hits"]["hits"]
        ]
        return Found(
            answer["hits"]["total"]["value"],
            [hit(row, query.terms) for row in rows],
        )

    def matching(self, query: Query) -> set[str]:
        """The ids of all documents that match."""
        out: set[str] = set()

        body: dict[str, Any] = {
            "query": _query(query),
            "size": _PAGE,
            "sort": [{"id": "asc"}],
            "_source": False,
        }

        while True:
            page = self._call(lambda: self._client.search(index=self._index, body=body))["hits"][
                "hits"
            ]

            out |= {found["_id"] for found in page}
            if len(page) < _PAGE:
                return out

            body["search_after"] = page[-1]["sort"]

    def _call(self, call: Callable[[], _T]) -> _T:
        try:
            return with_back_off(call, _worth_another_try)
        except NotFoundError as error:
            raise _Missing(f"{self._name}: not there") from error
        except TransportError as error:
            reason = (
                f"answered {error.status_code}"
                if isinstance(error.status_code, int)
                else "no connection"
            )

            raise SinkError(
                f"{self._name}: {reason}: {_reason(error.info or error.error)}"
            ) from error
        except OpenSearchException as error:
            raise SinkError(f"{self._name}: {_reason(error)}") from error


class _Busy(Exception):
    """Some documents of a bulk request were turned away for now."""


class _Missing(SinkError):
    """What was asked for is not there."""


def _worth_another_try(error: Exception) -> bool:
    return isinstance(error, _Busy) or (
        isinstance(error, TransportError) and error.status_code in (429, 502, 503, 504)
    )


def _reason(error: object) -> str:
    """One line of what a server or a connection says."""
    if isinstance(error, dict):
        inner = error.get("error", error)
        error = inner.get("reason", inner) if isinstance(inner, dict) else inner

    return " ".join(str(error).split())[:300]


def _grams(documents: Sequence[Document]) -> Iterator[tuple[str, str, str]]:
    made = tokens([f for d in documents for f in (d.speech.title, d.section_titles, d.speech.text)])
    yield from zip(
        made[0::3],
        made[1::3],
        made[2::3],
        strict=True,
    )


def _action(key: str) -> bytes:
    return orjson.dumps({"index": {"_id": key}}) + b"\n"


def _note(key: str) -> str:
    return f"buried-{key}"


def _record(document: Document, grams: tuple[str, str, str]) -> bytes:
    s = document.speech
    record = {
        "id": s.id, "version": s.version, "digest": document.digest, "crawled_at": s.crawled_at or "",
        "live": True, "site": s.site, "published": s.published, "completeness": s.completeness,
        "title": s.title, "url": s.url, "text": s.text, "sections": packed(document.sections),
        **dict(zip(_FIELDS, grams, strict=True)),
    }  # fmt: skip

    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _chunks(lines: list[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0

    for line in lines:
        if chunk and size + len(line) > _BULK:
            yield chunk
            chunk, size = [], 0

        chunk.append(line)
        size += len(line)

    if chunk:
        yield chunk


def _file(file: Path) -> tuple[str, str]:
    try:
        there = file.stat()
    except OSError as error:
        raise SinkError(f"{file}: {error.strerror or error}") from error

    name = hashlib.sha256(str(file.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return f"file-{name}", f"{there.st_size} {there.st_mtime_ns}"


def _query(query: Query) -> dict[str, Any]:
    filters: list[dict[str, Any]] = [{"term": {"live": True}}]
    if query.sites:
        filters.append({"terms": {"site": list(query.sites)}})

    if query.completeness:
        filters.append({"terms": {"completeness": list(query.completeness)}})

    if query.since or query.until:
        bounds = {"gte": query.since, "lte": query.until}
        filters.append({"range": {"published": {k: v for k, v in bounds.items() if v}}})

    return {"bool": {"must": [_term(t) for t in query.terms], "filter": filters}}


def _term(term: Phrase) -> dict[str, Any]:
    words = " ".join(term.tokens)
    if not term.prefix:
        fields = [{"match_phrase": {f: {"query": words, "boost": b}}} for f, b in _FIELDS.items()]
    elif len(term.tokens) == 1:
        fields = [{"prefix": {f: {"value": words, "boost": b}}} for f, b in _FIELDS.items()]
    else:
        fields = [
            {
                "match_phrase_prefix": {
                    f: {"query": words, "max_expansions": _EXPANSIONS, "boost": b}
                }
            }
            for f, b in _FIELDS.items()
        ]

    return {"dis_max": {"queries": fields}}
