"""What both spiders share: what becomes of a visit, and where a redirect leads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.errors import FangzhiError
from archive.page import blockpages
from archive.state import Acknowledged
from archive.uri import dedupe_key, host_of, join
from archive.warc import parse_date
from crawler.frontier import Frontier
from crawler.links.follow import onward
from crawler.links.listed import ages
from crawler.links.reading import Reading, page_of, read
from crawler.net.fields import as_text, location
from crawler.net.unanswered import FINAL, failure_reason
from crawler.politeness.hosts import retry_after
from crawler.recorder import Recorder
from crawler.scheduler import REDIRECTS, REFUSED, TRIES, body_of, rebuilt
from crawler.told import Told
from crawler.visits import Lead, Lease, Visit
from crawler.wire import Interrupted

MAX_REDIRECTS = 10
BROKEN = (408, 500, 502, 504, 520, 522, 523, 524, 525, 526, 527, 530)
CHALLENGED = (403, 405, 412, 418, 422, 521, 567)  # with a block page in the body
DISTANCE = 0.001  # what a hop weighs beside the 0 to 1 of what a link promises
SHORT = 16 * 1024  # bytes of a page that may be a challenge with status 200


@dataclass(frozen=True, slots=True)
class Ask:
    """A URL a page leads to, and what a redirect hands on to it."""

    lead: Lead
    again: Mapping[str, Any] | None = (
        None  # cookies and chain; asks even for a page that was visited
    )


@dataclass(frozen=True, slots=True)
class Brought:
    """What an answer of use leads to, and the days of the items it lists (`Found.list_date`)."""

    asks: Sequence[Ask] = ()
    days: Sequence[str] = ()


class ArchivingSpider(Spider, ABC):
    """A spider that only says where to go; bytes are kept by the download handler.

    It asks for each URL once, by the frontier's account: what is leased always comes back, as a
    response to `parse` or a failure to `failed`, and so is always an outcome.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._told = Told()  # reason and key of what was not requested

    async def start(self) -> AsyncIterator[Any]:
        """Begin; what is asked for goes through the frontier."""
        with self.recorder.failing.guarded():
            self.begin()
        return
        yield

    @abstractmethod
    def begin(self) -> None:
        """Open the frontier and put the seeds into it."""

    @abstractmethod
    def read(self, response: Response, lease: Lease) -> Brought:
        """What a response with an answer of use brings."""

    def nothing(self, lease: Lease, how: str) -> None:  # a list waits in one spider only
        """A page brought no answer of use: `failed`."""

    @abstractmethod
    def delay_of(self, site: str, host: str) -> float:
        """Seconds between two requests to a host."""

    def closed_for(self, site: str) -> float:
        """Seconds until the hours begin in which the site may be asked; 0 within them."""
        return 0.0

    def obeys_robots(self, site: str) -> bool:
        """Whether robots.txt is asked for and obeyed."""
        return True

    def asked(self, key: str) -> bool:
        """Whether the page with this dedupe key was asked for, or will be without more ado."""
        return self.frontier.knows(key)

    @cached_property
    def recorder(self) -> Recorder:
        recorder = self.crawler.get_extension(Recorder)
        assert recorder is not None
        return recorder

    @cached_property
    def frontier(self) -> Frontier:
        return self.recorder.frontier

    def parse(self, response: Response, **_: Any) -> None:
        """Note what a response brought, with its links, between two commits of the frontier."""
        assert response.request is not None
        with self.recorder.failing.guarded(), self._ending(response.request):
            self._note(response)

    @contextmanager
    def _ending(self, request: Request) -> Iterator[None]:
        """Whatever goes wrong in here, the lease of a request ends and its host is free for the next.

        What the archive cannot keep ends the run. Of an error nobody thought of the page is told: its
        answer is kept, what it leads to may be lost, and the next visit reads it again.
        """
        lease: Lease = request.meta["lease"]
        try:
            yield
        except (FangzhiError, OSError):
            raise
        except Exception:
            self.logger.exception("%s: what it brought could not be noted", request.url)
            self.not_requested("links unreadable", request.url)
            capture: Acknowledged | None = request.meta.get("capture")
            if lease.id in self.frontier.leased:
                self.frontier.finish(lease, Visit(capture, was_read=False))
                self.nothing(lease, "failed")
            if not lease.lead.hops:
                self.recorder.noted.unreachable[request.url] = "what it brought could not be noted"
        finally:
            host = self.recorder.hosts[lease.host]
            if host.busy:
                self.recorder.hosts.done(host, asked=not request.meta.get("stored"))

    def _note(self, response: Response) -> None:
        lease: Lease = response.meta["lease"]
        hosts = self.recorder.hosts
        host = hosts[lease.host]
        how = judge(response)
        if how == "refused":
            wait = retry_after(as_text(response.headers.get("Retry-After") or b""))
            hosts.refused(host, wait)
            self.frontier.release(lease)
        elif how == "broken" and lease.tries + 1 < TRIES:
            hosts.failed(host)
            self.frontier.release(lease, tried=True)
        else:
            if how == "challenge":
                hosts.challenged(host)
            elif how == "broken":
                hosts.failed(host)
            else:
                hosts.answered(host)
            self._finish(response, lease, of_use=not how)

    def failed(self, failure: Failure) -> None:
        """The handler recorded and counted it; here the URL is tried again, or given up."""
        request: Request = failure.request  # type: ignore[attr-defined]
        with self.recorder.failing.guarded(), self._ending(request):
            self._note_failure(failure, request)

    def _note_failure(self, failure: Failure, request: Request) -> None:
        lease: Lease = request.meta["lease"]
        hosts = self.recorder.hosts
        host = hosts[lease.host]
        if isinstance(failure.value, (FangzhiError, Interrupted)):  # not the host's doing
            self.frontier.release(lease)
            return
        hosts.failed(host)
        reason = failure_reason(failure.value)
        if lease.tries + 1 < TRIES and reason not in FINAL:
            self.frontier.release(lease, tried=True)
        else:
            self.frontier.finish(lease, Visit(None))
            self.nothing(lease, "failed")
            if not lease.lead.hops:
                self.recorder.noted.unreachable[request.url] = reason

    def rank(self, lead: Lead) -> float:
        """Where a URL stands in the frontier, the lower the sooner.

        The nearer to a seed the sooner; with examples the likelier the sooner, and the distance
        counts between links that promise the same.
        """
        focus = self.recorder.focus
        if focus is None:
            return priority(lead)
        return priority(lead) * DISTANCE - focus.priority(lead.url, lead.text, via=lead.via)

    def refused_by_robots(self, lease: Lease) -> None:
        """robots.txt does not allow the URL."""
        self.not_requested("robots", lease.lead.url)
        if not lease.lead.hops:
            self.recorder.noted.unreachable[lease.lead.url] = "robots.txt does not allow it"
        self.nothing(lease, "failed")

    def not_requested(self, reason: str, url: str) -> None:
        """Count a URL that is not asked for; once, however often it is met."""
        if self._told.is_new(reason, dedupe_key(url)):
            self.recorder.report.not_requested[reason] += 1

    def redirect(self, response: Response) -> str | None:
        """Where a redirect response points, as an absolute URL.

        One that points nowhere is counted: `redirect: no location`.
        """
        if response.status not in REDIRECTS:
            return None
        target = location(response)
        if target is None:
            self.not_requested("redirect: no location", response.url)
        return target

    def after_redirect(self, response: Response, target: str) -> Mapping[str, Any] | None:
        """What to hand on to the page a response redirects to; None when it was asked for before.

        A chain that comes back to one of its own pages is asked there once more, with the cookies
        it was given on the way: servers that count visits want them once. When it comes back again,
        or without anything new to say, it is a loop and counted.
        """
        key, before = dedupe_key(target), response.meta["lease"].again
        chain = (*before.get("chain", ()), dedupe_key(response.url))
        same_host = host_of(target) == host_of(response.url)
        cookies = cookies_of(response, before.get("cookies", "")) if same_host else ""
        if key not in chain:
            if self.asked(key):
                return None
            return {"chain": chain, "cookies": cookies, "again": before.get("again", False)}
        has_session = key == chain[-1] and target != response.url  # as `;jsessionid=`
        if before.get("again") or not (cookies or has_session):
            self.not_requested("redirect: loop", target)
            return None
        return {"chain": chain, "cookies": cookies, "again": True}

    def reading(self, response: Response) -> Reading:
        """What the response leads to; nothing, counted, where a page could not be read."""
        try:
            return read(response, response.meta.get("page"))
        except Exception:  # one capture must not end a crawl: it is kept, and its links are lost
            self.logger.exception("%s: its links could not be read", response.url)
            self.not_requested("links unreadable", response.url)
            return Reading()

    def _finish(self, response: Response, lease: Lease, *, of_use: bool) -> None:
        """End a visit: the URL rests, what it leads to waits."""
        capture: Acknowledged | None = response.meta.get("capture")
        brought, was_read = Brought(), True
        if of_use:
            try:
                brought = self.read(self._with_links(response, lease, capture), lease)
            except FangzhiError:
                raise
            except Exception:  # as in `reading`
                was_read = False
                self.logger.exception("%s: its links could not be followed", response.url)
                self.not_requested("links unreadable", response.url)
        else:
            self.nothing(lease, "failed")
        visit = Visit(
            capture,
            unchanged=bool(capture and capture.original and capture.original == lease.original),
            etag=as_text(response.headers.get("ETag") or b""),
            modified=as_text(response.headers.get("Last-Modified") or b""),
            found=len(brought.asks),
            was_read=was_read,
            ages=ages(brought.days, parse_date(capture.date)) if capture else (),
        )
        ranked = [(ask, self.rank(ask.lead)) for ask in brought.asks]
        article = self._to_read_again(response, lease, visit)
        if article is None:
            self._end(lease, visit, ranked)
        elif not self.recorder.deriver.workers:  # the next run that derives comes back to it
            self._end(lease, replace(visit, was_read=False), ranked)
        else:
            self._read_again(article, lease, visit, ranked)

    def _end(self, lease: Lease, visit: Visit, ranked: Sequence[tuple[Ask, float]]) -> None:
        self.frontier.finish(lease, visit)
        for ask, rank in ranked:
            self.frontier.add(ask.lead, rank, ask.again)

    @abstractmethod
    def picture(self, lead: Lead, page: str) -> Ask | None:
        """What asks for a picture of the article at `page`; None where it is not asked for."""

    def _to_read_again(self, response: Response, lease: Lease, visit: Visit) -> Acknowledged | None:
        """The capture of an article whose line was told before and whose pictures were not asked for:
        it has not changed and its definition has, or the run died that had captured it."""
        capture, state = visit.capture, self.frontier.state
        if self.recorder.pictures is None or capture is None:
            return None
        original = state.capture(capture.original) if capture.original else None
        if visit.unchanged and lease.kind == "article" and not self.frontier.has_links_of(lease):
            return original
        if response.meta.get("stored") and response.status == 200:
            return original or capture
        return None

    def _read_again(
        self,
        article: Acknowledged,
        lease: Lease,
        visit: Visit,
        ranked: Sequence[tuple[Ask, float]],
    ) -> None:
        """Ask for the pictures of an article when its line is there again. The visit ends then: a run
        that ends before leaves it to the next."""

        def told(row: dict[str, Any]) -> None:
            with self.recorder.failing.guarded():
                self._end(lease, visit, ranked)
                self.ask_for_pictures({**row, "url": lease.lead.url}, lease.lead.site)
            self.recorder.wake()

        self.recorder.deriver.read_again(article, lease.lead.site, told)

    def ask_for_pictures(self, row: Mapping[str, Any], site: str) -> None:
        """Ask for the pictures of an article, as parts of its page."""
        page, pictures = row["url"] or "", row.get("images", ())
        way = self.frontier.way(page, site) if pictures else None
        if way is None:
            return
        hops, seed = way
        for image in pictures:
            url = join(page, image["url"])
            if url is None:  # data:, or a host that cannot be
                continue
            lead = Lead(url, page, onward(hops, "image"), site, seed, text=image["name"])
            if ask := self.picture(lead, page):
                self.frontier.add(ask.lead, self.rank(ask.lead), ask.again)

    def _with_links(
        self, response: Response, lease: Lease, capture: Acknowledged | None
    ) -> Response:
        """The response to read links from: of a 304 to a page whose links are not in the frontier as
        its site is defined now, the page as it is archived."""
        if response.status != 304 or capture is None or self.frontier.has_links_of(lease):
            return response
        original = self.frontier.state.capture(capture.original)
        if original is None or response.request is None:
            return response
        return rebuilt(self.recorder.holdings, original, response.request)


