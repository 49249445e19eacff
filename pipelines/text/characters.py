"""What is known of single Han characters: their readings, whether they are common, their Simplified form.

    reads("動", "dòng") -> True;  common("发") -> True;  plain("發") -> "发"

The readings are those of pypinyin's character table, read once and only when a text carries glosses.
"""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from functools import cache
from pathlib import Path

import orjson

from pipelines.text.script import fold

#: Vowels with a tone mark, as the sites write them.
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
#: One syllable of pinyin, toned or neutral: at most `zhuāng` long.
SYLLABLE = rf"[a-zü{TONED}]{{1,6}}"

_TONES = {
    ord(mark): None for mark in "\u0304\u0301\u030c\u0300"
}  # macron, acute, caron, grave; ü keeps its dots


@cache
def _table() -> dict[int, frozenset[str]]:
    """Code point -> readings. Raises RuntimeError where pypinyin's table is not installed."""
    found = importlib.util.find_spec(
        "pypinyin"
    )  # found without being imported: its phrases take 100 ms

    for folder in (found and found.submodule_search_locations) or ():
        raw = orjson.loads((Path(folder) / "pinyin_dict.json").read_bytes())
        return {int(code): frozenset(readings.split(",")) for code, readings in raw.items()}

    raise RuntimeError("pypinyin is not installed: pip install -r requirements.txt")


@cache
def readings(character: str) -> frozenset[str]:
    """Every toned reading of a character and of its Simplified form (績 is jī here and jì there).

    >>> sorted(readings("質")), readings("a")
    (['zhì'], frozenset())
    """
    table = _table()

    return table.get(ord(character), frozenset()) | table.get(ord(plain(character)), frozenset())


@cache
def toneless(syllable: str) -> str:
    """
    >>> toneless("lǜ"), toneless("zhuāng")
    ('lü', 'zhuang')
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", syllable).translate(_TONES))


@cache
def reads(character: str, syllable: str) -> bool:
    """Whether a syllable is a reading of a character, in whatever tone.

    >>> reads("動", "dòng"), reads("們", "men"), reads("動", "wáng"), reads("和", "hé")
    (True, True, False, True)
    """
    known = readings(character)

    return syllable in known or toneless(syllable) in {toneless(r) for r in known}


@cache
def common(character: str) -> bool:
    """Whether a character belongs to GB 2312, level 1: those that no reader needs a gloss for.

    >>> common("发"), common("怆"), common("發")
    (True, False, False)
    """
    try:
        return b"\xb0\xa1" <= character.encode("gb2312") <= b"\xd7\xf9"
    except UnicodeEncodeError:
        return False


@cache
def plain(character: str) -> str:
    """The Simplified form of one character.

    >>> plain("發"), plain("发")
    ('发', '发')
    """
    return fold(character)


#: A gloss as it stands behind its character; some sites have a blank before the bracket closes.
GLOSS = re.compile(rf"[(（](?P<syllable>{SYLLABLE})[ \u3000]?[)）]")
