"""Names of records as names of files: whatever a site or a document is called, its file stays within the folder."""

from __future__ import annotations

import hashlib

#: The longest name, in characters; file systems take 255 bytes with an ending.
LONGEST = 80


def file_name(name: str) -> str:
    """A name made of ASCII letters, digits, `.`, `_` and `-`, different for different names.

    >>> file_name("wm114"), file_name("../某站"), file_name("")
    ('wm114', '~2e.~2f~67d0~7ad9', '~')
    """
    safe = "".join(
        character if _is_plain(character) else f"~{ord(character):x}" for character in name
    )

    if safe.startswith("."):
        safe = f"~2e{safe[1:]}"

    if len(safe) > LONGEST:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        safe = f"{safe[: LONGEST - 33]}~{digest[:32]}"

    return safe or "~"


def _is_plain(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "._-")
