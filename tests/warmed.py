"""Run the `fangzhi` command in children of one process that has imported everything.

An interpreter of its own takes a command a second of CPU before it does anything, and a crawl's first
worker another. The suite starts hundreds, so `tests.commands.fangzhi` has them forked from here: each is
a process of its own with its own arguments, streams and working state, and its workers come from one
fork server. What they share is what an interpreter decides once: the seed of hashes and the
environment. So tests that compare two runs byte for byte run one of them `alone`.

`python -m tests.warmed` reads one job a line and answers with its exit code.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

ROOT = Path(__file__).parents[1]


class Warmed:
    """The process, and the environment it was started with."""

    def __init__(self) -> None:
        self.environment = environment()
        self._asking = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warmed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        atexit.register(self._end)

    def run(
        self, arguments: list[str], timeout: float, stdin: bytes | None
    ) -> subprocess.CompletedProcess[str]:
        """As `subprocess.run` of the command, its output as text."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "in").write_bytes(stdin or b"")
            job = {"arguments": arguments, "folder": name, "seconds": timeout}
            code = self._ask(json.dumps(job))
            out, err = ((folder / each).read_text("utf-8") for each in ("out", "err"))
        if code is None:
            raise subprocess.TimeoutExpired(arguments, timeout, out, err)
        return subprocess.CompletedProcess(arguments, code, out, err)

    def _ask(self, job: str) -> int | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._asking:
            self._process.stdin.write(job + "\n")
            self._process.stdin.flush()
            code: int | None = json.loads(self._process.stdout.readline())
        return code

    def _end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):  # it ended before us
                pipe.close()
        self._process.wait()


@cache
def warmed() -> Warmed:
    """The process of this test run, started when first asked for."""
    return Warmed()


def environment() -> dict[str, str]:
    """What a command has from us, without what pytest notes there of the test that runs."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def _child(job: Mapping[str, Any]) -> None:
    folder, make = Path(job["folder"]), os.O_WRONLY | os.O_CREAT
    files = (("in", os.O_RDONLY), ("out", make), ("err", make))
    for number, (name, how) in enumerate(files):
        os.dup2(os.open(folder / name, how), number)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115  # the old one may hold the next jobs
    sys.argv = ["fangzhi", *job["arguments"]]
    code: object = 1
    try:
        from crawler import cli

        code = cli.main(job["arguments"])
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        if isinstance(code, str):
            print(code, file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _run(job: Mapping[str, Any]) -> int | None:
    """The exit code of a job, None where it took too long."""
    from multiprocessing import forkserver

    forkserver.ensure_running()  # again where a command that was killed ended it
    child = os.fork()
    if not child:
        _child(job)
    end, pause = time.monotonic() + job["seconds"], 0.001
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(pause)
        pause = min(2 * pause, 0.01)
    return os.waitstatus_to_exitcode(ended[1])


def main() -> None:
    """Fork for each line of standard input."""
    from tests.hostile.forked import load

    load(warm=True)
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
