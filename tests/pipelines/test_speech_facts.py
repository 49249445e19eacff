"""Facts of speeches: each is stated where its span says, and what is not stated stays null. Titles and texts are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.record_parts import SpeechFacts, StatedFact
from pipelines.speech_facts import stated_facts

#: Title, then genre, occasion, speaker, level as stated there.
TITLES: list[tuple[str, str | None, str | None, str | None, str | None]] = [
    ("在全县秋冬季森林防火动员会上的讲话", "讲话", "全县秋冬季森林防火动员会", None, "县"),
    ("县委书记在全市茶叶产业大会上的讲话(摘要)", "讲话", "全市茶叶产业大会", "县委书记", "市"),
    ("稳扎稳打抓好春耕——镇长在全镇农业会议上的讲话", "讲话", "全镇农业会议", "镇长", "乡"),
    ("在全县教育大会上的讲话：办好家门口的学校", "讲话", "全县教育大会", None, "县"),
    ("在全县旅游发展大会暨景区开园仪式上的动员讲话", "讲话", "全县旅游发展大会暨景区开园仪式", None, "县"),
    ("全市渡口安全工作推进会讲话", "讲话", "全市渡口安全工作推进会", None, "市"),
    ("全县河长制工作会议主持词", "主持词", "全县河长制工作会议", None, "县"),
    ("春节团拜会致辞", "致辞", "春节团拜会", None, None),
    ("校长在开学典礼上的致辞（2024年9月1日）", "致辞", "开学典礼", "校长", None),
    ("在县红十字会换届大会上的致辞", "致辞", "县红十字会换届大会", None, None),
    ("在镇党委班子民主生活会上的点评讲话", "讲话", "镇党委班子民主生活会", None, "乡"),
    ("在蚕桑技术培训班结业式上的讲话(精选3篇)", "讲话", "蚕桑技术培训班结业式", None, None),
    ("领导班子民主生活会对照检查材料", "对照检查", "领导班子民主生活会", None, None),
    ("县红十字会工作总结", "总结", None, None, None),
    ("2024年政府工作报告", "报告", None, None, None),
    ("社区环境整治工作汇报材料", "汇报", None, None, None),
    ("关于召开全县养蜂工作会议的通知", "通知", None, None, "县"),
    ("关于印发全镇防汛工作方案的通知", "通知", None, None, "乡"),
    ("学习全市大会精神心得体会", "心得", None, None, "市"),
    ("在参加代表团讨论时的讲话", "讲话", None, None, None),
    ("乡镇卫生院院长述职报告", "报告", None, None, "乡"),
    ("县供销社2023年工作要点", "要点", None, None, None),
    ("献血志愿者倡议书", "倡议书", None, None, None),
    ("老街保护管理办法", "办法", None, None, None),
    ("春天的茶山", None, None, None, None),
    ("讲话的艺术", None, None, None, None),
    ("", None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("title", "genre", "occasion", "speaker", "level"), TITLES)
def test_titles(
    title: str, genre: str | None, occasion: str | None, speaker: str | None, level: str | None
) -> None:
    facts = stated_facts(title, "各位同志：\n今天开会。")
    found = [f and f.value for f in (facts.genre, facts.occasion, facts.speaker, facts.level)]
    assert found == [genre, occasion, speaker, level]


@pytest.mark.parametrize(
    ("title", "text", "delivered", "place"),
    [
        ("在大会上的讲话", "（2024年3月5日）\n同志们：\n开会了。", "2024-03-05", None),
        ("在大会上的讲话", "二〇二四年三月\n同志们：\n开会了。", "2024-03", None),
        ("在大会上的讲话", "（2024年3月5日 于县礼堂）\n同志们：", "2024-03-05", "县礼堂"),
        ("在大会上的讲话(2024-3-5)", "同志们：\n开会了。", "2024-03-05", None),
        ("工作汇报", "情况如下。\n县水利局\n2023年12月30日", "2023-12-30", None),
        ("在大会上的讲话", "同志们：\n2024年3月5日我们开了会。\n散会。", None, None),
        ("在大会上的讲话", "（202X年3月5日）\n同志们：", None, None),
        ("在大会上的讲话", "（2024年13月5日）\n同志们：", None, None),
        ("2024年工作总结", "一年来，成绩不少。", None, None),
        ("老街保护条例(2019-12-03)", "第一条 为了保护老街。", None, None),
    ],
)
def test_when_and_where(title: str, text: str, delivered: str | None, place: str | None) -> None:
    facts = stated_facts(title, text)
    assert (facts.delivered and facts.delivered.value) == delivered
    assert (facts.place and facts.place.value) == place


def test_an_occasion_is_read_from_the_opening_where_the_title_names_none() -> None:
    text = "同志们：\n今天，我们召开全县养蜂产业推进会，主要任务是部署今年工作。"
    facts = stated_facts("领导讲话", text)
    assert facts.occasion == StatedFact("全县养蜂产业推进会", "text", 12, 21)
    assert stated_facts("关于养蜂的通知", text).occasion is None


@given(
    st.lists(
        st.sampled_from(
            [*"在上的会（）()——：2024年3月5日 \n", "讲话", "大会", "全县", "书记", "召开"]
        ),
        max_size=30,
    ),
    st.lists(
        st.sampled_from([*"在的会（）2024年3月5日。\n", "今天", "召开", "大会", "礼堂"]),
        max_size=40,
    ),
)
def test_every_span_holds_what_it_says(title_parts: list[str], text_parts: list[str]) -> None:
    title, text = "".join(title_parts).replace("\n", ""), "".join(text_parts)
    facts = stated_facts(title, text)
    for name in SpeechFacts.__dataclass_fields__:
        fact = getattr(facts, name)
        if fact is None:
            continue
        said = {"title": title, "text": text}[fact.found_in][fact.start : fact.end]
        assert said
        if name in ("occasion", "speaker", "place"):
            assert said == fact.value
