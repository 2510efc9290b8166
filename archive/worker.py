"""What a worker process runs: derive one page, within the limits of archive/limits.py.

Any `concurrent.futures.Executor` can run it; the archive folder, the site definitions and the
site memories of the run are given to a process once, when it starts. Every function here gives
text back, so that nothing a worker says is ever more than text to the process that asked.
"""

from __future__ import annotations

import gc
import hashlib
import json
import signal
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from archive import decode, limits, memory
from archive.errors import FangzhiError
from archive.holdings import kept_examples, kept_memory
from archive.jsonl import line
from archive.model import Capture, Location, Page, Rejection, SiteMemory
from archive.relevance import Examples, Like
from archive.replay import capture_at, line_of, problem, with_payload
from archive.sites import Site
from archive.warcwriter import OPEN

# Derivation makes many short-lived objects and few cycles; with the default of 700 the collector
# takes a tenth of the time (18.9 beside 21.0 ms a page, one run, 2026-11).
GC_THRESHOLD = (50_000, 20, 50)


@dataclass(slots=True)
class _Run:
    folder: Path = Path()
    sites: dict[str, Site] = field(default_factory=dict)
    memories: dict[str, SiteMemory] = field(default_factory=dict)
    like: Like | None = None


_RUN = _Run()


@dataclass(frozen=True, slots=True)
class Loose:
    """A file outside any archive, with what is known of where it came from."""

    name: str
    data: bytes
    url: str | None
    captured: datetime | None


def start(
    folder: Path,
    sites: dict[str, Site],
    memories: dict[str, SiteMemory],
    like: Like | None = None,
) -> None:
    """Set up a worker process; an interrupt is the parent's business.

    `folder` is the archive's warc/ folder; site memories lie beside it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*GC_THRESHOLD)
    limits.give_back()
    _RUN.folder, _RUN.sites, _RUN.memories, _RUN.like = folder, sites, memories, like
    limits.limit_memory()


def derive_place(
    place: Location,
    site: str | None,
    announced: str = "",
    searched: str = "",
    payload: Location | None = None,
) -> str:
    """The JSON line of the capture at a place of the run's archive; `announced` and `searched` are
    what its crawl notes beside it, `payload` the place of the original of a revisit."""
    with limits.cpu_seconds():
        read = capture_at(_RUN.folder / f"{place.file}{OPEN}", place.offset)
        if payload is not None:
            original = capture_at(_RUN.folder / f"{payload.file}{OPEN}", payload.offset)
            read = with_payload(read, original)
        known = (_RUN.sites.get(site or ""), _RUN.memories.get(site or ""))
        return line_of(replace(read, announced=announced, searched=searched), *known, _RUN.like)


def derive_again(
    capture: Capture, site: str | None, digest: str | None, like: str | None, least: float
) -> str:
    """The JSON line of a capture read from any archive, with the kept memory and the kept examples
    of these digests."""
    folder = _RUN.folder.with_name("memory")
    known = _kept(folder, site, digest) if site and digest else None
    examples = _kept_examples(folder, like) if like else None
    with limits.cpu_seconds():
        wanted = Like(examples, least) if examples else None
        return line_of(capture, _RUN.sites.get(site or ""), known, wanted)


def derive_loose(loose: Loose, site: Site | None, host: str) -> str:
    """The JSON line of a loose file, with the memory the run was given for its host."""
    from archive.derive import derive_file

    known = _RUN.memories.get(host)
    try:
        with limits.cpu_seconds():
            result = derive_file(
                loose.data,
                loose.name,
                url=loose.url,
                captured=loose.captured,
                site=site,
                memory=known,
            )
    except FangzhiError:  # as in archive/replay.py
        raise
    except (Exception, limits.Exhausted) as error:
        return rejected(loose, error)
    return line(result)


def rejected(loose: Loose, error: BaseException) -> str:
    """The JSON line of a loose file whose derivation broke off."""
    digest = hashlib.sha256(loose.data).hexdigest()
    reason, detail = problem(error)
    name = f"urn:sha256:{digest}"
    return line(Rejection(name, loose.name, loose.url, loose.captured, reason, detail))


def loose_lines(loose: Loose) -> str:
    """The lines of a loose page as a JSON list, to learn from; `null` where it is no page."""
    with limits.cpu_seconds():
        page = decode.decode_file(loose.data, loose.name, loose.url, loose.captured)
        return json.dumps(_page_lines(page) if isinstance(page, Page) else None)


def capture_lines(capture: Capture) -> str:
    """The lines of a captured page as a JSON list, to learn from; `null` where it is no page."""
    with limits.cpu_seconds():
        page = decode.decode_http(capture)
        return json.dumps(_page_lines(page) if isinstance(page, Page) else None)


def try_out() -> str:
    """Derive a page that nobody has to fear: where that fails no page can be derived. Gives `""`."""
    from archive.derive import derive_file

    page = "<html><body><h1>防汛工作会议</h1><p>昨日，县里召开防汛工作会议。</p></body></html>"
    with limits.cpu_seconds():
        derive_file(page.encode(), "page.html", url=None, captured=None, site=None, memory=None)
    return ""


def derivation() -> str:
    """What a derivation depends on besides the capture and its site, as JSON."""
    from archive.derive import versions

    return json.dumps(versions())


def learn(site: str, places: list[tuple[str, int]]) -> str:
    """What the captures at these places have in common, as JSON (archive/memory.py)."""
    lines = (_lines(_RUN.folder / f"{file}{OPEN}", offset) for file, offset in places)
    return memory.to_json(memory.learn(site, (page for page in lines if page is not None)))


@lru_cache(maxsize=16)
def _kept(folder: Path, site: str, digest: str) -> SiteMemory | None:
    return kept_memory(folder, site, digest)


@lru_cache(maxsize=4)
def _kept_examples(folder: Path, digest: str) -> Examples | None:
    return kept_examples(folder, digest)


def _lines(path: Path, offset: int) -> list[str] | None:
    """The lines of a captured page; `None` where it is no page, or one that teaches nothing."""
    with suppress(Exception, limits.Exhausted), limits.cpu_seconds():
        page = decode.decode_http(capture_at(path, offset))
        if isinstance(page, Page) and page.kind == "html":
            return _page_lines(page)
    return None


def _page_lines(page: Page) -> list[str]:
    from archive.page.pagelines import (
        page_lines,  # with the extractor: not where pages are only fetched
    )

    return page_lines(page)
