"""Mainland text as a Traditional mirror shows it, with the pinyin glosses that some sites put behind characters.

    >>> glossed(traditional("全县动员"))
    '全縣動(dòng)員'

Characters are turned one by one; those that are Traditional themselves (于 后 里 干) stay, as they do on such pages.
"""

from __future__ import annotations

from functools import cache

from pipelines.text.script import fold

#: Characters this mirror glosses wherever they stand, with a reading of each.
GLOSSES = {
    "動": "dòng", "務": "wù", "學": "xué", "驗": "yàn", "質": "zhì", "險": "xiǎn", "導": "dǎo", "區": "qū",
    "護": "hù", "關": "guān", "當": "dāng", "應": "yīng", "開": "kāi", "鄉": "xiāng", "時": "shí",
    "車": "chē", "無": "wú", "業": "yè", "鎮": "zhèn",
}  # fmt: skip

#: Of two Traditional forms the one that speeches need; without it both are left alone.
PREFERRED = "個盡別匯嘗當蘇團壇彌徑復擺歷術毀衝濕煉煙獲發蕩簽纖髒證贊跡鐘鑒閒須飢"


def traditional(text: str) -> str:
    """Simplified text in Traditional characters; folding it gives the Simplified text back."""
    return text.translate(_turned())


def glossed(text: str) -> str:
    """Each character of `GLOSSES` followed by its reading in half-width brackets."""
    return "".join([f"{c}({GLOSSES[c]})" if c in GLOSSES else c for c in text])


@cache
def _turned() -> dict[int, str]:
    """Simplified character -> the common Traditional character that folds to it."""
    found: dict[str, list[str]] = {}

    for code in range(0x4E00, 0xA000):
        character = chr(code)
        simple = fold(character)

        if simple != character and _common(character) and not _common(simple):
            found.setdefault(simple, []).append(character)

    turned: dict[int, str] = {}
    for simple, forms in found.items():
        chosen = forms if len(forms) == 1 else [form for form in forms if form in PREFERRED]
        if chosen:
            turned[ord(simple)] = chosen[0]

    return turned


def _common(char: str) -> bool:
    """Whether a character is of Big5's first level, that is in everyday Traditional use."""
    try:
        return char.encode("big5") < b"\xc9"
    except UnicodeEncodeError:
        return False
