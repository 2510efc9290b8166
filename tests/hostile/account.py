"""What became of every URL that a server was asked for: one recorded outcome each, or it is lost.

    waiting     the frontier hands it out in the next run; what was on its way at a kill is among these
    archived    it rests, and a response or revisit of it stands in the archive
    failed      it rests, and no answer came: each attempt is recorded with its reason

The server's own log is the one side, the holdings after the last run the other. Requests are compared
too: one that no record tells of was on its way at a kill, so there are no more than were on their way.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from archive.formats.opening import records
from archive.formats.records import ReadRecord
from archive.uri import dedupe_key, host_of

READY, LEASED, _, RESTING = range(4)


@dataclass(slots=True)
class Account:
    """URLs by what became of them."""

    archived: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    unrecorded: int = 0  # requests that no record tells of

    def __len__(self) -> int:
        return sum(map(len, (self.archived, self.failed, self.waiting, self.lost)))

    def __str__(self) -> str:
        told = f"{len(self.archived):,} archived, {len(self.failed):,} failed"
        told += f", {len(self.waiting):,} waiting, {len(self.lost):,} lost"
        return f"{told}; {self.unrecorded:,} requests on their way at a kill"


@dataclass(slots=True)
class _Held:
    """What the holdings know."""

    answered: set[str] = field(default_factory=set)
    exchanges: Counter[str] = field(default_factory=Counter)  # that sent something, by URL
    states: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by key
    failures: set[str] = field(default_factory=set)  # keys whose last visit brought nothing
    hosts: set[str] = field(default_factory=set)  # that URLs wait for


def account(asked: Mapping[str, int], holdings: Path) -> Account:
    """What became of the URLs of a server's log (URL: how often), by the holdings."""
    held, found = _held(holdings), Account()
    for url, times in asked.items():
        found.unrecorded += max(0, times - held.exchanges[url])
        _place(url, held, found).add(url)
    return found


def _place(url: str, held: _Held, found: Account) -> set[str]:
    """The one set a URL belongs to. A page has one row in the frontier, robots.txt has none."""
    is_robots = url.endswith("/robots.txt")
    states = held.states[dedupe_key(url)]
    if len(states) != (not is_robots):
        return found.lost
    if states and states[0] in (READY, LEASED):
        return found.waiting
    if url in held.answered:
        return found.archived
    if is_robots:
        asked_again = host_of(url) in held.hosts
        return found.waiting if asked_again else found.failed if held.exchanges[url] else found.lost
    is_failed = states == [RESTING] and dedupe_key(url) in held.failures and held.exchanges[url]
    return found.failed if is_failed else found.lost


def _held(holdings: Path) -> _Held:
    held = _Held()
    for path in (holdings / "warc").glob("*.warc.gz"):
        for record in records(path):
            assert isinstance(record, ReadRecord), record
            if record.type in ("response", "revisit"):
                held.answered.add(record.uri)
            elif record.type == "metadata" and record.get("WARC-Refers-To"):
                held.exchanges[record.uri] += 1
    with closing(sqlite3.connect(holdings / "state.sqlite")) as state:
        for key, host, number, failures in state.execute(
            "SELECT key, host, state, failures FROM urls"
        ):
            held.states[key].append(number)
            held.failures |= {key} if failures else set()
            held.hosts |= {host} if number in (READY, LEASED) else set()
    return held
