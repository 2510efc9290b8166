"""What can only be judged over all files together: ids, references, revisits, collisions.

Kept in a temporary SQLite database, so that memory does not grow with the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive import temporary
from archive.checks.rules import Finding
from archive.formats.records import ReadRecord
from archive.uri import surt
from archive.warc import parse_date

_TABLES = """
CREATE TABLE records (
    id TEXT, type TEXT, uri TEXT, surt TEXT, date TEXT, stamp TEXT, digest TEXT,
    media TEXT, replayed INTEGER, file TEXT, offset INTEGER
);
CREATE TABLE refs (id TEXT, target TEXT, field TEXT, date TEXT, file TEXT, offset INTEGER);
CREATE TABLE revisits (
    id TEXT, target TEXT, uri TEXT, date TEXT, digest TEXT, own_uri TEXT, own_date TEXT,
    modified INTEGER,
    place INTEGER, file TEXT, offset INTEGER
);
"""
_INDEXES = """
CREATE INDEX records_id ON records (id);
CREATE INDEX records_surt ON records (surt, stamp);
CREATE INDEX records_uri ON records (uri, stamp);
CREATE INDEX records_digest ON records (digest);
"""
_REFERENCES = ("WARC-Concurrent-To", "WARC-Refers-To", "WARC-Warcinfo-ID")
_REPLAYED = "('response', 'revisit', 'resource')"


@dataclass(frozen=True, slots=True)
class _Revisit:
    """A revisit record: a row of the table."""

    id: str
    target: str
    uri: str  # of the original
    date: str  # of the original
    digest: str
    own_uri: str
    own_date: str
    modified: int  # its profile is not server-not-modified
    place: int  # in the order of reading
    file: str
    offset: int


class RecordSet:
    """The records of all files checked so far."""

    def __init__(self) -> None:
        self._db = temporary.database()
        self._db.executescript(_TABLES)

    def add(self, record: ReadRecord, *, replayed: bool) -> None:
        """Remember a record; `replayed` when replay would index its file."""
        date = record.get("WARC-Date") or ""
        stamp = _stamp(date)
        place = (record.location.file, record.location.offset)
        digest = record.get("WARC-Payload-Digest") or ""
        media = (record.get("Content-Type") or "").lower()
        row = (record.id, record.type, record.uri, surt(record.uri), date, stamp, digest, media)
        at = self._db.execute(
            "INSERT INTO records VALUES (?,?,?,?,?,?,?,?,?,?,?)", (*row, replayed, *place)
        ).lastrowid
        for name in _REFERENCES:
            for value in record.all(name):
                ref = (record.id, value.strip("<>"), name, date, *place)
                self._db.execute("INSERT INTO refs VALUES (?,?,?,?,?,?)", ref)
        if record.type == "revisit":
            refers = (record.get("WARC-Refers-To") or "").strip("<>")
            uri = (record.get("WARC-Refers-To-Target-URI") or "").strip("<>")
            when = record.get("WARC-Refers-To-Date") or ""
            modified = "server-not-modified" not in (record.get("WARC-Profile") or "")
            about = (record.id, refers, uri, when, digest, record.uri, date, modified, at)
            self._db.execute(
                "INSERT INTO revisits VALUES (?,?,?,?,?,?,?,?,?,?,?)", (*about, *place)
            )

    def findings(self) -> Iterator[Finding]:
        """What is wrong between records. Adding more and asking again is allowed."""
        for statement in _INDEXES.split(";"):
            self._db.execute(statement.replace("INDEX ", "INDEX IF NOT EXISTS ", 1))
        yield from self._repeated_ids()
        yield from self._references()
        yield from self._revisits()
        yield from self._collisions()
        yield from self._shadows()

    def close(self) -> None:
        self._db.close()

    def _repeated_ids(self) -> Iterator[Finding]:
        query = """SELECT id, uri, file, offset, count(*), count(DISTINCT file) FROM records
            WHERE id != '' GROUP BY id HAVING count(*) > 1 ORDER BY min(rowid)"""
        for name, uri, file, offset, count, files in self._db.execute(query):
            code = "id-repeated" if count > files else "id-elsewhere"
            problem = f"{count} records in {files} files have this id"
            yield Finding(code, problem, file, offset, 0, name, uri)

    def _references(self) -> Iterator[Finding]:
        query = """SELECT f.field, f.file, min(f.offset), count(*) FROM refs f
            WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.id = f.target)
            GROUP BY f.field, f.file ORDER BY f.file, f.field"""
        for field, file, offset, count in self._db.execute(query):
            problem = f"{field} of {count:,} records names a record that is in none of the files"
            yield Finding("reference-outside", problem, file, offset)
        query = """SELECT f.id, f.file, f.offset, f.date, r.date FROM refs f
            JOIN records r ON r.id = f.target
            WHERE f.field = 'WARC-Concurrent-To' AND r.date != f.date ORDER BY f.file, f.offset"""
        for name, file, offset, own, other in self._db.execute(query):
            problem = f"WARC-Date is {own[:40]}, that of the concurrent record {other[:40]}"
            yield Finding("concurrent-date", problem, file, offset, 0, name)

    def _revisits(self) -> Iterator[Finding]:
        for row in self._db.execute("SELECT * FROM revisits ORDER BY rowid").fetchall():
            revisit = _Revisit(*row)
            for code, problem in self._revisit(revisit):
                place = (revisit.file, revisit.offset, 0, revisit.id, revisit.own_uri)
                yield Finding(code, problem, *place)

    def _revisit(self, revisit: _Revisit) -> Iterator[tuple[str, str]]:
        same = revisit.uri == revisit.own_uri and revisit.date == revisit.own_date
        original = self._original(revisit)
        if revisit.target == revisit.id or (original is None and revisit.uri and same):
            yield "revisit-loop", "the revisit refers to itself"
            return
        if not revisit.uri and not revisit.modified:
            yield "revisit-no-target", "WARC-Refers-To-Target-URI is missing"
        if original is None:
            yield "revisit-no-original", "the original is in none of the files"
            return
        kind, digest, place = original
        if kind == "revisit":
            yield "revisit-of-revisit", "the revisit refers to a revisit"
        elif revisit.modified and _differ(revisit.digest, digest):
            yield (
                "revisit-digest",
                f"payload {revisit.digest[:80]}, the original's is {digest[:80]}",
            )
        elif place > revisit.place:
            yield "revisit-early", "the original stands behind its revisit"

    def _original(self, revisit: _Revisit) -> tuple[str, str, int] | None:
        """Type, digest and place of the record a revisit is of, as replay would look for it:
        by id, by URI and date, by digest, by URI alone."""
        key, stamp = surt(revisit.uri) if revisit.uri else "", _stamp(revisit.date)
        for where, values in (
            ("id = ?", (revisit.target,)),
            ("uri = ? AND stamp = ? ", (revisit.uri, stamp)),
            ("digest = ? AND type = 'response'", (revisit.digest,)),
            ("surt = ? AND stamp = ?", (key, stamp)),
            ("surt = ? AND type = 'response'", (key,)),
        ):
            query = f"""SELECT type, digest, rowid FROM records WHERE {where} AND id != ?
                AND type IN {_REPLAYED} ORDER BY rowid LIMIT 1"""  # noqa: S608  # constants
            row = self._db.execute(query, (*values, revisit.id)).fetchone() if values[0] else None
            by_key = where.startswith("surt") and revisit.modified
            if row is not None and not (by_key and _differ(revisit.digest, row[1])):
                return str(row[0]), str(row[1]), int(row[2])
        return None

    def _collisions(self) -> Iterator[Finding]:
        query = f"""SELECT a.uri, b.uri, a.id, a.file, a.offset FROM records a
            JOIN records b ON a.surt = b.surt AND a.stamp = b.stamp AND a.uri < b.uri
            AND lower(a.uri) = lower(b.uri)
            WHERE a.replayed AND b.replayed AND a.type IN {_REPLAYED} AND b.type IN {_REPLAYED}
            ORDER BY a.file, a.offset"""  # noqa: S608  # constants
        for uri, other, name, file, offset in self._db.execute(query):
            problem = f"captured in the same second as {other[:300]}"
            yield Finding("case-collision", problem, file, offset, 0, name, uri)

    def _shadows(self) -> Iterator[Finding]:
        query = f"""SELECT t.type, t.uri, t.id, t.file, t.offset FROM records t
            WHERE t.replayed AND (t.type = 'conversion' OR (t.type = 'metadata'
                AND t.media LIKE 'application/http%'))
            AND EXISTS (SELECT 1 FROM records p WHERE p.surt = t.surt AND p.replayed
                AND p.type IN {_REPLAYED} AND p.stamp < t.stamp)
            ORDER BY t.file, t.offset"""  # noqa: S608  # constants
        for kind, uri, name, file, offset in self._db.execute(query):
            code = "text-shadows" if kind == "conversion" else "metadata-shadows"
            problem = f"a later {kind} record of the same URI stands where the page should"
            yield Finding(code, problem, file, offset, 0, name, uri)


def _stamp(date: str) -> str:
    return parse_date(date).strftime("%Y%m%d%H%M%S")


def _differ(digest: str, other: str) -> bool:
    """Whether two digests of one algorithm are not the same; others cannot be compared."""
    label, _, value = digest.lower().partition(":")
    other_label, _, other_value = other.lower().partition(":")
    return bool(value and other_value) and label == other_label and value != other_value
