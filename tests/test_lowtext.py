"""How short a text is too short, in any language."""

from __future__ import annotations

import pytest

from archive.lowtext import is_low


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("", True),
        ("县图书馆11月8日闭馆一天。", True),
        ("Examination\nRegistration", True),
        ("各乡镇人民政府：请于11月8日前报送今年农田水利建设的任务分解表和联系人名单。", False),
        ("The institute keeps the register of members and examines the candidates. " * 4, False),
    ],
)
def test_a_text_is_low_with_little_of_either_script(text: str, low: bool) -> None:
    assert is_low(text) is low
