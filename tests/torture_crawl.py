"""A crawl that asks the torture host for everything it has, over http and https, GET and POST.

`python -m tests.torture_crawl PROXY HOLDINGS`
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.net.fields import location
from crawler.scheduler import REDIRECTS
from tests.web import TORTURE_PATHS

FORM = "标题=双减&page=2".encode("gbk")  # raw GBK bytes: what a form of such a site sends


class TortureSpider(Spider):
    """Asks, and follows nothing but redirects. Its requests are not the frontier's."""

    name = "torture"

    async def start(self) -> AsyncIterator[Any]:
        for scheme in ("http", "https"):
            for path in ("/", *TORTURE_PATHS):
                yield Request(f"{scheme}://torture.test{path}", meta={"hops": ""})
            yield Request(f"{scheme}://torture.test/post", method="POST", body=FORM)

    def parse(self, response: Response, **_: Any) -> Any:
        if response.status in REDIRECTS:
            target = location(response)
            if target is not None:
                yield Request(target, meta={"hops": "R"})


def main(proxy: str, holdings: str) -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    mine: dict[str, Any] = {"FANGZHI_PROXY": proxy, "FANGZHI_HOLDINGS": holdings}
    mine |= {"RETRY_ENABLED": True, "ROBOTSTXT_OBEY": True}  # Scrapy's own, for foreign requests
    mine["DOWNLOADER_MIDDLEWARES_BASE"] = {
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": 100,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    }
    settings.update(mine, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(TortureSpider)
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
