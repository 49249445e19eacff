"""A name that resolves to a public address first and to a private one later: nothing is asked of the private one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.crawl.loopback import Answer, Loopback
from tests.crawler.crawl.running import arguments, lines_of, manifests, speeches, started
from tests.crawler.fetching.rebinding import PRIVATE, PUBLIC


@pytest.mark.parametrize("cached", [False, True])
def test_a_name_that_moves_to_a_private_address_is_refused_from_then_on(
    tmp_path: Path, cached: bool
) -> None:
    with Loopback(documents=9) as inside:
        port = int(inside.base.rpartition(":")[2])
        with Loopback(documents=9, host=PUBLIC, port=port) as outside:

            def anew(path: str, headers: dict[str, str]) -> Answer:
                """Each page over a connection of its own, so the name is resolved for each."""
                answer = outside.page(path, headers)
                return Answer(answer.body, answer.status, answer.headers | {"Connection": "close"})

            outside.answer = anew
            words = arguments("wm114", f"http://moving.example:{port}", tmp_path)
            words[words.index(f"ALLOW_PRIVATE_HOSTS=moving.example:{port}")] = (
                "CONTACT=me@example.org"
            )
            words += [
                "-s", 'DOWNLOAD_HANDLERS={"http": "tests.crawler.fetching.rebinding.Rebinding"}', "-s", "MOVES_AFTER=6",
                "-s", f"FORGETS_NAMES={int(not cached)}", "-s", "CONCURRENT_REQUESTS=1",
            ]  # fmt: skip
            with started(words) as process:
                _, said = process.communicate(timeout=60)
            served = outside.served()
    assert inside.requests == []
    (manifest,) = manifests(tmp_path)
    failures = lines_of(tmp_path / "failures") if manifest["failures"] else []
    if cached:  # the first answer holds for a while
        assert (served.total(), failures) == (9, [])
    else:
        assert (served.total(), manifest["pages"]["refused"]) == (2, 7), (
            said
        )  # the name was resolved six times
        assert {f["error"] for f in failures} == {"refused_address"}
        assert all(
            f["detail"] == f"moving.example is at {PRIVATE}, a private address" for f in failures
        )
    assert len(speeches(tmp_path)) == served.total()
    assert manifest["pages"]["asked"] == 9
