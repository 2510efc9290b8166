"""Deriving an article beside what others take to find its text alone."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import corpus
from tests.bench.measuring import PEERS, Goal, Table, contend, has_peer, rounds

Made = tuple[corpus.Pages, Callable[[corpus.Pages], dict[str, Any] | None]]


def measure(scratch: Path, count: int) -> Table:
    """The table of this theme."""
    folder = scratch / "pages"
    table = Table("derive", corpus.write(folder, every=6, files=30), "page")
    one = partial(contend, "extracting", folder=folder)
    contenders = {
        "fangzhi derive": partial(one, "fangzhi"),
        "trafilatura, default": partial(one, "trafilatura_default"),
        "trafilatura, fast": partial(one, "trafilatura_fast"),
    }
    for name, library in (("readability-lxml", "readability"), ("resiliparse", "resiliparse")):
        if has_peer(library):
            contenders[name] = partial(one, library, python=PEERS)
        else:
            table.missing.append(name)
    table.rows = rounds(count, contenders)
    times = table.times("trafilatura, default")
    assert times is not None
    table.goals.append(
        Goal("3 × the pages of trafilatura with defaults", f"{times:.2f} ×", times >= 3)
    )
    return table


def fangzhi(folder: Path) -> Made:
    """Bytes to JSON line: text, metadata, spam, repair, normalising, ledger."""
    from archive.derive import derive_file
    from archive.jsonl import line
    from archive.worker import GC_THRESHOLD

    def work(pages: corpus.Pages) -> None:
        gc.set_threshold(*GC_THRESHOLD)
        for url, data in pages:
            line(derive_file(data, "page.html", url=url))

    return corpus.read(folder), work


def trafilatura_default(folder: Path) -> Made:
    """Bytes to text."""
    from trafilatura import extract

    def work(pages: corpus.Pages) -> None:
        for _, data in pages:
            extract(data)

    return corpus.read(folder), work


def trafilatura_fast(folder: Path) -> Made:
    """Bytes to text without the second opinions."""
    from trafilatura import extract

    def work(pages: corpus.Pages) -> None:
        for _, data in pages:
            extract(data, fast=True)

    return corpus.read(folder), work


def readability(folder: Path) -> Made:
    """Bytes to the HTML of the article."""
    from readability import Document

    def work(pages: corpus.Pages) -> None:
        for _, data in pages:
            try:
                Document(data).summary()
            except Exception:  # it gives some pages up
                continue

    return corpus.read(folder), work


def resiliparse(folder: Path) -> Made:
    """Bytes to text, decoding included."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    def work(pages: corpus.Pages) -> None:
        for _, data in pages:
            extract_plain_text(bytes_to_str(data, detect_encoding(data)), main_content=True)

    return corpus.read(folder), work
