"""text/: one JSON line per response in the order of capture, and its conversion records.

Text is derived, so it needs no fsync per line: a file that was not finished has no final name
and is derived again from its WARC. Conversion records stand in files of their own, because a
later `conversion` of the same URI replaces the page in pywb's index. Same captures, same
derivation: same bytes.

Pages of one article are joined (archive/parts.py) when all lines of a file are there: what joining
has to know is noted on the way, and the lines are read again only where there is something to join.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar

from archive import parts, temporary, textrecords
from archive.errors import HoldingsError
from archive.jsonl import line_of
from archive.parts import Part, Whole
from archive.warcwriter import OPEN, WarcWriter, sync_folder

_SUFFIX = ".warc.gz"
_SPOOL = 16 * 2**20  # bytes of lines that wait in memory when lines are joined without a text file
# What reading a line raises that is no JSON, or another object than one of text/.
MISSHAPEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
Row = Mapping[str, Any]
T = TypeVar("T")


class _Lines:
    """Lines in a file, open for reading and writing, and which of them are pages of an article."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._parts: list[Part] = []
        self._end = 0

    def add(self, line: str) -> Part | None:
        """Append a line; the part it is, if it is one."""
        data = line.encode("utf-8") + b"\n"
        row = json.loads(line) if parts.MARK in line else None
        part = parts.part_of(row, self._end, len(data)) if row else None
        if part is not None:
            self._parts.append(part)
        self._file.write(data)
        self._end += len(data)
        return part

    def wholes(self) -> list[Whole]:
        return parts.wholes(self._parts)

    def alone(self, wholes: Iterable[Whole]) -> set[int]:
        """Where the lines stand of pages that only an article could keep, and none does."""
        of = {part.at for whole in wholes for part in whole.parts}
        return {part.at for part in self._parts if part.is_unlike and part.at not in of}

    def row(self, part: Part) -> dict[str, Any]:
        """The line a part was, read again."""
        self._file.seek(part.at)
        row: dict[str, Any] = json.loads(self._file.readline())
        return row

    def final(self, wholes: Sequence[Whole]) -> Iterator[tuple[bytes, Row | None, Row | None]]:
        """Every line as it ends up, in order; with what it was and is, where it has changed."""
        alone = self.alone(wholes)
        of = {part.at: whole for whole in wholes for part in whole.parts}
        self._file.seek(0)
        at = 0
        while data := self._file.readline():
            whole = of.get(at)
            if at in alone:
                before = json.loads(data)
                after = parts.unlike(before)
                yield line_of(after).encode("utf-8") + b"\n", before, after
            elif whole is None:
                yield data, None, None
            else:
                before, first = json.loads(data), whole.parts[0]
                after = (
                    self.joined(whole)
                    if at == first.at
                    else parts.continuation(before, self.row(first)["url"])
                )
                yield line_of(after).encode("utf-8") + b"\n", before, after
                self._file.seek(at + len(data))
            at += len(data)

    def joined(self, whole: Whole) -> dict[str, Any]:
        """The line of an article of several pages."""
        return parts.joined([self.row(part) for part in whole.parts], whole.missing)


def joined(rows: Iterable[str | T]) -> Iterator[str | T]:
    """Lines with the pages of one article joined, as a text file ends up; what is no line passes.

    Up to the first page of a longer article lines pass at once, from there on when all have come.
    """
    with temporary.file(_SPOOL) as file:
        lines = _Lines(file)
        waiting = False
        for row in rows:
            if not isinstance(row, str) or not (waiting or parts.MARK in row):
                yield row
                continue
            waiting = True
            lines.add(row)
        for data, _, _ in lines.final(lines.wholes()):
            yield data.decode("utf-8").removesuffix("\n")


