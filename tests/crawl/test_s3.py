"""The copy of the output on S3, against moto's server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from pipelines.sinks.s3 import S3Error, copy_to_s3
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
    client = boto3.client("s3")
    client.create_bucket(Bucket="kept")
    yield client
    client.close()
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_finished_files_are_copied_once_and_growing_ones_never(bucket: Any, tmp_path: Path) -> None:
    run(tmp_path, 3)
    (tmp_path / "speeches" / "wm114-later.jsonl.part").write_bytes(b"{}\n")
    assert copy_to_s3(tmp_path, "s3://kept/harvest") == 5  # speeches, traces, outlines, pages, manifest
    assert copy_to_s3(tmp_path, "s3://kept/harvest") == 0
    run(tmp_path, 5)
    assert copy_to_s3(tmp_path, "s3://kept/harvest") == 5
    keys = [item["Key"] for item in bucket.list_objects_v2(Bucket="kept")["Contents"]]
    assert all(key.startswith("harvest/") for key in keys)
    kept = b"".join(
        bucket.get_object(Bucket="kept", Key=key)["Body"].read() for key in sorted(keys) if key.startswith("harvest/speeches/")
    )
    assert kept.count(b"\n") == len(lines(tmp_path / "speeches")) == 5
    assert not any(key.endswith(".part") or "state.db" in key for key in keys)
    with pytest.raises(S3Error, match="nowhere"):
        copy_to_s3(tmp_path, "s3://nowhere/x")
    with pytest.raises(S3Error, match="s3://BUCKET"):
        copy_to_s3(tmp_path, "http://kept/x")
