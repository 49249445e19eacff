"""A copy of the finished files on S3, or on anything that speaks it.

    copy_to_s3(Path("output"), "s3://bucket/harvest")      # after a run, with `-s S3_COPY=s3://bucket/harvest`

Runs write to a local folder, since files that grow, are cut back and renamed are nothing an object store can do. Finished
files never change, so one that is there with its size is not sent again. Credentials, region and endpoint come from where
boto3 looks for them (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL …).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pipelines.errors import HarvestError, needs_extra
from pipelines.redact import redact_addresses

#: Folders of finished files, and the endings that finished files have.
FOLDERS = ("speeches", "traces", "outlines", "failures", "pages", "runs", "feeds")
ENDINGS = (".jsonl", ".warc.gz", ".json", ".atom")


class S3Error(HarvestError):
    """The copy could not be made; what is on this disk is untouched."""


def copy_to_s3(output: Path, target: str) -> int:
    """Send what is not there yet; returns the number of files sent. Raises S3Error and MissingExtra."""
    parts = check_target(target)

    with needs_extra("S3_COPY", "s3", "boto3"):
        import boto3
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

    bucket = parts.netloc
    prefix = f"{parts.path.strip('/')}/".lstrip("/")
    sent = 0

    try:
        client = boto3.client("s3")
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        there = {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", ())}

        for path in finished_files(output):
            key = prefix + path.relative_to(output).as_posix()
            is_same = there.get(key) == path.stat().st_size and path.suffix != ".atom"

            if not is_same:
                client.upload_file(str(path), bucket, key)
                sent += 1
    except (Boto3Error, BotoCoreError, ClientError, OSError) as error:
        raise S3Error(f"{target}: {error}") from None

    return sent


def check_target(target: str) -> SplitResult:
    """A target's bucket and prefix. Raises S3Error, and MissingExtra where nothing can send to it."""
    try:
        parts = urlsplit(target)
    except ValueError:
        parts = SplitResult("", "", "", "", "")

    if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc:
        raise S3Error(f"S3_COPY={redact_addresses(target)}: s3://BUCKET/PREFIX is wanted")

    with needs_extra("S3_COPY", "s3", "boto3"):
        import boto3  # noqa: F401  (whether it is there, before a crawl that would end without its copy)

    return parts


def finished_files(output: Path) -> Iterator[Path]:
    """The files under their final names."""
    for folder in FOLDERS:
        yield from sorted(p for p in (output / folder).rglob("*") if p.name.endswith(ENDINGS))
