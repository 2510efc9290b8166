"""When to fetch again: waits stay in their bounds, follow the rate, and spend a budget well."""

from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.about.dates import BEIJING
from crawler.politeness.hours import next_allowed
from crawler.revisiting import office, revisit
from crawler.revisiting.revisit import DAY, GONE, HOUR, LADDER, LONGEST, SHORTEST, Past
from tools.simulate_schedule import learn, make_world, table

gaps = st.floats(60, 400 * DAY)
lists = st.lists(st.tuples(gaps, st.integers(0, 500)), max_size=30)
clocks = st.times().map(lambda t: f"{t.hour:02d}:{t.minute:02d}")
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


def visited(history: list[tuple[float, int]]) -> Past:
    past = Past(1)
    for elapsed, new in history:
        past = revisit.list_visited(past, elapsed, new)
    return past


@given(lists, st.floats(60, 3660 * DAY), st.floats(1e-3, 1e6))
def test_a_list_waits_between_half_an_hour_and_three_days(
    history: list[tuple[float, int]], start: float, pace: float
) -> None:
    wait = revisit.list_wait(visited(history), pace, start)
    assert SHORTEST <= wait <= LONGEST


@given(st.floats(SHORTEST, LONGEST), st.floats(1, 1000))
def test_a_list_of_which_nothing_is_known_waits_its_start(start: float, pace: float) -> None:
    assert isclose(revisit.list_wait(Past(1), pace, start), start)


def test_the_first_visit_teaches_nothing_however_many_items_are_new() -> None:
    assert revisit.list_visited(Past(), 0.0, 500) == Past(1)


@given(lists, gaps, st.integers(0, 100))
def test_more_news_never_means_a_longer_wait(
    history: list[tuple[float, int]], elapsed: float, new: int
) -> None:
    past = visited(history)
    few, more = (revisit.list_visited(past, elapsed, count) for count in (new, new + 1))
    assert revisit.list_wait(more) <= revisit.list_wait(few)


@given(st.floats(0.2, 40), st.integers(40, 60))
def test_a_steady_list_is_visited_at_the_pace_of_its_rate(a_day: float, visits: int) -> None:
    past = Past(1)
    owed = 0.0
    for _ in range(visits):
        owed += a_day
        past = revisit.list_visited(past, DAY, int(owed))
        owed -= int(owed)
    wanted = revisit.wait_at(a_day / DAY, revisit.PACE)
    assert abs(revisit.list_wait(past) / wanted - 1) < 0.2


def test_four_times_the_news_halves_the_wait() -> None:
    slow, fast = visited([(DAY, 2)] * 200), visited([(DAY, 8)] * 200)
    assert revisit.list_wait(slow) / revisit.list_wait(fast) == pytest.approx(2, rel=0.05)


def test_a_column_that_falls_asleep_is_forgotten_and_one_that_wakes_is_noticed() -> None:
    busy = visited([(DAY / 4, 3)] * 100)
    asleep = busy
    for _ in range(40):
        asleep = revisit.list_visited(asleep, DAY, 0)
    awake = visited([(3 * DAY, 0)] * 60 + [(3 * DAY, 12)])
    assert revisit.list_wait(busy) < 3.5 * HOUR
    assert revisit.list_wait(asleep) > 10 * HOUR
    assert revisit.list_wait(awake) < 12 * HOUR


def test_the_dates_on_a_list_give_its_rate_at_the_first_visit() -> None:
    daily = revisit.list_first_seen([day * DAY for day in range(20)])
    assert revisit.list_rate(daily) * DAY == pytest.approx(1, rel=0.15)
    pinned = revisit.list_first_seen([*(day * DAY for day in range(20)), 2000 * DAY])
    assert revisit.list_rate(pinned) * DAY == pytest.approx(1, rel=0.15)
    old = revisit.list_first_seen([(300 + day) * DAY for day in range(20)])
    assert revisit.list_wait(old) > 20 * HOUR
    assert revisit.list_first_seen([0.0, DAY]) == Past(1)


@given(st.lists(st.floats(0, 4000 * DAY), max_size=40))
def test_any_dates_give_a_usable_past(ages: list[float]) -> None:
    assert SHORTEST <= revisit.list_wait(revisit.list_first_seen(ages)) <= LONGEST


@given(st.lists(st.floats(1e-8, 1e-2), min_size=1, max_size=50), st.floats(0.01, 3000))
def test_the_pace_spends_the_budget(rates: list[float], budget: float) -> None:
    pace = revisit.pace_for(rates, budget)
    spent = sum(DAY / revisit.wait_at(rate, pace) for rate in rates)
    least, most = len(rates) * DAY / LONGEST, len(rates) * DAY / SHORTEST
    assert spent == pytest.approx(min(most, max(least, budget)), rel=1e-3)


@given(st.lists(st.booleans(), max_size=60))
def test_an_article_climbs_the_ladder_and_then_waits_between_a_day_and_a_year(
    changes: list[bool],
) -> None:
    past = revisit.article_visited(Past(), 0.0, False)
    waits = [revisit.article_wait(past)]
    for changed in changes:
        past = revisit.article_visited(past, waits[-1], changed)
        waits.append(revisit.article_wait(past))
    assert tuple(waits[: len(LADDER)]) == LADDER[: len(waits)]
    assert all(revisit.OFTENEST <= wait <= revisit.RAREST for wait in waits[len(LADDER) :])


