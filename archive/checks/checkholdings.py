"""A holdings folder judged as a whole: files, index, state and text say the same.

The WARC files are the truth; what disagrees with them is told, and `archive/rebuild.py` can make
index and state again. A row of the state whose record is in no file is different: there the state
knows of a capture that was lost.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive import cdxj, temporary
from archive.check import Checker
from archive.checks.rules import Finding
from archive.formats.cdxjline import Refused, parse
from archive.holdings import Holdings, acknowledged_in
from archive.model import Location
from archive.state import Acknowledged, damage, is_half_committed
from archive.warcwriter import OPEN

_SHOWN = 3  # examples in a message
# Seconds that one table is read for: a crawl cannot commit meanwhile, and waits ten (archive/state.py).
READING = 5.0
_STEPS = 100_000  # of SQLite's machine, between two looks at the clock
_KEYS = {"id", "url", "captured"}  # of every line of text/
_OF_ARTICLES, _OF_REJECTIONS = {"site", "title", "text", "text_norm"}, {"detail"}
_COLUMNS = "record_id, uri, date, run, status, file, offset, length, digest, original"


def check(holdings: Holdings, checker: Checker, reading: float = READING) -> Iterator[Finding]:
    """Everything that is wrong with a holdings folder; no table of its state is read for longer."""
    with closing(_Rows(holdings.root / "state.sqlite")) as rows:
        found = _Folder(holdings, rows)
        yield from checker.counted(found.unusable())
        yield from checker.counted(found.damage(reading))
        for path in holdings.warcs():
            if path.name.endswith(OPEN):
                yield from checker.counted([Finding("file-open", "still open", path.name)])
                yield from checker.file(path, growing=True)
                yield from checker.counted(found.state(path, list(acknowledged_in(path))))
                continue
            yield from checker.file(path)
            yield from checker.counted(found.index(path))
            captures = list(acknowledged_in(path))
            yield from checker.counted(found.state(path, captures))
            yield from checker.counted(found.text(path, captures))
        for path in sorted(holdings.folder("text").glob("*.warc.gz")):
            yield from checker.file(path, replayed=False)
        yield from checker.counted(found.leftovers())
        yield from checker.finish()


class _Folder:
    """What index, state and text of a holdings folder say, beside its WARC files."""

    def __init__(self, holdings: Holdings, rows: _Rows) -> None:
        self._holdings, self._rows = holdings, rows
        self._state = holdings.root / "state.sqlite"
        self._problem = rows.problem

    def unusable(self) -> Iterator[Finding]:
        """Why the state cannot be read at all."""
        if not self._state.exists():
            yield Finding("state-missing", "missing", self._state.name)
        elif self._problem:
            code = "state-half" if self._rows.is_half else "state-missing"
            yield Finding(code, self._problem, self._state.name)

    def damage(self, seconds: float) -> Iterator[Finding]:
        """Where the state is damaged, and no query has come there yet."""
        if self._problem or not self._state.exists():
            return
        name = self._state.name
        with closing(_opened(self._state)) as db:
            try:
                query = "SELECT name FROM sqlite_master WHERE type = 'table'"
                tables = [table for (table,) in db.execute(query)]
            except sqlite3.Error as problem:
                yield Finding("state-unread", f"not read whole: {problem}", name)
                return
            for table in tables:
                db.set_progress_handler(_late(time.monotonic() + seconds), _STEPS)
                try:
                    wrong = damage(db, table)
                except sqlite3.Error as problem:  # of this table alone: the time was over
                    yield Finding("state-unread", f"{table}: not read whole: {problem}", name)
                    continue
                if wrong:
                    yield Finding("state-damaged", f"{table}: {wrong}", name)
                    return

    def index(self, path: Path) -> Iterator[Finding]:
        """How the index of a WARC file differs from what it should be."""
        name, wanted = cdxj.index_file(path)
        target = self._holdings.folder("index") / name
        if not target.is_file():
            yield Finding("index-missing", f"of {path.name}", name)
            return
        data = target.read_bytes()
        if data == wanted:
            return
        rows, right = data.splitlines(keepends=True), wanted.splitlines(keepends=True)
        missing, more = len(set(right) - set(rows)), len(set(rows) - set(right))
        yield Finding("index-differs", f"{missing:,} lines missing, {more:,} wrong", name)
        if rows != sorted(rows):
            yield Finding("index-unsorted", "not in byte order", name)
        refused = [one for one in map(parse, rows) if isinstance(one, Refused)]
        if refused:
            problem = f"{len(refused):,} lines refused; the first is {refused[0].problem}"
            yield Finding("index-hostile", problem, name)

    def state(self, path: Path, captures: list[Acknowledged]) -> Iterator[Finding]:
        """How the state's rows of a WARC file differ from its records.

        A file that is still written holds records that were not acknowledged yet.
        """
        if self._problem or not self._state.exists():
            return
        name = path.name.removesuffix(OPEN)
        rows = self._rows.of(name)
        for record in captures:
            row = rows.pop(record.record_id, None)
            place = (name, record.location.offset, 0, record.record_id, record.uri)
            if row is None and name != path.name:
                continue
            if row is None:
                yield Finding("state-row-missing", "the state does not know it", *place)
            elif wrong := _difference(row, record):
                yield Finding("state-row-differs", f"the state has another {wrong}", *place)
        for row in rows.values():
            place = (name, row.location.offset, 0, row.record_id, row.uri)
            yield Finding("state-row-lost", "acknowledged, and not in the file", *place)

    def text(self, path: Path, captures: list[Acknowledged]) -> Iterator[Finding]:
        """Whether every response of a WARC file, and every revisit that is new to its URL, has a
        line of text."""
        target = self._holdings.folder("text") / f"{path.name.removesuffix('.warc.gz')}.jsonl"
        responses = {r.record_id for r in captures if not r.original or r.is_new}
        if not target.is_file():
            if responses:
                yield Finding("text-missing", f"of {path.name}", target.name)
            return
        known, odd = _ids(target)
        if odd:
            problem = f"{len(odd):,} lines that cannot be used; the first is line {odd[0]:,}"
            yield Finding("text-differs", problem, target.name)
        missing = responses - known
        if missing:
            shown = ", ".join(sorted(missing)[:_SHOWN])
            problem = f"{len(missing):,} responses without a line: {shown}"
            yield Finding("text-differs", problem, target.name)

    def leftovers(self) -> Iterator[Finding]:
        """What belongs to no WARC file."""
        warcs = {path.name.removesuffix(OPEN) for path in self._holdings.warcs()}
        for path in sorted(self._holdings.folder("index").glob("*")):
            stem = path.name.rpartition(".")[0]
            if path.suffix == ".cdxj" and f"{stem}.warc.gz" not in warcs:
                yield Finding("index-orphan", "its WARC file is not there", path.name)
        for name, count in self._rows.counts():
            if name not in warcs:
                problem = f"{count:,} acknowledged captures, and the file is not there"
                yield Finding("state-row-lost", problem, name)
        for path in sorted(self._holdings.folder("warc").glob("*.torn")):
            size = path.stat().st_size
            yield Finding("file-torn", f"{size:,} bytes", path.name, 0, size)


class _Rows:
    """The state's rows of captures, copied to a temporary database when it is made.

    Memory may not hold them all, and a crawl could not commit while they were read one file after
    the other. The state is read without a lock or a change; `problem` says why not to its end.
    """

    def __init__(self, state: Path) -> None:
        self.problem, self.is_half = "", False
        self._db = temporary.database()
        self._db.execute(f"CREATE TABLE captures ({_COLUMNS})")
        self._db.executemany("INSERT INTO captures VALUES (?,?,?,?,?,?,?,?,?,?)", self._read(state))
        self._db.execute("CREATE INDEX by_file ON captures (file, offset)")

    def of(self, name: str) -> dict[str, Acknowledged]:
        """The rows of a WARC file by record id, in its order."""
        query = f"SELECT {_COLUMNS} FROM captures WHERE file = ? ORDER BY offset"  # noqa: S608  # constant
        return {row[0]: _acknowledged(*row) for row in self._db.execute(query, (name,))}

    def counts(self) -> Iterator[tuple[str, int]]:
        """The files that rows name, and how many each."""
        return self._db.execute("SELECT file, count(*) FROM captures GROUP BY file")

    def close(self) -> None:
        self._db.close()

    def _read(self, state: Path) -> Iterator[tuple[Any, ...]]:
        if not state.exists():
            return
        try:
            with closing(_opened(state)) as db:
                yield from db.execute(f"SELECT {_COLUMNS} FROM captures")  # noqa: S608  # constant
        except sqlite3.Error as problem:
            self.problem, self.is_half = str(problem), is_half_committed(problem)
            if self.is_half:
                self.problem = "a commit that a dead process began"


def _acknowledged(
    name: str, uri: str, date: str, run: str, status: int, *rest: Any
) -> Acknowledged:
    *place, digest, original = rest
    return Acknowledged(name, uri, date, run, status, Location(*place), digest, original)


def _late(end: float) -> Callable[[], bool]:
    return lambda: time.monotonic() > end


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _difference(row: Acknowledged, record: Acknowledged) -> str:
    """Which column of a row is not what the record says; a run not named by the file may be any."""
    if not record.run:
        record = replace(record, run=row.run)
    names = ("uri", "date", "run", "status", "location", "digest", "original")
    return ", ".join(name for name in names if getattr(row, name) != getattr(record, name))


def _ids(path: Path) -> tuple[set[str], list[int]]:
    """The record ids that a text file has lines of, and the numbers of lines of which something is
    missing that exports and packages ask for."""
    found: set[str] = set()
    odd: list[int] = []
    with path.open("rb") as file:
        for number, row in enumerate(file, 1):
            line: Any = _json(row)
            is_one = isinstance(line, dict)
            wanted = _KEYS | (_OF_REJECTIONS if is_one and "rejected" in line else _OF_ARTICLES)
            if not is_one or wanted - line.keys():
                odd.append(number)
            if is_one:
                found.add(str(line.get("id")))
    return found, odd


def _json(row: bytes) -> Any:
    try:
        return json.loads(row)
    except (ValueError, RecursionError):
        return None
