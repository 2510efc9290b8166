"""`site`: crawl the sites of the definitions, within their scope."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.sites import Site, in_scope, load_folder
from archive.uri import ascii_url, dedupe_key
from crawler.discover import Found
from crawler.follow import LETTERS, Shapes, depth, leaves_unseen, onward, refused
from crawler.lists import Lead, Lists, identity, limit_of, list_name
from crawler.reading import Reading
from crawler.spiders.base import ArchivingSpider


class SiteSpider(ArchivingSpider):
    """Starts at the seeds of each site and follows the links that `crawler/follow.py` allows.

    `scrapy crawl site -a site=ID[,ID…]`; without `site`, every definition of `FANGZHI_SITES`.
    """

    name = "site"

    def __init__(self, site: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._wanted = [name for name in site.split(",") if name]
        self._lists = Lists()
        self._shapes = Shapes()
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
            for number, seed in enumerate(site.seeds):
                url = ascii_url(seed.url)
                if self.first_time(dedupe_key(url)):
                    yield self._request(Lead(url, None, "", name, number), seed=True)

    def closed(self, reason: str) -> None:
        """Report the pages of lists that were not asked for; those that still wait, as interrupted."""
        self._lists.interrupted()
        self.recorder.report.not_requested.update(self._lists.dropped)

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        """Requests for what the response leads to."""
        lead: Lead = response.meta["lead"]
        target = self.redirect(response)
        if target is not None:
            onto = self._redirected(response, target)
            if onto is not None:
                yield onto  # a list waits for what is there
            else:
                yield from self._after(lead, "nothing new")
        elif 200 <= response.status < 300:
            yield from self._follow(response)
        else:
            yield from self._after(lead, "failed")

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Counted; a list whose page failed goes on with the next."""
        super().failed(failure)
        yield from self._after(failure.request.meta["lead"], "failed")  # type: ignore[attr-defined]

    def _redirected(self, response: Response, target: str) -> Request | None:
        lead: Lead = response.meta["lead"]
        link = Found(target, "", "redirect", False, None)
        if not self._may_follow(response, link):
            return None
        arguments = self.after_redirect(response, target)
        if arguments is None:
            return None
        return self._request(_onward(lead, response.url, link, lead.run), **arguments)

    def _follow(self, response: Response) -> Iterator[Request]:
        """Requests for the links of a page, and for the next pages of the lists it belongs to."""
        lead: Lead = response.meta["lead"]
        reading = self.reading(response)
        self._note_shell(response, reading)
        pages: list[Found] = []  # further pages it names
        shown: set[str] = set()  # everything else it shows
        for link in reading.links:
            if link.rel not in LETTERS:
                continue
            key, is_page = dedupe_key(link.url), LETTERS[link.rel] == "N"
            if not is_page:
                shown.add(identity(link, key))
            if leaves_unseen(response.url, link):
                self.not_requested("hidden", link.url)
            elif link.url in reading.suspicious:
                self.not_requested("link-farm", link.url)
            elif key in self._asked or not self._may_follow(response, link):
                continue
            elif is_page:
                pages.append(link)
            elif self._shape_fits(response, link):
                self._asked.add(key)
                yield self._request(_onward(lead, response.url, link))
        yield from self._turn(response, pages, shown)

    def _turn(self, response: Response, pages: list[Found], shown: set[str]) -> Iterator[Request]:
        """Requests for the next pages of the lists a page belongs to, and of those it names."""
        lead: Lead = response.meta["lead"]
        if lead.run is not None:
            new = self._lists.shows(lead.run, shown)
            self._lists.came(lead, "new" if new else "nothing new")
        for link in pages:
            self._name_page(response, link)
        self._lists.shows(list_name(response.url), shown)
        lists = [*([lead.run] if lead.run else []), *(list_name(link.url) for link in pages)]
        for name in dict.fromkeys(lists):
            yield from self._next_page(name)

    def _note_shell(self, response: Response, reading: Reading) -> None:
        """Note a page that shows its items only in a browser, and what its scripts fetch."""
        fetched = reading.needs_script
        if not fetched and all(dedupe_key(link.url) in self._asked for link in reading.links):
            fetched = reading.fetches
        if fetched:
            self.recorder.needs_script[response.url] = list(fetched)

    def _may_follow(self, response: Response, link: Found) -> bool:
        """Whether a link is followed; counted where it is not."""
        lead: Lead = response.meta["lead"]
        site = self.sites[lead.site]
        if not in_scope(site, link.url, link.rel):
            self.recorder.outside(link.url)
        elif reason := refused(site, site.seeds[lead.seed], response.url, lead.hops, link):
            self.not_requested(reason, link.url)
        else:
            return True
        return False

    def _shape_fits(self, response: Response, link: Found) -> bool:
        fits = self._shapes.takes(link.url, response.url)
        if not fits:
            self.not_requested("trap: shape", link.url)
        return fits

    def _name_page(self, response: Response, link: Found) -> None:
        """Note a further page of a list or article."""
        lead: Lead = response.meta["lead"]
        name = list_name(link.url)
        seed, is_article = self.sites[lead.site].seeds[lead.seed], link.rel == "next"
        self._lists.add(
            name,
            replace(_onward(lead, response.url, link, name), linked=bool(link.text)),
            limit=limit_of(seed.max_pages, is_article),
            is_article=is_article,
        )

    def _next_page(self, name: str) -> Iterator[Request]:
        lead = self._lists.next(name, self._asked)
        if lead is not None:
            self._asked.add(dedupe_key(lead.url))
            yield self._request(lead)

    def _after(self, lead: Lead, came: str) -> Iterator[Request]:
        """The next page of the list that a page was asked for as, if it was."""
        if lead.run is not None:
            self._lists.came(lead, came)
            yield from self._next_page(lead.run)

    def _request(self, lead: Lead, **more: Any) -> Request:
        return self.ask(
            lead.url,
            lead.via,
            lead=lead,
            site=lead.site,
            hops=lead.hops,
            depth_from_seed=depth(lead.hops),
            **more,
            **_manners(self.sites[lead.site]),
        )


def _onward(lead: Lead, url: str, link: Found, run: str | None = None) -> Lead:
    """The lead from page `url`, reached by `lead`, along a link."""
    return Lead(link.url, url, onward(lead.hops, link.rel), lead.site, lead.seed, run)


def _manners(site: Site) -> dict[str, Any]:
    return {"dont_obey_robotstxt": True} if site.politeness.robots == "ignore" else {}
