"""Is a site still as it was? One run's figures against the site's own history and its `[expect]`.

Pure functions from figures to alarms. A crawl that fails says so by itself; these are for sites
that go on answering while nothing useful comes: a relaunch that the layout does not fit, a
firewall page with status 200, a column that moved, dates that a new template hides.

    new            articles first seen in the last week (four weeks, where that is few) against
                   the weeks before, on the square-root scale, where Poisson counts spread by 1
    title, published, empty, challenges, failed
                   shares of the last articles or requests against those before: the tail of a
                   beta-binomial, so that a short history makes a wide range
    newest         days since the newest article, against how old the newest usually was
    [expect]       new_per_week, title, published: what the site definition promises

A site with too little history is not judged against it. Wrong in the weeks of the Spring
Festival and the October holidays, when healthy bureaus post nothing for ten days: `new` may tell.

Measured with tools/simulate_health.py (2026-11; the constants were set on it): 60 invented
healthy sites of 0.3 to 100 articles a week, with bursts and shares that differ from run to run, a
run a day for a year: 0.15 false alarms a site and year. Told after a break, in the median: no
more articles 9 days at 20 a week and 25 at 2; dates or titles gone, texts empty 2 to 3 days;
challenged or without answers 1 to 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from math import exp, lgamma, log, sqrt
from statistics import median
from typing import Any

from archive.about.dates import BEIJING
from archive.sites import Expect

WEEK = timedelta(days=7)
REACH = timedelta(days=120)  # of the history that counts
# Runs younger than this are left out of what is usual where older ones suffice: what broke is
# told for so long, and then it is the custom.
SETTLED = timedelta(days=28)
RUNS = 3  # a history of fewer says nothing

# New articles: windows in days, how many whole ones before the last are wanted, and the fewest
# articles the middle one must hold for a drop to show.
WINDOWS = ((7, 5, 12.0), (28, 3, 6.0))
DROP = 4.5  # standard deviations on the scale 2 * sqrt(count)
# Weeks differ by this much of their mean at least, whatever few of them show: a median deviation
# of five is often far too small.
BURSTS = 0.3
SPREAD = 1.4826  # from the median absolute deviation to a standard deviation

# Shares: the last RECENT articles within a week against at least BEFORE of them before.
RECENT, BEFORE = 20, 30
WEIGHT = 40.0  # articles that a history weighs at most: shares differ from week to week
CHANCE = 1e-5  # of so odd a share at a site that did not change
MARGIN = 0.1  # a smaller change is not worth waking anybody, however sure

# The newest article: so many usual ages, and these days for holidays.
AGES, HOLIDAYS, AGED_RUNS = 6.0, 12.0, 14
AGE_REACH = timedelta(days=730)  # a slow site shows few gaps a year
EXPECTED = 0.01  # chance of so low a share if the site keeps its `[expect]`


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run saw of one site: an entry of `sites` in runs/<run>.json."""

    started: datetime  # of the run, UTC
    answers: int = 0  # responses of any status
    failed: int = 0  # requests without one
    challenges: int = 0  # answers that are block or challenge pages
    articles: int = 0  # pages that became articles, known before or not
    titled: int = 0  # of these, with a title
    dated: int = 0  # with `published`
    empty: int = 0  # pages rejected as `no-text`, and articles flagged `low-text`
    new: int = 0  # articles of URLs without one before
    newest: date | None = None  # latest `published` among its articles


COUNTS = tuple(f.name for f in fields(Figures) if f.name not in ("started", "newest"))


@dataclass(frozen=True, slots=True)
class Alarm:
    """A figure of a site that is not as usual."""

    site: str
    figure: str  # new, title, published, empty, challenges, failed, newest
    value: float
    usual: tuple[float, float | None]  # lowest and highest that would pass; None: no highest
    reason: str  # one sentence that a person can act on


def figures(report: Mapping[str, Any]) -> dict[str, Figures]:
    """The figures of every site of one report; none of a report that has no `sites`.

    Unknown keys are left alone: reports are read years after they were written.
    """
    found = {}
    for site, row in report.get("sites", {}).items():
        counts = {name: int(row.get(name, 0)) for name in COUNTS}
        newest = date.fromisoformat(row["newest"][:10]) if row.get("newest") else None
        started = datetime.fromisoformat(report["started"])
        found[site] = Figures(started, newest=newest, **counts)
    return found


