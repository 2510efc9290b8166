"""M10: hacked.xian.test, a government site that somebody broke into.

Twenty-four articles. Six have a gambling title and keywords as numeric entities over a clean
body. Five are cloaked: a browser gets the article, a program (see `is_browser`) gets gambling
text under the same URL. The home page hides links to other hosts. `/sitemap.xml` names the
articles and two hundred spam URLs of this host (`SPAM_PATHS`), which no page links to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from tests.web.expect import Expect
from tests.web.message import Reply, Request, reply
from tests.web.mirror import numeric_entities
from tests.web.site import HTML, Site, State, template
from tests.web.texts import Story, stories

HOST = "hacked.xian.test"
COLUMNS = {"xw": "县域新闻", "gs": "公示公告"}
ARTICLES = 24
SPAM_TITLES = 6
CLOAKED = 5
SPAM_PATHS = tuple(
    f"/upload/20211{number % 2}{number % 28 + 1:02d}/{90000 + number * 37}.shtml"
    for number in range(200)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A story, its place, and what was done to its page."""

    serial: int
    story: Story

    @property
    def folder(self) -> str:
        return list(COLUMNS)[self.serial % 2]

    @property
    def path(self) -> str:
        return f"/{self.folder}/{self.story.day:%Y-%m}/{1000 + self.serial}.html"

    @property
    def has_spam_title(self) -> bool:
        return self.serial % 4 == 1 and self.serial // 4 < SPAM_TITLES

    @property
    def is_cloaked(self) -> bool:
        return self.serial % 4 == 3 and self.serial // 4 < CLOAKED


def entries() -> tuple[Entry, ...]:
    """All articles, oldest first."""
    return tuple(Entry(serial, story) for serial, story in enumerate(stories("M10", ARTICLES), 1))


def is_browser(request: Request) -> bool:
    """Whether the cloaking kit takes the client for a person."""
    agent = request.headers.get("user-agent", "")
    return agent.startswith("Mozilla/") and not re.search("(?i)bot|spider|crawl", agent)


def build() -> Site:
    """The whole site."""
    made = Site(HOST)
    made.program = _answer
    made.add(
        "/robots.txt",
        f"User-agent: *\nAllow: /\nSitemap: {made.url('/sitemap.xml')}\n",
        "text/plain",
    )
    made.add("/css/base.css", "body{margin:0}", "text/css")
    made.add("/sitemap.xml", _sitemap(made), "text/xml")
    newest = tuple(reversed(entries()))
    for folder, column in COLUMNS.items():
        members = [entry for entry in newest if entry.folder == folder]
        _add_listing(made, f"/{folder}/index.html", column, members)
        for newer, entry, older in zip(
            [None, *members], members, [*members[1:], None], strict=False
        ):
            made.page(entry.path, _article(entry, newer, older), _expect(entry))
    _add_listing(made, "/index.html", "清河县政务公开网", newest[:8], hidden=_hidden_links())
    return made


def _answer(request: Request, state: State) -> Reply | None:
    if request.path in SPAM_PATHS or (request.path in cloaked_paths() and not is_browser(request)):
        return reply(200, spam_page(request.path).encode(), state.now, HTML)
    return None


@cache
def cloaked_paths() -> frozenset[str]:
    """The articles that a program does not get to see."""
    return frozenset(entry.path for entry in entries() if entry.is_cloaked)


def _expect(entry: Entry) -> Expect:
    """What a program should make of the page."""
    story = entry.story
    if entry.is_cloaked:
        return Expect(verdict="cloaked")
    return Expect(
        title=story.title,
        date=story.published,
        source=story.source,
        editor=story.editor,
        lines=story.paragraphs,
        verdict="infected" if entry.has_spam_title else "clean",
        key=story.key,
    )


@cache
def gambling() -> tuple[str, ...]:
    """Spam titles, keywords joined by `_`."""
    return tuple((Path(__file__).parent / "texts" / "gambling.txt").read_text("utf-8").splitlines())


def _article(entry: Entry, newer: Entry | None, older: Entry | None) -> str:
    story, column = entry.story, COLUMNS[entry.folder]
    main = template("hacked_article.html").substitute(
        folder=entry.folder,
        column=column,
        title=story.title,
        time=story.day_and_time,
        source=story.source,
        body="\n".join(f'<p style="text-indent:2em">{line}</p>' for line in story.paragraphs),
        editor=story.editor,
        older=_neighbour(older),
        newer=_neighbour(newer),
    )
    spam = numeric_entities(gambling()[entry.serial % len(gambling())])
    return template("hacked_page.html").substitute(
        title=spam if entry.has_spam_title else f"{story.title}-清河县政务公开网",
        column=column,
        metas=f'<meta name="ArticleTitle" content="{story.title}">\n'
        f'<meta name="PubDate" content="{story.day_and_time}">\n'
        f'<meta name="ContentSource" content="{story.source}">\n',
        keywords=spam if entry.has_spam_title else story.title,
        script=template("hacked_title.js").template if entry.has_spam_title else "",
        hidden="",
        main=main,
    )


def _neighbour(entry: Entry | None) -> str:
    return f'<a href="{entry.path}">{entry.story.title}</a>' if entry else "没有了"


def _add_listing(
    made: Site, path: str, title: str, members: Sequence[Entry], hidden: str = ""
) -> None:
    items = "\n".join(
        f'<li><a href="{entry.path}">{entry.story.title}</a><span>[{entry.story.day}]</span></li>'
        for entry in members
    )
    page = template("hacked_page.html").substitute(
        title=title,
        column=title,
        metas="",
        keywords=title,
        script="",
        hidden=hidden,
        main=f'<ul class="newslist">\n{items}\n</ul>',
    )
    made.page(path, page, Expect(rejected="list-page"))


def _hidden_links() -> str:
    """Links to other hosts that no reader sees."""
    links = "".join(
        f'<a href="http://www.bw{88300 + number}.example/">{name}</a>'
        for number, name in enumerate(gambling()[0].split("_") + gambling()[1].split("_"))
    )
    return f'<div style="display:none;">{links}</div>\n'


def spam_page(path: str) -> str:
    """A gambling page of this host, different at each path."""
    random = Random(f"spam {path}")
    words = [word for title in gambling() for word in title.split("_")]
    lines = "\n".join(
        f"<p>{'，'.join(random.sample(words, 5))}，{random.choice(words)}24小时在线客服。</p>"
        for _ in range(8)
    )
    title = numeric_entities("_".join(random.sample(words, 4)))
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title>\n'
        f"{template('hacked_title.js').template}</head><body><h1>{random.choice(words)}</h1>\n"
        f'{lines}\n<a href="http://www.bw88391.example/">立即注册</a></body></html>'
    )


def _sitemap(made: Site) -> str:
    paths = [*SPAM_PATHS, *(entry.path for entry in entries())]
    Random("sitemap").shuffle(paths)
    rows = "\n".join(f"<url><loc>{made.url(path)}</loc></url>" for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}\n</urlset>\n'
    )
