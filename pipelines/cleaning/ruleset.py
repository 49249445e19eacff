"""The rules in the order in which they run, each with the reason for its place."""

from __future__ import annotations

from pipelines.cleaning.rule import Rule
from pipelines.cleaning.rules.blank_space import blank_space

#: Raised with every change of what the rules do to any text.
RULESET = "1"

RULES: tuple[Rule, ...] = (
    blank_space,  # last: what other rules leave at line ends and between lines
)

#: What a title that extraction found goes through.
TITLE_RULES: tuple[Rule, ...] = (blank_space,)