def judge(response: Response) -> str:
    """What an answer says of its host: `refused` (429, 503), `challenge` (a firewall's page),
    `broken` (5xx, 408), or "" for an answer of use, 404 included."""
    status = response.status
    if status in REFUSED:
        return "refused"
    if status in BROKEN:
        return "broken"
    if status in CHALLENGED or (status == 200 and len(response.body) < SHORT):
        page = page_of(response) if status == 200 else None
        response.meta["page"] = page  # its links are read from it
        text = page.text if page else as_text(body_of(response)[: blockpages.REACH])
        if blockpages.sign(text, status):
            return "challenge"
    return ""


def priority(lead: Lead) -> float:
    """The nearer to a seed the sooner; pages of one list count as one."""
    return float(len(lead.hops) - lead.hops.count("N"))


def cookies_of(response: Response, before: str = "") -> str:
    """The `Cookie` field that gives back what a response set, beside what was set before it; its
    octets, of whatever character set, as the characters of Latin-1."""
    given = dict(pair.partition("=")[::2] for pair in before.split("; ") if pair)
    for field in response.headers.getlist("Set-Cookie"):
        name, mark, value = field.decode("latin-1").partition(";")[0].strip().partition("=")
        if mark:
            given[name] = value
    return "; ".join(f"{name}={value}" for name, value in given.items())
