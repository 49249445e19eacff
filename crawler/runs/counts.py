"""What a run has done, as far as it is committed; `run/1` and the layout alarm are made of it.

counts.pages["asked"] += 1; counts.failures["http_500"] += 1; counts.to_json()
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Self

import orjson


@dataclass(slots=True)
class Counts:
    """What a run has done, as far as it is committed; `run/1` is made of it."""

    pages: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    extraction: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    lengths: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    gone: list[str] = field(default_factory=list)

    def copy(self) -> Counts:
        """An independent copy."""
        return Counts(**{name: getattr(self, name).copy() for name in self.__slots__})

    def add(self, page: Counts) -> None:
        """Add what one page did."""
        self.gone.extend(page.gone)

        for name in self.__slots__:
            if name != "gone":
                _add(getattr(self, name), getattr(page, name))

    def to_json(self) -> str:
        """For the state."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()

    @classmethod
    def from_json(cls, data: str) -> Self:
        """Back from the state."""
        kept = orjson.loads(data)
        gone = kept.pop("gone", [])
        lengths = defaultdict(float, kept.pop("lengths", {}))
        counters = {name: Counter(counter) for name, counter in kept.items()}

        return cls(**counters, gone=gone, lengths=lengths)


def _add(mine: MutableMapping[str, float], more: Mapping[str, float]) -> None:
    for key, value in more.items():
        mine[key] += value
