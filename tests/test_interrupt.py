"""A signal ends a crawl within seconds, whatever a server is doing; nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from archive.replay import Replayed, captures
from tests.commands import adds_up, command, fangzhi, report
from tests.hostile import server

SECONDS = 30  # in which an interrupted crawl ends, on a busy machine


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
