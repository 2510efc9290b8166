"""What an operation asks of the database does not grow with what the database holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.model import Location
from archive.state import Acknowledged, State
from archive.warc import parse_date, record_ids
from crawler.frontier import Frontier
from crawler.politeness.hosts import Hosts
from crawler.revisiting.revisits import Revisits
from crawler.visits import Lead, Visit

HOSTS = 20
DATE = "2026-11-29T00:00:00.000000Z"
FEW, MANY = 200, 4000


def frontier(path: Path | str) -> Frontier:
    state = State(path)
    opened = Frontier(state, "run", Hosts(state).waits, Revisits())
    opened.open(["site"])
    return opened


def host(number: int) -> str:
    return f"h{number % HOSTS}.test"


def add(opened: Frontier, number: int) -> None:
    url = f"http://{host(number)}/xw/t20261129_{number}.html"
    assert opened.add(Lead(url, None, "L", "site", 0))


def visit(opened: Frontier, number: int) -> None:
    lease = opened.lease(host(number))
    assert lease is not None
    name = next(record_ids(parse_date(DATE)))
    capture = Acknowledged(name, lease.lead.url, DATE, "run", 200, Location("f", 0, 1))
    opened.state.note([capture])
    opened.finish(lease, Visit(capture))
    opened.derived(name, lease.lead.url, "article", "digest")


def steps(opened: Frontier, work: Callable[[], None]) -> tuple[int, int]:
    """How many statements `work` runs, and how many steps of SQLite's machine they take."""
    statements, ticks = [], []
    database = opened.state._db
    database.set_trace_callback(statements.append)
    database.set_progress_handler(lambda: ticks.append(1), 1)
    work()
    database.set_trace_callback(None)
    database.set_progress_handler(None, 1)
    return len(statements), len(ticks)


@pytest.mark.parametrize("waiting", [True, False])
def test_adding_and_visiting_a_url_costs_the_same_in_a_small_frontier_and_a_large_one(
    waiting: bool,
) -> None:
    opened = frontier(":memory:")
    cost: list[tuple[int, int]] = []
    for number in range(MANY + 1):
        if number in (FEW, MANY):
            opened.state.commit()
            cost.append(steps(opened, lambda: (add(opened, number), visit(opened, number))))  # noqa: B023  # run at once
            continue
        add(opened, number)
        if not waiting:
            visit(opened, number)
    (few, short), (many, long) = cost
    assert few == many <= 10
    assert long <= short + 5
