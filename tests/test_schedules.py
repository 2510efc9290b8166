"""What docs/schedules.md ships and says: unit files systemd accepts, figures the code has."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from crawler.commands import watch
from crawler.revisiting import revisit
from tools.simulate_schedule import fixed, learn, make_world
from tools.simulate_schedule import watch as watched

DOCS = Path(__file__).parents[1] / "docs"
TEXT = (DOCS / "schedules.md").read_text("utf-8")


def unit(name: str) -> ConfigParser:
    found = ConfigParser(interpolation=None, strict=False)
    found.optionxform = str  # type: ignore[assignment,method-assign]  # keys have capitals
    found.read(DOCS / "systemd" / name)
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_unit_files(tmp_path: Path) -> None:
    for name in ("fangzhi.service", "fangzhi.timer"):
        text = (DOCS / "systemd" / name).read_text("utf-8")
        # the judge wants a program and a user that are here
        text = re.sub(r"(?m)^(ExecStart=)\S+", r"\1/bin/true", text)
        text = re.sub(r"(?m)^User=.*$", "User=root", text)
        (tmp_path / name).write_text(re.sub(r"(?m)^Documentation=.*\n", "", text), "utf-8")
    judged = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        timeout=60,
    )
    ours = [line for line in judged.stderr.splitlines() if "fangzhi" in line]
    assert ours == [], judged.stderr


def test_the_timer_makes_up_for_missed_looks_and_spreads_them() -> None:
    timer = unit("fangzhi.timer")["Timer"]
    assert timer["Persistent"] == "true"
    assert int(timer["RandomizedDelaySec"]) > 0


def test_the_unit_runs_the_one_shot_and_knows_its_exit_codes() -> None:
    service = unit("fangzhi.service")["Service"]
    assert service["ExecStart"].endswith("fangzhi crawl --due")
    assert set(service["SuccessExitStatus"].split()) == {"1", "4", "11"}
    assert service["Environment"].endswith(f"=/var/lib/{service['StateDirectory']}")


def test_each_way_says_who_crawls() -> None:
    named = unit("fangzhi.service")["Service"]["EnvironmentFile"]
    ways = re.split(r"(?m)^## ", TEXT)
    for way, said in (
        ("systemd", f"> {named}"),
        ("cron", "    FANGZHI_C"),
        ("Containers", "-e FANGZHI_C"),
    ):
        (page,) = (one for one in ways if one.startswith(way))
        assert said in page


def test_the_waits_told_are_those_of_the_code() -> None:
    hours = [wait / revisit.HOUR for wait in revisit.LADDER]
    assert hours == [1, 6, 24, 72, 240, 720]
    assert "1 h, 6 h, 1 day, 3, 10, 30 days after" in TEXT
    assert [wait / revisit.DAY for wait in revisit.GONE] == [1, 7, 30, 90]
    assert "1, 7, 30, 90 days, then no more; a seed every 90 days" in TEXT
    assert (revisit.SHORTEST / 60, revisit.LONGEST / revisit.DAY) == (30, 3)
    assert "between 30 minutes and 3 days" in TEXT
    assert (watch.SHORTEST, watch.LONGEST) == (30, 15 * 60)
    assert "30 seconds at least and 15 minutes at most" in TEXT


def test_the_table_is_what_the_simulation_gives() -> None:
    world = make_world(pages=400, days=70, seed=1)
    for hours, budget in ((6.0, 4.0), (24.0, 1.0)):
        rival = watched(world, fixed(hours), hours * revisit.HOUR)
        learned, by_office = learn(world, budget), learn(world, budget, office=True)
        assert (
            f"| fixed {hours:.0f} h | {budget} | {rival.mean:.1f} h | {rival.p90:.1f} h |" in TEXT
        )
        for row in (learned, by_office):
            assert f"| {budget} | **{row.mean:.1f} h** | {row.p90:.1f} h |" in TEXT
