"""M13: hosts at the end of their lives, and lists without an end.

* `soft404.test`: six articles; any other path is 200, with the home page or with
  "您访问的页面不存在" in turn.
* `merged.test`: every path is a 301 chain to a column of the M1 portal.
* `parked.test`: a page that offers the domain for sale, whatever is asked.
* `traps.test`: six articles whose links carry a new `sid` at every visit, a list that repeats its
  last page for ever, a calendar with a next day for every day.
"""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qs

from tests.web import trs
from tests.web.expect import Expect
from tests.web.message import Reply, Request, reply
from tests.web.portal import Portal, furnish, simple_article, simple_expect
from tests.web.site import HTML, Site, State
from tests.web.texts import stories

SOFT404, MERGED, PARKED, TRAPS = "soft404.test", "merged.test", "parked.test", "traps.test"
ARTICLES = 6
PER_PAGE = 3
PORTAL = Portal("清河县档案局", "1305340022", {})
GONE = "<p>抱歉，您访问的页面不存在或已被删除，3秒后返回首页。</p>"
FOR_SALE = (
    '<html><head><meta charset="utf-8"><title>parked.test 域名出售</title></head>'
    "<body><h1>您访问的域名正在出售</h1><p>This domain is for sale.</p></body></html>"
)


def path(serial: int) -> str:
    return f"/dagz/{3000 + serial}.html"


def shows_home_page(path: str) -> bool:
    """Whether a missing path of `soft404.test` gets the home page; the others get words."""
    return sum(map(ord, path)) % 2 == 0


def _with_articles(host: str, code: str) -> Site:
    made = Site(host)
    furnish(made)
    for serial, story in enumerate(stories(code, ARTICLES), 1):
        made.page(path(serial), simple_article(PORTAL, story), simple_expect(story))
    return made


def build_soft404() -> Site:
    """Articles, and 200 for everything that is not there."""
    made = _with_articles(SOFT404, "M13S")
    items = "\n".join(
        f'<li><a href="{path(n)}">{story.title}</a></li>'
        for n, story in enumerate(stories("M13S", ARTICLES), 1)
    )
    old = "\n".join(f'<li><a href="/old/{n}.html">历史文件{n}</a></li>' for n in range(1, 5))
    home = PORTAL.page("首页", f"<ul>\n{items}\n{old}\n</ul>")
    made.page("/index.html", home, Expect(rejected="list-page"))
    for n in range(1, 5):
        reason = "list-page" if shows_home_page(f"/old/{n}.html") else "soft-404"
        made.expected[made.url(f"/old/{n}.html")] = Expect(rejected=reason)
    missing = PORTAL.page("页面不存在", GONE)

    def answer(request: Request, state: State) -> Reply | None:
        if request.path == "/" or request.path in made.files:
            return None
        body = home if shows_home_page(request.path) else missing
        return reply(200, body.encode(), state.now, HTML)

    made.program = answer
    return made


def build_merged() -> Site:
    """The old host of a bureau that became a column of the portal."""
    made = Site(MERGED)
    for old in ("/", "/moved/"):
        made.expected[made.url(old)] = Expect(rejected="redirect")

    def answer(request: Request, state: State) -> Reply:
        if request.path == "/robots.txt":
            return reply(404, b"", state.now, HTML)
        target = f"http://{trs.HOST}/jyxx/" if request.path == "/moved/" else "/moved/"
        return reply(301, b"", state.now, HTML, (("Location", target),))

    made.program = answer
    return made


def build_parked() -> Site:
    """A domain for sale."""
    made = Site(PARKED)
    made.expected[made.url("/")] = Expect(rejected="not-an-article")
    made.program = lambda _, state: reply(200, FOR_SALE.encode(), state.now, HTML)
    return made


def build_traps() -> Site:
    """Three ways to crawl for ever."""
    made = _with_articles(TRAPS, "M13T")
    made.expected[made.url("/")] = Expect(rejected="list-page")

    def answer(request: Request, state: State) -> Reply | None:
        asked = {name: values[0] for name, values in parse_qs(request.query).items()}
        if request.path in ("/", "/list"):
            page = int(asked.get("page", "1"))
            body = _endless_list(page, state.seen("visit"))
        elif request.path == "/calendar":
            body = _calendar(date.fromisoformat(asked.get("date", "2021-11-01")))
        else:
            return None
        return reply(200, PORTAL.page("列表", body).encode(), state.now, HTML)

    made.program = answer
    return made


def _endless_list(page: int, visit: int) -> str:
    shown = min(page, ARTICLES // PER_PAGE)
    told = list(enumerate(stories("M13T", ARTICLES), 1))[(shown - 1) * PER_PAGE : shown * PER_PAGE]
    items = "\n".join(
        f'<li><a href="{path(n)}?sid={visit:06d}">{story.title}</a></li>' for n, story in told
    )
    return (
        f'<ul>\n{items}\n</ul>\n<a href="/list?page={page + 1}">下一页</a> '
        '<a href="/calendar?date=2021-11-01">工作日历</a>'
    )


def _calendar(day: date) -> str:
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    return (
        f'<h2>{day}</h2><p>当日无安排</p><a href="/calendar?date={before}">前一天</a> '
        f'<a href="/calendar?date={after}">后一天</a>'
    )
