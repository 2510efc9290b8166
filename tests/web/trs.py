"""M1: www.qinghe-trs.test, a county portal made by TRS WCM.

Three columns of 20 articles, four to a list page; pages 2 to 5 are reachable only through the
script call `createPageHTML(5, n, "index", "html")`. `/xwzx/` is a meta refresh. The footer sits
in a second `div.TRS_Editor`. Every sixth article has its date and source in script variables
only, and its URL carries the day after; every twelfth is a picture with at most a caption.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from tests.web.expect import Expect
from tests.web.site import PIXEL, Site, template
from tests.web.texts import Story, stories

HOST = "www.qinghe-trs.test"
COLUMNS = {"/xwzx/zwyw/": "政务要闻", "/xwzx/xzdt/": "乡镇动态", "/jyxx/": "教育信息"}
ARTICLES = 60
PER_PAGE = 4
ROBOTS = "User-agent: *\nDisallow: /search/\nDisallow: /admin/\n"
TITLE_IN_LIST = 16  # characters before the …


@dataclass(frozen=True, slots=True)
class Entry:
    """A story and its place on the site."""

    serial: int
    story: Story
    folder: str

    @property
    def date_in_script(self) -> bool:
        return self.serial % 6 == 5

    @property
    def picture_only(self) -> bool:
        return self.serial % 12 == 7

    @property
    def path(self) -> str:
        day = self.story.day + timedelta(days=int(self.date_in_script))
        return f"{self.folder}{day:%Y%m}/t{day:%Y%m%d}_{5589000 + self.serial * 7}.html"


def entries() -> tuple[Entry, ...]:
    """All articles, oldest first."""
    folders = list(COLUMNS)
    return tuple(
        Entry(serial, story, folders[serial % 3])
        for serial, story in enumerate(stories("M1", ARTICLES), 1)
    )


def build() -> Site:
    """The whole site."""
    made = Site(HOST)
    made.add("/robots.txt", ROBOTS, "text/plain")
    made.add("/images/css/qh2019.css", "body{margin:0}", "text/css")
    made.add("/images/js/qh2019.js", template("trs.js").template, "application/javascript")
    made.add("/images/js/count.js", "document.write('128');", "application/javascript")
    made.add("/images/logo.gif", PIXEL, "image/gif")
    made.page(
        "/xwzx/index.html", template("trs_refresh.html").template, Expect(rejected="redirect")
    )
    blocks = []
    for folder, column in COLUMNS.items():
        members = [entry for entry in reversed(entries()) if entry.folder == folder]
        _add_lists(made, folder, column, members)
        for newer, entry, older in zip(
            [None, *members], members, [*members[1:], None], strict=False
        ):
            _add_article(made, entry, newer, older)
        items = _items(members[:6], "/")
        blocks.append(
            template("trs_home_block.html").substitute(folder=folder, column=column, items=items)
        )
    home = template("trs_home.html").substitute(blocks="\n".join(blocks))
    _add_listing(made, "/index.html", "首页", home)
    return made


def _frame(title: str, column: str, main: str, metas: str = "") -> str:
    return template("trs_frame.html").substitute(title=title, column=column, main=main, metas=metas)


def _add_listing(made: Site, path: str, title: str, main: str) -> None:
    made.page(path, _frame(title, title, main), Expect(rejected="list-page"))


def _add_lists(made: Site, folder: str, column: str, members: list[Entry]) -> None:
    pages = len(members) // PER_PAGE
    for page in range(pages):
        shown = members[page * PER_PAGE : (page + 1) * PER_PAGE]
        main = template("trs_list.html").substitute(
            column=column, folder=folder, items=_items(shown, folder), pages=pages, page=page
        )
        name = f"index_{page}.html" if page else "index.html"
        _add_listing(made, folder + name, column, main)


def _items(members: list[Entry], base: str) -> str:
    lines = []
    for entry in members:
        title = entry.story.title
        shown = title if len(title) <= TITLE_IN_LIST else title[: TITLE_IN_LIST - 1] + "…"
        href = "./" + entry.path.removeprefix(base)
        lines.append(
            f'<li><a href="{href}" title="{title}" target="_blank">{shown}</a>'
            f"<span>{entry.story.day}</span></li>"
        )
    return "\n".join(lines)


def _add_article(made: Site, entry: Entry, newer: Entry | None, older: Entry | None) -> None:
    story, column = entry.story, COLUMNS[entry.folder]
    files = _files(made, entry)
    main = template("trs_article.html").substitute(
        folder=entry.folder,
        column=column,
        title=story.title,
        byline=_byline(entry),
        body=_body(made, entry),
        files="".join(
            f'<div class="fj">附件：<a appendix="true" href="{url}" title="{name}">{name}</a></div>\n'
            for url, name in files
        ),
        editor=story.editor,
        older=_neighbour(older),
        newer=_neighbour(newer),
    )
    page = _frame(story.title, column, main, _metas(entry))
    day, hour, minute = story.day, *map(int, story.time.split(":"))
    made.add(
        entry.path,
        page,
        modified=datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        - timedelta(hours=8),
    )
    made.expected[made.url(entry.path)] = _expect(
        entry, tuple((made.url(url), name) for url, name in files)
    )


def _expect(entry: Entry, files: tuple[tuple[str, str], ...]) -> Expect:
    story = entry.story
    return Expect(
        title=story.title,
        date=str(story.day) if entry.date_in_script else story.published,
        source=story.source,
        author=None if entry.date_in_script else story.author,
        editor=story.editor,
        lines=_caption(entry) if entry.picture_only else story.paragraphs,
        attachments=files,
        flags=("low-text",) if entry.picture_only else (),
        verdict="clean",
        key=None if entry.picture_only and _caption(entry) is None else story.key,
    )


def _metas(entry: Entry) -> str:
    story = entry.story
    if entry.date_in_script:
        values = {"ArticleTitle": story.title, "PubDate": "", "ContentSource": ""}
    else:
        values = {
            "ArticleTitle": story.title,
            "PubDate": story.day_and_time,
            "ContentSource": story.source,
            "Author": story.author,
        }
    return "".join(f'<meta name="{name}" content="{value}" />\n' for name, value in values.items())


def _byline(entry: Entry) -> str:
    story = entry.story
    if not entry.date_in_script:
        return f"发布时间：{story.day_and_time}　来源：{story.source}　作者：{story.author}"
    return template("trs_script_byline.html").substitute(
        day=f"{story.day:%Y年%m月%d日}", source=story.source
    )


def _neighbour(entry: Entry | None) -> str:
    if entry is None:
        return "无"
    return f'<a href="{entry.path}" title="{entry.story.title}">{entry.story.title}</a>'


def _files(made: Site, entry: Entry) -> list[tuple[str, str]]:
    """Attachments of every tenth article; one in three lies in the CMS and is not served."""
    if entry.serial % 10 or entry.picture_only:
        return []
    name = f"P0{entry.story.day:%Y%m%d}{entry.serial:09d}.doc"
    title = f"{entry.story.title[:12]}实施方案.doc"
    if entry.serial % 30 == 0:
        return [(f"/protect/P0{entry.story.day:%Y%m}/{name}", title)]
    path = entry.path.rpartition("/")[0] + "/" + name
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + f"{entry.story.key}".encode("gbk") * 64
    made.page(path, body, Expect(rejected="not-html"), "application/msword")
    return [(path, title)]


def _body(made: Site, entry: Entry) -> str:
    if entry.picture_only:
        return _picture(made, entry)
    shapes = (_editor, _nested_union, _ueditor, _zoom_breaks, _pre_append)
    return shapes[entry.serial % len(shapes)](entry.story.paragraphs)


def _caption(entry: Entry) -> tuple[str, ...] | None:
    """The caption of a picture page; some show the file name in its place."""
    if entry.serial % 24 == 7:
        return (f"图为{entry.story.title}现场{entry.story.key}。",)
    return None


def _picture(made: Site, entry: Entry) -> str:
    name = f"W0{entry.story.day:%Y%m%d}{entry.serial:012d}"
    folder = entry.path.rpartition("/")[0]
    made.page(f"{folder}/{name}.gif", PIXEL, Expect(rejected="not-html"), "image/gif")
    shown = (_caption(entry) or (name,))[0]
    return (
        f'<div class="TRS_Editor"><p align="center"><img src="./{name}.gif" oldsrc="{name}.gif" '
        f'title="{name}" alt="" /></p><p align="center">{shown}</p></div>'
    )


def _editor(paragraphs: tuple[str, ...]) -> str:
    """The plain editor: unquoted class, its style sheet inside the body."""
    style = (
        '<style type="text/css">\n.TRS_Editor P{line-height:2;font-family:宋体;font-size:12pt;}\n'
        ".TRS_Editor DIV{line-height:2;}\n</style>"
    )
    lines = "\n".join(f"<p>　　{text}</p>" for text in paragraphs)
    return f"<div class=TRS_Editor>{style}\n{lines}</div>"


def _nested_union(paragraphs: tuple[str, ...]) -> str:
    """An editor in an editor, text pasted from a word processor."""
    style = (
        '<style id="_Custom_Style_" type="text/css">.Custom_UnionStyle P{margin:0}</style>'
        "<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->"
    )
    lines = "\n".join(
        f'<p style="text-indent: 32pt"><span style="font-family: 仿宋_GB2312; font-size: 16pt">'
        f"{text}</span></p>"
        for text in paragraphs
    )
    return (
        '<div class=TRS_Editor><div class="TRS_Editor"><div class="Custom_UnionStyle">'
        f"{style}{lines}</div></div></div>"
    )


def _ueditor(paragraphs: tuple[str, ...]) -> str:
    """The newer editor; spans cut sentences in the middle of words."""
    lines = []
    for text in paragraphs:
        third = len(text) // 3
        spans = "".join(
            f'<span style="font-family:宋体;font-size:21px">{escape(part, quote=False)}</span>'
            for part in (text[:third], text[third : 2 * third], text[2 * third :])
        )
        lines.append(f'<p style="line-height:32px">&nbsp;&nbsp;&nbsp;&nbsp;{spans}</p>')
    return (
        '<div class="view TRS_UEDITOR trs_paper_default trs_web">'
        + "".join(lines)
        + "<p><br/></p></div>"
    )


def _zoom_breaks(paragraphs: tuple[str, ...]) -> str:
    """Old articles: no paragraphs, only line breaks in a font element."""
    lines = "<br>\n<br>\n".join(f"&emsp;&emsp;{text}" for text in paragraphs)
    return f'<font id="Zoom"><div class="TRS_Editor">{lines}<br></div></font>'


def _pre_append(paragraphs: tuple[str, ...]) -> str:
    """TRS_PreAppend with div paragraphs and an automatic style class."""
    lines = "\n".join(f"<div>　　{text}</div>\n<div>&nbsp;</div>" for text in paragraphs)
    return (
        '<div class="TRS_Editor"><div class="TRS_PreAppend" style="overflow-x: hidden; '
        'word-break: break-all"><div class="TRS_AUTOADD_1631330000000">'
        f"<style>.TRS_AUTOADD_1631330000000 DIV{{line-height:1.5}}</style>{lines}</div></div></div>"
    )
