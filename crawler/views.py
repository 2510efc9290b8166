"""A second look at some pages, as somebody who comes from a search engine.

What hacked government sites do most is to leave their pages alone for everybody but visitors from
search engines, who are sent to a casino: a crawl that asks without a Referer archives a clean page and
never knows. Where a definition says `[scope] search_views = N`, the first N new articles of a site in
a run are asked for once more, before their capture, with the Referer of a search for their title. The
answer is kept (archive/views.py), what it showed becomes a note of the capture, and archive/cloaking.py
judges. Where it leads to is not asked for.

The crawler goes on saying in its User-Agent who it is, and robots.txt and the pause of the host hold
for this request as for any other. Kits that know visitors by their address are not seen.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from archive.page import dom
from archive.page.dom import Element
from archive.uri import join
from archive.views import SEARCH, TITLE_LIMIT, View
from crawler.discover import is_attachment
from crawler.links.reading import LONGEST, page_of
from crawler.net.fields import location

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from crawler.visits import Lease

logger = logging.getLogger(__name__)

_REFERER = "https://www.baidu.com/s?wd="  # the engine that nearly all such kits name
_HAN = re.compile("[\u3400-\u9fff]")


class Views:
    """Which pages get a second look, and what came of it."""

    def __init__(self) -> None:
        self.wanted: dict[str, int] = {}  # by site: pages of a run
        self._had: Counter[str] = Counter()
        self._seen: dict[int, str] = {}  # lease id: the view, until the page itself is asked for

    def wants(self, lease: Lease) -> bool:
        """Whether the page of a lease is to be looked at first as a visitor would: one that is new
        and may be an article."""
        lead = lease.lead
        if lease.visits or self._had[lead.site] >= self.wanted.get(lead.site, 0):
            return False
        if lease.id in self._seen or (lead.site and not lead.hops):
            return False
        from archive.page.pageclass import url_shape  # half the extractor: only where it is asked

        is_part = lead.hops.endswith("E") or is_attachment(lead.url)
        return not is_part and url_shape(lead.url) != "list"

    def asked_for(self, request: Request, lease: Lease) -> Request:
        """The request of the second look, made of the one for the page."""
        self._had[lease.lead.site] += 1
        self._seen[lease.id] = ""
        headers = request.headers.copy()
        headers["Referer"] = _REFERER + quote(lease.lead.text)
        return request.replace(headers=headers, meta={**request.meta, "view": SEARCH})

    def saw(self, response: Response) -> None:
        """Note what came of a second look."""
        try:
            view = view_of(response)
        except Exception:  # one answer must not end a crawl: it is kept, what it shows is lost
            logger.exception("%s: what it shows visitors could not be read", response.url)
            view = View(response.status)
        self._seen[response.meta["lease"].id] = str(view)

    def seen(self, lease: Lease) -> str:
        """What the second look at the page of a lease showed; "" where there was none."""
        return self._seen.pop(lease.id, "")


def view_of(response: Response) -> View:
    """What a response shows its reader: where it leads, or its title."""
    target = location(response) or ""
    page = page_of(response) if not target and 200 <= response.status < 300 else None
    parsed = dom.parse(page.text) if page and len(page.text) <= LONGEST else None
    if page is None or parsed is None:
        return View(response.status, target)
    title = " ".join((parsed.root.findtext(".//title") or "").split())[:TITLE_LIMIT]
    onward = _onward(page.text, parsed.root)
    return View(response.status, join(response.url, onward) or "" if onward else "", title)


def _onward(source: str, root: Element) -> str:
    """Where a page without an article's text sends its reader by itself."""
    from archive.page.pageclass import MUCH_HAN, refresh_target, script_target

    is_short = len(_HAN.findall(source)) < MUCH_HAN
    return refresh_target(root) or (script_target(source) if is_short else "")
