"""`docs/rules.md`: the cleaning rules in the words of their own docstrings and cases.

python -m pipelines.cleaning.rule_pages     # writes it; a test holds it fresh
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

from pipelines.cleaning.rule import Rule
from pipelines.cleaning.ruleset import RULES

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "rules.md"
CASES = PROJECT / "tests" / "data" / "rules"

_REASON = re.compile(r"^    (?P<name>\w+),(?:\s*#\s*(?P<why>.*))?$", re.MULTILINE)
#: Cases of a rule that the page shows, and how much of each.
SHOWN, LONGEST = 3, 160


def page() -> str:
    """The whole page."""
    places = {m["name"]: m["why"] or "" for m in _REASON.finditer(_source_of_the_ruleset())}

    head = (
        "# The cleaning rules\n\n"
        "Written by `python -m pipelines.cleaning.rule_pages` from the rules' own docstrings and cases; do not edit.\n\n"
        "A rule finds, the engine edits: every removed character carries a rule's name in the trace, and `scrapy explain PAGE` shows it. "
        "The rules run in this order, again and again until nothing changes.\n\n"
        "| | rule | what it finds | its place |\n|---|---|---|---|\n"
    )

    rows = [
        f"| {k} | [`{rule.name}`](#{rule.name}) | {_cell(_first_line(rule))} | {_cell(places.get(rule.name, ''))} |\n"
        for k, rule in enumerate(RULES, 1)
    ]
    return head + "".join(rows) + "".join(_section(rule) for rule in RULES)


def _section(rule: Rule) -> str:
    """One rule: its story, its limits, some of its cases."""
    module = inspect.getdoc(sys.modules[rule.find.__module__]) or ""
    story = inspect.cleandoc(rule.story).split(">>>")[0].strip()

    limits = [
        f"at most {rule.budget} code points an edit" if rule.budget else "changes script only"
    ]

    limits += [f"after {', '.join(f'`{name}`' for name in rule.after)}"] * bool(rule.after)
    limits += [f"met on {', '.join(rule.seen_on)}"] * bool(rule.seen_on)

    return (
        f"\n## {rule.name}\n\n{module}\n\n{story}\n\n*{'; '.join(limits)}.*\n\n{_cases(rule.name)}"
    )


def _cases(name: str) -> str:
    path = CASES / f"{name}.json"
    if not path.exists():
        return ""

    cases: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    fires = "".join(
        f"- {_code(case['input'])} ({case['kind']})\n  becomes {_code(case['output'])}\n"
        for case in cases["fires"][:SHOWN]
    )

    kept = "".join(
        f"- {_code(case['text'])}: {case['why']}\n" for case in cases["must_not"][:SHOWN]
    )
    return f"Fires on\n\n{fires}\nMust not fire on\n\n{kept}"


def _first_line(rule: Rule) -> str:
    return " ".join(inspect.cleandoc(rule.story).split("\n\n")[0].split())


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _code(text: str) -> str:
    """A case on one line, its middle left out where it is long, what does not show made visible."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} ⋯ {text[-LONGEST // 2 :]}"

    shown = "".join(
        "⏎" if c == "\n" else c if c.isprintable() or c == "\u3000" else f"\\u{ord(c):04x}"
        for c in text
    )

    fence = "``" if "`" in shown else "`"
    return f"{fence}{shown}{fence}" if shown else "nothing"


def _source_of_the_ruleset() -> str:
    source = inspect.getsource(sys.modules["pipelines.cleaning.ruleset"])
    return source[source.index("RULES: tuple") : source.index("TITLE_RULES")]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
