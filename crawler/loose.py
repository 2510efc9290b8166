"""`fangzhi derive`: articles from loose files, one JSON line each, in order."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive import decode, memory
from archive.derive import derive_file
from archive.errors import FangzhiError
from archive.jsonl import line
from archive.model import Page, SiteMemory
from archive.sites import Site, in_scope, load_folder
from archive.textfiles import joined
from archive.worker import GC_THRESHOLD

DONE, FAILED, WRONG_USE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Loose:
    """A loose file to derive, with what is known of where it came from."""

    name: str
    data: bytes
    url: str | None
    captured: datetime | None


def derive(options: argparse.Namespace) -> int:
    """`fangzhi derive`: one JSON line per file, in order."""
    if bool(options.file) == bool(options.list):
        print("fangzhi: derive: give FILE… or --list LIST.jsonl", file=sys.stderr)
        return WRONG_USE
    gc.set_threshold(*GC_THRESHOLD)
    wanted = _listed(options.list) if options.list else _named(options)
    memories = {} if options.no_memory or not options.list else _taught(wanted)
    sites = load_folder(options.sites) if options.sites.is_dir() else {}
    rows = _lines(wanted, sites, memories)
    code = DONE
    for row in joined(rows) if options.list else rows:
        if row is None:
            code = FAILED
        else:
            print(row)
    return code


def _lines(
    wanted: Iterable[Mapping[str, Any]],
    sites: Mapping[str, Site],
    memories: Mapping[str, SiteMemory],
) -> Iterator[str | None]:
    """The line of each file; `None` for a file that cannot be read."""
    for row in wanted:
        loose = _read(row)
        if loose is None:
            yield None
            continue
        site = site_of(loose.url, sites)
        known = memories.get(_host(loose.url))
        result = derive_file(
            loose.data, loose.name, url=loose.url, captured=loose.captured, site=site, memory=known
        )
        yield line(result)


def site_of(url: str | None, sites: Mapping[str, Site]) -> Site | None:
    """The site whose scope holds a URL, if there is one."""
    return next((site for site in sites.values() if url and in_scope(site, url)), None)


def _named(options: argparse.Namespace) -> list[dict[str, Any]]:
    return [{"file": f, "url": options.url, "captured": options.captured} for f in options.file]


def _listed(path: str) -> list[dict[str, Any]]:
    text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    rows = []
    for number, row in enumerate(text.splitlines(), 1):
        try:
            value = json.loads(row) if row.strip() else None
        except ValueError as error:
            raise FangzhiError(f"{path}, line {number}: not JSON: {error}") from error
        if value is not None:
            if not isinstance(value, dict) or not isinstance(value.get("file"), str):
                raise FangzhiError(f'{path}, line {number}: want {{"file": …}}')
            rows.append(value)
    return rows


def _read(row: Mapping[str, Any]) -> _Loose | None:
    name = row["file"]
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        print(f"fangzhi: {name}: {error.strerror}", file=sys.stderr)
        return None
    captured = row.get("captured")
    moment = datetime.fromisoformat(captured) if captured else None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _Loose(name, data, row.get("url"), moment)


def _taught(rows: Iterable[Mapping[str, Any]]) -> dict[str, SiteMemory]:
    """What the pages of each host in a list have in common."""
    pages: dict[str, list[list[str]]] = defaultdict(list)
    for row in rows:
        host = _host(row.get("url"))
        loose = _read(row) if host else None
        if loose is not None:
            page = decode.decode_file(loose.data, loose.name, loose.url, loose.captured)
            if isinstance(page, Page):
                pages[host].append(memory.page_lines(page))
    return {host: memory.learn(host, kept) for host, kept in pages.items()}


def _host(url: str | None) -> str:
    return urlsplit(url).hostname or "" if url else ""
