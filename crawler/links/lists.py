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
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, replace
from hashlib import blake2b

from archive.parts import MOST
from archive.uri import dedupe_key, split
from crawler.discover import Found
from crawler.frontier import Frontier
from crawler.links.pagers import AHEAD, PAGES_LIMIT, page_parameter, part_of_unit
from crawler.visits import Lead

_PAGE_NUMBER = re.compile(r"[_-]?\d{1,5}$")
_FRONT = ("index", "default")
_COUNTED = ("startrecord", "endrecord", "perpage", "paramjson")


_TABLES = """
CREATE TABLE IF NOT EXISTS lists (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    run TEXT NOT NULL,                  -- that walked it last
    page_limit INTEGER NOT NULL,        -- pages asked for beyond the first
    is_article INTEGER NOT NULL,
    asked INTEGER NOT NULL DEFAULT 0,
    misses INTEGER NOT NULL DEFAULT 0,  -- in a row
    busy INTEGER NOT NULL DEFAULT 0,    -- one of its pages is on its way
    ended TEXT NOT NULL DEFAULT ''      -- why
);
CREATE TABLE IF NOT EXISTS list_items (  -- the links its pages have shown, by `identity`
    list INTEGER NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (list, item)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class _Run:
    """One list as the database has it."""

    id: int
    limit: int
    is_article: int
    asked: int
    misses: int
    busy: int
    ended: str


class Lists:
    """Every list of a run. Pages that are not asked for are counted in `dropped`, by reason."""

    def __init__(self, frontier: Frontier) -> None:
        self.dropped: Counter[str] = Counter()
        self._frontier, self._state = frontier, frontier.state
        self._state.create(_TABLES)
        self._state.write("UPDATE lists SET busy = 0 WHERE busy = 1")

    def add(
        self, name: str, lead: Lead, *, limit: int, is_article: bool, priority: float = 0
    ) -> None:
        """Note a further page of a list."""
        run = self._begin(name, limit, is_article)
        kept = replace(lead, linked=lead.linked and not run.ended)
        if self._frontier.hold(kept, priority) and run.ended:
            self.dropped[run.ended] += 1

    def next(self, name: str) -> bool:
        """Make the next page of a list ready, if it is time for one; whether it is."""
        run = self._get(name)
        if run is None or run.busy:
            return False
        page = self._waiting(name, run)
        if page is None:
            return False
        number, url, host = page
        counts = page_number(url) != 1  # not the first page under another address, or a first part
        if counts and run.asked >= run.limit:
            self._end(name, "max-pages")
            return False
        self._put(name, asked=run.asked + counts, busy=1)
        self._frontier.wake(number, host)
        return True

    def shows(self, name: str, items: Set[str]) -> bool:
        """Note the links of a page of a list; whether one of them is new there."""
        run = self._get(name)
        if run is None:
            return True
        rows = [(run.id, _number(item)) for item in items]
        return self._state.write_many("INSERT OR IGNORE INTO list_items VALUES (?, ?)", rows) > 0

    def came(self, lead: Lead, how: str) -> None:
        """What became of a page the list `lead.run` waited for: `new`, `nothing new`, `failed`."""
        assert lead.run is not None
        run = self._get(lead.run)
        if run is None:
            return
        misses = run.misses + 1 if how == "failed" else 0
        self._put(lead.run, busy=0, misses=misses)
        # A page 1 named on page 2 is mostly the first page under another address.
        barren = how == "nothing new" and not run.is_article and page_number(lead.url) != 1
        if barren or misses >= AHEAD:
            self._end(lead.run, "list ended")
        elif how == "new" and run.ended == "list ended":
            self._put(lead.run, ended="")  # the page before it was empty by accident

    def interrupted(self) -> None:
        """Count what still waits when a run was stopped."""
        query = (
            "SELECT count(*) FROM urls JOIN lists ON urls.list = lists.name"
            " WHERE urls.state = 2 AND (lists.ended = '' OR urls.linked)"
        )
        (count,) = self._state.query(query).fetchone()
        if count:
            self.dropped["interrupted"] += count

    def _waiting(self, name: str, run: _Run) -> tuple[int, str, str] | None:
        """The page of a list that was named first: of those never asked for, and while the list
        goes on of those that only earlier runs asked for."""
        going = not run.ended
        row = self._state.query(
            "SELECT id, url, host FROM urls WHERE list = ? AND (state = 2 AND (linked OR ?)"
            " OR ? AND state = 3 AND visited < ?) ORDER BY id LIMIT 1",
            (name, going, going, self._frontier.started),
        ).fetchone()
        found: tuple[int, str, str] | None = row
        return found

    def _begin(self, name: str, limit: int, is_article: bool) -> _Run:
        """The list, begun anew where an earlier run had walked it."""
        self._state.write(
            "INSERT INTO lists (name, run, page_limit, is_article) VALUES (?,?,?,?)"
            " ON CONFLICT (name) DO UPDATE SET run = excluded.run, asked = 0, misses = 0, ended = ''"
            " WHERE run != excluded.run",
            (name, self._frontier.run, limit, is_article),
        )
        run = self._get(name)
        assert run is not None
        return run

    def _get(self, name: str) -> _Run | None:
        query = "SELECT id, page_limit, is_article, asked, misses, busy, ended FROM lists WHERE name = ?"
        row = self._state.query(query, (name,)).fetchone()
        return _Run(*row) if row else None

    def _put(self, name: str, **values: int | str) -> None:
        self._state.update("lists", values, "name", name)

    def _end(self, name: str, why: str) -> None:
        """End a list: what was only reckoned is not asked for; at the limit nothing more is."""
        query = "SELECT count(*) FROM urls WHERE list = ? AND state = 2 AND (NOT linked OR ?)"
        at_limit = why == "max-pages"
        (dropped,) = self._state.query(query, (name, at_limit)).fetchone()
        if at_limit:
            self._state.write("UPDATE urls SET linked = 0 WHERE list = ? AND state = 2", (name,))
        if dropped:
            self.dropped[why] += dropped
        self._put(name, ended=why)


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
        return MOST
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


def _number(item: str) -> int:
    """64 bits of a digest: two items of one list share them by chance once in 10^9 lists of 10^5."""
    return int.from_bytes(blake2b(item.encode(), digest_size=8).digest(), "big", signed=True)
