"""Links that a run leaves because they would go on for ever, counted for one line at its end.

left = LeftLinks()
left.note(content.left)
if line := left.warning(known): logger.warning(line)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

#: Addresses that are kept for counting each once.
MOST = 10_000


class LeftLinks:
    """The addresses that one run has left, each once, the first `MOST` of them."""

    def __init__(self) -> None:
        self._urls: dict[str, None] = {}
        self._more = False

    def note(self, urls: Iterable[str]) -> None:
        """Take in what one page had."""
        for url in urls:
            if len(self._urls) >= MOST and url not in self._urls:
                self._more = True
                return

            self._urls[url] = None

    def warning(self, known: Callable[[list[str]], set[str]]) -> str | None:
        """The line to say; `known` gives those that the run came to on another way."""
        met = known(list(self._urls))
        left = [url for url in self._urls if url not in met]

        if not left:
            return None

        count = f"{'more than ' if self._more else ''}{len(left)}"
        why = "over 20 links or path segments deep, or one name three times in the path"

        return f"links that are left as ways without end ({why}): {count}, such as {left[0]}"
