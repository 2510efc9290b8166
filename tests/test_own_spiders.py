"""`scrapy crawl` with the project's settings: the same manners, and spiders of somebody else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from archive.errors import SiteDefinitionError, WrongUse
from archive.state import State
from crawler.frontiersql import RESTING
from crawler.recorder import Recorder
from crawler.spiders.article import ArticleSpider
from crawler.spiders.site import SiteSpider
from tests.answering import Answer, Asked, answering
from tests.commands import ROOT, lines, report
from tests.held import article

DOCUMENTED = (ROOT / "docs/spiders.md").read_text("utf-8")
PLAIN = """
import scrapy
class Plain(scrapy.Spider):
    name = "plain"
    start_urls = ["http://www.qinghe.test/tzgg/"]
    def parse(self, response):
        yield from response.follow_all(css="a", callback=self.parse)
"""
FILTER = """
from scrapy.dupefilters import RFPDupeFilter
class Told(RFPDupeFilter):
    def open(self):
        print("filter opened")
    def close(self, reason):
        print("filter closed:", reason)
"""


def scrapy(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    paths = {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "FANGZHI_HOLDINGS": str(folder / "h")}
    environment = {**os.environ, **paths}
    environment.pop("FANGZHI_CONTACT", None)
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=100,
        cwd=folder,
        env=environment,
    )


def answer(asked: Asked) -> Answer:
    if asked.path == "/robots.txt":
        return Answer(body=b"User-agent: *\nDisallow: /tzgg/no\n", type="text/plain")
    if asked.path == "/tzgg/":
        links = "".join(f"<a href='{n}.html'>通知{n}</a>" for n in ("1", "no"))
        return Answer(body=f"<a href='/other/'>其他</a>{links}".encode())
    return Answer(body=article("关于印发方案的通知", "请认真贯彻执行。" * 20))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project beside this one, as docs/spiders.md writes it."""
    settings, spider, _ = re.findall(r"```python\n(.*?)```", DOCUMENTED, re.DOTALL)
    (tmp_path / "mine/spiders").mkdir(parents=True)
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = mine.settings\n")
    for name, text in {
        "mine/__init__.py": "",
        "mine/settings.py": settings,
        "mine/spiders/__init__.py": "",
        "mine/spiders/notices.py": spider,
        "mine/spiders/plain.py": PLAIN,
        "mine/filters.py": FILTER,
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_the_spider_of_the_documentation_archives_with_our_manners(project: Path) -> None:
    spider = project / "mine/spiders/notices.py"
    text = spider.read_text("utf-8").replace("www.example.gov.cn", "www.qinghe.test")
    spider.write_text(text.replace("return 3.0", "return 0.0"), "utf-8")
    with answering(answer) as web:
        own = ("-s", "DUPEFILTER_CLASS=mine.filters.Told", "-s", f"FANGZHI_PROXY={web.proxy}")
        done = scrapy(project, "crawl", "notices", *own)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["filter opened", "filter closed: finished"]
    assert web.paths("www.qinghe.test") == ["/tzgg/", "/tzgg/1.html"]
    told = [row for path in (project / "h/text").glob("*.jsonl") for row in lines(path.read_text())]
    assert [row["title"] for row in told if "rejected" not in row] == ["关于印发方案的通知"]


BROKEN = """
from mine.spiders.notices import Notices
class Broken(Notices):
    name = "broken"
    def read(self, response, lease):
        brought = super().read(response, lease)
        if response.url.endswith("/1.html"):
            return Brought([Ask(Lead(response.url + "?more", response.url, "LL", "", 0))])
        return brought
    def rank(self, lead):
        return 1 / (not lead.url.endswith("?more"))
    def obeys_robots(self, site):
        self.turns = getattr(self, "turns", 0) + 1
        return [][0] if self.turns == 5 else True
"""


def test_an_error_in_a_spider_costs_its_page_and_neither_the_host_nor_the_run(
    project: Path,
) -> None:
    """Of `rank`, where a page is noted, and of what is asked before a request is made."""
    spider = project / "mine/spiders/notices.py"
    text = spider.read_text("utf-8").replace("www.example.gov.cn", "www.qinghe.test")
    spider.write_text(text.replace("return 3.0", "return 0.0"), "utf-8")
    imports = "from crawler.spiders.base import Ask, Brought\nfrom crawler.visits import Lead\n"
    (project / "mine/spiders/broken.py").write_text(imports + BROKEN, "utf-8")

    def five(asked: Asked) -> Answer:
        if asked.path == "/tzgg/":
            links = "".join(f"<a href='{n}.html'>通知{n}</a>" for n in range(1, 6))
            return Answer(body=links.encode())
        return answer(asked)

    def run() -> tuple[str, list[str]]:
        with answering(five) as web:
            done = scrapy(project, "crawl", "broken", "-s", f"FANGZHI_PROXY={web.proxy}")
        return done.stderr, web.paths("www.qinghe.test")

    said, paths = run()
    assert "/tzgg/1.html: what it brought could not be noted" in said
    assert "ZeroDivisionError" in said
    assert "www.qinghe.test: what is asked of it next could not be said" in said
    assert "IndexError" in said
    assert paths[:2] == ["/tzgg/", "/tzgg/1.html"]
    pages = {f"/tzgg/{n}.html" for n in range(1, 6)}
    [missing] = pages - set(paths)  # the one that was not asked for, and those behind it were
    told = report(project / "h")
    assert told["not_requested"] == {"links unreadable": 1, "error": 1}
    assert (told["captured"], told["articles"], told["pending"]) == (6, 4, 0)
    state = State(project / "h/state.sqlite")
    query = "SELECT state, visits, due > unixepoch() + 3600 FROM urls WHERE url LIKE ?"
    assert state.query(query, (f"%{missing}",)).fetchall() == [(RESTING, 0, 1)]
    assert state.query(query, ("%/1.html",)).fetchone()[:2] == (RESTING, 1)
    state.close()


@pytest.mark.soak
def test_a_plain_spider_is_archived_once_it_brings_scrapys_own_manners(project: Path) -> None:
    *_, own = re.findall(r"```python\n(.*?)```", DOCUMENTED, re.DOTALL)
    with (project / "mine/spiders/plain.py").open("a", encoding="utf-8") as spider:
        spider.write(textwrap.indent(own.replace('DELAY": 3', 'DELAY": 0'), "    "))
    with answering(answer) as web:
        proxy = ("-s", f"FANGZHI_PROXY={web.proxy}", "-s", "FANGZHI_WORKERS=0")
        done = scrapy(project, "crawl", "plain", *proxy)
    assert done.returncode == 0, done.stderr
    assert sorted(web.paths("www.qinghe.test")) == ["/other/", "/tzgg/", "/tzgg/1.html"]
    assert report(project / "h")["captured"] == 4


def test_scrapys_filter_of_duplicates_says_what_it_filtered(project: Path) -> None:
    *_, own = re.findall(r"```python\n(.*?)```", DOCUMENTED, re.DOTALL)
    with (project / "mine/spiders/plain.py").open("a", encoding="utf-8") as spider:
        spider.write(textwrap.indent(own.replace('DELAY": 3', 'DELAY": 0'), "    "))
        spider.write("    def closed(self, reason):\n")
        spider.write("        print(self.crawler.stats.get_value('dupefilter/filtered'))\n")

    def twice(asked: Asked) -> Answer:
        page = Answer(body=b"<a href='1.html'>1</a><a href='1.html'>1</a><a href='2.html'>2</a>")
        return page if asked.path == "/tzgg/" else answer(asked)

    with answering(twice) as web:
        options = (f"FANGZHI_PROXY={web.proxy}", "FANGZHI_WORKERS=0", "DUPEFILTER_DEBUG=True")
        given = [word for option in (*options, "LOG_LEVEL=DEBUG") for word in ("-s", option)]
        done = scrapy(project, "crawl", "plain", *given)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    told = "Filtered duplicate request: <GET http://www.qinghe.test/tzgg/1.html> (referer:"
    assert told in done.stderr
    assert sorted(web.paths("www.qinghe.test")) == ["/tzgg/", "/tzgg/1.html", "/tzgg/2.html"]


def test_a_spider_without_our_manners_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    plain = crawler(FANGZHI_HOLDINGS=str(tmp_path / "h"))
    plain.spider = Spider(name="plain")
    with pytest.raises(WrongUse, match=r"docs/spiders\.md"):
        Recorder.from_crawler(plain)
    assert not (tmp_path / "h").exists()


def crawler(**options: str) -> Crawler:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(options, priority="cmdline")
    return Crawler(SiteSpider, settings)


def test_scrapy_too_crawls_no_real_site_for_somebody_who_cannot_be_reached() -> None:
    for given in ({}, {"FANGZHI_CONTACT": "me@example.test"}):  # that one is not in the user agent
        asking = crawler(USER_AGENT="fangzhi", **given)
        with pytest.raises(SiteDefinitionError, match="FANGZHI_CONTACT"):
            SiteSpider.from_crawler(asking, site="wuhan-whyw")
    named = crawler(USER_AGENT="fangzhi (+me@example.test)", FANGZHI_CONTACT="me@example.test")
    assert list(SiteSpider.from_crawler(named, site="wuhan-whyw").sites) == ["wuhan-whyw"]


def test_what_scrapy_was_not_told_is_said() -> None:
    with pytest.raises(SiteDefinitionError, match="did you mean wuhan-whyw"):
        SiteSpider.from_crawler(crawler(), site="wuhan-why")
    with pytest.raises(WrongUse, match="-a url=URL"):
        ArticleSpider()
