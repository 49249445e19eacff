"""Invented pages with one family of blemish each, and what should come out of them: the corpus of `quality`.

omission(speech(1), random.Random(1)).holes  ->  [Hole(before=…, chars=…, kind="omitted")]
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.invented import Invented
from pipelines.text.canonical import counted


class Hole(NamedTuple):
    """A gap that a page should give: characters before it (white space aside), what the site says, its kind."""

    before: int
    chars: int | None
    kind: str


@dataclass(slots=True)
class Draft:
    """A page in the making. `head` and `tail` are lines of the site's, `blocks` the document's paragraphs with what the
    site put between them; `truth` what should come out."""

    title: str
    blocks: list[str]
    truth: list[str]
    head: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)


Family = Callable[[Invented, random.Random], Draft]


def _draft(told: Invented) -> Draft:
    return Draft(told.title, list(told.paragraphs), list(told.paragraphs))


def _omitted(told: Invented, dice: random.Random, notice: str, chars: bool = True) -> Draft:
    """Takes a stretch out of the middle and puts a notice there; `{n}` in it is the stretch's length."""
    draft = _draft(told)
    first = next(k for k in range(2, len(draft.blocks)) if len(draft.blocks[k]) > 60)
    last = next(k for k in range(first + 2, len(draft.blocks)) if len(draft.blocks[k]) > 50)
    torn, resumed = draft.blocks[first], draft.blocks[last]
    cut, begin = _inside(torn, dice), _inside(resumed, dice)
    gone = counted(torn[cut:] + "".join(draft.blocks[first + 1 : last]) + resumed[:begin])
    said = notice.format(n=gone)
    draft.holes.append(
        Hole(
            counted("".join(draft.blocks[:first]) + torn[:cut]), gone if chars else None, "omitted"
        )
    )

    draft.truth = [*draft.blocks[:first], torn[:cut], resumed[begin:], *draft.blocks[last + 1 :]]
    draft.blocks = [
        *draft.blocks[:first],
        torn[:cut],
        said,
        resumed[begin:],
        *draft.blocks[last + 1 :],
    ]

    return draft


def _inside(paragraph: str, dice: random.Random) -> int:
    """A place inside a word, not beside punctuation or figures."""
    places = [
        k
        for k in range(12, len(paragraph) - 12)
        if re.fullmatch(r"[\u4e00-\u9fff]{4}", paragraph[k - 2 : k + 2])
    ]

    return dice.choice(places)


def _ended(
    draft: Draft,
    dice: random.Random,
    notice: list[str],
    chars: int | None = None,
    whole: int | None = None,
) -> Draft:
    """Breaks the text off inside its last long paragraph, with lines behind it. In a notice `{all}` and `{shown}` are
    lengths of the whole and of what is shown."""
    last = max(k for k, p in enumerate(draft.truth) if len(p) > 50)
    torn = draft.truth[last]
    at = _inside(torn, dice)
    whole = (
        counted("".join(draft.blocks)) + sum(h.chars or 0 for h in draft.holes)
        if whole is None
        else whole
    )

    block = max(k for k, p in enumerate(draft.blocks) if p == torn)
    draft.truth = [*draft.truth[:last], torn[:at]]
    draft.blocks = [*draft.blocks[:block], torn[:at]]
    seen = counted("".join(draft.truth))
    left = whole - seen - sum(h.chars or 0 for h in draft.holes)
    lines = [line.format(all=whole, shown=seen, title=draft.title) for line in notice]
    declared = any("{all}" in line for line in notice)
    draft.blocks[-1] += lines[0]
    draft.tail = lines[1:] + draft.tail
    draft.holes.append(Hole(seen, left if declared else chars, "cut_off"))

    return draft


def omission(told: Invented, dice: random.Random) -> Draft:
    site = dice.choice(
        (
            "新文秘网http://www.wm114.cn",
            "快文网http://www.hancun.net",
            "公文库https://www.example-gwk.com",
        )
    )

    return _omitted(told, dice, "……(" + site + "省略{n}字,正式会员可完整阅读)……")


