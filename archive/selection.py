"""Which records of the holdings somebody asked for: by site and by time of capture.

What is chosen is an exchange: a response or revisit with the request and metadata records that
point to it. A chosen revisit brings the exchange it refers to, or it could not be replayed. The
ids stand in a temporary database on disk, so that memory does not grow with the holdings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive import temporary
from archive.replay import SITE_NOTE
from archive.warc import parse_date
from archive.warcreader import Damage, ReadRecord, read

_PERIOD = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_NOTES_LIMIT = 1 << 20  # bytes of a metadata record that are read for its site note


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody asked for; everything when nothing is named."""

    sites: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None  # exclusive

    @property
    def is_everything(self) -> bool:
        return not self.sites and self.since is None and self.until is None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A response or revisit record and the records about it, as places; or one lone record."""

    id: str
    date: datetime
    site: str | None
    refers_to: str | None  # of a revisit: the id of the record that holds the payload


def period(value: str) -> tuple[datetime, datetime]:
    """First moment of a year, month, day or moment in ISO 8601, and the first one after it.

    `ValueError` for anything else. UTC where no offset is given.

    >>> [str(moment)[:10] for moment in period("2026-02")]
    ['2026-02-01', '2026-03-01']
    """
    if match := _PERIOD.fullmatch(value):
        year, month, day = (int(part) if part else 0 for part in match.groups())
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return start, start + timedelta(days=1)
        after = (year, month + 1) if month and month < 12 else (year + 1, 1)
        return start, datetime(*after, 1, tzinfo=UTC)
    moment = datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, moment + timedelta(microseconds=1)


class Selection:
    """The ids of the chosen exchanges of some WARC files. A context manager."""

    def __init__(self, files: Iterable[Path], choice: Choice) -> None:
        self._choice = choice
        self._ids = temporary.database()  # on disk, without a name, gone when closed
        self._ids.execute("CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID")
        if not choice.is_everything:
            for path in files:
                self._choose(path)

    def __contains__(self, name: object) -> bool:
        """Whether the exchange of that record id was chosen."""
        if self._choice.is_everything:
            return True
        found = self._ids.execute("SELECT 1 FROM ids WHERE id = ?", (name,)).fetchone()
        return found is not None

    def records(self, path: Path) -> Iterator[ReadRecord | Damage]:
        """The chosen records of a file in order, its warcinfo records, and its damage."""
        chosen = ""
        for record in read(path):
            if isinstance(record, Damage) or record.type == "warcinfo":
                yield record
                continue
            name = _source(record)
            if name == chosen or name in self:
                chosen = name
                yield record

    def __enter__(self) -> Selection:
        return self

    def __exit__(self, *_: object) -> None:
        self._ids.close()

    def _choose(self, path: Path) -> None:
        taken = [exchange for exchange in exchanges(path) if self._takes(exchange)]
        names = [(exchange.id,) for exchange in taken]
        names += [(exchange.refers_to,) for exchange in taken if exchange.refers_to]
        self._ids.executemany("INSERT OR IGNORE INTO ids VALUES (?)", names)

    def _takes(self, exchange: Exchange) -> bool:
        choice = self._choice
        early = choice.since is not None and exchange.date < choice.since
        late = choice.until is not None and exchange.date >= choice.until
        return not early and not late and (not choice.sites or exchange.site in choice.sites)


def exchanges(path: Path) -> Iterator[Exchange]:
    """The exchanges of a WARC file, in order; records about one stand behind it."""
    held: Exchange | None = None
    for record in read(path):
        if isinstance(record, Damage) or record.type == "warcinfo":
            continue
        if held is None or _source(record) != held.id:
            if held is not None:
                yield held
            refers = record.get("WARC-Refers-To") if record.type == "revisit" else None
            date = parse_date(record.get("WARC-Date") or "")
            held = Exchange(_source(record), date, None, refers.strip("<>") if refers else None)
        if record.type == "metadata" and (site := _site(record)):
            held = Exchange(held.id, held.date, site, held.refers_to)
    if held is not None:
        yield held


def _source(record: ReadRecord) -> str:
    """The id of the exchange a record belongs to: its own, or that of the record it is about."""
    if record.type in ("request", "metadata"):
        about = record.get("WARC-Concurrent-To") or record.get("WARC-Refers-To")
        return (about or record.id).strip("<>")
    return record.id


def _site(record: ReadRecord) -> str | None:
    rows = record.block.read(_NOTES_LIMIT).splitlines()
    mark = f"{SITE_NOTE}:".encode()
    found = next((row for row in rows if row.startswith(mark)), None)
    return None if found is None else found[len(mark) :].decode("utf-8", "replace").strip()
