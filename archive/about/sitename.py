"""The text of <title>, the names of offices and sites in it, and a title as its tokens."""

from __future__ import annotations

import re
from functools import lru_cache

from archive import writing
from archive.about.labels import fold, words
from archive.page.nodes import Nodes

TOKEN = re.compile(rf"[\u3400-\u9fff\uf900-\ufaff]|[A-Za-z0-9]+|{writing.OTHER}")
_NO_TOKEN = (
    r"[^\u3400-\u9fff\uf900-\ufaffA-Za-z0-9"
    rf"{writing.SYLLABLES}{writing.TIBETAN}{writing.ARABIC}{writing.MONGOLIAN}]"
)
_BETWEEN = re.compile(f"{_NO_TOKEN}{_NO_TOKEN}*")  # a single class in front is skipped to
# What stands between a title and the names of column and site. Not ——: that opens a subtitle.
CUT = re.compile(
    r"\s*(?:-{2,}|[_＿|｜│丨]|\s[-—–－·•:»>]\s|::+|(?<!-)-(?!(?<=\d-)\d)(?=[^-]*$)|–(?=[^–]*$)|(?<!—)—(?!(?<=\d—)\d)(?=[^—]*$))\s*"
)
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
SITE = re.compile(r"(?:网|网站|官网|门户|在线|频道|首页)$")
# In front of a title that is cut off it: 西山日报-…. Behind one a newspaper's name may be the title's own.
_FIRST = re.compile(
    r"(?:网|网站|官网|门户|在线|频道|首页|[日晚早晨商时导快农]报|数字报|电子报|都市报)$"
)
LONGEST = 150  # characters of a title; the longest of 450 golds has 96
_OFFICE = 16  # characters of an office's name
_SAYS = re.compile(
    "关于|[的与和、：:“”《》，。]|成立|召开|举行|走进|落户|启用|开放"
)  # no name holds it
_SITE_NAME = 14  # characters of a site's name in front of a title


def tokens(text: str) -> tuple[str, ...]:
    """The Han characters and the runs of letters and digits of a text, lower case."""
    return _tokens(text) if len(text) <= LONGEST else _tokens.__wrapped__(text)


@lru_cache(maxsize=1024)  # a title is compared with every other title of its page
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(TOKEN.findall(text.lower()))


def squeezed(text: str) -> str:
    """A text as its tokens alone, in Simplified: equal for two spellings of one title."""
    return _squeezed(text) if len(text) <= LONGEST else _squeezed.__wrapped__(text)


@lru_cache(maxsize=8192)
def _squeezed(text: str) -> str:
    return _BETWEEN.sub("", fold(text).lower())


def html_title(nodes: Nodes) -> str:
    """The text of the first <title> that has any; "" without one."""
    for at in nodes.named("title"):
        if nodes.tags[nodes.parents[at]] != "svg":
            text = "".join(nodes.elements[at].itertext())
            text = _BLANKS.sub(" ", text).strip()
            if text:
                return text[:400]
    return ""


@lru_cache(maxsize=64)  # of a page's <title> it is asked four times
def cut_site_name(title: str) -> str:
    """A <title> without the names of column and site behind it.

    >>> cut_site_name("全市会议召开_新闻中心_某某网"), cut_site_name("全市会议召开 - 某某县政府")
    ('全市会议召开', '全市会议召开')
    >>> cut_site_name("深化学校体育改革——体育锻炼蔚然成风-教育局")
    '深化学校体育改革——体育锻炼蔚然成风'

    >>> cut_site_name("某某网--财经--洋奶粉按兵不动")
    '洋奶粉按兵不动'

    The first part is kept, and the next as well while what is kept has under four tokens. Where
    the site's name comes first, the longest other part is kept.
    """
    title = title.strip(" _-|｜")
    parts = [part.strip() for part in CUT.split(title)]
    if len(parts) > 1 and len(parts[0]) <= _SITE_NAME:
        longest = max(parts[1:], key=len)
        if _FIRST.search(fold(parts[0])) or (is_office(parts[0]) and _is_longer(longest, parts[0])):
            return longest
    for match in CUT.finditer(title):
        kept = title[: match.start()].strip()
        if len(tokens(kept)) >= 4:
            return kept
    return title.strip()


def is_office(text: str) -> bool:
    """Whether a short text is the name of an office or a site: 某某县人民政府, 某某县教育局."""
    folded = fold(text).strip()
    named = folded.endswith(words("reject", "office")) or bool(SITE.search(folded))
    return len(folded) <= _OFFICE and named and not _SAYS.search(folded)


def _is_longer(title: str, office: str) -> bool:
    return len(title) > len(office) and not names_site(title)


def names_site(text: str) -> bool:
    """Whether a heading names a site or an office, as the banner of a site does."""
    folded = fold(text).strip()
    return bool(SITE.search(folded)) or folded.endswith(words("reject", "office"))
