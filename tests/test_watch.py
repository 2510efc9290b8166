"""The loop runs its command when something is due, alone, and ends with it on a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.commands.watch import crawl_due
from tests.answering import Answer, answering, article, define
from tests.commands import command, fangzhi

ROOT = Path(__file__).parents[1]
# What stands for a crawl: notes that it began, what it was told, and that it ended.
CHILD = """
import os, signal, sys, time
log, seconds, code = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
def note(line):  # not by a file object: a signal may come while one is in its `write`
    os.write(log, (line + "\\n").encode())
def told(number, frame):
    note(f"told {signal.Signals(number).name}")
    if sys.argv[4:] != ["deaf"]:
        note("end")
        sys.exit(11)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, told)
note("begin")
end = time.monotonic() + seconds
while time.monotonic() < end:
    time.sleep(0.02)
note("end")
sys.exit(code)
"""
WATCH = """
import sys
from datetime import UTC, datetime, timedelta
from crawler.commands.watch import watch
due, shortest, longest = sys.argv[1:4]
def next_due():
    return None if due == "nothing" else datetime.now(UTC) + timedelta(seconds=float(due))
sys.exit(watch(sys.argv[4:], next_due, float(shortest), float(longest)))
"""


@contextmanager
def watching(
    log: Path, child: Sequence[str], due: str = "0.1", shortest: float = 0.05, longest: float = 0.3
) -> Iterator[subprocess.Popen[str]]:
    """The loop as a process, with its own process group as under a terminal."""
    command = [sys.executable, "-c", CHILD, str(log), *child]
    loop = [sys.executable, "-c", WATCH, due, str(shortest), str(longest), *command]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        loop, env=environment, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def wait_for(log: Path, line: str, times: int, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while lines(log).count(line) < times:
        assert time.monotonic() < end, lines(log)
        time.sleep(0.02)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_what_is_due_is_run_again_and_again_one_run_at_a_time(log: Path) -> None:
    with watching(log, ["0.1", "0"]) as loop:
        wait_for(log, "end", 4)
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(10) == 11
    told = [line for line in lines(log) if not line.startswith("told")]
    assert told == ["begin", "end"] * (len(told) // 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_run_and_then_the_loop(log: Path, number: signal.Signals) -> None:
    with watching(log, ["60", "0"]) as loop:
        wait_for(log, "begin", 1)
        loop.send_signal(number)
        assert loop.wait(10) == 11
    assert lines(log) == ["begin", f"told {number.name}", "end"]


def test_an_interrupt_at_the_terminal_reaches_the_run_once(log: Path) -> None:
    with watching(log, ["60", "0"]) as loop:
        wait_for(log, "begin", 1)
        os.killpg(loop.pid, signal.SIGINT)
        assert loop.wait(10) == 11
    assert lines(log).count("told SIGINT") == 1


def test_a_second_signal_is_forwarded_too(log: Path) -> None:
    with watching(log, ["1.5", "0", "deaf"]) as loop:
        wait_for(log, "begin", 1)
        for told in (1, 2):
            loop.send_signal(signal.SIGTERM)
            wait_for(log, "told SIGTERM", told)
        assert loop.wait(10) == 11
    assert lines(log) == ["begin", "told SIGTERM", "told SIGTERM", "end"]


def test_a_signal_between_two_runs_ends_the_loop_at_once(log: Path) -> None:
    with watching(log, ["0", "0"], due="3000", longest=3000) as loop:
        wait_for(log, "end", 1)
        assert loop.stderr is not None
        assert "next in 3000 s" in loop.stderr.readline()
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(5) == 11
    assert lines(log) == ["begin", "end"]


@pytest.mark.parametrize("due", ["nothing", "3000"])
def test_it_never_waits_longer_than_the_longest_wait(log: Path, due: str) -> None:
    with watching(log, ["0", "0"], due=due, longest=0.2):
        wait_for(log, "end", 3)


def test_it_never_runs_in_a_tight_loop(log: Path) -> None:
    with watching(log, ["0", "0"], due="-50", shortest=0.5, longest=9) as loop:
        wait_for(log, "end", 1)
        assert loop.stderr is not None
        assert "next in 0 s" in loop.stderr.readline()  # half a second, rounded
        begun = time.monotonic()
        wait_for(log, "begin", 2)
        assert time.monotonic() - begun > 0.3


@pytest.mark.parametrize("code", ["1", "3", "4", "11"])
def test_a_run_that_failed_is_tried_again(log: Path, code: str) -> None:
    with watching(log, ["0", code], due="0.1", longest=0.2):
        wait_for(log, "end", 3)


def test_a_run_that_was_killed_is_tried_again(log: Path) -> None:
    with watching(log, ["60", "0"]) as loop:
        wait_for(log, "begin", 1)
        children = Path(f"/proc/{loop.pid}/task/{loop.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        wait_for(log, "begin", 2)


def test_wrong_use_at_the_first_run_ends_the_loop(log: Path) -> None:
    with watching(log, ["0", "2"]) as loop:
        assert loop.wait(10) == 2
    assert lines(log) == ["begin", "end"]


def test_the_command_is_the_one_shot_of_this_python() -> None:
    assert crawl_due(["qinghe-trs", "--holdings", "h"]) == [
        *(sys.executable, "-m", "crawler.cli", "crawl", "--due"),
        *("qinghe-trs", "--holdings", "h"),
    ]


def test_the_verb_crawls_what_is_due_sleeps_until_more_is_and_ends_cleanly(tmp_path: Path) -> None:
    sites = define(tmp_path / "sites", "a.test")
    define(tmp_path / "sites", "b.test")
    (tmp_path / "sites/broken.toml").write_text("id = [")
    where = ("--sites", sites, "--holdings", tmp_path / "h")
    listed = fangzhi("seeds", "list", *where)
    assert [row.split("\t")[0::4] for row in listed.stdout.splitlines()] == [
        ["a.test", "now"],
        ["b.test", "now"],
    ]
    (tmp_path / "sites/broken.toml").unlink()
    with answering(lambda asked: article("首页") if asked.path == "/" else Answer(404)) as web:
        watch = subprocess.Popen(
            command("watch", "a.test", *where, "--proxy", web.proxy),
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            process_group=0,
        )
        assert watch.stderr is not None
        told = next(row for row in watch.stderr if row.startswith("watch:"))
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(20) == 11
        watch.stderr.close()
    assert told == "watch: run ended with 0, next in 900 s\n"  # 15 minutes: no page is due before
    assert web.paths("a.test") == ["/"]
    assert web.paths("b.test") == []
    a, b = (row.split("\t")[4] for row in fangzhi("seeds", "list", *where).stdout.splitlines())
    wait = datetime.fromisoformat(a) - datetime.now(UTC)
    assert timedelta(minutes=20) < wait < timedelta(days=1)
    assert b == "now"


def test_the_verb_ends_at_a_wrong_call(tmp_path: Path) -> None:
    sites = define(tmp_path / "sites", "a.test")
    done = fangzhi("watch", "nowhere", "--sites", sites, "--holdings", tmp_path / "h", timeout=60)
    assert done.returncode == 2
    assert "no such site" in done.stderr
