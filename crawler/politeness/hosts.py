"""How each host is treated: one request at a time, a pause between two, and rest when it suffers.

In a run everything counts on the monotonic clock, so a clock that jumps neither floods a host nor
holds it for years; what outlasts the run (until when a host rests, and how often it had to) is kept
in the frontier's database by the wall clock.

The circuit breaker: `FAILURES` requests in a row without an answer of use open it for `OPEN`
seconds; then one request is tried, and when that fails too the rest doubles, to a day at most.
(The count is Nutch's per-queue limit of exceptions, the form is Nygard's, "Release It!".)
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from heapq import heappop, heappush
from time import monotonic, time
from typing import Any

from archive.state import State

FAILURES = 5
OPEN = 600.0  # seconds
OPEN_LIMIT = 24 * 3600.0
RETRY_AFTER_LIMIT = 3600.0  # seconds; what a server asks for beyond that is cut to it
REFUSED = 30.0  # seconds of rest after a refusal that names none, doubling
CHALLENGED = 60.0  # seconds of rest after a block page, doubling
_IN_WORDS = {
    "robots": "its robots.txt cannot be read",
    "retry-after": "told to come back later",
    "refused": "refused with 429 or 503",
    "block-page": "a block page",
    "circuit-open": f"{FAILURES} failures in a row",
    "error": "an error of fangzhi, see its messages",
    "hours": "outside the hours of its definition",
}
JITTER = 0.2  # of the delay, upwards only: no two requests come sooner than stated
_TABLES = """
CREATE TABLE IF NOT EXISTS hosts (
    host TEXT PRIMARY KEY,
    rests_until REAL NOT NULL DEFAULT 0,  -- wall clock, seconds
    why TEXT NOT NULL DEFAULT '',         -- the keys of _IN_WORDS
    failures INTEGER NOT NULL DEFAULT 0,  -- in a row
    rests INTEGER NOT NULL DEFAULT 0      -- in a row, for the doubling
) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Host:
    """One host in this run. Moments are of the monotonic clock."""

    name: str
    delay: float = 0.0  # seconds between requests: the site definition's or robots.txt's
    ready: int = 0  # URLs that wait for it
    busy: bool = False
    queued: bool = False  # stands in the queue of `Hosts`
    free_at: float = 0.0  # the pause after the last request is over
    rests_until: float = 0.0
    why: str = ""
    failures: int = 0
    rests: int = 0
    robots_tries: int = 0  # in a row that brought no answer
    # Requests of others that come first in its turns: their robots.txt was redirected to it.
    errands: deque[Any] = field(default_factory=deque)
    held: bool = False  # its own URLs wait until its robots.txt came from another host

    @property
    def has_work(self) -> bool:
        """Whether its next turn can be used."""
        return bool(self.errands) or (self.ready > 0 and not self.held)

    @property
    def next_at(self) -> float:
        """When it may be asked again."""
        return max(self.free_at, self.rests_until)


