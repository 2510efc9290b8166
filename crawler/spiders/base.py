"""What both spiders share: asking for a page, and seeing where a redirect leads."""

from __future__ import annotations

from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.uri import dedupe_key, host_of, join
from crawler.reading import Reading, read
from crawler.recorder import Recorder

REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 10


class ArchivingSpider(Spider):
    """A spider that only says where to go; bytes are kept by the download handler.

    It asks for each URL once, by its own account: what is handed to Scrapy always comes back, as
    a response to `parse` or a failure to `failed`, and so is always an outcome.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._asked: set[str] = set()  # dedupe keys
        self._told: set[tuple[str, str]] = set()  # reason and key of what was not requested

    @property
    def recorder(self) -> Recorder:
        recorder = self.crawler.get_extension(Recorder)
        assert recorder is not None
        return recorder

    def ask(self, url: str, via: str | None = None, cookies: str = "", **meta: Any) -> Request:
        """A request for `url`, with the page it was found on as its referrer."""
        headers = {"Referer": via} if via is not None else {}
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            headers=headers | ({"Cookie": cookies} if cookies else {}),
            meta=meta | ({"cookies": cookies} if cookies else {}),
            priority=-int(meta.get("depth_from_seed", 0)),
            dont_filter=True,
        )

    def first_time(self, key: str) -> bool:
        """Whether the page with this dedupe key was not asked for before; from now on it was."""
        if key in self._asked:
            return False
        self._asked.add(key)
        return True

    def failed(self, failure: Failure) -> Any:
        """The handler recorded and counted it; a refusal by robots.txt never reached it."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if type(failure.value).__name__ == "IgnoreRequest":
            self.not_requested("robots", request.url)
        if request.meta.get("seed"):
            self.recorder.unreachable.append(request.url)

    def not_requested(self, reason: str, url: str) -> None:
        """Count a URL that is not asked for; once, however often it is met."""
        told = (reason, dedupe_key(url))
        if told not in self._told:
            self._told.add(told)
            self.recorder.report.not_requested[reason] += 1

    def redirect(self, response: Response) -> str | None:
        """Where a redirect response points, as an absolute URL.

        One that points nowhere is counted: `redirect: no location`.
        """
        if response.status not in REDIRECTS:
            return None
        location = response.headers.get("Location", b"") or b""
        target = join(response.url, as_text(location)) if location.strip() else None
        if target is None:
            self.not_requested("redirect: no location", response.url)
        return target

    def after_redirect(self, response: Response, target: str) -> dict[str, Any] | None:
        """Arguments of `ask` for what a response redirects to; None when it was asked for before.

        A chain that comes back to one of its own pages is asked there once more, with the cookies
        it was given on the way: servers that count visits want them once. When it comes back again,
        or without anything new to say, it is a loop and counted.
        """
        key, meta = dedupe_key(target), response.meta
        chain = (*meta.get("chain", ()), dedupe_key(response.url))
        same_host = host_of(target) == host_of(response.url)
        cookies = cookies_of(response, meta.get("cookies", "")) if same_host else ""
        if key not in chain:
            if not self.first_time(key):
                return None
            return {"chain": chain, "cookies": cookies, "again": meta.get("again", False)}
        has_session = key == chain[-1] and target != response.url  # as `;jsessionid=`
        if meta.get("again") or not (cookies or has_session):
            self.not_requested("redirect: loop", target)
            return None
        return {"chain": chain, "cookies": cookies, "again": True}

    def reading(self, response: Response) -> Reading:
        """What the response leads to; nothing, counted, where a page could not be read."""
        try:
            return read(response)
        except Exception:  # one capture must not end a crawl: it is kept, and its links are lost
            self.logger.exception("%s: its links could not be read", response.url)
            self.not_requested("links unreadable", response.url)
            return Reading()


def cookies_of(response: Response, before: str = "") -> str:
    """The `Cookie` header that gives back what a response set, beside what was set before it."""
    given = dict(pair.partition("=")[::2] for pair in before.split("; ") if pair)
    for field in response.headers.getlist("Set-Cookie"):
        name, mark, value = as_text(field).partition(";")[0].strip().partition("=")
        if mark:
            given[name] = value
    return "; ".join(f"{name}={value}" for name, value in given.items())


def as_text(raw: bytes) -> str:
    """A header value as text: UTF-8 where it is that, else GB18030 (raw Chinese Location)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
