"""A crawl compares each site with its own earlier runs, names what broke, and exits with 1."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.about.dates import BEIJING
from archive.state import State
from crawler.revisiting.health import Figures, daily, figures
from crawler.revisiting.history import History
from tests.answering import Answer, Asked, answering, article, define
from tests.commands import fangzhi, report

HOST = "www.county.test"
ARTICLES = 30
NOW = datetime.now(UTC)
# what nobody should find in a folder of reports, and a full disk or a hand can leave there
DAMAGED = {
    "20260101T0000": b"",
    "20260102T0000": b'{"run": "20260102T0000", "sites": {',
    "20260103T0000": b"[]",
    "20260104T0000": b'{"started": "yesterday", "sites": {"a": {"new": 1}}}',
    "20260105T0000": b'{"started": "2026-01-05T00:00:00Z", "sites": {"a": 7}}',
    "20260106T0000": b'{"started": "2026-01-06T00:00:00Z", "sites": {"a": {"new": 1e999}}}',
    "20260107T0000": b"\xff\xfe\x00",
}


def earlier(runs: Path, site: str, days: int, **counts: int) -> None:
    """Reports of one run a day until yesterday."""
    runs.mkdir(parents=True, exist_ok=True)
    for age in range(days, 0, -1):
        started = NOW - timedelta(days=age)
        name = started.strftime("%Y%m%dT%H%M%S%f")
        newest = started.astimezone(BEIJING).date().isoformat()
        row = {"run": name, "started": started.isoformat(), "sites": {site: counts}}
        row["sites"][site] = {**counts, "newest": newest}  # type: ignore[index]
        (runs / f"{name}.json").write_text(json.dumps(row), "utf-8")


def undated(asked: Asked) -> Answer:
    """A site whose articles say no day."""
    if asked.path == "/robots.txt":
        return Answer(404)
    if asked.path == "/":
        return article("首页", *(f"/n{number}.html" for number in range(ARTICLES - 1)))
    return article(f"第{asked.path.strip('/nhtml.')}次全县工作会议")


@dataclass(frozen=True)
class Crawled:
    code: int
    stderr: str
    report: dict[str, Any]
    status: str


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Crawled]:
    """The same site crawled into new holdings, into old ones, in part, and by its definition."""
    folder = tmp_path_factory.mktemp("alarms")
    found = {}
    with answering(undated) as web:
        for name, options in (("new", ()), ("old", ()), ("part", ("--limit", 3)), ("told", ())):
            holdings = folder / name
            if name in ("old", "part"):
                seen = {"answers": 30, "articles": 20, "titled": 20, "dated": 20, "new": 4}
                earlier(holdings / "runs", HOST, 60, **seen)
                for run, text in DAMAGED.items():
                    (holdings / "runs" / f"{run}.json").write_bytes(text)
            more = "[expect]\npublished = 0.9\n" if name == "told" else ""
            sites = define(folder / f"sites-{name}", HOST, more=more)
            where = ("--sites", sites, "--holdings", holdings, "--proxy", web.proxy)
            done = fangzhi("crawl", *where, *options)
            look = name == "old"
            status = fangzhi("status", "--holdings", holdings).stdout if look else ""
            found[name] = Crawled(done.returncode, done.stderr, report(holdings), status)
    return found


def test_a_site_crawled_for_the_first_time_is_counted_and_raises_no_alarm(
    crawled: dict[str, Crawled],
) -> None:
    first = crawled["new"]
    assert (first.code, first.report["alarms"]) == (0, [])
    counts = {"answers": ARTICLES, "articles": ARTICLES, "titled": ARTICLES, "new": ARTICLES}
    assert first.report["sites"] == {HOST: {**counts, "empty": 1}}  # the front page says little
    started = datetime.fromisoformat(first.report["started"])
    assert timedelta(0) <= started - NOW < timedelta(hours=1)


def test_what_broke_is_named_in_report_table_and_status_and_the_exit_code_is_1(
    crawled: dict[str, Crawled],
) -> None:
    broken = crawled["old"]
    assert broken.code == 1, broken.stderr
    (alarm,) = broken.report["alarms"]
    assert (alarm["site"], alarm["figure"], alarm["value"]) == (HOST, "published", 0.0)
    assert alarm["usual"] == [0.9, 1.0]
    assert (
        f"alarm {HOST}: published: dated 0 of the last {ARTICLES}; usual is 100%" in broken.stderr
    )
    assert f"fangzhi: {HOST}: dated 0 of" in broken.stderr
    assert f"alarm {HOST}: dated 0 of" in broken.status


def test_a_damaged_report_is_named_and_ends_nothing(crawled: dict[str, Crawled]) -> None:
    for run in DAMAGED:
        assert f"{run}.json: its figures cannot be read" in crawled["old"].stderr
    assert "Traceback" not in crawled["old"].stderr


def test_a_run_that_was_broken_off_is_not_judged(crawled: dict[str, Crawled]) -> None:
    assert crawled["part"].code == 3
    assert crawled["part"].report["alarms"] == []


def test_an_expectation_of_the_definition_holds_from_the_first_run_on(
    crawled: dict[str, Crawled],
) -> None:
    assert crawled["told"].code == 1
    (alarm,) = crawled["told"].report["alarms"]
    assert alarm["reason"] == f"dated 0 of the last {ARTICLES}; expected is 90%"


def test_reports_are_read_once_and_their_days_kept(tmp_path: Path) -> None:
    earlier(tmp_path, "a", 800, answers=9, articles=5, new=1)
    earlier(tmp_path, "b", 20, answers=2)
    state = State(":memory:")
    History(state).read(tmp_path)
    for path in tmp_path.iterdir():
        path.write_text("{")
    history = History(state)
    history.read(tmp_path)
    assert len(history.of("a")) in (731, 732)  # two years are enough
    assert sum(run.new for run in history.of("a")[-7:]) == 7
    assert history.of("none") == []


def test_the_runs_of_a_day_count_as_one_as_they_do_for_health(tmp_path: Path) -> None:
    history = History(State(":memory:"))
    start = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    runs = [
        Figures(start + timedelta(hours=5 * n), 3 + n, n % 2, articles=n, new=n % 3)
        for n in range(40)
    ]
    for number in (*range(20, 40), *range(20)):  # in any order: reports may be put back
        history.add(str(number), {"a": runs[number]})
    assert history.of("a") == daily(runs)


def test_a_capture_only_run_has_no_figures_and_no_alarms(tmp_path: Path) -> None:
    earlier(tmp_path / "h/runs", HOST, 60, answers=30, articles=20, dated=20, new=4)
    sites = define(tmp_path / "sites", HOST)
    with answering(undated) as web:
        where = ("--sites", sites, "--holdings", tmp_path / "h", "--proxy", web.proxy)
        assert fangzhi("crawl", *where, "--no-derive").returncode == 0
    numbers = report(tmp_path / "h")
    assert "sites" not in numbers
    assert figures(numbers) == {}
    assert numbers["alarms"] == []
