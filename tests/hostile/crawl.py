"""Ask a hostile server for every path given, each once, and say how it ended and what it cost.

`python -m tests.hostile.crawl HOLDINGS HOST:PORT URL…` prints JSON: how each URL ended and the
bytes the process grew by at its largest.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.recorder import SCRAPYS_ROBOTS

# A tenth of the real limits of time and a quarter of the bytes, so that a test does not take two minutes.
BOUNDS = {"head_seconds": 3.0, "window": 2.0, "wire_bytes": 8 << 20}
TOTAL = 8  # seconds


class HostileSpider(Spider):
    name = "hostile"
    urls: tuple[str, ...] = ()
    outcomes: dict[str, list[Any]]

    async def start(self) -> AsyncIterator[Any]:
        self.outcomes, self.first = {}, _memory("VmRSS")
        for url in self.urls:
            meta = {"dont_obey_robotstxt": True}  # the servers serve nothing but their attack
            yield Request(url, self.parse, errback=self.failed, dont_filter=True, meta=meta)

    def parse(self, response: Response) -> None:
        self._ended(response.url, f"{response.status} {' '.join(response.flags)}".strip())

    def failed(self, failure: Failure) -> None:
        self._ended(failure.request.url, type(failure.value).__name__)  # type: ignore[attr-defined]

    def _ended(self, url: str, how: str) -> None:
        self.outcomes.setdefault(url, []).append(how)

    def closed(self, reason: str) -> None:
        grown = _memory("VmHWM") - self.first
        print(json.dumps({"outcomes": self.outcomes, "grown": grown, "reason": reason}))


def _memory(name: str) -> int:
    rows = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) * 1024 for row in rows if row.startswith(f"{name}:"))


def main(holdings: str, allow: str, *urls: str) -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    mine: dict[str, Any] = {"FANGZHI_HOLDINGS": holdings, "FANGZHI_ALLOW": [allow]}
    mine |= {"ROBOTSTXT_OBEY": True, "DOWNLOADER_MIDDLEWARES_BASE": {SCRAPYS_ROBOTS: 100}}
    mine |= {"FANGZHI_BOUNDS": BOUNDS, "DOWNLOAD_TIMEOUT": TOTAL}
    mine |= {"CONCURRENT_REQUESTS_PER_DOMAIN": 16, "LOG_LEVEL": "ERROR"}
    settings.update(mine, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(HostileSpider, urls=urls)
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
