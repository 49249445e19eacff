"""What OpenCC's t2s leaves to be judged in its word: 著, 乾, 覆, 壹, 妳, the forms of Taiwan and Hong Kong, 中國小.

    corrected("發揮著作用", "发挥著作用") -> "发挥着作用"      corrected("趙乾元", "赵干元") -> "赵乾元"

All of it works on text that is Traditional, after t2s, and keeps its length. Simplified text never comes here.
"""

from __future__ import annotations

import re
from typing import Final

# Found by comparing t2s with tw2s and hk2s (OpenCC 1.4.2). Of 著 and 么, which tw2s also turns, the first is looked at in
# its word, the second is Simplified already.
REGIONAL: Final = dict(
    zip(
        "潀痺睪簷颚鲶敍枱粧糭衞衹妳伕暱揹濬鬪鬭靑",
        "潨痹睾檐腭鲇叙台妆粽卫只你夫昵背浚斗斗青",
        strict=True,
    )
)
_IS_REGIONAL = re.compile(f"[{''.join(REGIONAL)}]")

# --- 著: a word of its own in 著作 著名 專著, the particle 着 elsewhere (看著, 著力, 沿著) ------------------------------

#: Verbs that take the particle and never govern 著作, 著名, 著述 or 著錄.
_VERBS = "打挂掛记叫摆示贴占怀挥绕接随凭沿朝冲顺靠跟带扛盯握牵守借怀抱伴趁扶指围饰循"
#: Verbs that take the particle before the title of a book, a song, a film.
_READING = "看听读唱念背演放播翻捧拿按照依对据印写贴挂哼"
#: What `作` begins behind the particle: 發揮著作用, 圍繞著作風建設.
_WORKS = "用|风|业|战|息|物|了|好准备|出(?!版)|报告|动员|部署|贡献|斗争"

# It opens with the character itself, so that most places are passed at once; what stands before it is looked back at.
PARTICLE = re.compile(
    rf"""
    著 (?:
      (?<= [{_VERBS}] 著 ) (?! 书立说 )
    | (?<= [{_READING}] 著 ) (?= 《 )
    | (?<! [专巨原译编论遗合所撰名显昭卓较] 著 ) (?= 述职 | 录音 | 录像 | 作 (?: {_WORKS} ) )
    | (?<! [专名巨原译编论显昭卓土遗拙新合所撰较近并] 著 ) (?<! 微知著 )
      (?! 名 (?! [额单次字义牌誉声利气] ) | 作 | 称 | 述 | 录 | 者 | 书立说 | 有《 | 《 )
      (?! (?: 书 | 文 | 译 ) (?<! [\u4e00-\u9fff] 著 . ) )
    )
    """,
    re.VERBOSE,
)

# --- 覆: it answers and repeats in 復's words, it covers and overturns in its own -------------------------------------

# t2s knows 答覆 and 反覆, not these.
_ANSWERED = re.compile(r"(?<=[批函回电])覆(?![盖没灭])|覆(?=[函信议查核审检试述诊命示验测工])")

# --- 乾: dry is 干, the name and the trigram stay ---------------------------------------------------------------------

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
_DRY_BEFORE = "眼参蛏斑晒晾烘烤擦吹风阴沥抽拧榨喝烧焙炒饼萄腐笋枣杏肉果菜豆鱼薯擰晾烤弄抹揩吸流哭"
_DRY_BEHIND = "燥旱净淨枯涸杯果货粮洗冰草柴涩瘪脆贝湿电馏酪咳呕裂鱼菜花扁衣打热巴着透部预了"
_NAMED = "隆坤卦陵清嘉宁州道德封符元安县潭"
_DRY_NAME = re.compile(
    rf"""
      乾 (?= [{_NAMED}] )
    | (?<= [康承] ) 乾
    | (?<= [{_SURNAMES}] [\u4e00-\u9fff] ) (?<! [{_DRY_BEFORE}] ) 乾
      (?= $ | [\s，。、；：）》,;:)] | 同志 | 说 | 等 | 部长 | 主席 | 委员 | 先生 | 将军 | 书记 | 教授 )
    | (?<= [{_SURNAMES}] ) (?<! [{_DRY_BEFORE}] ) 乾 (?! [{_DRY_BEHIND}] )
    """,
    re.VERBOSE,
)

# --- words of which t2s leaves one character ------------------------------------------------------------------------

_LEFT: Final = dict(zip("薰徵藉钜甚祇麴", "熏征借巨什只曲", strict=True))
_IS_LEFT = re.compile(f"[{''.join(_LEFT)}]")
_LEFT_IN_WORDS = re.compile(
    r"""
    [薰徵藉钜甚祇麴] (?:
      (?<= 薰 ) (?= [陶染心] )
    | (?<= 徵 ) (?<! [魏角] 徵 ) (?! 羽 | 明 )
    | (?<= 藉 ) (?= [着此由] )
    | (?<= 钜 ) (?= [子额资] )
    | (?<= 甚 ) (?= 么 )
    | (?<= 祇 ) (?= [有要能是好得不会可在] )
    | (?<= [酒大红] 麴 )
    )
    """,
    re.VERBOSE,
)

# --- 壹: in sums it is the numeral of forms, elsewhere a converter's 一 ------------------------------------------------

_IN_SUMS = "百千壹贰叁肆伍陆柒捌玖拾佰仟零万亿元圆整貳參陸億萬圓"
_FORMAL_ONE = re.compile(rf"(?<![{_IN_SUMS}币幣])壹(?![{_IN_SUMS}号號基品])")

# Converters that turn by phrases made 中國小 of 中小學: the word 国小 can stand there only before what schools have.
_SCHOOLS = re.compile(r"中国小(?=[生校教师课阶布体办招危、,，。;；]|老师|等|和|及|与|幼)")


def corrected(source: str, converted: str) -> str:
    """The conversion of a Traditional text by t2s, with the words mended that it leaves. Of the same length.

    >>> corrected("看著專著，見微知著", "看著专著，见微知著"), corrected("晾乾的餅乾", "晾干的饼干")
    ('看着专著，见微知著', '晾干的饼干')
    >>> corrected("壹些人覆議", "壹些人覆议"), corrected("人民幣壹萬元", "人民币壹万元")
    ('一些人复议', '人民币壹万元')
    """
    new = converted

    if _IS_REGIONAL.search(new):
        new = _IS_REGIONAL.sub(lambda found: REGIONAL[found[0]], new)

    if "著" in new:
        new = PARTICLE.sub("着", new)

    if "覆" in new:
        new = _ANSWERED.sub("复", new)

    if _IS_LEFT.search(new):
        new = _LEFT_IN_WORDS.sub(lambda found: _LEFT[found[0]], new)

    if "壹" in new:
        new = _FORMAL_ONE.sub("一", new)

    if "乾" in source:
        new = _with_names(source, new)

    if "中国小" in new and "中國小" in source:
        new = _SCHOOLS.sub("中小学", new)

    return new


def _with_names(source: str, converted: str) -> str:
    """The conversion with 乾 where it is of a name."""
    if len(source) != len(converted):
        return converted

    places = [found.start() for found in re.finditer("乾", source)]
    kept = _set(converted, places)  # the words around 乾 are looked at in Simplified characters
    named = {found.start() for found in _DRY_NAME.finditer(kept)}

    return _set(converted, [place for place in places if place in named])


def _set(text: str, places: list[int]) -> str:
    """A text with 乾 at some offsets."""
    pieces: list[str] = []
    done = 0

    for place in places:
        pieces += text[done:place], "乾"
        done = place + 1

    return "".join([*pieces, text[done:]])
