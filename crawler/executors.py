"""Who derives: worker processes of this machine, or any executor that is named.

`fangzhi replay --executor MODULE:NAME` takes what is called like `concurrent.futures`' own pools,
`NAME(max_workers=N, initializer=start)`: `concurrent.futures:ProcessPoolExecutor`, or a cluster's.
Only the usual one, crawler/sandbox.py, ends a page that exhausts its process alone and reads
nothing but text from it, so another is for archives whose pages one trusts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol

from archive.errors import FangzhiError
from crawler.sandbox import AHEAD, Sandbox, Work


class Workers(Protocol):
    """What derives captures."""

    def in_order(self, works: Iterable[Work | None]) -> Iterator[str | Exception | None]:
        """The answers in the order of the works, as they come; `None` for a `None`."""


class _Ordered:
    """Any executor. What its workers raise is the answer."""

    def __init__(self, executor: Executor, workers: int) -> None:
        self._executor, self._ahead = executor, AHEAD * workers

    def in_order(self, works: Iterable[Work | None]) -> Iterator[str | Exception | None]:
        waiting: deque[Future[str] | None] = deque()
        for work in works:
            waiting.append(self._executor.submit(work) if work else None)
            if len(waiting) > self._ahead:
                yield _outcome(waiting.popleft())
        while waiting:
            yield _outcome(waiting.popleft())


@contextmanager
def opened(named: str | None, workers: int, start: Callable[[], None]) -> Iterator[Workers]:
    """The executor of this name, each of its processes set up by `start`; `None`: the usual one.

    Raises `FangzhiError` when nothing has the name.
    """
    if named is None:
        with Sandbox(workers, start) as sandbox:
            yield sandbox
        return
    module, _, name = named.partition(":")
    try:
        make = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as problem:
        raise FangzhiError(f"no executor {named!r}: {problem}") from problem
    with make(max_workers=workers, initializer=start) as executor:
        yield _Ordered(executor, workers)


def _outcome(future: Future[str] | None) -> str | Exception | None:
    if future is None:
        return None
    try:
        return future.result()
    except FangzhiError:  # no capture's fault
        raise
    except Exception as problem:  # of one capture: it is counted, and the replay goes on
        return problem
