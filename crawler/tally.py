"""A run's figures of each site, counted while it goes on: `sites` of runs/<run>.json."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from archive.model import Reason
from crawler.revisiting.health import COUNTS


class Tally:
    """Counts for `crawler.revisiting.health`, whose `Figures` says what each is; a site nothing was asked
    of has none. What belongs to no site, as robots.txt, is not counted."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._newest: dict[str, date] = {}

    def failed(self, site: str | None, requests: int = 1) -> None:
        """Count requests that brought no response."""
        if site:
            self._counts[site]["failed"] += requests

    def unchanged(self, site: str | None) -> None:
        """Count an answer of which no line is derived: 304, or a payload known before."""
        if site:
            self._counts[site]["answers"] += 1

    def line(self, site: str | None, line: Mapping[str, Any], *, is_new: bool) -> None:
        """Count one derived line; `is_new`: its URL brought no article before."""
        if not site:
            return
        counts = self._counts[site]
        counts["answers"] += 1
        if "rejected" in line:
            counts["challenges"] += line["rejected"] == Reason.BLOCK_PAGE
            counts["empty"] += line["rejected"] == Reason.NO_TEXT
            return
        counts["articles"] += 1
        counts["new"] += is_new
        counts["titled"] += bool(line["title"])
        counts["dated"] += bool(line["published"])
        counts["empty"] += "low-text" in line["flags"]
        day = _published(line)
        if day is not None:
            self._newest[site] = max(day, self._newest.get(site, day))

    def as_json(self) -> dict[str, dict[str, Any]]:
        """Site -> its figures that are not zero."""
        rows: dict[str, dict[str, Any]] = {
            site: {name: counts[name] for name in COUNTS if counts[name]}
            for site, counts in sorted(self._counts.items())
        }
        for site, day in self._newest.items():
            rows[site]["newest"] = day.isoformat()
        return rows


def _published(line: Mapping[str, Any]) -> date | None:
    """The day of an article; none where it lies ahead of its capture.

    One mistyped year would make a site look fresh for as long.
    """
    if not line["published"] or not line["captured"]:
        return None
    day = date.fromisoformat(line["published"][:10])
    captured = datetime.fromisoformat(line["captured"]).date()
    return day if day <= captured + timedelta(days=1) else None
