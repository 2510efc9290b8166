"""A page that exhausts its worker ends that worker alone, and is one rejection."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from archive.errors import WriteFailed
from crawler.sandbox import Sandbox, Spent, WorkFailed
from tests.commands import ROOT
from tests.hostile import exhaust


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(2, exhaust.prepare) as running:
        yield running


@pytest.mark.parametrize("work", [exhaust.burn, exhaust.burn_in_c, exhaust.hoard, exhaust.crash])
def test_what_exhausts_a_worker_fails_alone_and_the_next_call_is_answered(
    sandbox: Sandbox, work: object
) -> None:
    lost = sandbox.submit(work)  # type: ignore[arg-type]
    others = [sandbox.submit(exhaust.answer, str(n)) for n in range(20)]
    assert [other.result(60) for other in others] == [str(n) for n in range(20)]
    with pytest.raises(Spent):
        lost.result(60)


def test_a_worker_that_the_machine_ended_is_replaced_and_the_page_kept(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    assert sandbox.submit(exhaust.crash_once, str(tmp_path / "mark")).result(60) == "after all"


def test_an_error_is_told_and_costs_no_worker(sandbox: Sandbox) -> None:
    with pytest.raises(WorkFailed, match="ValueError: invalid literal"):
        sandbox.submit(int, "x").result(60)


def test_a_full_disk_is_no_fault_of_the_call(sandbox: Sandbox) -> None:
    with pytest.raises(WriteFailed, match="No space left"):
        sandbox.submit(exhaust.overfill).result(60)
    with pytest.raises(WriteFailed):
        list(sandbox.in_order([exhaust.overfill, exhaust.pid]))


def test_a_call_that_cannot_be_sent_fails_alone_and_leaves_nobody_waiting(sandbox: Sandbox) -> None:
    calls = [sandbox.submit(lambda: "never sent") for _ in range(4)]
    for call in calls:
        with pytest.raises(WorkFailed, match="pickle"):
            call.result(60)
    assert sandbox.submit(exhaust.answer, "still here").result(60) == "still here"


def test_answers_come_in_the_order_of_the_calls(sandbox: Sandbox) -> None:
    works = [partial(exhaust.slow, 0.02 * (9 - n), str(n)) for n in range(10)]
    assert list(sandbox.in_order([*works[:5], None, *works[5:]])) == [*"01234", None, *"56789"]


def test_nothing_a_worker_sends_is_unpickled() -> None:
    source = (ROOT / "crawler" / "sandbox.py").read_text("utf-8")
    receiving = source[source.index("class _Worker") : source.index("def _serve")]
    assert "recv_bytes()" in receiving
    assert ".recv()" not in receiving


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = (
        "import os, signal\n"
        "from crawler.sandbox import Sandbox\n"
        "from tests.hostile import exhaust\n"
        "if __name__ == '__main__':\n"
        "    box = Sandbox(1, exhaust.prepare)\n"
        "    print(box.submit(exhaust.pid).result(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    file = tmp_path / "killed.py"
    file.write_text(script)
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, env=environment, timeout=60
    )
    worker = json.loads(done.stdout)
    for _ in range(100):
        if not exhaust.is_alive(worker):
            return
        exhaust.slow(0.1, "")
    pytest.fail("the worker outlived its parent")
