"""One page in a worker: what came out, and what it cost."""

from __future__ import annotations

import json
import os
import resource
import time
from pathlib import Path

from archive import worker
from archive.decode import decode_file
from archive.model import Page
from archive.page import dom
from archive.worker import Loose
from crawler import discover

URL = "http://www.qinghe.test/art/2024/11/20/art_1_2.html"


def derive(name: str, data: bytes) -> str:
    """The line's key facts as JSON: `cpu` in seconds, `resident` bytes added at the peak."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from here
    before, started = _resident("VmRSS"), time.process_time()
    line = json.loads(worker.derive_loose(Loose(name, data, URL, None), None, ""))
    return json.dumps(
        {
            "cpu": time.process_time() - started,
            "resident": _resident("VmHWM") - before,
            "rejected": line.get("rejected"),
            "detail": line.get("detail"),
            "text": line.get("text"),
            "flags": line.get("flags"),
        }
    )


def links(data: bytes) -> str:
    """Seconds of CPU that looking for the links of a page takes, as a crawl does in its own process."""
    page = decode_file(data, "page.html", None, None)
    assert isinstance(page, Page)
    parsed = dom.parse(page.text)
    started = time.process_time()
    if parsed is not None and not dom.is_too_large(parsed):
        discover.links(parsed.root, URL, page.text)
    return json.dumps(time.process_time() - started)


def _resident(name: str) -> int:
    for row in Path("/proc/self/status").read_text().splitlines():
        if row.startswith(f"{name}:"):
            return int(row.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + 0 * os.getpid()
