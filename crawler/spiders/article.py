"""`article`: fetch the given URLs once, without a site definition."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from archive.uri import ascii_url, dedupe_key
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
            if self.first_time(dedupe_key(url)):
                yield self.ask(url, hops="", seed=True)

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        """The request a redirect leads to, if it is one."""
        hops = response.meta["hops"]
        if len(hops) >= MAX_REDIRECTS:
            return
        if target := self.redirect(response):
            onward = self.after_redirect(response, target)
            if onward is not None:
                yield self.ask(target, response.url, hops=hops + "R", **onward)
        elif 200 <= response.status < 300:
            jumps = (each.url for each in self.reading(response).links if each.rel == "refresh")
            jump = next(jumps, None)
            if jump is not None and self.first_time(dedupe_key(jump)):
                yield self.ask(jump, response.url, hops=hops + "R")