class Hosts:
    """Every host of a run, and which of them may be asked now."""

    def __init__(
        self,
        state: State,
        clock: Callable[[], float] = monotonic,
        wall: Callable[[], float] = time,
    ) -> None:
        self._state, self.clock, self._wall = state, clock, wall
        self._hosts: dict[str, Host] = {}
        self._queue: list[tuple[float, int, str]] = []  # heap: moment, order, host
        self._order = 0
        state.create(_TABLES)

    def __getitem__(self, name: str) -> Host:
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = self._load(name)
        return host

    def __iter__(self) -> Iterator[Host]:
        return iter(self._hosts.values())

    @property
    def waiting(self) -> int:
        """URLs that wait for their host."""
        return sum(host.ready for host in self)

    @property
    def resting(self) -> list[Host]:
        """Hosts that URLs wait for and that may not be asked for a while."""
        now = self.clock()
        return [host for host in self if host.ready > 0 and host.rests_until > now]

    def waits(self, name: str, more: int = 1) -> None:
        """Note URLs that wait for a host."""
        host = self[name]
        host.ready += more
        self._enqueue(host)

    def turn(self) -> Host | None:
        """A host that may be asked now and has URLs waiting; it is busy until `done`."""
        now = self.clock()
        while self._queue and self._queue[0][0] <= now:
            host = self._hosts[heappop(self._queue)[2]]
            host.queued = False
            if host.next_at > now:
                self._enqueue(host)
            elif host.has_work and not host.busy:
                host.busy = True
                return host
        return None

    def next_turn(self) -> float | None:
        """Seconds until a host may be asked again; None where none has URLs waiting."""
        moments = (host.next_at for host in self if host.has_work and not host.busy)
        soonest = min(moments, default=None)
        return None if soonest is None else max(0.0, soonest - self.clock())

    def done(self, host: Host, *, asked: bool = True) -> None:
        """The request to a host is over: its pause begins. Without `asked` none was sent."""
        if asked:
            host.free_at = self.clock() + host.delay * (1 + random.uniform(0, JITTER))
        host.busy = False
        self._enqueue(host)

    def hold(self, host: Host, other: Host, errand: Any) -> None:
        """The URLs of a host wait until `errand` was asked of another one, in a turn of that."""
        host.held = True
        other.errands.append(errand)
        self._enqueue(other)

    def let_go(self, host: Host) -> None:
        """The URLs of a host wait for nothing but its turn."""
        host.held = False
        self._enqueue(host)

    def answered(self, host: Host) -> None:
        """A host gave an answer of use: nothing counts against it any more."""
        if host.failures or host.rests:
            host.failures = host.rests = 0
            self._save(host)

    def failed(self, host: Host) -> None:
        """A request brought nothing. `FAILURES` of them open the circuit breaker."""
        host.failures += 1
        if host.failures >= FAILURES:
            self.rest(host, "circuit-open", OPEN, doubling=True)

    def refused(self, host: Host, retry_after: float | None) -> None:
        """A host said 429 or 503: it rests as long as it asks for, or a while that doubles.

        One that goes on refusing after the time it named itself is treated like a broken one.
        """
        host.failures += 1
        if host.failures >= FAILURES:
            self.rest(host, "circuit-open", OPEN, doubling=True)
        elif retry_after is None:
            self.rest(host, "refused", REFUSED, doubling=True)
        else:
            self.rest(host, "retry-after", min(retry_after, RETRY_AFTER_LIMIT))

    def challenged(self, host: Host) -> None:
        """A host sent a block or challenge page: it rests, longer each time. Never evaded."""
        self.rest(host, "block-page", CHALLENGED, doubling=True)

    def rest(self, host: Host, why: str, seconds: float, *, doubling: bool = False) -> None:
        """Ask nothing of a host for a while; `doubling` with each rest in a row."""
        if doubling:
            seconds = min(seconds * 2**host.rests, OPEN_LIMIT)
            host.rests += 1
        host.rests_until = max(host.rests_until, self.clock() + seconds)
        host.why = why
        self._save(host)

    def is_put_off(self, host: Host) -> bool:
        """Whether a host rests by its own doing: it refused, failed or blocked, or named a time;
        or waits for one that does."""
        waits = host.why == "retry-after" and host.rests_until > self.clock()
        return waits or host.rests > 0 or host.held

    def why_it_rests(self, host: Host) -> str:
        """The reason for a host's rest and, in words, until when nothing is asked of it."""
        if host.held:
            return "its robots.txt is at another host, whose turn has not come"
        left = max(host.rests_until - self.clock(), 0.0)
        if left < 1:
            return host.why
        until = datetime.fromtimestamp(self._wall() + left, UTC)
        return (
            f"{_IN_WORDS.get(host.why, host.why)}; its host rests until {until:%Y-%m-%dT%H:%M:%SZ}"
        )

    def _enqueue(self, host: Host) -> None:
        if host.has_work and not host.busy and not host.queued:
            host.queued = True
            self._order += 1
            heappush(self._queue, (host.next_at, self._order, host.name))

    def _load(self, name: str) -> Host:
        host = Host(name)
        row = self._state.query(
            "SELECT rests_until, why, failures, rests FROM hosts WHERE host = ?", (name,)
        ).fetchone()
        if row is not None:
            until, host.why, host.failures, host.rests = row
            left = min(max(until - self._wall(), 0.0), OPEN_LIMIT)
            host.rests_until = self.clock() + left
        return host

    def _save(self, host: Host) -> None:
        until = self._wall() + max(host.rests_until - self.clock(), 0.0)
        self._state.write(
            "INSERT INTO hosts (host, rests_until, why, failures, rests) VALUES (?,?,?,?,?)"
            " ON CONFLICT (host) DO UPDATE SET rests_until = excluded.rests_until,"
            " why = excluded.why, failures = excluded.failures, rests = excluded.rests",
            (host.name, until, host.why, host.failures, host.rests),
        )


def retry_after(value: str, now: datetime | None = None) -> float | None:
    """Seconds a Retry-After field asks for (RFC 9110, 10.2.3); None where it cannot be read.

    >>> retry_after("120")
    120.0
    >>> retry_after("Fri, 31 Dec 1999 23:59:59 GMT", datetime(1999, 12, 31, 23, 59, 29, tzinfo=UTC))
    30.0
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:10])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # of a year of twenty digits
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
