"""`site`: crawl the sites of the definitions, within their scope."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.sites import Site, in_scope
from archive.uri import ascii_url, dedupe_key
from crawler.chosen import chosen
from crawler.discover import Found
from crawler.links.anchors import announcement
from crawler.links.follow import LETTERS, Shapes, leaves_unseen, onward, refused
from crawler.links.lists import Lists, identity, limit_of, list_name
from crawler.links.reading import Reading
from crawler.links.traps import SameText
from crawler.politeness.hours import next_allowed
from crawler.spiders.base import ArchivingSpider, Ask, Brought
from crawler.visits import Lead, Lease


class SiteSpider(ArchivingSpider):
    """Starts at the seeds of each site and follows the links that `crawler/links/follow.py` allows.

    `scrapy crawl site -a site=ID[,ID…]`; without `site`, every definition of `FANGZHI_SITES`.
    """

    name = "site"

    def __init__(self, site: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._wanted = [name for name in site.split(",") if name]
        self._same_text = SameText()
        self.sites: dict[str, Site] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SiteSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        contact = settings["FANGZHI_CONTACT"]
        spider.sites = chosen(
            Path(settings["FANGZHI_SITES"]),
            spider._wanted,
            is_named=bool(
                settings["FANGZHI_PROXY"] or (contact and contact in settings["USER_AGENT"])
            ),
        )
        if crawler.settings.getbool("FANGZHI_IMAGES"):
            spider.sites = {name: _with_images(site) for name, site in spider.sites.items()}
        return spider

    def begin(self) -> None:
        self.recorder.deriver.know(self.sites)
        self.recorder.revisits.sites = self.sites
        self.frontier.definitions = {
            name: hashlib.sha256(repr(site).encode()).hexdigest()[:16]
            for name, site in self.sites.items()
        }
        self.frontier.open(self.sites, due_only=self.settings.getbool("FANGZHI_DUE"))
        focus = self.recorder.focus
        self.frontier.rank(focus.order if focus else "", self.rank)
        if any(site.scope.images for site in self.sites.values()):
            self.recorder.pictures = self.ask_for_pictures
        wanted = self.settings.getint("FANGZHI_SEARCH_VIEWS")
        self.recorder.views.wanted = {
            name: wanted or site.scope.search_views for name, site in self.sites.items()
        }
        self.recorder.catch_up()
        self._lists = Lists(self.frontier)
        self._shapes = Shapes(self.frontier.state)
        for name, site in self.sites.items():
            for number, seed in enumerate(site.seeds):
                self.frontier.add(Lead(ascii_url(seed.url), None, "", name, number))

    def closed(self, reason: str) -> None:
        """Report the pages of lists that were not asked for, and those that still wait."""
        lists: Lists | None = getattr(self, "_lists", None)
        if lists is None:  # the run could not begin
            return
        if reason != "finished":
            with self.recorder.failing.guarded():
                lists.interrupted()
        self.recorder.report.not_requested.update(lists.dropped)

    def delay_of(self, site: str, host: str) -> float:
        return self.sites[site].politeness.delay

    def closed_for(self, site: str) -> float:
        now = datetime.now(UTC)
        opens = next_allowed(now, self.sites[site].politeness.hours)
        return (opens - now).total_seconds()

    def obeys_robots(self, site: str) -> bool:
        return self.sites[site].politeness.robots == "obey"

    def nothing(self, lease: Lease, how: str) -> None:
        """The list that waited for the page goes on with the next."""
        if lease.lead.run is not None:
            self._lists.came(lease.lead, how)
            self._lists.next(lease.lead.run)

    def read(self, response: Response, lease: Lease) -> Brought:
        """What the response leads to, and what it lists."""
        target = self.redirect(response)
        if target is not None:
            onto = self._redirected(response, lease, target)
            if not onto:  # else a list waits for what is there
                self.nothing(lease, "nothing new")
            return Brought(onto)
        if 200 <= response.status < 300:
            return self._follow(response, lease)
        self.nothing(lease, "nothing new" if response.status == 304 else "failed")
        return Brought()

    def _redirected(self, response: Response, lease: Lease, target: str) -> list[Ask]:
        link = Found(target, "", "redirect", False, None)
        if not self._may_follow(response.url, lease.lead, link):
            return []
        again = self.after_redirect(response, target)
        if again is None:
            return []
        return [Ask(_onward(lease.lead, response.url, link, lease.lead.run), again)]

    def _follow(self, response: Response, lease: Lease) -> Brought:
        """The links of a page that are new, and the next pages of the lists it belongs to."""
        reading = self.reading(response)
        self._note_shell(response, reading)
        if reading.links and self._same_text.has_enough(lease.host, reading.likeness):
            self.not_requested("trap: same text", response.url)
            self.nothing(lease, "nothing new")
            return Brought()
        asks: dict[str, Ask] = {}  # by key
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
            elif (
                key in asks
                or self.asked(key)
                or not self._may_follow(response.url, lease.lead, link)
            ):
                continue
            elif is_page:
                pages.append(link)
            elif self._shape_fits(response, link):
                asks[key] = Ask(_onward(lease.lead, response.url, link))
        self._turn(response, lease, pages, shown)
        days = [link.list_date for link in reading.links if link.list_date and not link.hidden]
        return Brought(list(asks.values()), days)

    def _turn(self, response: Response, lease: Lease, pages: list[Found], shown: set[str]) -> None:
        """Note the further pages a page names, and go on with the lists it belongs to.

        A list that was walked in an earlier run goes on only from a page that shows something new.
        """
        lead, own = lease.lead, list_name(response.url)
        if lead.run is not None:
            new = self._lists.shows(lead.run, shown)
            self._lists.came(lead, "new" if new else "nothing new")
        for link in pages:
            self._name_page(response, lead, link)
        new = self._lists.shows(own, shown)
        if lead.run is not None:
            self._lists.next(lead.run)
        if new or not lease.visits:
            for name in dict.fromkeys([own, *(list_name(link.url) for link in pages)]):
                self._lists.next(name)

    def _note_shell(self, response: Response, reading: Reading) -> None:
        """Note a page that shows its items only in a browser, and what its scripts fetch."""
        fetched = reading.needs_script
        if not fetched and all(self.asked(dedupe_key(link.url)) for link in reading.links):
            fetched = reading.fetches
        if fetched:
            self.recorder.noted.script(response.url, fetched)

    def _may_follow(self, page: str, lead: Lead, link: Found) -> bool:
        """Whether a link on a page is followed; counted where it is not."""
        site = self.sites[lead.site]
        if not in_scope(site, link.url, link.rel):
            self.recorder.outside(link.url)
        elif reason := refused(site, site.seeds[lead.seed], page, lead.hops, link):
            self.not_requested(reason, link.url)
        else:
            return True
        return False

    def picture(self, lead: Lead, page: str) -> Ask | None:
        site = self.sites[lead.site]
        link = Found(lead.url, lead.text, "image", False, None)
        asked = not site.scope.images or self.asked(dedupe_key(lead.url))
        if asked or not self._may_follow(page, replace(lead, hops=lead.hops[:-1]), link):
            return None
        return Ask(lead)

    def _shape_fits(self, response: Response, link: Found) -> bool:
        fits = self._shapes.takes(link.url, response.url)
        if not fits:
            self.not_requested("trap: shape", link.url)
        return fits

    def _name_page(self, response: Response, lead: Lead, link: Found) -> None:
        """Note a further page of a list or article."""
        name = list_name(link.url)
        seed, is_article = self.sites[lead.site].seeds[lead.seed], link.rel == "next"
        further = replace(_onward(lead, response.url, link, name), linked=bool(link.text))
        self._lists.add(
            name,
            further,
            limit=limit_of(seed.max_pages, is_article),
            is_article=is_article,
            priority=self.rank(further),
        )


def _with_images(site: Site) -> Site:
    return replace(site, scope=replace(site.scope, images=True))


def _onward(lead: Lead, url: str, link: Found, run: str | None = None) -> Lead:
    """The lead from page `url`, reached by `lead`, along a link. Where a redirect leads was
    announced by the link to it."""
    text = lead.text if link.rel == "redirect" else announcement(link.text)
    hops = onward(lead.hops, link.rel)
    return Lead(link.url, url, hops, lead.site, lead.seed, run, text=text)
