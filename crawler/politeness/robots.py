"""robots.txt as RFC 9309 has it: what an answer decides depends on its status first.

    2xx                        its rules, in the first 500 kiB
    3xx                        followed for five hops, to any host; beyond that it is unavailable
    4xx but 429                unavailable: everything is allowed (2.3.1.3)
    5xx, 429, no answer        unreachable: nothing is allowed yet (2.3.1.4), the host is put off

Scrapy reads the body whatever the status is, so an error page with a Disallow line blocks a site
and a broken server opens it.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from time import monotonic, time
from urllib.parse import quote

from protego import Protego

from archive.state import State

AGENT = "fangzhi"  # the product token robots.txt addresses us by (RFC 9309, 2.2.1)
SIZE_LIMIT = 500 * 1024  # bytes that are read (RFC 9309, 2.5)
HOPS = 5  # redirects followed (RFC 9309, 2.3.1.2)
FRESH = 24 * 3600.0  # seconds an answer holds (RFC 9309, 2.4)
CRAWL_DELAY_LIMIT = 120.0  # seconds; longer ones are a typing error or a way to say no
_BEYOND = re.compile(rb"[\x80-\xff]")
_ESCAPED = re.compile(r"%([89A-Fa-f][0-9A-Fa-f])")
_TABLES = """
CREATE TABLE IF NOT EXISTS robots (
    origin TEXT PRIMARY KEY,  -- scheme://authority
    rules TEXT NOT NULL, record_id TEXT NOT NULL, at REAL NOT NULL  -- wall clock, seconds
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Robots:
    """What a host's robots.txt says, and where that was captured."""

    rules: str = ""  # "" allows everything
    record_id: str = ""

    def allows(self, url: str) -> bool:
        """Whether the URL may be asked for."""
        return not self.rules or bool(self._parsed.can_fetch(_by_octets(url), AGENT))

    @property
    def crawl_delay(self) -> float:
        """Seconds between requests it asks for, at most `CRAWL_DELAY_LIMIT`; 0 where it does not."""
        asked = self._parsed.crawl_delay(AGENT) if self.rules else None
        return min(max(float(asked or 0), 0.0), CRAWL_DELAY_LIMIT)

    @cached_property
    def _parsed(self) -> Protego:
        return Protego.parse(_by_octets(_in_ascii(self.rules.encode("utf-8"))))


class Answers:
    """What the robots.txt of each origin said; an answer holds for a day, across runs."""

    def __init__(
        self,
        state: State,
        clock: Callable[[], float] = monotonic,
        wall: Callable[[], float] = time,
    ) -> None:
        self._state, self._clock, self._wall = state, clock, wall
        self._known: dict[str, tuple[Robots, float]] = {}  # origin: answer, until when it holds
        state.create(_TABLES)

    def get(self, origin: str) -> Robots | None:
        """The answer of an origin, or None where it has to be asked."""
        if origin not in self._known:
            query = "SELECT rules, record_id, at FROM robots WHERE origin = ?"
            row = self._state.query(query, (origin,)).fetchone()
            age = self._wall() - row[2] if row else FRESH
            if not row or not 0 <= age < FRESH:
                return None
            self._known[origin] = (Robots(row[0], row[1]), self._clock() + FRESH - age)
        robots, until = self._known[origin]
        return robots if self._clock() < until else None

    def learn(self, origin: str, robots: Robots) -> None:
        """Note the answer of an origin."""
        self._known[origin] = (robots, self._clock() + FRESH)
        row = (origin, robots.rules, robots.record_id, self._wall())
        self._state.write("INSERT OR REPLACE INTO robots VALUES (?,?,?,?)", row)


def origin_of(url: str) -> str:
    """Scheme and authority of a URL: what one robots.txt speaks for (RFC 9309, 2.3).

    >>> origin_of("https://u:p@A.test:8443/x?y")
    'https://a.test:8443'
    """
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2]
    return f"{scheme}://{authority.lower()}"


def decide(status: int, body: bytes, record_id: str = "") -> Robots | None:
    """What an answer decides; None where the host is unreachable and has to wait.

    `body` is without codings. A redirect counts here as unavailable: following it comes before.

    >>> decide(404, b"User-agent: *\\nDisallow: /").allows("http://a.test/")
    True
    >>> decide(503, b"") is None
    True
    """
    if 200 <= status < 300:
        read = _whole_lines(body).removeprefix(BOM_UTF8)
        return Robots(_in_ascii(read) if b"\x00" not in read else "", record_id)
    if status == 429 or status >= 500 or status < 100:
        return None
    return Robots("", record_id)


def _whole_lines(body: bytes) -> bytes:
    """What is read of a body: `Disallow: /private`, cut short, would be `Disallow: /`."""
    if len(body) <= SIZE_LIMIT:
        return body
    read = body[:SIZE_LIMIT]
    return read[: max(read.rfind(b"\n"), read.rfind(b"\r")) + 1]


def _in_ascii(data: bytes) -> str:
    """Text with every octet beyond ASCII escaped: a path in GBK keeps its octets."""
    return _BEYOND.sub(lambda octet: b"%%%02X" % ord(octet[0]), data).decode("ascii")


def _by_octets(text: str) -> str:
    """Text whose escaped octets beyond ASCII are characters of their own, for Protego.

    Rules and URLs are compared octet by octet (RFC 9309, 2.2.2). Protego 0.7 reads escapes as
    UTF-8, and what is none, as a path in GBK, as U+FFFD: then one such path is like any other.

    >>> decide(200, b"User-agent: *\\nDisallow: /%B9%AB/").allows("http://a.test/%D5%FE/")
    True
    """
    return _ESCAPED.sub(lambda escape: quote(chr(int(escape[1], 16))), text)
