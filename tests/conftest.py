"""The order in which files are begun, so that no process ends with minutes of one file left to do."""

from __future__ import annotations

import pytest

# Files that take longest by the clock, which a run in several processes begins with. Any other order
# gives the same results: this one saves the wait for the last of them.
LONGEST = (
    "hostile/test_wire.py",
    "hostile/test_pages.py",
    "hostile/test_crawl_faults.py",
    "judges/test_browser.py",
    "test_serve.py",
    "test_frontier.py",
    "hostile/test_guard.py",
    "test_web_crawl.py",
    "test_spiders.py",
    "hostile/test_faults.py",
    "hostile/test_power_cut.py",
    "test_foreign.py",
    "test_recrawl.py",
    "eval/test_repair_floors.py",
    "test_discover.py",
    "test_real_trees.py",
    "test_workers.py",
    "test_focused_crawl.py",
    "test_replay.py",
    "test_check_holdings.py",
    "test_tls.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files of `LONGEST`, in its order; the others stay as they are."""
    place = {f"tests/{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))
