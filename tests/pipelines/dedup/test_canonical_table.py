"""The table of the canonical form says what the recipe says, character by character and in any company."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.canonical import canonical, canonical_codes, canonical_offsets
from pipelines.text.script import fold

#: Characters that become several, that join with their neighbours, that are folded, dropped or beyond the first plane.
_ODD = "㎡№ﬁ½①２Ａ％、。\n _国務覆着著é\u0301か\u3099ﾊﾞ\u1100\u1161\u11a8가𠀀𩸽\ud800\ufeff\u200b각"


def recipe(text: str) -> str:
    """The frozen recipe, in its own words."""
    return re.sub(r"[\W_]+", "", fold(unicodedata.normalize("NFKC", text)))


@given(st.text(st.one_of(st.characters(), st.sampled_from(_ODD)), max_size=120), st.booleans())
def test_the_table_agrees_with_the_recipe(text: str, long: bool) -> None:
    text += "各位代表" * 20 * long
    assert canonical(text) == recipe(text)
    assert "".join(map(chr, canonical_codes(text))) == recipe(text)


def test_the_table_agrees_on_every_character() -> None:
    filling = "国" * 60
    for start in range(0, 0x110000, 4096):
        for text in (
            filling.join(map(chr, range(start, start + 4096, 16))),
            "".join(map(chr, range(start, start + 4096))),
        ):
            assert canonical(text) == recipe(text)


@given(st.text(st.sampled_from("国務院１２㎡，。\n 𠀀ａ"), max_size=60))
def test_offsets_lead_back_to_the_characters(text: str) -> None:
    codes, offsets = canonical_offsets(text)
    assert "".join(map(chr, codes)) == recipe(text)
    for code, offset in zip(codes, offsets, strict=True):
        assert chr(code) in recipe(text[offset])
    assert list(offsets) == sorted(offsets)
