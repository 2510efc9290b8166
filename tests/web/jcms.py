"""M2: www.linhai-jcms.test, a portal made by jcms.

One column of 140 articles. The list page carries its first fifteen records in a `<datastore>`;
the rest come from `dataproxy.jsp`, which counts by `page` only, ignores `startrecord`, cuts
`perpage` at 100 and wants a `unitid`. Twelve articles have an attachment behind `downfile.jsp`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5
from urllib.parse import parse_qs

from tests.web.expect import Expect
from tests.web.message import Reply, Request, reply
from tests.web.portal import Portal, furnish
from tests.web.site import HTML, Site, State, template
from tests.web.texts import Story, stories

HOST = "www.linhai-jcms.test"
ARTICLES = 140
PER_PAGE = 15
LARGEST_PAGE = 100
PROXY = "/module/web/jpage/dataproxy.jsp"
LIST = "/col/col1229/index.html"
PORTAL = Portal("清河县人民政府", "1305340077", {LIST: "要闻动态"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A story and its place."""

    serial: int
    story: Story

    @property
    def id(self) -> int:
        return 3900000 + self.serial * 13

    @property
    def path(self) -> str:
        day = self.story.day
        return f"/art/{day.year}/{day.month}/{day.day}/art_1229_{self.id}.html"

    @property
    def file(self) -> tuple[str, str] | None:
        """Address and name of the attachment."""
        if self.serial % 11 != 5 or self.serial > 130:
            return None
        name = md5(f"jcms {self.serial}".encode()).hexdigest()
        ending = ("doc", "pdf", "xls")[self.serial % 3]
        address = f"/module/download/downfile.jsp?classid=0&filename={name}.{ending}"
        return address, f"{self.story.title[:10]}任务清单.{ending}"


def entries() -> tuple[Entry, ...]:
    """All articles, newest first, as the list has them."""
    told = enumerate(stories("M2", ARTICLES), 1)
    return tuple(reversed([Entry(serial, story) for serial, story in told]))


def build() -> Site:
    """The whole site."""
    made = Site(HOST, program=_dataproxy)
    furnish(made)
    made.add("/script/jpage.js", "function jpage(element, options) {}", "application/javascript")
    made.page(LIST, PORTAL.page("要闻动态", _list()), Expect(rejected="list-page"))
    shown = "\n".join(
        f'<li><a href="{entry.path}">{entry.story.title}</a></li>' for entry in entries()[:5]
    )
    home = f'<div class="news"><h2><a href="{LIST}">要闻动态</a></h2><ul>\n{shown}\n</ul></div>'
    made.page("/index.html", PORTAL.page("首页", home), Expect(rejected="list-page"))
    for entry in entries():
        _add_article(made, entry)
    return made


def _list() -> str:
    return template("jcms_list.html").substitute(
        host=HOST, total=ARTICLES, size=PER_PAGE, records=_records(entries()[:PER_PAGE])
    )


def _records(members: Sequence[Entry]) -> str:
    return "\n".join(
        f'<record><![CDATA[<li><a href="{entry.path}" title="{entry.story.title}" target="_blank">'
        f"{entry.story.title}</a><span>{entry.story.day}</span></li>]]></record>"
        for entry in members
    )


def _dataproxy(request: Request, state: State) -> Reply | None:
    """A part of the list as XML; 400 without `unitid`."""
    if request.path != PROXY:
        return None
    asked = parse_qs(request.query or request.body.decode("latin-1"))
    if "unitid" not in asked:
        return reply(400, b"unitid", state.now, HTML)
    size = min(int(asked.get("perpage", [str(PER_PAGE)])[0]), LARGEST_PAGE)
    page = int(asked.get("page", ["1"])[0])
    members = entries()[(page - 1) * size : page * size]
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<datastore>\n<totalrecord>{ARTICLES}</totalrecord>\n'
        f"<totalpage>{-(-ARTICLES // size)}</totalpage>\n"
        f"<recordset>\n{_records(members)}\n</recordset>\n</datastore>\n"
    )
    return reply(200, body.encode(), state.now, "text/xml;charset=UTF-8")


def _add_article(made: Site, entry: Entry) -> None:
    story, file = entry.story, entry.file
    main = template("jcms_article.html").substitute(
        title=story.title,
        time=story.day_and_time,
        source=story.source,
        id=entry.id,
        body="\n".join(f'<p style="text-indent:2em">{line}</p>' for line in story.paragraphs),
        files=f'<div class="fj">附件：<a href="{file[0].replace("&", "&amp;")}">{file[1]}</a></div>\n'
        if file
        else "",
        editor=story.editor,
    )
    metas = {
        "ColumnName": "要闻动态",
        "ArticleTitle": story.title,
        "PubDate": story.day_and_time,
        "ContentSource": story.source,
    }
    made.page(
        entry.path,
        PORTAL.page(story.title, main, metas),
        Expect(
            title=story.title,
            date=story.published,
            source=story.source,
            editor=story.editor,
            column="要闻动态",
            lines=story.paragraphs,
            attachments=((made.url(file[0]), file[1]),) if file else (),
            verdict="clean",
            key=story.key,
        ),
    )
    if file:
        body = f"attachment {entry.serial}".encode() * 50
        made.page(file[0], body, Expect(rejected="not-html"), "application/octet-stream")
