"""The locked list of script conversion: what must stay, what must become what. Nobody takes a line out of it."""

from __future__ import annotations

from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gloss_fault import traditional
from benchmarks.invented import speech
from pipelines.text.script import NEIGHBOURS, changes, fold, script_of, simplified

HARD_WORDS = Path("tests/data/script/hard_words.tsv")

# Simplified text: names of places and people, words whose characters some configuration of OpenCC would change.
STAYS = """
乾安县 乾县 乾隆年间 乾坤 于洪区 于都县 於陵 后勤保障 皇后镇 里程碑 公里 万里长城 干部 干净 能干 干涉 若干 著名 著作 显著 名著 专著 执着 着力 着眼
着手 沿着 看着 瞭望塔 瞭解 了解 明了 覆盖 反复 答复 复习 恢复 复合 钟书 钱鍾书 钟表 徵求 征求 征收 藉口 慰藉 借助 余杭 其余 馀姚 沈阳 范仲淹 范围 丑时 丑陋
斗争 北斗 谷雨 山谷 稻谷 台州 台风 天台山 台湾 云南 云计算 面粉 面对 松树 松散 姜太公 生姜 几乎 茶几 才能 刚才 制度 制造 准备 批准 周期 周到 游客 旅游
游泳 布置 占领 占卜 注意 注解 发展 头发 系统 联系 关系 只有 一只 船只 冲锋 要冲 向导 方向 采访 采摘 胜利 郁金香 忧郁 种植 种师道 朱镕基 陶行知 甯静 昇腾芯片
喆 堃 淼 炜 铠 麽 么 幺 夥伴 合伙 叶绿素 叶问 党参 党项 回族 巨鹿 宁夏 宁静 佣金 雇佣 折叠 奏摺 卷烟 席卷 吊唁 吁请 呼吁 仆人 前仆后继
""".split()

# Traditional sentence -> Simplified. Mainland text turned character by character, by phrases, and text from Taiwan and Hong Kong.
BECOMES = {
    "國務院關於印發規劃的通知": "国务院关于印发规划的通知",
    "全市開發區創新驅動與人才引育工作推進會": "全市开发区创新驱动与人才引育工作推进会",
    "圍繞這一目標，著力抓好落實": "围绕这一目标，着力抓好落实",
    "大家看著圖紙講得很實在": "大家看着图纸讲得很实在",
    "沿著鄉間公路發展": "沿着乡间公路发展",
    "有著廣闊的前景": "有着广阔的前景",
    "執著追求，沉著應對": "执着追求，沉着应对",
    "成效顯著，著名專家參與": "成效显著，著名专家参与",
    "編著專著一部，譯著兩部": "编著专著一部，译著两部",
    "著作權登記": "著作权登记",
    "乾隆年間的碼頭": "乾隆年间的码头",
    "擰乾水分，餅乾廠擴產": "拧干水分，饼干厂扩产",
    "幹部幹事創業": "干部干事创业",
    "皇后鎮的幹部在後面": "皇后镇的干部在后面",
    "公里數和村裡的路": "公里数和村里的路",
    "瞭解民眾，登上瞭望塔": "了解民众，登上瞭望塔",
    "覆蓋全縣，反覆檢查，書面答覆": "覆盖全县，反复检查，书面答复",
    "國函批覆與回覆意見，覆沒": "国函批复与回复意见，覆没",
    "有關問題的覆函": "有关问题的复函",
    "恢復耕種，複雜局面": "恢复耕种，复杂局面",
    "鐘錶廠與鍾情的顧客": "钟表厂与钟情的顾客",
    "徵收土地徵求意見，長征精神": "征收土地征求意见，长征精神",
    "藉助平臺，給予慰藉": "借助平台，给予慰藉",
    "業餘時間，年年有餘": "业余时间，年年有余",
    "餘杭區與瀋陽市結對": "余杭区与沈阳市结对",
    "鬥爭精神，北斗導航": "斗争精神，北斗导航",
    "稻穀豐收，山谷開闊": "稻谷丰收，山谷开阔",
    "颱風過境，臺灣同胞": "台风过境，台湾同胞",
    "雲計算與人云亦云": "云计算与人云亦云",
    "麵粉廠面對困難": "面粉厂面对困难",
    "松樹與鬆散土質": "松树与松散土质",
    "茶几與幾乎": "茶几与几乎",
    "製造業制度": "制造业制度",
    "準備工作獲批准": "准备工作获批准",
    "每週一次，周到服務": "每周一次，周到服务",
    "旅遊線路，游泳場館": "旅游线路，游泳场馆",
    "採訪團采風": "采访团采风",
    "發展與頭髮": "发展与头发",
    "系統、關係、聯繫": "系统、关系、联系",
    "只有一隻船": "只有一只船",
    "衝鋒在前，沖洗設備": "冲锋在前，冲洗设备",
    "嚮導指明方向": "向导指明方向",
    "憂鬱與鬱金香": "忧郁与郁金香",
    "種植業": "种植业",
    "夥伴與合夥人": "伙伴与合伙人",
    "什麼、怎麼、這麼": "什么、怎么、这么",
    "摺疊與奏摺": "折叠与奏折",
    "呼籲各方": "呼吁各方",
    "僱傭關係": "雇佣关系",
    "舉行會議，總結經驗": "举行会议，总结经验",
    "為了羣衆，爲了羣眾": "为了群众，为了群众",
    "裏面、裡面、這裏": "里面、里面、这里",
    "綫路與線路": "线路与线路",
    "衞生與衛生": "卫生与卫生",
    "臺賬與賬戶、帳篷": "台账与账户、帐篷",
    "計劃與計畫": "计划与计划",
    "全縣中國小生": "全县中小学生",
    "中國小學校園": "中国小学校园",
    "中國小康社會": "中国小康社会",
    "資訊網路軟體": "资讯网路软体",
    "于洪區與幹部": "于洪区与干部",
    "後勤、后稷": "后勤、后稷",
    "沈從文與瀋海高速": "沈从文与沈海高速",
    "范縣的範圍": "范县的范围",
    "丑時與醜陋現象": "丑时与丑陋现象",
    "穀賤傷農": "谷贱伤农",
    "鹹陽與咸陽": "咸阳与咸阳",
    "捨己為人的宿舍": "舍己为人的宿舍",
    "鞏固脫貧攻堅成果": "巩固脱贫攻坚成果",
    "滙報與彙報": "汇报与汇报",
    "盡力而為，儘管如此": "尽力而为，尽管如此",
    "曆史與歷史": "历史与历史",
}


