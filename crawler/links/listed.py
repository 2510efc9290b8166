"""How old the items of a list are by the days it shows: what a first visit learns its rate from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from archive.about.dates import BEIJING

NOON = time(12)  # of an item's day: its hour is not told, and offices post around it
_LEAP = 8  # years between two 29ths of February at most


def ages(days: Iterable[str], moment: datetime) -> tuple[float, ...]:
    """Seconds from each of the days of `Found.list_date` to `moment`; none below zero.

    A day without a year is the last one of that name. Days ahead of tomorrow, which are those of
    events, and what is no day are left out.

    >>> from datetime import UTC
    >>> [round(age / 3600) for age in ages(["2026-11-28", "XXXX-12-31", "2027-05-01"],
    ...     datetime(2026, 11, 29, 4, 0, tzinfo=UTC))]
    [24, 7992]
    """
    today = moment.astimezone(BEIJING).date()
    found = (_day(text, today + timedelta(days=1)) for text in days)
    noons = (datetime.combine(day, NOON, BEIJING) for day in found if day is not None)
    return tuple(max(0.0, (moment - noon).total_seconds()) for noon in noons)


def _day(text: str, latest: date) -> date | None:
    return max((day for day in _readings(text, latest.year) if day <= latest), default=None)


def _readings(text: str, year: int) -> Iterator[date]:
    years = range(year, year - _LEAP - 1, -1) if text.startswith("XXXX") else [int(text[:4])]
    for each in years:
        try:
            yield date.fromisoformat(f"{each:04}{text[4:]}")
        except ValueError:
            continue
