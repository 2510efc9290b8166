"""The frontier made again from the WARC files, after state.sqlite was lost.

Every answer that is archived says which site asked for it, from which seed, found where and by which
link; so each is told to the frontier once more, in the order of capture and with the clock at its
moment: what was visited and when, its status, its validators, whether it changed, and by the same
schedule when it is due again. What a page is and the digest of its text stand in text/.

Not in the files, and found again by the next crawl: the links that wait. It asks for every page it
is due to ask for, mostly to hear 304, and reads the links of each in the archive, for no page of
such a frontier has a definition its links were read by. Forgotten are failures without an answer,
pauses of hosts, the items of lists, and how the days on a list dated it at first sight.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from archive import temporary
from archive.formats import message
from archive.formats.records import ReadRecord
from archive.holdings import Holdings, acknowledged, run_of
from archive.replay import LINK_NOTE, SEED_NOTE, SITE_NOTE, notes_of
from archive.sites import load_folder
from archive.state import Acknowledged
from archive.textfiles import MISSHAPEN
from archive.uri import dedupe_key
from archive.warc import parse_date
from archive.warcreader import read
from crawler.frontier import Frontier, kind_of
from crawler.links.lists import list_name
from crawler.revisiting.revisits import Revisits
from crawler.visits import Lead, Visit

_BROKEN = (408, 429)  # and 5xx: answers that did not count as visits, or not yet
_TABLES = """
CREATE TABLE found (key TEXT PRIMARY KEY, via TEXT, date TEXT) WITHOUT ROWID;
CREATE TABLE visits (key TEXT, date TEXT, PRIMARY KEY (key, date)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class _Answer:
    """One archived answer of a crawl, and what it noted beside it."""

    capture: Acknowledged
    head: bytes
    notes: Mapping[str, str]

    @property
    def is_visit(self) -> bool:
        status = self.capture.status
        counts = 0 < status < 500 and status not in _BROKEN
        return counts and bool(self.notes.get(SITE_NOTE))


def refill(holdings: Holdings, sites: Path) -> int:
    """Tell an empty frontier every visit that is archived; how many. 0 where it is not empty. Then the
    holdings are repaired.

    `sites` is the folder of definitions, by whose intervals and hours visits are due. Raises
    `WriteFailed`.
    """
    visits = _Refill(holdings, sites).run()
    holdings.repaired()
    return visits


class _Refill:
    """One pass over the WARC files to see who found what, one to tell the frontier."""

    def __init__(self, holdings: Holdings, sites: Path) -> None:
        assert holdings.state is not None
        self._holdings, self._state = holdings, holdings.state
        self._now = 0.0
        schedule = Revisits()
        schedule.sites = load_folder(sites) if sites.is_dir() else {}
        self._seeds = {name: len(site.seeds) for name, site in schedule.sites.items()}
        self._frontier = Frontier(self._state, "", _nobody_waits, schedule, lambda: self._now)

    def run(self) -> int:
        known = self._state.query("SELECT 1 FROM urls WHERE site != '' LIMIT 1").fetchone()
        files = [path for path in self._holdings.warcs() if path.name.endswith(".gz")]
        if known or not files:
            return 0
        with closing(temporary.database()) as self._links:
            self._links.executescript(_TABLES)
            for path in files:
                self._note_links(path)
            self._links.execute("CREATE INDEX found_via ON found (via, date)")
            visits = sum(self._tell(path) for path in files)
        self._state.commit()
        return visits

    def _note_links(self, path: Path) -> None:
        for answer in _answers(path):
            if answer.is_visit:
                key, date = dedupe_key(answer.capture.uri), answer.capture.date
                via = dedupe_key(answer.notes["via"]) if "via" in answer.notes else None
                self._links.execute("INSERT OR IGNORE INTO found VALUES (?,?,?)", (key, via, date))
                self._links.execute("INSERT OR IGNORE INTO visits VALUES (?,?)", (key, date))

    def _tell(self, path: Path) -> int:
        """Tell the frontier the visits of a file, and what its pages are."""
        kinds = _kinds(self._holdings.folder("text") / path.name.replace(".warc.gz", ".jsonl"))
        count = 0
        for answer in _answers(path):
            if answer.is_visit:
                count += 1
                self._visit(answer)
                if answer.capture.record_id in kinds:
                    name, uri = answer.capture.record_id, answer.capture.uri
                    self._frontier.derived(name, uri, *kinds[name])
        return count

    def _visit(self, answer: _Answer) -> None:
        capture, notes = answer.capture, answer.notes
        self._now = parse_date(capture.date).timestamp()
        self._frontier.run = capture.run
        hops = notes.get("hopsFromSeed", "")
        site, seed = notes[SITE_NOTE], notes.get(SEED_NOTE, "")
        lead = Lead(
            capture.uri,
            notes.get("via"),
            hops,
            site,
            int(seed) if seed.isdecimal() and int(seed) < self._seeds.get(site, 0) else 0,
            list_name(capture.uri) if hops.endswith("N") else None,
            text=notes.get(LINK_NOTE, ""),
        )
        lease = self._frontier.take(lead, float(len(hops) - hops.count("N")))
        visit = Visit(
            capture,
            unchanged=bool(capture.original) and capture.original == lease.original,
            etag=message.field(answer.head, "etag") or "",
            modified=message.field(answer.head, "last-modified") or "",
            found=self._found(dedupe_key(capture.uri), capture.date),
            was_read=False,
        )
        self._frontier.finish(lease, visit)

    def _found(self, key: str, date: str) -> int:
        """How many URLs a visit brought: of those found on the page, the ones asked for first
        between this visit and its next."""
        query = (
            "SELECT count(*) FROM found WHERE via = ? AND date >= ? AND date < coalesce("
            "(SELECT min(date) FROM visits WHERE key = ? AND date > ?), '9')"
        )
        row = self._links.execute(query, (key, date, key, date)).fetchone()
        return int(row[0])


def _answers(path: Path) -> Iterator[_Answer]:
    """The answers of a WARC file, in order."""
    run, held, head = "", None, b""
    for record in read(path):
        if not isinstance(record, ReadRecord):
            continue
        if record.type == "warcinfo":
            run = run_of(record)
        elif record.type in ("response", "revisit"):
            if held is not None:
                yield _Answer(held, head, {})
            start = record.block.read(message.HEAD_LIMIT)
            record.block.seek(0)
            held, head = acknowledged(record, run), start[: message.head_length(start)]
        elif record.type == "metadata" and held is not None:
            refers = (record.get("WARC-Refers-To") or "").strip("<>")
            if refers == held.record_id:
                yield _Answer(held, head, notes_of(record))
                held = None
    if held is not None:
        yield _Answer(held, head, {})


def _kinds(text: Path) -> dict[str, tuple[str, str | None]]:
    """What the captures of a file are and the digests of their text, by record id."""
    if not text.exists():
        return {}
    kinds = {}
    with text.open("rb") as file:
        for line in file:
            with suppress(*MISSHAPEN):  # `fangzhi check` tells of it, and nothing depends on it
                row = json.loads(line)
                kinds[row["id"]] = (kind_of(row), row.get("text_digest"))
    return kinds


def _nobody_waits(host: str, count: int) -> None:
    """The frontier is filled, and nothing is asked for."""