def test_a_quiet_article_is_asked_ever_more_rarely_and_a_changing_one_is_not() -> None:
    def after(changed: bool, visits: int) -> list[float]:
        past, waits = Past(len(LADDER)), [LADDER[-1]]
        for _ in range(visits):
            past = revisit.article_visited(past, waits[-1], changed)
            waits.append(revisit.article_wait(past))
        return waits

    quiet, restless = after(False, 8), after(True, 8)
    assert quiet == sorted(quiet)
    assert quiet[-1] > 180 * DAY
    assert restless[-1] < 10 * DAY


def test_an_article_that_changes_every_other_visit_waits_as_long_as_the_estimate_says() -> None:
    # n = 10, X = 5: r = -ln(5.5 / 10.5) = 0.647 changes in a wait of 30 days
    past = Past(len(LADDER) + 10, 5.0, 300 * DAY)
    assert revisit.article_wait(past) / DAY == pytest.approx(30 * 0.6931 / 0.6466, rel=1e-3)


def test_a_page_that_is_gone_is_asked_again_four_times_and_then_left() -> None:
    past, waits = Past(3, 1.0, DAY), list[float]()
    for _ in range(10):
        past = revisit.gone_visited(past)
        wait = revisit.gone_wait(past, 404)
        if wait is None:
            break
        waits.append(wait)
    assert tuple(waits) == GONE
    assert revisit.gone_wait(past, 404, is_seed=True) == GONE[-1]
    assert revisit.gone_wait(revisit.gone_visited(Past()), 410) == GONE[1]


@given(lists, st.booleans())
def test_a_page_that_is_back_is_no_longer_gone(
    history: list[tuple[float, int]], changed: bool
) -> None:
    past = revisit.gone_visited(visited(history))
    assert past.gone == 1
    assert revisit.list_visited(past, DAY, 0).gone == 0
    assert revisit.article_visited(past, DAY, changed).gone == 0


@given(lists)
def test_the_past_is_four_numbers_that_survive_storing(history: list[tuple[float, int]]) -> None:
    past = visited(history)
    assert Past(*astuple(past)) == past
    assert all(isinstance(number, int | float) for number in astuple(past))


def is_allowed(moment: datetime, hours: str) -> bool:
    """The same question minute by minute of the day."""
    start, end = ((int(c[:2]) * 60 + int(c[3:])) for c in hours.split("-"))
    local = moment.astimezone(BEIJING)
    minute = local.hour * 60 + local.minute
    return (minute - start) % 1440 < ((end - start) % 1440 or 1440)


@given(moments, clocks, clocks)
def test_the_next_allowed_moment_is_allowed_and_no_earlier_one_is(
    moment: datetime, start: str, end: str
) -> None:
    hours = f"{start}-{end}"
    opening = next_allowed(moment, hours)
    assert moment <= opening < moment + timedelta(days=1)
    assert is_allowed(opening, hours)
    assert (opening == moment) == is_allowed(moment, hours)
    if opening > moment:
        assert not is_allowed(opening - timedelta(seconds=1), hours)


def test_without_hours_any_moment_is_allowed() -> None:
    moment = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)
    assert next_allowed(moment, None) is moment


def test_at_equal_budget_the_learned_schedule_finds_items_sooner_than_fixed_and_aimd() -> None:
    rows = table(make_world(pages=80, days=42, seed=7))
    for (_, rival), (_, learned), (_, by_office) in zip(
        rows[::3], rows[1::3], rows[2::3], strict=True
    ):
        assert max(learned.fetches, by_office.fetches) <= 1.02 * rival.fetches
        assert by_office.mean < learned.mean < 0.95 * rival.mean


def test_the_office_clock_costs_a_list_that_posts_at_night_a_third_at_most() -> None:
    world = make_world(pages=80, days=42, seed=7, office_hours=False)
    plain, by_office = learn(world, 4.0), learn(world, 4.0, office=True)
    assert by_office.fetches <= 1.02 * plain.fetches
    assert by_office.mean < 1.33 * plain.mean


@given(moments, st.floats(0, 100 * DAY))
def test_a_list_is_due_after_half_an_hour_to_three_days(moment: datetime, wait: float) -> None:
    real = (office.list_due(moment, wait) - moment).total_seconds()
    assert SHORTEST - 1e-3 <= real <= LONGEST + 1e-3


@given(st.floats(0, 7 * DAY - 1), st.floats(0, 3 * DAY), st.floats(0, DAY))
def test_a_longer_wait_is_never_due_earlier(into: float, wait: float, more: float) -> None:
    assert office.real_wait(into, wait) <= office.real_wait(into, wait + more) + 1e-6


def test_the_office_clock_passes_a_week_in_a_week() -> None:
    opened = 5 * (office.CLOSES - office.OPENS)
    passed = opened * office.FAST + (office.WEEK - opened) * office.SLOW
    assert isclose(passed, office.WEEK)


def test_six_hours_are_three_on_a_morning_and_until_monday_on_a_saturday_they_are_not() -> None:
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=BEIJING)
    saturday = datetime(2026, 11, 28, 9, 0, tzinfo=BEIJING)
    assert office.list_due(monday, 6 * HOUR) - monday < timedelta(hours=3.5)
    assert timedelta(hours=9) < office.list_due(saturday, 6 * HOUR) - saturday
