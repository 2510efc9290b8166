"""A second crawl asks whether something changed, and says what did."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.warcreader import ReadRecord, read
from crawler.report import Report, table
from tests.answering import Answer, Asked, answering, article, define
from tests.commands import adds_up, fangzhi, report
from tests.web import Web, expected, feed, start, ucap, vsb, waf

DAY = 86_400


class Crawls:
    """Crawls of one host of the test web into one holdings folder."""

    def __init__(self, folder: Path, web: Web, host: str, more: str = "") -> None:
        self.web, self.host, self.holdings = web, host, folder / "h"
        self._sites = define(folder / "sites", host, more=more)

    def __call__(self, *options: object, code: int = 0) -> dict[str, Any]:
        """One more crawl; its report."""
        where = ("--sites", self._sites, "--holdings", self.holdings, "--proxy", self.web.proxy)
        done = fangzhi("crawl", *where, *options)
        assert done.returncode == code, done.stderr[-2000:]
        numbers = report(self.holdings)
        assert adds_up(numbers)
        return numbers

    def answers(self, since: int) -> Counter[int]:
        """Statuses the host sent since its log had `since` rows, robots.txt left out."""
        rows = self.web.log()[since:]
        return Counter(r.status for r in rows if r.host == self.host and r.path != "/robots.txt")


@contextmanager
def crawls(folder: Path, host: str, more: str = "") -> Iterator[Crawls]:
    with start() as web:
        yield Crawls(folder, web, host, more)


def events(numbers: dict[str, Any]) -> list[tuple[str, str]]:
    return [(event["event"], event["url"]) for event in numbers["events"]]


@pytest.mark.soak  # the host asks for a second between requests
def test_a_site_with_feed_and_sitemap_is_found_unchanged_republished_and_corrected(
    tmp_path: Path,
) -> None:
    """M14: 304 to everything; then all is published again with new validators; then one paragraph
    is corrected."""
    more = f'[[seed]]\nurl = "http://{feed.HOST}/sitemap.xml.gz"\nkind = "sitemap"\n'
    with crawls(tmp_path, feed.HOST, more) as crawl:
        assert crawl()["articles"] == feed.ARTICLES
        seen = len(crawl.web.log())
        second = crawl()
        answers = crawl.answers(seen)
        assert answers[304] >= 0.95 * answers.total()
        assert (second["articles"], events(second)) == (0, [])
        crawl.web.advance(DAY)
        republished = crawl()
        assert (republished["articles"], events(republished)) == (0, [])
        assert republished["unchanged"] >= feed.ARTICLES
        crawl.web.advance(DAY)
        corrected = crawl()
        url, _ = feed.correction()
        assert events(corrected) == [("changed", url)]
        assert corrected["articles"] == 1
        (event,) = corrected["events"]
        lines = [
            json.loads(row)
            for path in sorted((crawl.holdings / "text").glob("*.jsonl"))
            for row in path.read_text("utf-8").splitlines()
        ]
        texts = {row["id"]: row["text"] for row in lines if "text" in row}
        assert feed.CORRECTION in texts[event["after"]]
        assert feed.CORRECTION not in texts[event["before"]]


def test_the_table_of_a_run_counts_what_changed_and_what_is_gone() -> None:
    numbers = Report().as_json() | {"alarms": []}
    told = [{"event": event} for event in ("gone", "changed", "changed")]
    rows = [row.split() for row in table(numbers | {"events": told}).splitlines()]
    assert ["pages", "changed", "2"] in rows
    assert ["pages", "gone", "1"] in rows
    assert "pages" not in table(numbers | {"events": []})


class Published:
    """A site of articles with validators, whose pages can be published anew."""

    def __init__(self, pages: int) -> None:
        self.texts = [f"第{n}篇：全县工作会议召开，部署下一步重点工作。" for n in range(pages)]
        self.edition = 1

    def __call__(self, asked: Asked) -> Answer:
        number = asked.path.removeprefix("/").removesuffix(".html")
        if asked.path == "/":
            page = article("首页", *(f"/{n}.html" for n in range(len(self.texts))))
        elif number.isdigit():
            made = f"第{number}篇 "
            page = article(made, paragraph=self.texts[int(number)])
            comment = f"<!-- built {self.edition} -->".encode()
            page = replace(page, body=page.body.replace(b"</body>", comment + b"</body>"))
        else:
            return Answer(404)
        tag = f'"{hashlib.md5(page.body, usedforsecurity=False).hexdigest()}"'
        if asked.fields.get("if-none-match") == tag:
            return Answer(304, fields=(("ETag", tag),))
        return replace(page, fields=(("ETag", tag),))


@contextmanager
def published(folder: Path, pages: int) -> Iterator[tuple[Published, Callable[..., Any]]]:
    """A published site, and a function that crawls it: the report and the statuses it saw."""
    site = Published(pages)
    sites = define(folder / "sites", "paper.test")
    statuses: list[int] = []

    def answer(asked: Asked) -> Answer:
        given = site(asked)
        if asked.path != "/robots.txt":
            statuses.append(given.status)
        return given

    with answering(answer) as web:

        def crawl(*options: object, code: int = 0) -> tuple[dict[str, Any], Counter[int]]:
            statuses.clear()
            where = ("--sites", sites, "--holdings", folder / "h", "--proxy", web.proxy)
            done = fangzhi("crawl", *where, *options)
            assert done.returncode == code, done.stderr[-2000:]
            numbers = report(folder / "h")
            assert adds_up(numbers)
            return numbers, Counter(statuses)

        yield site, crawl


def test_an_unchanged_site_answers_304_and_brings_no_article(tmp_path: Path) -> None:
    with published(tmp_path, 40) as (site, crawl):
        assert crawl()[0]["articles"] == 41  # the front page reads like one
        second, answers = crawl()
        assert answers[304] >= 0.95 * answers.total()
        assert (second["articles"], events(second)) == (0, [])
        site.edition = 2  # everything is published again
        republished, answers = crawl()
        assert answers[200] >= 40
        assert events(republished) == []
        site.texts[7] = "更正：会议改期举行，请各单位相互转告，做好准备工作，按时参加会议。"
        corrected, answers = crawl()
        assert events(corrected) == [("changed", "http://paper.test/7.html")]
        assert answers[200] == 1


def test_a_page_is_read_again_in_the_archive_when_its_sites_definition_changed(
    tmp_path: Path,
) -> None:
    with published(tmp_path, 5) as (_, crawl):
        path = tmp_path / "sites" / "paper.test.toml"
        defined = path.read_text("utf-8")
        path.write_text(defined + '[scope]\nexclude = ["/4"]\n', "utf-8")
        assert crawl()[1] == {200: 5}
        path.write_text(defined, "utf-8")
        again, answers = crawl()
        assert (again["unchanged"], answers) == (5, {304: 5, 200: 1}), "its link was found"
        assert crawl()[1] == {304: 6}


_KNOWN = (
    "SELECT url, site, via, hops, seed, list, text, state, visits, status, record, original, etag,"
    " modified, kind, text_digest, text_record, visited, failures FROM urls ORDER BY url"
)


def lose_state(holdings: Path) -> tuple[list[Any], list[Any], str]:
    """Delete index and state, and make them again: what the frontier knew before and knows now."""
    state = holdings / "state.sqlite"
    with closing(sqlite3.connect(state)) as db:
        before = db.execute(_KNOWN).fetchall()
        due = dict(db.execute("SELECT url, due FROM urls").fetchall())
    state.unlink()
    shutil.rmtree(holdings / "index")
    sites = holdings.with_name("sites")
    done = fangzhi("check", "--repair", "--holdings", holdings, "--sites", sites)
    assert done.returncode == 0, done.stdout
    with closing(sqlite3.connect(state)) as db:
        for url, moment in db.execute("SELECT url, due FROM urls").fetchall():
            assert abs(moment - due[url]) < 60, "as the schedule had it, but for the answer's time"
        return before, db.execute(_KNOWN).fetchall(), done.stderr


def test_after_the_loss_of_the_state_a_repaired_crawl_is_a_recrawl(tmp_path: Path) -> None:
    with published(tmp_path, 40) as (site, crawl):
        crawl()
        site.texts[7] = "更正：会议改期举行，请各单位相互转告，做好准备工作，按时参加会议。"
        crawl()
        before, after, said = lose_state(tmp_path / "h")
        assert after == before
        assert "82 visits of the frontier made again" in said
        numbers, answers = crawl()
        assert answers[304] >= 0.95 * answers.total()
        assert (numbers["articles"], events(numbers)) == (0, [])


@pytest.mark.soak
def test_what_a_broken_crawl_had_not_asked_for_is_found_again_after_a_repair(
    tmp_path: Path,
) -> None:
    with published(tmp_path, 12) as (_, crawl):
        crawl("--limit", 6, code=3)
        before, after, _ = lose_state(tmp_path / "h")
        visited = [row for row in before if row[8]]
        assert after == visited, "what waited is not in the WARC files"
        assert crawl()[1] == {304: len(visited), 200: 13 - len(visited)}


def test_a_304_is_the_revisit_that_replays_everywhere(tmp_path: Path) -> None:
    with published(tmp_path, 5) as (_, crawl):
        crawl()
        crawl()
    first, second = sorted((tmp_path / "h" / "warc").glob("*.gz"))
    originals = {r.id: r for r in read(first) if isinstance(r, ReadRecord) and r.type == "response"}
    records = [r for r in read(second) if isinstance(r, ReadRecord)]
    revisits = [r for r in records if r.type == "revisit"]
    assert len(revisits) == 6
    for record in revisits:
        original = originals[(record.get("WARC-Refers-To") or "").strip("<>")]
        assert (record.get("WARC-Profile") or "").endswith("/1.1/revisit/server-not-modified")
        assert record.block.read() == b""
        for name in ("Target-URI", "Date"):
            assert record.get(f"WARC-Refers-To-{name}") == original.get(f"WARC-{name}")
        assert record.get("WARC-Payload-Digest") == original.get("WARC-Payload-Digest")
    notes = [r.block.read() for r in records if r.type == "metadata"]
    assert sum(b"http-not-modified: HTTP/1.1 304" in note for note in notes) == len(revisits)


def test_a_page_whose_capture_was_deleted_is_archived_again(tmp_path: Path) -> None:
    with published(tmp_path, 5) as (_, crawl):
        crawl()
        for path in (tmp_path / "h" / "warc").glob("*.gz"):
            path.unlink()
        again, answers = crawl()
    assert again["unchanged"] == 0
    assert answers == {200: 6}


def test_five_articles_added_to_a_list_that_counts_down_are_five_new_ones(tmp_path: Path) -> None:
    with crawls(tmp_path, vsb.HOST) as crawl:
        assert crawl()["articles"] == vsb.ARTICLES
        crawl.web.advance(2 * DAY)
        before = len(crawl.web.log())
        again = crawl()
        new = {f"http://{row.host}{row.path}" for row in crawl.web.log()[before:]}
        assert vsb.late_urls() <= new
        assert again["articles"] == vsb.LATE
        assert events(again) == []


def test_what_is_due_is_asked_for_and_nothing_else(tmp_path: Path) -> None:
    with crawls(tmp_path, vsb.HOST) as crawl:
        crawl()
        before = len(crawl.web.log())
        runs = len(list((tmp_path / "h/runs").iterdir()))
        crawl("--due")
        assert len(crawl.web.log()) == before
        assert len(list((tmp_path / "h/runs").iterdir())) == runs, "a look is no run"


def test_pages_that_carry_the_time_they_were_made_have_not_changed(tmp_path: Path) -> None:
    with crawls(tmp_path, ucap.HOST) as crawl:
        first = crawl()
        again = crawl()
        assert first["articles"] == sum(1 for e in expected(ucap.HOST).values() if e.verdict)
        assert events(again) == []


@pytest.mark.parametrize("status", waf.CHALLENGES)
def test_a_firewall_is_left_alone_after_its_first_challenge(tmp_path: Path, status: int) -> None:
    unreachable = status >= 500  # its robots.txt too, so not one page is asked for
    with crawls(tmp_path, waf.host(status)) as crawl:
        numbers = crawl("--patience", 0, code=1 if unreachable else 0)
        rows = [row for row in crawl.web.log() if row.host == waf.host(status)]
        assert len(rows) <= waf.HITS
        assert numbers["articles"] == 0
        assert numbers["rejected"].get("block-page", 0) == (0 if unreachable else 1)
        resting = fangzhi("status", "--holdings", crawl.holdings).stdout
        assert f"resting  {waf.host(status)}" in resting


def test_identical_bytes_without_validators_are_a_revisit_with_the_head_that_came(
    tmp_path: Path,
) -> None:
    define(tmp_path / "sites", "plain.test")
    where = ("--sites", tmp_path / "sites", "--holdings", tmp_path / "h")

    def answer(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(404)
        page = article("一条消息")
        return Answer(page.status, page.body, (("X-Served", str(len(web.log))),))

    with answering(answer) as web:
        for _ in range(3):
            done = fangzhi("crawl", *where, "--proxy", web.proxy)
            assert done.returncode == 0, done.stderr[-2000:]
    records = [r for p in sorted((tmp_path / "h" / "warc").glob("*.gz")) for r in read(p)]
    kinds = [r for r in records if isinstance(r, ReadRecord)]
    pages = [r for r in kinds if (r.get("WARC-Target-URI") or "").endswith("plain.test/")]
    answers = [r for r in pages if r.type in ("response", "revisit")]
    assert [r.type for r in answers] == ["response", "revisit", "revisit"]
    for record in answers[1:]:
        assert (record.get("WARC-Refers-To") or "").strip("<>") == answers[0].id, "to no revisit"
        head = record.block.read()
        assert head.startswith(b"HTTP/1.1 200")
        assert head.endswith(b"\r\n\r\n")
        assert b"X-Served" in head
