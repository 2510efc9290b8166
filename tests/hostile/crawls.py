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
from tempfile import TemporaryDirectory
from typing import Any

from archive.formats.opening import records
from archive.formats.records import ReadRecord
from tests.answering import Answer, Asked, answering, article, define
from tests.commands import adds_up, report
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


LIST = 10  # articles of a list page of the larger web
ARTICLES = [f"/{number}.html" for number in range(1, 2 * LIST + 1)]
PICTURE = bytes.fromhex(  # one grey pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001e521bc330000000049454e44ae426082"
)
THIRTY = (*("/", "/index_1.html", "/index_2.html"), *ARTICLES, "/moved", "/gone", "/p.png")
THIRTY += ("/same_a.html", "/same_b.html", "/long.html", "/long_2.html")
# Three WARC files of such a crawl, so that one is finished and another begun in the middle of it.
ROTATED = {"FANGZHI_ROTATE_BYTES": 18_000}


def thirty(asked: Asked) -> Answer:
    """Three lists, twenty articles, one of two pages and one with a picture, the same page at two
    URLs, a redirect and a page that is gone."""
    path = asked.path
    lists = {
        "/": (*ARTICLES[:LIST], "/index_1.html", "/moved", "/gone", "/no/1.html"),
        "/index_1.html": (*ARTICLES[LIST:], "/index_2.html"),
        "/index_2.html": ("/same_a.html", "/same_b.html", "/long.html"),
    }
    if path in ("/robots.txt", "/moved", "/gone"):
        return answer(asked)
    if path in lists:
        return article(path, *lists[path])
    if path == "/p.png":
        return Answer(body=PICTURE, type="image/png")
    if path.startswith("/same"):
        return article("两处刊登的公告", paragraph=_text("同一份公告"))
    if path.startswith("/long"):
        return _page_of_two(path)
    page = article(path, paragraph=_text(path))
    if path != ARTICLES[0]:
        return page
    return Answer(body=page.body.replace(b"</p>", b"</p><img src='/p.png' width='400'>", 1))


def _text(about: str) -> str:
    return (
        f"{about}：县里召开工作会议，研究部署下一步工作，{about}列入议程，要求各乡镇抓好落实。" * 3
    )


def _page_of_two(path: str) -> Answer:
    number = "2" if path == "/long_2.html" else ""
    title = "秋季水利建设现场会召开" + (f"({number})" if number else "")
    page = article(title, paragraph=_text(f"水利建设{number}"))
    pager = "<div class='pager'><a href='long.html'>1</a> <a href='long_2.html'>2</a></div>"
    return Answer(body=page.body.replace(b"<ul>", pager.encode() + b"<ul>"))


