"""Why there is no text of an address: what captures and frontier know about it. Reads only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from archive.uri import dedupe_key
from crawler.frontiersql import HELD, LEASED, READY
from crawler.politeness.robots import Robots, origin_of

_CAPTURES = """
SELECT date, status, record_id, file, offset, original FROM captures WHERE uri = ? ORDER BY date
"""
_PAGES = """
SELECT site, url, via, hops, state, visits, failures, record, due FROM urls WHERE key = ? ORDER BY site
"""


def why_missing(holdings: Path, url: str) -> list[str]:
    """What is known of an address without text, a line each; empty where nothing is.

    Sees the last commit of a crawl that is going on; a state that cannot be read knows nothing.
    """
    path = holdings / "state.sqlite"
    if "://" not in url or not path.exists():
        return []
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            return [*_captured(db, url), *_in_frontier(db, url)]
        finally:
            db.close()
    except sqlite3.Error as error:
        return [f"{path}: {error}; `fangzhi check` says more"]


def _captured(db: sqlite3.Connection, url: str) -> Iterator[str]:
    for date, status, record, file, offset, original in db.execute(_CAPTURES, (url,)):
        where = f"captured {date}, status {status}, {record} in {file} at byte {offset:,}"
        if original:
            yield f"{where}: unchanged since {original}"
        else:
            yield f"{where}: not derived; `fangzhi replay --write` derives it"


def _in_frontier(db: sqlite3.Connection, url: str) -> Iterator[str]:
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    if "urls" not in tables:
        return
    asks = "robots" in tables  # not so after a repair, before the next crawl
    for site, known, via, hops, state, visits, failures, record, due in db.execute(
        _PAGES, (dedupe_key(url),)
    ):
        place = f"{site or 'single pages'}: " + (
            f"the same page as {known}: " if known != url else ""
        )
        linked = f"; linked from {via}, {len(hops)} hops from a seed" if via else "; a seed"
        if visits and not record:
            said = f"asked for {visits} times, without an answer ({failures} in a row)"
        elif visits:
            said = f"visited; its last answer is {record}"
        elif state in (READY, LEASED, HELD):
            said = "waits, never asked for yet" if state != LEASED else "is being asked for"
        elif asks and _refused(db, known):
            said = "never asked for: its robots.txt does not allow it"
        else:
            said = "never asked for"
        yield f"{place}{said}{linked}{_until(due) if state not in (READY, LEASED) else ''}"


def _refused(db: sqlite3.Connection, url: str) -> bool:
    """Whether the robots.txt that was read last does not allow a page."""
    row = db.execute("SELECT rules FROM robots WHERE origin = ?", (origin_of(url),)).fetchone()
    return row is not None and not Robots(row[0]).allows(url)


def _until(due: float) -> str:
    if not 0 < due < 1e12:  # never again
        return "; not asked for again"
    return f"; looked at again after {datetime.fromtimestamp(due, UTC):%Y-%m-%dT%H:%M:%SZ}"
