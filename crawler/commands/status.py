"""`fangzhi status`: what waits, what is due, which hosts rest, the last runs. Works during a crawl."""

from __future__ import annotations

import argparse
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any

from archive.errors import HoldingsError
from archive.state import is_half_committed

RUNS = 5  # of the newest that are shown
_SITES = """
SELECT site, sum(state = 0), sum(state = 1), sum(visits > 0), sum(state = 3 AND due <= :now),
       min(CASE WHEN state = 3 THEN due END), max(visited)
FROM urls GROUP BY site ORDER BY site
"""
_ENDS = {  # why a run ended, where Scrapy or the report has a word of its own for it
    "closespider_pagecount": "ended at its limit",
    "shutdown": "interrupted",
    "no-room": "no room on the disk",
    "archive-failed": "the archive could not be written",
}
_NAMES = ("site", "waiting", "in_flight", "visited", "due", "next_due", "last_visit")
_HOSTS = """
SELECT host, why, rests_until, failures FROM hosts WHERE rests_until > :now ORDER BY rests_until
"""


def status(options: argparse.Namespace) -> int:
    """Print the state of the frontier; 0, also where nothing was crawled yet."""
    now = time()
    found = look(options.holdings, now)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print("\n".join(_lines(found, now)))
    return 0


def look(holdings: Path, now: float) -> dict[str, Any]:
    """What the frontier holds. Moments are ISO 8601 in UTC.

    Reads only, and sees the last commit of a crawl that is going on. Raises `HoldingsError`.
    """
    path = holdings / "state.sqlite"
    if not path.exists():
        raise HoldingsError(f"{holdings}: nothing was crawled into it yet")
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            return _look(db, holdings, now)
        finally:
            db.close()
    except sqlite3.Error as error:
        if is_half_committed(error):
            said = "a run died in the middle of a commit; the next crawl undoes it"
            raise HoldingsError(f"{path}: {said}") from error
        raise HoldingsError(f"{path}: {error}; `fangzhi check --repair` rebuilds it") from error


def _look(db: sqlite3.Connection, holdings: Path, now: float) -> dict[str, Any]:
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    if "urls" not in tables:
        return {"sites": [], "resting": [], "running": None, "runs": _runs(holdings)}
    moment = {"now": now}
    sites = [dict(zip(_NAMES, row, strict=True)) for row in db.execute(_SITES, moment)]
    for site in sites:
        if not site["site"]:  # single pages are asked for by name alone
            site |= {"due": 0, "next_due": None}
        site["next_due"] = _iso(site["next_due"])
    hosts = [
        {"host": host, "why": why, "until": _iso(until), "failures": failures}
        for host, why, until, failures in (db.execute(_HOSTS, moment) if "hosts" in tables else ())
    ]  # a state made again by a repair knows no hosts before the next crawl
    notes = dict(db.execute("SELECT name, value FROM notes"))
    running = json.loads(notes.get("progress", "null")) if "open-run" in notes else None
    return {"sites": sites, "resting": hosts, "running": running, "runs": _runs(holdings)}


def _runs(holdings: Path) -> list[dict[str, Any]]:
    newest = sorted((holdings / "runs").glob("*.json"), reverse=True)[:RUNS]
    kept = (
        *("run", "reason", "requested", "captured", "articles"),
        *("unchanged", "failed", "pending", "alarms"),
    )
    reports = []
    for path in newest:
        try:
            report = json.loads(path.read_bytes())
            reports.append({name: report.get(name) for name in kept})
        except (OSError, ValueError, AttributeError) as error:
            reports.append({"run": path.stem, "reason": f"report cannot be read: {error}"})
    return reports


def _lines(found: dict[str, Any], now: float) -> list[str]:
    rows: list[str] = []
    running = found["running"]
    if running:
        rows.append("running  " + ", ".join(f"{name} {value}" for name, value in running.items()))
    rows.append(f"{'site':<28} {'waiting':>8} {'due':>8} {'visited':>8}  next due")
    for site in found["sites"]:
        waiting = site["waiting"] + site["in_flight"]
        name = site["site"] or "(single pages)"
        rows.append(
            f"{name:<28} {waiting:>8,} {site['due']:>8,} {site['visited']:>8,}"
            f"  {'now' if site['due'] else site['next_due'] or '-'}"
        )
    for host in found["resting"]:
        rows.append(f"resting  {host['host']} until {host['until']}: {host['why']}")
    for run in found["runs"]:
        counts = {**run, "failed": sum((run.get("failed") or {}).values())}
        figures = ", ".join(
            f"{counts.get(name) or 0:,} {name}"
            for name in ("requested", "articles", "unchanged", "failed", "pending")
        )
        rows.append(f"run {run['run']}  {_ENDS.get(run['reason'], run['reason'])}: {figures}")
        for alarm in run.get("alarms") or ():
            rows.append(f"  alarm {alarm['site']}: {alarm['reason']}")
    return rows


def _iso(moment: float | None) -> str | None:
    if moment is None or moment > 1e12:  # never
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
