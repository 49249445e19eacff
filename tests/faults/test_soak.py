"""A share of `make soak`: the replica's sites grow and fail, crawls of them are killed and starved, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from tests.faults.growing import GrowingReplica, invented
from tests.faults.soak import differences, soak


def test_a_short_soak_ends_with_ledger_and_records_equal(tmp_path: Path) -> None:
    met, wrong = soak(tmp_path, minutes=0.1, seed=5, growth=20)
    assert met.total() >= 2
    assert wrong == []


def test_what_is_missing_doubled_or_made_up_is_named(tmp_path: Path) -> None:
    soak(tmp_path, minutes=0, seed=5, growth=5)
    world = GrowingReplica(5)
    world.grow(20)
    for site in world.sites:
        for page in site.expected:
            world.ledger[site.key, site.answers[page.path].location or page.path, 200] += 1
    assert list(differences(world, tmp_path)) == []
    file = next((tmp_path / "speeches").glob("wm114-*"))
    whole = file.read_bytes()
    file.write_bytes(b"".join(whole.splitlines(keepends=True)[1:]))
    assert any("is not behind its record" in said for said in differences(world, tmp_path))
    file.write_bytes(whole + whole.splitlines(keepends=True)[0])
    assert any("has version 1 2 times" in said for said in differences(world, tmp_path))
    file.write_bytes(whole)
    world.grow(1)
    assert {
        said.rpartition(" was ")[2] for said in differences(world, tmp_path) if " was " in said
    } == {"never served"}
    for site in world.sites:
        del site.expected[-1]
    assert any("nobody serves it" in said for said in differences(world, tmp_path))
    assert len(invented(8).pages) == 2
