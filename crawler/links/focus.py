"""Which link to follow first when only pages like some examples are wanted.

A link is judged by what it says and by what came of its relatives: links into the same column,
and links found on the same list. A first page of a column says little of itself (教育要闻), so
whatever may be a list is asked early until its articles are known: one page buys the knowledge.

What was seen is kept beside the frontier, so that the next run and one after a kill begin with it. After
shark search (Hersovici and others, 1998), with the site's columns in place of text around links.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from archive.relevance import Examples
from archive.state import State
from archive.uri import split
from crawler.links.lists import list_name

OWN = 3.0  # articles of a column that weigh as much as what a link says itself
EXPLORE = 0.6  # of a list whose articles are not known: before all but the likeliest articles
ITEMS = 12  # of a list page: it is worth asking for one good article among them
_DAY = re.compile(r"(?:19|20)\d\d(?:[-_]?[01]?\d(?:[-_]?[0-3]?\d)?)?|[0-3]?\d")
_ARTICLE = re.compile(r"\d{4,}|[0-9a-f]{16,}", re.IGNORECASE)


_TABLES = """
CREATE TABLE IF NOT EXISTS focus (
    examples TEXT NOT NULL, relatives TEXT NOT NULL,  -- digest; column, or list_name of a list
    articles INTEGER NOT NULL, relevance REAL NOT NULL,
    PRIMARY KEY (examples, relatives)
) WITHOUT ROWID;
"""


@dataclass(slots=True)
class _Seen:
    """Articles seen of one column or from one list."""

    articles: int = 0
    relevance: float = 0.0  # their sum


class Focus:
    """Ranks links by how likely they lead to pages like the examples."""

    def __init__(self, examples: Examples) -> None:
        self._examples = examples
        self._seen: defaultdict[str, _Seen] = defaultdict(_Seen)
        self._unkept: set[str] = set()

    @property
    def order(self) -> str:
        """What the order it gives is called: the digest of its examples."""
        return self._examples.digest

    def recall(self, state: State) -> None:
        """Know what earlier runs with the same examples kept."""
        state.create(_TABLES)
        query = "SELECT relatives, articles, relevance FROM focus WHERE examples = ?"
        for key, articles, relevance in state.query(query, (self._examples.digest,)):
            self._seen[key] = _Seen(articles, relevance)

    def keep(self, state: State) -> None:
        """Write what was seen since the last time; it waits for `State.commit`."""
        seen = ((key, self._seen[key]) for key in sorted(self._unkept))
        rows = [(self._examples.digest, key, s.articles, s.relevance) for key, s in seen]
        state.write_many("INSERT OR REPLACE INTO focus VALUES (?, ?, ?, ?)", rows)
        self._unkept.clear()

    def saw(self, url: str, relevance: float, via: str | None = None) -> None:
        """Note the relevance of an article, and the page its link was found on."""
        for key in _relatives(url, via):
            seen = self._seen[key]
            seen.articles += 1
            seen.relevance += relevance
            self._unkept.add(key)

    def priority(self, url: str, text: str, context: str = "", via: str | None = None) -> float:
        """0 to 1: what is asked first has most.

        `text` and `context` are the anchor's, `via` the page it stands on.
        """
        own = self._examples.score_anchor(text, context)
        if not is_article_like(url):
            below = self._seen.get(list_name(url)) or self._seen.get(column(url))
            return max(own, 1 - (1 - _mean(below, EXPLORE)) ** ITEMS if below else EXPLORE)
        known = [self._seen[key] for key in _relatives(url, via) if key in self._seen]
        nearest = max(known, key=lambda seen: seen.articles, default=None)
        return (own + (_mean(nearest, own) if nearest else own)) / 2


def column(url: str) -> str:
    """Host and folders of a URL without those that are days: what a site files together.

    >>> column("http://www.a.test/jyj/ywdt/202109/t20210911_5589341.html")
    'www.a.test/jyj/ywdt'
    >>> column("http://www.a.test/scedu/c100494/2021/1/7/0123456789abcdef.shtml")
    'www.a.test/scedu/c100494'
    """
    parts = split(url)
    folders = (parts.path or "/").split("/")[1:-1]
    while folders and _DAY.fullmatch(folders[-1]):
        folders.pop()
    return "/".join([parts.authority or "", *folders])


def is_article_like(url: str) -> bool:
    """Whether a URL names one document: a long number or digest at its end, or a query with one.

    >>> is_article_like("http://www.a.test/jyj/202109/t20210911_5589341.html")
    True
    >>> is_article_like("http://www.a.test/jyj/index_12.html")
    False
    """
    parts = split(url)
    return bool(_ARTICLE.search((parts.path or "").rpartition("/")[2] + "?" + (parts.query or "")))


def _relatives(url: str, via: str | None) -> set[str]:
    return {column(url), list_name(via)} if via else {column(url)}


def _mean(seen: _Seen, own: float) -> float:
    return (seen.relevance + OWN * own) / (seen.articles + OWN)
