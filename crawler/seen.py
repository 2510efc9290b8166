"""Which URLs a run has asked for already, by our own dedupe key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.dupefilters import BaseDupeFilter

from archive.uri import dedupe_key

if TYPE_CHECKING:
    from scrapy import Request, Spider


class SeenUrls(BaseDupeFilter):
    """Each key is fetched once a run; retries and robots.txt do not pass here."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()

    def log(self, request: Request, spider: Spider) -> None:
        """Say nothing: a link that was seen before is no event."""

    def request_seen(self, request: Request) -> bool:
        key = (request.method, dedupe_key(request.url))
        if key in self._keys:
            return True
        self._keys.add(key)
        return False