@dataclass
class Crawls:
    """A small web, and crawls of it whose disk fails."""

    folder: Path
    proxy: str
    forked: Forked
    pages: tuple[str, ...] = PAGES
    more: tuple[str, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def fresh(self) -> Path:
        return self.folder / f"h{next(self.numbers)}"

    def crawl(self, holdings: Path, *more: str, **fault: Any) -> Ended:
        where = ("--sites", self.folder / "sites", "--proxy", self.proxy, "--holdings", holdings)
        how = (*self.more, *more)
        return self.forked.run("fangzhi", "crawl", *where, *how, settings=self.settings, **fault)

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
def small_web(*, warm: bool = False) -> Iterator[Crawls]:
    """The small web, and a disk of its own; `warm` for many crawls that derive."""
    with fast_folder() as folder, answering(answer) as web, Forked(compiled(), warm=warm) as forked:
        define(folder / "sites", "www.a.test")
        yield Crawls(folder, web.proxy, forked)


@contextmanager
def thirty_pages() -> Iterator[Crawls]:
    """A web of thirty pages, crawled with pictures into WARC files of a few kilobytes."""
    with fast_folder() as folder, answering(thirty) as web, Forked(compiled(), warm=True) as forked:
        define(folder / "sites", "www.a.test")
        yield Crawls(folder, web.proxy, forked, THIRTY, ("--images",), dict(ROTATED))


def rows(holdings: Path) -> set[tuple[str, str]]:
    """Record id and URI of what the state has committed; read from a copy, for opening a database
    takes back what a dead process left half done."""
    with TemporaryDirectory(dir=holdings.parent) as copy:
        for path in holdings.glob("state.sqlite*"):
            shutil.copy(path, copy)
        if not (path := Path(copy, "state.sqlite")).exists():
            return set()
        with closing(sqlite3.connect(path)) as state:
            try:
                return set(state.execute("SELECT record_id, uri FROM captures"))
            except sqlite3.DatabaseError:  # no table yet, or damaged on purpose
                return set()


def found(holdings: Path, *, torn: bool = False) -> dict[tuple[str, str], str]:
    """Record id and URI of every response and revisit in the archive, and which of the two it is;
    none of it is damaged, but with `torn` for the end of files that were left open."""
    kept: dict[tuple[str, str], str] = {}
    for path in (holdings / "warc").glob("*.warc.gz*" if torn else "*.warc.gz"):
        if path.suffix == ".torn":
            continue
        for record in records(path):
            if torn and path.suffix == ".open" and not isinstance(record, ReadRecord):
                break
            assert isinstance(record, ReadRecord), record
            if record.type in ("response", "revisit"):
                kept[record.id, record.uri] = record.type
    return kept


def goes_on(
    crawls: Crawls,
    holdings: Path,
    where: str,
    *,
    derives: bool = False,
    noted: Path | None = None,
) -> None:
    """The next run finishes what a failed one began, and nothing that was kept is lost or torn: no
    whole record of the archive, no row of the state, nothing that was `noted` as durable."""
    kept = kept_so_far(holdings, noted)
    more = () if derives else ("--no-derive",)
    done = crawls.crawl(holdings, *more)
    assert done.code == 0, f"{where}: {done.said}"
    holds(crawls, holdings, where, kept, derives=derives)
    shutil.rmtree(holdings)


def kept_so_far(holdings: Path, noted: Path | None = None) -> set[tuple[str, str]]:
    """Record id and URI of all that must not be lost: what the state has, what stands whole in the
    archive, what was noted as durable."""
    kept = rows(holdings) | found(holdings, torn=True).keys()
    if noted is not None and noted.exists():
        told = (line.split("\t") for line in noted.read_text().splitlines())
        kept |= {(name, uri) for name, uri in told}
        noted.unlink()
    return kept


def holds(
    crawls: Crawls, holdings: Path, where: str, kept: set[tuple[str, str]], *, derives: bool
) -> None:
    """All pages and all that was kept are in the archive, in the state, in the text once; `check` and
    the report agree."""
    assert not list((holdings / "warc").glob("*.open")), f"{where}: a file is left open"
    archived = found(holdings)
    assert kept <= archived.keys(), f"{where}: {kept - archived.keys()}"
    known = rows(holdings)
    assert archived.keys() == known, f"{where}: archive and state: {archived.keys() ^ known}"
    uris = {uri.removeprefix("http://www.a.test") for _, uri in archived}
    assert uris >= set(crawls.pages), f"{where}: {set(crawls.pages) - uris}"
    assert adds_up(report(holdings)), f"{where}: {report(holdings)}"
    if derives:
        texts = (path.read_text("utf-8") for path in (holdings / "text").glob("*.jsonl"))
        lines = [line for text in texts for line in text.split("\n") if line]
        of = Counter(json.loads(line)["id"].strip("<>") for line in lines)
        assert max(of.values()) == 1, f"{where}: {of.most_common(3)}"
        responses = {name for (name, _), kind in archived.items() if kind == "response"}
        assert responses <= of.keys(), f"{where}: without text: {responses - of.keys()}"
        more = of.keys() - {name for name, _ in archived}
        assert not more, f"{where}: text of what is not archived: {more}"
    checked = crawls.forked.run("fangzhi", "check", "--holdings", holdings)
    assert checked.code == 0, f"{where}: {checked.said}"


def ends_well(where: str, ended: Ended, allowed: tuple[int, ...] = (3,)) -> None:
    assert ended.code in allowed, f"{where}: exit code {ended.code}: {ended.said}"
    for word in ("Traceback", "Unhandled", "Error caught"):
        assert word not in ended.said, f"{where}: {ended.said}"


def is_torn(path: Path) -> bool:
    """Whether an archive file ends in the middle of a record."""
    return any(not isinstance(record, ReadRecord) for record in records(path))


def whole(holdings: Path) -> set[str]:
    """URIs of the pages whose exchange stands whole in the archive, to its last record: an answer
    whose metadata record is torn was never acknowledged, and nobody knows who had asked for it."""
    pages = set()
    for path in (holdings / "warc").glob("*.warc.gz*"):
        answers: dict[str, str] = {}
        for record in records(path) if path.suffix != ".torn" else ():
            if not isinstance(record, ReadRecord):
                break
            if record.type in ("response", "revisit"):
                answers[record.id] = record.uri
            elif record.type == "metadata":
                pages.add(answers.get((record.get("WARC-Refers-To") or "").strip("<>"), ""))
    return {uri for uri in pages if uri and not uri.endswith("/robots.txt")}


def visited(holdings: Path) -> set[str]:
    """What the frontier knows to be visited, as `archive.uri.dedupe_key` names it."""
    with closing(sqlite3.connect(holdings / "state.sqlite")) as state:
        return {key for (key,) in state.execute("SELECT key FROM urls WHERE visits > 0")}
