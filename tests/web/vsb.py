"""M5: www.shiquan-vsb.test, a site made by VSB, whose list pages count down.

`xwdt.htm` shows the newest ten, then come `xwdt/6.htm` to `xwdt/1.htm`. There are 65 articles;
when the clock has moved by a day, five more, and every page's content has shifted by five.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tests.web.expect import Expect
from tests.web.message import START, Reply, Request, reply
from tests.web.portal import Portal, furnish
from tests.web.site import HTML, Site, State
from tests.web.texts import Story, stories

HOST = "www.shiquan-vsb.test"
ARTICLES, LATE = 65, 5
PER_PAGE = 10
LATER = START + timedelta(days=1)
PORTAL = Portal("清河县融媒体中心", "1305340044", {"/xwdt.htm": "新闻动态"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A story and its place."""

    serial: int
    story: Story

    @property
    def path(self) -> str:
        return f"/info/1013/{4500 + self.serial}.htm"

    @property
    def is_late(self) -> bool:
        return self.serial > ARTICLES


def entries() -> tuple[Entry, ...]:
    """All articles, newest first, the late ones among them."""
    told = enumerate(stories("M5", ARTICLES + LATE), 1)
    return tuple(reversed([Entry(serial, story) for serial, story in told]))


def late_urls() -> frozenset[str]:
    """The five that are there only when the clock has moved."""
    return frozenset(f"http://{HOST}{entry.path}" for entry in entries() if entry.is_late)


def build() -> Site:
    """The whole site; its list pages are made by the program."""
    made = Site(HOST, program=_answer)
    furnish(made)
    everything = entries()
    for newer, entry, older in zip(
        [None, *everything], everything, [*everything[1:], None], strict=False
    ):
        made.page(
            entry.path,
            _article(entry, newer, older),
            Expect(
                title=entry.story.title,
                date=entry.story.published,
                source=entry.story.source,
                author=entry.story.author,
                lines=entry.story.paragraphs,
                verdict="clean",
                key=entry.story.key,
            ),
        )
    for path in list_paths():
        made.expected[made.url(path)] = Expect(rejected="list-page")
    made.expected[made.url("/")] = Expect(rejected="list-page")
    return made


def list_paths() -> list[str]:
    """The list pages in the order a reader turns them."""
    last = -(-ARTICLES // PER_PAGE)
    return ["/xwdt.htm", *(f"/xwdt/{number}.htm" for number in range(last - 1, 0, -1))]


def _answer(request: Request, state: State) -> Reply | None:
    known = [entry for entry in entries() if not entry.is_late or state.now >= LATER]
    if request.path in list_paths():
        place = list_paths().index(request.path)
        body = PORTAL.page("新闻动态", _list(known, place))
    elif request.path in ("/", "/index.html", "/index.htm"):
        items = _items(known[:5])
        body = PORTAL.page(
            "首页", f'<h2><a href="/xwdt.htm">新闻动态</a></h2>\n<ul>\n{items}\n</ul>'
        )
    elif any(entry.path == request.path for entry in entries() if entry not in known):
        return reply(404, b"<h1>404</h1>", state.now, HTML)
    else:
        return None
    return reply(200, body.encode(), state.now, HTML)


def _items(members: list[Entry]) -> str:
    return "\n".join(
        f'<li id="line_u8_{number}"><a href="{entry.path}" target="_blank" title="{entry.story.title}">'
        f"{entry.story.title}</a><span>{entry.story.day}</span></li>"
        for number, entry in enumerate(members)
    )


def _list(known: list[Entry], place: int) -> str:
    paths = list_paths()
    members = known[place * PER_PAGE : (place + 1) * PER_PAGE]

    def turn(to: int, label: str, kind: str) -> str:
        if 0 <= to < len(paths) and to != place:
            return f'<span class="{kind}"><a href="{paths[to]}">{label}</a></span>'
        return f'<span class="{kind}"><span>{label}</span></span>'

    pager = turn(0, "首页", "p_first") + turn(place - 1, "上页", "p_prev")
    pager += turn(place + 1, "下页", "p_next") + turn(len(paths) - 1, "尾页", "p_last")
    return (
        f'<ul class="list">\n{_items(members)}\n</ul>\n'
        f'<div class="pb_sys_common"><span class="p_t">共{len(known)}条</span>{pager}</div>'
    )


def _article(entry: Entry, newer: Entry | None, older: Entry | None) -> str:
    story = entry.story
    body = "\n".join(f'<p style="text-indent: 2em;">{line}</p>' for line in story.paragraphs)
    main = (
        '<form name="_newscontent_fromname">\n'
        f'<div class="content-title"><h3>{story.title}</h3></div>\n'
        f'<div class="content-info">发布时间：{story.day_and_time}　作者：{story.author}　来源：{story.source}　'
        f'点击：<script>_showDynClicks("wbnews", 1650077466, {4500 + entry.serial})</script></div>\n'
        f'<div id="vsb_content"><div class="v_news_content">\n{body}\n</div></div>\n'
        f"<p>上一条：{_neighbour(newer)}</p>\n<p>下一条：{_neighbour(older)}</p>\n"
        "【<a href=\"javascript:window.opener=null;window.open('','_self');window.close();\">关闭</a>】\n</form>"
    )
    return PORTAL.page(story.title, main, {"pageType": "3", "pageTitle": story.title})


def _neighbour(entry: Entry | None) -> str:
    if entry is None or entry.is_late:
        return "没有了"
    return f'<a href="{entry.path}">{entry.story.title}</a>'
