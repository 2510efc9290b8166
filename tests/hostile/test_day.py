"""A day of crawling among servers that fail: nothing is lost, the report adds up, memory is flat."""

from __future__ import annotations

import os
import shutil

import pytest

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
    assert not day.missing, "a page that was sent whole is not in the archive"
    assert day.whole > 20
    assert day.checked == 0
    assert not is_long or (day.growth() < FLAT and day.spoiled > 100 and day.killed > 5)
