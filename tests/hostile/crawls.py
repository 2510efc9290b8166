"""Crawls of a small web whose disk may fail, and what must hold after the next one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from archive.opening import records
from archive.records import ReadRecord
from tests.answering import Answer, Asked, answering, article, define
from tests.hostile.forked import Ended, Forked
from tests.hostile.shim import compiled, fast_folder

PAGES = ("/", "/index_1.html", "/1.html", "/2.html", "/3.html", "/4.html", "/moved", "/gone")
ROBOTS = b"User-agent: *\nDisallow: /no/\n"


def answer(asked: Asked) -> Answer:
    """A list of two pages, four articles, a redirect and a page that is gone."""
    if asked.path == "/robots.txt":
        return Answer(body=ROBOTS, type="text/plain")
    if asked.path == "/moved":
        return Answer(302, fields=(("Location", "/4.html"),))
    if asked.path == "/gone":
        return Answer(404, b"<html><body>404</body></html>")
    if asked.path == "/":
        links = ("/1.html", "/2.html", "/index_1.html", "/moved", "/gone", "/no/1.html")
        return article("要闻", *links)
    return article(asked.path, *(("/3.html",) if asked.path == "/index_1.html" else ()))


@dataclass
class Crawls:
    """A small web, and crawls of it whose disk fails."""

    folder: Path
    proxy: str
    forked: Forked
    numbers: Iterator[int] = field(default_factory=count)

    def fresh(self) -> Path:
        return self.folder / f"h{next(self.numbers)}"

    def crawl(self, holdings: Path, *more: str, **fault: Any) -> Ended:
        where = ("--sites", self.folder / "sites", "--proxy", self.proxy, "--holdings", holdings)
        return self.forked.run("fangzhi", "crawl", *where, *more, **fault)

    def statements(self, *more: str) -> int:
        """Statements of a crawl that nothing disturbs."""
        told = self.folder / "n"
        assert self.crawl(self.fresh(), *more, statement=(0, str(told))).code == 0
        return int(told.read_text())

    def fault(self, holdings: Path, kind: str, at: int) -> dict[str, str]:
        told = str(self.folder / "n")
        fault = {"FAULT_KIND": kind, "FAULT_AT": str(at), "FAULT_TOLD": told}
        return fault | {"FAULT_UNDER": f"{holdings}/"}

    def calls(self, *more: str) -> int:
        """File calls of a crawl that nothing disturbs."""
        holdings = self.fresh()
        assert self.crawl(holdings, *more, fault=self.fault(holdings, "count", 0)).code == 0
        return int((self.folder / "n").read_text())


@contextmanager
def small_web() -> Iterator[Crawls]:
    """The small web, and a disk of its own."""
    with fast_folder() as folder, answering(answer) as web, Forked(compiled()) as forked:
        define(folder / "sites", "www.a.test")
        yield Crawls(folder, web.proxy, forked)


def rows(holdings: Path) -> set[tuple[str, str]]:
    """Record id and URI of what the state has committed."""
    path = holdings / "state.sqlite"
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path)) as state:
        try:
            return set(state.execute("SELECT record_id, uri FROM captures"))
        except sqlite3.OperationalError:  # no table yet
            return set()


def written(holdings: Path) -> dict[tuple[str, str], str]:
    """Record id and URI of every response and revisit in the archive, and which of the two it is;
    none of it is damaged."""
    found: dict[tuple[str, str], str] = {}
    for path in (holdings / "warc").glob("*.warc.gz"):
        for record in records(path):
            assert isinstance(record, ReadRecord), record
            if record.type in ("response", "revisit"):
                found[record.id, record.uri] = record.type
    return found


def goes_on(crawls: Crawls, holdings: Path, where: str, *, derives: bool = False) -> None:
    """The next run finishes what a failed one began, and nothing that was kept is lost or torn."""
    kept = rows(holdings)
    more = () if derives else ("--no-derive",)
    done = crawls.crawl(holdings, *more)
    assert done.code == 0, f"{where}: {done.said}"
    assert not list((holdings / "warc").glob("*.open")), where
    archived = written(holdings)
    assert kept <= archived.keys(), where
    assert archived.keys() == rows(holdings), where
    assert {uri.removeprefix("http://www.a.test") for _, uri in archived} >= set(PAGES), where
    if derives:
        texts = (path.read_text("utf-8") for path in (holdings / "text").glob("*.jsonl"))
        lines = [line for text in texts for line in text.split("\n") if line]
        of = Counter(json.loads(line)["id"].strip("<>") for line in lines)
        assert max(of.values()) == 1, where
        responses = {name for (name, _), kind in archived.items() if kind == "response"}
        assert responses <= of.keys() <= {name for name, _ in archived}, where
    checked = crawls.forked.run("fangzhi", "check", "--holdings", holdings)
    assert checked.code == 0, f"{where}: {checked.said}"
    shutil.rmtree(holdings)


def ends_well(where: str, ended: Ended, allowed: tuple[int, ...] = (3,)) -> None:
    assert ended.code in allowed, f"{where}: exit code {ended.code}: {ended.said}"
    for word in ("Traceback", "Unhandled", "Error caught"):
        assert word not in ended.said, f"{where}: {ended.said}"
