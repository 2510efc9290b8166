"""Parts of a body that stand twice go; what a text says again on purpose stays."""

from __future__ import annotations

import pytest

from archive.model import About
from archive.steps import clean, undo
from archive.text.doubled import drop_second_copy
from tests.farms import ARTICLES

LINES = [*ARTICLES[0][1], *ARTICLES[1][1]]
BODY = "\n".join(LINES)
LONG = [line for line in LINES if len(line) > 45]


def cleaned(text: str) -> str:
    done = clean(text, [drop_second_copy], About())
    assert undo(done.text, done.edits) == text
    return done.text


@pytest.mark.parametrize("tail", ["", "……", "...[查看全文]", "…（详细）"])
def test_a_summary_cut_off_above_its_body_goes(tail: str) -> None:
    assert cleaned(f"{LINES[0][:45]}{tail}\n{BODY}") == BODY


def test_the_beginning_of_a_body_below_it_goes() -> None:
    assert cleaned(f"{BODY}\n{BODY[:70]}") == BODY


def test_the_head_of_a_second_beginning_goes_with_it_and_its_day_is_told() -> None:
    text = f"全县工作会议召开\n{BODY}\n全县工作会议召开\n2023-06-19\n{BODY[:70]}"
    done = clean(text, [drop_second_copy], About())
    assert done.text == f"全县工作会议召开\n{BODY}"
    assert [(c.field, c.value) for c in done.found] == [("published", "2023-06-19")]


def test_paragraphs_that_stand_twice_each_stand_once() -> None:
    assert cleaned("\n".join(f"{line}\n{line}" for line in LONG)) == "\n".join(LONG)


def test_a_last_paragraph_that_stands_three_times_stands_once() -> None:
    first, last = LONG[:2]
    assert cleaned("\n".join((first, last, last, last))).strip() == f"{first}\n{last}"


LEAD = LINES[0] + LINES[1]


@pytest.mark.parametrize(
    "above",
    [
        f"摘要：{LINES[0]}",
        f"[导语]{LINES[1]}",
        f"【导读】{LEAD}",
        f"核心提示：{LEAD[:70]}……",
        f"内容提要\n{LEAD}",
        f"摘　要\n{LEAD}\n正　文",
        f"全县工作会议召开\n内容摘要: {LINES[1]}{LINES[3]}",
        LEAD,
        f"{LEAD}\n{LEAD}",
    ],
)
def test_a_summary_made_of_sentences_of_the_body_goes(above: str) -> None:
    body = "\n".join([LEAD, *LINES[2:]])
    title = "全县工作会议召开\n" if above.startswith("全县") else ""
    assert cleaned(f"{above}\n{body}") == title + body
    done = clean(f"{above}\n{body}\n{above}\n{body}", [drop_second_copy], About())
    assert done.text.rstrip() == title + body


def test_the_abstract_of_a_paper_printed_twice_is_no_summary_of_it() -> None:
    paper = f"摘要：{LEAD}本文据此提出三点建议。\n关键词：水利；乡村\n{BODY}"
    assert cleaned(f"{paper}\n摘要：{LEAD}本文据此提出三点建议。").startswith(paper)


def test_a_first_paragraph_printed_twice_stands_once() -> None:
    assert cleaned(f"{LINES[0]}\n{BODY}") == BODY
    assert cleaned(f"全县工作会议召开\n{LINES[0]}\n{BODY}") == f"全县工作会议召开\n{BODY}"


def test_a_summary_of_a_page_is_part_of_its_text() -> None:
    text = f"核心提示：{LINES[0]}\n{BODY}"
    assert clean(text, [drop_second_copy], About(kind="html")).text == text


CLAUSE = (
    "投标人应当具备独立法人资格，具有有效的营业执照和安全生产许可证，近三年无重大质量安全事故。"
)


@pytest.mark.parametrize(
    "text",
    [
        f"第一标段\n{CLAUSE}\n工期为九十日历天。\n第二标段\n{CLAUSE}\n工期为一百二十日历天。",
        f"{BODY}\n{LINES[0]}",
        f"{LINES[1]}\n{LINES[0]}\n{BODY}",
        f"{BODY}\n{LINES[0].split('，')[0]}。",
        f"{CLAUSE}甲标。\n{CLAUSE}乙标。\n{CLAUSE}丙标。",
        f"摘要：{LINES[0][:-1]}，并取得成效。\n{BODY}",
        f"摘要：{LINES[0]}本文据此提出三点建议。\n关键词：水利；乡村\n{BODY}",
        f"导语：{LINES[0].split('，')[0]}。\n{BODY}",
        f"内容简介\n本书收录清溪乡历年水利资料，凡十二卷，附图四十幅，供修志者参考，也供读者查阅。\n{BODY}",
        f"摘要：\n{BODY}",
        f"{BODY}\n摘要：{LINES[0]}",
        f"{BODY}\n{LEAD}\n{LEAD}\n宣誓人：王小红",
        f"{LINES[2]}\n{LEAD}\n{LEAD}\n{BODY}",
    ],
)
def test_what_is_said_again_stays(text: str) -> None:
    assert cleaned(text) == text