def omission_other(told: Invented, dice: random.Random) -> Draft:
    return _omitted(
        told,
        dice,
        dice.choice(
            (
                "……（此处省略{n}字，VIP会员可查看全文）……",
                "……（中间部分略去{n}字，登录后查看完整内容）",
                "……【省略{n}字，注册会员可阅读全文】……",
            )
        ),
    )


def omission_bare(told: Invented, dice: random.Random) -> Draft:
    return _omitted(
        told, dice, dice.choice(("……略……", "……（略）……", "……（此处有删减）……")), chars=False
    )


def unfinished(told: Invented, dice: random.Random) -> Draft:
    notice = [
        " ……（未完，全文共{all}字，当前仅显示{shown}字，请阅读下面提示信息。",
        "收藏《{title}》）",
    ]

    return _ended(_draft(told), dice, notice)


def omission_and_end(told: Invented, dice: random.Random) -> Draft:
    notice = [" ……（未完，全文共{all}字，当前只显示{shown}字，请阅读下面提示信息。收藏{title}）"]
    return _ended(omission(told, dice), dice, notice, whole=counted("".join(told.paragraphs)))


def preview_end(told: Invented, dice: random.Random) -> Draft:
    notice = [
        " ……",
        "预览结束，获取全文或定制代笔此类文章，请联系老师！",
        "请点击👉 {shown} 👈联系老师",
        "请点击👉 {shown} 👈联系老师",
    ]

    return _ended(_draft(told), dice, notice)


def log_in(told: Invented, dice: random.Random) -> Draft:
    return _ended(
        _draft(told),
        dice,
        ["……", dice.choice(("（阅读全部图文内容，您需要先登录！）", "剩余内容登录后可阅读全文"))],
    )


def pages_left(told: Invented, dice: random.Random) -> Draft:
    return _ended(
        _draft(told),
        dice,
        [
            "",
            dice.choice(
                (
                    "已阅读3页，还剩5页未读",
                    "亲，该文档总共8页，到这儿已超出免费预览范围，如果喜欢就下载吧！",
                )
            ),
        ],
    )


def silent_cut(told: Invented, dice: random.Random) -> Draft:
    return _ended(_draft(told), dice, [""])


