"""A day of crawling among servers that fail: nothing is lost, the report adds up, memory is flat."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from crawler.settings import CONCURRENT_REQUESTS
from tests.answering import Answer, Asked, answering, article, define
from tests.commands import fangzhi
from tests.hostile.account import account
from tests.hostile.day import live
from tests.hostile.shim import fast_folder

HOURS = 24 / int(os.environ.get("SOAK_STEP", "1"))
LONG = 6  # hours from which on memory can be judged
FLAT = 0.2  # growth of memory between the last two quarters of a run, the first pages among them


@pytest.mark.soak
def test_a_day_of_crawling_among_failing_servers_adds_up_and_memory_is_flat() -> None:
    if shutil.which("gcc") is None:
        pytest.skip("the fast clock is written in C and needs gcc")
    is_long = HOURS >= LONG
    with fast_folder() as folder:
        day = live(folder, HOURS, speed=200 if is_long else 150, sets=8 if is_long else 1, seed=1)
    assert day.codes == [11, -9, 11]
    assert day.reports == [True, True]
    assert not day.account.lost, "asked for, and without an outcome"
    assert day.account.unrecorded <= CONCURRENT_REQUESTS, "more than were on their way at the kill"
    assert day.whole > 20
    assert day.checked == 0
    assert not is_long or (day.growth() < FLAT and day.spoiled > 100 and day.killed > 5)


def test_a_page_that_failed_or_waits_is_told_from_one_that_is_lost(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(404)
        return (
            article("首页", "/dead.html", "/busy.html") if asked.path == "/" else _BAD[asked.path]
        )

    with answering(answer) as web:
        sites = define(tmp_path / "sites", "a.test")
        where = ("--sites", sites, "--holdings", tmp_path / "h", "--proxy", web.proxy)
        fangzhi("crawl", *where, "--no-derive", "--patience", "0")
        asked = Counter(f"http://{row.host}{row.path}" for row in web.log)
    found = account(asked, tmp_path / "h")
    assert found.failed == {"http://a.test/dead.html"}
    assert found.waiting == {"http://a.test/busy.html"}
    assert found.archived == {"http://a.test/", "http://a.test/robots.txt"}
    assert (found.lost, found.unrecorded) == (set(), 0)
    with sqlite3.connect(tmp_path / "h" / "state.sqlite") as state:
        state.execute("DELETE FROM urls WHERE url LIKE '%/busy.html'")
        state.execute("UPDATE urls SET failures = 0")
    found = account(asked + Counter(["http://a.test/"]), tmp_path / "h")
    assert found.lost == {f"http://a.test{path}" for path in _BAD}
    assert found.unrecorded == 1


_BAD = {"/dead.html": Answer(0), "/busy.html": Answer(503)}
