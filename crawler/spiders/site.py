"""`site`: crawl the sites of the definitions, within their scope."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.sites import Site, in_scope, load_folder
from archive.uri import ascii_url
from crawler.discover import Found
from crawler.spiders.base import ArchivingSpider

FOLLOWED = ("link", "pager", "refresh", "iframe", "area", "next", "redirect", "feed")


class SiteSpider(ArchivingSpider):
    """Starts at the seeds of each site and follows every link in scope.

    `scrapy crawl site -a site=ID[,ID…]`; without `site`, every definition of `FANGZHI_SITES`.
    """

    name = "site"

    def __init__(self, site: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._wanted = [name for name in site.split(",") if name]
        self.sites: dict[str, Site] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SiteSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        known = load_folder(Path(crawler.settings["FANGZHI_SITES"]))
        spider.sites = {name: known[name] for name in spider._wanted or known}
        return spider

    async def start(self) -> AsyncIterator[Any]:
        self.recorder.deriver.know(self.sites)
        self.recorder.deriver.catch_up()
        for name, site in self.sites.items():
            for seed in site.seeds:
                yield self.ask(ascii_url(seed.url), site=name, hops="", seed=True, **_manners(site))

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        """Requests for what the response leads to."""
        target = self.redirect(response)
        if target is not None:
            yield from self._follow(response, [Found(target, "", "redirect", False, None)])
        elif 200 <= response.status < 300:
            yield from self._follow(response, self.found(response))

    def _follow(
        self, response: Response, found: Iterator[Found] | list[Found]
    ) -> Iterator[Request]:
        name = response.meta["site"]
        site = self.sites[name]
        hops = response.meta["hops"]
        for link in found:
            if link.rel not in FOLLOWED:
                continue
            if len(hops) >= site.scope.max_depth:
                self.recorder.report.not_requested["depth"] += 1
            elif in_scope(site, link.url, link.rel):
                kind = "R" if link.rel in ("redirect", "refresh") else "L"
                yield self.ask(
                    link.url,
                    response,
                    site=name,
                    hops=hops + kind,
                    depth_from_seed=len(hops) + 1,
                    **_manners(site),
                )
            else:
                self.recorder.outside(link.url)


def _manners(site: Site) -> dict[str, Any]:
    return {"dont_obey_robotstxt": True} if site.politeness.robots == "ignore" else {}
