"""No secret of a command line or an address in what is kept."""

from __future__ import annotations

import pytest

from pipelines.failures import broken_stage, failure
from pipelines.redact import redact_addresses, redact_line, redact_words


@pytest.mark.parametrize(
    "word",
    [
        "AWS_SECRET_ACCESS_KEY=hush-17",
        "SMTP_PASSWORD=hush-17 and more hush-17",
        "proxy_token=hush-17",
        "HTTP_AUTH=me:hush-17",
        "DB_PW=hush-17",
        "SINK=postgresql://me:hush-17@db.example/speeches",
        "base=http://me:hush-17@mirror.example:8000/a",
        "base=http://hush-17@mirror.example",
        "base=https://mirror.example/a?page=2&access_token=hush-17",
        "S3_COPY=s3://me:hush-17@bucket/prefix",
        "url=https://a.example/1.html,https://me:p@hush-17@b.example/2.html",
    ],
)
def test_secrets_are_hidden_in_a_command_line_and_in_its_text(word: str) -> None:
    words = ["scrapy", "crawl", "wm114", "-s", word, "-a", "limit=3"]
    said = redact_words(words)
    assert "hush-17" not in said
    assert said.endswith("-a limit=3")
    if " " not in word:
        assert "hush-17" not in redact_line(" ".join(words))


@pytest.mark.parametrize(
    "harmless",
    [
        "https://a.example/@writer/1.html?page=2",
        "mail me@a.example about https://a.example/a",
        "AUTOTHROTTLE_ENABLED=1",
        "ids=1-9",
    ],
)
def test_what_holds_no_secret_stays_as_it_is(harmless: str) -> None:
    assert redact_addresses(harmless) == harmless
    assert redact_line(harmless) == harmless
    assert redact_words([harmless, "b"]).strip("'").startswith(harmless.split()[0])


def test_failures_do_not_tell_the_password_of_a_mirror() -> None:
    address = "http://me:hush-17@mirror.example/1.html"
    kept = failure("https://a.example/1.html", "wm114", "fetch", "http_500", address, None)
    raised = broken_stage("https://a.example/1.html", "wm114", "read", ValueError(address))
    assert "hush-17" not in kept.detail + raised.detail
    assert "mirror.example/1.html" in kept.detail
