"""Addresses that lead a crawler round in circles.

Rules and numbers after Heritrix 3 (TooManyPathSegments 20, PathologicalPath 2 repeats); they look
at one address only. What only shows over time, a calendar or a visit number in the query, has one
`shape` with thousands of addresses: the crawl counts shapes.
"""

from __future__ import annotations

import re
from collections import Counter

from archive.uri import split

LENGTH_LIMIT = 2083  # characters; the longest address Internet Explorer knew, so the longest in use
SEGMENT_LIMIT = 20
REPEAT_LIMIT = 2  # times a run of segments may follow itself
RUN_LENGTH = 3  # segments of such a run
PARAMETER_LIMIT = 40
# Pages that differ in nothing but numbers, whose links are followed: a visit number, a soft 404
# under every address. The links of the first ones are those of the others.
SAME_TEXT = 50
REMEMBERED = (
    10_000  # texts, 1.5 MB; the half that came most seldom is dropped then, and counted anew
)

_DIGITS = re.compile(r"\d+")
_HEXADECIMAL = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)


def trap(url: str) -> str | None:
    """Why an address is not asked for: `long`, `deep`, `repeats` or `parameters`; else None.

    >>> trap("http://a.test/xw/xw/xw/xw/index.html")
    'repeats'
    >>> trap("http://a.test/xw/2021/11/11/11.html") is None
    True
    """
    if len(url) > LENGTH_LIMIT:
        return "long"
    parts = split(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > SEGMENT_LIMIT:
        return "deep"
    if _repeats(segments):
        return "repeats"
    if (parts.query or "").count("&") >= PARAMETER_LIMIT:
        return "parameters"
    return None


def shape(url: str) -> str | None:
    """What the addresses of one script have in common, or None for an address without a query.

    A real list has a few hundred pages of one shape; a calendar has no end.

    >>> shape("http://a.test/rili.jsp?date=2021-09-11&id=7")
    'http://a.test/rili.jsp?date&id'
    """
    address, mark, query = url.partition("#")[0].partition("?")
    if not mark:
        return None
    names = sorted({pair.partition("=")[0] for pair in query.split("&")})
    return _DIGITS.sub("#", _HEXADECIMAL.sub("#", address)) + "?" + "&".join(names)


def _repeats(segments: list[str]) -> bool:
    """Whether a run of segments follows itself more than `REPEAT_LIMIT` times; numbers do not
    count, `/11/11/11/` is a date."""
    for length in range(1, RUN_LENGTH + 1):
        for start in range(len(segments) - length * (REPEAT_LIMIT + 1) + 1):
            run = segments[start : start + length]
            again = run * (REPEAT_LIMIT + 1)
            if segments[start : start + len(again)] == again and not all(map(str.isdigit, run)):
                return True
    return False


class SameText:
    """How many pages of a run had one text on one host."""

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()  # by hash

    def has_enough(self, host: str, likeness: bytes) -> bool:
        """Count a page of a host; whether the links of its text were followed often enough."""
        if len(self._seen) >= REMEMBERED:
            self._seen = Counter(dict(self._seen.most_common(REMEMBERED // 2)))
        text = hash((host, likeness))
        self._seen[text] += 1
        return bool(likeness) and self._seen[text] > SAME_TEXT
