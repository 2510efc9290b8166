"""state.sqlite: which captures were acknowledged, and the frontier beside them.

The captures can be rebuilt from warc/ alone. Rollback journal with synchronous FULL, one writer:
a row that was committed survives a power cut, and the WAL-reset bug of SQLite before 3.51.3 cannot
occur. Writes gather in one open transaction until `commit`: a commit costs four times the fsync of
a WARC record, and what a crash takes with an uncommitted group is found again in the WARC files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.errors import HoldingsError
from archive.model import Location

SCHEMA = 2
_TABLES = """
CREATE TABLE IF NOT EXISTS captures (
    record_id TEXT PRIMARY KEY,  -- urn:uuid:… of the response record
    uri TEXT NOT NULL,           -- WARC-Target-URI
    date TEXT NOT NULL,          -- WARC-Date
    run TEXT NOT NULL,
    status INTEGER NOT NULL,     -- HTTP status, 0 where the head has none
    file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    digest TEXT NOT NULL DEFAULT '',  -- WARC-Payload-Digest
    original TEXT NOT NULL DEFAULT '' -- of a revisit: the record it refers to
) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS captures_uri ON captures (uri, date);
CREATE INDEX IF NOT EXISTS captures_payload ON captures (digest, date)
    WHERE status = 200 AND original = '';  -- what a revisit may refer to: archive/payloads.py
"""
_FROM_1 = """
ALTER TABLE captures ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE captures ADD COLUMN original TEXT NOT NULL DEFAULT '';
"""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One response, or one revisit of one, that is durable on disk."""

    record_id: str
    uri: str
    date: str
    run: str
    status: int
    location: Location
    digest: str = ""  # of the payload; "" for captures noted before digests were
    original: str = ""  # of a revisit: the id of the response record it refers to
    # Of a revisit: that its URL brought something else before, so that it has a line of text, and
    # where its payload lies. Known where the record is at hand and not kept: the record says it.
    is_new: bool = field(default=False, compare=False)
    payload: Location | None = field(default=None, compare=False)


class State:
    """The database of one holdings folder. Raises `HoldingsError` when it cannot be used.

    `path` may be `:memory:`. Every write but `acknowledge` waits for `commit`.
    """

    def __init__(self, path: Path | str) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = TRUNCATE")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA cache_size = -16000")  # 16 MB
            self._db.execute("PRAGMA cache_spill = OFF")  # a reader is kept out by commits only
            self._db.execute("PRAGMA busy_timeout = 10000")  # a reader's query is shorter
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, 1, SCHEMA):
                raise HoldingsError(f"{path}: schema {version} is not one this version reads")
            upgrade = _FROM_1 if version == 1 else ""
            self._db.executescript(f"{_TABLES}{upgrade}{_INDEXES}PRAGMA user_version = {SCHEMA};")
        except sqlite3.DatabaseError as error:
            raise HoldingsError(f"{path}: {error}; rebuild it from warc/") from error

    def query(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """Rows as they stand, uncommitted ones included."""
        return self._db.execute(sql, values)

    def write(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """Change rows in the open transaction."""
        self._begin()
        return self._db.execute(sql, values)

    def update(self, table: str, values: Mapping[str, Any], key: str, value: Any) -> None:
        """Set columns of the rows whose column `key` has a value, in the open transaction."""
        names = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE {table} SET {names} WHERE {key} = ?"  # noqa: S608  # names are the code's own
        self.write(sql, (*values.values(), value))

    def write_many(self, sql: str, values: Iterable[Any]) -> int:
        """Change rows in the open transaction; how many."""
        self._begin()
        return self._db.executemany(sql, values).rowcount

    def create(self, tables: str) -> None:
        """Create tables of another module where they are missing."""
        self._db.executescript(tables)

    @property
    def uncommitted(self) -> bool:
        """Whether writes wait for `commit`."""
        return self._db.in_transaction

    def commit(self) -> None:
        """Make every write so far durable."""
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    def note(self, captures: Iterable[Acknowledged]) -> None:
        """Write rows for captures that are durable."""
        rows = [
            (
                c.record_id,
                c.uri,
                c.date,
                c.run,
                c.status,
                *(c.location.file, c.location.offset, c.location.length),
                c.digest,
                c.original,
            )
            for c in captures
        ]
        self.write_many("INSERT OR REPLACE INTO captures VALUES (?,?,?,?,?,?,?,?,?,?)", rows)

    def acknowledge(self, captures: Iterable[Acknowledged]) -> None:
        """Commit rows for captures that are durable; they survive from here on."""
        self.note(captures)
        self.commit()

    def add_missing(self, captures: Iterable[Acknowledged]) -> None:
        """Commit rows for captures that have none."""
        known = {row[0] for row in self._db.execute("SELECT record_id FROM captures")}
        self.acknowledge([c for c in captures if c.record_id not in known])

    def record_ids(self, run: str) -> Iterator[str]:
        """Ids of the responses and revisits of a run."""
        query = "SELECT record_id FROM captures WHERE run = ?"
        yield from (row[0] for row in self._db.execute(query, (run,)))

    def capture(self, record_id: str) -> Acknowledged | None:
        """The response or revisit with this record id."""
        query = "SELECT * FROM captures WHERE record_id = ?"
        row = self._db.execute(query, (record_id,)).fetchone()
        return _acknowledged(row) if row else None

    def close(self) -> None:
        self._db.close()

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")


def _acknowledged(row: tuple[Any, ...]) -> Acknowledged:
    record_id, uri, date, run, status, file, offset, length, digest, original = row
    place = Location(file, offset, length)
    return Acknowledged(record_id, uri, date, run, status, place, digest, original)
