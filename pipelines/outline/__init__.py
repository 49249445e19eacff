"""Outlines of speeches: `outline_of` reads the structure, `render` writes it down."""

from pipelines.outline.parse import Decision, decisions, outline_of
from pipelines.outline.plain import plain_speech

__all__ = ["Decision", "decisions", "outline_of", "plain_speech"]
