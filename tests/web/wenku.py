"""M7: wenku.test, a document-sharing site.

Ten documents. `/p-N.html` is a 302 to `/shtml/<hash>.html`. The text is shown in pieces of 300
characters, each under a running number that cuts sentences and words; every line end of the
document became one blank; upload line, preview captions, recommendations and page numbers stand
around it. Two documents are pictures only.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5
from pathlib import Path
from random import Random

from tests.web.expect import Expect
from tests.web.message import Reply, Request, reply
from tests.web.site import HTML, PIXEL, Site, State, template
from tests.web.texts import Story, stories

HOST = "wenku.test"
DOCUMENTS = 10
STORIES_EACH = 3
PICTURES_ONLY = (4, 9)
CHUNK = 300  # characters, as the site of the sample cuts
NUMERALS = "一二三四五"
DISCLAIMER = "本文来源：网络收集与整理，如有侵权，请联系作者删除，谢谢！"


def titles() -> list[str]:
    return (Path(__file__).parent / "texts/wenku_titles.txt").read_text("utf-8").splitlines()


def path(number: int) -> str:
    """Where a document really is."""
    return f"/shtml/{md5(f'wenku {number}'.encode()).hexdigest()}.html"


def document(number: int) -> tuple[str, tuple[str, ...]]:
    """Sentence id and lines of a document: a heading for each of its stories."""
    at = (number - 1) * STORIES_EACH
    told = stories("M7", DOCUMENTS * STORIES_EACH)[at : at + STORIES_EACH]
    lines: list[str] = []
    for numeral, story in zip(NUMERALS, told, strict=False):
        lines.append(f"{numeral}、{story.title}")
        lines += [
            _without_key(story, line) if story is not told[0] else line for line in story.paragraphs
        ]
    return told[0].key, tuple(lines)


def _without_key(story: Story, line: str) -> str:
    return line.replace(story.key, "")


def build() -> Site:
    """The whole site."""
    made = Site(HOST, program=_redirect)
    made.add(
        "/robots.txt", "User-agent: *\nDisallow: /login.html\nDisallow: /reg.html\n", "text/plain"
    )
    made.add("/pic/page.gif", PIXEL, "image/gif")
    for number, title in enumerate(titles(), 1):
        day = f"2021-11-{number:02d}"
        key, lines = document(number)
        pictures = number in PICTURES_ONLY
        made.page(
            path(number),
            _page(number, title, day, () if pictures else lines),
            Expect(
                title=title,
                date=day,
                lines=None if pictures else lines,
                flags=() if pictures else ("doc-share",),
                verdict=None if pictures else "clean",
                rejected="no-text" if pictures else None,
                key=None if pictures else key,
            ),
        )
        made.expected[made.url(f"/p-{number}.html")] = Expect(rejected="redirect")
    items = "\n".join(
        f'<li><a href="/p-{number}.html">{title}</a></li>'
        for number, title in enumerate(titles(), 1)
    )
    home = f'<html><head><meta charset="utf-8"><title>青竹文库</title></head><body><ul>\n{items}\n</ul></body></html>'
    made.page("/index.html", home, Expect(rejected="list-page"))
    return made


def _redirect(request: Request, state: State) -> Reply | None:
    for number in range(1, DOCUMENTS + 1):
        if request.path == f"/p-{number}.html":
            return reply(302, b"", state.now, HTML, (("Location", path(number)),))
    return None


def chunks(text: str) -> list[str]:
    """The text in numbered pieces."""
    parts = (text[at : at + CHUNK] for at in range(0, len(text), CHUNK))
    return [f"{number}、{part}" for number, part in enumerate(parts, 1)]


def _page(number: int, title: str, day: str, lines: Sequence[str]) -> str:
    pages = 5 + number % 4
    foot = f"第{pages}页 共{pages}页" + f"第 {pages} 页 共 {pages} 页" * pages
    glued = f"{title}Word文档可编辑{title} {title} " if number % 2 else ""
    text = f"{glued}{' '.join(lines)} {DISCLAIMER}{foot}" if lines else ""
    return template("wenku_page.html").substitute(
        title=title,
        uploader=Random(f"uploader {number}").choice("hkwz") + "****",
        number=206580000 + number * 311,
        day=day,
        pages=pages,
        preview="\n".join(
            f'<img src="/pic/page.gif" alt=""><p>{title}_第{page}页</p><p>第{page}页 / 共{pages}页</p>'
            for page in (1, 2, 3)
        ),
        body="\n".join(f"<p>{chunk}</p>" for chunk in chunks(text)),
        related="\n".join(
            f'<li><a href="/p-{other}.html">{name}</a></li>'
            for other, name in enumerate(titles(), 1)
            if other != number
        ),
    )
