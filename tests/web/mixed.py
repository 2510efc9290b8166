"""M17: www.mixed.test, a news site on which one topic is wanted and eleven are not.

180 articles on twelve topics, fifteen each. Every second one stands in the column of its topic's
field, the others in 要闻, where all topics mix; lists show twelve items a page, newest first.
Wanted are the articles on 双减, the topic of seeds/examples: eight in a column they share with
other school news, seven scattered over the seven pages of 要闻.
"""

from __future__ import annotations

from functools import cache

from tests.web.expect import Expect
from tests.web.portal import Portal, furnish, simple_article, simple_expect
from tests.web.site import Site
from tests.web.texts import Story, stories

HOST = "www.mixed.test"
ARTICLES = 180
PER_PAGE = 12
WANTED = "01_shuangjian"
# folder -> name, topics; in the order of the menu, the wanted field neither first nor last
COLUMNS = {
    "yw": ("要闻", ()),
    "jj": ("产业经济", ("06_zhaoshang", "12_jiuye", "11_jiaotong")),
    "sn": ("三农", ("03_xiangzhen", "05_nongye", "04_fangxun")),
    "kj": ("科教", (WANTED, "02_xuexiao")),
    "ms": ("民生", ("07_yanglao", "10_weisheng")),
    "pa": ("平安文旅", ("09_anquan", "08_wenlv")),
}
PORTAL = Portal("清河县新闻网", "1305340041", {f"/{f}/": n for f, (n, _) in COLUMNS.items()})


@cache
def placed() -> dict[str, Story]:
    """Path -> story, oldest first."""
    found = {}
    seen: dict[str, int] = {}
    for serial, story in enumerate(stories("M17", ARTICLES), 1):
        turn = seen[story.topic] = seen.get(story.topic, 0) + 1
        field = next(f for f, (_, topics) in COLUMNS.items() if story.topic in topics)
        folder = field if turn % 2 else "yw"
        found[f"/{folder}/{story.day:%Y%m}/t{story.day:%Y%m%d}_{serial:05d}.html"] = story
    return found


def wanted() -> set[str]:
    """URLs of the articles on the topic of seeds/examples."""
    return {f"http://{HOST}{p}" for p, story in placed().items() if story.topic == WANTED}


def build() -> Site:
    """The whole site."""
    made = Site(HOST)
    furnish(made)
    for path, story in placed().items():
        made.page(path, simple_article(PORTAL, story), simple_expect(story))
    for folder, (name, _) in COLUMNS.items():
        _list(made, folder, name)
    newest = list(placed().items())[::-1][:8]
    made.page(
        "/index.html",
        PORTAL.page("首页", f"<ul>\n{_items(newest)}\n</ul>"),
        Expect(rejected="list-page"),
    )
    return made


def _list(made: Site, folder: str, name: str) -> None:
    """The pages of a column: `index.html`, then `index_2.html` and so on, linked to the next."""
    rows = [row for row in placed().items() if row[0].startswith(f"/{folder}/")][::-1]
    pages = [rows[start : start + PER_PAGE] for start in range(0, len(rows), PER_PAGE)]
    for number, page in enumerate(pages, 1):
        here = "index.html" if number == 1 else f"index_{number}.html"
        onward = f'<a href="index_{number + 1}.html">下一页</a>' if number < len(pages) else ""
        main = f'<h2>{name}</h2>\n<ul class="list">\n{_items(page)}\n</ul>\n<div class="page">{onward}</div>'
        made.page(
            f"/{folder}/{here}",
            PORTAL.page(name, main, {"ColumnName": name}),
            Expect(rejected="list-page"),
        )


def _items(rows: list[tuple[str, Story]]) -> str:
    return "\n".join(
        f'<li><a href="{path}">{story.title}</a><span>{story.day}</span></li>'
        for path, story in rows
    )
