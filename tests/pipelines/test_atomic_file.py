"""A file appears whole or not at all, and nobody's file is harmed on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.atomic_file import AtomicFile, write_whole
from pipelines.errors import OutputError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_appears_with_keep_and_leaves_nothing_without(tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    with AtomicFile(target) as out:
        out.write(b"one\n")
        assert not target.exists()
    assert names(tmp_path) == []
    with AtomicFile(target) as out:
        out.write(b"one\n")
        with out.stream() as stream:
            stream.write(b"two\n")
        out.keep()
    assert target.read_bytes() == b"one\ntwo\n"
    assert names(tmp_path) == ["a.jsonl"]


def test_its_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_what_a_killed_process_left_is_written_over_and_what_lives_is_not(tmp_path: Path) -> None:
    target = tmp_path / "a"
    killed = "import os, pathlib, sys; from pipelines.atomic_file import AtomicFile\n"
    killed += "AtomicFile(pathlib.Path(sys.argv[1])).write(b'half'); os._exit(9)"
    subprocess.run([sys.executable, "-c", killed, target], check=False)
    assert len(names(tmp_path)) == 1
    with AtomicFile(target) as living:
        living.write(b"first")
        assert len(names(tmp_path)) == 1
        write_whole(target, b"second")
        assert target.read_bytes() == b"second"
        living.keep()
    assert names(tmp_path) == ["a"]
    assert target.read_bytes() == b"first"


def test_a_link_is_followed_and_one_laid_for_the_working_file_is_not(tmp_path: Path) -> None:
    victim, target, link = tmp_path / "victim", tmp_path / "a", tmp_path / "link"
    with AtomicFile(target):
        working = next(tmp_path.iterdir())
    victim.write_bytes(b"mine")
    working.symlink_to(victim)
    link.symlink_to(target)
    write_whole(link, b"x")
    assert link.is_symlink()
    assert (target.read_bytes(), victim.read_bytes()) == (b"x", b"mine")


@pytest.mark.parametrize(
    ("name", "says"),
    [("folder", "it is a folder"), ("missing/a", "No such file"), ("loop", "loop"), ("\0", "null")],
)
def test_what_cannot_be_written_is_one_clear_line(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(OutputError, match="cannot be written") as told:
        AtomicFile(tmp_path / name)
    assert says in str(told.value)
    assert isinstance(told.value, OSError)  # whoever minds a full disk minds this


def test_a_device_is_written_to_and_stays() -> None:
    with AtomicFile(Path("/dev/null")) as out:
        out.write(b"x")
        out.keep()
    assert Path("/dev/null").is_char_device()
