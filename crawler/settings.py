"""Every Scrapy setting that is not Scrapy's default, with its reason."""

from __future__ import annotations

import os
from typing import Any

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
# Parts of Scrapy that are turned off below are not even loaded: a fifth of its start-up.
_EXTENSION = "scrapy.extensions."
EXTENSIONS: dict[str, Any] = {
    "crawler.recorder.Recorder": 0,
    "crawler.progress.Progress": 1,
    f"{_EXTENSION}telnet.TelnetConsole": None,
    f"{_EXTENSION}remote_control.RemoteControl": None,
    f"{_EXTENSION}memdebug.MemoryDebugger": None,
    f"{_EXTENSION}spiderstate.SpiderState": None,
    f"{_EXTENSION}throttle.AutoThrottle": None,
}
COMPRESSION_ENABLED = False  # content coding is taken off by our own bounded decoder
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
ROBOTSTXT_OBEY = False  # Scrapy's reading ignores the status; crawler/robots.py obeys RFC 9309
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0.0  # the frontier keeps each host's pause: Scrapy forgets it after a minute
AUTOTHROTTLE_ENABLED = False  # it erodes a Crawl-delay (2.0 s to 0.13 s, measured 2026-11)
COOKIES_ENABLED = False
CONCURRENT_ITEMS = 1  # no items pass through Scrapy; it starts so many tasks for each response
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads the source of each callback
RETRY_ENABLED = False  # the frontier tries again, politely and across runs
REDIRECT_ENABLED = False  # the spider follows redirects itself, within its scope
METAREFRESH_ENABLED = False
HTTPERROR_ALLOW_ALL = True  # error pages are captures; the spider decides what to read
REFERER_ENABLED = True

# Nobody is let in, nothing runs code from a page.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # on by default since 2.19: executes Python sent to a port
HTTPPROXY_ENABLED = False  # proxy variables of the environment are ignored; see --proxy
_MIDDLEWARE = "scrapy.downloadermiddlewares."
DOWNLOADER_MIDDLEWARES: dict[str, Any] = {
    "crawler.proxy.ProxyMiddleware": 750,
    f"{_MIDDLEWARE}httpauth.HttpAuthMiddleware": None,
    f"{_MIDDLEWARE}redirect.MetaRefreshMiddleware": None,
    f"{_MIDDLEWARE}httpcompression.HttpCompressionMiddleware": None,
    f"{_MIDDLEWARE}redirect.RedirectMiddleware": None,
    f"{_MIDDLEWARE}cookies.CookiesMiddleware": None,
    f"{_MIDDLEWARE}httpproxy.HttpProxyMiddleware": None,
    f"{_MIDDLEWARE}httpcache.HttpCacheMiddleware": None,
}
JOBDIR = None  # does not survive a kill: unsupported

# the spider asks for each URL once; a request dropped later would have no outcome
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.logs.OneLineFormatter"

# Ours.
FANGZHI_HOLDINGS = "holdings"
FANGZHI_SITES = "seeds/sites"
FANGZHI_RUN = ""
FANGZHI_PREFIX = "fangzhi"
FANGZHI_PROXY = ""
FANGZHI_ALLOW: list[str] = []  # host:port of intranet servers that may be connected to
FANGZHI_BOUNDS: dict[str, Any] = {}  # other values of crawler/bounds.py, by name
FANGZHI_WORKERS = 1  # processes that derive; 0 captures only
FANGZHI_ROTATE_BYTES = 1_000_000_000
FANGZHI_ROTATE_SECONDS = 86_400.0
FANGZHI_LIKE: list[str] | None = None  # example files to rank by; [] is seeds/examples
FANGZHI_MIN_RELEVANCE = 0.0  # to these examples, of what is kept as an article
FANGZHI_DUE = False  # only what the schedule says is due
FANGZHI_PATIENCE = 120.0  # seconds a run waits for a resting host when nothing else is to be done
