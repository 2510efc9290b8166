"""A peer of the crawl benchmark: Crawlee's parsel crawler, which follows links and keeps no page.

`.venv-bench/bin/python -m tests.bench.plain_crawlee PROXY URL FOLDER`
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from datetime import timedelta
from urllib.parse import urljoin, urlsplit


async def crawl(proxy: str, url: str) -> None:
    from crawlee import ConcurrencySettings, Request
    from crawlee.crawlers import ParselCrawler, ParselCrawlingContext
    from crawlee.proxy_configuration import ProxyConfiguration

    crawler = ParselCrawler(
        proxy_configuration=ProxyConfiguration(proxy_urls=[proxy]),
        concurrency_settings=ConcurrencySettings(
            min_concurrency=1, max_concurrency=1, desired_concurrency=1
        ),
        max_request_retries=0,
        ignore_http_error_status_codes=[404],
        request_handler_timeout=timedelta(seconds=30),
        configure_logging=False,
    )
    host = urlsplit(url).hostname

    @crawler.router.default_handler
    async def handle(context: ParselCrawlingContext) -> None:
        base = context.request.loaded_url or context.request.url
        hrefs = context.selector.css("a::attr(href), area::attr(href), iframe::attr(src)").getall()
        found = []
        for href in hrefs:
            try:
                one = urljoin(base, href).partition("#")[0]
            except ValueError:
                continue
            if urlsplit(one).hostname == host and one.startswith("http"):
                found.append(Request.from_url(one))
        await context.add_requests(found)

    await crawler.run([url])


if __name__ == "__main__":
    os.environ["CRAWLEE_STORAGE_DIR"] = sys.argv[3]
    logging.disable(logging.CRITICAL)
    asyncio.run(crawl(*sys.argv[1:3]))
