"""state.sqlite: which captures were acknowledged, and the frontier beside them.

The captures can be rebuilt from warc/ alone. Rollback journal with synchronous FULL, one writer:
a row that was committed survives a power cut, and the WAL-reset bug of SQLite before 3.51.3 cannot
occur. Writes gather in one open transaction until `commit`: a commit costs four times the fsync of
a WARC record, and what a crash takes with an uncommitted group is found again in the WARC files.

A statement that fails breaks the state: the open transaction is given up, for half a page's links
must not be committed, and nothing is written any more.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from archive.errors import HoldingsDamaged, HoldingsError, HoldingsTooNew, WriteFailed
from archive.model import Location

SCHEMA = 2
# KiB of pages held in memory: the inner nodes of every index with a million URLs. A crawl of 6,000 pages
# fills it; 4 or 16 MB changed the CPU of an operation by less than a fifth (100,000 URLs, 2026-11).
CACHE = 8000
GROUP = 1000  # rows that are committed together when the state is made good from the files
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
DROP INDEX IF EXISTS captures_uri;  -- of earlier versions: nothing ever asked it
DROP INDEX IF EXISTS captures_payload;  -- of earlier versions: of whole digests
CREATE INDEX IF NOT EXISTS captures_digest ON captures (substr(digest, 8, 12))
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


# Primary result codes of a disk that fails. A file that is there cannot be opened: its journal.
_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
# Of a database that is whole: another program holds it, this process may not write it or has no memory.
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY}
_PASSING |= {sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOMEM}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
REMEDY = "`fangzhi check --repair` makes it again from warc/"
DISK_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


class Rows:
    """The rows of a query, read as they are asked for. Raises `WriteFailed` as `State` does."""

    def __init__(self, state: State, cursor: sqlite3.Cursor) -> None:
        self._state, self._cursor = state, cursor

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row

    def fetchone(self) -> Any:
        """The next row; None behind the last."""
        with self._state.breaking():
            return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        with self._state.breaking():
            return self._cursor.fetchall()


class State:
    """The database of one holdings folder. Raises `HoldingsDamaged` when it cannot be read,
    `HoldingsError` when it cannot be used now, `HoldingsTooNew` when a later version wrote it, and
    `WriteFailed` when the disk fails: then, and at every later write.

    `path` may be `:memory:`. Every write but `acknowledge` waits for `commit`.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self.broken: WriteFailed | None = None
        self.is_new = False  # nothing was ever noted in it
        if path != ":memory:":
            _make(path)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = TRUNCATE")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(f"PRAGMA cache_size = -{CACHE}")
            self._db.execute("PRAGMA cache_spill = OFF")  # a reader is kept out by commits only
            self._db.execute("PRAGMA busy_timeout = 10000")  # a reader's query is shorter
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, 1, SCHEMA):
                raise HoldingsTooNew(
                    f"{path}: schema {version} is of a later version of fangzhi; this one reads {SCHEMA}"
                )
            self.is_new = version == 0
            made = _TABLES + (_FROM_1 if version == 1 else "") + _INDEXES
            if version != SCHEMA:  # in one transaction: half an upgrade could not be gone on with
                made = f"BEGIN IMMEDIATE;{made}PRAGMA user_version = {SCHEMA};COMMIT;"
            self._db.executescript(made)
        except sqlite3.DatabaseError as error:
            if disk_fails(error):
                raise WriteFailed(f"{path}: {error}") from error
            if _primary(error) in _PASSING:
                raise HoldingsError(f"{path}: {error}") from error
            raise HoldingsDamaged(f"{path}: {error}; {REMEDY}") from error

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """Turn an error of the database into `WriteFailed`, and end all writing with it."""
        try:
            yield
        except sqlite3.Error as error:
            said = f"{error}; {REMEDY}" if _primary(error) in _DAMAGED else str(error)
            self.broken = self.broken or WriteFailed(f"{self._path}: {said}")
            with suppress(sqlite3.Error):  # it may have been rolled back already
                self._db.execute("ROLLBACK")
            raise self.broken from error

    def query(self, sql: str, values: Any = ()) -> Rows:
        """Rows as they stand, uncommitted ones included."""
        with self.breaking():
            return Rows(self, self._db.execute(sql, values))

    def write(self, sql: str, values: Any = ()) -> int:
        """Change rows in the open transaction; how many."""
        with self._writing():
            return self._db.execute(sql, values).rowcount

    def update(self, table: str, values: Mapping[str, Any], key: str, value: Any) -> None:
        """Set columns of the rows whose column `key` has a value, in the open transaction."""
        names = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE {table} SET {names} WHERE {key} = ?"  # noqa: S608  # names are the code's own
        self.write(sql, (*values.values(), value))

    def write_many(self, sql: str, values: Iterable[Any]) -> int:
        """Change rows in the open transaction; how many."""
        with self._writing():
            return self._db.executemany(sql, values).rowcount

    def create(self, tables: str) -> None:
        """Create tables of another module where they are missing, all or none; commits what is open."""
        with self.breaking():
            self._db.executescript(f"BEGIN;{tables}\n;COMMIT;")

    @property
    def uncommitted(self) -> bool:
        """Whether writes wait for `commit`."""
        return self._db.in_transaction

    def commit(self) -> None:
        """Make every write so far durable."""
        if self.broken is not None:
            raise self.broken
        if self._db.in_transaction:
            with self.breaking():
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
        left = iter(captures)
        while group := list(islice(left, GROUP)):
            self.acknowledge([c for c in group if self.capture(c.record_id) is None])

    def captures(self, run: str) -> Iterator[Acknowledged]:
        """The responses and revisits of a run."""
        query = "SELECT * FROM captures WHERE run = ?"
        yield from (_acknowledged(row) for row in self.query(query, (run,)))

    def capture(self, record_id: str) -> Acknowledged | None:
        """The response or revisit with this record id."""
        query = "SELECT * FROM captures WHERE record_id = ?"
        row = self.query(query, (record_id,)).fetchone()
        return _acknowledged(row) if row else None

    def damage(self) -> str:
        """What is wrong with the database, read whole; `""` where nothing is."""
        with self.breaking():
            return damage(self._db)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Open a transaction where none is."""
        if self.broken is not None:
            raise self.broken
        with self.breaking():
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
            yield


def _acknowledged(row: tuple[Any, ...]) -> Acknowledged:
    record_id, uri, date, run, status, file, offset, length, digest, original = row
    place = Location(file, offset, length)
    return Acknowledged(record_id, uri, date, run, status, place, digest, original)


def damage(db: sqlite3.Connection, table: str = "") -> str:
    """What SQLite finds wrong with a database, or with one table and its indexes; `""` if nothing.

    An error of a query may be the first that is heard of damage: a page that no query asks for is not
    looked at. Raises `sqlite3.OperationalError` where a progress handler ends it.
    """
    try:
        what = '"{}"'.format(table.replace('"', '""')) if table else 1
        (said,) = db.execute(f"PRAGMA integrity_check({what})").fetchone()
    except sqlite3.DatabaseError as error:
        if _primary(error) not in _DAMAGED:
            raise
        return str(error)
    return "" if said == "ok" else str(said).splitlines()[-1]


def disk_fails(error: sqlite3.Error) -> bool:
    """Whether the disk is full or fails, which is no fault of the database."""
    return _primary(error) in _DISK


def is_of_query(error: sqlite3.Error) -> bool:
    """Whether the query is what is wrong: it asks for a table that is not there."""
    return _primary(error) == sqlite3.SQLITE_ERROR


def is_half_committed(error: sqlite3.Error) -> bool:
    """Whether a reader was refused because a run died in the middle of a commit: nothing is damaged,
    and whoever opens the state to write undoes it."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_ROLLBACK


def _primary(error: sqlite3.Error) -> int:
    """The primary result code of an error; 0 where it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _make(path: Path | str) -> None:
    """Make an empty file where there is none: SQLite does not say why it could not."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644))
    except OSError as error:
        kind = WriteFailed if error.errno in DISK_FAILS else HoldingsError
        raise kind(f"{path}: {error.strerror or error}") from error
