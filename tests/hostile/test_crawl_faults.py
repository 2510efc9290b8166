"""A disk that fails anywhere in a crawl ends it with exit code 3 and one line, and costs nothing kept."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from archive.opening import records
from archive.records import ReadRecord
from tests.answering import Answer, Asked, answering, article, define
from tests.hostile.forked import Ended, Forked
from tests.hostile.shim import compiled, fast_folder

STEP = int(os.environ.get("SOAK_STEP", "1"))
PAGES = ("/", "/index_1.html", "/1.html", "/2.html", "/3.html", "/4.html", "/moved", "/gone")
KINDS = ("enospc", "eio", "full", "short", "kill", "late", "half")
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


@pytest.fixture(scope="module")
def crawls() -> Iterator[Crawls]:
    shim = compiled()
    with fast_folder() as folder, answering(answer) as web, Forked(shim) as forked:
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


def written(holdings: Path) -> set[tuple[str, str]]:
    """Record id and URI of every response and revisit in the archive; none of it is damaged."""
    found: set[tuple[str, str]] = set()
    for path in (holdings / "warc").glob("*.warc.gz"):
        for record in records(path):
            assert isinstance(record, ReadRecord), record
            if record.type in ("response", "revisit"):
                found.add((record.id, record.uri))
    return found


def goes_on(crawls: Crawls, holdings: Path, where: str, *, derives: bool = False) -> None:
    """The next run finishes what a failed one began, and nothing that was kept is lost or torn."""
    kept = rows(holdings)
    more = () if derives else ("--no-derive",)
    done = crawls.crawl(holdings, *more)
    assert done.code == 0, f"{where}: {done.said}"
    assert not list((holdings / "warc").glob("*.open")), where
    archived = written(holdings)
    assert kept <= archived, where
    assert archived == rows(holdings), where
    assert {uri.removeprefix("http://www.a.test") for _, uri in archived} >= set(PAGES), where
    if derives:
        lines = [line for path in (holdings / "text").glob("*.jsonl") for line in path.open()]
        of = Counter(json.loads(line)["id"].strip("<>") for line in lines)
        assert of == Counter(name for name, _ in archived), where
    checked = crawls.forked.run("fangzhi", "check", "--holdings", holdings)
    assert checked.code == 0, f"{where}: {checked.said}"
    shutil.rmtree(holdings)


def ends_well(crawls: Crawls, where: str, ended: Ended, allowed: tuple[int, ...] = (3,)) -> None:
    assert ended.code in allowed, f"{where}: exit code {ended.code}: {ended.said}"
    for word in ("Traceback", "Unhandled", "Error caught"):
        assert word not in ended.said, f"{where}: {ended.said}"


def break_statement(crawls: Crawls, at: int, how: str, *, derives: bool) -> None:
    holdings, where = crawls.fresh(), f"statement {at} {how}"
    more = () if derives else ("--no-derive",)
    ends_well(crawls, where, crawls.crawl(holdings, *more, statement=(at, how)))
    goes_on(crawls, holdings, where, derives=derives)


def break_call(crawls: Crawls, at: int, kind: str, *, derives: bool) -> None:
    holdings, where = crawls.fresh(), f"call {at} {kind}"
    more = () if derives else ("--no-derive",)
    ended = crawls.crawl(holdings, *more, fault=crawls.fault(holdings, kind, at))
    if kind in ("kill", "late", "half"):
        assert ended.code in (-9, 0), f"{where}: {ended.code}: {ended.said}"
    else:  # a call may come after all is done, or be one whose failure costs nothing
        ends_well(crawls, where, ended, (0, 3))
    goes_on(crawls, holdings, where, derives=derives)


def test_a_disk_that_is_full_at_a_statement_ends_the_crawl(crawls: Crawls) -> None:
    total = crawls.statements("--no-derive")
    assert total > 90
    for number, at in enumerate(range(17, total + 1, 60)):
        break_statement(crawls, at, ("once", "on")[number % 2], derives=False)


def test_a_disk_that_fails_at_a_file_call_ends_the_crawl(crawls: Crawls) -> None:
    total = crawls.calls("--no-derive")
    assert total > 300
    break_call(crawls, total // 2, "full", derives=False)


@pytest.mark.soak
@pytest.mark.parametrize("how", ["once", "on"])
def test_a_disk_that_is_full_at_any_statement_ends_the_crawl(crawls: Crawls, how: str) -> None:
    for at in range(1, crawls.statements("--no-derive") + 1, STEP):
        break_statement(crawls, at, how, derives=False)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fails_at_any_file_call_ends_the_crawl(crawls: Crawls, kind: str) -> None:
    start = 1 + 11 * KINDS.index(kind) % STEP
    for at in range(start, crawls.calls("--no-derive") + 1, 4 * STEP if STEP > 1 else 1):
        break_call(crawls, at, kind, derives=False)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["enospc", "full"])
def test_a_disk_that_fails_while_text_is_derived_ends_the_crawl(crawls: Crawls, kind: str) -> None:
    for at in range(60, crawls.calls() + 1, 4 * STEP):
        break_call(crawls, at, kind, derives=True)
