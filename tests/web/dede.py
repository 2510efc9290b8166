"""M6: www.dede-gbk.test, a news site made by DedeCMS, GBK in all its disguises.

Forty articles in two columns. `DISGUISES` says which bytes and which labels each has. Two
articles run over three pages (`123.html`, `123_2.html`, `123_3.html`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.web.expect import Expect
from tests.web.site import Site, template
from tests.web.texts import Story, stories

HOST = "www.dede-gbk.test"
COLUMNS = {"xinwen": ("清河新闻", 12), "jiaoyu": ("教育在线", 13)}
ARTICLES = 40
PER_PAGE = 8
MULTI_PAGE = (4, 33)  # serials
META = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />\n'


@dataclass(frozen=True, slots=True)
class Disguise:
    """How a page's bytes are made and what the labels say about them."""

    last: int  # the last serial that has it
    codec: str
    header: str  # Content-Type
    meta: str


DISGUISES = (
    Disguise(10, "gbk", "text/html; charset=gb2312", META),
    Disguise(20, "gbk", "text/html", META),
    Disguise(30, "gbk", "text/html; charset=utf-8", META),
    Disguise(35, "gbk", "text/html", ""),
    Disguise(38, "utf-8", "text/html", META),
    Disguise(40, "gb18030", "text/html", META),
)
# Characters that GB 2312 lacks but GBK has, and one each that only GB 18030 has (four bytes).
BEYOND_GB2312 = "现场解说由文化站干部陶堃、朱喆承担。"
BEYOND_GBK = {39: "镇里请来民俗学者杨䶮讲解家谱。", 40: "“㐂”字剪纸由非遗传承人当场完成。"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A story, its place and its disguise."""

    serial: int
    story: Story
    lines: tuple[str, ...]
    folder: str
    disguise: Disguise

    @property
    def path(self) -> str:
        return f"/a/{self.folder}/{self.story.day:%Y}/{self.story.day:%m%d}/{self.aid}.html"

    @property
    def aid(self) -> int:
        return 100 + self.serial

    def page_path(self, page: int) -> str:
        """Path of a page, counted from 1."""
        return self.path if page == 1 else self.path.replace(".html", f"_{page}.html")

    @property
    def pages(self) -> tuple[tuple[str, ...], ...]:
        """The lines of each page."""
        if self.serial not in MULTI_PAGE:
            return (self.lines,)
        return self.lines[:2], self.lines[2:3], self.lines[3:]


def entries() -> tuple[Entry, ...]:
    """All articles, oldest first."""
    made = []
    for serial, story in enumerate(stories("M6", ARTICLES), 1):
        disguise = next(each for each in DISGUISES if serial <= each.last)
        more = BEYOND_GBK.get(serial, BEYOND_GB2312 if 11 <= serial <= 15 else "")
        lines = (*story.paragraphs[:-1], story.paragraphs[-1] + more)
        made.append(Entry(serial, story, lines, list(COLUMNS)[serial % 2], disguise))
    return tuple(made)


def build() -> Site:
    """The whole site."""
    made = Site(HOST)
    made.add("/robots.txt", template("dede_robots.txt").template, "text/plain")
    made.add("/templets/default/style/dedecms.css", "body{margin:0}", "text/css")
    made.add("/include/dedeajax2.js", "var dede = 1;", "application/javascript")
    shown = []
    for folder in COLUMNS:
        members = [entry for entry in reversed(entries()) if entry.folder == folder]
        shown += members[:5]
        _add_lists(made, folder, members)
        for newer, entry, older in zip(
            [None, *members], members, [*members[1:], None], strict=False
        ):
            _add_article(made, entry, newer, older, members[:4])
    home = template("dede_list.html").substitute(
        folder="xinwen", column="首页", items=_items(shown), pager=""
    )
    _add_listing(made, "/index.html", "首页", home)
    return made


def _add_listing(made: Site, path: str, title: str, main: str) -> None:
    page = template("dede_frame.html").substitute(charset=META, title=title, agent="", main=main)
    made.page(path, page.encode("gbk"), Expect(rejected="list-page"))


def _add_lists(made: Site, folder: str, members: Sequence[Entry]) -> None:
    column, tid = COLUMNS[folder]
    pages = -(-len(members) // PER_PAGE)
    for page in range(1, pages + 1):
        shown = members[(page - 1) * PER_PAGE : page * PER_PAGE]
        main = template("dede_list.html").substitute(
            folder=folder, column=column, items=_items(shown), pager=_list_pager(tid, page, pages)
        )
        name = "index.html" if page == 1 else f"list_{tid}_{page}.html"
        _add_listing(made, f"/a/{folder}/{name}", column, main)


def _list_pager(tid: int, page: int, pages: int) -> str:
    """As DedeCMS writes it: `list_12_1.html` for page 1 is never linked, only `index.html` is."""

    def name(number: int) -> str:
        return "index.html" if number == 1 else f"list_{tid}_{number}.html"

    numbers = [
        f'<li class="thisclass">{number}</li>'
        if number == page
        else f"<li><a href='{name(number)}'>{number}</a></li>"
        for number in range(1, pages + 1)
    ]
    if page < pages:
        numbers.append(f"<li><a href='{name(page + 1)}'>下一页</a></li>")
        numbers.append(f"<li><a href='{name(pages)}'>末页</a></li>")
    numbers.append(f'<li><span class="pageinfo">共 <strong>{pages}</strong>页</span></li>')
    return "\n".join(numbers)


def _items(members: Sequence[Entry]) -> str:
    item = template("dede_item.html")
    return "".join(
        item.substitute(
            folder=entry.folder,
            column=COLUMNS[entry.folder][0],
            url=entry.path,
            title=entry.story.title,
            time=f"{entry.story.day_and_time}:00",
            intro=entry.lines[0][:60],
        )
        for entry in members
    )


def _add_article(
    made: Site, entry: Entry, newer: Entry | None, older: Entry | None, hot: Sequence[Entry]
) -> None:
    story, disguise, count = entry.story, entry.disguise, len(entry.pages)
    for page, lines in enumerate(entry.pages, 1):
        main = template("dede_article.html").substitute(
            folder=entry.folder,
            column=COLUMNS[entry.folder][0],
            title=story.title if page == 1 else f"{story.title}({page})",
            time=story.day_and_time,
            source=story.source,
            author=story.author,
            editor=story.editor,
            aid=entry.aid,
            body=_body(lines, entry.serial),
            pager=_article_pager(entry, page, count),
            older=_neighbour(older),
            newer=_neighbour(newer),
            hot="\n".join(f"<li>{_neighbour(each)}</li>" for each in hot),
        )
        text = template("dede_frame.html").substitute(
            charset=disguise.meta,
            title=story.title if page == 1 else f"{story.title}({page})",
            agent=f'<meta http-equiv="mobile-agent" content="format=xhtml;url=/m/view.php?aid={entry.aid}">\n',
            main=main,
        )
        raw = text.encode(disguise.codec)
        made.page(entry.page_path(page), raw, _expect(made, entry, page), disguise.header)


def _expect(made: Site, entry: Entry, page: int) -> Expect:
    """The first page stands for the whole article; the others name it."""
    story, pages = entry.story, range(2, len(entry.pages) + 1)
    first = page == 1
    return Expect(
        title=story.title,
        date=story.published,
        source=story.source,
        author=story.author,
        editor=story.editor,
        lines=entry.lines if first else entry.pages[page - 1],
        verdict="clean",
        key=story.key if first else None,
        parts=tuple(made.url(entry.page_path(each)) for each in pages) if first else (),
        part_of=None if first else made.url(entry.path),
    )


def _article_pager(entry: Entry, page: int, pages: int) -> str:
    if pages == 1:
        return ""

    def link(number: int, label: str) -> str:
        if not 1 <= number <= pages:
            return f"<li><a href='#'>{label}</a></li>"
        name = entry.page_path(number).rpartition("/")[2]
        return f"<li><a href='{name}'>{label}</a></li>"

    numbers = [
        f"<li class=\"thisclass\"><a href='#'>{number}</a></li>"
        if number == page
        else link(number, str(number))
        for number in range(1, pages + 1)
    ]
    return "\n".join(
        [
            f"<li><a>共{pages}页: </a></li>",
            link(page - 1, "上一页"),
            *numbers,
            link(page + 1, "下一页"),
        ]
    )


def _neighbour(entry: Entry | None) -> str:
    return f"<a href='{entry.path}'>{entry.story.title}</a>" if entry else "没有了"


def _body(lines: Sequence[str], serial: int) -> str:
    """Paragraphs as three kinds of editor leave them."""
    if serial % 3 == 0:
        return "\n".join(f"<p>　　{line}</p>" for line in lines)
    if serial % 3 == 1:
        return "\n".join(f"<div>　　{line}</div>\n<div>&nbsp;</div>" for line in lines)
    return "<br />\n".join(f"&nbsp; &nbsp; {line}" for line in lines) + "<br />"
