"""catalogue.sqlite: what is in the holdings, by URL, title and time; made from index/ and text/.

Everything in it stands elsewhere, so it can be deleted at any time and is made again. It is kept
in the holdings where they can be written. Of a file that a crawl still writes, or that a kill left
behind, comes in what it holds so far: it is read on from where it ended the last time.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from archive import cataloguesql as sql
from archive import cdxj
from archive.cataloguerows import Row, capture_row, index_lines, seen, text_rows
from archive.errors import FangzhiError, HoldingsError, WriteFailed
from archive.holdings import Holdings
from archive.normalise import fold
from archive.state import disk_fails
from archive.uri import surt
from archive.warcwriter import OPEN

NAME = "catalogue.sqlite"


@dataclass(frozen=True, slots=True)
class Held:
    """One capture of the holdings: a response, revisit or resource record."""

    url: str
    stamp: str  # 14 digits, UTC
    mime: str  # `warc/revisit` where it is one
    status: int  # 0 where the record has none
    digest: str
    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a result: a URL, its newest title, and how often it was captured."""

    url: str
    title: str | None
    published: str | None
    verdict: str | None  # of its newest article; `None` where it never was one
    first: str
    last: str
    captures: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What the catalogue has in all."""

    captures: int
    pages: int
    articles: int
    first: str
    last: str


class Catalogue:
    """Look-ups in the holdings. Every method may be called from any thread.

    Kept in `scratch` where the holdings cannot be written.
    """

    def __init__(self, holdings: Holdings, scratch: Path) -> None:
        self._holdings = holdings
        self._lock = Lock()
        self.skipped = 0  # lines that were not believed
        self.still_open = 0  # files a crawl is writing
        self.path, self._db = _opened(holdings.root / NAME, scratch / NAME)

    def refresh(self) -> None:
        """Read the index and text files that are new or have changed."""
        try:
            with self._lock, self._db:
                self._refresh()
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error
        except OSError as error:  # a file that went or got its name meanwhile, or cannot be read
            raise HoldingsError(f"{error.filename}: {error.strerror or error}") from error

    def captures(self, url: str, limit: int = 2000) -> list[Held]:
        """The captures of a URL, oldest first: of exactly this one, else of those whose index key
        is the same (they differ in case, port or the order of the query)."""
        query = "SELECT * FROM captures WHERE {} = ? ORDER BY stamp, file, offset LIMIT ?"
        exact = self._all(query.format("url"), (url, limit))
        found = exact or self._all(query.format("key"), (surt(url), limit))
        return [Held(row[0], *row[2:]) for row in found]

    def page(self, url: str) -> Listed | None:
        """A page by its exact URL."""
        rows = self._all("SELECT * FROM pages WHERE url = ?", (url,))
        return _listed(rows[0]) if rows else None

    def search(self, words: str, limit: int, skip: int = 0) -> list[Listed]:
        """Pages whose URL or title has every word, articles first, newest first.

        Titles are compared without script, width, case and punctuation (`normalise.fold`).
        """
        where, values = [], []
        for word in words.split():
            where.append("(url LIKE ? ESCAPE '!' OR (? <> '' AND folded LIKE ? ESCAPE '!'))")
            folded = fold(word)
            values += [f"%{_literal(word)}%", folded, f"%{_literal(folded)}%"]
        query = (
            f"SELECT * FROM pages WHERE {' AND '.join(where) or '1'} "  # noqa: S608  no values in it
            "ORDER BY title IS NULL, last DESC, url LIMIT ? OFFSET ?"
        )
        return [_listed(row) for row in self._all(query, (*values, limit, skip))]

    def result(self, capture: Held) -> dict[str, Any] | None:
        """The line of the text files that a capture was derived to; `None` where there is none.

        Of a revisit it is that of the last capture with the same payload, or of the last one
        before it: the server said that nothing had changed.
        """
        row = self._text_at(capture.url, capture.stamp, capture)
        if row is None and capture.mime == "warc/revisit":
            source = self._all(sql.SAME_PAYLOAD, (capture.digest, capture.stamp, capture.url))
            source = source or self._all(sql.BEFORE, (capture.url, capture.stamp))
            for url, stamp in source:
                row = self._text_at(url, stamp, None)
        return self._line(row) if row else None

    def totals(self) -> Totals:
        """How much there is."""
        query = (
            "SELECT (SELECT count(*) FROM captures), count(*), count(title), "
            "coalesce(min(first), ''), coalesce(max(last), '') FROM pages"
        )
        return Totals(*self._all(query, ())[0])

    def close(self) -> None:
        self._db.close()

    def _refresh(self) -> None:
        warcs = self._holdings.warcs()
        closed = [path for path in warcs if path.name.endswith(".gz")]
        growing = [path for path in warcs if path.name.endswith(OPEN)]
        self.still_open = len(growing)
        growing += sorted(self._holdings.folder("text").glob(f"*.jsonl{OPEN}"))
        known = {row[0]: row[1:] for row in self._db.execute("SELECT * FROM files")}
        sources = {path.name: self._index_of(path) for path in closed}
        texts = sorted(self._holdings.folder("text").glob("*.jsonl"))
        sources |= {path.name: path for path in texts}
        changed = {n: p for n, p in sources.items() if known.get(n) != seen(p)}
        gone = known.keys() - sources.keys() - {path.name for path in growing}
        for name in (*gone, *changed):
            self._forget(name)
        for name, path in changed.items():
            self._read(name, path)
        if gone or changed:
            self._list_pages()
        self._db.execute(sql.TOUCHED)
        for path in growing:
            self._read_on(path, *known.get(path.name, (0, 0)))
        if self._db.execute("SELECT 1 FROM touched").fetchone():
            self._db.execute(sql.FILL_PAGES.format("url IN (SELECT url FROM touched)"))
            self._db.execute("DELETE FROM touched")

    def _all(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def _text_at(self, url: str, stamp: str, capture: Held | None) -> tuple[Any, ...] | None:
        """Where the line of a capture lies; of two in one second the one that names the record."""
        place = (capture.file.removesuffix(OPEN), capture.offset) if capture else ("", 0)
        query = (
            "SELECT texts.text, texts.offset, texts.length FROM texts WHERE url = ? AND stamp = ? "
            "ORDER BY file = ? DESC, rejected IS NULL DESC, offset LIMIT 1"
        )
        rows = self._all(query, (url, stamp, f"{place[0]}:{place[1]}"))
        return rows[0] if rows else None

    def _line(self, row: tuple[Any, ...]) -> dict[str, Any] | None:
        text, offset, length = row
        try:
            with (self._holdings.folder("text") / text).open("rb") as file:
                file.seek(offset)
                line: dict[str, Any] = json.loads(file.read(length))
        except (OSError, ValueError):  # replaced since; the next refresh reads it again
            return None
        return line

    def _index_of(self, warc: Path) -> Path:
        index = self._holdings.folder("index") / f"{warc.name.removesuffix('.warc.gz')}.cdxj"
        return index if index.exists() else warc

    def _forget(self, name: str) -> None:
        self._db.execute("DELETE FROM files WHERE name = ?", (name,))
        self._db.execute("DELETE FROM captures WHERE file = ?", (name,))
        self._db.execute("DELETE FROM texts WHERE text = ?", (name,))

    def _read(self, name: str, path: Path) -> None:
        if name.endswith(".jsonl"):
            fill = sql.TEXT
            rows: Iterator[Row | None] = (row for row, _ in text_rows(path))
        else:
            fill = sql.CAPTURE
            fresh = path.name == name  # a WARC file that has no index yet
            lines = (row.encode() for row in cdxj.index(path)) if fresh else index_lines(path)
            rows = (capture_row(line, name) for line in lines)
        self._db.executemany(fill, self._believed(rows))
        self._db.execute("INSERT INTO files VALUES (?,?,?)", (name, *seen(path)))

    def _read_on(self, path: Path, start: int, _: int) -> None:
        """Read what an open file holds behind the byte up to which it was read."""
        name, size = path.name, path.stat().st_size
        if size < start:  # another file of that name
            self._forget(name)
            start = 0
        if name.endswith(f".jsonl{OPEN}"):
            fill, found = sql.TEXT, text_rows(path, start)
        else:
            lines = cdxj.growing(path, start)
            fill, found = (
                sql.CAPTURE,
                ((capture_row(r.encode(), name) if r else (), e) for r, e in lines),
            )
        for row, behind in found:
            start = behind
            if row is None:
                self.skipped += 1
            elif row:
                self._db.execute(fill, row)
                self._db.execute("INSERT OR IGNORE INTO touched VALUES (?)", row[:1])
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?,?,?)", (name, start, 0))

    def _believed(self, rows: Iterable[Row | None]) -> Iterator[Row]:
        for row in rows:
            if row is None:
                self.skipped += 1
            else:
                yield row

    def _list_pages(self) -> None:
        self._db.execute("DELETE FROM pages")
        self._db.execute(sql.FILL_PAGES.format("1"))


def _opened(*places: Path) -> tuple[Path, sqlite3.Connection]:
    """The database at the first place where it can be written; what is none is thrown away."""
    problem: sqlite3.Error | None = None
    for place in (place for place in places for _ in range(2)):
        try:
            return place, _writable(place)
        except sqlite3.OperationalError as error:
            problem = error
        except sqlite3.DatabaseError as error:
            problem = error
            place.unlink(missing_ok=True)
    assert problem is not None
    raise _unusable(places[-1], problem)


def _unusable(path: Path, error: sqlite3.Error) -> FangzhiError:
    kind = WriteFailed if disk_fails(error) else HoldingsError
    return kind(f"{path}: {error}")


def _writable(place: Path) -> sqlite3.Connection:
    """The database at that place, with our tables; `sqlite3.Error` where it cannot be written."""
    db = sqlite3.connect(place, check_same_thread=False, timeout=60)
    try:
        if db.execute("PRAGMA user_version").fetchone()[0] != sql.SCHEMA:
            _clear(db)
        db.execute("DELETE FROM files WHERE 0")
        db.commit()
    except sqlite3.Error:
        db.close()
        raise
    return db


def _clear(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        db.execute(f'DROP TABLE "{name}"')
    db.executescript(f"{sql.TABLES} PRAGMA user_version = {sql.SCHEMA};")


def _literal(word: str) -> str:
    """A word for LIKE, its wildcards as they are."""
    return re.sub("[%_!]", r"!\g<0>", word)


def _listed(row: tuple[Any, ...]) -> Listed:
    url, title, _, published, verdict, first, last, captures = row
    return Listed(url, title, published, verdict, first, last, captures)
