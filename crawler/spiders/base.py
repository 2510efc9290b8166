"""What both spiders share: turning a Scrapy response into a page with links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from archive.uri import join
from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import decode, dom
from archive.model import Capture, Page
from crawler.discover import Found, links
from crawler.recorder import Recorder

REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 10


class ArchivingSpider(Spider):
    """A spider that only says where to go; bytes are kept by the download handler."""

    @property
    def recorder(self) -> Recorder:
        recorder = self.crawler.get_extension(Recorder)
        assert recorder is not None
        return recorder

    def ask(self, url: str, response: Response | None = None, **meta: Any) -> Request:
        """A request for `url`, with the page it was found on as its referrer."""
        headers = {"Referer": response.url} if response is not None else None
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            headers=headers,
            meta=meta,
            priority=-int(meta.get("depth_from_seed", 0)),
        )

    def failed(self, failure: Failure) -> None:
        """The handler recorded and counted it; a refusal by robots.txt never reached it."""
        if type(failure.value).__name__ == "IgnoreRequest":
            self.recorder.report.not_requested["robots"] += 1
        if failure.request.meta.get("seed"):  # type: ignore[attr-defined]
            self.recorder.unreachable.append(failure.request.url)  # type: ignore[attr-defined]

    def redirect(self, response: Response) -> str | None:
        """Where a redirect response points, as an absolute URL."""
        if response.status not in REDIRECTS:
            return None
        location = response.headers.get("Location", b"") or b""
        return join(response.url, as_text(location)) if location.strip() else None

    def found(self, response: Response) -> Iterator[Found]:
        """The links of an HTML response; none for anything else."""
        page = page_of(response)
        parsed = dom.parse(page.text) if page is not None and page.kind == "html" else None
        if page is not None and parsed is not None:
            yield from links(parsed.root, response.url, page.text)


def page_of(response: Response) -> Page | None:
    """The decoded page of a response, or `None` when it is not one."""
    head = b"HTTP/1.1 %d\r\n" % response.status + response.headers.to_string() + b"\r\n\r\n"
    capture = Capture(response.url, datetime.now(UTC), head, response.body, "")
    page = decode.decode_http(capture)
    return page if isinstance(page, Page) else None


def as_text(raw: bytes) -> str:
    """A header value as text: UTF-8 where it is that, else GB18030 (raw Chinese Location)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
