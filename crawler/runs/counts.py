"""What a run has done, as far as it is committed; `run/1` and the layout alarm are made of it."""

from __future__ import annotations

from collections import Counter, defaultdict
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
        for name in self.__slots__:
            mine, more = getattr(self, name), getattr(page, name)
            if not more:
                continue
            if name == "gone":
                mine.extend(more)
            else:
                for key, value in more.items():
                    mine[key] += value

    def to_json(self) -> str:
        """For the state."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()

    @classmethod
    def from_json(cls, data: str) -> Self:
        """Back from the state."""
        kept = orjson.loads(data)
        gone, lengths = kept.pop("gone", []), defaultdict(float, kept.pop("lengths", {}))
        return cls(
            **{name: Counter(counter) for name, counter in kept.items()}, gone=gone, lengths=lengths
        )
