"""When the sites of some holdings are due: what `fangzhi watch` sleeps until, and whether a crawl of
what is due has anything to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive.sites import Site
from archive.textfiles import unfinished
from archive.uri import ascii_url, dedupe_key
from archive.warcwriter import OPEN

_NO_DAY = datetime.max.replace(tzinfo=UTC)
NEVER = 1e12  # seconds; pages that are due only in a whole pass lie beyond it

# What waits is due now, what was visited when the schedule says; nothing before its host may be
# asked again.
_DUE = """
SELECT urls.site, min(max(CASE state WHEN 3 THEN due ELSE 0 END, coalesce(rests_until, 0)))
FROM urls LEFT JOIN hosts ON hosts.host = urls.host
WHERE state IN (0, 1, 3) AND urls.site != '' GROUP BY urls.site
"""


def next_due(holdings: Path, sites: Collection[str]) -> datetime | None:
    """The first moment at which a page of these sites is due, or long was; None where none is.

    Holdings that cannot be read now say None, so that the watch looks again later.
    """
    try:
        moments = [when for when in due(holdings, sites).values() if when is not None]
    except sqlite3.Error:
        return None
    return min(moments, default=None)


def due(holdings: Path, sites: Collection[str]) -> dict[str, datetime | None]:
    """When each of the sites is due first, or long was; None where nothing of it is.

    A site the frontier does not know yet is due at once. Reads only, also while a crawl writes.
    Raises `sqlite3.Error`.
    """
    with closing(_opened(holdings)) as database:
        known = dict(database.execute(_DUE))
    moments = {site: known.get(site, 0.0) for site in sites}
    return {
        site: datetime.fromtimestamp(moment, UTC) if moment < NEVER else None
        for site, moment in moments.items()
    }


def idle_until(holdings: Path, sites: Mapping[str, Site]) -> datetime | None:
    """The moment before which a crawl of what is due has nothing to do; None where it has, or may
    have: a page is due, a seed is new, or an earlier run left something to be finished.

    A schedule that looks every few minutes then costs a tenth of a second, and no report.
    """
    if not (holdings / "state.sqlite").exists() or _is_left_over(holdings):
        return None
    try:
        moments = due(holdings, sites)
        if _has_new_seed(holdings, sites.values()):
            return None
    except sqlite3.Error:
        return None  # the crawl says what is wrong
    soonest = min((when for when in moments.values() if when is not None), default=_NO_DAY)
    return soonest if soonest > datetime.now(UTC) else None


def _is_left_over(holdings: Path) -> bool:
    """Whether a run was broken off: a file without its end, or a capture without its text."""
    warcs, text = holdings / "warc", holdings / "text"
    names = [path.name for folder in (warcs, text) if folder.is_dir() for path in folder.iterdir()]
    return any(name.endswith(OPEN) for name in names) or bool(
        unfinished(list(warcs.glob("*.gz")), text)
    )


def _has_new_seed(holdings: Path, sites: Iterable[Site]) -> bool:
    """Whether a definition names a seed that was never asked for, or a run did not come to its end."""
    with closing(_opened(holdings)) as database:
        if database.execute(
            "SELECT 1 FROM notes WHERE name IN ('open-run', 'unread-runs')"
        ).fetchone():
            return True
        query = "SELECT 1 FROM urls WHERE key = ? AND site = ?"
        return any(
            database.execute(query, (dedupe_key(ascii_url(seed.url)), site.id)).fetchone() is None
            for site in sites
            for seed in site.seeds
        )


def _opened(holdings: Path) -> sqlite3.Connection:
    """The state, to be read also while a crawl writes."""
    uri = f"{(holdings / 'state.sqlite').absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=10)
