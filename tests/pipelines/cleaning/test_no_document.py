"""What is refused, with its evidence, and what is like it and stays."""

from __future__ import annotations

from pipelines.cleaning.clean import Cleaned, clean
from pipelines.records import Failure, RawDocument

TALK = "\n".join(f"“第{k}件事办好了吗？”老周说。" for k in "一二三四五六七八九")
PROSE = "今年全镇修渠三十里，植树二百亩，群众得了实惠，干部也长了见识。\n" * 8


def only(text: str, **stated: str) -> Cleaned | Failure:
    (result,) = clean(RawDocument(url="file:a.txt", text=text, **stated), {})  # type: ignore[arg-type]
    return result


def test_an_address_is_no_speech() -> None:
    result = only("https://docs.example/wen/2024/05/06/0123456789/report.html?from=list\n")
    assert isinstance(result, Failure)
    assert (result.error, result.detail) == ("too_short", "nothing but addresses")


def test_a_chapter_of_a_novel_names_its_evidence() -> None:
    result = only(f"第三章 夜渡\n{TALK}")
    assert isinstance(result, Failure)
    assert result.error == "novel_chapter"
    assert "9 times" in (result.detail or "")


def test_a_novel_without_its_heading_is_known_by_its_site() -> None:
    result = only(f"最新章节\n{TALK}\n本章没有显示完，请退出小说模式。")
    assert isinstance(result, Failure)
    assert result.error == "novel_chapter"


def test_a_report_with_chapters_and_quotations_is_a_document() -> None:
    assert isinstance(only(f"第一章 发展历程\n{PROSE * 3}{TALK}\n{PROSE * 4}"), Cleaned)


def test_the_first_of_several_pages_is_cut_off() -> None:
    document = RawDocument(url="file:a.html", text=PROSE, warnings=("more_pages",))
    (result,) = clean(document, {})
    assert isinstance(result, Cleaned)
    assert result.speech.completeness == "cut_off"
    assert [gap.at for gap in result.speech.gaps] == [len(result.speech.text)]
