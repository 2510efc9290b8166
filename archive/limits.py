"""What one page may cost its process: seconds of CPU and bytes of memory.

The limits that decide what becomes of a page are counts (bytes, elements, lines: archive/formats/coding.py,
dom.py, flow.py); they are the same on every machine. These here are the backstop behind them, far
out: no page known comes near, and a page that does is rejected on a slow machine sooner than on
a fast one.

The CPU limit has two stages. At `SECONDS` an exception ends the work and the process goes on; what
does not listen, because it runs inside a C library, is killed by the kernel `GRACE` seconds later.
"""

from __future__ import annotations

import ctypes
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

SECONDS = 10  # of CPU for one page; the slowest page within the limits of size takes half (2026-11)
GRACE = 5
MEMORY = 512 * 2**20  # bytes a process may add to what it has when it starts to work
# mallopt(3): M_TRIM_THRESHOLD and M_MMAP_THRESHOLD in bytes, M_ARENA_MAX. A page and its tree are made
# of smaller blocks; two heaps, for the reactor and the archive's thread.
_HEAPS = {-1: 1 << 20, -3: 1 << 20, -8: 2}


class Exhausted(BaseException):
    """A page used up its CPU time. Not an `Exception`: a library must not take it for its own."""


def limit_memory(more: int = MEMORY) -> None:
    """Let this process have `more` bytes beside those it has; an allocation beyond them fails."""
    with open("/proc/self/statm", "rb") as file:
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def give_back() -> None:
    """Have the C library return to the machine what this process frees; before its first thread.

    glibc raises the size from which a block gets pages of its own to the largest block freed so far,
    32 MiB after one endless response; from then on such blocks lie in its heaps, and what lies behind
    them keeps them. Between failing servers a crawl had 43 MB of heaps for 23 MB in use, with these
    settings 25 MB (2026-11). Other C libraries have no such call, and none of this.
    """
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        for setting, value in _HEAPS.items():
            mallopt(setting, value)


@contextmanager
def cpu_seconds(seconds: float = SECONDS, grace: float = GRACE) -> Iterator[None]:
    """Raise `Exhausted` inside the block after so many seconds of CPU; be killed soon after.

    Only for a main thread that owns SIGPROF.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime + seconds + grace) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    before = signal.signal(signal.SIGPROF, partial(_end, seconds))
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (end, hard))
        signal.setitimer(signal.ITIMER_PROF, seconds, 1)  # again each second, if it was swallowed
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _end(seconds: float, number: int, frame: Any) -> None:
    raise Exhausted(f"more than {seconds:g} seconds of CPU")
