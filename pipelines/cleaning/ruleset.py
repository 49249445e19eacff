"""The rules in the order in which they run, each with the reason for its place."""

from __future__ import annotations

from pipelines.cleaning.rule import Rule
from pipelines.cleaning.rules.blank_space import blank_space
from pipelines.cleaning.rules.broken_line import broken_line
from pipelines.cleaning.rules.counted_splice import counted_splice
from pipelines.cleaning.rules.one_line import one_line
from pipelines.cleaning.rules.pinyin_gloss import pinyin_gloss
from pipelines.cleaning.rules.simplified_script import simplified_script

#: Raised with every change of what the rules do to any text.
RULESET = "1"

RULES: tuple[Rule, ...] = (
    pinyin_gloss,  # first: 乾(qián)隆 would be converted as 乾 alone
    simplified_script,  # so that every other rule reads one script
    counted_splice,  # before anything between two splices is taken out: the pieces are counted
    broken_line,  # after all that stands between two halves of a sentence is gone, while indents still show paragraphs
    one_line,  # after broken_line: it must not join what this divides
    blank_space,  # last: what other rules leave at line ends and between lines
)

#: What a title that extraction found goes through.
TITLE_RULES: tuple[Rule, ...] = (blank_space,)
