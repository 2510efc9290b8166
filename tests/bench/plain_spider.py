"""The peer of the crawl benchmark: a plain Scrapy spider that follows links and stores nothing.

`python -m tests.bench.plain_spider PROXY URL`
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse


class PlainSpider(scrapy.Spider):
    """Every link of the start page's host, once."""

    name = "plain"

    def __init__(self, proxy: str, url: str) -> None:
        super().__init__()
        self.proxy, self.url, self.host = proxy, url, urlsplit(url).hostname
        self.pages = 0

    async def start(self) -> AsyncIterator[Any]:
        yield scrapy.Request(self.url, meta={"proxy": self.proxy})

    def parse(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        self.pages += 1
        if not isinstance(response, TextResponse):
            return
        for href in response.css("a::attr(href), area::attr(href), iframe::attr(src)").getall():
            url = response.urljoin(href)
            if urlsplit(url).hostname == self.host and url.startswith("http"):
                yield scrapy.Request(url, meta={"proxy": self.proxy})


def main(proxy: str, url: str) -> None:
    settings = {"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "HTTPERROR_ALLOW_ALL": True}
    settings |= {"REMOTE_CONTROL_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}
    settings |= {"ROBOTSTXT_OBEY": True}
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(PlainSpider)
    process.crawl(crawler, proxy=proxy, url=url)
    process.start()
    assert crawler.spider is not None
    print(crawler.spider.pages)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(*sys.argv[1:])
