"""What is there, to look at: static pages that need no server and load nothing from anywhere.

    write_report(Path("output"), Path("output/report"))

`index.html` has the sites, `search.html` finds documents (words, facets, sorting), `runs.html` and `failures.html` tell how
the crawls went, and every document has a page: its outline, its text with every gap where it is, its facts, where each
stretch comes from. A report that is written again touches what changed, and removes only what an earlier one wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.errors import OutputError
from pipelines.exports.report import gathered
from pipelines.exports.report.gathered import Row
from pipelines.exports.report.pages import Pages
from pipelines.exports.report.report_folder import ReportFolder
from pipelines.exports.report.search_data import SearchData, text_file
from pipelines.outline import outline_of
from pipelines.search.document import sections
from pipelines.speech_files import current_lines, speech_files

_ASSETS = Path(__file__).parent / "assets"


def write_report(output: Path, folder: Path, bad: Callable[[str], None] = lambda line: None) -> int:
    """Write the pages of an output folder; returns how many documents there are.

    `bad` is told of lines and manifests that do not read. Raises OutputError where there is nothing or it cannot be written.
    """
    runs = gathered.runs_of(output / "runs", bad)

    if not (output / "speeches").is_dir() and not runs:
        raise OutputError(f"{output}: neither speeches nor runs there yet")

    try:
        with ReportFolder(folder) as report:
            pages = Pages()
            rows = _write_documents(report, pages, output, bad)

            for name, page in pages.overview(output, rows, runs, bad):
                report.write(name, page)

            for asset in sorted(_ASSETS.iterdir()):
                report.write(f"assets/{asset.name}", asset.read_text("utf-8"))
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"{error.filename or folder}: {error.strerror or error}") from error

    return len(rows)


def _write_documents(
    report: ReportFolder, pages: Pages, output: Path, bad: Callable[[str], None]
) -> list[Row]:
    """Write the documents' pages and the data of the search."""
    files = speech_files([output / "speeches"]) if (output / "speeches").is_dir() else []
    data = SearchData()
    rows: list[Row] = []

    for place, (_, line) in enumerate(current_lines(files, bad)):
        speech = line.speech
        outline = outline_of(speech)
        parts = sections(outline)
        row = gathered.row_of(speech)
        rows.append(row)
        data.add(place, row, speech, parts)
        report.write(page_name(speech.id), pages.document(speech, outline))
        report.write(*text_file(speech, parts))

    for name, content in data.files():
        report.write(name, content)

    return rows


def page_name(id: str) -> str:
    """Where a document's page lies in the report."""
    return f"documents/{id[:2]}/{id}.html"
