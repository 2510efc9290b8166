"""The schedule of a frontier: lists on the office clock, allowed hours, what the days on a list teach."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.about.dates import BEIJING
from archive.model import Location
from archive.sites import Politeness, Seed, Site
from archive.state import Acknowledged
from archive.warc import warc_date
from crawler.commands.due import due as due_of
from crawler.links.listed import ages
from crawler.politeness.hours import next_allowed
from crawler.revisiting.office import list_due
from crawler.revisiting.revisit import DAY, HOUR, START
from crawler.revisiting.revisits import Revisits
from crawler.visits import Lead, Lease, Visit
from tests.answering import Answer, Asked, answering, define
from tests.commands import fangzhi, report

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=BEIJING)
SATURDAY = MONDAY - timedelta(days=2)
HOURS = "20:00-07:00"
A_SITE = Site("s", "一", (Seed("http://a.test/"),))


def due(moment: datetime, site: Site = A_SITE, status: int = 200, **lead: object) -> datetime:
    """When the page of a lead that was visited at that moment is due again."""
    schedule = Revisits()
    schedule.sites = {"s": site}
    lease = Lease(1, replace(Lead("http://a.test/", None, "", "s", 0), **lead), "a.test")
    place = Location("a.warc.gz", 1, 1)
    capture = Acknowledged("urn:1", lease.lead.url, warc_date(moment), "r", status, place)
    when, _ = schedule.visited(lease, Visit(capture if status else None), moment.timestamp())
    return datetime.fromtimestamp(when, UTC)


def test_a_list_is_looked_at_sooner_while_offices_are_open() -> None:
    open_, closed = due(MONDAY) - MONDAY, due(SATURDAY) - SATURDAY
    assert open_ < timedelta(seconds=START) < closed
    assert closed < 3 * open_


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([0, 200, 404, 503]),
    st.sampled_from(["", "L"]),
)
def test_nothing_is_due_outside_the_hours_of_its_site(
    moment: datetime, status: int, hops: str
) -> None:
    site = replace(A_SITE, politeness=Politeness(hours=HOURS))
    when = due(moment, site, status, hops=hops)
    assert when == next_allowed(when, HOURS)
    assert when >= due(moment, A_SITE, status, hops=hops)


def test_a_day_is_as_old_as_its_noon_and_one_without_year_is_the_last_of_its_name() -> None:
    moment = datetime(2028, 3, 1, 12, 0, tzinfo=BEIJING)
    days = ("2028-02-29", "XXXX-02-29", "XXXX-12-31", "2028-03-02")
    assert ages(days, moment) == (DAY, DAY, 61 * DAY, 0.0)
    assert ages(("2028-03-09", "2027-02-29", "XXXX-13-01"), moment) == ()


def listing(today: datetime, apart: timedelta) -> Answer:
    """A list of thirty items, so far apart."""
    days = [(today - apart * number).date().isoformat() for number in range(30)]
    rows = "".join(f"<li><a href='{n}.html'>全县工作会议</a> {d}</li>" for n, d in enumerate(days))
    return Answer(body=f"<html><body><ul>{rows}</ul></body></html>".encode())


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[datetime, datetime]]:
    """When the list of each host was visited first and is due again, by a crawl."""
    folder = tmp_path_factory.mktemp("lists")
    today = datetime.now(BEIJING)
    apart = {"busy.test": timedelta(hours=2), "slow.test": timedelta(days=40)}
    lists = {host: listing(today, each) for host, each in apart.items()}
    bare = "".join(f'<li><a href="{n}.html">工作会议</a></li>' for n in range(30))
    lists["bare.test"] = Answer(body=f"<html><body><ul>{bare}</ul></body></html>".encode())

    def answer(asked: Asked) -> Answer:
        return lists[asked.host] if asked.path == "/" else Answer(404)

    for host in lists:
        define(folder / "sites", host)
    with answering(answer) as web:
        where = ("--sites", folder / "sites", "--holdings", folder / "h", "--proxy", web.proxy)
        done = fangzhi("crawl", *where, "--no-derive")
    assert done.returncode == 0, done.stderr[-2000:]
    with closing(sqlite3.connect(folder / "h/state.sqlite")) as database:
        rows = database.execute("SELECT host, due, visited FROM urls WHERE hops = ''").fetchall()
    return {
        host: (datetime.fromisoformat(visited), datetime.fromtimestamp(when, UTC))
        for host, when, visited in rows
    }


def test_the_days_on_a_list_say_at_its_first_visit_when_it_is_due(
    listed: dict[str, tuple[datetime, datetime]],
) -> None:
    visited, when = listed["bare.test"]
    assert abs(when - list_due(visited, START)) < timedelta(minutes=2)
    visited, when = listed["busy.test"]  # twelve items a day
    assert when < list_due(visited, 4 * HOUR)
    visited, when = listed["slow.test"]
    assert when > list_due(visited, 12 * HOUR)


def test_a_site_is_asked_in_its_hours_only_and_due_when_they_begin(tmp_path: Path) -> None:
    now = datetime.now(BEIJING)
    at = {hours: f"{now + timedelta(hours=hours):%H:%M}" for hours in (-2, 2, 3)}
    for host, hours in (("open.test", f"{at[-2]}-{at[2]}"), ("closed.test", f"{at[2]}-{at[3]}")):
        define(tmp_path / "sites", host)
        with (tmp_path / f"sites/{host}.toml").open("a") as file:
            file.write(f'hours = "{hours}"\n')
    with answering(lambda asked: Answer(200 if asked.path == "/" else 404)) as web:
        where = ("--sites", tmp_path / "sites", "--holdings", tmp_path / "h", "--proxy", web.proxy)
        done = fangzhi("crawl", *where, "--no-derive")
    assert done.returncode == 0, done.stderr[-2000:]
    assert {row.host for row in web.log} == {"open.test"}
    assert report(tmp_path / "h")["resting"] == {"closed.test": "hours"}
    found = due_of(tmp_path / "h", ["open.test", "closed.test"])
    opening = now + timedelta(hours=2)
    assert found["closed.test"] is not None
    assert abs(found["closed.test"] - opening) < timedelta(minutes=2)
    assert found["open.test"] is not None
    assert found["open.test"] == next_allowed(found["open.test"], f"{at[-2]}-{at[2]}")
