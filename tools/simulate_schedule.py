"""How late new items are found: `crawler.revisiting.revisit` against fixed intervals and AIMD.

    python tools/simulate_schedule.py [--pages 400] [--days 70] [--seed 1]

Synthetic list pages whose rates of new items are log-normal; items come on working days in
working hours. Every policy watches the same items. The learning policy starts with nothing
known, and its pace is set once a simulated day so that its estimates use up the budget. The
first 14 days are not counted. "At its budget" is the learning policy given as many fetches as
the policy above it took.
"""

from __future__ import annotations

import argparse
import math
import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from crawler.revisiting.office import real_wait
from crawler.revisiting.revisit import (
    DAY,
    HOUR,
    MINUTE,
    PACE,
    START,
    Past,
    list_rate,
    list_visited,
    list_wait,
    pace_for,
)

BURN_IN = 14  # days
# Share of a working day's items by the hour they are posted in, 8:00 to 18:00 (assumed).
HOURS = {8: 5, 9: 14, 10: 15, 11: 11, 12: 4, 13: 4, 14: 9, 15: 13, 16: 14, 17: 11}
MEDIAN, SIGMA = 7.0, 1.5  # items a week of the middle page; of the normal under the logarithm


@dataclass(frozen=True, slots=True)
class World:
    """When each page shows a new item, in seconds since a Monday, 0:00."""

    posts: tuple[tuple[float, ...], ...]
    firsts: tuple[float, ...]  # when each page is first visited: over the first day, as it comes
    days: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy achieved after the burn-in."""

    fetches: float  # a day and page
    mean: float  # hours from an item's posting to its discovery, over items
    p90: float


# (wait so far, seconds since the visit before, new items) -> next wait
Rule = Callable[[float, float, int], float]


def make_world(pages: int, days: int, seed: int, *, office_hours: bool = True) -> World:
    """The same pages and items for the same arguments; without office hours, items at any time."""
    draw = random.Random(seed)
    weekly = [MEDIAN * math.exp(SIGMA * draw.gauss(0, 1)) for _ in range(pages)]
    posts = tuple(_posts(draw, each, days, office_hours) for each in weekly)
    return World(posts, tuple(DAY * draw.random() for _ in range(pages)), days)


def fixed(hours: float) -> Rule:
    """Always the same wait."""
    return lambda wait, elapsed, new: hours * HOUR


def aimd(up: float, down: float, least: float, most: float) -> Rule:
    """Wait longer after a visit without news, shorter after one with news (seconds)."""

    def rule(wait: float, elapsed: float, new: int) -> float:
        return min(most, max(least, wait * ((1 - down) if new else (1 + up))))

    return rule


def watch(world: World, rule: Rule, start: float) -> Outcome:
    """A rule that sees one page at a time."""
    fetches, delays = 0, list[float]()
    for posts, first in zip(world.posts, world.firsts, strict=True):
        moment, before, wait, seen = first, first, start, 0
        while moment < world.days * DAY:
            now_there = bisect_right(posts, moment)
            fetches += moment >= BURN_IN * DAY
            delays += _delays(posts[seen:now_there], moment)
            wait = rule(wait, moment - before, now_there - seen) if moment > first else start
            seen, before, moment = now_there, moment, moment + wait
    return _outcome(world, fetches, delays)


def learn(world: World, budget: float, *, office: bool = False) -> Outcome:
    """`crawler.revisiting.revisit` with a budget of fetches a day and page; `office`: by `crawler.revisiting.office`."""
    pasts = [Past() for _ in world.posts]
    due, before, seen = list(world.firsts), [0.0] * len(pasts), [0] * len(pasts)
    pace, fetches, delays = PACE, 0, list[float]()
    for day in range(world.days):
        for page, posts in enumerate(world.posts):
            while (moment := due[page]) < (day + 1) * DAY:
                now_there = bisect_right(posts, moment)
                fresh = posts[seen[page] : now_there]
                pasts[page] = list_visited(pasts[page], moment - before[page], len(fresh))
                fetches += moment >= BURN_IN * DAY
                delays += _delays(fresh, moment)
                seen[page], before[page] = now_there, moment
                wait = list_wait(pasts[page], pace)
                due[page] = moment + (real_wait(moment, wait) if office else wait)
        pace = pace_for([list_rate(past, pace) for past in pasts], budget * len(pasts))
    return _outcome(world, fetches, delays)


def table(world: World) -> list[tuple[str, Outcome]]:
    """Every policy by its name."""
    rivals: dict[str, tuple[Rule, float]] = {
        "fixed 6 h": (fixed(6), 6 * HOUR),
        "AIMD +20 % -50 %, 1 h to 2 d": (aimd(0.2, 0.5, HOUR, 2 * DAY), START),
        "fixed 24 h": (fixed(24), DAY),
        "AIMD +50 % -20 %, 90 min to 90 d": (aimd(0.5, 0.2, 90 * MINUTE, 90 * DAY), 12 * HOUR),
    }
    rows = []
    for name, (rule, start) in rivals.items():
        outcome = watch(world, rule, start)
        rows.append((name, outcome))
        rows.append(("  a/sqrt(rate) at its budget", learn(world, outcome.fetches)))
        rows.append(("  the same, office clock", learn(world, outcome.fetches, office=True)))
    return rows


def _posts(draw: random.Random, weekly: float, days: int, office_hours: bool) -> tuple[float, ...]:
    """Items of one page: a Poisson number each day they come on, at hours drawn from `HOURS`."""
    hours = HOURS if office_hours else dict.fromkeys(range(24), 1)
    working = 5 if office_hours else 7
    found = []
    for day in range(days):
        if day % 7 >= working:
            continue
        left = draw.expovariate(1)
        while left < weekly / working:
            hour = draw.choices(list(hours), list(hours.values()))[0]
            found.append(day * DAY + (hour + draw.random()) * HOUR)
            left += draw.expovariate(1)
    return tuple(sorted(found))


def _delays(fresh: tuple[float, ...], moment: float) -> list[float]:
    return [(moment - post) / HOUR for post in fresh if post >= BURN_IN * DAY]


def _outcome(world: World, fetches: int, delays: list[float]) -> Outcome:
    delays.sort()
    a_day = fetches / len(world.posts) / (world.days - BURN_IN)
    return Outcome(a_day, sum(delays) / len(delays), delays[int(0.9 * len(delays))])


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--pages", type=int, default=400)
    options.add_argument("--days", type=int, default=70)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    world = make_world(chosen.pages, chosen.days, chosen.seed)
    print(f"{'policy':<34}{'fetches/day':>12}{'mean h':>8}{'p90 h':>8}")
    for name, outcome in table(world):
        print(f"{name:<34}{outcome.fetches:>12.2f}{outcome.mean:>8.2f}{outcome.p90:>8.2f}")


if __name__ == "__main__":
    main()
