"""Allowed hours: "20:00-07:00" at Beijing time is the only time a site is asked anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.about.dates import BEIJING


def next_allowed(moment: datetime, hours: str | None) -> datetime:
    """The moment itself when it lies in the allowed hours, else the next moment that does.

    `hours` is `Politeness.hours` of a site: from the first minute on, up to the second; over
    midnight when the first is later. Equal ends, and None, allow the whole day. `moment` is
    aware; what comes back has its time zone.

    >>> from datetime import UTC
    >>> next_allowed(datetime(2026, 11, 29, 4, 0, tzinfo=UTC), "20:00-07:00")  # 12:00 in Beijing
    datetime.datetime(2026, 11, 29, 12, 0, tzinfo=datetime.timezone.utc)
    """
    if hours is None:
        return moment
    local = moment.astimezone(BEIJING)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = (midnight + _since_midnight(end) for end in hours.split("-"))
    is_allowed = first <= local < last if first < last else local >= first or local < last
    if is_allowed or first == last:
        return moment
    opening = first if local < first else first + timedelta(days=1)
    return opening.astimezone(moment.tzinfo)


def _since_midnight(clock: str) -> timedelta:
    hour, minute = clock.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))
