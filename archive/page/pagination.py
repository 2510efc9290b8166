"""Which page of a longer article a page is, and which others of it its own pager names.

    123.html        123_2.html      DedeCMS, UCAP, Xinhua: `_2` is page 2
    t2019_69.html   t2019_69_1.html TRS: `_1` is page 2, named by a script only
    a-b-1.html      a-b-1-2.html    People
    show.php?id=5   show.php?id=5&page=2

The number in the address puts pages in order; whether it counts from 1 or 2 is no matter. An address
alone says nothing (`2020-11-24.html` is no page 24), so a page has a place only where a pager of
its own, links or a call of `createPageHTML`, names another page of the same family.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from archive import vocab
from archive.page import files
from archive.page.dom import Element
from archive.page.nodes import Nodes
from archive.parts import MOST
from archive.uri import Parts, dedupe_key, join, split, unsplit

_LONGEST = 12  # characters of a link of a pager; a heading may follow `第2页`
_NUMBERED = re.compile(r"^(?P<stem>.*[^/_-])[_-](?P<page>[1-9]\d{0,2})(?P<end>\.\w{1,6})$", re.S)
_BRACKETS = re.compile(r"[\s\xa0\u3000\[\]【】()（）「」]+")
_NUMBER = re.compile(r"\d{1,3}|第(?:\d{1,3}|[一二三四五六七八九十]{1,3})[页頁].*")
# `\bcreatePage`, written so that the engine skips to the word.
_CALL = re.compile(r"createPage(?<!\wcreatePage)\w{0,14}\s*\(([^()]{0,300})\)")
_ARGUMENT = re.compile(r"""["']?([^"',]*)["']?""")


@dataclass(frozen=True, slots=True)
class Place:
    """A page's place in a longer article, as its address and its own pager say."""

    first: str  # URL of the article's first page, as the address of this page makes it
    number: int  # as in the address; 0 for the first page
    named: tuple[int, ...]  # other pages its pager names, in order


def place(nodes: Nodes, source: str, url: str | None) -> Place | None:
    """The place of a page in its article; `None` where its pager names no other page of it.

    Cost: further pages under names of their own, or behind a script that is not known, are
    articles of their own.
    """
    if not url:
        return None
    ways = list(_numbers(url))
    stems = [_stem(first) for first, _ in ways]
    if not _may_have_pages(source, url, stems):
        return None
    links = {link for link in _pager(nodes, source, url, stems) if link}
    named = [(first, number, _named(first, number, links)) for first, number in ways]
    first, number, found = max(named, key=lambda way: len(way[2]))
    return Place(first, number, found) if found else None


def _named(first: str, number: int, links: set[str]) -> tuple[int, ...]:
    """The numbers of the links that are further pages of `first`, without the page's own."""
    key = dedupe_key(first)
    found = {n for link in links for base, n in _numbers(link) if dedupe_key(base) == key}
    return tuple(sorted(found - {number}))


def _numbers(url: str) -> Iterator[tuple[str, int]]:
    """What an address can mean: a first page, or a further one of another."""
    yield url, 0
    parts = split(url)
    pairs = [pair for pair in (parts.query or "").split("&") if pair]
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name.lower() in _parameters() and value.isdecimal() and len(value) < 4:
            rest = "&".join(each for each in pairs if each is not pair)
            base = unsplit(_with(parts, parts.path, rest or None))
            yield base, int(value) if int(value) > 1 else 0
            return
    match = _NUMBERED.match(parts.path)
    if match:
        path = match["stem"] + match["end"]
        yield unsplit(_with(parts, path, parts.query)), int(match["page"])


def _with(parts: Parts, path: str, query: str | None) -> Parts:
    return Parts(parts.scheme, parts.authority, path, query, None)


def _stem(url: str) -> str:
    return split(url).path.rpartition("/")[2].partition(".")[0]


def _may_have_pages(source: str, url: str, stems: list[str]) -> bool:
    """Whether an address of the page's family can stand in the source; few pages pass, and a search for
    a string costs next to nothing (the walk over the links 2.7 ms a page, measured 2026-11)."""
    if "?" in url and any(f"{name}=" in source for name in _parameters()):
        return True
    marks = "_-" if len(stems) == 1 else "_-."
    named = any(stem + mark in source for stem in stems if stem for mark in marks)
    return named or "createPage" in source


def _pager(nodes: Nodes, source: str, url: str, stems: list[str]) -> Iterator[str | None]:
    """The addresses a pager of this page leads to."""
    start = files.base_of(nodes, url) or url
    shortest = stems[-1]
    for at in nodes.named("a", "option", "link"):
        own = nodes.attributes[at]
        href = own.get("href") or own.get("value") or ""
        named = shortest in href if shortest else False
        if (named or href.startswith("?")) and _is_pager(nodes.elements[at]):
            yield join(start, href)
    for name in _called(source, stems):
        yield join(start, name)


def _is_pager(element: Element) -> bool:
    if element.tag == "link":
        return element.get("rel") in ("next", "prev")
    text = _BRACKETS.sub("", "".join(element.itertext()))
    if _NUMBER.fullmatch(text):
        return len(text) <= _LONGEST or text.startswith("第")
    return text.lower() in _texts()


def _called(source: str, stems: list[str]) -> Iterator[str]:
    """The pages that `createPageHTML(total, 0, "name", "shtml")` writes links to: `name_1` … where
    it counts from 0 (TRS), `name_2` … where an element's id comes first and it counts from 1."""
    for match in _CALL.finditer(source) if "createPage" in source else ():
        line = source[source.rfind("\n", 0, match.start()) + 1 : match.start()]
        values = [_ARGUMENT.fullmatch(each.strip()) for each in match[1].split(",")]
        said = [value[1] if value else "" for value in values]
        shift = 0 if said and said[0].isdecimal() else 1
        said = said[shift:]
        if len(said) < 4 or not said[0].isdecimal() or said[2] not in stems or "//" in line:
            continue
        last = min(int(said[0][:4]), MOST)
        for page in range(1 + shift, last + shift):
            yield f"{said[2]}_{page}.{said[3].lstrip('.')}"
        yield f"{said[2]}.{said[3].lstrip('.')}"


@cache
def _parameters() -> frozenset[str]:
    return frozenset(vocab.toml("discover")["pager"]["parameters"])


@cache
def _texts() -> frozenset[str]:
    return frozenset(vocab.toml("discover")["pager"]["texts"])
