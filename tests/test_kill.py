"""kill -9 during a crawl: everything acknowledged is readable, the torn file is recovered."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from archive.warcreader import Damage, read_at
from tests.commands import adds_up, command, fangzhi, report
from tests.web import Web, start

SITE = """id = "qinghe"
name = "清河县人民政府"
[[seed]]
url = "http://www.qinghe-trs.test/"
[politeness]
delay = 0.0
"""


def kill_at(web: Web, sites: Path, holdings: Path, moment: float) -> None:
    """Start a crawl and kill it `moment` seconds after its first acknowledged capture."""
    arguments = ("--sites", sites, "--proxy", web.proxy, "--holdings", holdings)
    child = subprocess.Popen(command("crawl", *arguments), stderr=subprocess.DEVNULL)
    before = len(acknowledged(holdings))
    end = time.monotonic() + 30
    while len(acknowledged(holdings)) == before and child.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    time.sleep(moment)
    child.send_signal(signal.SIGKILL)
    child.wait()


def acknowledged(holdings: Path) -> list[tuple[str, str, int]]:
    """Record id, file and offset of every capture the state says is durable."""
    path = holdings / "state.sqlite"
    if not path.exists():
        return []
    with sqlite3.connect(path, timeout=10) as state:
        try:
            rows = state.execute("SELECT record_id, file, offset FROM captures").fetchall()
        except sqlite3.OperationalError:  # not created yet, or being committed
            rows = []
    state.close()
    return rows


def kills(tmp_path: Path, times: int, longest: float) -> None:
    sites, holdings = tmp_path / "sites", tmp_path / "holdings"
    sites.mkdir()
    (sites / "qinghe.toml").write_text(SITE, "utf-8")
    moments = random.Random(4)
    with start() as web:
        finished: dict[str, bytes] = {}
        for _ in range(times):
            kill_at(web, sites, holdings, moments.uniform(0, longest))
            promised = acknowledged(holdings)
            assert fangzhi(
                "crawl",
                "--limit",
                1,
                "--sites",
                sites,
                "--proxy",
                web.proxy,
                "--holdings",
                holdings,
            ).returncode in (0, 3)
            for name, data in finished.items():
                assert (holdings / "warc" / name).read_bytes() == data, (
                    "a finished file was touched"
                )
            for record_id, file, offset in promised:
                record = read_at(holdings / "warc" / file, offset)
                assert not isinstance(record, Damage)
                assert record.id == record_id
            assert not list((holdings / "warc").glob("*.open"))
            finished = {p.name: p.read_bytes() for p in (holdings / "warc").glob("*.gz")}
        done = fangzhi("crawl", "--sites", sites, "--proxy", web.proxy, "--holdings", holdings)
        assert done.returncode == 0, done.stderr
    assert adds_up(report(holdings))
    warcs = {p.name.removesuffix(".warc.gz") for p in (holdings / "warc").glob("*.warc.gz")}
    assert {p.stem for p in (holdings / "text").glob("*.jsonl")} == warcs


def test_a_killed_crawl_loses_nothing_acknowledged(tmp_path: Path) -> None:
    kills(tmp_path, 3, 0.5)


@pytest.mark.soak
def test_twenty_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    kills(tmp_path, 20, 1.5)
