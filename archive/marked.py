"""An article's text with everything its steps took out or put in, as one sequence of pieces.

The ledger names each edit by its place in the text as it stood after one step. Read backwards, it
gives the pieces: what stayed, what was removed, what was put in. Kept and inserted pieces are the
text; kept and removed ones are the extracted text (`steps.undo`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from archive.model import Edit


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and the edit that removed or inserted it."""

    kind: Literal["kept", "removed", "inserted"]
    text: str
    edit: Edit | None = None


def marked(text: str, edits: Sequence[Edit]) -> tuple[Piece, ...]:
    """The pieces of a text whose ledger is `edits`.

    What one step put in and a later one took out again stands in neither text and is left out.
    `ValueError` when the ledger is not one of this text.
    """
    pieces = [Piece("kept", text)] if text else []
    made = [edit for edit in edits if edit.where == "text" and edit.action == "applied"]
    for run in reversed(_runs(made)):
        pieces = list(_joined(_undone(pieces, run)))
    return tuple(pieces)


def _runs(edits: Iterable[Edit]) -> list[list[Edit]]:
    """The ledger in runs whose edits follow each other without overlap: one pass undoes each.

    The edits of one step are such a run; those of a later step that all lie behind them fit in.
    """
    runs: list[list[Edit]] = []
    for edit in edits:
        if not runs or edit.at < runs[-1][-1].at + len(runs[-1][-1].new):
            runs.append([])
        runs[-1].append(edit)
    return runs


def _undone(pieces: Iterable[Piece], run: Sequence[Edit]) -> Iterator[Piece]:
    """The pieces as they stood before a run of edits.

    Inserted pieces are no longer part of the text that earlier steps saw: they have no length.
    """
    rest = iter(pieces)
    held: Piece | None = None
    at = 0

    def take(length: int) -> Iterator[Piece]:
        """The next `length` characters, and the inserted pieces before and between them."""
        nonlocal held, at
        end = at + length
        while at < end:
            piece, held = held or next(rest, None), None
            if piece is None:
                raise ValueError(f"an edit at {end} lies behind the end of the text")
            if piece.kind != "inserted":
                here, left = piece.text[: end - at], piece.text[end - at :]
                held = Piece(piece.kind, left, piece.edit) if left else None
                piece = Piece(piece.kind, here, piece.edit)
                at += len(here)
            yield piece

    for edit in run:
        yield from take(edit.at - at)
        new = list(take(len(edit.new)))
        if "".join(piece.text for piece in new if piece.kind != "inserted") != edit.new:
            raise ValueError(f"the text has something else than the edit of {edit.step} says")
        if edit.old:
            yield Piece("removed", edit.old, edit)
        for piece in new:
            if piece.kind != "removed":
                yield Piece("inserted", piece.text, piece.edit or edit)
    if held is not None:
        yield held
    yield from rest


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind and one edit as one piece."""
    for (kind, _), group in groupby(pieces, key=lambda piece: (piece.kind, id(piece.edit))):
        run = list(group)
        yield Piece(kind, "".join(piece.text for piece in run), run[0].edit)
