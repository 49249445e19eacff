"""What is installed: one list of dependencies, every module and data file in the package, a `harvest` command."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
CONFIGURED = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))


def listed(name: str) -> set[str]:
    """The requirements of a file, as names with their conditions."""
    lines = (PROJECT / name).read_text("utf-8").splitlines()
    wanted = [line.partition("#")[0].strip() for line in lines]
    return {line.replace('"', "'") for line in wanted if line and not line.startswith("-r")}


def names(requirements: set[str]) -> set[str]:
    return {re.split(r"[\[><=;~! ]", requirement)[0].lower() for requirement in requirements}


def test_a_checkout_and_the_package_need_the_same() -> None:
    assert listed("requirements.in") == set(CONFIGURED["project"]["dependencies"])


def test_every_extra_is_there_for_the_tests() -> None:
    extras = CONFIGURED["project"]["optional-dependencies"]
    wanted = {name for extra, needs in extras.items() for name in needs}
    assert names(wanted) <= names(listed("requirements-dev.in"))


def top_imports(module: ast.Module) -> Iterator[str]:
    for statement in module.body:
        if isinstance(statement, ast.Import):
            yield from (name.name.partition(".")[0] for name in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield (statement.module or "").partition(".")[0]


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_locks_carry_hashes_and_name_no_host(lock: str) -> None:
    text = (PROJECT / lock).read_text("utf-8")
    packages = re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE)
    assert len(packages) > 40
    assert text.count("--hash=sha256:") >= len(packages)
    assert "://" not in "".join(line for line in text.splitlines() if not line.startswith(" "))


def test_what_runs_imports_is_declared() -> None:
    """Every module that crawler and pipelines import at their top comes with the package or with Python."""
    distributions = {
        "opencc": "opencc",
        "ahocorasick_rs": "ahocorasick-rs",
        "twisted": "scrapy",
        "markupsafe": "jinja2",
        "markdown_it": "markdown-it-py",
    }
    declared = {name.replace("-", "_") for name in names(listed("requirements.in"))}
    found = set()
    for path in [*PROJECT.glob("crawler/**/*.py"), *PROJECT.glob("pipelines/**/*.py")]:
        found |= set(top_imports(ast.parse(path.read_text("utf-8"))))
    foreign = found - set(sys.stdlib_module_names) - {"crawler", "pipelines"}
    extras = {"psycopg", "opensearchpy", "pyarrow", "pypdfium2"}  # behind open_sink and the like
    missing = {
        name
        for name in foreign - extras
        if distributions.get(name, name).replace("-", "_") not in declared
    }
    assert missing == set()


@pytest.mark.slow
def test_a_wheel_holds_every_module_and_data_file(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps"]
    source = tmp_path / "source"
    copied = subprocess.run(
        ["git", "ls-files", "crawler", "pipelines", "pyproject.toml", "README.md"],
        cwd=PROJECT, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    for name in copied:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((PROJECT / name).read_bytes())
    subprocess.run([*build, "-w", tmp_path, source], check=True, capture_output=True)
    wheel = next(tmp_path.glob("harvest-*.whl"))
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in copied if name.startswith(("crawler/", "pipelines/"))} <= packed
    assert any(name.endswith("entry_points.txt") for name in packed)
