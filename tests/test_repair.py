"""The repairs of the samples: what the steps make of them, exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import repair
from archive.damage.readings import BRACKETED
from archive.steps import Cleaned, clean, undo

EXAMPLES = Path(__file__).parents[1] / "seeds" / "examples"
STEPS = (
    repair.fix_mojibake,
    repair.decode_leaked_markup,
    repair.strip_inserted_tokens,
    repair.restore_gbk_cuts,
    repair.strip_pinyin_glosses,
)


def repaired(name: str) -> Cleaned:
    return clean((EXAMPLES / f"{name}.txt").read_text(encoding="utf-8"), STEPS)


def test_five_miscuts_are_found_and_four_restored() -> None:
    cut = [e for e in repaired("002").edits if e.rule == "gbk-cut"]
    assert [e.new for e in cut if e.action == "applied"] == [
        "。\n林學",
        "保“雙",
        "。\n林學",
        "保“雙",
    ]
    (flagged,) = (e for e in cut if e.action == "flagged")
    assert "專刊" in flagged.alternatives


@pytest.mark.parametrize(("name", "count"), [("001", 136), ("002", 207), ("004", 118)])
def test_every_gloss_of_the_samples_is_removed_and_no_other_bracket(name: str, count: int) -> None:
    edits = [e for e in repaired(name).edits if e.rule == "pinyin-gloss"]
    assert len(edits) == count
    assert all(e.new == "" and e.old.startswith("(") for e in edits)


def test_leaked_paragraph_tags_become_line_ends() -> None:
    lines = repaired("004").text.split("\n")
    assert [line[:2] for line in lines[:5]] == ["創建", "區教", "各委", "皮惠", "開展"]
    assert lines[5] == "主站蜘蛛池模板:"


@pytest.mark.parametrize("name", ["000", "003"])
def test_samples_without_this_damage_stay_as_they_are(name: str) -> None:
    assert repaired(name).edits == ()


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_repairing_a_sample_twice_changes_nothing_and_can_be_undone(name: str) -> None:
    cleaned = repaired(name)
    assert not [e for e in clean(cleaned.text, STEPS).edits if e.action == "applied"]
    original = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    assert undo(cleaned.text, cleaned.edits) == original


@pytest.mark.parametrize(
    ("seen", "restored"),
    [
        ("辦好每一個學(xué)科?！笨梢姡半p減”要緊", "學科。”可見，“雙減”要緊"),
        ("轉(zhuǎn)變工作方式?，F(xiàn)代化水平提高", "方式。現代化水平提高"),
        (
            "會議學習了文件?！秶?guó)務(wù)院關(guān)于工作的意見》",
            "文件。《國務院關于工作的意見》",
        ),
        ("全縣統計局?jǐn)?shù)據(jù)，學(xué)校數(shù)據(jù)", "統計局數據，學校數據"),
        ("全縣統計局?(jǐn)?(shù)據(jù)，學(xué)校數(shù)據(jù)", "統計局數據，學校數據"),
    ],
)
def test_cuts_of_both_decoders_are_restored(seen: str, restored: str) -> None:
    cleaned = clean(seen, [repair.restore_gbk_cuts])
    assert restored in BRACKETED.sub("", cleaned.text)
    assert cleaned.flags == ("gbk-cut",)
