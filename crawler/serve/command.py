"""`fangzhi serve`: start pywb and the two servers, say where they are, stop when interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from types import FrameType
from typing import TypeVar

from archive.catalogue import Catalogue
from archive.errors import HoldingsError
from archive.holdings import Holdings
from crawler.codes import DONE
from crawler.serve.engine_process import Engine, python
from crawler.serve.frames import Frames
from crawler.serve.front import Front
from crawler.serve.gate import ADDRESS, Gate

G = TypeVar("G", bound=Gate)


def serve(options: argparse.Namespace) -> int:
    """`fangzhi serve`: browse the holdings until interrupted; the address goes to stdout."""
    python()  # says what is missing before anything is read
    stopped = Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    with running(options.holdings, options.port, verbose=options.verbose) as front:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        print(f"http://{front.names[0]}/", flush=True)
        print("fangzhi: serving on loopback, stop with Ctrl-C", file=sys.stderr)
        stopped.wait()
    return DONE


@contextmanager
def running(root: Path, port: int = 0, *, verbose: bool = False) -> Iterator[Front]:
    """A front over the holdings that answers, in threads of its own, until the block ends.

    `port` is that of our own pages, 0 takes a free one, as the captured pages always do.
    """
    with TemporaryDirectory(prefix="fangzhi-serve-") as scratch:
        place = Path(scratch)
        with closing(Catalogue(Holdings(root), place)) as catalogue:
            catalogue.refresh()
            with (
                Engine(place, root / "warc", catalogue.path) as engine,
                _answering(Frames(0, engine, verbose=verbose)) as frames,
            ):
                try:
                    front = Front(port, catalogue, frames, verbose=verbose)
                except OSError as error:
                    said = error.strerror or error
                    raise HoldingsError(f"{ADDRESS}:{port}: {said}") from error
                frames.front = tuple(f"http://{name}" for name in front.names)
                with _answering(front):
                    yield front


@contextmanager
def _answering(gate: G) -> Iterator[G]:
    thread = Thread(target=gate.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield gate
    finally:
        gate.shutdown()
        gate.server_close()
        thread.join()
