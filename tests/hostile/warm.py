"""Derive a page and find its links when imported, so that whoever forks from here has read all tables."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

from archive.derive import derive_file
from archive.page import dom
from crawler import discover
from crawler.cli import parser
from tests.answering import article

PAGE = article("要闻", "/1.html", "/2.html").body
URL = "http://www.a.test/warm.html"
NOW = datetime(2026, 11, 1, tzinfo=UTC)

derive_file(PAGE, "warm.html", url=URL, captured=NOW, site=None, memory=None)
PARSED = dom.parse(PAGE.decode())
assert PARSED is not None
discover.links(PARSED.root, URL, PAGE.decode())
parser()
gc.freeze()
