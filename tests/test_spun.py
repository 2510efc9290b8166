"""Spun text is flagged with its words and stays as published; ordinary text is not flagged."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import vocab
from archive.model import About
from archive.steps import clean
from archive.text.spun import flag_spun
from tests.prose import paragraphs
from tests.shared import shared_folder

EXAMPLES = Path(__file__).parents[1] / "seeds" / "examples"

SPUN = (
    "全县教化工作会议召开，会议传达了党中心的决定。"
    "要求各校刚好整改平安隐患，对不负责任的肃穆追究责任。"
    "各部门要亲密配合，深化基层开展宣扬活动。"
)
PLAIN = (
    "全县教育工作会议召开，会议传达了党中央的决定。"
    "要求各校及时整改安全隐患，对不负责任的严肃追究责任。"
    "各部门要密切配合，深入基层开展宣传活动。"
)


def test_the_sample_is_flagged_and_unchanged() -> None:
    text = (EXAMPLES / "003.clean.txt").read_text(encoding="utf-8")
    cleaned = clean(text, [flag_spun])
    assert cleaned.text == text
    assert cleaned.flags == ("spun",)
    words = [edit for edit in cleaned.edits if edit.rule == "spun-word"]
    assert len(words) >= 60
    assert all(edit.action == "flagged" and edit.alternatives for edit in words)
    assert ("教化", ("教育",)) in {(edit.old, edit.alternatives) for edit in words}
    assert "anonymised-name" in {edit.rule for edit in cleaned.edits}


@pytest.mark.parametrize("number", [0, 1, 2, 4])
def test_the_other_samples_are_not_flagged(number: int) -> None:
    for suffix in (".txt", ".clean.txt"):
        text = (EXAMPLES / f"00{number}{suffix}").read_text(encoding="utf-8")
        assert not clean(text, [flag_spun]).edits


def test_four_kinds_of_put_words_close_together_are_spun() -> None:
    assert clean(SPUN, [flag_spun]).flags == ("spun",)
    assert not clean(PLAIN, [flag_spun]).edits


def test_traditional_spun_text_is_spun() -> None:
    traditional = SPUN.translate(
        str.maketrans("会传达党决对负责严门亲宣扬动", "會傳達黨決對負責嚴門親宣揚動")
    )
    assert clean(traditional, [flag_spun]).flags == ("spun",)


def test_put_words_far_apart_prove_nothing() -> None:
    pieces = SPUN.replace("，", "。").split("。")
    text = ("\n" + paragraphs(25) + "\n").join(piece for piece in pieces if piece)
    assert not clean(text, [flag_spun]).edits


def test_one_put_word_again_and_again_proves_nothing() -> None:
    assert not clean("教化局召开教化工作会议，部署义务教化和校外教化。" * 5, [flag_spun]).edits


@pytest.mark.parametrize(
    "text",
    [
        "他领先对手两个身位，接着在终点前又加速。会场支配权归主办方，双方公允价值相当。",
        "寺院讲究教化人心，村民们常常在平安夜里探讨道理，看法各不相同，气氛肃穆。",
        "公司在全国领先，参加展会的状况良好，主动联系客户，妥当保存资料。",
        "探究式学习培养学生主动探索的兴趣，激励学生成长，一般情况下效果很好。",
    ],
)
def test_the_same_words_used_well_are_not_spun(text: str) -> None:
    assert not clean(text * 3, [flag_spun]).edits


def test_a_year_after_the_capture_is_named_in_spun_text() -> None:
    about = About(captured=datetime(2021, 11, 1, tzinfo=UTC))
    cleaned = clean(SPUN + "2022年共投入三亿元。", [flag_spun], about)
    assert [e.old for e in cleaned.edits if e.rule == "later-year"] == ["2022"]


def test_gold_texts_are_not_flagged() -> None:
    shared = shared_folder()
    if shared is None:
        pytest.skip("the shared pages are not here")
    for gold in sorted((shared / "data" / "pages").glob("*/gold.jsonl")):
        for row in map(json.loads, gold.read_text(encoding="utf-8").splitlines()):
            assert not clean(row.get("text") or "", [flag_spun]).edits, row["id"]


def test_no_context_stands_in_an_approved_text_that_is_not_spun() -> None:
    clean_text = "".join(
        (EXAMPLES / f"00{n}.clean.txt").read_text(encoding="utf-8") for n in (0, 1, 2, 4)
    )
    for pair in vocab.toml("spun")["pair"]:
        for context in pair["contexts"]:
            assert context.replace("～", pair["put"]) not in clean_text


@given(st.text(alphabet="教化局平安隐患肃穆追究党中心刚好整改xx市2030年，。\n"))
def test_flagging_never_changes_a_text(text: str) -> None:
    assert clean(text, [flag_spun]).text == text