def test_the_list_is_long_enough() -> None:
    assert len(STAYS) + len(BECOMES) >= 200


@pytest.mark.parametrize("word", STAYS)
def test_simplified_words_stay(word: str) -> None:
    for text in (
        word,
        f"会议强调，{word}的工作要继续开展。",
        f"各单位负责同志参观了“{word}”。\n会议听取汇报。",
    ):
        assert simplified(text) == text


@pytest.mark.parametrize("text", BECOMES)
def test_traditional_sentences_become_simplified(text: str) -> None:
    assert simplified(text) == BECOMES[text]


def hard_words() -> list[tuple[str, str]]:
    lines = HARD_WORDS.read_text(encoding="utf-8").splitlines()
    return [(before, after) for before, after in (line.split("\t") for line in lines)]


@pytest.mark.parametrize(("before", "after"), hard_words())
def test_hard_words_become_what_mainland_text_writes(before: str, after: str) -> None:
    assert simplified(f"會議認為，{before}，發展經濟。") == f"会议认为，{after}，发展经济。"


def test_one_to_one_traditional_comes_back_to_the_last_character() -> None:
    for seed in range(20):
        text = speech(seed).text
        assert simplified(traditional(text)) == text


def test_what_a_mirrors_table_lacks_stops_nothing() -> None:
    """A clause converts by its majority; in a Traditional text one Simplified character keeps nobody back."""
    text = speech(3).text
    turned = "".join(
        [c if k % 33 == 0 or c in "为个" else traditional(c) for k, c in enumerate(text)]
    )
    assert simplified(turned) == text


def test_forms_that_hong_kong_shares_are_no_simplified_text() -> None:
    page = "税收比上年多，户均收入提高，説明脱貧的路子對了，衞生條件也好。"
    assert script_of(page) == "hant"
    assert simplified(page) == "税收比上年多，户均收入提高，说明脱贫的路子对了，卫生条件也好。"


def test_a_converters_one_is_the_numeral_but_in_sums() -> None:
    said = "同誌們，壹條路、壹座橋，妳們共投入人民幣壹拾萬元。"
    assert simplified(said) == "同志们，一条路、一座桥，你们共投入人民币壹拾万元。"


def test_only_the_traditional_spans_of_a_page_are_converted() -> None:
    page = (
        "钱鍾书先生到过乾安县。\n會議認為，乾隆年間的碼頭要保護。\n一位干部说：“為人民服務”是宗旨。"
    )
    assert (
        simplified(page)
        == "钱鍾书先生到过乾安县。\n会议认为，乾隆年间的码头要保护。\n一位干部说：“为人民服务”是宗旨。"
    )


def test_changes_lie_together_and_say_where() -> None:
    assert [tuple(c) for c in changes("會議開始。" + "一" * (NEIGHBOURS + 1) + "發展")] == [
        (0, 3, "会议开"),
        (16, 17, "发"),
    ]


def test_the_script_of_a_source() -> None:
    assert script_of("會議認為要發展經濟") == "hant"
    assert script_of("会议认为要发展经济,瞭解乾安县") == "hans"
    assert script_of("会议认为要发展经济。會議認為要發展經濟。") == "mixed"
    assert script_of("1234 abc 一二三") == "hans"


def test_what_is_simplified_costs_next_to_nothing() -> None:
    """No conversion is even tried: OpenCC is asked for nothing."""
    text = speech(1).text
    assert changes(text) == []
    assert simplified(text) is text


@settings(max_examples=80, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("國国務务院著着乾干於于後后 裡里,。\n“”a1\ud800中小學学校"),
        max_size=60,
    )
)
def test_conversion_is_total_keeps_length_and_is_done_once(text: str) -> None:
    once = simplified(text)
    assert len(once) == len(text)
    assert simplified(once) == once
    assert (
        fold(once) == fold(text).replace("中国小", "中小学")
        or "著" in fold(text)
        or "中国小" in fold(text)
    )
    done = 0
    for start, end, new in changes(text):
        assert done <= start < end <= len(text)
        assert len(new) == end - start
        done = end


def test_invented_speeches_come_back_from_traditional_character_by_character() -> None:
    turned = opencc.OpenCC("s2t")
    for seed in range(20):
        text = speech(seed).text
        assert simplified(turned.convert(text)) == text
