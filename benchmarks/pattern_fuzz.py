"""Every compiled pattern of the project against texts that its own repeats suggest.

    python -m benchmarks.pattern_fuzz [--share K/N] [--only WORD]

Each pattern is parsed, and each of its quantified parts is pumped: what the pattern wants before it, then very much of
what the part admits, then something that fails. Characters that several parts admit come up for each of them, so
neighbours that can divide a run between them in many ways meet it. So does the beginning of a match, again and again,
which a search tries anew at every place. A pattern passes where twice the text takes at most 2.3 times the processor
time; texts grow until time can be measured, up to 65,536 characters.

Patterns that the project only asks by `match` or `fullmatch` are asked so here. Exit status 1 where one fails.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import math
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from types import FrameType, ModuleType
from typing import Any, NamedTuple

import crawler
import pipelines

PROJECT = Path(__file__).resolve().parents[1]
#: Most that twice the text may take.
GROWTH = 2.3
#: Lengths that are tried: repeats of the project are bounded by 6,000 at most, and a bound shows beyond it.
SHORTEST, LONGEST = 2048, 16_384
#: Seconds of the processor below which growth is not measured, of the clock above which a text is too slow. (A timer of
#: processor time would make that time too coarse to measure on some systems.)
MEASURABLE, TOO_SLOW = 0.002, 8.0
#: What repeats are pumped with, besides the characters a pattern names itself.
ALPHABET = " \t\n\u3000aAz09-_.,:;/<>()[]{}\"'&=*?!#%@一第章篇页中文字会，。、：；…·（）【】《》“”"
#: Repeats with fewer turns are not pumped.
FEW = 6
#: Samples of one part, characters for one repeat.
SAMPLES, PUMPS = 6, 10


class Attack(NamedTuple):
    """A family of texts: `before + pump * n + after`."""

    before: str
    pump: str
    after: str

    def text(self, length: int) -> str:
        return self.before + self.pump * (length // len(self.pump)) + self.after


class Found(NamedTuple):
    """A pattern of the project: `module.NAME` or `module:LINE`, and how the project asks it."""

    name: str
    pattern: re.Pattern[str]
    methods: frozenset[str]


class Slow(NamedTuple):
    """What a pattern took too long for."""

    name: str
    attack: Attack
    length: int
    growth: float


class TooSlow(Exception):
    """A text took more than TOO_SLOW."""


def modules() -> Iterator[ModuleType]:
    """All modules of the project."""
    for package in (pipelines, crawler):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def patterns() -> list[Found]:
    """Every pattern of the project once: of module constants, in containers, in classes, and written into calls."""
    asked = _methods()
    found: dict[tuple[str, int], Found] = {}
    for module in modules():
        elsewhere = _homes(_tree(module))
        for name, pattern in _constants(module):
            if name in elsewhere:
                continue
            constant = (module.__name__, re.split(r"[.\[]", name)[0])
            methods = asked.get(constant, frozenset({"search"}))
            label = f"{module.__name__}.{name}"
            found.setdefault((pattern.pattern, pattern.flags), Found(label, pattern, methods))
        for label, pattern, method in _in_calls(module):
            key = (pattern.pattern, pattern.flags)
            found.setdefault(key, Found(label, pattern, frozenset({method})))
    return list(found.values())


def _constants(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, value in sorted(vars(module).items()):
        yield from _within(name, value, 0)


def _within(name: str, value: object, depth: int) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The text patterns of a value."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield name, value
    elif depth > 3:
        return
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _within(f"{name}[{key!r:.20}]", item, depth + 1)
    elif isinstance(value, (tuple, list, frozenset, set)):
        for k, item in enumerate(value):
            yield from _within(f"{name}[{k}]", item, depth + 1)
    elif isinstance(value, type) and depth == 0:
        for key, item in sorted(vars(value).items()):
            yield from _within(f"{name}.{key}", item, depth + 2)


_ASKING = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


def _methods() -> dict[tuple[str, str], frozenset[str]]:
    """By which methods the constants of modules are asked: `(module, name)` -> methods."""
    asked: dict[tuple[str, str], set[str]] = {}
    for folder in ("pipelines", "crawler"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
            tree = ast.parse(path.read_text(encoding="utf-8"))
            home = _homes(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and node.attr in _ASKING:
                    name = _constant(node)
                    asked.setdefault((home.get(name, module), name), set()).add(_method(node.attr))
    return {constant: frozenset(methods) for constant, methods in asked.items()}


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))


def _homes(tree: ast.Module) -> dict[str, str]:
    """The modules that imported names are of."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.name: node.module or "" for node in imports for name in node.names}


