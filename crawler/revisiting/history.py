"""The figures of each site and day of earlier runs, which `crawler/revisiting/health.py` judges a run by.

They stand in the reports of runs/, 35,000 after two years of a look every half hour. So what a
report says is added to its day once, in a table beside the frontier; where the state was made
again, every report is read again. A report that cannot be read is told once and passed over.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from archive.about.dates import BEIJING
from archive.sites import Site
from archive.state import State
from crawler.revisiting.health import AGE_REACH, COUNTS, Alarm, Figures, alarms, daily, figures

logger = logging.getLogger(__name__)

_Day = tuple[str, str]  # site, day
# What reading a report that anybody may have edited can raise.
_DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError)
_TABLES = """
CREATE TABLE IF NOT EXISTS health_days (
    site TEXT NOT NULL, day TEXT NOT NULL,  -- in Beijing
    started TEXT NOT NULL,                  -- the last run of the day, ISO 8601
    figures TEXT NOT NULL,                  -- JSON, as an entry of `sites` in a report
    PRIMARY KEY (site, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS health_runs (run TEXT PRIMARY KEY) WITHOUT ROWID;  -- that were added
"""


class History:
    """The days of a holdings folder. Writes wait for `State.commit`."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.create(_TABLES)

    def read(self, folder: Path) -> None:
        """Add every report of runs/ that was not added yet."""
        known = {run for (run,) in self._state.query("SELECT run FROM health_runs")}
        unread = [path for path in sorted(folder.glob("*.json")) if path.stem not in known]
        days: dict[_Day, Figures] = {}
        for path in unread:
            try:
                _gather(days, figures(json.loads(path.read_bytes())))
            except _DAMAGED as error:
                logger.warning("%s: its figures cannot be read: %s", path, error)
        self._write([path.stem for path in unread], days)

    def add(self, run: str, found: Mapping[str, Figures]) -> None:
        """Add what a run saw of its sites."""
        days: dict[_Day, Figures] = {}
        _gather(days, found)
        self._write([run], days)

    def of(self, site: str) -> list[Figures]:
        """The days of a site in order, as far back as anything is compared."""
        query = "SELECT max(day) FROM health_days WHERE site = ?"
        last = self._state.query(query, (site,)).fetchone()[0]
        if last is None:
            return []
        first = date.fromisoformat(last) - AGE_REACH - timedelta(days=1)
        return list(self._between(site, first.isoformat(), last))

    def _write(self, runs: Iterable[str], days: Mapping[_Day, Figures]) -> None:
        rows = ((run,) for run in runs)
        self._state.write_many("INSERT OR IGNORE INTO health_runs VALUES (?)", rows)
        for (site, day), seen in days.items():
            merged = _merged(next(self._between(site, day, day), None), seen)
            row = (site, day, merged.started.isoformat(), json.dumps(_row(merged)))
            self._state.write("INSERT OR REPLACE INTO health_days VALUES (?, ?, ?, ?)", row)

    def _between(self, site: str, first: str, last: str) -> Iterator[Figures]:
        query = (
            "SELECT started, figures FROM health_days"
            " WHERE site = ? AND day BETWEEN ? AND ? ORDER BY day"
        )
        for started, row in self._state.query(query, (site, first, last)).fetchall():
            yield figures({"started": started, "sites": {site: json.loads(row)}})[site]


def judged(
    state: State, runs: Path, report: Mapping[str, Any], sites: Mapping[str, Site]
) -> list[Alarm]:
    """What is not as usual with the sites a run asked, by the folder of earlier reports and its own.

    The run becomes a part of the history. One that was broken off saw too little to be judged.
    """
    history, found = History(state), figures(report)
    history.read(runs)
    history.add(report["run"], found)
    if report["reason"] != "finished":
        return []
    return [a for site in found for a in alarms(site, sites[site].expect, history.of(site))]


def _gather(days: dict[_Day, Figures], found: Mapping[str, Figures]) -> None:
    """Add the figures of a run to those of its day."""
    for site, seen in found.items():
        key = (site, seen.started.astimezone(BEIJING).date().isoformat())
        days[key] = _merged(days.get(key), seen)


def _merged(before: Figures | None, seen: Figures) -> Figures:
    """The figures of two runs of one day, or of one."""
    runs = [before, seen] if before else [seen]
    (day,) = daily(sorted(runs, key=lambda run: run.started))
    return day


def _row(seen: Figures) -> dict[str, Any]:
    counts: dict[str, Any] = {name: value for name in COUNTS if (value := getattr(seen, name))}
    return counts | ({"newest": seen.newest.isoformat()} if seen.newest else {})
