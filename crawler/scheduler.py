"""The frontier as Scrapy's SCHEDULER.

Scrapy asks for requests whenever it has room; this hands out the next URL of a host whose turn it
is, robots.txt first. Everything that knows Scrapy's side of the frontier is here: requests are
made from leases, and the engine is woken when a host's pause is over, for it asks a scheduler that
had nothing only every five seconds. That wake-up uses a private name of the engine (`_slot`,
Scrapy 2.19); without it a crawl is slower, not wrong.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.http.headers import Headers
from scrapy.responsetypes import responsetypes
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.misc import build_from_crawler, load_object

from archive import decode
from archive.errors import FangzhiError
from archive.formats import message
from archive.holdings import Holdings
from archive.replay import capture_at, with_payload
from archive.state import Acknowledged
from archive.uri import host_of
from crawler.net.fields import as_text, location
from crawler.net.unanswered import FINAL, failure_reason
from crawler.politeness.hosts import RETRY_AFTER_LIMIT, Host, retry_after
from crawler.politeness.robots import FRESH, HOPS, decide, origin_of
from crawler.reactor import reactor
from crawler.recorder import Recorder
from crawler.visits import Lease
from crawler.wire import Interrupted

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.dupefilters import BaseDupeFilter
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

    from crawler.spiders.base import ArchivingSpider

logger = logging.getLogger(__name__)

NO_ROOM = "no-room"  # why a run ended: the disk stayed below its floor
ROOM_SECONDS = 1.0  # between two looks at a disk that is short
REFUSED = (429, 503)
REDIRECTS = (301, 302, 303, 307, 308)
TRIES = 3  # of a request that brings no answer of use
ROBOTS_WAIT = (
    300.0  # seconds a host rests whose robots.txt cannot be read, doubling (RFC 9309, 2.3.1.4)
)


class FrontierScheduler(BaseScheduler):
    """Hands out what the frontier has, one request a host at a time."""

    def __init__(self, crawler: Crawler) -> None:
        recorder = crawler.get_extension(Recorder)
        assert recorder is not None
        self._crawler, self._recorder = crawler, recorder
        self._frontier, self._hosts = recorder.frontier, recorder.hosts
        self._patience = crawler.settings.getfloat("FANGZHI_PATIENCE")
        self._others: deque[Request] = deque()  # requests that are not the frontier's
        filter_class = load_object(crawler.settings["DUPEFILTER_CLASS"])
        self._filter: BaseDupeFilter = build_from_crawler(filter_class, crawler)
        recorder.wake = self._wake_for_pictures
        self._room = recorder.room
        self._timer: Any = None  # twisted.internet.interfaces.IDelayedCall

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        return cls(crawler)

    def has_pending_requests(self) -> bool:
        """Whether there is something to wait for; a host that rests longer than a run's patience
        is left to the next run."""
        if self._recorder.failing.error is not None:
            return True  # until the engine has closed: this is no clean end
        wait = self._hosts.next_turn()
        waits = wait is not None and wait <= self._patience
        return bool(self._others) or waits or self._recorder.may_lead_on

    def enqueue_request(self, request: Request) -> bool:
        """Take a request that a spider or middleware of somebody else made, if its filter lets it."""
        if not request.dont_filter and self._filter.request_seen(request):
            self._filter.log(request, self._spider)
            return False
        self._others.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request, or None while no host may be asked."""
        with self._recorder.failing.guarded():
            return self._next()
        return None

    def _next(self) -> Request | None:
        if self._recorder.failing.error is not None:
            return None
        if self._room.is_short() and self.has_pending_requests():
            self._await_room()
            return None
        if self._others:
            return self._others.popleft()
        while (host := self._hosts.turn()) is not None:
            with self._freeing(host):
                request = self._of(host)
                if request is not None:
                    return request
        self._wake_later()
        return None

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Ready the filter, as Scrapy's own scheduler does."""
        return self._filter.open()

    def close(self, reason: str) -> Deferred[None] | None:
        """Ask for nothing more, and end the filter."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        return self._filter.close(reason)

    @contextmanager
    def _freeing(self, host: Host, asked: Host | None = None) -> Iterator[None]:
        """Whatever goes wrong in here, a host is free for its next request, and so is the one that was
        asked for it. A URL that cannot even be asked for is told, and left to a later run; where there
        is none the host rests, or the same would go wrong at once."""
        try:
            yield
        except (FangzhiError, OSError):
            raise
        except Exception:
            logger.exception("%s: what is asked of it next could not be said", host.name)
            leases = [one for one in self._frontier.leased.values() if one.host == host.name]
            for lease in leases:
                self._frontier.put_off(lease, FRESH)
                self._spider.not_requested("error", lease.lead.url)
            if not leases:
                self._hosts.rest(host, "error", ROBOTS_WAIT, doubling=True)
            self._hosts.let_go(host)
            self._hosts.done(asked or host, asked=asked is not None)
            for lease in leases:
                self._spider.nothing(lease, "failed")

    def _of(self, host: Host) -> Request | None:
        """The next request to a host; None where its next URL needs none."""
        if host.errands:
            errand: Request = host.errands.popleft()
            return errand
        lease = self._frontier.lease(host.name)
        if lease is None:
            host.ready = 0
            self._hosts.done(host, asked=False)
            return None
        host.ready -= 1
        request = self._request(lease)
        stored = self._frontier.unread.pop(request.url.partition("#")[0], None)
        if stored is not None and self._read_stored(stored, request):
            return None
        spider = self._spider
        closed = spider.closed_for(lease.lead.site)
        if closed > 0:
            self._frontier.release(lease)
            self._hosts.rest(host, "hours", closed)
            self._hosts.done(host, asked=False)
            return None
        host.delay = max(host.delay, spider.delay_of(lease.lead.site, host.name))
        if not spider.obeys_robots(lease.lead.site):
            request.meta["robots"] = "ignored, as the site definition says"
            return self._looked_at(request, lease)
        robots = self._recorder.robots.get(origin_of(request.url))
        if robots is None:
            self._frontier.release(lease)
            origin = origin_of(request.url)
            return self._robots_request(f"{origin}/robots.txt", host, origin)
        host.delay = max(host.delay, robots.crawl_delay)
        if not robots.allows(request.url):
            self._frontier.put_off(lease, FRESH)
            self._hosts.done(host, asked=False)
            spider.refused_by_robots(lease)
            return None
        request.meta["robots"] = f"allowed; {robots.record_id}" if robots.record_id else "allowed"
        return self._looked_at(request, lease)

    def _looked_at(self, request: Request, lease: Lease) -> Request:
        """The request for a page, or the second look that goes before it, in a turn of its own."""
        views = self._recorder.views
        if views.wants(lease):
            self._frontier.release(lease)
            return views.asked_for(request, lease).replace(
                callback=self._view_came, errback=self._view_failed
            )
        if searched := views.seen(lease):
            request.meta["searched"] = searched
        return request

    def _view_came(self, response: Response) -> None:
        host = self._hosts[response.meta["lease"].host]
        with self._recorder.failing.guarded(), self._freeing(host, host):
            self._recorder.views.saw(response)
            self._hosts.done(host)

    def _view_failed(self, failure: Failure) -> None:
        """The page is asked for all the same, and says what is the matter with its host."""
        request: Request = failure.request  # type: ignore[attr-defined]
        with self._recorder.failing.guarded():
            self._hosts.done(self._hosts[request.meta["lease"].host])

    def _request(self, lease: Lease) -> Request:
        """The request for a lease; conditional where the archive holds what it would bring."""
        lead = lease.lead
        cookies = str(lease.again.get("cookies", "")).encode("latin-1", "replace")
        headers: dict[str, str | bytes] = {"Cookie": cookies} if cookies else {}
        headers |= {"Referer": referer} if (referer := _referer(lead.via, lead.url)) else {}
        meta: dict[str, Any] = {"lease": lease, "site": lead.site or None, "hops": lead.hops}
        meta["verbatim_url"] = True  # Scrapy would escape what archive.uri lets stand: [ ] '
        original = self._recorder.original(lease)
        if original is not None:
            meta["original"] = original
            headers |= {"If-None-Match": lease.etag} if lease.etag else {}
            headers |= {"If-Modified-Since": lease.modified} if lease.modified else {}
        spider = self._spider
        return Request(
            lead.url,
            callback=spider.parse,
            errback=spider.failed,
            headers=headers,
            meta=meta,
            dont_filter=True,
        )

    def _read_stored(self, capture: Acknowledged, request: Request) -> bool:
        """Read a page that a run which died had captured, instead of asking for it again; False where
        the archive does not have it any more."""
        try:
            response = rebuilt(self._recorder.holdings, capture, request)
        except (FileNotFoundError, ValueError) as problem:
            logger.warning("%s: captured, and asked for again: %s", request.url, problem)
            return False
        request.meta.update(capture=capture, stored=True)
        self._spider.parse(response)
        return True

    def _robots_request(
        self, url: str, host: Host, origin: str, hop: int = 0, asked: Host | None = None
    ) -> Request:
        """The request for the robots.txt of an origin of `host`, where `asked` has it."""
        meta = {"host": host, "origin": origin, "hop": hop, "verbatim_url": True}
        meta["asked"] = asked or host
        return Request(
            url, self._robots_came, errback=self._robots_failed, meta=meta, dont_filter=True
        )

    def _robots_came(self, response: Response) -> None:
        host: Host = response.meta["host"]
        asked: Host = response.meta["asked"]
        with self._recorder.failing.guarded(), self._freeing(host, asked):
            self._read_robots(response, host, asked)

    def _read_robots(self, response: Response, host: Host, asked: Host) -> None:
        origin, hop = response.meta["origin"], response.meta["hop"]
        wait = retry_after(as_text(response.headers.get("Retry-After") or b""))
        if response.status in REFUSED and wait is not None:
            self._hosts.rest(asked, "retry-after", min(wait, RETRY_AFTER_LIMIT))
        target = location(response) if response.status in REDIRECTS and hop < HOPS else None
        if target is not None:
            self._follow_robots(target, host, origin, hop + 1, asked)
            return
        host.robots_tries = 0
        capture = response.meta.get("capture")
        status = 404 if response.status in REDIRECTS else response.status
        robots = decide(status, body_of(response), capture.record_id if capture else "")
        if robots is None:
            self._hosts.rest(host, "robots", ROBOTS_WAIT, doubling=True)
        else:
            self._recorder.robots.learn(origin, robots)
            host.delay = max(host.delay, robots.crawl_delay)
        self._hosts.let_go(host)
        self._hosts.done(asked)

    def _follow_robots(self, target: str, host: Host, origin: str, hop: int, asked: Host) -> None:
        """Ask for a robots.txt where it was redirected to: another host in a turn of its own, with its
        pauses, or where it has none with those of the host that sent us there."""
        onward = self._hosts[host_of(target)]
        request = self._robots_request(target, host, origin, hop, onward)
        if onward is asked:
            self._others.append(request)
            return
        onward.delay = onward.delay or host.delay
        self._hosts.hold(host, onward, request)
        self._hosts.done(asked)

    def _robots_failed(self, failure: Failure) -> None:
        """Asked again in the host's next turn, after its pause; then the host is put off."""
        request: Request = failure.request  # type: ignore[attr-defined]
        host: Host = request.meta["host"]
        asked: Host = request.meta["asked"]
        with self._recorder.failing.guarded(), self._freeing(host, asked):
            if not isinstance(failure.value, (FangzhiError, Interrupted)):  # not the host's doing
                host.robots_tries += 1
            if host.robots_tries >= TRIES or failure_reason(failure.value) in FINAL:
                host.robots_tries = 0
                self._hosts.rest(host, "robots", ROBOTS_WAIT, doubling=True)
            self._hosts.let_go(host)
            self._hosts.done(asked)

    @property
    def _spider(self) -> ArchivingSpider:
        spider: Any = self._crawler.spider
        assert spider is not None
        found: ArchivingSpider = spider
        return found

    def _await_room(self) -> None:
        """Have the engine ask again in a while; end the crawl when that was said too often."""
        self._recorder.note_progress()
        if self._room.short_for > self._patience:
            engine = self._crawler.engine
            assert engine is not None
            deferred_from_coro(engine.close_spider_async(reason=NO_ROOM))
        else:
            self._wake_in(ROOM_SECONDS)

    def _wake_later(self) -> None:
        """Have the engine ask again when the next host is free."""
        wait = self._hosts.next_turn()
        if wait is not None and wait <= self._patience:
            self._wake_in(wait)

    def _wake_in(self, seconds: float) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = reactor().callLater(seconds, self._wake)

    def _wake_for_pictures(self) -> None:
        """A line was derived: it may have been the last to wait for, or named something to ask for."""
        if self._recorder.pictures is not None:
            self._wake()

    def _wake(self) -> None:
        slot = getattr(self._crawler.engine, "_slot", None)
        if slot is not None:
            slot.nextcall.schedule()


