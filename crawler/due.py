"""When the sites of some holdings are due: what `fangzhi watch` sleeps until."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

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
    uri = f"{(holdings / 'state.sqlite').absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=10)) as database:
        known = dict(database.execute(_DUE))
    moments = {site: known.get(site, 0.0) for site in sites}
    return {
        site: datetime.fromtimestamp(moment, UTC) if moment < NEVER else None
        for site, moment in moments.items()
    }
