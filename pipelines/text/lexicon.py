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


@cache
def _pairs() -> dict[str, int]:
    """Two characters -> frequency. Raises RuntimeError where jieba's dictionary is not installed."""
    found = importlib.util.find_spec("jieba")  # found without being imported
    for folder in (found and found.submodule_search_locations) or ():
        return _read(Path(folder) / "dict.txt")
    raise RuntimeError("jieba is not installed: pip install -r requirements.txt")


def _read(path: Path) -> dict[str, int]:
    pairs = defaultdict[str, int](int)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency, _ = line.split(" ")
            if len(word) == 2:
                pairs[word] += int(frequency)
            elif len(word) > 2:
                for first, second in pairwise(word):
                    pairs[first + second] += int(frequency)
    return dict(pairs)


def follows(first: str, second: str) -> int:
    """How often words of a large dictionary have one character behind another.

    >>> follows("确", "保") > 100, follows("张", "冤")
    (True, 0)
    """
    return _pairs().get(first + second, 0)
