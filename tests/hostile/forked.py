"""Run the `fangzhi` command, or the writer without a crawl, many times without starting Python anew.

`Forked` is a process that has imported everything and forks for each piece of work, so a run costs
what it does and not a second of imports. A fault may be laid into the run: at a file call of one's choice
(faults.c, preloaded), or at a statement of the state.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver
from pathlib import Path
from types import TracebackType
from typing import Any

from archive import temporary
from archive.state import Acknowledged, State
from tests.commands import ROOT

WARM = "warm"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a piece of work ended."""

    code: int  # negative: the signal that ended it
    said: str  # stderr


class Forked:
    """A context manager. `shim` is the compiled faults.c, where calls to the disk shall fail.

    With `warm` all crawls have their workers from one fork server that has derived a page before, as
    a crawl's own has from its second worker on: for hundreds of crawls that derive.
    """

    def __init__(self, shim: Path | None = None, *, warm: bool = False) -> None:
        self._shim, self._warm = shim, warm

    def __enter__(self) -> Forked:
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        if self._shim is not None:
            environment["LD_PRELOAD"] = str(self._shim)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.forked", *([WARM] if self._warm else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def run(
        self,
        work: str,
        *arguments: object,
        fault: Mapping[str, str] | None = None,
        statement: tuple[int, str] = (0, ""),
        seconds: float = 60,
        settings: Mapping[str, object] | None = None,
        noted: Path | None = None,
    ) -> Ended:
        """`fangzhi` or `writing` with these arguments. `fault`: variables of faults.c; `statement`:
        the number of the statement that fails, and `once`, `on` (it and all later ones) or the
        file to which `count` shall be told. `settings` of the crawl that differ; `noted`: the file to which
        the record id and URI of every capture are told when the state hears that it is durable."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {"work": work, "arguments": [str(one) for one in arguments], "seconds": seconds}
        job |= {"fault": dict(fault or {}), "statement": list(statement)}
        job |= {"settings": dict(settings or {}), "noted": str(noted or "")}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))


class _Failing(sqlite3.Connection):
    """A database whose disk is full at one statement, or from it on."""

    at, how, seen = 0, "", 0

    def execute(self, *arguments: Any) -> Any:
        self._count()
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> Any:
        self._count()
        return super().executemany(*arguments)

    def executescript(self, *arguments: Any) -> Any:
        self._count()
        return super().executescript(*arguments)

    @staticmethod
    def _count() -> None:
        one = _Failing  # for all connections together
        one.seen += 1
        if not one.at:
            Path(one.how).write_text(str(one.seen))
        elif one.seen == one.at or (one.how == "on" and one.seen > one.at):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error


class _FailingTemporary(_Failing):
    """The same of a temporary database, whose errors are told as those of its folder."""

    @staticmethod
    def _count() -> None:
        with temporary.failing():
            _Failing._count()


def _connect(real: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """A connection whose statements are counted, of its own kind besides."""
    kind = named.pop("factory", None)
    named["factory"] = type("Failing", (_FailingTemporary, kind), {}) if kind else _Failing
    return real(*given, **named)


def _tell(noted: str) -> None:
    """Have the state tell a file what it is told."""
    note = State.note

    def telling(state: State, captures: Iterable[Acknowledged]) -> None:
        captures = list(captures)
        with Path(noted).open("a") as file:
            file.write("".join(f"{one.record_id}\t{one.uri}\n" for one in captures))
        note(state, captures)

    State.note = telling  # type: ignore[method-assign]


def _work(job: Mapping[str, Any]) -> int:
    os.environ.update(job["fault"])
    if job["settings"]:
        from crawler import settings

        for name, value in job["settings"].items():
            setattr(settings, name, value)
    if job["noted"]:
        _tell(job["noted"])
    _Failing.at, _Failing.how = job["statement"]
    if _Failing.how:
        sqlite3.connect = partial(_connect, sqlite3.connect)  # type: ignore[assignment]
    if job["work"] == "writing":
        from tests.hostile import writing

        root, count, told = job["arguments"]
        return writing.main(Path(root), int(count), Path(told))
    from crawler import cli

    return cli.main(job["arguments"])


def _child(job: Mapping[str, Any], out: int) -> None:
    for number in (1, 2):
        os.dup2(out, number)
    code = 70
    try:
        code = _work(job)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(job: Mapping[str, Any]) -> dict[str, Any]:
    if (
        WARM in sys.argv
    ):  # again where a crawl was killed that was asking for a worker: it ends then
        forkserver.ensure_running()
    with tempfile.TemporaryFile() as out:
        child = os.fork()
        if not child:
            _child(job, out.fileno())
        end = time.monotonic() + job["seconds"]
        while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                ended = (child, 99 << 8)
                break
            time.sleep(0.002)
        out.seek(0)
        said = out.read().decode("utf-8", "replace")
    return {"code": os.waitstatus_to_exitcode(ended[1]), "said": said}


def _share_workers() -> None:
    """Have the children of this process take their workers from its own fork server, which they cannot
    wait for. Before `multiprocessing.forkserver` is imported by what they run."""
    server, here = forkserver._forkserver, os.getpid()  # type: ignore[attr-defined]
    start = server.ensure_running
    server.set_forkserver_preload(["archive.worker", "tests.hostile.warm"])
    server.ensure_running = lambda: start() if os.getpid() == here else None
    forkserver.ensure_running = server.ensure_running


def load(*, warm: bool) -> None:
    """Import what a crawl imports, for those who fork from here; with `warm` derive a page as well, and
    share the workers."""
    if warm:
        _share_workers()
    from scrapy.settings import default_settings

    from crawler import settings

    for known in (settings, default_settings):
        for value in vars(known).values():
            for name in value if isinstance(value, dict) else (value,):
                if isinstance(name, str) and name.startswith(("scrapy.", "crawler.")):
                    importlib.import_module(name.rpartition(".")[0])
    spiders = ("spiders.site", "spiders.article")
    for name in ("cli", "run", *spiders, "politeness.robots", "discover", "commands.checking"):
        importlib.import_module(f"crawler.{name}")
    if warm:
        importlib.import_module("tests.hostile.warm")
    assert "twisted.internet.reactor" not in sys.modules  # a child makes its own
    gc.freeze()  # a child need not look through what was imported, nor copy it


def main() -> None:
    """Fork for each line of standard input."""
    load(warm=WARM in sys.argv)
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
