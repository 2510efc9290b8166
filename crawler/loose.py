"""`fangzhi derive`: articles from loose files, one JSON line each, in order."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive import memory, worker
from archive.errors import FangzhiError
from archive.model import SiteMemory
from archive.sites import Site, in_scope, load_folder
from archive.textfiles import joined
from archive.worker import Loose
from crawler.derived import rejected
from crawler.sandbox import Sandbox, Work

DONE, FAILED, WRONG_USE = 0, 1, 2


def derive(options: argparse.Namespace) -> int:
    """`fangzhi derive`: one JSON line per file, in order."""
    if bool(options.file) == bool(options.list):
        print("fangzhi: derive: give FILE… or --list LIST.jsonl", file=sys.stderr)
        return WRONG_USE
    wanted = _listed(options.list) if options.list else _named(options)
    learns = bool(options.list) and not options.no_memory
    memories = _taught(wanted, options.workers) if learns else {}
    sites = load_folder(options.sites) if options.sites.is_dir() else {}
    code = DONE
    with Sandbox(options.workers, partial(worker.start, Path(), {}, memories)) as sandbox:
        rows = _lines(wanted, sites, sandbox)
        for row in joined(rows) if options.list else rows:
            if row is None:
                code = FAILED
            else:
                print(row)
    return code


def _lines(
    wanted: Iterable[Mapping[str, Any]], sites: Mapping[str, Site], sandbox: Sandbox
) -> Iterator[str | None]:
    """The line of each file, in order; `None` for a file that cannot be read."""
    asked: deque[Loose | None] = deque()

    def works() -> Iterator[Work | None]:
        for row in wanted:
            loose = _read(row)
            asked.append(loose)
            if loose is None:
                yield None
            else:
                site, host = site_of(loose.url, sites), _host(loose.url)
                yield partial(worker.derive_loose, loose, site, host)

    for outcome in sandbox.in_order(works()):
        loose = asked.popleft()
        if isinstance(outcome, str) or loose is None:
            yield outcome if isinstance(outcome, str) else None
        else:
            name = f"urn:sha256:{hashlib.sha256(loose.data).hexdigest()}"
            yield rejected(name, loose.name, loose.url, loose.captured, outcome)


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


def _read(row: Mapping[str, Any]) -> Loose | None:
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
    return Loose(name, data, row.get("url"), moment)


def _taught(rows: Iterable[Mapping[str, Any]], workers: int) -> dict[str, SiteMemory]:
    """What the pages of each host in a list have in common."""
    asked: deque[str] = deque()

    def works() -> Iterator[Work]:
        for row in rows:
            host = _host(row.get("url"))
            loose = _read(row) if host else None
            if loose is not None:
                asked.append(host)
                yield partial(worker.loose_lines, loose)

    pages: defaultdict[str, list[list[str]]] = defaultdict(list)
    with Sandbox(workers, partial(worker.start, Path(), {}, {})) as sandbox:
        for told in sandbox.in_order(works()):
            host = asked.popleft()
            if isinstance(told, str) and (found := json.loads(told)) is not None:
                pages[host].append(found)
    return {host: memory.learn(host, kept) for host, kept in pages.items()}


def _host(url: str | None) -> str:
    return urlsplit(url).hostname or "" if url else ""
