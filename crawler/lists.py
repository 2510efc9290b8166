"""The further pages of lists and long articles: one after the other, until they end.

A page may name five hundred further pages of which none exists, a server may repeat its last page
for ever, and a page in the middle may fail. So of each list one page is on its way at a time:

* a page that brings a URL no other page of the list has shown is followed by the next one;
* a page that brings none ends the list: what it names, and what was only reckoned from a count
  in a script, is dropped. A server that repeats its last page is asked for one page too many;
* a page that fails is passed over; `AHEAD` of them in a row end the list.

Pages that a page with something new links in its own markup are asked for all the same: somebody
made these links, they are ten at most, and saved sites have lists of which only the frame is left.

What counts as new is new in this list: an article that was met elsewhere first ends nothing. The
cost: a list whose pages show other links at random is followed to the limit of pages. The further
pages of an article bring no links, so only failures and the limit end them.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Set
from dataclasses import dataclass, field

from archive.uri import dedupe_key, split
from crawler.discover import Found
from crawler.pagers import AHEAD, PAGES_LIMIT, page_parameter, part_of_unit

ARTICLE_PAGES = 200  # further pages of one article: longer ones are books

_PAGE_NUMBER = re.compile(r"[_-]?\d{1,5}$")
_FRONT = ("index", "default")
_COUNTED = ("startrecord", "endrecord", "perpage", "paramjson")


@dataclass(frozen=True, slots=True)
class Lead:
    """A URL to ask for, and how it was found."""

    url: str
    via: str | None  # the page it was found on
    hops: str  # from the seed, see crawler/follow.py
    site: str
    seed: int  # which of the site's seeds
    run: str | None = None  # the list it is a page of, and which waits for it
    linked: bool = False  # by an anchor, not reckoned from a count


@dataclass(slots=True)
class _Run:
    """The pages of one list."""

    limit: int  # pages asked for beyond the first
    is_article: bool
    waiting: deque[Lead] = field(default_factory=deque)
    named: set[str] = field(default_factory=set)  # every page that was named
    shown: set[str] = field(default_factory=set)  # the links its pages have shown, by `identity`
    asked: int = 0
    misses: int = 0  # in a row
    busy: bool = False
    ended: str = ""  # why


class Lists:
    """Every list of a crawl. Pages that are not asked for are counted in `dropped`, by reason."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self._runs: dict[str, _Run] = {}

    def add(self, name: str, lead: Lead, *, limit: int, is_article: bool) -> None:
        """Note a further page of a list."""
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = _Run(limit, is_article)
        if lead.url in run.named:
            return
        run.named.add(lead.url)
        if run.ended:
            self.dropped[run.ended] += 1
        else:
            run.waiting.append(lead)

    def next(self, name: str, asked: Set[str]) -> Lead | None:
        """The page of a list to ask for now, if it is time for one; `asked` are the dedupe keys of
        pages that came by another way."""
        run = self._runs[name]
        while run.waiting and not run.busy:
            lead = run.waiting.popleft()
            if dedupe_key(lead.url) in asked:
                continue
            if page_number(lead.url) != 1:  # the first page under another address, or a first part
                if run.asked >= run.limit:
                    run.waiting.appendleft(lead)
                    self._end(run, "max-pages", all_of_them=True)
                    return None
                run.asked += 1
            run.busy = True
            return lead
        return None

    def shows(self, name: str, keys: Set[str]) -> bool:
        """Note the links of a page of a list; whether one of them is new there."""
        run = self._runs.get(name)
        if run is None:
            return True
        before = len(run.shown)
        run.shown |= keys
        return len(run.shown) > before

    def came(self, lead: Lead, how: str) -> None:
        """What became of a page the list `lead.run` waited for: `new`, `nothing new`, `failed`."""
        assert lead.run is not None
        run = self._runs[lead.run]
        run.busy = False
        run.misses = run.misses + 1 if how == "failed" else 0
        # A page 1 named on page 2 is mostly the first page under another address.
        barren = how == "nothing new" and not run.is_article and page_number(lead.url) != 1
        if barren or run.misses >= AHEAD:
            self._end(run, "list ended")
        elif how == "new" and run.ended == "list ended":
            run.ended = ""  # the page before it was empty by accident

    def interrupted(self) -> None:
        """Count what still waits when the crawl is over."""
        for run in self._runs.values():
            self._end(run, "interrupted", all_of_them=True)

    def _end(self, run: _Run, why: str, *, all_of_them: bool = False) -> None:
        kept = deque(lead for lead in run.waiting if lead.linked and not all_of_them)
        if dropped := len(run.waiting) - len(kept):
            self.dropped[why] += dropped
        run.waiting, run.ended = kept, why


def identity(link: Found, key: str) -> str:
    """What makes a link new to a list: its dedupe key; with a query, its path and what it says.

    A server that gives every visit a number links the same articles under new addresses for ever.
    The cost: two articles of one script with one title are one.
    """
    parts = split(key)
    return f"{parts.path} {link.text}" if parts.query and link.text else key


def limit_of(max_pages: int | None, is_article: bool) -> int:
    """Pages of a list asked for beyond its first."""
    if is_article:
        return ARTICLE_PAGES
    return PAGES_LIMIT if max_pages is None else max_pages - 1


def page_number(url: str) -> int | None:
    """The number a URL gives its page, if it has one; 1 is where a list begins again."""
    if (part := part_of_unit(url)) is not None:
        return part
    if (counted := page_parameter(url)) is not None:
        return counted[1]
    return None


def list_name(url: str) -> str:
    """What the addresses of one list's pages have in common.

    >>> list_name("http://a.test/xw/index_3.html") == list_name("http://a.test/xw/")
    True
    >>> list_name("http://a.test/iList.jsp?cat_id=7&cur_page=2")
    'http://a.test/iList.jsp?cat_id=7'
    """
    parts = split(dedupe_key(url))
    folder, _, name = parts.path.rpartition("/")
    if not name and folder.rpartition("/")[2].isdigit():  # `/class/7/2/`
        folder = folder.rpartition("/")[0]
    stem, dot, extension = name.partition(".")
    stem = _PAGE_NUMBER.sub("", stem)
    last = stem + dot + extension if stem and stem.lower() not in _FRONT else ""
    query = "&".join(_kept(url, parts.query or ""))
    return f"{parts.scheme}://{parts.authority}{folder}/{last}" + (f"?{query}" if query else "")


def _kept(url: str, query: str) -> list[str]:
    """The parameters that do not count pages."""
    unit = part_of_unit(url) is not None  # there `pageId` names the column
    counted = None if unit else page_parameter(url)
    dropped = {*_COUNTED, counted[0].lower()} if counted else set(_COUNTED)
    pairs = [pair for pair in query.split("&") if pair]
    return [pair for pair in pairs if pair.partition("=")[0].lower() not in dropped]
