"""Every Scrapy setting that is not Scrapy's default, with its reason."""

from __future__ import annotations

import os
from typing import Any

from archive.vocab import folder

VERSION = "0.1.0"
SOFTWARE = f"fangzhi/{VERSION}"

BOT_NAME = "fangzhi"
SPIDER_MODULES = ["crawler.spiders"]

# Who we are. A real crawl names a page that says so: FANGZHI_CONTACT in the environment.
FANGZHI_CONTACT = os.environ.get("FANGZHI_CONTACT", "")
USER_AGENT = f"{SOFTWARE} (+{FANGZHI_CONTACT})" if FANGZHI_CONTACT else SOFTWARE

# What is kept: bytes, before anything decodes them.
DOWNLOAD_HANDLERS: dict[str, Any] = {
    "http": "crawler.wire.RecordingHandler",
    "https": "crawler.wire.RecordingHandler",
    "file": None,  # nothing a page links to may read this machine
    "data": None,
    "ftp": None,
    "s3": None,
}
# Every part of Scrapy that runs is named here. Scrapy's own lists are replaced, not amended: its docs
# advise against that, but what an amendment turns off is loaded all the same, and what a later Scrapy
# adds would run unasked (2.19 added a port that executes Python). Done elsewhere, or by nobody:
#   robots.txt            crawler/politeness/robots.py: Scrapy's reading ignores the status (RFC 9309)
#   retries, throttle     the frontier, across runs; AutoThrottle erodes a Crawl-delay (2.0 s to 0.13 s)
#   redirects, referer    the spider, within its scope
#   content coding        archive/formats/coding.py, in bounds
#   proxies, cookies      crawler/net/proxy.py; variables of the environment are ignored
#   off-site, depth, HTTP errors, item export, consoles, caches
EXTENSIONS_BASE: dict[str, Any] = {}
EXTENSIONS: dict[str, Any] = {
    "crawler.recorder.Recorder": 0,
    "crawler.progress.Progress": 1,
    "scrapy.extensions.corestats.CoreStats": 2,
    "scrapy.extensions.memusage.MemoryUsage": 3,
    "scrapy.extensions.closespider.CloseSpider": 4,
}
_MIDDLEWARE = "scrapy.downloadermiddlewares"
DOWNLOADER_MIDDLEWARES_BASE: dict[str, Any] = {}
DOWNLOADER_MIDDLEWARES: dict[str, Any] = {
    f"{_MIDDLEWARE}.downloadtimeout.DownloadTimeoutMiddleware": 350,
    f"{_MIDDLEWARE}.defaultheaders.DefaultHeadersMiddleware": 400,
    f"{_MIDDLEWARE}.useragent.UserAgentMiddleware": 500,
    "crawler.net.proxy.ProxyMiddleware": 750,
}
SPIDER_MIDDLEWARES_BASE: dict[str, Any] = {}  # pages are read, and links kept, by the spider itself
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    # no br, no zstd: pywb 2.10 cannot rewrite zstd, warcio 1.8.1 raises on br beside `brotli`
    "Accept-Encoding": "gzip, deflate",
}
DOWNLOAD_FAIL_ON_DATALOSS = False  # a short body is kept and marked, not thrown away
DOWNLOAD_MAXSIZE = 32 * 2**20
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 120  # seconds for all of a response; what does not come at all is cut before

# Manners.
SCHEDULER = "crawler.scheduler.FrontierScheduler"
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0.0  # the frontier keeps each host's pause: Scrapy forgets it after a minute
CONCURRENT_ITEMS = 1  # no items pass through Scrapy; it starts so many tasks for each response
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads the source of each callback

# Nobody is let in, nothing runs code from a page.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # on by default since 2.19: executes Python sent to a port
JOBDIR = None  # does not survive a kill: unsupported

# the spider asks for each URL once; a request dropped later would have no outcome
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.logs.OneLineFormatter"

# Ours.
FANGZHI_HOLDINGS = os.environ.get("FANGZHI_HOLDINGS", "holdings")
FANGZHI_SITES = str(folder().parent / "sites")
FANGZHI_RUN = ""
FANGZHI_PREFIX = "fangzhi"
FANGZHI_PROXY = ""
FANGZHI_ALLOW: list[str] = []  # host:port of intranet servers that may be connected to
FANGZHI_BOUNDS: dict[str, Any] = {}  # other values of crawler/net/bounds.py, by name
FANGZHI_WORKERS = 1  # processes that derive; 0 captures only
FANGZHI_ROTATE_BYTES = 1_000_000_000
FANGZHI_ROTATE_SECONDS = 86_400.0
FANGZHI_LIKE: list[str] | None = None  # example files to rank by; [] is seeds/examples
FANGZHI_MIN_RELEVANCE = 0.0  # to these examples, of what is kept as an article
FANGZHI_IMAGES = False  # fetch the pictures of articles, whatever the definitions say
FANGZHI_SEARCH_VIEWS = 0  # second looks at a site's new articles, whatever its definition says
FANGZHI_DUE = False  # only what the schedule says is due
FANGZHI_PATIENCE = 120.0  # seconds a run waits for a host that rests, or for room on the disk
FANGZHI_MIN_FREE = 500.0  # MB; with less on the disk a crawl asks for nothing new (crawler/room.py)
