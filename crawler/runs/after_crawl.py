"""What a crawl brings up to date at its end, where it is asked to (`-a then=index,feed`): only by what changed.

for line in bring_up_to_date(Path("output"), {"index", "feed"}): log(line)
"""

from __future__ import annotations

from collections.abc import Callable, Set
from pathlib import Path

from pipelines.errors import HarvestError
from pipelines.exports.atom import write_feeds
from pipelines.search.index import default_index, fill, open_sink
from pipelines.speech_files import speech_files

#: What `then` may name.
THEN = ("index", "feed")


def bring_up_to_date(
    output: Path,
    then: Set[str],
    target: str | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> list[str]:
    """Bring the index (`target`, or `index.db` of the output folder) and the feeds up to date.

    Returns a line for each; `say` is told of lines that are no records. Raises HarvestError where it could not be done,
    and for a name that is not known, before anything is done.
    """
    if unknown := then - set(THEN):
        raise HarvestError(f"then={min(unknown)}: there are {', '.join(THEN)}")

    speeches = output / "speeches"
    said = []

    if "index" in then:
        with open_sink(target or default_index(output)) as sink:
            done = fill(sink, speech_files([speeches]) if speeches.exists() else [], say)

        said.append(
            f"index: {done.new} new, {done.replaced} replaced, {done.buried} superseded; {done.total} documents"
        )

    if "feed" in then:
        changed = write_feeds(speeches, output / "feeds")
        said.append(f"feed: {', '.join(changed) or 'nothing'} changed")

    return said
