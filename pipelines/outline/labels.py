"""A node in words: its marker, what stands between marker and title, its status."""

from __future__ import annotations

import re

from pipelines.record_parts import OutlineNode

_HAN = re.compile("[一二三四五六七八九十百零]+")
_IN_WORDS = re.compile("第[一二三四五六七八九十]+|首先|其次|再次|再者|最后|其.")


def separator(marker: str | None) -> str:
    """What stands between a marker and its title.

    >>> [separator(m) for m in ("一", "(一)", "3", "一是", "第一", "第二章", "①", None)]
    ['、', '', '. ', '', '，', ' ', '', '']
    """
    if not marker or marker[-1] in ")）]】〕是要" or not marker[-1].isalnum():
        return ""
    if _HAN.fullmatch(marker):
        return "、"
    if marker.isdigit() and len(marker) <= 2 and not "①" <= marker[0] <= "⒛":
        return ". "
    if _IN_WORDS.fullmatch(marker):
        return "，"

    return (
        ""
        if "①" <= marker[0] <= "⒛" or "㈠" <= marker[0] <= "㈩" or "㉑" <= marker[0] <= "㊿"
        else " "
    )


def label(node: OutlineNode) -> str:
    """A node in one line, as a person reads it."""
    shown = f"{node.marker or ''}{separator(node.marker)}{node.title or ''}"

    return shown if node.status == "full" else f"{shown} 〔{node.status}〕"
