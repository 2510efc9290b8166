"""The stored lines of one WARC file beside the new ones, which come in the same order as a rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from archive.textfiles import MISSHAPEN, misshapen

Row = dict[str, Any]


class Stored:
    """The lines of a text file by record id. What was passed over is remembered by its place, so that
    memory holds no text; a context manager. Raises `HoldingsError` of a line that cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = path.open("rb") if path.exists() else None
        self._passed: dict[str, int] = {}  # record id: where its line begins
        self._at = self._number = 0  # byte and line up to which it was read

    def take(self, record_id: str) -> Row | None:
        """The line of this record, once; None where none is stored."""
        if record_id in self._passed:
            return self._line(self._passed.pop(record_id))
        for at, row in self._rest():
            if row["id"] == record_id:
                return row
            self._passed[row["id"]] = at
        return None

    def left(self) -> Iterator[Row]:
        """The lines nobody took, in their order."""
        for at in self._passed.values():
            yield self._line(at)
        yield from (row for _, row in self._rest())

    def __enter__(self) -> Stored:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _rest(self) -> Iterator[tuple[int, Row]]:
        if self._file is None:
            return
        self._file.seek(self._at)
        while line := self._file.readline():
            at, self._at, self._number = self._at, self._at + len(line), self._number + 1
            try:
                row: Row = json.loads(line)
                hash(row["id"])
            except MISSHAPEN as error:
                raise misshapen(self._path, self._number, error) from error
            yield at, row

    def _line(self, at: int) -> Row:
        assert self._file is not None
        self._file.seek(at)
        row: Row = json.loads(self._file.readline())
        return row
