"""When to fetch a page again, learned from what its visits brought.

Pure functions: no clock, no chance. They take how many seconds passed since the last visit and
give seconds until the next. What has to be kept of a page is four numbers, `Past`; `repr` of
floats is exact, so they may be stored as text, REAL or JSON.

    list, feed, sitemap   shows how many items are new: rate = new items a second, forgotten over
                          time, and interval = a / sqrt(rate). For a fixed number of fetches this
                          spends them so that the sum of all discovery delays is least.
    article               shows only whether it changed: a ladder of waits while it is news, then
                          an estimate from the share of visits that found a change.
    gone (404, 410)       asked again on a ladder of its own: pages come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

SHORTEST, LONGEST = 30 * MINUTE, 3 * DAY  # of lists: one visit a crawl slot, two a week
START = 6 * HOUR  # wait after the first visit to a list of which nothing is known

# `a` where no budget is set, in square roots of a second: a list with two new items a day is
# asked every six hours, one with twenty every two, one with one a week every 23 hours.
PACE = 6 * HOUR * sqrt(2 / DAY)

# Days after which a counted item weighs 1/e. Shorter forgets over a weekend that a bureau posts
# from Monday to Friday; longer is late to see that a column was revived. Swept 3 to 60 with
# tools/simulate_schedule.py (2026-11): the mean delay stays within 3 %.
MEMORY = 14 * DAY
PRIOR = 1.0  # items that what is assumed of an unknown list weighs

# Waits after the 1st, 2nd, … visit to an article: corrections come in the first hours.
LADDER = (HOUR, 6 * HOUR, DAY, 3 * DAY, 10 * DAY, 30 * DAY)
RAREST, OFTENEST = 360 * DAY, DAY  # of an article that has left the ladder
GROWTH = 2.0  # a visit without change at most doubles the wait: one quiet month proves little

# Waits after the 1st, 2nd, … answer that the page is gone. 410 says it is meant to last (RFC
# 9110, 15.5.11), so it begins one rung further.
GONE = (DAY, 7 * DAY, 30 * DAY, 90 * DAY)


@dataclass(frozen=True, slots=True)
class Past:
    """What the schedule keeps of one page. A page never visited has `Past()`."""

    visits: int = 0  # that brought the page, changed or not
    found: float = 0.0  # lists: new items, forgotten; articles: changes seen after the ladder
    seconds: float = 0.0  # over which they were found, forgotten alike; articles: after the ladder
    gone: int = 0  # answers 404 or 410 since the page was last seen


def list_visited(past: Past, elapsed: float, new: int) -> Past:
    """The past after a visit to a list that showed `new` items not known before.

    `elapsed` is the time since the visit before, in seconds. On a first visit everything is
    new and nothing is learned from it; where the list dates its items, `list_first_seen`
    learns from those.
    """
    if past.visits == 0:
        return Past(1)
    kept = exp(-elapsed / MEMORY)
    # Time forgotten at the same rate as what was found in it: the rate is their quotient.
    return Past(past.visits + 1, past.found * kept + new, past.seconds * kept + elapsed)


def list_first_seen(ages: Sequence[float]) -> Past:
    """The past after a first visit to a list that dates its items: `ages` in seconds.

    Counts the items as if the list had been watched since the oldest of them was posted. An
    item pinned above the others would stretch that time, so the oldest tenth is left out; ages
    below zero count as zero. Dates are days, so ages are good to a day or so. Fewer than three
    dated items teach nothing.
    """
    known = sorted(max(0.0, age) for age in ages)
    known = known[: len(known) - len(known) // 10]
    if len(known) < 3:
        return Past(1)
    kept = [exp(-age / MEMORY) for age in known]
    # exposure of a watch that began when the oldest item came, forgotten like the items
    return Past(1, sum(kept), max(DAY, MEMORY * (1 - kept[-1])))


def list_rate(past: Past, pace: float = PACE, start: float = START) -> float:
    """New items a second, as far as known; what is not known is that `start` would be right."""
    assumed = (pace / start) ** 2
    return (past.found + PRIOR) / (past.seconds + PRIOR / assumed)


def list_wait(past: Past, pace: float = PACE, start: float = START) -> float:
    """Seconds until a list is fetched again.

    `start` is the wait of a list of which nothing is known: the seed's `revisit`, or six hours.

    >>> list_wait(Past(1)) / HOUR
    6.0
    """
    return wait_at(list_rate(past, pace, start), pace)


def wait_at(rate: float, pace: float) -> float:
    """Seconds between visits to a list with so many new items a second."""
    return min(LONGEST, max(SHORTEST, pace / sqrt(rate))) if rate > 0 else LONGEST


def pace_for(rates: Sequence[float], fetches_a_day: float) -> float:
    """The `pace` at which lists with these rates take so many fetches a day together.

    At the limits (every list as seldom, or as often, as allowed) the nearest pace that can be had.
    """
    if not rates:
        return PACE
    low, high = SHORTEST * sqrt(min(rates)), LONGEST * sqrt(max(rates))
    for _ in range(60):  # halves the logarithm of the ratio; 60 are beyond the precision of floats
        middle = sqrt(low * high)
        if sum(DAY / wait_at(rate, middle) for rate in rates) > fetches_a_day:
            low = middle
        else:
            high = middle
    return high


def article_visited(past: Past, elapsed: float, changed: bool) -> Past:
    """The past after a visit to an article; `changed` by the digest of its text.

    What was found on the ladder is not counted: corrections of the first days say nothing of
    the years after. `elapsed` is the time since the visit before, in seconds.
    """
    if past.visits < len(LADDER):
        return Past(past.visits + 1)
    return Past(past.visits + 1, past.found + changed, past.seconds + elapsed)


def article_wait(past: Past) -> float:
    """Seconds until an article is fetched again.

    After the ladder: the time in which a change is as likely as not. With X changes in n visits,
    r = -ln((n - X + 0.5) / (n + 0.5)) is the bias-reduced number of changes in one wait (Cho and
    Garcia-Molina, "Estimating frequency of change", for visits at one distance; here the mean
    distance is taken for it, so r is a little low where the distances differ much).
    """
    if past.visits <= len(LADDER):
        return LADDER[max(0, past.visits - 1)]
    visits = past.visits - len(LADDER)
    mean = past.seconds / visits
    changes = -log((visits - past.found + 0.5) / (visits + 0.5))
    likely = mean * log(2) / changes if changes > 0 else RAREST
    return min(RAREST, max(OFTENEST, min(likely, GROWTH * mean)))


def gone_visited(past: Past) -> Past:
    """The past after an answer 404 or 410; the page is `gone` from the first of them on."""
    return Past(past.visits, past.found, past.seconds, past.gone + 1)


def gone_wait(past: Past, status: int, is_seed: bool = False) -> float | None:
    """Seconds until a page that is gone is asked for again; None when it has been asked enough.

    A seed is asked at the last of the distances for ever: a column that comes back matters.
    """
    rung = past.gone - 1 + (status == 410)
    if rung < len(GONE):
        return GONE[max(0, rung)]
    return GONE[-1] if is_seed else None
