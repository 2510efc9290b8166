"""How often `crawler.revisiting.health` cries wolf, and how soon it sees a site break.

    python tools/simulate_health.py [--sites 200] [--days 365] [--seed 1]

Invented sites with 0.3 to 100 articles a week, posted on working days, with bursts, quiet weeks
and shares of titles, dates, empty pages, challenges and failures that differ from run to run;
each is crawled once a day. Healthy sites count false alarms; sites that break on a day count the
days until they are told. An alarm of the same figure within 30 days is one alarm.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median

from archive.sites import Expect
from crawler.revisiting.health import Figures, alarms

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in Beijing
Break = Callable[[Figures], Figures]

BREAKS: dict[str, tuple[str, Break]] = {
    "articles stop": ("new newest", lambda f: replace(f, new=0, articles=0, titled=0, dated=0)),
    "dates vanish": ("published", lambda f: replace(f, dated=0)),
    "titles vanish": ("title", lambda f: replace(f, titled=0)),
    "texts are empty": (
        "empty",
        lambda f: replace(f, empty=f.empty + f.articles, articles=0, titled=0, dated=0, new=0),
    ),
    "challenged": ("challenges", lambda f: replace(f, challenges=f.answers)),
    "half challenged": ("challenges", lambda f: replace(f, challenges=f.answers // 2)),
    "no answers": (
        "failed",
        lambda f: replace(
            f, failed=f.failed + f.answers, answers=0, articles=0, titled=0, dated=0, new=0
        ),
    ),
}


def history(draw: random.Random, weekly: float, days: int) -> list[Figures]:
    """A healthy site's runs, one a day."""
    titled, dated = 1 - 0.05 * draw.random() ** 2, 1 - 0.4 * draw.random() ** 2
    empty, failed = 0.1 * draw.random() ** 2, 0.03 * draw.random()
    newest, runs, mood = START.date() - timedelta(days=1), list[Figures](), 1.0
    for day in range(days):
        moment = START + timedelta(days=day)
        if day % 7 == 0:
            mood = draw.gammavariate(6, 1 / 6)  # busy and quiet weeks: a spread of 40 %
        new = _poisson(draw, weekly / 5 * mood) if day % 7 < 5 else 0
        if draw.random() < 0.01:
            new += draw.randint(5, 20)  # a backlog is published at once
        new += 30 if day == 0 else 0
        newest = moment.date() if new else newest
        revisited = draw.randint(2, 8)
        pages, answers = new + revisited, new + revisited + draw.randint(5, 12)
        runs.append(
            Figures(
                moment,
                answers=answers,
                failed=_some(draw, answers, failed),
                challenges=int(draw.random() < 0.003),
                articles=pages,
                titled=_some(draw, pages, titled),
                dated=_some(draw, pages, dated),
                empty=_some(draw, pages, empty),
                new=new,
                newest=newest,
            )
        )
    return runs


def false_alarms(sites: int, days: int, seed: int) -> tuple[Counter[str], float]:
    """Alarms of healthy sites by figure, and how many a site and year."""
    told: Counter[str] = Counter()
    for number in range(sites):
        runs = history(_random(seed, number), _weekly(_random(seed, -number)), days)
        last: dict[str, int] = {}
        for day in range(1, days + 1):
            for alarm in alarms("a", Expect(), runs[:day]):
                if day - last.get(alarm.figure, -99) > 30:
                    told[alarm.figure] += 1
                last[alarm.figure] = day
    return told, told.total() / sites / days * 365


def days_until_told(name: str, weekly: float, sites: int, seed: int) -> list[int]:
    """Days from a break on the 90th day to its alarm, a site each; 99 where none came."""
    wanted, broken = BREAKS[name]
    found = []
    for number in range(sites):
        runs = history(_random(seed, number), weekly, 180)
        newest: date | None = runs[89].newest
        changed = [broken(run) for run in runs[90:]]
        if "new" in wanted or not changed[0].new:
            changed = [replace(run, newest=newest) for run in changed]
        runs[90:] = changed
        found.append(
            next(
                (
                    day - 90
                    for day in range(91, 181)
                    if any(a.figure in wanted.split() for a in alarms("a", Expect(), runs[:day]))
                ),
                99,
            )
        )
    return sorted(found)


def _random(seed: int, number: int) -> random.Random:
    return random.Random(f"{seed} {number}")


def _weekly(draw: random.Random) -> float:
    """0.3 to 100 articles a week, evenly on the logarithm."""
    rate: float = 0.3 * (100 / 0.3) ** draw.random()
    return rate


def _poisson(draw: random.Random, mean: float) -> int:
    count, left = 0, draw.expovariate(1)
    while left < mean:
        count, left = count + 1, left + draw.expovariate(1)
    return count


def _some(draw: random.Random, total: int, share: float) -> int:
    """How many of `total`, the share itself differing from run to run."""
    drawn = draw.betavariate(20 * share + 1e-6, 20 * (1 - share) + 1e-6)
    return sum(draw.random() < drawn for _ in range(total))


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--sites", type=int, default=200)
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    told, rate = false_alarms(chosen.sites, chosen.days, chosen.seed)
    print(f"false alarms a site and year: {rate:.3f}  {dict(told)}")
    for name in BREAKS:
        for weekly in (2, 20):
            days = days_until_told(name, weekly, max(5, chosen.sites // 10), chosen.seed)
            print(
                f"{name:<16} {weekly:>3} a week: told after {median(days):.0f} days (median), "
                f"{days[int(0.9 * len(days))]} (p90), {sum(d == 99 for d in days)} not within 90"
            )


if __name__ == "__main__":
    main()
