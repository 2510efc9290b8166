"""Deriving an article beside what others take to find its text alone."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import corpus
from tests.bench.measuring import PEERS, Goal, Table, contend, has_peer, rounds
from tests.shared import shared_folder

Made = tuple[corpus.Pages, Callable[[corpus.Pages], dict[str, Any]]]


def measure(scratch: Path, count: int) -> list[Table]:
    """The tables of this theme: the shared sets and the saved trees, or invented pages."""
    shared = shared_folder()
    if shared is None:
        return [_measured("derive", scratch / "pages", corpus.write(scratch / "pages"), count)]
    groups = (
        ("derive: sets", "real pages of the shared sets", corpus.sets(shared)),
        ("derive: trees", "real pages of five saved sites", corpus.trees(shared)),
    )
    found = []
    for theme, which, named in groups:
        folder = scratch / theme[-5:].strip()
        about = corpus.put(folder, [p for _, pages in named for p in pages], which)
        found.append(_measured(theme, folder, about, count))
    return found


def _measured(theme: str, folder: Path, about: str, count: int) -> Table:
    table = Table(theme, about, "page")
    one = partial(contend, "extracting", folder=folder)
    contenders = {
        "fangzhi derive": partial(one, "fangzhi"),
        "trafilatura, default": partial(one, "trafilatura_default"),
        "trafilatura, default, with metadata": partial(one, "trafilatura_metadata"),
        "trafilatura, fast": partial(one, "trafilatura_fast"),
    }
    for name, library in (("readability-lxml", "readability"), ("resiliparse", "resiliparse")):
        if has_peer(library):
            contenders[name] = partial(one, library, python=PEERS)
        else:
            table.missing.append(name)
    table.rows = rounds(count, contenders)
    for peer, wanted in (
        ("trafilatura, default", "3 × the pages of trafilatura with defaults, which gives text"),
        ("trafilatura, default, with metadata", "3 × when it gives metadata too, as derive does"),
    ):
        times = table.times(peer)
        assert times is not None
        table.goals.append(Goal(wanted, f"{times:.2f} ×", times >= 3))
    return table


def fangzhi(folder: Path) -> Made:
    """Bytes to JSON line: text, metadata, spam, repair, normalising, ledger."""
    from archive.derive import derive_file
    from archive.jsonl import line
    from archive.worker import GC_THRESHOLD

    gc.set_threshold(*GC_THRESHOLD)
    return _pages(folder, lambda url, data: line(derive_file(data, "page.html", url=url)))


def trafilatura_default(folder: Path) -> Made:
    """Bytes to text."""
    from trafilatura import extract

    return _pages(folder, lambda _, data: extract(data))


def trafilatura_metadata(folder: Path) -> Made:
    """Bytes to JSON: text, title, author, date, site."""
    from trafilatura import extract

    full = partial(extract, output_format="json", with_metadata=True)
    return _pages(folder, lambda url, data: full(data, url=url))


def trafilatura_fast(folder: Path) -> Made:
    """Bytes to text without the second opinions."""
    from trafilatura import extract

    return _pages(folder, lambda _, data: extract(data, fast=True))


def readability(folder: Path) -> Made:
    """Bytes to the HTML of the article."""
    from readability import Document

    def summary(_: str, data: bytes) -> None:
        with suppress(Exception):  # it gives some pages up
            Document(data).summary()

    return _pages(folder, summary)


def resiliparse(folder: Path) -> Made:
    """Bytes to text, decoding included."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    def text(_: str, data: bytes) -> None:
        extract_plain_text(bytes_to_str(data, detect_encoding(data)), main_content=True)

    return _pages(folder, text)


def _pages(folder: Path, one: Callable[[str, bytes], object]) -> Made:
    def work(pages: corpus.Pages) -> dict[str, Any]:
        each = []
        for url, data in pages:
            started = time.process_time()
            one(url, data)
            each.append(time.process_time() - started)
        return {"each": each}  # CPU seconds

    return corpus.read(folder), work
