"""What is there, to look at: static HTML pages that need no server and load nothing from anywhere.

    write_report(Path("output"), Path("output/report"))

`index.html` has the sites and the runs, a page (or several) for each site lists its documents, and every document has a
page of its own: its outline, its text with every gap where it is, its facts and what cleaning took out.

A list of what the report made lies in its folder (`.harvest-report`). Only files of that list are ever replaced or removed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from pipelines.atomic_file import write_whole
from pipelines.errors import OutputError
from pipelines.exports.report_pages import (
    SiteRows,
    document_page,
    document_page_name,
    index_page,
    row_of,
    site_pages,
)
from pipelines.outline import outline_of
from pipelines.records import BadRecord, Run, run_from
from pipelines.speech_files import current_lines, speech_files

#: The list of what a report made, one path a line.
MARKER = ".harvest-report"

#: Where pages wait until all are there.
WAITING = ".harvest-report.part"

#: What reports are made of; those of earlier versions left no list.
_OWN_NAME = re.compile(r"index\.html|site-[^/]{1,200}\.html|documents/[^/]{1,9}/[^/]{1,200}\.html")
_OWN_INDEX = re.compile(r'<meta name="generator" content="harvest report">|<title>What is there</')


def write_report(output: Path, folder: Path, bad: Callable[[str], None] = lambda line: None) -> int:
    """Write the pages of an output folder; returns how many documents there are. An older report is brought up to date.

    `bad` is told of lines and manifests that do not read. Raises OutputError where there is nothing to report, where the
    folder holds something else, or where it cannot be written; what was there is then as it was.
    """
    runs = _runs(output / "runs", bad)
    if not (output / "speeches").is_dir() and not runs:
        raise OutputError(f"{output}: neither speeches nor runs there yet")
    old = made_before(folder)
    waiting = folder / WAITING
    try:
        shutil.rmtree(waiting, ignore_errors=True)
        waiting.mkdir(parents=True)
        try:
            sites = _write_pages(output, waiting, runs, bad)
            _put_in_place(waiting, folder, old)
        finally:
            shutil.rmtree(waiting, ignore_errors=True)
    except OSError as error:
        why = error.strerror or error
        raise OutputError(f"cannot be written: {error.filename or folder} ({why})") from error
    return sum(site.documents for site in sites)


def made_before(folder: Path) -> set[str]:
    """The files of an older report in a folder, as paths within it. Raises OutputError where there is something else."""
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return set()
        if not folder.is_dir():
            raise OutputError(f"is a file, not a folder: {folder}")
        marker = folder / MARKER
        if marker.is_file():
            return {name for name in marker.read_text("utf-8").splitlines() if _is_own(name)}
        index = folder / "index.html"
        if index.is_file() and _OWN_INDEX.search(index.read_text("utf-8", "replace")[:4000]):
            found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
            return {name for name in found if _is_own(name)}
        if {path.name for path in folder.iterdir()} <= {WAITING}:  # killed before the first list
            return set()
    except OSError as error:
        raise OutputError(f"cannot be read: {folder} ({error.strerror or error})") from None
    raise OutputError(f"{folder}: is there and no report of ours; name another folder with -o")


def _is_own(name: str) -> bool:
    return _OWN_NAME.fullmatch(name) is not None and ".." not in PurePosixPath(name).parts


def _write_pages(
    output: Path, waiting: Path, runs: list[Run], bad: Callable[[str], None]
) -> list[SiteRows]:
    sites: dict[str, SiteRows] = {}
    speeches = output / "speeches"
    files = speech_files([speeches]) if speeches.is_dir() else []
    for _, line in current_lines(files, bad):
        speech = line.speech
        sites.setdefault(speech.site, SiteRows(speech.site)).rows.append(row_of(speech))
        _write(waiting / document_page_name(speech), document_page(speech, outline_of(speech)))
    last = {run.site: run for run in reversed(runs)}
    for name, site in sites.items():
        site.rows.sort(key=lambda row: (row.published, row.title), reverse=True)
        site.last_run = last.get(name)
        for page, html in site_pages(site):
            _write(waiting / page, html)
    shown = [site for _, site in sorted(sites.items())]
    _write(waiting / "index.html", index_page(shown, runs))
    return shown


def _write(path: Path, html: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, "utf-8")


def _put_in_place(waiting: Path, folder: Path, old: set[str]) -> None:
    """Move the new pages to where they belong, the front page last, and remove older ones that are no more."""
    new = {path.relative_to(waiting).as_posix() for path in _files(waiting)}
    _write_marker(folder, old | new)
    for name in sorted(new, key=lambda name: (name == "index.html", name)):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(waiting / name, target)
    for name in sorted(old - new):
        (folder / name).unlink(missing_ok=True)
    _remove_empty(folder / "documents")
    _write_marker(folder, new)


def _write_marker(folder: Path, names: set[str]) -> None:
    write_whole(folder / MARKER, "".join(f"{name}\n" for name in sorted(names)).encode())


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _remove_empty(folder: Path) -> None:
    for inside in list(folder.iterdir()) if folder.is_dir() else []:
        if inside.is_dir() and not any(inside.iterdir()):
            inside.rmdir()


def _runs(folder: Path, bad: Callable[[str], None]) -> list[Run]:
    """The manifests, newest first."""
    runs = []
    for file in sorted(folder.glob("*.json")):
        try:
            runs.append(run_from(file.read_bytes()))
        except (BadRecord, OSError) as error:
            bad(f"{file}: {error}")
    return sorted(runs, key=lambda run: run.started, reverse=True)