def _referer(via: str | None, url: str) -> str:
    """What a request says of the page that led to it; nothing of a secure page to a server that is
    asked in the clear (RFC 9110, 10.1.3)."""
    if via is None or (via.startswith("https:") and not url.startswith("https:")):
        return ""
    return via.partition("#")[0]


def body_of(response: Response) -> bytes:
    """The body of a response without its content coding, in bounds."""
    return decode.content(head_of(response), response.body).data


def head_of(response: Response) -> bytes:
    """A response's head, as far as Scrapy keeps it."""
    return b"HTTP/1.1 %d\r\n" % response.status + response.headers.to_string() + b"\r\n\r\n"


def rebuilt(holdings: Holdings, stored: Acknowledged, request: Request) -> Response:
    """The response to a request as an archived answer had it; of a 304 only its head."""
    path = holdings.warc(stored.location.file)
    capture = capture_at(path, stored.location.offset)
    if stored.status != 304 and (place := holdings.place(stored.original)) is not None:
        capture = with_payload(capture, capture_at(place[0], place[1].offset))
    headers = Headers()
    for name, value in message.fields(capture.head):
        headers.appendlist(name, value)
    payload = message.payload(capture.head, capture.body)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=payload)
    return kind(request.url, status=stored.status, headers=headers, body=payload, request=request)