class _Named:
    """Names the conversion file of one stem."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self, moment: datetime, serial: int) -> str:
        return self._name


class TextFile:
    """The text of one WARC file while it is being written.

    Use as `with TextFile(folder, stem) as text: text.add(line)`; on a clean end the two files
    get their final names, otherwise they stay `.open`.
    """

    def __init__(self, folder: Path, warc_name: str) -> None:
        self.stem = warc_name.removesuffix(_SUFFIX)
        self._folder = folder
        self._final = folder / f"{self.stem}.jsonl"
        for left in folder.glob(f"{self.stem}*{OPEN}"):
            left.unlink()
        self._file = (folder / f"{self.stem}.jsonl{OPEN}").open("w+b")
        self._lines = _Lines(self._file)
        self._held: list[Part] = []  # what has its conversion record only when it is joined
        name = f"{self.stem}-text{_SUFFIX}"
        self._warc = WarcWriter(
            folder, _Named(name), {"software": "fangzhi", "derived-from": warc_name}
        )

    def add(self, line: str) -> None:
        """Append one derived line, and its conversion record if it is an article."""
        part = self._lines.add(line)
        if part is not None:
            self._held.append(part)
        elif "rejected" not in (result := json.loads(line)):
            self._convert(result)

    def _convert(self, article: Mapping[str, Any]) -> None:
        captured = datetime.fromisoformat(article["captured"])
        if self._warc.path is None:
            self._warc.ready(captured)
        self._warc.write(textrecords.records(article, self._warc.info))

    def close(self, on_change: Callable[[Row, Row], None] | None = None) -> None:
        """Join what belongs together, make both files durable and give them their final names.

        `on_change` is told every line that joining changed: as it was, as it is.
        """
        wholes = self._lines.wholes()
        alone = self._lines.alone(wholes)
        changes = bool(wholes or alone)
        ready = self._rewritten(wholes, on_change) if changes else Path(self._file.name)
        self._convert_held(wholes, alone)
        self._warc.close()
        _sync(self._file)
        self._file.close()
        if changes:
            os.unlink(self._file.name)
        os.replace(ready, self._final)
        sync_folder(self._folder)

    def _rewritten(
        self, wholes: Sequence[Whole], on_change: Callable[[Row, Row], None] | None
    ) -> Path:
        """A second file with the lines as they end up."""
        path = self._folder / f"{self.stem}-joined.jsonl{OPEN}"
        with path.open("wb") as file:
            for data, before, after in self._lines.final(wholes):
                file.write(data)
                if on_change is not None and before is not None and after is not None:
                    on_change(before, after)
            _sync(file)
        return path

    def _convert_held(self, wholes: Iterable[Whole], alone: Set[int]) -> None:
        of = {part.at: whole for whole in wholes for part in whole.parts}
        for part in self._held:
            whole = of.get(part.at)
            if whole is None and part.at not in alone:
                self._convert(self._lines.row(part))
            elif whole is not None and part.at == whole.parts[0].at:
                self._convert(self._lines.joined(whole))

    def __enter__(self) -> TextFile:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def abandon(self) -> None:
        """Let go of both files as they are; they keep their `.open` and are derived again."""
        with suppress(OSError):  # what could not be written is not written now either
            self._file.close()
        self._warc.abandon()


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def rows(path: Path, make: Callable[[bytes, dict[str, Any]], T]) -> Iterator[T]:
    """What `make` makes of each line of a text file, given as it is and read, in order.

    Raises `HoldingsError` with file and line where a line cannot be read or has not what `make` takes.
    """
    number = 0
    try:
        with path.open("rb") as file:
            for line in file:
                number += 1
                yield make(line, json.loads(line))
    except OSError as error:
        raise HoldingsError(f"{path}: {error.strerror or error}") from error
    except MISSHAPEN as error:
        raise misshapen(path, number, error) from error


def misshapen(path: Path, number: int, error: Exception) -> HoldingsError:
    """What is said of a line that cannot be read, or of which something is missing."""
    said = f"no {error}" if isinstance(error, KeyError) else "damaged"
    return HoldingsError(
        f"{path}, line {number}: {said}; `fangzhi replay --write` derives it again"
    )


class Begun:
    """The lines that a run which did not finish had written for a WARC file, in its order.

    They were never synced, so after a power cut some may hold anything: a line counts when it is
    whole, is the one that is asked for, and all before it were. Must be made before the `TextFile`, which
    removes what is left.
    """

    def __init__(self, folder: Path, warc_name: str) -> None:
        try:
            path = folder / f"{warc_name.removesuffix(_SUFFIX)}.jsonl{OPEN}"
            self._file: IO[bytes] = path.open("rb")
        except FileNotFoundError:
            self._file = BytesIO()

    def line_of(self, record_id: str) -> str | None:
        """The next line, where it is that of this record and of this derivation; else None, and
        from then on."""
        data = self._file.readline()
        if not data:
            return None
        from archive.derive import DERIVATION  # it loads all that derives: only where there is text

        try:
            row = json.loads(data)
            number = row.get("derivation", {}).get("number", DERIVATION)
            fits = data.endswith(b"\n") and row["id"] == record_id and number == DERIVATION
        except (ValueError, LookupError, AttributeError):
            fits = False
        if fits:
            return data.decode("utf-8").removesuffix("\n")
        self._file.close()
        self._file = BytesIO()
        return None

    def close(self) -> None:
        self._file.close()


def unfinished(warcs: list[Path], folder: Path) -> list[Path]:
    """The finished WARC files whose text was never completed."""
    closed = [path for path in warcs if path.name.endswith(_SUFFIX)]
    return [p for p in closed if not (folder / f"{p.name.removesuffix(_SUFFIX)}.jsonl").exists()]
