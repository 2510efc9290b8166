"""A body that stands twice is kept once; repetition that belongs to a text stays."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.model import About
from archive.normalise import normalise
from archive.steps import clean, undo
from archive.text.doubled import drop_second_copy
from archive.text.layout import lines
from tests.prose import paragraphs, sentences
from tests.shared import shared_folder

EXAMPLES = Path(__file__).parents[1] / "seeds" / "examples"
BODY = paragraphs(8)


def test_the_sample_is_kept_once() -> None:
    text = (EXAMPLES / "000.txt").read_text(encoding="utf-8")
    body = text.split("\n", 1)[1]  # the byline is another step's matter, and so is the last credit
    cleaned = clean(body[: body.rindex("(")], [drop_second_copy, lines])
    approved = (EXAMPLES / "000.clean.txt").read_text(encoding="utf-8").strip("\n")
    assert normalise(cleaned.text) == approved
    assert cleaned.flags == ("doubled-body",)
    assert [(c.field, c.value) for c in cleaned.found] == [("editors", "施尚景")]


@pytest.mark.parametrize(
    "between",
    ["\n", "\n\n", "\n新华社记者 李明\n", "（编辑 王小红）\n"],
)
def test_the_first_of_two_copies_stays(between: str) -> None:
    cleaned = clean(BODY + between + BODY, [drop_second_copy, lines])
    assert cleaned.text == BODY
    assert cleaned.flags == ("doubled-body",)


def test_title_and_day_above_the_second_copy_go_with_it_and_the_day_is_told() -> None:
    body = paragraphs(12)
    cleaned = clean(f"标题在此\n{body}\n标题在此\n2023-06-19\n{body}", [drop_second_copy, lines])
    assert cleaned.text == f"标题在此\n{body}"
    assert ("published", "2023-06-19") in {(c.field, c.value) for c in cleaned.found}


def test_the_signature_of_the_first_copy_stays_and_tells_no_day_of_publication() -> None:
    for body in ("\n".join(sentences(2)), paragraphs(6)):
        signed = f"{body}\n清溪乡人民政府\n2022年1月10日"
        cleaned = clean("\n".join([signed] * 3), [drop_second_copy, lines])
        assert cleaned.text == signed
        assert cleaned.flags == ("doubled-body",)
        assert not cleaned.found


@pytest.mark.parametrize("label", ["【手机版】", "打印版", "[繁體版]"])
def test_the_label_of_another_view_goes_with_its_copy(label: str) -> None:
    body = paragraphs(12)
    text = f"{body}\n\n{label}\n水利现场会召开\n来源：柳河县融媒体中心\n{body}"
    cleaned = clean(text, [drop_second_copy, lines])
    assert cleaned.text == body
    assert ("source", "柳河县融媒体中心") in {(c.field, c.value) for c in cleaned.found}


def test_a_re_flowed_copy_is_a_copy() -> None:
    flowed = BODY.replace("\n", "").replace("。", "。\n")
    assert clean(BODY + "\n" + flowed, [drop_second_copy, lines]).text == BODY


def test_a_copy_in_the_other_script_is_a_copy() -> None:
    traditional = BODY.translate(
        str.maketrans("乡镇县岭云项书电责进种为", "鄉鎮縣嶺雲項書電責進種為")
    )
    assert traditional != BODY
    assert clean(BODY + "\n" + traditional, [drop_second_copy, lines]).text == BODY


def test_three_copies_become_one() -> None:
    assert clean("\n".join([BODY] * 3), [drop_second_copy, lines]).text == BODY


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_short_text_that_is_nothing_but_copies_is_kept_once(count: int) -> None:
    body = "\n".join(sentences(count))
    head = "柳河镇召开水利现场会\n来源：柳河县水利局 发布时间：2021-09-11"
    for text in (f"{body}\n{body}", f"{body}\n{head}\n{body}", f"{body}\n{body}\n{body}"):
        cleaned = clean(text, [drop_second_copy, lines], About(title="柳河镇召开水利现场会"))
        assert cleaned.text == body
        assert cleaned.flags == ("doubled-body",)
        assert undo(cleaned.text, cleaned.edits) == text


@pytest.mark.parametrize(
    "text",
    [
        "各乡镇：\n" + "\n".join(sentences(2)) + "\n各乡镇：\n" + sentences(1, salt=4)[0],
        "好！\n好！",
        "\n".join([*sentences(2), *sentences(2), "另有要求的，从其规定。"]),
    ],
)
def test_a_short_text_with_anything_beside_its_copies_stays(text: str) -> None:
    assert clean(text, [drop_second_copy]).text == text


def test_a_truncated_second_copy_goes() -> None:
    part = "\n".join(BODY.split("\n")[:6])
    assert clean(BODY + "\n" + part, [drop_second_copy, lines]).text == BODY


def test_a_summary_that_the_text_repeats_goes_second() -> None:
    head = "\n".join(paragraphs(20).split("\n")[:2])
    assert not clean(head + "\n" + paragraphs(20), [drop_second_copy]).edits


def test_a_title_alone_above_the_second_copy_goes_where_the_first_opens_the_text() -> None:
    text = f"{BODY}\n\n水利现场会在柳河镇召开\n\n{BODY}"
    assert clean(text, [drop_second_copy, lines]).text == BODY
    headed = f"附件如下：\n{BODY}\n\n水利现场会在柳河镇召开\n\n{BODY}"
    kept = clean(headed, [drop_second_copy, lines]).text
    assert kept == f"附件如下：\n{BODY}\n水利现场会在柳河镇召开"


def test_a_sentence_that_only_stands_between_the_copies_stays() -> None:
    text = BODY + "\n以下为会议的详细报道全文\n" + BODY
    cleaned = clean(text, [drop_second_copy, lines])
    assert cleaned.text == BODY + "\n以下为会议的详细报道全文"


def test_copies_that_differ_are_flagged_and_stay() -> None:
    changed = BODY.replace("群众普遍欢迎", "大家一致赞成").replace("五条", "六条")
    cleaned = clean(BODY + "\n" + changed, [drop_second_copy])
    assert cleaned.text == BODY + "\n" + changed
    assert cleaned.flags == ("doubled-body",)


REFRAIN = "山高水长路迢迢，家乡的河水日夜流。\n白云飘过青山顶，风吹稻浪到村头。\n"
FORM = "".join(f"{n}号\n姓名：\n性别：\n出生年月：\n政治面貌：\n工作单位：\n" for n in range(60))
CLAUSES = "".join(
    f"第{n}条　违反本办法第{n + 20}条规定的，由县级以上人民政府有关部门责令限期改正；"
    f"逾期不改正的，处{n}千元以上{n + 1}万元以下罚款；构成犯罪的，依法追究刑事责任。\n"
    for n in range(1, 25)
)
SONG = "".join(s + "\n" + REFRAIN for s in sentences(8))


@pytest.mark.parametrize("text", [SONG, FORM, CLAUSES, paragraphs(40), "", "短文。" * 3])
def test_refrains_forms_and_clauses_are_kept(text: str) -> None:
    assert not [e for e in clean(text, [drop_second_copy]).edits if e.action == "applied"]


def test_of_the_gold_texts_only_a_doubled_one_is_cut() -> None:
    shared = shared_folder()
    if shared is None:
        pytest.skip("the shared pages are not here")
    cut = []
    for gold in sorted((shared / "data" / "pages").glob("*/gold.jsonl")):
        for row in map(json.loads, gold.read_text(encoding="utf-8").splitlines()):
            if clean(row.get("text") or "", [drop_second_copy], About(kind="html")).edits:
                cut.append(row["id"][:24])
    assert cut == ["20120112_hk.stockstar.com"[:24]]  # its gold holds the body twice


@given(st.integers(1, 12), st.integers(0, 3), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_cutting_can_be_undone_and_is_a_fixed_point(count: int, salt: int, copies: int) -> None:
    text = "\n".join([paragraphs(count, salt)] * copies + [paragraphs(2, salt + 5)])
    cleaned = clean(text, [drop_second_copy])
    assert undo(cleaned.text, cleaned.edits) == text
    again = clean(cleaned.text, [drop_second_copy])
    assert not [e for e in again.edits if e.action == "applied"]


@pytest.mark.parametrize(
    "text", ["同一句话反复出现十二个字以上。" * 20_000, "a" * 300_000, paragraphs(3000) * 2]
)
def test_hostile_pages_take_linear_time(text: str) -> None:
    start = time.process_time()
    clean(text, [drop_second_copy])
    assert time.process_time() - start < 15


def test_a_second_copy_under_a_heading_of_its_own_goes_with_it() -> None:
    """The view for telephones repeats the title, which a text alone does not tell us."""
    body = "本周三，县水利局到三个镇查看渠道清淤。\n检查组当场提出了五条整改要求，限期完成。"
    head = "水利局下乡检查冬修\n发布日期：2023-12-04 浏览：233\n"
    cleaned = clean(f"{body}\n{head}{body}", [drop_second_copy])
    assert cleaned.text.rstrip() == body
    assert "doubled-body" in cleaned.flags
    other = "县气象局发布大风预警，请注意防范。"
    kept = f"{body}\n{head}{other}\n{body}\n{other}"
    assert clean(kept, [drop_second_copy]).text == kept


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=14))
@example([1, 0, 0, 0, 0, 0, 0, 0])
@example([1, 0, 1, 1, 0, 1, 0, 0, 1])
def test_copies_in_any_order_are_cut_without_one_cut_over_another(order: list[int]) -> None:
    said = sentences(16)
    blocks = ["".join(said[at : at + 4]) for at in range(0, 16, 4)]
    text = "\n".join(blocks[number] for number in order)
    cleaned = clean(text, [drop_second_copy, lines])
    assert undo(cleaned.text, cleaned.edits) == text
    assert all(block in cleaned.text for block in {blocks[number] for number in order})
