"""`article`: fetch the given URLs once, without a site definition."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from archive.uri import ascii_url
from scrapy import Request
from scrapy.http import Response

from crawler.spiders.base import MAX_REDIRECTS, ArchivingSpider


class ArticleSpider(ArchivingSpider):
    """`scrapy crawl article -a url=URL`; several URLs are separated by blanks.

    HTTP redirects and pages that only redirect are followed, to any host.
    """

    name = "article"

    def __init__(self, url: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = [ascii_url(one) for one in url.split()]

    async def start(self) -> AsyncIterator[Any]:
        self.recorder.deriver.catch_up()
        for url in self.urls:
            yield self.ask(url, hops="", seed=True)

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        """The request a redirect leads to, if it is one."""
        target = self.redirect(response)
        if target is None and 200 <= response.status < 300:
            found = [link.url for link in self.found(response) if link.rel == "refresh"]
            target = found[0] if found else None
        hops = response.meta["hops"]
        if target is not None and len(hops) < MAX_REDIRECTS:
            yield self.ask(target, response, hops=hops + "R")
