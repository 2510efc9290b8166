"""state.sqlite: which captures were acknowledged. It can be rebuilt from warc/ alone.

Rollback journal with synchronous FULL, one writer: a row that was committed survives a power
cut, and the WAL-reset bug of SQLite before 3.51.3 cannot occur.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from archive.errors import HoldingsError
from archive.model import Location

SCHEMA = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS captures (
    record_id TEXT PRIMARY KEY,  -- urn:uuid:… of the response record
    uri TEXT NOT NULL,           -- WARC-Target-URI
    date TEXT NOT NULL,          -- WARC-Date
    run TEXT NOT NULL,
    status INTEGER NOT NULL,     -- HTTP status, 0 where the head has none
    file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS captures_uri ON captures (uri, date);
"""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One capture that is durable on disk."""

    record_id: str
    uri: str
    date: str
    run: str
    status: int
    location: Location


class State:
    """The database of one holdings folder. Raises `HoldingsError` when it cannot be used."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = TRUNCATE")
            self._db.execute("PRAGMA synchronous = FULL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, SCHEMA):
                raise HoldingsError(f"{path}: schema {version} is not one this version reads")
            self._db.executescript(_TABLES + f"PRAGMA user_version = {SCHEMA};")
        except sqlite3.DatabaseError as error:
            raise HoldingsError(f"{path}: {error}; rebuild it from warc/") from error

    def acknowledge(self, captures: Iterable[Acknowledged]) -> None:
        """Commit rows for captures that are durable; they survive from here on."""
        rows = [
            (c.record_id, c.uri, c.date, c.run, c.status, *astuple(c.location)) for c in captures
        ]
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR REPLACE INTO captures VALUES (?,?,?,?,?,?,?,?)", rows)
        self._db.execute("COMMIT")

    def add_missing(self, captures: Iterable[Acknowledged]) -> None:
        """Commit rows for captures that have none."""
        known = {row[0] for row in self._db.execute("SELECT record_id FROM captures")}
        self.acknowledge([c for c in captures if c.record_id not in known])

    def captures(self) -> Iterator[Acknowledged]:
        """Every acknowledged capture, in file order."""
        query = "SELECT * FROM captures ORDER BY file, offset"
        yield from map(_acknowledged, self._db.execute(query))

    def find(self, name: str) -> list[Acknowledged]:
        """Captures of a URL (oldest first), or the one with this record id."""
        query = "SELECT * FROM captures WHERE uri = ? OR record_id = ? ORDER BY date"
        rows = self._db.execute(query, (name, name.strip("<>"))).fetchall()
        return [_acknowledged(row) for row in rows]

    def close(self) -> None:
        self._db.close()


def _acknowledged(row: tuple[Any, ...]) -> Acknowledged:
    record_id, uri, date, run, status, file, offset, length = row
    return Acknowledged(record_id, uri, date, run, status, Location(file, offset, length))
