"""How short a text is too short, in any language."""

from __future__ import annotations

import pytest

from archive.derive import derive_file
from archive.lowtext import is_low
from archive.model import Article, Reason, Rejection

FORM = "<title>来信查询</title><h1>来信查询</h1><form><p>姓名：*</p><p>查询号：*</p></form>"


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


def test_a_form_is_no_article() -> None:
    found = derive_file(FORM.encode(), "a.html", url="http://www.lh.test/utils/letterquery.html")
    assert isinstance(found, Rejection)
    assert found.rejected is Reason.NOT_AN_ARTICLE


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (FORM, None),
        (FORM, "http://www.lh.test/xwdt/202111/t20211104_5589341.html"),
        (FORM.replace("姓名：*", "今日停水一天。"), "http://www.lh.test/ts.html"),
        (FORM.replace("<form>", "<p>发布时间：2021-11-04</p>"), "http://www.lh.test/ts.html"),
        (FORM + "<p><a href=fj.pdf>附件：表.pdf</a></p>", "http://www.lh.test/ts.html"),
    ],
    ids=["no address", "an article's address", "a sentence", "a day", "a file"],
)
def test_a_notice_of_a_few_words_is(page: str, url: str | None) -> None:
    assert isinstance(derive_file(page.encode(), "a.html", url=url), Article)
