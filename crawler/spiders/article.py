"""`article`: fetch the given URLs once, without a site definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Response

from archive.errors import WrongUse
from archive.sites import Politeness, may_be_hurried
from archive.uri import ascii_url, dedupe_key, host_of, split
from crawler.spiders.base import MAX_REDIRECTS, ArchivingSpider, Ask, Brought
from crawler.visits import Lead, Lease


class ArticleSpider(ArchivingSpider):
    """`scrapy crawl article -a url=URL`; several URLs are separated by blanks.

    HTTP redirects and pages that only redirect are followed, to any host.
    """

    name = "article"

    def __init__(self, url: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = [_web_url(one) for one in url.split()]
        if not self.urls:
            raise WrongUse(f"{self.name}: no page to fetch was given (-a url=URL)")
        self._asked: set[str] = set()  # dedupe keys; what earlier runs asked for does not count

    def begin(self) -> None:
        if self.settings.getbool("FANGZHI_IMAGES"):
            self.recorder.pictures = self.ask_for_pictures
        self.recorder.views.wanted = {"": self.settings.getint("FANGZHI_SEARCH_VIEWS")}
        self.frontier.open([""])
        self.recorder.catch_up()
        for url in self.urls:
            if not self.asked(dedupe_key(url)):
                self._asked.add(dedupe_key(url))
                self.frontier.add(Lead(url, None, "", "", 0), again={})

    def delay_of(self, site: str, host: str) -> float:
        """A definition's default, but for hosts that cannot be anybody's."""
        return 0.0 if may_be_hurried(host) else Politeness().delay

    def asked(self, key: str) -> bool:
        return key in self._asked

    def picture(self, lead: Lead, page: str) -> Ask | None:
        key = dedupe_key(lead.url)
        if self.asked(key):
            return None
        self._asked.add(key)
        return Ask(lead, again={})

    def read(self, response: Response, lease: Lease) -> Brought:
        """Where a redirect leads, if it is one."""
        if len(lease.lead.hops) >= MAX_REDIRECTS:
            return Brought()
        target = self.redirect(response)
        again: Mapping[str, Any] | None = {}
        if target is not None:
            again = self.after_redirect(response, target)
        elif 200 <= response.status < 300:
            jumps = (each.url for each in self.reading(response).links if each.rel == "refresh")
            target = next(jumps, None)
            again = None if target is None or self.asked(dedupe_key(target)) else {}
        if target is None or again is None:
            return Brought()
        self._asked.add(dedupe_key(target))
        return Brought([Ask(Lead(target, response.url, lease.lead.hops + "R", "", 0), again)])


def _web_url(given: str) -> str:
    """A URL to ask for. One of another scheme is asked for, too, and is a recorded failure."""
    url = ascii_url(given)
    scheme = split(url).scheme
    if not scheme or (scheme in ("http", "https") and not _has_host(url)):
        raise WrongUse(f"{given}: no address of a web page; one begins with http:// or https://")
    return url


def _has_host(url: str) -> bool:
    """Whether a URL names a host that can be spoken of: `[::1` and its like are none."""
    try:
        return bool(urlsplit(url).netloc) and bool(host_of(url))
    except ValueError:
        return False
