"""The frontier: every URL of a site, whether it waits, and what its visits brought.

It lies in state.sqlite beside the acknowledged captures, and one process owns it (the kernel lock
of the holdings). Writes gather in one transaction until `commit`; a page's links and its own
end are written between two commits, so they survive together or not at all. What a crash takes
with the last group is not lost: every answer is durable in its WARC before it counts, and `unread`
names the captures whose pages the frontier has not seen, to be read from there and not asked
for again.

    READY   waits to be asked for in this pass        RESTING  was visited; due again later
    LEASED  handed out                                HELD     a further page of a list, see lists.py

A pass of a site makes everything known due and goes on, over as many runs as it takes, until
nothing waits. A run that only takes what is due makes no pass: it wakes what its time has come for.

The interface (add, lease, finish, release, and Hosts for blocking and waking) asks for nothing
that a server's database could not give: SQLite is one way to keep it. Scrapy's JOBDIR is not
supported, for it does not survive a kill (scrapy/scrapy#7978).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from time import time
from typing import Any

from archive.state import Acknowledged, State
from archive.uri import dedupe_key, host_of
from archive.warc import warc_date
from crawler.frontiersql import HELD, LEASE, LEASED, READY, RESTING, TABLES
from crawler.visits import Lead, Lease, Schedule, Visit

RANKED = 1000  # URLs that are given a new place at a time
# Keys remembered to spare look-ups: what the frame of a site links on every page. About 4 MB, which
# a crawl of ten thousand pages has filled, so that one of a hundred thousand holds no more.
SEEN_LIMIT = 20_000


class Frontier:
    """The frontier of one run over `sites`. `waits` is told the host of every URL made ready."""

    def __init__(
        self,
        state: State,
        run: str,
        waits: Callable[[str, int], None],
        schedule: Schedule,
        wall: Callable[[], float] = time,
    ) -> None:
        self.state, self.run = state, run
        self.started = warc_date(datetime.fromtimestamp(wall(), UTC))
        self._waits, self._schedule, self._wall = waits, schedule, wall
        self._sites: frozenset[str] = frozenset()
        self._seen: set[str] = set()
        self.definitions: Mapping[str, str] = {}  # site: digest of its definition
        self.leased: dict[int, Lease] = {}
        self.unread: dict[str, Acknowledged] = {}  # by URI
        self._early: dict[str, tuple[str, str, str | None]] = {}  # by URI: what `derived` was told
        state.create(TABLES)

    def has_links_of(self, lease: Lease) -> bool:
        """Whether the links of a page were read: not where the site's definition, and so perhaps what
        is followed, changed since, nor where the frontier was made again from the archive."""
        return lease.definition == self.definitions.get(lease.lead.site, "")

    def open(self, sites: Iterable[str], *, due_only: bool = False) -> None:
        """Begin a run over these sites, or go on where one was broken off.

        With `due_only` nothing is due but what the schedule says. Single pages, the site `""`, are
        asked for by name: what a broken run of them left is not.
        """
        self._sites = frozenset(sites)
        self._find_unread()
        self.state.write("UPDATE urls SET state = 0 WHERE state = 1")
        self.state.write("UPDATE urls SET state = 3 WHERE state = 0 AND site = ''")
        for site in self._sites - {""}:
            self._wake(site, due_only=due_only)
        self.state.write("INSERT OR REPLACE INTO notes VALUES ('open-run', ?)", (self.run,))
        self.state.commit()
        query = "SELECT host, site, count(*) FROM urls WHERE state = 0 GROUP BY host, site"
        for host, site, count in self.state.query(query).fetchall():
            if site in self._sites:
                self._waits(host, count)

    def rank(self, order: str, rank: Callable[[Lead], float]) -> None:
        """Give what waits its place by `rank`, where the run before went by another order or an order
        that learns; `""` names the one that was there first and does not."""
        row = self.state.query("SELECT value FROM notes WHERE name = 'order'").fetchone()
        if not order and (row is None or not row[0]):
            return
        query = (
            "SELECT id, url, via, hops, site, seed, list, linked, text FROM urls"
            " WHERE state IN (0, 2) AND site = ? AND id > ? ORDER BY id LIMIT ?"
        )
        for site in self._sites:
            last = -1
            while rows := self.state.query(query, (site, last, RANKED)).fetchall():
                changes = [(rank(Lead(*lead)), number) for number, *lead in rows]
                self.state.write_many("UPDATE urls SET priority = ? WHERE id = ?", changes)
                last = rows[-1][0]
        self.state.write("INSERT OR REPLACE INTO notes VALUES ('order', ?)", (order,))

    def knows(self, key: str) -> bool:
        """Whether a page with this dedupe key was ready, leased or visited in one of the sites."""
        if key in self._seen:
            return True
        query = "SELECT site, state FROM urls WHERE key = ?"
        rows = self.state.query(query, (key,))
        known = any(site in self._sites and state != HELD for site, state in rows)
        if known:
            self._remember(key)
        return known

    def add(
        self, lead: Lead, priority: float = 0.0, again: Mapping[str, Any] | None = None
    ) -> bool:
        """Make a URL ready that is not known yet, or only held; whether it is ready now.

        With `again` it is made ready even where it was visited before.
        """
        key = dedupe_key(lead.url)
        if again is None and self.knows(key):
            return False
        row = self._put(key, lead, READY, priority, "" if again is None else json.dumps(again))
        self._remember(key)
        if row:
            self._waits(host_of(lead.url), 1)
        return row

    def hold(self, lead: Lead, priority: float) -> bool:
        """Note a further page of a list; whether it was not noted before."""
        return self._put(dedupe_key(lead.url), lead, HELD, priority, None)

    def wake(self, number: int, host: str) -> None:
        """Make a held or resting URL ready."""
        self.state.write("UPDATE urls SET state = ?, tries = 0 WHERE id = ?", (READY, number))
        self._waits(host, 1)

    def lease(self, host: str) -> Lease | None:
        """The next URL of a host, or None where none is ready."""
        for row in self.state.query(LEASE, (host,)):
            if row[4] in self._sites:
                number, url, via, hops, site, seed, name, linked, tries, again, *rest, text = row
                lead = Lead(url, via, hops, site, seed, name, bool(linked), text)
                kept = json.loads(again) if again else {}
                lease = Lease(number, lead, host, tries, kept, *rest)
                self.state.write("UPDATE urls SET state = ? WHERE id = ?", (LEASED, number))
                self.leased[number] = lease
                return lease
        return None

    def take(self, lead: Lead, priority: float) -> Lease:
        """The lease of this very URL, known or not: for a visit that is read from the archive."""
        key = dedupe_key(lead.url)
        self._put(key, lead, READY, priority, None)
        query = (
            "SELECT id, visits, status, original, etag, modified, history, kind, failures, visited"
            " FROM urls WHERE key = ? AND site = ?"
        )
        number, *known = self.state.query(query, (key, lead.site)).fetchone()
        lease = Lease(number, lead, host_of(lead.url), 0, {}, *known)
        self.leased[number] = lease
        return lease

    def release(self, lease: Lease, *, tried: bool = False) -> None:
        """Give a URL back unvisited; `tried` counts against it."""
        del self.leased[lease.id]
        self._early.pop(lease.lead.url, None)  # of an answer that is no visit
        self.state.write(
            "UPDATE urls SET state = ?, tries = tries + ? WHERE id = ?",
            (READY, int(tried), lease.id),
        )
        self._waits(lease.host, 1)

    def put_off(self, lease: Lease, seconds: float) -> None:
        """Give a URL back unvisited, for a later run."""
        del self.leased[lease.id]
        self.state.write(
            "UPDATE urls SET state = ?, due = ? WHERE id = ?",
            (RESTING, self._wall() + seconds, lease.id),
        )

    def finish(self, lease: Lease, visit: Visit) -> None:
        """Note what a visit brought, and when the next one is due."""
        del self.leased[lease.id]
        capture, status = visit.capture, visit.status
        due, history = self._schedule.visited(lease, visit, self._wall())
        changes: dict[str, Any] = {"state": RESTING, "due": due, "history": history}
        changes |= {"visits": lease.visits + 1, "tries": 0, "again": ""}
        if capture is not None:
            stands = 200 if visit.unchanged and status == 304 else status
            changes |= {"visited": capture.date, "status": stands, "record": capture.record_id}
            self._note_event(lease, capture)
        if status == 200 and capture is not None and not visit.unchanged:
            changes |= {"original": capture.original or capture.record_id}
            changes |= {"etag": visit.etag, "modified": visit.modified}
        if status in (200, 304) and visit.was_read:  # of a 304 in the archive
            changes |= {"definition": self.definitions.get(lease.lead.site, "")}
        failed = capture is None or status >= 400
        changes |= {"failures": lease.failures + 1 if failed else 0}
        self.state.update("urls", changes, "id", lease.id)
        early = self._early.pop(lease.lead.url, None)
        if capture is not None and early is not None and early[0] == capture.record_id:
            record_id, kind, text_digest = early
            self.derived(record_id, capture.uri, kind, text_digest)

    def derived(self, record_id: str, uri: str, kind: str, text_digest: str | None) -> None:
        """Note what a capture turned out to be; a text that differs from the one before is an
        event. The digest folds script, width and punctuation, so a page built anew with the same
        text has not changed.

        May come before `finish`: where deriving is ahead of the spider, and for what a run that
        died had captured."""
        query = (
            "SELECT id, site, text_digest, text_record, history FROM urls"
            " WHERE key = ? AND record = ?"
        )
        found = self.state.query(query, (dedupe_key(uri), record_id)).fetchall()
        if not found and (
            uri in self.unread or any(uri == x.lead.url for x in self.leased.values())
        ):
            self._early[uri] = (record_id, kind, text_digest)
        for number, site, before, before_record, history in found:
            changed = bool(before and text_digest) and before != text_digest
            changes: dict[str, Any] = {"kind": kind}
            if text_digest:
                changes |= {"text_digest": text_digest, "text_record": record_id}
            if planned := self._schedule.derived(site, history, kind, changed):
                changes |= dict(zip(("due", "history"), planned, strict=True))
            self.state.update("urls", changes, "id", number)
            if changed:
                self.state.write("UPDATE urls SET changes = changes + 1 WHERE id = ?", (number,))
                self._event("changed", site, uri, before_record, record_id)

    def before(self, uri: str, site: str) -> tuple[bool, str | None]:
        """Whether a URL brought an article before, and the page it was found on."""
        query = "SELECT text_digest != '', via FROM urls WHERE key = ? AND site = ?"
        row = self.state.query(query, (dedupe_key(uri), site)).fetchone()
        return (bool(row[0]), row[1]) if row else (False, None)

    def way(self, uri: str, site: str) -> tuple[str, int] | None:
        """The hops that lead to a known URL, and which seed they begin at."""
        query = "SELECT hops, seed FROM urls WHERE key = ? AND site = ?"
        row: tuple[str, int] | None
        row = self.state.query(query, (dedupe_key(uri), site)).fetchone()
        return row

    def sites_of(self, uri: str) -> list[str]:
        """The sites of the run that know a URL."""
        rows = self.state.query(
            "SELECT site FROM urls WHERE key = ?", (dedupe_key(uri),)
        ).fetchall()
        return [site for (site,) in rows if site in self._sites]

    def ready(self) -> int:
        """URLs of the run's sites that wait."""
        query = "SELECT site, count(*) FROM urls WHERE state = 0 GROUP BY site"
        return sum(count for site, count in self.state.query(query) if site in self._sites)

    def waiting_seeds(self) -> list[tuple[str, str]]:
        """URL and host of the seeds that wait and were never visited, and of single pages that wait."""
        query = (
            "SELECT site, url, host FROM urls WHERE state = 0 AND hops = ''"
            " AND (visits = 0 OR site = '')"
        )
        return [(url, host) for site, url, host in self.state.query(query) if site in self._sites]

    def close(self, *, finished: bool) -> None:
        """End the run; `finished` closes the passes of sites for which nothing waits."""
        for lease in list(self.leased.values()):
            self.release(lease)
        if finished:
            for site in self._sites:
                self.state.write(
                    "UPDATE passes SET open = 0 WHERE site = ? AND NOT EXISTS"
                    " (SELECT 1 FROM urls WHERE site = ? AND state = 0)",
                    (site, site),
                )
        self.state.write("DELETE FROM notes WHERE name = 'open-run'")
        if finished or not self.unread:
            self.state.write("DELETE FROM notes WHERE name = 'unread-runs'")
        self.state.commit()

    def note_progress(self, **figures: int | str) -> None:
        """Leave figures where another process can read them."""
        row = ("progress", json.dumps(figures))
        self.state.write("INSERT OR REPLACE INTO notes VALUES (?, ?)", row)

    def events(self) -> list[dict[str, str]]:
        """What this run found changed, gone, moved or back."""
        query = "SELECT event, at, site, url, before, after FROM events WHERE run = ? ORDER BY id"
        names = ("event", "at", "site", "url", "before", "after")
        return [dict(zip(names, row, strict=True)) for row in self.state.query(query, (self.run,))]

    def _wake(self, site: str, *, due_only: bool) -> None:
        now = self._wall()
        wake = "UPDATE urls SET state = 0 WHERE state = 3 AND site = ? AND due <= ?"
        if due_only:
            self.state.write(wake, (site, now))
            return
        row = self.state.query("SELECT open FROM passes WHERE site = ?", (site,)).fetchone()
        if row is None or not row[0]:
            self.state.write(wake, (site, float("inf")))
            self.state.write("INSERT OR REPLACE INTO passes VALUES (?, ?, 1)", (site, now))

    def _find_unread(self) -> None:
        """Captures of a run that died, of pages whose visit was not noted; and of the runs before it
        that died while they read what their own forerunner had left."""
        query = "SELECT name, value FROM notes WHERE name IN ('open-run', 'unread-runs')"
        notes = dict(self.state.query(query))
        runs = json.loads(notes.get("unread-runs", "[]"))
        runs += [notes["open-run"]] if "open-run" in notes else []
        if not runs:
            return
        row = ("unread-runs", json.dumps(runs))
        self.state.write("INSERT OR REPLACE INTO notes VALUES (?, ?)", row)
        query = "SELECT record_id FROM captures WHERE run = '' OR run IN (SELECT value FROM json_each(?))"
        for (record_id,) in self.state.query(query, (json.dumps(runs),)):
            capture = self.state.capture(record_id)
            assert capture is not None
            visited = self.state.query(
                "SELECT max(visited) FROM urls WHERE key = ?", (dedupe_key(capture.uri),)
            ).fetchone()[0]
            if not visited or visited < capture.date:
                self.unread[capture.uri] = capture

    def _put(self, key: str, lead: Lead, state: int, priority: float, again: str | None) -> bool:
        """Insert a URL. Where it is there, a held one is made ready, and any with `again`."""
        changed = self.state.write(
            "INSERT INTO urls (key, site, url, host, via, hops, seed, list, linked, state, priority,"
            " again, first_seen, text) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (key, site) DO UPDATE SET state = excluded.state, url = excluded.url,"
            " via = excluded.via, hops = excluded.hops, list = excluded.list, again = excluded.again,"
            " text = excluded.text"
            " WHERE excluded.state = 0 AND (urls.state = 2 OR excluded.again != '')",
            (
                *(key, lead.site, lead.url, host_of(lead.url), lead.via, lead.hops, lead.seed),
                *(lead.run, lead.linked, state, priority, again or "", self._wall(), lead.text),
            ),
        )
        return changed > 0

    def _remember(self, key: str) -> None:
        if len(self._seen) >= SEEN_LIMIT:
            self._seen.clear()
        self._seen.add(key)

    def _note_event(self, lease: Lease, capture: Acknowledged) -> None:
        before, now = lease.status // 100, capture.status
        if before == 2 and now in (404, 410):
            event = "gone"
        elif before == 2 and now in (301, 302, 303, 307, 308):
            event = "moved"
        elif lease.status in (404, 410) and now == 200:
            event = "back"
        else:
            return
        self._event(event, lease.lead.site, lease.lead.url, lease.original, capture.record_id)

    def _event(self, event: str, site: str, url: str, before: str, after: str) -> None:
        capture = self.state.capture(after)
        at = capture.date if capture else ""
        row = (self.run, at, event, site, url, before, after)
        self.state.write(
            "INSERT INTO events (run, at, event, site, url, before, after) VALUES (?,?,?,?,?,?,?)",
            row,
        )


def kind_of(row: Mapping[str, Any]) -> str:
    """What the frontier calls a page with this line of text."""
    return "article" if "text" in row else "list" if row["rejected"] == "list-page" else "other"
