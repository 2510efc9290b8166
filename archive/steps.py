"""The ledger: run text steps in order, record every edit, undo them all.

A step looks at the text and proposes `Change`s against it; it knows nothing of recording.
The runner applies what is proposed, so every edit is a span that really changed, and
`undo(*clean(t)) == t` holds by construction (tests/test_steps.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archive.model import About, Candidate, Change, Edit

Step = Callable[[str, About], Iterable[Change]]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text after its steps, with what they recorded."""

    text: str
    edits: tuple[Edit, ...]
    flags: tuple[str, ...]
    found: tuple[Candidate, ...]


def clean(text: str, steps: Sequence[Step], about: About | None = None) -> Cleaned:
    """Run every step in order and record what each one changed, flagged and found."""
    about = about or About()
    edits: list[Edit] = []
    flags: dict[str, None] = {}
    found: list[Candidate] = []
    for step in steps:
        changes = _in_order(step(text, about), step.__name__)
        if not changes:
            continue
        text, recorded = _apply(step.__name__, text, changes)
        edits.extend(recorded)
        flags.update(dict.fromkeys(c.flag for c in changes if c.flag))
        found.extend(candidate for change in changes for candidate in change.found)
    return Cleaned(text, tuple(edits), tuple(flags), tuple(found))


def undo(text: str, edits: Sequence[Edit]) -> str:
    """Give back the text as it was before the steps that recorded `edits`."""
    for edit in reversed(edits):
        if edit.where == "text" and edit.action == "applied":
            assert text[edit.at : edit.at + len(edit.new)] == edit.new, edit
            text = text[: edit.at] + edit.old + text[edit.at + len(edit.new) :]
    return text


def apart(changes: Iterable[Change]) -> list[Change]:
    """The changes in order, without those that overlap one before them; of two that start at one
    place the longer stays. For steps whose rules may claim the same span."""
    kept: list[Change] = []
    for change in sorted(changes, key=lambda c: (c.start, -c.end)):
        if not kept or change.start >= kept[-1].end or not change.applied:
            kept.append(change)
    return kept


def _in_order(changes: Iterable[Change], step: str) -> list[Change]:
    ordered = sorted(changes, key=lambda change: (change.start, change.end))
    end = 0
    for change in ordered:
        if change.applied:
            if change.start < end:
                raise AssertionError(f"{step}: overlapping changes at {change.start}")
            end = change.end
    return ordered


def _apply(step: str, text: str, changes: Sequence[Change]) -> tuple[str, list[Edit]]:
    pieces: list[str] = []
    edits: list[Edit] = []
    read = written = 0
    for change in changes:
        old = text[change.start : change.end]
        if change.applied:
            kept = text[read : change.start]
            pieces += (kept, change.new)
            at = written + len(kept)
            written, read = at + len(change.new), change.end
        else:
            at = written + max(0, change.start - read)
        if change.applied and old == change.new:
            continue
        edits.append(
            Edit(
                step=step,
                at=at,
                old=old,
                new=change.new if change.applied else old,
                rule=change.rule,
                evidence=change.evidence,
                confidence=change.confidence,
                action="applied" if change.applied else "flagged",
                alternatives=change.alternatives,
            )
        )
    pieces.append(text[read:])
    return "".join(pieces), edits
