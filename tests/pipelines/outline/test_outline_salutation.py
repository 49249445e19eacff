"""Whom a speech addresses."""

from __future__ import annotations

import pytest

from pipelines.outline import outline_of, plain_speech


@pytest.mark.parametrize(
    ("text", "addressed"),
    [
        ("同志们:\n今天开会。", "同志们"),
        ("关于春耕的讲话\n（三月一日）\n各位代表、同志们：现在开会。", "各位代表、同志们"),
        (
            "尊敬的各位领导、各位来宾，女士们、先生们：\n大家好！",
            "尊敬的各位领导、各位来宾，女士们、先生们",
        ),
        ("尊敬的各位评委,大家下午好!我竞聘的岗位是会计。", "尊敬的各位评委"),
        ("主席先生，各位同事：\n我发言。", "主席先生，各位同事"),
        ("父老乡亲们！\n今年收成好。", "父老乡亲们"),
        ("各位同志要做到以下几点：\n一、守时。", None),
        ("各镇人民政府：\n现通知如下。", None),
        ("会议指出，同志们要：抓好落实。", None),
        ("他们：都来了。", None),
        ("大家好！我说两句。", None),
    ],
)
def test_salutation(text: str, addressed: str | None) -> None:
    assert outline_of(plain_speech(text)).salutation == addressed
