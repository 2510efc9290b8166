"""Two views of one address, fetched under different conditions: does the server cloak?

The crawler fetches each page once, as a plain visitor; a second view is a sample (without and
with a search engine as referrer). These functions only compare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive import lexicon
from archive.linkruns import Site, host_of, kind_of, registered

ALIKE = 0.3  # share of common six-character pieces; two builds of one page share far more
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class View:
    """What one visitor was given."""

    status: int
    location: str = ""
    text: str = ""


def cloaked(url: str, plain: View, other: View) -> str:
    """Why the two views show cloaking, or "" when they do not.

    >>> cloaked("http://www.x.gov.cn/1.html", View(200), View(302, "https://www.m2y-t.com/"))
    'L visitors from search engines are sent to www.m2y-t.com'
    """
    host = host_of(url)
    target = host_of(other.location)
    site = Site(host, registered(host))
    if (
        plain.status == 200
        and 300 <= other.status < 400
        and target
        and kind_of(target, site) == "foreign"
    ):
        return f"L visitors from search engines are sent to {target}"
    if plain.status == 404 and other.status == 200 and other.text:
        return "N only spiders are given the page"
    if plain.text and other.text and _likeness(plain.text, other.text) < ALIKE:
        named = {trade for _, _, trade in lexicon.listed(other.text)}
        named -= {trade for _, _, trade in lexicon.listed(plain.text)}
        return f"X the other view names {', '.join(sorted(named))}" if named else ""
    return ""


def _likeness(one: str, two: str) -> float:
    first, second = _pieces(one), _pieces(two)
    return len(first & second) / max(1, len(first | second))


def _pieces(text: str) -> set[str]:
    plain = _BLANK.sub("", text)
    return {plain[i : i + 6] for i in range(max(1, len(plain) - 5))}