def library_frame(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    t, pages = draft.title, dice.randint(3, 9)
    draft.head = [
        t, f"上传人：li****3 文档编号：3917264 上传时间：2022-03-11 格式：DOCX 页数：{pages} 大小：21.4KB", "返回 下载 相关 举报",
        f"{t}_第1页", f"第1页 / 共{pages}页", f"{t}_第2页", f"第2页 / 共{pages}页", "资源描述",
        f"《{t}》由会员分享，可在线阅读，更多相关《{t}（{pages}页珍藏版）》请在金锄头文库上搜索。",
    ]  # fmt: skip

    draft.tail = [
        "展开阅读全文",
        "相关资源",
        "正为您匹配相似的精品文档",
        "相关搜索",
        "最新文档",
        "当前位置：首页 > 办公文档 > 总结/报告",
        "电脑版 |金锄头文库版权所有",
        "经营许可证：蜀ICP备13022795号",
    ]

    return draft


def counted_splice(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    whole = "".join(draft.blocks)
    pieces = [whole[k : k + 300] for k in range(0, len(whole), 300)]
    draft.blocks = ["".join(f"\n\n{k}、{piece}" for k, piece in enumerate(pieces, 1))]
    draft.truth = [whole]

    return draft


def contents_block(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    draft.head = ["目录/提纲：……", *told.contents, "……", draft.title]

    return draft


def neighbours(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    draft.head = [f"标题：{draft.title} |", draft.title]
    draft.tail = [
        "上一篇：在全县信访工作会议上的讲话",
        "下一篇：全市统计工作情况汇报",
        "相关栏目：讲话 |",
    ]

    return draft


def lead_in(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    draft.head = [draft.title, f"下面是小编为大家整理的{draft.title}，供大家参考。"]
    draft.tail = ["手机扫码阅读本文", "版权声明：本文来源于网络，如有侵权请联系删除。"]

    return draft


def advertisement(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    k = dice.choice([k for k, p in enumerate(draft.blocks) if len(p) > 60])
    stops = [m.end() for m in re.finditer("。", draft.blocks[k])][:-1] or [len(draft.blocks[k])]
    at = dice.choice(stops)
    advert = dice.choice(
        (
            "【更多公文素材，微信：gwsc8899】",
            "（下载后可任意编辑）",
            "【关注公众号“文稿铺”获取更多范文】",
        )
    )

    draft.blocks[k] = draft.blocks[k][:at] + advert + draft.blocks[k][at:]

    return draft


def page_counter(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    k = dice.choice([k for k, p in enumerate(draft.blocks) if len(p) > 60])
    at = _inside(draft.blocks[k], dice)
    draft.blocks[k] = (
        draft.blocks[k][:at] + f" 第{dice.randint(2, 4)}页 共5页 " + draft.blocks[k][at:]
    )

    return draft


def lost_indents(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    draft.blocks = ["???" + block if len(block) > 40 else block for block in draft.blocks]

    return draft


def leaked_markup(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    draft.head = [
        "@page { margin: 2.54cm } p { line-height: 28pt; text-indent: 2em }",
        "[标签:标题]",
    ]

    draft.blocks = [
        block + "x0dx0a" if k % 4 == 2 else block for k, block in enumerate(draft.blocks)
    ]

    return draft


def summary(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    draft.head = [draft.title, f"内容摘要：{draft.blocks[1][:60]}"]
    draft.tail = ["用户评论", "标签：讲话 会议 工作", "发表评论"]

    return draft


def cut_dots(told: Invented, dice: random.Random) -> Draft:
    return _ended(_draft(told), dice, ["..."])


def broken_words(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    for k in [k for k, p in enumerate(draft.blocks) if len(p) > 70][::2]:
        at = dice.choice(
            [
                at
                for at in range(46, len(draft.blocks[k]) - 12)
                if re.fullmatch(r"[\u4e00-\u9fff]{2}", draft.blocks[k][at - 1 : at + 1])
            ]
        )

        draft.blocks[k] = draft.blocks[k][:at] + "\n" + draft.blocks[k][at:]

    return draft


def masks(told: Invented, dice: random.Random) -> Draft:
    draft = _draft(told)
    swaps = (
        ("全县", "**县"),
        ("我市", "X市"),
        ("万元", "X万元"),
        ("龙头企业", "*企业"),
        ("11月底", "××月底"),
    )

    draft.truth = draft.blocks = [_swapped(p, swaps) for p in draft.blocks]

    return draft


def _swapped(text: str, swaps: tuple[tuple[str, str], ...]) -> str:
    for old, new in swaps:
        text = text.replace(old, new)

    return text


def glosses(told: Invented, dice: random.Random) -> Draft:
    return _draft(told)  # the fault works on bytes: see `examples`


def host_script(told: Invented, dice: random.Random) -> Draft:
    """Nothing to do: a speaker's own dots, a quoted notice, a list of his own, an annotation."""
    draft = _draft(told)
    extra = [
        "想起那些年的日日夜夜，我心里一直有说不完的话……今天就说到这里。", "有的网站写着“登录后可阅读全文”，群众办事却找不到入口，这样的服务要改。",
        "1、完善制度。", "2、加强培训。", "3、严格考核。", "他念起那句诗来，声音怆(chuàng)然。",
    ]  # fmt: skip

    draft.blocks = draft.truth = [*draft.blocks[:-1], *extra, draft.blocks[-1]]

    return draft


FAMILIES: tuple[Family, ...] = (
    omission, omission_other, omission_bare, unfinished, omission_and_end, preview_end, log_in, pages_left, silent_cut,
    library_frame, counted_splice, contents_block, neighbours, lead_in, advertisement, page_counter, lost_indents, leaked_markup, summary, cut_dots, broken_words,
    masks, glosses, host_script,
)  # fmt: skip
#: Families whose pages, a paragraph a line and Simplified, have nothing for any rule to take away.
CONTROLS = ("masks", "glosses", "host_script")
#: The fault of a family is its layout: it has no other.
OWN_LAYOUT = {"counted_splice": ("lines",) * 3, "broken_words": ("lines",) * 3}
