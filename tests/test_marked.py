"""The pieces of a marked text are the text and the extracted text at once."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.jsonl import edit_from_json
from archive.marked import Piece, marked
from archive.model import About, Change, Edit
from archive.steps import Step, apart, clean, undo
from tests.commands import ROOT, fangzhi, lines

texts = st.text(alphabet="会议通知 ab\n，。", max_size=40)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """A step that replaces stretches at places that hypothesis picks."""
    wanted = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6), texts), max_size=4))
    name = draw(st.sampled_from(["one", "two", "three"]))

    def step(text: str, about: About) -> list[Change]:
        inside = [
            (start, min(start + n, len(text)), new)
            for start, n, new in wanted
            if start <= len(text)
        ]
        changes = [Change(start, end, new[:5], "rule") for start, end, new in inside if end > start]
        return apart(changes)

    step.__name__ = name
    return step


def side(pieces: tuple[Piece, ...], other: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in ("kept", other))


@given(texts, st.lists(steps(), max_size=4))
def test_kept_and_inserted_are_the_text_kept_and_removed_the_extracted_one(
    text: str, chosen: list[Step]
) -> None:
    cleaned = clean(text, chosen)
    pieces = marked(cleaned.text, cleaned.edits)
    assert side(pieces, "inserted") == cleaned.text
    assert side(pieces, "removed") == undo(cleaned.text, cleaned.edits) == text
    assert all(piece.text for piece in pieces)


def test_the_examples_are_marked_as_their_ledgers_say() -> None:
    files = sorted((ROOT / "seeds" / "examples").glob("00?.txt"))
    articles = lines(fangzhi("derive", *files).stdout)
    assert len(articles) == 5
    for article in articles:
        edits = [edit_from_json(edit) for edit in article["edits"]]
        pieces = marked(article["text"], edits)
        assert side(pieces, "inserted") == article["text"]
        assert side(pieces, "removed") == undo(article["text"], edits)
        assert any(piece.kind == "removed" for piece in pieces)


def test_each_piece_names_its_edit() -> None:
    edit = Edit("strip", 2, "（推广链接）", "", "rule")
    assert marked("会议结束。", [edit]) == (
        Piece("kept", "会议"),
        Piece("removed", "（推广链接）", edit),
        Piece("kept", "结束。"),
    )


def test_a_ledger_of_another_text_is_refused() -> None:
    for edit in (Edit("s", 1, "x", "y", "r"), Edit("s", 99, "x", "", "r")):
        with pytest.raises(ValueError, match="text"):
            marked("会议", [edit])


def test_a_long_ledger_takes_time_in_proportion() -> None:
    edits = [Edit("strip", number, "删", "", "r") for number in range(40_000)]
    began = time.process_time()
    assert len(marked("会" * 40_000, edits)) == 80_000
    assert time.process_time() - began < 2
