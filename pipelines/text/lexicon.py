"""Which characters stand side by side in Chinese words: evidence for a character that is in doubt.

    follows("确", "保") -> 1980    follows("张", "冤") -> 0

The figures are sums of word frequencies of jieba's dictionary, read once and only when a text has damage to judge
(1.6 s). Simplified characters.
"""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

_RARE: Final = 99_999


class _Lexicon(NamedTuple):
    """Two characters -> frequency of the words that hold them side by side, and of the word that they are; the rank
    of each character by frequency."""

    pairs: dict[str, int]
    words: dict[str, int]
    ranks: dict[str, int]


@cache
def _lexicon() -> _Lexicon:
    """The dictionary, read. Raises RuntimeError where jieba's dictionary is not installed."""
    return _read(dictionary())


def dictionary() -> Path:
    """The file of jieba's dictionary: `word frequency class` a line. jieba itself is never imported: compiling it warns.

    Raises RuntimeError where it is not installed.
    """
    found = importlib.util.find_spec("jieba")

    for folder in (found and found.submodule_search_locations) or ():
        return Path(folder) / "dict.txt"

    raise RuntimeError("jieba is not installed: pip install -r requirements.txt")


def _read(path: Path) -> _Lexicon:
    pairs = defaultdict[str, int](int)
    single = defaultdict[str, int](int)
    words: dict[str, int] = {}

    with path.open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency, _ = line.split(" ")
            for character in word:
                single[character] += int(frequency)

            if len(word) == 2:
                pairs[word] += int(frequency)
                words[word] = int(frequency)
            elif len(word) > 2:
                for first, second in pairwise(word):
                    pairs[first + second] += int(frequency)

    ranked = sorted(single, key=single.__getitem__, reverse=True)

    return _Lexicon(dict(pairs), words, {c: rank for rank, c in enumerate(ranked, 1)})


def follows(first: str, second: str) -> int:
    """How often words of a large dictionary have one character behind another.

    >>> follows("确", "保") > 100, follows("张", "冤")
    (True, 0)
    """
    return _lexicon().pairs.get(first + second, 0)


def rank(character: str) -> int:
    """The place of a character among all by the frequency of the words that hold it, 1 for the most frequent.

    >>> rank("总") < 500, rank("冤") > 1500
    (True, True)
    """
    return _lexicon().ranks.get(character, _RARE)


def word(first: str, second: str) -> int:
    """How often two characters are a word by themselves.

    >>> word("确", "保") > 100, word("会", "常")
    (True, 0)
    """
    return _lexicon().words.get(first + second, 0)
