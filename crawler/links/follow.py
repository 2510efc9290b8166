"""Which links are followed, from which kind of seed, how far; and why the others are not.

The way to a page is written as one letter a hop, as in WARC metadata (`hopsFromSeed`):

    L  a link                    E  a frame, an attachment or a picture of the same page
    R  a redirect or refresh     N  further pages of the same list or article, however many
    M  a feed or sitemap

Depth is the number of hops without N: the twentieth page of a list is as near as its first.

How many L a seed allows says what it is for. A `site` is walked. A `list`, `feed` or `sitemap`
is a place where articles are announced: what it names is fetched, and on the pages so reached only
their own further pages, frames and redirects are followed, for the links on an article are the
site's frame and would draw in the whole site. An `article` is fetched alone. Where one seed of a
definition is a `site`, all of it is walked: which seed names a page first is chance.
"""

from __future__ import annotations

from archive.sites import Seed, Site
from archive.state import State
from archive.uri import dedupe_key, host_of
from crawler.discover import Found
from crawler.links import traps
from crawler.links.lists import list_name, page_number

_TABLES = """
CREATE TABLE IF NOT EXISTS shapes (
    shape TEXT PRIMARY KEY, addresses INTEGER NOT NULL, self_fed INTEGER NOT NULL
) WITHOUT ROWID;
"""

LETTERS = {
    "link": "L",
    "area": "L",
    "iframe": "E",
    "attachment": "E",
    "image": "E",
    "feed": "M",
    "pager": "N",
    "next": "N",
    "redirect": "R",
    "refresh": "R",
}
LINKS_FROM: dict[str, int | None] = {"site": None, "list": 1, "feed": 1, "sitemap": 1, "article": 0}
PARTS = (
    "next",
    "refresh",
    "redirect",
    "iframe",
    "attachment",
    "image",
)  # of the document that names them
# Addresses of one shape (traps.shape) that only pages of that shape lead to: a calendar, a filter, a
# visit number. Lists and articles of one script are found on other pages as well, or are
# further pages, so the columns of a site, which name each other, are the most that must fit.
SELF_FED = 200
# Addresses of one shape in all: the articles of a county's whole archive.
SAME_SHAPE = 20_000


def onward(hops: str, rel: str) -> str:
    """The hops of a page found by a link on a page with `hops`."""
    letter = LETTERS[rel]
    return hops if letter == "N" and hops.endswith("N") else hops + letter


def depth(hops: str) -> int:
    """Hops that count: not those from page to page of one list."""
    return len(hops) - hops.count("N")


def refused(site: Site, seed: Seed, url: str, hops: str, link: Found) -> str | None:
    """Why a link on page `url` that lies in scope is not followed: a key of the report, or None.

    `hops` leads to the page, `link.rel` is one of `LETTERS`.
    """
    if trap := traps.trap(link.url):
        return f"trap: {trap}"
    if link.rel == "attachment" and not site.scope.attachments:
        return "attachment"
    if depth(onward(hops, link.rel)) > site.scope.max_depth:
        return "depth"
    if _is_beyond(site, seed, url, hops, link):
        return "beyond-list"
    if seed.pagination == "none" and link.rel == "pager" and page_number(link.url) != 1:
        return "pagination"
    return None


def leaves_unseen(url: str, link: Found) -> bool:
    """Whether a link that no reader sees leads to another host: the work of somebody who broke in.

    On its own host a hidden link is a folded menu or a second copy for small screens.
    """
    return link.hidden and host_of(link.url) != host_of(url)


def _is_beyond(site: Site, seed: Seed, url: str, hops: str, link: Found) -> bool:
    """Whether the seed's kind does not let a crawl go from this page along this link."""
    allowed = LINKS_FROM[seed.kind]
    walked = any(LINKS_FROM[each.kind] is None for each in site.seeds)
    if allowed is None or walked or link.rel in PARTS:
        return False
    left = allowed - hops.count("L")
    return left <= 0 and not (link.rel == "pager" and _is_own_page(url, hops, link.url))


def _is_own_page(url: str, hops: str, further: str) -> bool:
    """Whether a further page named on an article is the article's, not of a list in its margin
    or its neighbour: `123_2.html` on `123.html`, `124.html` is the next article."""
    name = list_name(further)
    if name == dedupe_key(url):
        return True
    return name == list_name(url) and (hops.endswith("N") or page_number(further) is not None)


class Shapes:
    """How many addresses of each shape are in the frontier; kept beside it, across runs."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.create(_TABLES)

    def takes(self, url: str, via: str) -> bool:
        """Count a URL found on page `via`; False where its shape has had enough."""
        shape = traps.shape(url)
        if shape is None:
            return True
        self_fed = traps.shape(via) == shape
        query = "SELECT addresses, self_fed FROM shapes WHERE shape = ?"
        addresses, fed = self._state.query(query, (shape,)).fetchone() or (0, 0)
        if addresses >= SAME_SHAPE or (self_fed and fed >= SELF_FED):
            return False
        self._state.write(
            "INSERT OR REPLACE INTO shapes VALUES (?, ?, ?)", (shape, addresses + 1, fed + self_fed)
        )
        return True
