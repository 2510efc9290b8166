"""The responses that revisits refer to, found while archive files are read.

A revisit says that a payload was stored before; under its own URL that is the page of an earlier
line of text, under another URL it is a page nobody has read yet, and its text is derived from the
original's payload. Originals stand in front of their revisits, so what was read is remembered, in a
temporary database: memory does not grow with the archive.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive import temporary
from archive.formats.exchange import NEW, VISIT
from archive.formats.opening import record_at
from archive.formats.records import ReadRecord
from archive.model import Location
from archive.warcwriter import OPEN

Elsewhere = Callable[[str], tuple[Path, Location] | None]  # record id: where it lies


def is_new(record: ReadRecord) -> bool:
    """Whether a record is a revisit that brings its URL a payload it did not bring last.

    Our own say so. Of those of others it is the ones that refer to another URL: a crawler that
    found the page of its own URL again refers to that.
    """
    if record.type != "revisit" or "server-not-modified" in (record.get("WARC-Profile") or ""):
        return False
    said = record.get(VISIT)
    uri = (record.get("WARC-Refers-To-Target-URI") or "").strip("<>")
    return said == NEW if said else bool(uri) and uri != record.uri


class Originals:
    """What was read so far; `elsewhere` is asked for a record id that was not."""

    def __init__(self, elsewhere: Elsewhere | None = None) -> None:
        self.missing = 0  # revisits whose original was not found
        self.found = 0
        self._elsewhere = elsewhere
        self._paths: dict[str, Path] = {}
        self._db = temporary.database()  # on disk when it grows, without a name, gone when closed
        self._db.execute(
            "CREATE TABLE seen (key TEXT PRIMARY KEY, file TEXT, offset INTEGER, inside INTEGER)"
            " WITHOUT ROWID"
        )

    def reading(self, path: Path) -> None:
        """The records that come now are those of this file."""
        self._paths[path.name] = path

    def saw(self, record: ReadRecord) -> None:
        """Remember a response."""
        place = (record.location.file, record.location.offset, record.inside)
        keys = (record.id, record.get("WARC-Payload-Digest") or "")
        rows = [(key, *place) for key in keys if key]
        self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?,?,?,?)", rows)

    def of(self, revisit: ReadRecord) -> ReadRecord | None:
        """The response a revisit refers to, by its id or else by its payload digest."""
        name = (revisit.get("WARC-Refers-To") or "").strip("<>")
        digest = revisit.get("WARC-Payload-Digest") or ""
        record = self._seen(name, digest) or self._seen(digest, digest)
        if record is None and name and self._elsewhere is not None:
            place = self._elsewhere(name)
            record = _read(place[0], place[1].offset, 0, digest) if place else None
        self.found += record is not None
        self.missing += record is None
        return record

    def _seen(self, key: str, digest: str) -> ReadRecord | None:
        query = "SELECT file, offset, inside FROM seen WHERE key = ?"
        row = self._db.execute(query, (key,)).fetchone() if key else None
        if row is None:
            return None
        name, offset, inside = row
        path = self._paths.get(name.partition("!/")[0])
        return _read(path, offset, inside, digest, name) if path else None


def _read(path: Path, offset: int, inside: int, digest: str, name: str = "") -> ReadRecord | None:
    """The response there; `None` where none is, or one with another payload."""
    if not path.exists():
        path = path.with_name(path.name.removesuffix(OPEN))
    try:
        record = record_at(path, name or path.name, offset, inside)
    except (OSError, ValueError):
        return None
    stated = record.get("WARC-Payload-Digest") or ""
    other = bool(stated and digest) and stated.lower() != digest.lower()
    is_whole = record.type == "response" and record.get("WARC-Segment-Number") is None
    return record if is_whole and not other else None
