"""When the pages of the frontier are due again: `crawler/revisiting/revisit.py` applied to its visits.

A visit is judged twice: when its answer came, by what the page was before, and when it was derived,
by what it turned out to be and whether its text changed. So the frontier keeps of each page the past
before the last visit, and what that visit brought.

Waits of lists pass on the clock of crawler/revisiting/office.py, and nothing is due outside the hours in which
its site may be asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from archive.sites import Site
from archive.warc import parse_date
from crawler.links.lists import page_number
from crawler.politeness.hours import next_allowed
from crawler.revisiting import office, revisit
from crawler.revisiting.revisit import DAY, HOUR, Past
from crawler.visits import Lease, Visit

DEEP = 7 * DAY  # the further pages of a list: pinned and back-dated items are found a week late
FAILED = (HOUR, 6 * HOUR, DAY, 3 * DAY)  # waits after visits without an answer of use, in a row
NEVER = 1e18  # due only when a whole pass is asked for
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class _Last:
    """The past of a page before its last visit, and that visit."""

    past: Past
    at: float = 0.0  # wall clock, seconds
    elapsed: float = 0.0  # since the visit before
    new: int = 0
    status: int = 0
    start: float = revisit.START
    is_seed: bool = False
    is_deep: bool = False
    changed: bool = False
    first: Past | None = None  # of a first visit: what the days on a list say of the time before


class Revisits:
    """The schedule of a run over `sites`."""

    def __init__(self) -> None:
        self.sites: Mapping[str, Site] = {}

    def visited(self, lease: Lease, visit: Visit, now: float) -> tuple[float, str]:
        """The moment the next visit is due, and the history the frontier keeps."""
        site = self.sites.get(lease.lead.site)
        if visit.capture is None or visit.status >= 500:
            due = now + FAILED[min(lease.failures, len(FAILED) - 1)]
            return _allowed(due, site), lease.history
        before = _read(lease.history)
        since = now - parse_date(lease.visited).timestamp() if lease.visited else 0.0
        last = _Last(
            _after(before, lease.kind) if before else Past(),
            now,
            max(0.0, since),
            visit.found,
            visit.status,
            self._start(lease),
            not lease.lead.hops,
            bool(lease.lead.run) and page_number(lease.lead.url) != 1,
            first=revisit.list_first_seen(visit.ages) if visit.ages and not before else None,
        )
        kind = lease.kind or ("list" if last.is_seed or lease.lead.run else "")
        return _allowed(_due(last, kind), site), _write(last)

    def derived(
        self, site: str, history: str, kind: str, changed: bool
    ) -> tuple[float, str] | None:
        """The same once it is known what the page is; None where no visit was noted."""
        last = _read(history)
        if last is None:
            return None
        last = replace(last, changed=changed)
        return _allowed(_due(last, kind), self.sites.get(site)), _write(last)

    def _start(self, lease: Lease) -> float:
        site = self.sites.get(lease.lead.site)
        wanted = site.seeds[lease.lead.seed].revisit if site and not lease.lead.hops else None
        return wanted.total_seconds() if wanted else revisit.START


def _after(last: _Last, kind: str) -> Past:
    """The past after a visit."""
    if last.status in GONE:
        return revisit.gone_visited(last.past)
    past = replace(last.past, gone=0)
    if kind == "list":
        return last.first or revisit.list_visited(past, last.elapsed, last.new)
    return revisit.article_visited(past, last.elapsed, last.changed)


def _due(last: _Last, kind: str) -> float:
    """When a page of that kind is due after its last visit."""
    past = _after(last, kind)
    if last.status in GONE:
        wait = revisit.gone_wait(past, last.status, last.is_seed)
    elif kind == "list":
        if not last.is_deep:
            moment = datetime.fromtimestamp(last.at, UTC)
            return office.list_due(moment, revisit.list_wait(past, start=last.start)).timestamp()
        wait = DEEP
    else:
        wait = revisit.article_wait(past)
    return NEVER if wait is None else last.at + wait


def _allowed(due: float, site: Site | None) -> float:
    """The first moment from `due` on at which the site may be asked."""
    hours = site.politeness.hours if site else None
    if hours is None or due >= NEVER:
        return due
    return next_allowed(datetime.fromtimestamp(due, UTC), hours).timestamp()


def _read(history: str) -> _Last | None:
    if not history:
        return None
    table = json.loads(history)
    first = table.pop("first", None)
    return _Last(Past(**table.pop("past")), **table, first=Past(**first) if first else None)


def _write(last: _Last) -> str:
    first = _fields(last.first) if last.first else None
    return json.dumps(_fields(last) | {"past": _fields(last.past), "first": first})


def _fields(kept: _Last | Past) -> dict[str, Any]:
    """What `dataclasses.asdict` gives, without its copies: they were a third of a visit's cost."""
    return {name: getattr(kept, name) for name in kept.__slots__}
