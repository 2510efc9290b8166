"""The link-farm stage on the tree, beside its limit: parsing the page, which comes before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.bench import corpus
from tests.bench.measuring import Table, contend, rounds

Made = tuple[Sequence[str], Callable[[Sequence[str]], None]]


def measure(scratch: Path, count: int) -> Table:
    """The table of this theme."""
    folder = scratch / "pages"
    table = Table("link-farm", corpus.write(folder, every=6, files=30), "page")
    names = {"parsing, columns, link-farm stage": "stage", "parsing and columns": "columns"}
    names["parsing alone"] = "parsing"
    table.rows = rounds(
        count, {n: partial(contend, "linkfarm", f, folder) for n, f in names.items()}
    )
    return table


def _texts(folder: Path) -> list[str]:
    from archive.decode import decode_file
    from archive.model import Page

    pages = [decode_file(data, "page.html", url, None) for url, data in corpus.read(folder)]
    return [page.text for page in pages if isinstance(page, Page)]


def stage(folder: Path) -> Made:
    from archive import linkfarm
    from archive.page import dom, nodes

    def work(texts: Sequence[str]) -> None:
        for text in texts:
            if (parsed := dom.parse(text)) is not None:
                linkfarm.prune(nodes.read(parsed.root), "http://www.example.gov.cn/a.html")

    return _texts(folder), work


def columns(folder: Path) -> Made:
    from archive.page import dom, nodes

    def work(texts: Sequence[str]) -> None:
        for text in texts:
            if (parsed := dom.parse(text)) is not None:
                nodes.read(parsed.root)

    return _texts(folder), work


def parsing(folder: Path) -> Made:
    from archive.page import dom

    def work(texts: Sequence[str]) -> None:
        for text in texts:
            dom.parse(text)

    return _texts(folder), work
