"""A crawl pauses before the disk is full, goes on when there is room, and ends when none comes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.commands.status import look
from crawler.room import Room
from tests.answering import Answer, Asked, answering, article, define
from tests.commands import adds_up, command, fangzhi, report

PAGES = 30
BEFORE = 8  # pages answered before something else fills the disk


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system needs root and mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_below_its_floor_is_short_until_there_is_room(tmp_path: Path) -> None:
    now = [100.0]
    room = Room(tmp_path, 1e12, lambda: now[0])
    assert room.is_short() == (os.statvfs(tmp_path).f_bavail < os.statvfs(tmp_path).f_blocks / 20)
    assert not Room(tmp_path, 0).is_short()
    assert not Room(tmp_path, 0.001).is_short()


def test_a_crawl_pauses_below_the_floor_ends_in_time_and_goes_on_with_room(small: Path) -> None:
    ballast = small / "ballast"

    def answer(asked: Asked) -> Answer:
        if len(web.paths("www.a.test")) == BEFORE:
            ballast.write_bytes(b"x" * 41_000_000)
        return article(asked.path, *(f"/{n}.html" for n in range(PAGES - 1)))

    holdings = small / "h"
    with answering(answer) as web:
        sites = define(small / "sites", "www.a.test")
        where = ("--sites", sites, "--proxy", web.proxy, "--holdings", holdings, "--no-derive")
        short = fangzhi("crawl", *where, "--patience", 0.5)
        assert short.returncode == 5, short.stderr
        assert "MB free on the disk" in short.stderr
        assert len(web.paths("www.a.test")) == BEFORE, "it asked for more than it has room for"
        kept = report(holdings)
        assert adds_up(kept)
        assert kept["reason"] == "no-room"
        assert kept["captured"] == BEFORE + 1, "what was in flight, and robots.txt, are kept"

        child = subprocess.Popen(command("crawl", *where), stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 30
        while not (told := running(holdings)) and time.monotonic() < end:
            time.sleep(0.1)
        assert "MB free" in str(told.get("paused"))
        assert len(web.paths("www.a.test")) == BEFORE
        ballast.unlink()
        _, said = child.communicate(timeout=60)
        assert child.returncode == 0, said
        assert len(web.paths("www.a.test")) == len(set(web.paths("www.a.test"))) == PAGES
    assert adds_up(report(holdings))
    assert report(holdings)["captured"] == PAGES - BEFORE


def running(holdings: Path) -> dict[str, Any]:
    """What `fangzhi status` says of a run that is paused; empty where it is not."""
    told = look(holdings, time.time())["running"] or {}
    return told if "paused" in told else {}