def _constant(node: ast.Attribute) -> str:
    """The constant that is asked: NAME of `NAME.search`, `NAME[k].search`, `module.NAME.search`."""
    of = node.value
    while isinstance(of, ast.Subscript):
        of = of.value
    return of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""


def _method(asking: str) -> str:
    return asking if asking in ("match", "fullmatch") else "search"


def _in_calls(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str], str]]:
    """Patterns written into calls: `re.search(r"…", text)`."""
    for node in ast.walk(_tree(module)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        of, first = node.func.value, node.args[0]
        if not (isinstance(of, ast.Name) and of.id == "re" and node.func.attr in _ASKING):
            continue
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            label = f"{module.__name__}:{node.lineno}"
            yield label, re.compile(first.value), _method(node.func.attr)


# What a parsed pattern admits. (The parser's nodes are pairs of an opcode and its argument.)

_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CATEGORIES: dict[object, Callable[[str], bool]] = {
    sre.CATEGORY_DIGIT: str.isdecimal,
    sre.CATEGORY_NOT_DIGIT: lambda c: not c.isdecimal(),
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    sre.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    sre.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}


def admits(node: tuple[Any, Any], c: str) -> bool:
    """Whether a node for one character admits one."""
    kind, value = node
    if kind is sre.LITERAL:
        return ord(c) == int(value)
    if kind is sre.NOT_LITERAL:
        return ord(c) != int(value)
    if kind is sre.ANY:
        return c != "\n"
    if kind is sre.RANGE:
        return bool(value[0] <= ord(c) <= value[1])
    if kind is sre.CATEGORY:
        return _CATEGORIES[value](c)
    if kind is not sre.IN:
        return False

    negated = bool(value) and value[0][0] is sre.NEGATE
    return any(admits(item, c) for item in value[negated:]) != negated


def samples(nodes: Sequence[tuple[Any, Any]], alphabet: str) -> list[str]:
    """Some short texts that a sequence of nodes admits."""
    found = [""]
    for node in nodes:
        ends = _samples(node, alphabet)
        if not ends:
            return []
        found = [begun + end for end in ends for begun in found][:SAMPLES]
    return found


def _samples(node: tuple[Any, Any], alphabet: str) -> list[str]:
    kind, value = node
    if kind is sre.SUBPATTERN:
        return samples(value[3], alphabet)
    if kind is sre.ATOMIC_GROUP:
        return samples(value, alphabet)
    if kind is sre.BRANCH:
        each = [samples(branch, alphabet) for branch in value[1]]
        return [one[k] for k in range(2) for one in each if len(one) > k][: 2 * SAMPLES]
    if kind in _REPEATS:
        least, most, body = value
        return [sample * max(least, min(1, most)) for sample in samples(body, alphabet)]
    if kind in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        admitted = [c for c in alphabet if admits(node, c)]
        return [chr(value)] if kind is sre.LITERAL else admitted[:2]
    if kind is sre.ASSERT and value[0] < 0:
        return samples(value[1], alphabet)
    return [""]


def _first_set(nodes: Sequence[tuple[Any, Any]], alphabet: str) -> list[str]:
    """What one turn of a repeat may be: single characters where it is for one, else samples."""
    if len(nodes) == 1 and nodes[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        kind, value = nodes[0]
        if kind is sre.LITERAL:
            return [chr(value)]
        return [c for c in alphabet if admits(nodes[0], c)]
    return [sample for sample in samples(nodes, alphabet) if sample]


def _repeats(
    nodes: Sequence[tuple[Any, Any]], before: list[str], alphabet: str
) -> Iterator[tuple[list[str], list[str]]]:
    """Every repeat with what stands before it and what one turn of it may be."""
    for node in nodes:
        kind, value = node
        if kind in _REPEATS:
            _least, most, body = value
            if most > FEW:
                yield before, _first_set(body, alphabet)
            yield from _repeats(body, before, alphabet)
        elif kind is sre.SUBPATTERN:
            yield from _repeats(value[3], before, alphabet)
        elif kind is sre.ATOMIC_GROUP:
            yield from _repeats(value, before, alphabet)
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, before, alphabet)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeats(value[1], before, alphabet)
        ends = _samples(node, alphabet) or [""]
        before = [begun + end for end in ends for begun in before][:SAMPLES]


def _named(nodes: object) -> Iterator[str]:
    """The characters a pattern names."""
    if isinstance(nodes, tuple) and len(nodes) == 2 and nodes[0] in (sre.LITERAL, sre.NOT_LITERAL):
        yield chr(int(nodes[1]))
    elif isinstance(nodes, tuple) and len(nodes) == 2 and nodes[0] is sre.RANGE:
        yield chr(nodes[1][0])
    elif isinstance(nodes, (tuple, list, _parser.SubPattern)):
        for node in nodes:
            yield from _named(node)


def attacks(pattern: re.Pattern[str]) -> list[Attack]:
    """The texts that a pattern's own repeats suggest, each once."""
    parsed = list(_parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))
    named = "".join(dict.fromkeys(_named(parsed)))[:40]
    alphabet = "".join(dict.fromkeys(ALPHABET + named))
    found: dict[Attack, None] = {}
    for before, turns in _repeats(parsed, [""], alphabet):
        for turn in _spread(turns):
            for begun in dict.fromkeys((before[0], before[-1])):
                found[Attack(begun, turn, "\x00")] = None
                found[Attack(begun, turn, "\n\x00")] = None
                if begun:
                    found[Attack("", begun + turn, "\x00")] = None
    return list(found)


