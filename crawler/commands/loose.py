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
from archive.errors import FangzhiError, WrongUse
from archive.model import SiteMemory
from archive.sites import Site, in_scope, load_folder
from archive.textfiles import joined
from archive.worker import Loose
from crawler.codes import DONE, FAILED, WRONG_USE
from crawler.commands.spread import LESSONS, Spread
from crawler.commands.table import printer
from crawler.derived import rejected
from crawler.sandbox import Sandbox, Work

_ENDINGS = (".html", ".htm", ".shtml", ".xhtml", ".txt")  # of pages in a folder; .gz may follow


def derive(options: argparse.Namespace) -> int:
    """`fangzhi derive`: one JSON line, or row of a table, per file, in order."""
    if bool(options.file) == bool(options.list):
        print("fangzhi: derive: give FILE… or --list LIST.jsonl", file=sys.stderr)
        return WRONG_USE
    wanted = _listed(options.list) if options.list else _named(options)
    learns = bool(options.list) and not options.no_memory
    memories = _taught(wanted, options.workers) if learns else {}
    sites = load_folder(options.sites) if options.sites.is_dir() else {}
    code, out = DONE, printer(as_csv=options.csv)
    with Sandbox(options.workers, partial(worker.start, Path(), {}, memories)) as sandbox:
        rows = _lines(wanted, sites, sandbox)
        for row in joined(rows) if options.list else rows:
            if row is None:
                code = FAILED
            else:
                out(row)
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
    try:
        captured = options.captured and _moment(options.captured)
    except ValueError as error:
        raise WrongUse(f"--captured: {error}") from error
    files = [found for name in options.file for found in _in(name)]
    return [{"file": f, "url": options.url, "captured": captured} for f in files]


def _in(name: str) -> list[str]:
    """Every page in and below a folder, in the order of names; what is no folder, and a folder without
    one, as it is, to be complained of."""
    if not Path(name).is_dir():
        return [name]
    found = (path for path in Path(name).rglob("*") if path.is_file())
    pages = (path for path in found if path.name.lower().removesuffix(".gz").endswith(_ENDINGS))
    return sorted(map(str, pages)) or [name]


def _listed(path: str) -> list[dict[str, Any]]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    except OSError as error:
        raise FangzhiError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FangzhiError(f"{path}: no list in UTF-8: {error}") from error
    rows = []
    for number, row in enumerate(text.split("\n"), 1):  # a string may hold U+2028
        if not row.strip():
            continue
        try:
            rows.append(_entry(json.loads(row)))
        except ValueError as error:
            raise FangzhiError(f"{path}, line {number}: {error}") from error
    return rows


def _entry(value: Any) -> dict[str, Any]:
    """A line of a list, its moment read. Raises `ValueError`."""
    if not isinstance(value, dict) or not isinstance(value.get("file"), str):
        raise ValueError('want {"file": …}')
    url, captured = value.get("url"), value.get("captured")
    if not isinstance(url, str | None) or not isinstance(captured, str | None):
        raise ValueError("url and captured are texts, where they are given")
    return {"file": value["file"], "url": url, "captured": captured and _moment(captured)}


def _moment(text: str) -> datetime:
    """An ISO 8601 moment; UTC where it names no zone. Raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(row: Mapping[str, Any]) -> Loose | None:
    name = row["file"]
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except IsADirectoryError:
        print(
            f"fangzhi: {name!r}: a folder without pages: *{', *'.join(_ENDINGS)}", file=sys.stderr
        )
        return None
    except (OSError, ValueError) as error:  # a NUL in a name is a ValueError
        print(f"fangzhi: {name!r}: {getattr(error, 'strerror', '') or error}", file=sys.stderr)
        return None
    return Loose(name, data, row["url"], row["captured"])


def _taught(rows: Iterable[Mapping[str, Any]], workers: int) -> dict[str, SiteMemory]:
    """What the pages of each host in a list have in common; of a host with more than `LESSONS` it is
    learned from so many, from its first to its last."""
    asked: deque[tuple[str, int]] = deque()
    pages: defaultdict[str, Spread[list[str]]] = defaultdict(lambda: Spread(LESSONS))

    def works() -> Iterator[Work]:
        for row in rows:
            host = _host(row.get("url"))
            place = pages[host].number() if host else None
            loose = _read(row) if place is not None else None
            if loose is not None and place is not None:
                asked.append((host, place))
                yield partial(worker.loose_lines, loose)

    with Sandbox(workers, partial(worker.start, Path(), {}, {})) as sandbox:
        for told in sandbox.in_order(works()):
            host, place = asked.popleft()
            if isinstance(told, str) and (found := json.loads(told)) is not None:
                pages[host].keep(place, found)
    learned = pages.items()
    return {host: memory.learn(host, spread.kept) for host, spread in learned if spread.kept}


def _host(url: str | None) -> str:
    return urlsplit(url).hostname or "" if url else ""
