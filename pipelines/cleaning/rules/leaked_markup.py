"""Code of the page that leaked into the text: style sheets, placeholders of templates, entities, tags.

`@page {margin: 2cm} p {margin-bottom: 0.25cm}` before the first paragraph; `[标签:标题]`; `&nbsp;` shown as such; `<br/>`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, cut

LEAK = re.compile(
    r"""
    (?P<style> (?: @[a-z-]{2,20}\s{0,4}[^{}\n\u4e00-\u9fff]{0,60} | [.\#]?[a-zA-Z][\w.,\#:\s>-]{0,60} )
        \{ (?P<declared> [^{}]{0,3000}+ ) \} \s{0,4} )
  | (?P<template> [\[{【] (?:标签|field|label|\#field)\s?[:：.] [^\[\]{}【】\n]{1,24} [\]}】] )
  | (?P<entity> &(?:nbsp|ensp|emsp|ldquo|rdquo|lsquo|rsquo|hellip|mdash|middot|quot|lt|gt|amp|\#\d{2,6}|\#x[0-9a-fA-F]{2,5}); )
  | (?P<tag> </?(?:br|p|div|span|font|strong|b|em|i|u|a|img|h[1-6]|table|tbody|tr|td|o:p|center|ul|li|ol|section|script|style)(?:\s[^<>\n]{0,200})?\s{0,4}/?> )
    """,
    re.VERBOSE,
)
#: A declaration of a style: `margin: 2cm`.
DECLARATION = re.compile(r"\s{0,8}[a-z-]{2,40}\s{0,4}:")
KINDS = ("style", "template", "entity", "tag")
BREAKING = re.compile(r"</?(?:br|p|div|h[1-6]|tr|table|li|ul|ol|section|center)\b", re.ASCII)


@rule(needs=("{", "[标签", "【标签", "&", "<"), budget=3000)
def leaked_markup(text: str, facts: Facts) -> Iterator[Edit]:
    """Style sheets and template words go, entities and breaking tags become what they stand for.

    >>> from pipelines.text.edits import apply
    >>> before = "@page {margin: 2cm} p {margin-bottom: 0.2cm}同志们:[标签:标题]今天<br/>开会&hellip;"
    >>> apply(before, list(leaked_markup.find(before, Facts())))
    '同志们:今天\\n开会…'
    >>> list(leaked_markup.find("A&B公司、<<条例>>和{重点}项目,x<y。", Facts()))
    []
    """
    for found in LEAK.finditer(text):
        kind = next(name for name in KINDS if found[name] is not None)
        if kind == "entity":
            yield cut(found, inserted=html.unescape(found[0]).replace("\0", ""))
        elif kind == "tag":
            yield cut(found, inserted="\n" if BREAKING.match(found[0]) else "")
        elif kind == "template" or _is_style(found):
            yield cut(found)


def _is_style(found: re.Match[str]) -> bool:
    """Whether braces hold declarations of a style and nothing else."""
    declared = [part for part in found["declared"].split(";") if part.strip()]

    if not declared:
        return ":" in found[0] or found[0].startswith("@")

    return all(DECLARATION.match(part) for part in declared)
