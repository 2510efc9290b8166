"""M8: mirror-ft.test, a scraper's mirror of articles of M1 under their own paths.

Every page is converted to Traditional characters one by one and glossed with pinyin, always the
same characters. Six pages have GBK cuts at ！ and ？, made by the byte rule; four show markup as
text; every page begins with a line of keywords and ends with a spider-pool footer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from random import Random
from zlib import crc32

from tests.web import trs
from tests.web.damage import changed, cut, glossed, traditional
from tests.web.expect import Expect
from tests.web.site import Site, template

HOST = "mirror-ft.test"
PAGES = 30
CUT_PAGES = 6
ESCAPED_PAGES = 4
GLOSSED_SHARE = 0.6  # of the changed characters; real sites' sets differ in length
EMPTY_TAGS = [
    "pre",
    "acronym",
    "abbr",
    "address",
    "dl",
    "s",
    "ol",
    "em",
    "sup",
    "ul",
    "span",
    "ins",
    "big",
    "tfoot",
    "noscript",
    "kbd",
]
KEYWORDS = (
    "亚洲国产精品一区,免费在线观看视频,高清成人影院",
    "久久精品国产免费_在线看片网站_欧美日韩一区二区",
    "国产视频在线观看-无码高清专区-免费看大片入口",
)
FRIENDS = ("澳门娱乐官网", "金沙网址", "棋牌游戏大厅", "体育投注平台")


@dataclass(frozen=True, slots=True)
class Copy:
    """An article of the original and how the mirror shows it."""

    number: int
    original: trs.Entry
    is_cut: bool
    is_escaped: bool

    @property
    def style(self) -> tuple[str, bool]:
        """Format of a gloss, and whether it has tones."""
        if self.number % 6 == 4:
            return "{}({} )", True
        if self.number % 6 == 5:
            return "{0}({1})({1})({1})", False
        return "{}({})", True

    def show(self, text: str) -> str:
        """The text as the mirror shows it, apart from cuts."""
        style, tones = self.style
        return glossed(traditional(text), glossed_characters(), style, tones=tones)

    @property
    def lines(self) -> tuple[str, ...]:
        """The body lines as the mirror shows them."""
        shown = (self.show(line) for line in self.original.story.paragraphs)
        return tuple(cut(line) if self.is_cut else line for line in shown)


@cache
def glossed_characters() -> frozenset[str]:
    """The characters this site glosses, everywhere."""
    limit = int(GLOSSED_SHARE * 2**32)
    return frozenset(char for char in changed() if crc32(char.encode()) < limit)


def copies() -> tuple[Copy, ...]:
    """The mirrored articles: the oldest thirty that have a text."""
    chosen = [entry for entry in trs.entries() if not entry.picture_only][:PAGES]
    made: list[Copy] = []
    damaged = escaped = 0
    for number, entry in enumerate(chosen):
        as_cut = Copy(number, entry, is_cut=True, is_escaped=False)
        as_is = Copy(number, entry, is_cut=False, is_escaped=False)
        if number % 3 == 0 and damaged < CUT_PAGES and as_cut.lines != as_is.lines:
            made.append(as_cut)
            damaged += 1
        elif number % 3 == 1 and escaped < ESCAPED_PAGES:
            made.append(Copy(number, entry, is_cut=False, is_escaped=True))
            escaped += 1
        else:
            made.append(as_is)
    return tuple(made)


def build() -> Site:
    """The whole site."""
    made = Site(HOST)
    made.add("/robots.txt", "User-agent: *\nAllow: /\n", "text/plain")
    made.add(
        "/wwwroot/js/0f3c1d7e-52ab-4a0e-9b77-6f5d1c0be921-head.js", "var v=1;", "text/javascript"
    )
    everything = copies()
    for copy, following in zip(everything, (*everything[1:], everything[0]), strict=True):
        made.page(copy.original.path, _article(copy, following), _expect(made, copy))
    items = "\n".join(
        f'<li><a href="{copy.original.path}">{copy.show(copy.original.story.title)}</a></li>'
        for copy in everything
    )
    home = _page("清河县人民政府", f'<ul class="list">\n{items}\n</ul>', everything[0])
    made.page("/index.html", home, Expect(rejected="list-page"))
    return made


def _expect(made: Site, copy: Copy) -> Expect:
    story = copy.original.story
    return Expect(
        title=story.title,
        date=str(story.day) if copy.original.date_in_script else story.published,
        source=story.source,
        lines=tuple(traditional(line) for line in story.paragraphs),
        flags=("pinyin-gloss", "gbk-cut") if copy.is_cut else ("pinyin-gloss",),
        verdict="mirror",
        key=story.key,
        same_as=f"http://{trs.HOST}{copy.original.path}",
    )


def _article(copy: Copy, following: Copy) -> str:
    story = copy.original.story
    day = f"{story.day:%Y年%m月%d日}" if copy.original.date_in_script else story.day_and_time
    column = trs.COLUMNS[copy.original.folder]
    main = template("mirror_article.html").substitute(
        place=copy.show(f"您当前所在位置：首页 > {column} > 正文"),
        title=copy.show(story.title),
        byline=copy.show(f"发布时间：{day}　来源：{story.source}"),
        keywords=KEYWORDS[copy.number % len(KEYWORDS)],
        body=_body(copy),
        next=following.original.path,
        next_title=following.show(following.original.story.title),
    )
    return _page(story.title, main, copy)


def _body(copy: Copy) -> str:
    if copy.is_escaped:
        begin, end = '<p style="text-indent: 2em; white-space: normal;">', "</h3>"
        return escape(" ".join(f"{begin} {line}{end}" for line in copy.lines), quote=False)
    return "\n".join(f"<p>　　{line}</p>" for line in copy.lines)


def _page(title: str, main: str, copy: Copy) -> str:
    random = Random(f"mirror {copy.number} {title}")
    return template("mirror_page.html").substitute(
        entity_title=numeric_entities(f"{copy.show(title)}_{KEYWORDS[0].split(',')[0]}"),
        entity_keywords=numeric_entities(KEYWORDS[0]),
        rubbish_top=_empty_tags(random),
        rubbish_end=_empty_tags(random),
        site=copy.show("清河县人民政府"),
        main=main,
        footer=copy.show("主办：清河县人民政府　网站标识码：1305340099"),
        friends=_links(FRIENDS, random, hexadecimal=True),
        counties=_links(counties(), random, end="|<br />"),
    )


@cache
def counties() -> tuple[str, ...]:
    """Forty county names in no order, as a spider pool lists them."""
    path = Path(__file__).parent / "texts" / "counties.txt"
    return tuple(path.read_text("utf-8").split())


def numeric_entities(text: str, *, hexadecimal: bool = False) -> str:
    """Every character as a numeric character reference."""
    form = "&#x{:X};" if hexadecimal else "&#{};"
    return "".join(form.format(ord(char)) for char in text)


def _links(
    names: Sequence[str], random: Random, *, end: str = "", hexadecimal: bool = False
) -> str:
    """Each name linked to a domain of its own that has nothing to do with it."""
    lines = []
    for name in names:
        domain = "".join(random.choices("bcdfghjklmnpqrstvwxz0123456789", k=8))
        shown = numeric_entities(name, hexadecimal=True) if hexadecimal else name
        lines.append(f'<a href="http://www.{domain}.example/">{shown}</a>{end}')
    return "\n".join(lines)


def _empty_tags(random: Random) -> str:
    """A hidden block of empty elements that all have one id."""
    mark = "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=5))
    tags = []
    for _ in range(40):
        outer, inner = random.sample(EMPTY_TAGS, 2)
        tags.append(f'<{outer} id="{mark}"><{inner} id="{mark}"></{inner}></{outer}>')
    return (
        f'<div id="{mark}" class="pl_css_ganrao" style="display: none;">' + "".join(tags) + "</div>"
    )
