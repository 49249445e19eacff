"""Text of documents on a terminal: shown, never obeyed."""

from __future__ import annotations


def harmless(text: str, line_break: str = "⏎") -> str:
    """Text without anything that a terminal would obey: control characters, escape sequences, marks of direction.

    >>> harmless("一\\n二\\x1b[31m\\u202e三")
    '一⏎二�[31m�三'
    """
    if text.isprintable():
        return text

    return "".join([_shown(character, line_break) for character in text])


def _shown(character: str, line_break: str) -> str:
    if character == "\n":
        return line_break
    if character.isspace():
        return " "

    return character if character.isprintable() else "�"
