"""Archive files judged by the standard, record by record, and by what replay makes of them.

    checker = Checker()
    for path in files:
        findings = checker.file(path)     # as they are found
    findings = checker.finish()           # what shows over all files only

Memory is bounded; every byte of every file is read once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive.checks.checkdigest import block_digest, http_head, payload_digest
from archive.checks.checkheader import PROFILES, Said, header
from archive.checks.checkhttp import http
from archive.checks.checkset import RecordSet
from archive.checks.rules import RULES, Finding, Severity
from archive.formats import message
from archive.formats.opening import INSIDE, records
from archive.formats.packing import GZIP, ZSTD
from archive.formats.records import Damage, ReadRecord
from archive.formats.segments import joined

_GROWING = ("torn", "torn-end", "empty-file")  # what a file may be while it is written
_FIELDS_LIMIT = 1 << 20  # bytes of a block of fields that are looked at
_MOST = 1000  # findings of one code told in one file; the others are counted


@dataclass(slots=True)
class Tally:
    """What was checked, and what was found."""

    files: int = 0
    records: Counter[str] = field(default_factory=Counter)  # by type
    findings: Counter[str] = field(default_factory=Counter)  # by code
    lost: int = 0  # bytes
    captures: int = 0
    unreplayable: Counter[str] = field(default_factory=Counter)  # captures by engine

    def count(self, severity: Severity) -> int:
        """Findings of one weight."""
        return sum(n for code, n in self.findings.items() if RULES[code].severity == severity)


class Checker:
    """Checks files one after the other."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._set = RecordSet()
        self._broken: dict[str, set[tuple[str, int]]] = {"pywb": set(), "replayweb": set()}

    def file(
        self, path: Path, *, replayed: bool = True, growing: bool = False
    ) -> Iterator[Finding]:
        """What is wrong with a file; `replayed` when replay is meant to index it, `growing` when
        somebody may still be writing its last record."""
        self.tally.files += 1
        told: Counter[str] = Counter()
        for finding in _File(path, self._set, self.tally, replayed, growing).findings():
            self._note(finding)
            told[finding.code] += 1
            if told[finding.code] <= _MOST:
                yield finding

    def finish(self) -> Iterator[Finding]:
        """What is wrong between the records of all files."""
        for finding in self._set.findings():
            self._note(finding)
            yield finding
        self._set.close()
        for engine, places in self._broken.items():
            self.tally.unreplayable[engine] = len(places)

    def counted(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """What somebody else found of the same files, as it is; the tally counts it, too."""
        for finding in findings:
            self._note(finding)
            yield finding

    def _note(self, finding: Finding) -> None:
        self.tally.findings[finding.code] += 1
        for engine in finding.rule.breaks:
            self._broken[engine].add((finding.file, finding.offset))


class _File:
    """One file while it is read."""

    def __init__(
        self, path: Path, known: RecordSet, tally: Tally, replayed: bool, growing: bool
    ) -> None:
        self._path = path
        self._known = known
        self._tally = tally
        self._replayed = replayed
        self._growing = growing
        self._once: set[str] = set()  # codes told once a file
        self._end = 0  # where the last record ended
        self._member = -1  # where the last record's member began
        self._segments = False

    def findings(self) -> Iterator[Finding]:
        try:
            yield from self._as_a_whole()
            for found in records(self._path, strict=True):
                if isinstance(found, Damage):
                    if not (self._growing and found.code in _GROWING):
                        yield self._damage(found)
                    continue
                for code, problem in self._record(found):
                    yield _finding(code, problem, found)
                self._known.add(found, replayed=self._replayed)
            if self._segments:
                yield from self._joined()
        except FileNotFoundError:
            yield Finding("no-file", "no such file", str(self._path))
        except OSError as problem:
            yield Finding("no-file", problem.strerror or str(problem), str(self._path))

    def _as_a_whole(self) -> Iterator[Finding]:
        with self._path.open("rb") as file:
            magic = file.read(4)
        name = self._path.name.lower().removesuffix(".open")
        packed = magic.startswith((GZIP[:2], ZSTD)) or magic[1:] == b"\x2a\x4d\x18"
        if magic.startswith(ZSTD) or magic[1:] == b"\x2a\x4d\x18":
            yield Finding("zstd", "packed with zstd", self._path.name)
        if magic and name.endswith((".gz", ".zst")) and not packed:
            yield Finding("name-not-packed", "the name says packed, the file is not", name)
        if packed and name.endswith((".warc", ".arc")):
            yield Finding("packed-not-named", "the file is packed, its name does not say so", name)

    def _damage(self, damage: Damage) -> Finding:
        self._end = damage.end
        code = damage.code if damage.code in RULES else "damaged"
        if code in ("damaged", "torn", "zeros"):
            self._tally.lost += damage.end - damage.start
        return Finding(code, damage.problem, damage.file, damage.start, damage.end)

    def _record(self, record: ReadRecord) -> Iterator[Said]:
        self._tally.records[record.type[:40] or "untyped"] += 1
        self._tally.captures += record.type in ("response", "revisit") and self._replayed
        self._segments = self._segments or record.get("WARC-Segment-Number") is not None
        yield from self._place(record)
        if record.problem:
            stated = record.get("Content-Length") or ""
            beyond = not stated or (stated.isdecimal() and int(stated[:18]) > self._size())
            yield "length-beyond" if beyond else "length-wrong", record.problem
        if record.version.startswith("ARC"):
            yield from self._first("arc", "an ARC file")
        else:
            yield from header(record)
            if record.closing != b"\r\n\r\n":
                yield "record-end", f"{record.closing[:16]!r} behind the block"
        yield from block_digest(record)
        if record.get("WARC-Segment-Number") is None:
            yield from payload_digest(record)
            yield from http(record)
        yield from _fields(record)
        yield from _replay(record)

    def _place(self, record: ReadRecord) -> Iterator[Said]:
        """What is odd about where the record stands."""
        start = record.location.offset
        if start == 0 and record.inside == 0:
            if record.type != "warcinfo":
                yield from self._first("no-warcinfo", "the file does not begin with a warcinfo")
            self._end = 0
        elif record.packed and start > self._end:
            yield "member-empty", f"an empty member at byte {self._end:,}"
        if record.packed and record.inside and start == self._member:
            yield from self._first("member-shared", "several records in one member")
        elif record.inside or (not record.packed and self._end == 0 and start):
            yield from self._first("record-start", "line ends in front of a record")
        self._member = start
        self._end = max(self._end, start + record.location.length)
        named = record.get("WARC-Filename")
        if record.type == "warcinfo" and named and INSIDE not in record.location.file:
            bare = record.location.file.removesuffix(".open")
            if named.strip('"') != bare:
                yield from self._first("renamed", f"it was called {named[:120]}")

    def _first(self, code: str, problem: str) -> Iterator[Said]:
        if code not in self._once:
            self._once.add(code)
            yield code, problem

    def _joined(self) -> Iterator[Finding]:
        """Segmented records as the whole they are."""
        for found in joined(records(self._path)):
            if isinstance(found, Damage):
                continue
            if found.problem.startswith("segmented"):
                yield _finding("segment-missing", found.problem, found)
            elif found.type == "continuation":
                yield _finding("segment-missing", "the segments before it are missing", found)
            elif _was_segmented(found):
                yield _finding("segmented", "the record goes on in continuation records", found)
                for code, problem in (*payload_digest(found), *http(found)):
                    yield _finding(code, problem, found)

    def _size(self) -> int:
        return self._path.stat().st_size


def _was_segmented(record: ReadRecord) -> bool:
    return b"warc-segment-number" in record.head.lower()


def _fields(record: ReadRecord) -> Iterator[Said]:
    """A block of type application/warc-fields is made of named fields (WARC 1.1, 4)."""
    media = (record.get("Content-Type") or "").partition(";")[0].strip().lower()
    if media != "application/warc-fields" or record.version.startswith("ARC"):
        return
    record.block.seek(0)
    block = record.block.read(_FIELDS_LIMIT)
    try:
        rows = [row.decode("utf-8") for row in block.splitlines()]
    except UnicodeDecodeError:
        yield "warc-fields", "the fields in the block are not UTF-8"
        return
    odd = next((row for row in rows if row and row[:1] not in " \t" and ":" not in row), None)
    if odd is not None:
        yield "warc-fields", f"{odd[:60]!r} in the block has no colon"


def _replay(record: ReadRecord) -> Iterator[Said]:
    """Forms that replay engines are known to show wrongly (measured, 2026-11)."""
    if record.type == "revisit":
        head, _ = http_head(record)
        status = message.status(head)
        unchanged = "server-not-modified" in (record.get("WARC-Profile") or "")
        if unchanged and 300 <= status < 400:
            yield "revisit-304-block", f"the block holds a head with status {status}"
        elif unchanged and head:
            yield "revisit-invented", f"the block holds a head with status {status or '?'}"
        elif not unchanged and not head:
            yield "revisit-no-head", "the block is empty"
        elif not unchanged and record.get("WARC-Truncated") is None:
            yield "revisit-not-truncated", "the block is cut, and the record does not say so"
        version = PROFILES.get(record.get("WARC-Profile") or "")
        if version and record.version != f"WARC/{version}":
            yield "profile-version", f"the profile is of WARC {version}"
    elif record.type == "response" and message.status(http_head(record)[0]) == 304:
        yield "response-304", "a 304 stored as a response"


def _finding(code: str, problem: str, record: ReadRecord) -> Finding:
    place = record.location
    return Finding(
        code, problem, place.file, place.offset, place.offset + place.length, record.id, record.uri
    )
