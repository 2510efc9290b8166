"""The ledger records exactly what changed, and gives it back."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from archive.model import About, Change
from archive.steps import Step, clean, undo

texts = st.text(alphabet="政府网站，“”（）\n\u3000 ab?！1")


def proposer(spans: list[tuple[int, int, str, bool]]) -> Step:
    """A step that proposes the spans that fit the text and do not overlap."""

    def propose(text: str, about: About) -> Iterable[Change]:
        end = 0
        for start, length, new, applied in sorted(spans, key=lambda s: s[0]):
            if start >= end and start + length <= len(text):
                yield Change(start, start + length, new, "any", applied=applied)
                end = start + length

    return propose


span = st.tuples(st.integers(0, 30), st.integers(0, 6), texts, st.booleans())


@given(texts, st.lists(st.lists(span, max_size=5), max_size=4))
def test_every_edit_can_be_undone(text: str, plans: list[list[tuple[int, int, str, bool]]]) -> None:
    cleaned = clean(text, [proposer(plan) for plan in plans])
    assert undo(cleaned.text, cleaned.edits) == text


@given(texts, st.lists(span, max_size=5))
def test_an_edit_says_where_its_new_text_stands(
    text: str, plan: list[tuple[int, int, str, bool]]
) -> None:
    cleaned = clean(text, [proposer(plan)])
    for edit in cleaned.edits:
        assert cleaned.text[edit.at : edit.at + len(edit.new)] == edit.new


def test_a_flagged_place_changes_nothing_and_is_recorded() -> None:
    def flag(text: str, about: About) -> Iterable[Change]:
        yield Change(2, 3, "", "odd", flag="gbk-cut", applied=False, alternatives=("刊",))

    cleaned = clean("专栏？", [flag])
    assert cleaned.text == "专栏？"
    assert cleaned.flags == ("gbk-cut",)
    assert [(e.action, e.old, e.alternatives) for e in cleaned.edits] == [
        ("flagged", "？", ("刊",))
    ]