def alarms(site: str, expect: Expect, runs: Sequence[Figures]) -> list[Alarm]:
    """What is wrong with a site after the last of its `runs`, which are in order of time.

    Runs of one day are taken together. The first day of all counts for shares only: everything
    is new to it.
    """
    if not runs:
        return []
    runs = daily(runs)
    since = runs[-1].started - REACH
    kept = [run for run in runs if run.started > since]
    watched = kept if len(kept) < len(runs) else kept[1:]  # the first saw a backlog
    aged = [run for run in runs if run.started > runs[-1].started - AGE_REACH]
    told = [
        *_promised(site, expect, kept, watched),
        *_fewer(site, watched, kept[0].started),
        *_shares(site, kept),
        *_stale(site, aged),
    ]
    return list({alarm.figure: alarm for alarm in reversed(told)}.values())[::-1]


def daily(runs: Sequence[Figures]) -> list[Figures]:
    """The figures of each day in Beijing, at its last run; `newest` of all days until then."""
    days: dict[date, Figures] = {}
    newest: date | None = None
    for run in runs:
        newest = max((day for day in (newest, run.newest) if day), default=None)
        day = run.started.astimezone(BEIJING).date()
        before = days.get(day)
        counts = {
            name: getattr(run, name) + (getattr(before, name) if before else 0) for name in COUNTS
        }
        days[day] = Figures(run.started, newest=newest, **counts)
    return list(days.values())


def _fewer(site: str, runs: Sequence[Figures], began: datetime) -> Iterator[Alarm]:
    """`new` well below that of earlier windows of the same length."""
    for days, wanted, fewest in WINDOWS:
        counts = _windows(runs, began, timedelta(days=days))
        if len(counts) <= wanted:
            continue
        last, before = counts[0], [2 * sqrt(count) for count in counts[1:]]
        middle = median(before)
        if middle < 2 * sqrt(fewest):
            continue
        least = sqrt(1 + BURSTS**2 * (middle**2 / 4) * 7 / days)
        spread = max(least, SPREAD * median(abs(each - middle) for each in before))
        low = max(0.0, middle - DROP * spread * sqrt(1 + 1 / len(before))) ** 2 / 4
        if last < low:
            usual = round(middle**2 / 4)
            reason = f"{last} new articles in {days} days; usual are about {usual}"
            yield Alarm(site, "new", last, (round(low, 1), None), reason)
            return


def _windows(runs: Sequence[Figures], began: datetime, length: timedelta) -> list[int]:
    """New articles of each whole window of this length, the last first."""
    end = runs[-1].started if runs else began
    counts = [0] * int((end - began) / length)
    for run in runs:
        place = int((end - run.started) / length)
        if place < len(counts):
            counts[place] += run.new
    return counts


def _shares(site: str, runs: Sequence[Figures]) -> Iterator[Alarm]:
    yield from _share(site, "title", "titled", "articles", runs, wants_high=True)
    yield from _share(site, "published", "dated", "articles", runs, wants_high=True)
    yield from _share(site, "empty", "empty", "articles", runs, wants_high=False)
    yield from _share(site, "challenges", "challenges", "answers", runs, wants_high=False)
    yield from _share(site, "failed", "failed", "answers", runs, wants_high=False)


def _share(
    site: str, figure: str, part: str, whole: str, runs: Sequence[Figures], *, wants_high: bool
) -> Iterator[Alarm]:
    """A share that left its usual range to the bad side."""
    hits, total, used = 0, 0, 0
    for run in reversed(runs):
        if used and (total >= RECENT or runs[-1].started - run.started > WEEK):
            break
        hits, total, used = hits + _part(run, part), total + _all(run, part, whole), used + 1
    earlier = [run for run in runs[: len(runs) - used] if _all(run, part, whole)]
    settled = [run for run in earlier if runs[-1].started - run.started > SETTLED]
    is_enough = len(settled) >= RUNS and sum(_all(r, part, whole) for r in settled) >= BEFORE
    before = settled if is_enough else earlier
    past = sum(_all(run, part, whole) for run in before)
    if not total or len(before) < RUNS or past < BEFORE:
        return
    usual = sum(_part(run, part) for run in before) / past
    weight = min(WEIGHT, past)
    good, bad = (hits, total - hits) if wants_high else (total - hits, hits)
    good_share = usual if wants_high else 1 - usual
    chance = _at_most(good, good + bad, good_share * weight + 0.5, (1 - good_share) * weight + 0.5)
    share = hits / total
    if chance < CHANCE and abs(share - usual) >= MARGIN:
        edge = max(0.0, usual - MARGIN) if wants_high else min(1.0, usual + MARGIN)
        reason = f"{part} {hits} of the last {total}; usual is {usual:.0%}"
        yield Alarm(site, figure, share, (edge, 1.0) if wants_high else (0.0, edge), reason)


