"""Derive a page and find its links when imported, so that whoever forks from here has read all tables.

A fork server ends when the process that asks it is killed while it asks, as its own client may. Ours is
shared by many runs, so such a request is dropped: without that every page of the next run would be rejected.
"""

from __future__ import annotations

import errno
import gc
from datetime import UTC, datetime
from multiprocessing import reduction
from socket import socket

from archive.derive import derive_file
from archive.page import dom
from crawler import discover
from crawler.cli import parser
from tests.answering import article

PAGE = article("要闻", "/1.html", "/2.html").body
URL = "http://www.a.test/warm.html"
NOW = datetime(2026, 11, 1, tzinfo=UTC)

_received = reduction.recvfds  # type: ignore[attr-defined]


def _whole(of: socket, count: int) -> list[int]:
    try:
        found: list[int] = _received(of, count)
    except EOFError as error:
        # which the server goes on after
        raise ConnectionAbortedError(errno.ECONNABORTED, "gone") from error
    return found


reduction.recvfds = _whole  # type: ignore[attr-defined]
derive_file(PAGE, "warm.html", url=URL, captured=NOW, site=None, memory=None)
PARSED = dom.parse(PAGE.decode())
assert PARSED is not None
discover.links(PARSED.root, URL, PAGE.decode())
parser()
gc.freeze()
