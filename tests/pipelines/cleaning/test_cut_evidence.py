"""What a cut in a text says against a list."""

from __future__ import annotations

import pytest

from pipelines.cleaning.cut_evidence import CutEvidence


def _weight(before: str, behind: str, elsewhere: str = "") -> int:
    return CutEvidence(before, behind, f"{elsewhere}{before}\n\n2、{behind}").weight


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("石匠们为此吃了不少苦", "，渠总算修成了。"),
        ("成活率达到了9", "％，好于往年。"),
        ("账目（含冷库", "和渡口）按月公开。"),
        ("学习《水渠管护", "办法》，人人会用。"),
    ],
)
def test_no_list_has_a_mark_in_front_or_a_bracket_over_its_number(before: str, behind: str) -> None:
    assert _weight(before, behind) == 2


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("去年全乡的粮", "食收成好于往年。"),  # a word of the lexicon
        ("石匠们为此吃了不少苦，", "渠总算修成了。"),
        ("栽下油茶1", "200亩。"),
        ("各组在月底前拿出轮灌", "的具体方案。"),
        ("乡亲们一致同意把", "账目公开。"),
    ],
)
def test_a_list_seldom_breaks_inside_a_sentence(before: str, behind: str) -> None:
    assert _weight(before, behind) == 1


def test_the_text_itself_tells_what_is_torn() -> None:
    assert _weight("走过北坡圩", "埝口再向东", elsewhere="坡圩埝口年久失修。") == 1
    assert _weight("走过北坡圩", "埝口再向东") == 0


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("账目按月公开。", "渠道逐段验收。"),
        ("由各组分头落实", "树苗统一采购"),
        ("坚持自愿导向", "形成合力"),
        ("渠道逐段验收", "了解各组水情"),
        ("账目按月公开", "”三农”工作要抓紧"),  # a quotation mark turned round
        ("主要包括（一）水渠", "（二）渡口"),
        ("", "渠道逐段验收。"),
    ],
)
def test_an_item_of_a_list_says_nothing(before: str, behind: str) -> None:
    assert _weight(before, behind) == 0