def _spread(turns: Sequence[str]) -> list[str]:
    """Blanks and characters of several kinds, not the first ten of one kind."""
    step = max(1, len(turns) // PUMPS)
    blanks = [turn for turn in turns if turn.isspace()][:3]
    return list(dict.fromkeys((*blanks, *islice(turns, 0, None, step))))


def _limit(signum: int, frame: FrameType | None) -> None:
    raise TooSlow


def _seconds(ask: Callable[[str], object], text: str, times: int) -> float:
    """The quickest of some turns, in processor seconds. Raises TooSlow."""
    best = float("inf")
    for _ in range(times):
        signal.setitimer(signal.ITIMER_REAL, TOO_SLOW)
        try:
            begun = time.process_time()
            ask(text)
            best = min(best, time.process_time() - begun)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return best


def growth(ask: Callable[[str], object], attack: Attack) -> tuple[float, int]:
    """How much longer twice a text takes, and the length where that was measured; 0 where it cannot be measured."""
    length = SHORTEST
    try:
        while _seconds(ask, attack.text(length), 1) < MEASURABLE:
            if length >= LONGEST:
                return 0.0, length
            length *= 2

        smallest = float("inf")
        for _ in range(4):  # one honest measurement will do: others may have had the processor
            short = _seconds(ask, attack.text(length), 2)
            long = _seconds(ask, attack.text(4 * length), 2)
            smallest = min(smallest, math.sqrt(long / max(short, MEASURABLE / 2)))
            if smallest <= GROWTH:
                break
    except TooSlow:
        return float("inf"), length
    return smallest, length


def slow(found: Found) -> Slow | None:
    """The first text that a pattern takes too long for."""
    previous = signal.signal(signal.SIGALRM, _limit)
    try:
        for attack in attacks(found.pattern):
            for method in sorted(found.methods):
                ratio, length = growth(_asking(found.pattern, method), attack)
                if ratio > GROWTH:
                    return Slow(found.name, attack, length, ratio)
    finally:
        signal.signal(signal.SIGALRM, previous)
    return None


def _asking(pattern: re.Pattern[str], method: str) -> Callable[[str], object]:
    if method == "search":
        return lambda text: sum(1 for _ in pattern.finditer(text))
    return pattern.match if method == "match" else pattern.fullmatch


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--share", default="1/1", help="K/N: every Nth pattern, from the Kth")
    options.add_argument("--only", default="", help="patterns whose name holds this")
    chosen = options.parse_args()
    first, step = map(int, chosen.share.split("/"))

    tried = [found for found in patterns() if chosen.only in found.name][first - 1 :: step]
    failed = 0
    for found in tried:
        worst = slow(found)
        if worst:
            failed += 1
            before, pump, after = (part[:60] for part in worst.attack)
            told = f"x {worst.growth:.1f} per doubling at {worst.length}"
            print(f"SLOW {worst.name}: {told}: {before!r} + {pump!r} * n + {after!r}", flush=True)
    print(f"{len(tried)} patterns, {failed} of them superlinear")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
