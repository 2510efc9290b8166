"""Send everything through the proxy that was asked for, and through no other."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from scrapy.exceptions import NotConfigured

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_FIELD = re.compile(rb"(?im)^proxy-authorization:[^\r\n]*\r?\n")


class ProxyMiddleware:
    """Gives every request, robots.txt included, the proxy of `FANGZHI_PROXY`."""

    def __init__(self, proxy: str) -> None:
        self._proxy, self._authorization = credentials(proxy)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProxyMiddleware:
        proxy = crawler.settings["FANGZHI_PROXY"]
        if not proxy:
            raise NotConfigured
        return cls(proxy)

    def process_request(self, request: Request) -> None:
        request.meta["proxy"] = self._proxy
        if self._authorization:
            request.headers["Proxy-Authorization"] = self._authorization


def credentials(proxy: str) -> tuple[str, bytes | None]:
    """A proxy's URL without user and password, and the header field that says them.

    >>> credentials("http://me:s%3Acret@proxy.test:3128")
    ('http://proxy.test:3128', b'Basic bWU6czpjcmV0')
    """
    url = proxy if "://" in proxy else f"http://{proxy}"
    user = urlsplit(url).netloc.rpartition("@")[0]
    if not user:
        return url, None
    said = b64encode(unquote(user).encode("utf-8"))
    return url.replace(f"{user}@", "", 1), b"Basic " + said


def without_credentials(request: bytes) -> bytes:
    """A request as it went to the proxy, without what is between us and the proxy alone."""
    head, end, body = request.partition(b"\r\n\r\n")
    return _FIELD.sub(b"", head + b"\r\n").removesuffix(b"\r\n") + end + body
