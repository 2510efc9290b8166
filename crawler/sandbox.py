"""Worker processes with limits: a page that exhausts one ends that one alone.

An executor for the functions of archive/worker.py. Each lane is a thread with one process; what
kills the process (the kernel at its CPU limit, a crash in a C library, the machine out of memory) is the
call it was running, for no process runs two. That call is tried once more in a new process,
because the machine may have been the cause, and then fails with `Spent`; all others go on. Where
no process can be started at all, or one ends with a page that nobody has to fear as well, no page is
the cause: every call fails with `NoWorker`.

A worker answers with text, as bytes on a pipe. Nothing that comes from a process which read a
hostile page is unpickled.
"""

from __future__ import annotations

import multiprocessing
import queue
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

from archive import limits
from archive.errors import FangzhiError, WriteFailed

Work = Callable[[], str]
PAGE = resource.getpagesize()  # bytes of memory

TRIES = 2
PAUSES = (0.25, 1.0)  # seconds before it is tried again: others may give memory back meanwhile
# Seconds of wall time in which a worker has begun; one that had to load all that derivation needs, on a
# machine whose load is twelve for each core, takes thirty. A start that hangs is tried once more.
BEGIN = 60.0
PATIENCE = (
    600.0  # seconds of wall time; CPU time ends a call long before, this ends one that sleeps
)
AHEAD = 4  # calls of each worker that wait while an ordered result is not there yet
# A process is replaced after so many calls, or when a call leaves it with so much more than it began
# with: what its libraries keep, and lines of hostile pages in its tables of answers, must neither grow
# with the pages nor count against the limit of the next one. A new one takes a second of CPU.
CALLS = 20_000
KEPT = 160 * 2**20  # bytes; a thousand pages of five real sites leave 72 MB (2026-11)
_DONE, _FAILED, _SPENT, _FULL, _UNUSABLE = b"=", b"!", b"#", b"~", b"?"


