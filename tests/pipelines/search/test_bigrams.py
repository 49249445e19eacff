"""The tokens of every engine must find what a plain scan finds: checked here without an engine."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.search.bigrams import Phrase, form, phrases, scan, spans, tokens

#: Few characters of every kind, so that queries meet texts: Han, common Han, Traditional, words, widths, marks, blanks.
ALPHABET = "河道清的工会會国國中09aAＡé١я．.,，。、……①½㎡ﬁ\u200b\u0301 \t\n\u3000\0_*'\"\\~ﷺ々〇𠀀\U0002f800カｶﾞ"
texts = st.text(ALPHABET, max_size=40)


def found(line: list[str], wanted: list[str], prefix: bool) -> bool:
    """What an engine does: look for consecutive tokens, the last of them perhaps a prefix."""
    for at in range(len(line) - len(wanted) + 1):
        there = line[at : at + len(wanted)]
        if there[:-1] == wanted[:-1] and (
            there[-1].startswith(wanted[-1]) if prefix else there[-1] == wanted[-1]
        ):
            return True
    return False


@given(texts, st.text(ALPHABET, min_size=1, max_size=5))
def test_pairs_find_what_a_scan_finds(text: str, query: str) -> None:
    for phrase in phrases(query):
        assert found(tokens([text])[0].split(), list(phrase.tokens), phrase.prefix) == scan(
            text, phrase
        )


@given(
    st.text("河道清的工，。（國国", min_size=1, max_size=20), st.integers(0, 19), st.integers(1, 6)
)
def test_a_stretch_of_a_text_is_found_in_it(text: str, at: int, length: int) -> None:
    assert all(scan(text, phrase) for phrase in phrases(text[at : at + length]))


@given(st.lists(texts, max_size=5))
def test_many_texts_in_one_call_give_what_one_call_each_gives(many: list[str]) -> None:
    assert tokens(many) == [tokens([text])[0] for text in many]


@given(texts, st.text(ALPHABET, min_size=1, max_size=3))
def test_spans_are_where_the_words_stand(text: str, query: str) -> None:
    terms = phrases(query)
    marked = list(spans(text, terms))
    assert all(0 <= a < b <= len(text) for a, b in marked)
    assert all(b < c for (_, b), (c, _) in pairwise(marked))
    assert bool(marked) == any(scan(text, term) for term in terms)


def test_the_search_form_folds_width_script_and_case() -> None:
    assert form("國務院１２ＡＢ") == "国务院12ab"
    assert form("ﬁ①½") == form(unicodedata.normalize("NFKC", "ﬁ①½"))
    assert form("科\u200b技\ufeff") == "科技"


def test_words_and_numbers_are_whole() -> None:
    assert scan("到2025年", *phrases("2025"))
    assert not scan("到2025年", *phrases("25"))
    assert not scan("搞AIGC", *phrases("AI"))
    assert scan("增长3.5%。", *phrases("3.5%"))


def test_no_phrase_crosses_white_space_or_a_mark() -> None:
    for text in ("河\n道", "河 道", "河，道", "河\u3000道"):
        assert not scan(text, *phrases("河道"))
    assert not scan("河,2025", *phrases("河2025"))
    assert not found(tokens(["河\n2025"])[0].split(), list(phrases("河2025")[0].tokens), False)


def test_a_word_longer_than_engines_take_is_found_whole_and_only_whole() -> None:
    long = "a1" * 5000
    wanted = phrases(long)[0]
    assert all(len(t) <= 64 for t in wanted.tokens)
    assert found(tokens([f"见{long}处"])[0].split(), list(wanted.tokens), wanted.prefix)
    assert not found(tokens([f"见{long}b处"])[0].split(), list(wanted.tokens), wanted.prefix)


def test_terms_are_parted_by_white_space_and_none_comes_twice() -> None:
    assert [p.form for p in phrases(" 河道　清淤 河道\n")] == ["河道", "清淤"]
    assert phrases(" \u200b\t") == ()
    assert phrases("河") == (Phrase("河", ("河",), True),)


def test_no_token_holds_what_a_tokenizer_splits_at() -> None:
    everything = "".join(map(chr, [*range(0x3000), *range(0xF900, 0x11000)]))
    for line in tokens([everything]):
        assert all(c.isalnum() or c > "\x7f" for token in line.split(" ") for c in token)