def _part(run: Figures, part: str) -> int:
    return int(getattr(run, part))


def _all(run: Figures, part: str, whole: str) -> int:
    """What a part is a share of: failures and empty pages are not in the count they go with."""
    beside = {"failed": run.failed, "empty": run.empty}.get(part, 0)
    return int(getattr(run, whole)) + beside


def _at_most(hits: int, total: int, alpha: float, beta: float) -> float:
    """Chance of `hits` or fewer of `total` where the share is Beta(alpha, beta)."""
    constant = lgamma(total + 1) + lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta)
    constant -= lgamma(total + alpha + beta)
    return sum(
        exp(
            constant
            + lgamma(k + alpha)
            + lgamma(total - k + beta)
            - lgamma(k + 1)
            - lgamma(total - k + 1)
        )
        for k in range(hits + 1)
    )


def _stale(site: str, runs: Sequence[Figures]) -> Iterator[Alarm]:
    """The newest article much older than the newest usually was."""
    dated = [(run, _age(run, run.newest)) for run in runs if run.newest is not None]
    if not dated or dated[-1][0] is not runs[-1]:
        return
    now, age = dated.pop()
    settled = [old for run, old in dated if now.started - run.started > SETTLED]
    ages = settled if len(settled) >= AGED_RUNS else [old for _, old in dated]
    if len(ages) < AGED_RUNS:
        return
    usual = median(ages)
    limit = AGES * max(1.0, usual / log(2)) + HOLIDAYS  # the mean of an exponential, robustly
    if age > limit:
        reason = f"the newest article is {age:.0f} days old; usual are {usual:.0f}"
        yield Alarm(site, "newest", age, (0.0, round(limit, 1)), reason)


def _age(run: Figures, newest: date) -> float:
    return max(0.0, float((run.started.astimezone(BEIJING).date() - newest).days))


def _promised(
    site: str, expect: Expect, runs: Sequence[Figures], watched: Sequence[Figures]
) -> Iterator[Alarm]:
    """What the site definition expects and the site does not keep."""
    counts = _windows(watched, runs[0].started, WEEK)
    if expect.new_per_week is not None and counts:
        low, high = expect.new_per_week
        if not low <= counts[0] <= high:
            reason = f"{counts[0]} new articles in 7 days; expected are {low} to {high}"
            yield Alarm(site, "new", counts[0], (low, high), reason)
    for figure, part, least in (
        ("title", "titled", expect.title),
        ("published", "dated", expect.published),
    ):
        hits, total = _part(runs[-1], part), runs[-1].articles
        if least is None or hits >= least * total:
            continue
        for run in reversed(runs[:-1]):  # a small lack shows only over many articles
            if total >= 5 * RECENT or runs[-1].started - run.started > WEEK:
                break
            hits, total = hits + _part(run, part), total + run.articles
        if hits < least * total and _binomial_at_most(hits, total, least) < EXPECTED:
            reason = f"{part} {hits} of the last {total}; expected is {least:.0%}"
            yield Alarm(site, figure, hits / total, (least, 1.0), reason)


def _binomial_at_most(hits: int, total: int, share: float) -> float:
    """Chance of `hits` or fewer of `total` at this share; a share of 1 allows no miss."""
    if share >= 1:
        return float(hits >= total)
    if share <= 0:
        return 1.0
    constant = lgamma(total + 1) + total * log(1 - share)
    odds = log(share) - log(1 - share)
    return sum(
        exp(constant + k * odds - lgamma(k + 1) - lgamma(total - k + 1)) for k in range(hits + 1)
    )
