"""A signal ends a crawl within seconds, whatever a server is doing; nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.replay import Replayed, captures
from tests.answering import define
from tests.commands import adds_up, command, fangzhi, report
from tests.hostile import server

SECONDS = 30  # in which an interrupted crawl ends, on a busy machine


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Signals as a terminal has them: what starts tests in the background has children ignore some."""
    before = [(n, signal.getsignal(n)) for n in (signal.SIGHUP, signal.SIGINT)]
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before:
        signal.signal(number, handler)


def test_a_signal_cuts_an_answer_that_does_not_come(tmp_path: Path) -> None:
    with server.Misbehaving() as web:
        urls = [web.url(name) for name in ("stalls_half_way", "never", "good")]
        where = ("--holdings", tmp_path / "h", "--allow", f"127.0.0.1:{web.port}", "--no-derive")
        child = subprocess.Popen(
            command("scrape", *urls, *where), stderr=subprocess.PIPE, text=True
        )
        end = time.monotonic() + 30
        while not web.sent["stalls_half_way"] and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.3)
        child.send_signal(signal.SIGHUP)  # ends it as SIGTERM does
        told = time.monotonic()
        _, said = child.communicate(timeout=60)
        assert time.monotonic() - told < SECONDS
    assert child.returncode == 11, said
    assert "Traceback" not in said
    numbers = report(tmp_path / "h")
    assert adds_up(numbers)
    assert numbers["pending"] == len(urls)  # all of them are asked for again
    [path] = (tmp_path / "h" / "warc").glob("*.warc.gz")
    cut = [
        one.capture.truncated
        for one in captures(path)
        if isinstance(one, Replayed) and one.capture.target_uri.endswith("half_way")
    ]
    assert cut == ["unspecified"]
    assert fangzhi("check", "--holdings", tmp_path / "h").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_before_the_first_request_ends_a_crawl_with_11_as_well(
    tmp_path: Path, number: signal.Signals
) -> None:
    sites = define(tmp_path / "sites", "www.a.test")
    where = ("--sites", sites, "--holdings", tmp_path / "h", "--proxy", "http://127.0.0.1:9")
    child = subprocess.Popen(command("crawl", *where), stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + SECONDS
    while not hears(child.pid) and time.monotonic() < end:
        time.sleep(0.002)
    child.send_signal(number)
    _, said = child.communicate(timeout=SECONDS)
    assert child.returncode == 11, said
    assert "Traceback" not in said
    assert not (tmp_path / "h").exists()


def hears(process: int) -> bool:
    """Whether a process does something of its own about SIGTERM (proc(5): SigCgt)."""
    rows = Path(f"/proc/{process}/status").read_text().splitlines()
    caught = next(int(row.split()[1], 16) for row in rows if row.startswith("SigCgt:"))
    return bool(caught >> (signal.SIGTERM - 1) & 1)