def prepare() -> None:
    """Begin to load all that derivation needs, in the server that workers are forked from; returns
    at once.

    Called where a crawl begins, it takes no time of the clock: Scrapy is loaded meanwhile. Without
    it each worker loads what its first pages need, which is less where it is one page.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["archive.worker", "archive.ready"])
    resource_tracker.ensure_running()  # that the server would start, and which unblocks the signal
    # What is blocked here is blocked there: an interrupt is ours to answer, also while it loads.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ensure_running()
    except OSError as problem:
        raise NoWorker(_told(problem)) from problem
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class Spent(Exception):
    """A call used up what it may, or ended every process that ran it."""


class WorkFailed(Exception):
    """A call raised; the message is what it raised."""


class NoWorker(FangzhiError):
    """No worker process can be started, or none can work: the machine has no memory, descriptors or
    processes left."""

    def __init__(self, problem: str, said: str = "no worker process can be started") -> None:
        super().__init__(f"{said}: {problem}")


@dataclass(slots=True)
class _Call:
    work: Work
    future: Future[str] = field(default_factory=Future)


class Sandbox(Executor):
    """`workers` processes, each set up by `start` within `begin` seconds. A context manager, as every
    executor."""

    def __init__(self, workers: int, start: Callable[[], None], begin: float = BEGIN) -> None:
        self._start, self._begin = start, begin
        self._failed: NoWorker | None = None
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._lanes = [Thread(target=self._run_lane, daemon=True) for _ in range(workers)]
        for lane in self._lanes:
            lane.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run `fn`, which gives text; its future raises `Spent` and `WorkFailed`; and what is no
        fault of the call, `NoWorker`, `WriteFailed` or another `FangzhiError`."""
        call = _Call(_bound(fn, args, kwargs))
        self._calls.put(call)
        return call.future

    def in_order(self, works: Iterable[Work | None]) -> Iterator[str | Exception | None]:
        """The answers in the order of the works, as they come; `None` for a `None`.

        Only as many works are taken from their source as the workers need to stay busy. Raises
        `FangzhiError`, which is no fault of a call.
        """
        waiting: deque[Future[str] | None] = deque()
        for work in works:
            waiting.append(self.submit(work) if work else None)
            if len(waiting) > AHEAD * len(self._lanes):
                yield _outcome(waiting.popleft())
        while waiting:
            yield _outcome(waiting.popleft())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes when what waits is done."""
        while cancel_futures and not self._calls.empty():
            with suppress(queue.Empty):
                call = self._calls.get_nowait()
                if call is not None:
                    call.future.cancel()
        for _ in self._lanes:
            self._calls.put(None)
        for lane in self._lanes if wait else ():
            lane.join()

    def _run_lane(self) -> None:
        worker: _Worker | None = None
        while (call := self._calls.get()) is not None:
            if not call.future.set_running_or_notify_cancel():
                continue
            for _ in range(TRIES):
                try:
                    worker = worker or self._worker()
                    call.future.set_result(worker.run(call.work))
                    break
                except (EOFError, OSError):
                    if worker is not None:
                        worker.end()
                        worker = None
                except (Spent, WorkFailed, FangzhiError) as problem:
                    call.future.set_exception(problem)
                    break
                except Exception as problem:  # a lane that ended would leave its calls waiting
                    call.future.set_exception(WorkFailed(f"{type(problem).__name__}: {problem}"))
                    break
            else:
                worker, fault = self._tried()
                call.future.set_exception(fault)
            if worker is not None and worker.is_worn:
                worker.end()
                worker = None
        if worker is not None:
            worker.end()

    def _tried(self) -> tuple[_Worker | None, Exception]:
        """A new worker after a call that ended all it had, and whose fault that was: of the call, or
        where the worker ends with any page of the machine, which may have no memory for it."""
        from archive.worker import try_out

        worker: _Worker | None = None
        try:
            worker = self._worker()
            worker.run(try_out)
        except (Spent, WorkFailed, EOFError, OSError):
            if worker is not None:
                worker.end()
            self._failed = NoWorker(
                "is there memory for them?", "workers end, whatever they derive"
            )
            return None, self._failed
        except FangzhiError as problem:
            return worker, problem
        return worker, Spent(f"it ended {TRIES} worker processes")

    def _worker(self) -> _Worker:
        """A new worker. Raises `NoWorker`, at once when that was found before."""
        end = time.monotonic() + TRIES * self._begin
        pauses = iter(PAUSES)
        while True:
            if self._failed is not None:
                raise self._failed
            try:
                return _Worker(self._start, self._begin)
            except NoWorker as problem:
                pause = next(pauses, None)
                if pause is None or time.monotonic() + pause > end:
                    self._failed = problem
                    raise
            time.sleep(pause)


class _Worker:
    """One process and the pipe to it. Raises `NoWorker`."""

    def __init__(self, start: Callable[[], None], seconds: float) -> None:
        context = multiprocessing.get_context("forkserver")
        # its imports are made once, in the server: a worker that was killed is replaced in no time
        context.set_forkserver_preload(["archive.worker"])
        self._calls, self._began = 0, 0
        try:
            self._pipe, inner = context.Pipe()
        except OSError as problem:
            raise NoWorker(_told(problem)) from problem
        self._process = context.Process(target=_serve, args=(inner, start), daemon=True)
        end = time.monotonic() + seconds
        try:
            _begin(self._process, inner, seconds)
            said = self._answer(end - time.monotonic())
        except (EOFError, OSError, RuntimeError) as problem:  # no thread can be started
            self.end(0)
            late = f"it had not begun after {seconds:g} seconds"
            why = late if isinstance(problem, TimeoutError) else _told(problem)
            raise NoWorker(why) from problem
        if said != _DONE:
            self.end()
            raise NoWorker(said[1:].decode("utf-8", "replace"))

    def run(self, work: Work) -> str:
        """The answer. Raises `Spent`, `WorkFailed`, `FangzhiError`; `EOFError` or `OSError` when the
        process is gone."""
        self._pipe.send(work)
        answer = self._answer(PATIENCE)
        self._calls += 1
        self._began = self._began or self._resident()
        if answer[:1] != _DONE:
            kinds = {_SPENT: Spent, _FULL: WriteFailed, _UNUSABLE: FangzhiError}
            raise kinds.get(answer[:1], WorkFailed)(answer[1:].decode("utf-8", "replace"))
        return answer[1:].decode("utf-8", "surrogatepass")

    def _answer(self, seconds: float) -> bytes:
        """What the process says. Raises `TimeoutError`, an `OSError`, when that takes longer."""
        if not self._pipe.poll(max(0.0, seconds)):
            raise TimeoutError
        return self._pipe.recv_bytes()

    @property
    def is_worn(self) -> bool:
        """Whether the process is to be replaced by a new one."""
        return self._calls >= CALLS or self._resident() > self._began + KEPT

    def _resident(self) -> int:
        """Bytes of memory the process has; 0 where it is gone."""
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * PAGE

    def end(self, seconds: float = 1) -> None:
        """End the process; it is given so long to do it by itself."""
        self._pipe.close()
        if self._process.pid is None:  # it never was one
            return
        self._process.join(seconds)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _begin(process: BaseProcess, inner: Connection, seconds: float) -> None:
    """Start a process. Raises `OSError`; `TimeoutError`, which is one, when that takes longer.

    The server that workers are forked from is waited for without end, if it is stopped or one of its
    imports hangs; so it is somebody else who waits.
    """
    raised: list[Exception] = []

    def start() -> None:
        try:
            with inner:
                process.start()
        except Exception as problem:
            raised.append(problem)

    thread = Thread(target=start, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError
    if raised:
        raise raised[0]


def _bound(fn: Callable[..., Any], args: Any, kwargs: Any) -> Work:
    from functools import partial

    return partial(fn, *args, **kwargs) if args or kwargs else fn


def _told(problem: Exception) -> str:
    """What the system says; the path of a socket is too long by the folder of temporary files."""
    if isinstance(problem, EOFError):
        return "it ended while it began"
    is_path = isinstance(problem, OSError) and not problem.errno
    return f"{problem} (TMPDIR?)" if is_path else str(problem)


def _outcome(future: Future[str] | None) -> str | Exception | None:
    if future is None:
        return None
    try:
        return future.result()
    except (Spent, WorkFailed) as problem:
        return problem


def _serve(pipe: Connection, start: Callable[[], None]) -> None:
    """The worker process: say that it has begun, or why not, then answer calls until the pipe closes."""
    with suppress(EOFError, OSError):
        try:
            start()
        except Exception as error:
            pipe.send_bytes(_FAILED + f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
            return
        pipe.send_bytes(_DONE)
        while True:
            work = pipe.recv()
            try:
                answer = _DONE + work().encode("utf-8", "surrogatepass")
            except (MemoryError, limits.Exhausted) as error:
                answer = _SPENT + (str(error) or type(error).__name__).encode()
            except FangzhiError as error:  # no fault of the page
                mark = _FULL if isinstance(error, WriteFailed) else _UNUSABLE
                answer = mark + str(error).encode("utf-8", "replace")
            except Exception as error:
                answer = _FAILED + f"{type(error).__name__}: {error}".encode("utf-8", "replace")
            pipe.send_bytes(answer)
