"""M14: feed.test, a site with robots.txt, a gzipped sitemap index and an RSS feed.

Twenty articles; the home page links five, the feed ten (relative links, RFC 822 dates at
+0800), the sitemap all. After one day everything was published again: new validators, same
bytes. After two days one paragraph of one article is different, under the same URL.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache

from tests.web.expect import Expect
from tests.web.message import START, File, Reply, Request, reply, serve
from tests.web.portal import Portal, furnish, simple_article, simple_expect
from tests.web.site import HTML, Site, State
from tests.web.texts import Story, stories

HOST = "feed.test"
ARTICLES = 20
IN_FEED, ON_HOME_PAGE = 10, 5
CORRECTED = 18  # serial
DAY = timedelta(days=1)
CORRECTION = "更正：本条消息中的完成时间应为十二月底，特此说明。"
PORTAL = Portal("清河县统计局", "1305340033", {})
ROBOTS = "User-agent: *\nCrawl-delay: 1\nDisallow: /e/\nSitemap: http://feed.test/sitemap.xml.gz\n"


def path(serial: int) -> str:
    return f"/tjxx/{2021}/{serial:04d}.html"


def corrected(story: Story) -> Story:
    """The article as it stands after the silent correction."""
    return replace(story, paragraphs=(*story.paragraphs[:-1], CORRECTION))


@cache
def correction() -> tuple[str, Expect]:
    """URL and expected result of the corrected article."""
    story = corrected(stories("M14", ARTICLES)[CORRECTED - 1])
    return f"http://{HOST}{path(CORRECTED)}", simple_expect(story)


def build() -> Site:
    """The whole site."""
    made = Site(HOST)
    made.program = lambda request, state: _answer(made, request, state)
    furnish(made, ROBOTS)
    told = stories("M14", ARTICLES)
    for serial, story in enumerate(told, 1):
        made.page(path(serial), simple_article(PORTAL, story), simple_expect(story))
    newest = list(enumerate(told, 1))[::-1]
    items = "\n".join(
        f'<li><a href="{path(n)}">{story.title}</a></li>' for n, story in newest[:ON_HOME_PAGE]
    )
    home = PORTAL.page(
        "首页", f'<ul>\n{items}\n</ul>\n<p><a href="/e/search/?q=1">高级检索</a></p>'
    )
    feed_link = '<link rel="alternate" type="application/rss+xml" title="RSS" href="/rss.xml">'
    made.page(
        "/index.html",
        home.replace("</head>", f"{feed_link}\n</head>"),
        Expect(rejected="list-page"),
    )
    made.add("/rss.xml", _feed(newest[:IN_FEED]), "application/rss+xml")
    made.add("/sitemap.xml.gz", gzip.compress(_index().encode(), mtime=0), "application/x-gzip")
    made.add(
        "/sitemap_1.xml.gz", gzip.compress(_sitemap(newest).encode(), mtime=0), "application/x-gzip"
    )
    return made


def _feed(newest: Sequence[tuple[int, Story]]) -> str:
    items = "\n".join(
        f"<item><title>{story.title}</title><link>{path(serial)}</link>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(story.published))}</pubDate></item>"
        for serial, story in newest
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>{PORTAL.name}</title><link>/</link><description>统计信息</description>\n{items}\n</channel></rss>\n"
    )


def _index() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"<sitemap><loc>http://{HOST}/sitemap_1.xml.gz</loc><lastmod>{START:%Y-%m-%d}</lastmod></sitemap>\n</sitemapindex>\n"
    )


def _sitemap(newest: Sequence[tuple[int, Story]]) -> str:
    rows = "\n".join(
        f"<url><loc>http://{HOST}{path(serial)}</loc><lastmod>{story.day}</lastmod></url>"
        for serial, story in newest
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}\n</urlset>\n'
    )


def _answer(made: Site, request: Request, state: State) -> Reply | None:
    """Files as they stand on the day of the clock."""
    if request.path.startswith("/e/"):
        return reply(200, b"<html><body>forbidden by robots.txt</body></html>", state.now, HTML)
    file = made.files.get("/index.html" if request.path == "/" else request.path)
    if file is None or state.now < START + DAY:
        return None
    body = file.body
    if state.now >= START + 2 * DAY and request.path == path(CORRECTED):
        story = corrected(stories("M14", ARTICLES)[CORRECTED - 1])
        body = simple_article(PORTAL, story).encode()
        return serve(File(body, HTML, START + 2 * DAY), request, state.now)
    return serve(File(body, file.media, START + DAY), request, state.now)
