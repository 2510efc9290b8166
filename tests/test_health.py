"""Alarms tell what broke, name the site, and leave healthy and young sites alone."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sites import Expect
from crawler.revisiting.health import Figures, alarms, figures
from crawler.tally import Tally
from tools.simulate_health import BREAKS, days_until_told, false_alarms, history

NOTHING = Expect()
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)

counts = st.integers(0, 300)


@st.composite
def runs_of_a_site(draw: st.DrawFn) -> list[Figures]:
    moment, found = START, list[Figures]()
    for _ in range(draw(st.integers(0, 12))):
        articles, answers = draw(counts), draw(counts)
        found.append(
            Figures(
                moment,
                answers=answers,
                failed=draw(counts),
                challenges=draw(st.integers(0, answers)),
                articles=articles,
                titled=draw(st.integers(0, articles)),
                dated=draw(st.integers(0, articles)),
                empty=draw(counts),
                new=draw(st.integers(0, articles)),
                newest=draw(st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))),
            )
        )
        moment += timedelta(hours=draw(st.integers(0, 2000)))
    return found


def steady(days: int = 60, **more: object) -> list[Figures]:
    """A run a day, each with ten pages, four of them new, all as it should be."""
    usual = Figures(START, answers=20, articles=10, titled=10, dated=10, new=4)
    return [
        replace(
            usual,
            started=START + timedelta(days=day),
            newest=(START + timedelta(days=day)).date(),
            **more,  # type: ignore[arg-type]  # fields of Figures
        )
        for day in range(days)
    ]


def told(runs: list[Figures], expect: Expect = NOTHING) -> dict[str, str]:
    return {alarm.figure: alarm.reason for alarm in alarms("qinghe-trs", expect, runs)}


@given(runs_of_a_site())
def test_any_figures_give_at_most_one_alarm_of_each_kind(runs: list[Figures]) -> None:
    expect = Expect(new_per_week=(3, 40), title=0.98, published=1.0)
    found = alarms("a", expect, runs)
    assert len({alarm.figure for alarm in found}) == len(found)
    for alarm in found:
        low, high = alarm.usual
        assert alarm.site == "a"
        assert alarm.value < low or (high is not None and alarm.value > high)
        assert alarm.reason


@given(runs_of_a_site(), st.integers(2, 5))
def test_it_does_not_matter_in_how_many_runs_a_day_was_crawled(
    runs: list[Figures], parts: int
) -> None:
    def split(run: Figures) -> list[Figures]:
        shares = [Figures(run.started, newest=run.newest)] * (parts - 1)
        return [*shares, run]

    assert alarms("a", NOTHING, [part for run in runs for part in split(run)]) == alarms(
        "a", NOTHING, runs
    )


@given(runs_of_a_site())
def test_three_runs_are_never_judged_by_their_history(runs: list[Figures]) -> None:
    assert alarms("a", NOTHING, runs[:3]) == []


def test_a_steady_site_is_healthy() -> None:
    assert told(steady()) == {}


def test_a_day_off_is_no_alarm() -> None:
    runs = steady()
    runs[-1] = replace(runs[-1], new=0, articles=0, titled=0, dated=0)
    assert told(runs) == {}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_what_breaks_is_told(name: str) -> None:
    wanted, broken = BREAKS[name]
    runs = steady()
    stopped = runs[49].newest
    runs[50:] = [replace(broken(run), newest=stopped) for run in runs[50:]]
    assert set(wanted.split()) & set(told(runs))


def test_the_reason_says_what_was_seen_and_what_is_usual() -> None:
    runs = steady()
    runs[53:] = [replace(run, new=0, dated=0) for run in runs[53:]]
    assert told(runs) == {
        "new": "0 new articles in 7 days; usual are about 28",
        "published": "dated 0 of the last 20; usual is 100%",
    }


def test_the_newest_article_may_be_as_old_as_it_usually_is() -> None:
    rare = [replace(run, new=0, newest=START.date()) for run in steady(120)]
    for day in range(0, 120, 20):
        for run in range(day, min(day + 20, 120)):
            rare[run] = replace(rare[run], newest=(START + timedelta(days=day)).date())
    assert "newest" not in told(rare)
    stopped = date(2026, 4, 1)
    old = [replace(run, newest=min(stopped, run.started.date())) for run in steady(120)]
    assert "newest" in told(old)


def test_the_first_run_finds_a_backlog_and_is_no_measure() -> None:
    runs = steady()
    runs[0] = replace(runs[0], new=3000, articles=3000, titled=3000, dated=3000)
    assert told(runs) == {}
    assert told(runs[:8], Expect(new_per_week=(3, 40))) == {}


def test_a_definition_is_held_to_its_word() -> None:
    runs = steady(20)
    assert told(runs, Expect(new_per_week=(3, 40), title=0.98, published=0.9)) == {}
    assert told(runs, Expect(new_per_week=(40, 90))) == {
        "new": "28 new articles in 7 days; expected are 40 to 90"
    }
    assert told(runs, Expect(new_per_week=(0, 20))) == {
        "new": "28 new articles in 7 days; expected are 0 to 20"
    }
    half = [replace(run, titled=5) for run in runs]
    assert set(told(half, Expect(title=0.98))) == {"title"}
    assert told(half, Expect(title=0.5)) == {}


def test_an_expectation_needs_no_history_but_enough_articles() -> None:
    one = Figures(START, answers=30, articles=3, titled=0, dated=3)
    assert set(told([one], Expect(title=0.98))) == {"title"}
    lucky = replace(one, articles=10, titled=9)
    assert told([lucky], Expect(title=0.98)) == {}
    assert set(told([lucky], Expect(title=1.0))) == {"title"}


def test_a_report_gives_the_figures_of_its_sites_and_an_old_one_none() -> None:
    report = json.loads(
        '{"run": "r", "started": "2026-01-05T01:00:00+00:00", "sites": {"a": {"answers": 9,'
        ' "articles": 3, "titled": 2, "newest": "2026-01-04T10:00:00+08:00", "later": 1}}}'
    )
    assert figures(report) == {
        "a": Figures(START, answers=9, articles=3, titled=2, newest=date(2026, 1, 4))
    }
    assert figures({"run": "r", "requested": 3}) == {}


def article(**more: object) -> dict[str, object]:
    return {
        "captured": "2026-01-05T01:00:00Z",
        "title": "标题",
        "published": "2026-01-04T10:00:00+08:00",
        "flags": [],
        **more,
    }


def test_what_is_tallied_is_what_is_read_back() -> None:
    tally = Tally()
    tally.line("a", article(), is_new=True)
    tally.line("a", article(title=None, published=None, flags=["low-text"]), is_new=False)
    tally.line("a", article(published="2206-01-04"), is_new=True)  # mistyped: not the newest
    tally.line("a", {"rejected": "block-page"}, is_new=False)
    tally.line("a", {"rejected": "no-text"}, is_new=False)
    tally.line("a", {"rejected": "list-page"}, is_new=False)
    tally.unchanged("a")
    tally.failed("b")
    report = {"started": START.isoformat(), "sites": tally.as_json()}
    assert figures(json.loads(json.dumps(report))) == {
        "a": Figures(
            START,
            answers=7,
            challenges=1,
            articles=3,
            titled=2,
            dated=2,
            empty=2,
            new=2,
            newest=date(2026, 1, 4),
        ),
        "b": Figures(START, failed=1),
    }


def test_alarms_are_written_as_json() -> None:
    runs = steady()
    runs[53:] = [replace(run, new=0) for run in runs[53:]]
    (alarm,) = alarms("a", NOTHING, runs)
    assert json.loads(json.dumps(asdict(alarm), allow_nan=False))["usual"][1] is None


def test_healthy_sites_seldom_cry_wolf() -> None:
    told, a_year = false_alarms(sites=25, days=120, seed=5)
    assert a_year <= 0.4, told


def test_a_site_that_stops_or_loses_its_dates_is_told_soon() -> None:
    stopped = days_until_told("articles stop", 20, sites=7, seed=5)
    dates = days_until_told("dates vanish", 20, sites=7, seed=5)
    assert stopped[3] <= 14
    assert dates[3] <= 4


def test_invented_sites_are_the_same_every_time() -> None:
    assert history(random.Random(1), 5.0, 30) == history(random.Random(1), 5.0, 30)
