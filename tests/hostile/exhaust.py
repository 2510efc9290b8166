"""Work that uses up what a worker process may use; each in a way of its own."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from archive import limits
from archive.errors import WriteFailed
from archive.worker import start

QUICK, KILLED = (
    0.3,
    1.2,
)  # seconds of CPU, instead of the ten a page has; and until the kernel ends it


def prepare() -> None:
    start(Path(), {}, {})


def answer(text: str) -> str:
    return text


def burn() -> str:
    """Python that never ends, behind a handler that takes every `Exception`."""
    with limits.cpu_seconds(QUICK):
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue


def burn_in_c() -> str:
    """A single call into C that hears no signal."""
    with limits.cpu_seconds(QUICK, KILLED - QUICK):
        return str(len(bin(7 ** (1 << 27))))


def hoard() -> str:
    """More memory than a page may take."""
    kept = []
    while True:
        kept.append(bytearray(16 << 20))


def crash() -> str:
    """What a fault in a C library does."""
    os.kill(os.getpid(), signal.SIGSEGV)
    return ""


def crash_once(mark: str) -> str:
    """What the machine's own lack of memory does: it passes."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "after all"


def slow(seconds: float, text: str) -> str:
    time.sleep(seconds)
    return text


def pid() -> str:
    return str(os.getpid())


_KEPT: list[bytearray] = []


def keep(megabytes: int) -> str:
    """What a table of answers full of long lines does; the process that did it."""
    _KEPT.append(bytearray(b"x" * (megabytes << 20)))
    return pid()


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def refuse() -> None:
    """Set up a worker where nothing is left for one."""
    raise MemoryError("none left")


def hang() -> None:
    """Set up a worker whose start never ends, as where an import waits for a disk of the network."""
    time.sleep(3600)


def doom() -> None:
    """Set up a worker that the machine ends as soon as it does anything, as where there is memory for
    its start and not for its work."""
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.005)


def overfill() -> str:
    """What a page does that is too long for memory, where temporary files find no room."""
    raise WriteFailed("temporary files: No space left on device")


@dataclass(frozen=True)
class RefuseOnce:
    """The same, but for a moment."""

    mark: Path

    def __call__(self) -> None:
        if not self.mark.exists():
            self.mark.touch()
            refuse()
        prepare()
