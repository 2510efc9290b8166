"""The model of the machinery is right: it makes of clean text what the mirrors show."""

from __future__ import annotations

import re
from pathlib import Path

from archive.damage.gbk import cut
from tests.damage import damaged, glossed_in_bytes, indented, traditional

EXAMPLES = Path(__file__).parents[1] / "seeds" / "examples"


def test_sample_002_is_rebuilt_from_its_approved_text() -> None:
    seen = (EXAMPLES / "002.txt").read_text(encoding="utf-8")
    clean = (EXAMPLES / "002.clean.txt").read_text(encoding="utf-8").rstrip("\n")
    glossed = "".join(set(re.findall(r"(.)\([a-zāáǎàēéěèīíǐìōóǒòūúǔùü]+\)", seen))).replace(
        "W", "學"
    )
    paragraphs = clean.translate(str.maketrans("〈〉", "＜＞")).split("\n")
    # Two paragraphs stood in the line of the one before, after two U+3000.
    lines = [*paragraphs[:3], indented("\n".join(paragraphs[3:6])), *paragraphs[6:]]
    rebuilt = damaged("\n".join(lines), chars=glossed)
    assert rebuilt == seen.replace("\n\n", "\n").strip("\n")


def test_spans_seen_on_other_mirrors_are_made_exactly() -> None:
    assert cut("。《國", "！？", "ms") == "?！秶?"
    assert cut("高校科學", "！？", "ms") == "高?？茖W"
    assert cut("主流。總之，", "！？，", "py") == "主流?？傊?，"
    assert cut("富裕”是社會主義", "！？", "ms") == "富?！笔巧鐣髁x"
    assert cut("方式。現代", "！？，；：。", "ms").startswith("方式?，F")


def test_a_gloss_between_two_bytes_is_made_exactly() -> None:
    assert glossed_in_bytes("統計局數據", "數謹", "ms") == "統計局?jǐn)?shù)據"


def test_conversion_is_one_to_one_and_keeps_what_the_mirrors_keep() -> None:
    assert traditional("规范200余人课后接着为众") == "規范200余人課后接著為眾"
