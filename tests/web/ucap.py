"""M4: jyj.yunzhou-ucap.test, a bureau's site made by UCAP.

A column of 60 articles on four list pages (`xwzx_list.shtml`, `xwzx_list_2.shtml` is page 2) and
one of 30 that a script fetches as JSON (`getInfoCommon`). Pages repeat SiteName and ColumnName
further down with the value of the common header, and name the second they were generated: no
two fetches of a page are equal, but its text is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from urllib.parse import parse_qs

from tests.web.expect import Expect
from tests.web.message import Reply, Request, reply
from tests.web.portal import Portal, furnish
from tests.web.site import HTML, Site, State
from tests.web.texts import Story, stories

HOST = "jyj.yunzhou-ucap.test"
STATIC, BY_SCRIPT = 60, 30
PER_PAGE = 15
INTERFACE = "/szinf/interfaces/getInfoCommon"
CHANNEL = "c0a8f2d14e5b47d09b1c3a7f6e2d8c41"
GENERATED = "{generated}"
PORTAL = Portal(
    "清河县教育体育局",
    "1305340055",
    {"/xwzx/xwzx_list.shtml": "新闻中心", "/tzgg/tzgg.shtml": "通知公告"},
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A story and its place."""

    serial: int
    story: Story

    @property
    def folder(self) -> str:
        return "xwzx" if self.serial <= STATIC else "tzgg"

    @property
    def path(self) -> str:
        name = md5(f"ucap {self.serial}".encode()).hexdigest()
        return f"/{self.folder}/{self.story.day:%Y%m}/{name}.shtml"


def entries(folder: str) -> tuple[Entry, ...]:
    """The articles of a column, newest first."""
    told = enumerate(stories("M4", STATIC + BY_SCRIPT), 1)
    made = [Entry(serial, story) for serial, story in told]
    return tuple(entry for entry in reversed(made) if entry.folder == folder)


def build() -> Site:
    """The whole site."""
    made = Site(HOST, program=lambda request, state: _answer(made, request, state))
    furnish(made)
    pages = STATIC // PER_PAGE
    for page in range(1, pages + 1):
        members = entries("xwzx")[(page - 1) * PER_PAGE : page * PER_PAGE]
        pager = f"createPageHTML('page_div',{pages},{page},'xwzx_list','shtml',{STATIC});"
        main = f'<ul class="list">\n{_items(members)}\n</ul>\n<div id="page_div"><script>{pager}</script></div>'
        name = "xwzx_list.shtml" if page == 1 else f"xwzx_list_{page}.shtml"
        _add(made, f"/xwzx/{name}", "新闻中心", main, Expect(rejected="list-page"))
    _add(made, "/tzgg/tzgg.shtml", "通知公告", _script_list(), Expect(rejected="list-page"))
    home = f'<ul class="list">\n{_items(entries("xwzx")[:6])}\n</ul>'
    _add(made, "/index.html", "首页", home, Expect(rejected="list-page"))
    for folder, column in (("xwzx", "新闻中心"), ("tzgg", "通知公告")):
        for entry in entries(folder):
            _add_article(made, entry, column)
    return made


def _items(members: Sequence[Entry]) -> str:
    return "\n".join(
        f'<li><a href="{entry.path}" title="{entry.story.title}">{entry.story.title}</a>'
        f"<span>{entry.story.day}</span></li>"
        for entry in members
    )


def _script_list() -> str:
    return (
        '<ul class="list" id="infolist"></ul>\n<script type="text/javascript">\n'
        f'$.ajax({{type:"GET",url:"{INTERFACE}",data:{{pagesize:{PER_PAGE},currpage:1,channelid:"{CHANNEL}"}},'
        'dataType:"json",success:function(data){$.each(data.infolist,function(i,info){'
        "$(\"#infolist\").append('<li>'+info.title+'</li>');});}});\n</script>"
    )


def _add(
    made: Site,
    path: str,
    title: str,
    main: str,
    expect: Expect,
    metas: dict[str, str] | None = None,
) -> None:
    head = {"ColumnName": title, "others": f"页面生成时间 {GENERATED}", "channelId": CHANNEL}
    repeated = (
        '<meta name="SiteName" content="清河县教育体育局">\n<meta name="ColumnName" content="公共头">\n'
        f'<meta name="others" content="页面生成时间 {GENERATED}">\n'
    )
    made.page(path, PORTAL.page(title, repeated + main, head | (metas or {})), expect)


def _add_article(made: Site, entry: Entry, column: str) -> None:
    story = entry.story
    body = "\n".join(f'<p style="text-indent: 2em;">{line}</p>' for line in story.paragraphs)
    main = (
        f'<div class="detail"><h1><ucaptitle>{story.title}</ucaptitle></h1>\n'
        f'<div class="info"><span>发布时间：<publishtime>{story.day_and_time}</publishtime></span>'
        f'<span>来源：{story.source}</span><span>浏览量：<i id="hits"></i></span></div>\n'
        f'<div id="UCAP-CONTENT" class="detail_content"><ucapcontent>\n{body}\n</ucapcontent></div></div>'
    )
    metas = {
        "ColumnName": column,
        "ArticleTitle": story.title,
        "PubDate": f"{story.day_and_time}:00",
        "ContentSource": story.source,
    }
    _add(
        made,
        entry.path,
        story.title,
        main,
        Expect(
            title=story.title,
            date=story.published,
            source=story.source,
            column=column,
            lines=story.paragraphs,
            verdict="clean",
            key=story.key,
        ),
        metas,
    )


def _answer(made: Site, request: Request, state: State) -> Reply | None:
    """The JSON list, or a page with the second of its generation."""
    if request.path == INTERFACE:
        return _info(request, state)
    file = made.files.get("/index.html" if request.path == "/" else request.path)
    if file is None or file.media != HTML:
        return None
    moment = state.now + timedelta(hours=8, seconds=state.seen(request.path))
    body = file.body.replace(GENERATED.encode(), f"{moment:%Y-%m-%d %H:%M:%S}".encode())
    return reply(200, body, state.now, HTML)


def _info(request: Request, state: State) -> Reply:
    asked = parse_qs(request.query)
    page = int(asked.get("currpage", ["1"])[0])
    size = int(asked.get("pagesize", [str(PER_PAGE)])[0])
    members = entries("tzgg")[(page - 1) * size : page * size]
    if asked.get("channelid") != [CHANNEL]:
        members = ()
    rows = [
        {"title": entry.story.title, "link": entry.path, "pubtime": entry.story.day_and_time}
        for entry in members
    ]
    value = {"infolist": rows, "total": BY_SCRIPT, "totalpage": -(-BY_SCRIPT // size)}
    return reply(200, json.dumps(value, ensure_ascii=False).encode(), state.now, "application/json")
