"""The fields of the embedded index, and queries in tantivy's terms."""

from __future__ import annotations

from typing import Any

import tantivy
from tantivy import Occur

from pipelines.search.bigrams import Phrase
from pipelines.search.document import Query

#: Fields of words, and how much more a word in the title or a heading counts than in the text.
WEIGHTS = {"title": 8.0, "sections": 3.0, "text": 1.0}
#: The kind of entry that a speech is.
SPEECH = "speech"

_LATEST_DAY = 99_999_999


def index_schema() -> Any:
    """The fields: what entries are found by, and `record`, which holds what is known and shown of each."""
    builder = tantivy.SchemaBuilder()

    for name in ("id", "kind", "site", "completeness"):
        builder.add_text_field(
            name,
            tokenizer_name="raw",
            index_option="basic",
        )

    builder.add_unsigned_field(
        "day",
        indexed=True,
        fast=True,
    )

    for name in WEIGHTS:
        builder.add_text_field(
            name,
            tokenizer_name="tokens",
            index_option="position",
        )

    builder.add_text_field(
        "characters",
        tokenizer_name="tokens",
        index_option="basic",
    )

    builder.add_bytes_field("record", stored=True)
    return builder.build()


def split_at_spaces() -> Any:
    """The tokenizer of texts that are tokens already."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def asked_of(schema: Any, query: Query) -> Any:
    """A query; filters add nothing to the score."""
    must = [_phrase(schema, term) for term in query.terms]
    filters = [term_query(schema, "kind", SPEECH)]

    for name, wanted in (("site", query.sites), ("completeness", query.completeness)):
        if wanted:
            filters.append(tantivy.Query.term_set_query(schema, name, list(wanted)))

    if query.since or query.until:
        filters.append(_days(schema, query.since, query.until))

    must += [tantivy.Query.const_score_query(each, 0.0) for each in filters]
    return tantivy.Query.boolean_query([(Occur.Must, each) for each in must])


def _phrase(schema: Any, term: Phrase) -> Any:
    """A phrase in any of the fields."""
    if term.prefix and len(term.tokens) == 1:
        return term_query(schema, "characters", term.tokens[0])

    fields = [
        tantivy.Query.boost_query(_phrase_in(schema, name, term), weight)
        for name, weight in WEIGHTS.items()
    ]
    return tantivy.Query.boolean_query([(Occur.Should, each) for each in fields])


def _phrase_in(schema: Any, name: str, term: Phrase) -> Any:
    if term.prefix:
        # A word and the character after it: the last token begins with it. No token holds a sign of patterns.
        patterns: list[Any] = [*term.tokens[:-1], f"{term.tokens[-1]}.*"]
        return tantivy.Query.regex_phrase_query(schema, name, patterns)

    if len(term.tokens) == 1:
        return term_query(schema, name, term.tokens[0])

    return tantivy.Query.phrase_query(schema, name, list(term.tokens))


def term_query(schema: Any, name: str, value: str) -> Any:
    """Entries whose field has this term."""
    return tantivy.Query.term_query(schema, name, value)


def _days(schema: Any, since: str | None, until: str | None) -> Any:
    return tantivy.Query.range_query(
        schema,
        "day",
        tantivy.FieldType.Unsigned,
        day_number(since) if since else 1,
        day_number(until) if until else _LATEST_DAY,
    )


def day_number(day: str) -> int:
    """A day as a number. Raises ValueError."""
    return int(day.replace("-", ""))
