"""A second look as a visitor of a search engine shows who is sent elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest

from archive.cloaking import sent_away
from archive.formats.records import ReadRecord
from archive.replay import notes_of
from archive.views import View
from archive.warcreader import read
from tests.answering import Answer, Asked, answering, article, define
from tests.commands import adds_up, fangzhi, report
from tests.judges import panel
from tests.shared import shared_folder

HOST = "www.qinghe.gov.test"
CASINO = "http://www.jinsha88.example/"
VIEWS = "[scope]\nsearch_views = 3\n"
PAGES = [f"/xw/202611/t20261120_{number}.html" for number in range(1, 6)]
OFFER = "澳门金沙娱乐场_真人百家乐开户_老虎机送彩金"


def answer(asked: Asked) -> Answer:
    """The first article sends visitors of search engines away, the second shows them another page."""
    if asked.path == "/robots.txt":
        return Answer(404)
    if asked.path == "/":
        return article("清河县人民政府", *PAGES)
    if "baidu.com" in asked.fields.get("referer", ""):
        if asked.path == PAGES[0]:
            return Answer(302, fields=(("Location", CASINO),))
        if asked.path == PAGES[1]:
            return article(OFFER)
    return article(f"清河县部署第{PAGES.index(asked.path)}轮春耕生产工作")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Asked]]:
    folder = tmp_path_factory.mktemp("views")
    sites, holdings = define(folder / "sites", HOST, more=VIEWS), folder / "h"
    with answering(answer) as web:
        where = ("--sites", sites, "--holdings", holdings, "--proxy", web.proxy)
        done = fangzhi("crawl", *where)
        assert done.returncode == 0, done.stderr[-2000:]
        return holdings, web.log


def lines(holdings: Path) -> dict[str, dict[str, Any]]:
    (text,) = (holdings / "text").glob("*.jsonl")
    rows = map(json.loads, text.read_text("utf-8").splitlines())
    return {row["url"].removeprefix(f"http://{HOST}"): row for row in rows}


def records(holdings: Path) -> list[ReadRecord]:
    found = [r for path in (holdings / "warc").glob("*.gz") for r in read(path)]
    return [record for record in found if isinstance(record, ReadRecord)]


def test_pages_that_show_visitors_of_search_engines_something_else_are_cloaked(
    crawled: tuple[Path, list[Asked]],
) -> None:
    rows = lines(crawled[0])
    verdicts = [rows[path]["verdict"] for path in PAGES]
    assert verdicts == ["cloaked", "cloaked", "clean", "clean", "clean"]
    (finding,) = (e for e in rows[PAGES[0]]["edits"] if e["rule"] == "cloaked")
    assert "www.jinsha88.example" in finding["evidence"]
    assert rows[PAGES[0]]["text"].startswith("清河县部署第0轮"), "the article is kept"


def test_so_many_new_articles_are_looked_at_before_they_are_captured(
    crawled: tuple[Path, list[Asked]],
) -> None:
    holdings, log = crawled
    searches = [row for row in log if "baidu" in row.fields.get("referer", "")]
    assert [row.path for row in searches] == PAGES[:3]
    assert all("清河县" in unquote(row.fields["referer"]) for row in searches)
    assert not [row for row in log if row.host not in (HOST, "")], (
        "where they lead is not asked for"
    )
    assert all("fangzhi" in row.fields["user-agent"] for row in log)
    numbers = report(holdings)
    assert adds_up(numbers)
    assert (numbers["views"], numbers["articles"]) == (3, 6), "the home page has a text too"


def test_a_second_look_is_kept_byte_for_byte_and_is_no_capture(
    crawled: tuple[Path, list[Asked]],
) -> None:
    holdings, _ = crawled
    found = records(holdings)
    views = [r for r in found if r.uri.startswith("urn:view:search:")]
    assert {r.type for r in views} == {"metadata"}
    assert len(views) == 3 * 3, "answer, request and notes of each"
    blocks = [r.block.read() for r in views if r.uri.endswith(PAGES[0])]
    assert sum(CASINO.encode() in block for block in blocks) == 1
    assert sum(b"Referer: https://www.baidu.com/s?wd=" in block for block in blocks) == 1
    captures = [r for r in found if r.type == "response" and r.uri.endswith(PAGES[0])]
    assert len(captures) == 1
    (index,) = (holdings / "index").glob("*.cdxj")
    assert b"urn:" not in index.read_bytes()
    about = [notes_of(r) for r in found if r.type == "metadata" and r.uri.endswith(PAGES[0])]
    assert [n["search-view"] for n in about if "search-view" in n] == [f"302 {CASINO}"]
    done = fangzhi("check", "--holdings", holdings)
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_judges_accept_second_looks_and_list_none_of_them_as_the_page(
    crawled: tuple[Path, list[Asked]], tmp_path: Path
) -> None:
    """In the archive, and in the package it is exported to."""
    holdings, target = crawled[0], tmp_path / "a.wacz"
    for path in (holdings / "warc").glob("*.gz"):
        panel.judge(path)
    assert fangzhi("export", "--wacz", target, "--holdings", holdings).returncode == 0
    with ZipFile(target) as package:
        for name in (n for n in package.namelist() if n.startswith("archive/")):
            panel.judge(Path(package.extract(name, tmp_path)))


def test_a_replay_finds_the_same(crawled: tuple[Path, list[Asked]]) -> None:
    holdings, _ = crawled
    done = fangzhi("replay", "--diff", "--holdings", holdings)
    assert done.returncode == 0, done.stdout[-2000:]


def test_no_second_look_is_had_where_nobody_asks_for_one(tmp_path: Path) -> None:
    sites, holdings = define(tmp_path / "sites", HOST), tmp_path / "h"
    with answering(answer) as web:
        where = ("--sites", sites, "--holdings", holdings, "--proxy", web.proxy)
        assert fangzhi("crawl", *where).returncode == 0
        assert not [row for row in web.log if "baidu" in row.fields.get("referer", "")]


URL = "http://www.qinghe.gov.cn/xw/1.html"
TEXT = "清河县召开防汛工作会议，部署下一步工作。"


@pytest.mark.parametrize(
    "searched",
    [
        "",
        "no view",
        "200 - 清河县召开防汛工作会议-清河县人民政府",
        "302 http://m.qinghe.gov.cn/xw/1.html ",
        "302 https://zwfw.hunan.gov.cn/login ",
        "403 - ",
        "200 - 安全验证",
    ],
)
def test_a_visitor_who_gets_the_page_or_stays_with_the_site_is_no_finding(searched: str) -> None:
    assert sent_away(searched, URL, TEXT, "清河县召开防汛工作会议", TEXT) is None


def test_a_page_about_a_trade_whose_title_changed_is_no_finding() -> None:
    text = "公安机关打击网络赌博犯罪，捣毁澳门金沙娱乐场网站，抓获犯罪嫌疑人。"
    searched = str(View(200, "", "警方通报澳门金沙娱乐场赌博案"))
    assert sent_away(searched, URL, text, "打击赌博", text) is None
    assert sent_away(searched, URL, TEXT, "防汛", TEXT) is not None


def test_the_shared_case_of_a_redirect_by_referrer_is_cloaked(tmp_path: Path) -> None:
    """P41: its page is served as the case says, to whom it says."""
    shared = shared_folder()
    if shared is None:
        pytest.skip("the spam cases are not here")
    case = json.loads((shared / "data/spam/cases/P41_302_by_referrer.json").read_text("utf-8"))
    page = (shared / "data/spam/cases" / case["html_file"]).read_bytes()
    sends = next(h for h in case["http"] if "baidu" in h["request"].get("Referer", ""))

    def hacked(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(404)
        if "baidu.com" in asked.fields.get("referer", ""):
            return Answer(sends["status"], fields=(("Location", sends["location"]),))
        return Answer(body=page)

    with answering(hacked) as web:
        where = ("--holdings", tmp_path / "h", "--proxy", web.proxy)
        done = fangzhi("scrape", case["url"], "--search-views", "1", *where)
        assert done.returncode == 0, done.stderr[-2000:]
    rows = map(json.loads, done.stdout.splitlines())
    (row,) = rows  # what was asked for, and not its robots.txt
    assert row["verdict"] == case["verdict"] == "cloaked"
    assert row["text"].splitlines() == case["clean_text"].splitlines()[1:]
