"""`fangzhi watch`: the one-shot crawl of what is due, again and again, for containers.

Where a timer can be had (systemd, cron, a scheduler of the cluster) it is the better clock; this
is the same one-shot command in a loop. Every run is a process of its own, because Scrapy's
reactor cannot start twice and because what a run leaks goes with it.

The child has a process group of its own and signals are forwarded to it: a terminal sends an
interrupt to every process of its foreground group, and a second one would end the crawl uncleanly.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import FrameType, TracebackType

from archive.errors import SiteDefinitionError
from archive.sites import load_folder
from crawler.codes import INTERRUPTED, WRONG_USE
from crawler.commands.due import next_due

DID_ITS_WORK = (0, 1)  # 1: a page or site could not be fetched, or an alarm: the next run is due
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SHORTEST = 30.0  # seconds between two runs, whatever is due: a blocked host may stay due
LONGEST = 15 * 60.0  # seconds without a look, so that a new site definition is seen

NextDue = Callable[[], datetime | None]


def command(options: argparse.Namespace) -> int:
    """`fangzhi watch`; it takes what `fangzhi crawl --due` takes."""
    return watch(crawl_due(options.given), lambda: _next_due(options))


def _next_due(options: argparse.Namespace) -> datetime | None:
    """When one of the sites is due, those defined since the watch began among them; None, so that
    it looks again later, while a definition is broken."""
    try:
        return next_due(options.holdings, options.site or load_folder(options.sites))
    except SiteDefinitionError as error:
        print(f"fangzhi: {error}", file=sys.stderr)
        return None


def crawl_due(arguments: Sequence[str]) -> list[str]:
    """The command of one run, in this Python."""
    return [sys.executable, "-m", "crawler.cli", "crawl", "--due", *arguments]


def watch(
    command: Sequence[str],
    next_due: NextDue,
    shortest: float = SHORTEST,
    longest: float = LONGEST,
) -> int:
    """Run `command` when something is due until a signal comes; the exit code of DESIGN section 6.

    `next_due` is asked after every run; None means that nothing is. The wait is at least
    `shortest` and at most `longest` seconds. A run that could not do its work (holdings in use,
    disk full, killed) is tried again after `longest`. Only a first run that calls its use wrong
    ends the loop: a definition that was broken later may be mended while it goes on.

    On SIGTERM, SIGINT or SIGHUP the child is told, its end awaited, and 11 returned.
    Must be called on the main thread.
    """
    with _Signals() as signals:
        code = signals.run(command)
        if code == WRONG_USE:
            return WRONG_USE
        while not signals.came:
            wait = longest
            if code in DID_ITS_WORK:
                wait = max(shortest, min(longest, _seconds_until(next_due())))
            print(f"watch: run ended with {code}, next in {wait:.0f} s", file=sys.stderr)
            if signals.sleep(wait):
                break
            code = signals.run(command)
    return INTERRUPTED


def _seconds_until(moment: datetime | None) -> float:
    return float("inf") if moment is None else (moment - datetime.now(UTC)).total_seconds()


class _Signals:
    """Signals of this process while it waits, forwarded while a child runs. A context manager."""

    def __init__(self) -> None:
        self.came = False
        self._untold: int | None = None  # a signal no child was there for
        self._child: subprocess.Popen[bytes] | None = None
        self._ear, self._mouth = os.pipe()

    def __enter__(self) -> _Signals:
        self._before = {number: signal.signal(number, self._hear) for number in FORWARDED}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._ear)
        os.close(self._mouth)

    def run(self, command: Sequence[str]) -> int:
        """Run the command to its end; its exit code, negative where a signal ended it."""
        self._child = subprocess.Popen(  # noqa: S603 our own command line, no shell
            command, process_group=0, stdin=subprocess.DEVNULL
        )
        if self._untold is not None:  # it came while the child was being started
            self._child.send_signal(self._untold)
        try:
            return self._child.wait()
        finally:
            self._child = None

    def sleep(self, seconds: float) -> bool:
        """Wait; True as soon as a signal came."""
        heard, _, _ = select.select([self._ear], [], [], seconds)
        return bool(heard)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if not self.came:
            os.write(self._mouth, b"!")
        self.came = True
        if self._child is None:
            self._untold = number
        else:
            self._child.send_signal(number)
