"""Script: a mirror serves mainland text in Traditional characters; records are in Simplified ones.

`國務院` becomes 国务院, `看著` 看着, and 乾隆 stays. What is Simplified already is not touched (`pipelines.text.script`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.cleaning.rule import Facts, rule
from pipelines.text.edits import Edit, Fact
from pipelines.text.script import script_and_changes


# blank_space leaves every clause as it is
@rule(budget=0, after=("pinyin_gloss",), seen_on=("hancun",))
def simplified_script(text: str, facts: Facts) -> Iterator[Edit]:
    """Traditional characters become Simplified ones, where the text around them is Traditional.

    >>> [e.inserted for e in simplified_script.find("圍繞國務院部署,著力推進", Facts())][1:]
    ['围绕国务院部署,着力推进']
    >>> [e.inserted for e in simplified_script.find("在乾安县瞭解情况", Facts())][1:]
    []
    """
    script, changes = script_and_changes(text)
    yield Edit(0, 0, leaves=(Fact("script", script),))
    yield from [Edit._make((start, end, new, ())) for start, end, new in changes]
