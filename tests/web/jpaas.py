"""M3: zw.beihu-jpaas.test, a portal made by jpaas.

The list page has no article link, only a script with `url` and `queryData`; the list comes as
JSON from the unit interface. A bare `pageNo` is ignored; the number counts in `paramJson` only.
After the last page the HTML is empty. More than one request a second is answered with 429.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import md5
from urllib.parse import parse_qs

from tests.web.expect import Expect
from tests.web.message import Reply, Request, reply
from tests.web.portal import Portal, furnish
from tests.web.site import Site, State
from tests.web.texts import Story, stories

HOST = "zw.beihu-jpaas.test"
ARTICLES = 45
PER_PAGE = 15
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
NEEDED = ("webId", "pageId", "parseType", "pageType", "tagId", "tplSetId")
QUERY = {
    "parseType": "bulidstatic",  # so spelled by the product
    "webId": "8af0c0c4d61b4f1d9d1c6ae1c1f5b0c1",
    "tplSetId": "5f1f8ad9b1a84e2f9e6c8e3f2a7d4b60",
    "pageType": "column",
    "tagId": "信息列表",
    "editType": "null",
    "pageId": "2001",
}
SECONDS_APART = 1.0
JSON = "application/json;charset=UTF-8"
PORTAL = Portal("清河县政务服务网", "1305340066", {"/col/col2001/index.html": "工作动态"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A story and its place."""

    serial: int
    story: Story

    @property
    def path(self) -> str:
        name = md5(f"jpaas {self.serial}".encode()).hexdigest()
        return f"/art/{self.story.day.year}/art_{name}.html"


def entries() -> tuple[Entry, ...]:
    """All articles, newest first."""
    told = enumerate(stories("M3", ARTICLES), 1)
    return tuple(reversed([Entry(serial, story) for serial, story in told]))


def build() -> Site:
    """The whole site."""
    made = Site(HOST, program=_unit)
    furnish(made)
    data = json.dumps(QUERY, ensure_ascii=False).replace('"', "'")
    unit = f'<div id="list2001"><script type="text/javascript" url="{UNIT}" queryData="{data}"></script></div>'
    page = PORTAL.page("工作动态", unit)
    made.page("/col/col2001/index.html", page, Expect(rejected="list-page"))
    home = '<div class="news"><h2><a href="/col/col2001/index.html">工作动态</a></h2></div>'
    made.page("/index.html", PORTAL.page("首页", home), Expect(rejected="list-page"))
    for entry in entries():
        _add_article(made, entry)
    return made


def _add_article(made: Site, entry: Entry) -> None:
    story = entry.story
    body = "\n".join(f"<p>&ensp;&ensp;&ensp;&ensp;{line}</p>" for line in story.paragraphs)
    main = (
        f'<div class="ccontent"><h1 class="ctitle">{story.title}</h1>\n'
        f'<div class="cinfo"><span>发布时间：{story.day_and_time}</span> <span>来源：{story.source}</span>'
        ' <span>字体：<a href="javascript:;">大</a><a href="javascript:;">小</a></span></div>\n'
        f'<div id="con_con">\n{body}\n</div></div>'
    )
    metas = {"ArticleTitle": story.title, "PubDate": story.day_and_time}
    made.page(
        entry.path,
        PORTAL.page(story.title, main, metas),
        Expect(
            title=story.title,
            date=story.published,
            source=story.source,
            lines=story.paragraphs,
            verdict="clean",
            key=story.key,
        ),
    )


def _unit(request: Request, state: State) -> Reply | None:
    """A part of the list as HTML in JSON."""
    if request.path != UNIT:
        return None
    if state.too_soon(UNIT, SECONDS_APART):
        return reply(429, b"", state.now, JSON, (("Retry-After", "1"),))
    asked = {name: values[0] for name, values in parse_qs(request.query).items()}
    if any(asked.get(name) != QUERY[name] for name in NEEDED):
        return _json({"code": "500", "success": False, "message": "参数错误"}, state)
    page = int(json.loads(asked.get("paramJson", '{"pageNo":1}'))["pageNo"])
    items = [
        f'<li><a href="{entry.path}" title="{entry.story.title}">{entry.story.title}</a>'
        f"<span>{entry.story.day}</span></li>"
        for entry in entries()[(page - 1) * PER_PAGE : page * PER_PAGE]
    ]
    shown = f"<ul>{''.join(items)}</ul>" if items else ""
    return _json({"code": "200", "success": True, "data": {"html": shown}}, state)


def _json(value: object, state: State) -> Reply:
    return reply(200, json.dumps(value, ensure_ascii=False).encode(), state.now, JSON)
