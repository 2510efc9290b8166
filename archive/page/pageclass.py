"""What kind of page this is: an article, or the reason why it is none.

An article must never be lost here, so every class but the article needs positive evidence, and
a page with an article's worth of running text in one place is an article whatever else it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from archive import vocab, writing
from archive.errors import VocabularyError
from archive.model import Page, Reason
from archive.page import blockpages, span
from archive.page.dom import Element
from archive.page.flow import Flow, Line, is_link
from archive.text import linerules

FEW_HAN = 12  # of a whole page: less is no text at all
MUCH_HAN = 120  # of running text in one place: an article
_FRAME_TAGS = frozenset(("footer", "nav", "aside"))
_COMMENTS, _ABOVE = 4, 12  # lines of such a part at least, lines above it that may be the article
_READ = 100_000  # lines of such parts, which a hostile page sets one inside the other
_COMMENT_NAME = re.compile(r"(?:^|[\s_-])(?:comments?|pinglun|replies|reply-?list)(?:$|[\s_-])")
_FRAME_SHARE = 0.5  # of the page's sentences: what holds that is no part of the frame

_REFRESH = re.compile(r"\s*(\d{1,4})[^;,]{0,20}[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_LOCATION = re.compile(
    r"\blocation(?:\.href)?\s*=\s*[\"']([^\"'<>]{1,300})[\"']"
    r"|\blocation\.(?:replace|assign)\(\s*[\"']([^\"'<>]{1,300})[\"']"
)


Told = tuple[Reason, str]


def mark_frame(flow: Flow) -> None:
    """Mark the lines that stand in footer, nav, aside or in what is named like a part of the frame."""
    mass = span.good_mass(flow.lines)
    for element, (first, last) in flow.spans.items():
        if first == last or flow.lines[first].noisy:
            continue
        small = mass[last] - mass[first] < _FRAME_SHARE * mass[-1]
        if small and _is_frame(*flow.named(element)):
            for line in flow.lines[first:last]:
                line.noisy = True
    _mark_comments(flow)


def _mark_comments(flow: Flow) -> None:
    """Mark comments of readers that are longer than a short article: they stand below a sentence, in
    an element named for them, with the moment of each.

    Cost: an article in an element of that name below a printed summary, with two dated lines of its own.
    """
    lines, read = flow.lines, 0
    for element, (first, last) in flow.spans.items():
        if read > _READ:
            return
        if last - first < _COMMENTS or lines[first].noisy or not _names_comments(flow, element):
            continue
        read += last - first
        above = lines[max(0, first - _ABOVE) : first]
        dated = sum(linerules.has_day(line.text) for line in lines[first:last])
        if dated >= 2 and any(span.is_good(line) and span.value(line) > 0 for line in above):
            for line in lines[first:last]:
                line.noisy = True


def _names_comments(flow: Flow, element: Element) -> bool:
    attributes = flow.named(element)[1]
    return bool(attributes) and _is_comment_name(_names(attributes))


def _is_frame(tag: str, attributes: Mapping[str, str]) -> bool:
    if tag in _FRAME_TAGS:
        return True
    if not attributes:
        return False
    return _is_frame_name(_names(attributes))


def _names(attributes: Mapping[str, str]) -> str:
    return f"{attributes.get('class', '')} {attributes.get('id', '')}"[:200]


@lru_cache(maxsize=4096)  # the pages of a site share their names
def _is_frame_name(names: str) -> bool:
    return linerules.is_frame_name(names.lower())


@lru_cache(maxsize=4096)
def _is_comment_name(names: str) -> bool:
    return _COMMENT_NAME.search(names.lower()) is not None


def classify(page: Page, root: Element, flow: Flow, title: str | None) -> Told | None:
    """The reason why the page is no article; `None` for one that may be."""
    total = sum(line.han for line in flow.lines)
    if total < 2 * MUCH_HAN and (sign := blockpages.sign(page.text)):
        return Reason.BLOCK_PAGE, sign
    if total < MUCH_HAN and (target := refresh_target(root)):
        return Reason.REDIRECT, target
    if total < FEW_HAN and (target := script_target(page.text)):
        return Reason.REDIRECT, target
    if not flow.lines:
        return Reason.NO_TEXT, "no visible text"
    if total < 2 * MUCH_HAN and (word := _error_word(flow, title)):
        return Reason.SOFT_404, word
    return None


def _error_word(flow: Flow, title: str | None) -> str:
    """The words of an error page in its title or in a line of their own; "" for none."""
    texts = [title or "", *(line.text for line in flow.lines if len(line.text) < 60)]
    words = _vocabulary()["soft404"]["words"]
    return next((word for text in texts for word in words if word in text), "")


def holds_text(text: str) -> bool:
    """True for twelve Han or more, or a sentence of fewer."""
    return writing.count(text) >= FEW_HAN or bool(re.search("[。！？]", text))


def refresh_target(root: Element) -> str:
    """Where a meta refresh sends the reader within half a minute; "" for nowhere."""
    for element in root.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.match(element.get("content") or "")
            if found and int(found[1]) <= 30:
                return found[2].strip()
    return ""


def script_target(source: str) -> str:
    """Where a script sends the reader; "" for nowhere. Only for pages that show nothing else."""
    source = source[:200_000]
    found = _LOCATION.search(source) if "location" in source else None
    return (found[1] or found[2]) if found else ""


def is_list(page: Page, flow: Flow, taken: Sequence[Line]) -> str:
    """What shows that the page is a list of other pages; "" when it may be an article.

    Needs entries (a link with a day beside it) and no text of its own: fewer Han of running text
    than an article has, and little unlinked text beside days, what repeats a link left out. An address like an article's is
    believed against everything else, since notices without text stand among lists of others.
    """
    shape = url_shape(page.url)
    if shape == "article":
        return ""
    if shape == "list" and (teased := _summaries(flow)) >= _ENTRIES:
        return f"{teased} links with a summary"
    held = sum(line.han for line in taken if span.is_good(line))
    if held >= MUCH_HAN:
        return ""
    entries, longest = _entries(flow)
    links = {line.text for line in flow.lines if is_link(line)}
    own = sum(line.han for line in taken if not is_link(line) and line.text not in links)
    days = sum(linerules.is_bare_date(line.text) for line in taken)
    if entries >= _ENTRIES and (own < 3 * entries or shape == "list"):
        return f"{entries} dated links"
    if days >= _ENTRIES and own < _FEW_OWN:
        return f"{days} days without text"
    if shape == "list" and longest >= _LINKS and own < _FEW_OWN:
        return f"{longest} links in a row"
    return ""


_ENTRIES = 4  # dated links; the fewest on a list page of five saved trees, and more than a pager
_LINKS = 5
_HEADLINE = 6  # Han of a link that is a headline
_HEADED = 0.8  # of the paragraphs of a list of summaries: the others are the site's foot
_FEW_OWN = 60  # Han


def url_shape(url: str | None) -> str:
    """`article` or `list` where the address tells, else "".

    >>> url_shape("http://www.example.gov.cn/xwdt/202109/t20210911_5589341.html")
    'article'
    >>> url_shape("http://www.example.gov.cn/xwdt/index_2.html"), url_shape("http://a.test/about.html")
    ('list', '')
    """
    split = re.match(r"https?://[^/?#]+([^?#]*)", (url or "").lower())
    if split is None:
        return ""
    path = split[1] or "/"
    for shape in ("article", "list"):
        if _pattern(shape).search(path):
            return shape
    return ""


def _entries(flow: Flow) -> tuple[int, int]:
    """Links with a day in or beside their line, and the longest run of links."""
    lines = flow.lines
    count = run = longest = 0
    for index, line in enumerate(lines):
        link = is_link(line) and line.han >= 4
        count += link and _is_dated(lines, index)
        run = run + 1 if link else run if linerules.is_bare_date(line.text) else 0
        longest = max(longest, run)
    return count, longest


def _summaries(flow: Flow) -> int:
    """Links with one paragraph behind each, where these are all the running text of the page; else 0.

    News sites list articles so: headline, first sentences, day. Asked at addresses of lists alone.
    """
    lines = flow.lines
    good = [index for index, line in enumerate(lines) if span.is_good(line)]
    headed = [i for i in good if i and is_link(lines[i - 1]) and lines[i - 1].han >= _HEADLINE]
    return len(headed) if len(headed) >= _HEADED * len(good) else 0


def _is_dated(lines: Sequence[Line], index: int) -> bool:
    """Whether a day stands in a line or is all of the one before or behind it."""
    beside = [lines[i].text for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return linerules.has_day(lines[index].text) or any(map(linerules.is_bare_date, beside))


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile("|".join(_vocabulary()["url"][shape]))


@cache
def _vocabulary() -> Mapping[str, Any]:
    table = vocab.toml("pageclass")
    if set(table) != {"evidence", "day", "url", "soft404"} or set(table["url"]) != {
        "article",
        "list",
    }:
        problem = "needs exactly evidence, day, url.article, url.list, soft404.words"
        raise VocabularyError(vocab.folder() / "pageclass.toml", "", problem)
    return table
