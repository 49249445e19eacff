"""What reads like the text of a document, and what a page says of itself: the wording that main text and list page share."""

from __future__ import annotations

import re

#: Punctuation of sentences: a measure of prose that is cheap and does not mind where lines break.
MARK = re.compile(r"[，。；：、！？,;:!?…]")
#: The end of a sentence.
STOP = re.compile(r"[。！？．]|[!?](?=\s|$)")
#: How lines of a speech begin. A box with most of these is the text, whatever it is called.
SPEECH = re.compile(
    r"""
    ^\s{0,8}
    (?: [一二三四五六七八九十]{1,3}、
      | [（(][一二三四五六七八九十]{1,3}[）)]
      | [同各].{0,8}[志位].{0,12}[们們]?[：:]
      | 第[一二三四五六七八九十]{1,3}[，,章部]
    )
    """,
    re.MULTILINE | re.VERBOSE,
)
#: What a section or a foot says of itself, sentence by sentence.
ASIDE = re.compile(
    r"""
      版[权權]所有(?![者权權人的]) | ICP[备備]案?号?[:：\s]{0,3}\d | 公[网網]安[备備]案?号?[:：\s]{0,3}\d | Copyright | ©
    | 本(?:站|[网網]站?|[栏欄]目|[频頻]道|[页頁]面?).{0,12}(?:收[录錄]|提供|[资資]料|内容|文章|均|[转轉]载|原[创創]|[汇彙]集|整理|[为為]您|每日|更新|所有)
    | 侵[权權].{0,12}(?:[联聯]系|[删刪]除|告知) | (?:分辨率|[浏瀏][览覽]器).{0,20}(?:[浏瀏][览覽]|使用|最佳) | 友情[链鏈]接 | [设設][为為]首[页頁] | 加入收藏
    | [欢歡]迎.{0,6}(?:[来來]到|光[临臨]|[访訪][问問]|登[录錄]|使用).{0,12}[网網站](?:[!！。，,]|$)
    | ^\W{0,4}(?:[联聯]系)?(?:地址|[电電][话話]|[邮郵][编編]|[邮郵]箱|[传傳]真|技[术術]支持|主[办辦]|承[办辦])(?:[单單]位)?[:：]
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: What a line above or below the text says about it: where it is from, who wrote it, when, how often it was read.
ABOUT = re.compile(
    r"""
      来源|來源|作者|[发發]布|[时時][间間]|日期|[浏瀏][览覽]|[阅閱][读讀]|[点點][击擊]|人[气氣]|字[号號体體]|[编編][辑輯]|上[传傳]
    | \d{4}-\d{1,2}-\d{1,2}|当前位置|首页
    """,
    re.VERBOSE,
)
_SENTENCE_END = re.compile(r"(?<=[。！？])|\n")
_LETTER = re.compile(r"[^\W\d_]")

#: How many letters say something with a stop, and without.
SAID, CLAUSES = 6, 20


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text less what a page says of itself."""
    return [said for said in _SENTENCE_END.split(text) if not ASIDE.search(said)]


def letters(text: str) -> int:
    """How many letters a text has; digits and signs are none."""
    return len(_LETTER.findall(text))


def reads_like_text(said: list[str]) -> bool:
    """Whether words outside links read like a text: sentences, a row of clauses, or how a speech's lines begin."""
    whole = "".join([sentence for sentence in said if STOP.search(sentence)])

    if letters(whole) >= SAID:
        return True

    for clause in said:
        opens = SPEECH.search(clause)
        if (opens or clause.count("，") > 1) and letters(clause) >= (SAID if opens else CLAUSES):
            return True

    return False
