"""The copy of the output on S3, against moto's server on loopback."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from pipelines.exports.s3 import S3Error, copy_to_s3, finished_files
from tests.crawler.crawl.loopback import Loopback
from tests.crawler.crawl.running import crawl
from tests.faults.pages import lines, run


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    urlopen(
        Request(f"http://{host}:{port}/moto-api/reset", method="POST")
    ).close()  # it forgets nothing by itself
    client = boto3.client("s3")
    client.create_bucket(Bucket="kept")
    yield client
    client.close()
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_finished_files_are_copied_once_and_growing_ones_never(bucket: Any, tmp_path: Path) -> None:
    run(tmp_path, 3)
    (tmp_path / "speeches" / "wm114-later.jsonl.part").write_bytes(b"{}\n")
    assert (
        copy_to_s3(tmp_path, "s3://kept/harvest") == 5
    )  # speeches, traces, outlines, pages, manifest
    assert copy_to_s3(tmp_path, "s3://kept/harvest") == 0
    run(tmp_path, 5)
    assert copy_to_s3(tmp_path, "s3://kept/harvest") == 5
    keys = [item["Key"] for item in bucket.list_objects_v2(Bucket="kept")["Contents"]]
    assert all(key.startswith("harvest/") for key in keys)
    kept = b"".join(
        bucket.get_object(Bucket="kept", Key=key)["Body"].read()
        for key in sorted(keys)
        if key.startswith("harvest/speeches/")
    )
    assert kept.count(b"\n") == len(lines(tmp_path / "speeches")) == 5
    assert not any(key.endswith(".part") or "state.db" in key for key in keys)
    with pytest.raises(S3Error, match="nowhere"):
        copy_to_s3(tmp_path, "s3://nowhere/x")
    with pytest.raises(S3Error, match="s3://BUCKET"):
        copy_to_s3(tmp_path, "http://kept/x")


def kept_files(client: Any) -> dict[str, bytes]:
    """What is on the server, by its path below the prefix."""
    items = client.list_objects_v2(Bucket="kept").get("Contents", [])
    return {
        i["Key"].removeprefix("harvest/"): client.get_object(Bucket="kept", Key=i["Key"])[
            "Body"
        ].read()
        for i in items
    }


def finished(output: Path) -> dict[str, bytes]:
    """What is under a final name on this disk."""
    return {p.relative_to(output).as_posix(): p.read_bytes() for p in finished_files(output)}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_crawl_copies_what_it_finished_and_the_next_what_it_could_not(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_s3 = ("-q", "-s", "S3_COPY=s3://kept/harvest")
    address = os.environ["AWS_ENDPOINT_URL"]
    with Loopback(documents=6) as site, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        first = crawl("wm114", site.base, tmp_path, *to_s3)
        assert (first.returncode, first.stderr) == (0, "")
        assert kept_files(bucket) == finished(tmp_path)
        assert {name.partition("/")[0] for name in finished(tmp_path)} == {
            "speeches",
            "traces",
            "outlines",
            "pages",
            "runs",
        }
        before = kept_files(bucket)

        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        site.documents = 9
        down = crawl("wm114", site.base, tmp_path, *to_s3)
        assert down.returncode == 1
        (said,) = down.stderr.splitlines()
        assert "what was fetched is stored, but not copied: s3://kept/harvest: " in said
        assert len(lines(tmp_path / "speeches")) == 9
        assert not list(tmp_path.rglob("*.part"))
        assert kept_files(bucket) == before

        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        again = crawl("wm114", site.base, tmp_path, *to_s3)
        assert (again.returncode, again.stderr) == (0, "")
        assert kept_files(bucket) == finished(tmp_path)
        assert len(kept_files(bucket)) > len(before) + 3
        assert site.served().total() == 9
