"""Where a page leads: anchors, frames, jumps, links written by script, further pages of a list.

Pure functions from a page to links. They find and describe; whether a link is followed is
decided by the scope and the spider. `javascript:`, `mailto:` and the like are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from lxml.etree import XPath

from archive import vocab
from archive.about import dates
from archive.page import dom
from archive.uri import CACHED, join, split
from crawler.links import anchors, calls, inline, pagers, patterns, scripts
from crawler.net.fields import HREF_LIMIT, REFRESH

Element = Any  # lxml ships no types

# Links taken from one page. The largest real page of the saved trees has 530 (2026-11).
LINK_LIMIT = 20_000
SHELL_LINKS = 3  # a page made by script has a link home and perhaps one to its help
# When one address is found twice, the more telling relation is kept.
_RANK = ("attachment", "feed", "refresh", "next", "pager", "iframe", "area", "link")
_PAGE_OPTION = re.compile(
    r"^(?:https?://|/|\.{1,2}/)\S+$|^[\w%./-]+\.(?:s?html?|jsp|aspx?|php)\b\S*$"
)
# What `_of_element` reads, in the order of the page; and what may take its content out of sight.
_TELLING = XPath(
    "//a | //area | //iframe | //frame | //meta | //link | //option | //script | //textarea"
    " | //body[@onload] | //*[@onclick] | //*[@data-href or @data-url]"
)
_MAY_HIDE = XPath("//*[@hidden or @style]")
# In an attribute of data: a page by its ending or its query, for scripts ask for other things too.
_PAGE_ADDRESS = re.compile(
    r"(?:https?://|/|\.{1,2}/)?[\w%./:-]*(?:\.s?html?|\.(?:jsp|aspx?|php|do)\?[^\s{}<>]+)$"
)
_BRACKETS = str.maketrans("", "", " \t\r\n\u00a0\u3000[]【】()（）「」")
_ARROWS = "<>＜＞«»‹›→←"
_NUMBER = re.compile(r"\d{1,4}")
_FEED_TYPE = re.compile(r"application/(?:rss|atom)\+xml|text/xml", re.IGNORECASE)
_FEED_PATH = re.compile(
    r"(?:rss|atom|feed|sitemap)[\w-]{0,40}\.xml(?:\.gz)?|(?:rss|atom|feed)(?:\.(?:jsp|php|aspx?))?",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"[_-]\d{1,4}$")
_GLUED = re.compile(r"([a-z]+)\d{1,4}", re.IGNORECASE)  # p1, list2
_ARTICLE_NAME = re.compile(r"/(?:t20\d{6}_|c_|content_|art_|post_)\d|/(?:19|20)\d\d[-/_]?[01]?\d")
_DAY_ALONE = re.compile(r"/t20\d{6}$")  # `t20210911_1` is an article, not page 1 of one


@dataclass(frozen=True, slots=True)
class Found:
    """A link, with what the page says about it."""

    url: str  # absolute, ready to fetch
    text: str  # what the anchor says; its title where the text is cut short
    rel: str  # link, pager, refresh, iframe, area, next, attachment, feed
    hidden: bool  # stands in a block no reader sees
    list_date: str | None  # day of the list item: YYYY-MM-DD, or XXXX-MM-DD without a year


def links(root: Element, url: str, source: str, charset: str = "utf-8") -> list[Found]:
    """Every link of an HTML page, each address once, in the order of the page.

    `root` is the parsed page, `source` its text, `url` where it came from.
    """
    base = _base(root, url)
    found: dict[str, Found] = {}
    for href, link in _candidates(root, url, source):
        if len(found) >= LINK_LIMIT:
            break
        target = join(base, href[:HREF_LIMIT], charset)
        if target is None:
            continue
        this = Found(target, link.text, link.rel, link.hidden, link.list_date)
        this = described(this, url)
        found[target] = _merged(found[target], this) if target in found else this
    return list(found.values())


def _candidates(root: Element, url: str, source: str) -> Iterator[tuple[str, Found]]:
    hidden = {below for top in _MAY_HIDE(root) if anchors.hides(top) for below in top.iter()}
    telling = _TELLING(root)
    text_of_scripts = [element.text or "" for element in telling if element.tag == "script"]
    called = calls.Calls("\n".join(text_of_scripts))
    days = anchors.ItemDays()
    for element in telling:
        yield from _of_element(element, element in hidden, days)
        if element.tag == "option" or _may_call(element):
            yield from _of_calls(element, element in hidden, days, called)
    jump = "link" if root.find(".//a[@href]") is not None else "refresh"
    budget = scripts.SCRIPT_BUDGET
    unknown: list[str] = []
    for text in text_of_scripts:
        yield from _of_script(text[:budget], jump, unknown)
        budget = max(0, budget - len(text))
    for address in _asked_for_items("\n".join(text_of_scripts)):
        yield address, _plain("pager")
    yield from _of_islands(source)
    script = "\n".join(text_of_scripts)
    for href in (
        *pagers.script_pages(script, source, url),
        *patterns.numbered(unknown, script, source, url),
    ):
        yield href, _plain("pager")
    for address, title, day in inline.items(script):
        yield address, Found("", title, "link", False, (dates.parse(day) or "")[:10] or None)


def _of_element(
    element: Element, hidden: bool, days: anchors.ItemDays
) -> Iterator[tuple[str, Found]]:
    get = element.get
    match element.tag:
        case "a" | "area" if get("href") or get("herf"):
            pieces = list(element.itertext())
            rel = "area" if element.tag == "area" else _anchor_rel(element, pieces)
            href = get("href") or get("herf")
            text = anchors.said_by(element, pieces[: anchors.PIECES])
            day = days.of(element, href)
            yield href, Found("", text, rel, hidden, day)
        case "iframe" | "frame" if get("src"):
            yield get("src"), _plain("iframe", hidden)
        case "meta" if (get("http-equiv") or "").strip().lower() == "refresh":
            if match := REFRESH.match((get("content") or "")[:HREF_LIMIT]):
                yield match[2], _plain("refresh")
        case "link":
            yield from _of_link(element)
        case "option" if _PAGE_OPTION.match((get("value") or "")[:HREF_LIMIT].strip()):
            text = anchors.text_of(element)
            rel = "number" if _NUMBER.fullmatch(text) else "link"
            yield get("value"), Found("", text, rel, hidden, None)
        case "script" if get("querydata"):
            if request := pagers.unit_request(get("url") or "", get("querydata")):
                yield request, _plain("pager")
        case "textarea" if inline.is_markup(markup := "".join(element.itertext())):
            yield from fragment_links(markup)
        case "script" if "text/" in (kind := (get("type") or "")) and "javascript" not in kind:
            markup = element.text or ""
            if inline.is_markup(markup) and "<record>" not in markup:
                yield from fragment_links(markup)
    for name in ("data-href", "data-url"):
        if _PAGE_ADDRESS.match((get(name) or "")[:HREF_LIMIT].strip()):
            text = anchors.text_of(element)
            yield get(name), Found("", text, "link", hidden, days.of(element, get(name)))
    if element.tag == "body" and get("onload"):
        for href, link in _of_script(get("onload"), "refresh"):
            yield href, link
    if click := get("onclick"):
        yield from (
            (href, replace(link, hidden=hidden)) for href, link in _of_script(click, "link")
        )


def _may_call(element: Element) -> bool:
    """Whether an element's own script may call a function."""
    href = element.get("href")
    return element.get("onclick") is not None or (
        href is not None and href[:12].lstrip()[:11].lower() == "javascript:"
    )


def _of_calls(
    element: Element, hidden: bool, days: anchors.ItemDays, called: calls.Calls
) -> Iterator[tuple[str, Found]]:
    """Where an element leads that calls a function of the page."""
    if element.tag == "option":
        yield from _of_choice(element, hidden, called)
        return
    href, click = element.get("href") or "", element.get("onclick") or ""
    script = href if href.lstrip()[:11].lower() == "javascript:" else ""
    targets = [*called.of(script), *called.of(click)] if script or click else ()
    if not targets:
        return
    pieces = list(element.itertext())
    rel = _anchor_rel(element, pieces) if element.tag in ("a", "input", "button") else "link"
    text = anchors.said_by(element, pieces[: anchors.PIECES])
    for target in targets:
        yield target, Found("", text, rel, hidden, days.of(element, target))


def _of_choice(option: Element, hidden: bool, called: calls.Calls) -> Iterator[tuple[str, Found]]:
    """Where a select of page numbers leads when an option of it is chosen."""
    parent = option.getparent()
    change = parent.get("onchange") if parent is not None and parent.tag == "select" else None
    value = (option.get("value") or "").strip()
    if not change or not _NUMBER.fullmatch(value):
        return
    for target in called.chosen(change, value):
        yield target, _plain("number", hidden)


def _of_link(element: Element) -> Iterator[tuple[str, Found]]:
    relations = (element.get("rel") or "").lower().split()
    href = element.get("href")
    if href and "next" in relations:
        yield href, _plain("pager")
    elif href and "alternate" in relations and _FEED_TYPE.match(element.get("type") or ""):
        yield href, replace(_plain("feed"), text=element.get("title") or "")


def _of_script(
    text: str, jump: str, unknown: list[str] | None = None
) -> Iterator[tuple[str, Found]]:
    """The links a script writes; what it jumps to and is known in part goes into `unknown`."""
    for link in scripts.told(text):
        if link.tag == "unknown":
            if unknown is not None:
                unknown.append(link.href)
            continue
        if link.tag == "option" and not _PAGE_OPTION.match(link.href):
            continue
        rel = {"jump": jump, "iframe": "iframe", "frame": "iframe", "area": "area"}.get(
            link.tag, "link"
        )
        yield link.href, replace(_plain(rel), text=link.text)


def _asked_for_items(script: str) -> Iterator[str]:
    """Addresses that list scripts of known CMS ask for their items, first page."""
    known = vocab.toml("discover")["api"]["paths"]
    if not any(path in script for path in known):
        return
    with_data = list(pagers.data_requests(script))
    whole = {address.partition("?")[0] for address in with_data}
    for address in (*with_data, *(each for each in scripts.asked(script) if each not in whole)):
        first = _page_hole().sub(r"\g<1>1", address)
        if scripts.HOLE not in first and any(path in first for path in known):
            yield first


def needs_script(root: Element) -> list[str]:
    """Addresses a page's scripts fetch, where the page itself shows no list of links: its items
    appear only in a browser. Empty where the page has three links or more, or fetches nothing.

    Reported, never requested: what they answer is known only to the script.
    """
    shown = [a for a in root.iter("a") if (a.get("href") or "").strip(" #")]
    if len(shown) >= SHELL_LINKS:
        return []
    texts = (element.text or "" for element in root.iter("script"))
    return list(dict.fromkeys(scripts.asked("\n".join(texts))))


def _of_islands(source: str) -> Iterator[tuple[str, Found]]:
    """The items of jcms `<record>` islands, which are HTML inside a script."""
    for record in pagers.records(source):
        yield from fragment_links(record)


def fragment_links(fragment: str) -> Iterator[tuple[str, Found]]:
    """The anchors of a piece of HTML, as written there."""
    parsed = dom.parse(fragment) if "<" in fragment else None
    days = anchors.ItemDays()
    for anchor in parsed.root.iter("a") if parsed else ():
        if href := anchor.get("href"):
            text, day = anchors.text_of(anchor), days.of(anchor, href)
            yield href, Found("", text, "link", False, day)


def _anchor_rel(anchor: Element, pieces: list[str]) -> str:
    text = "".join(pieces)[:20].translate(_BRACKETS).lower()
    if not text:  # a picture or a sign of a font
        text = anchors.said_by(anchor, pieces[: anchors.PIECES])[:20].translate(_BRACKETS).lower()
    if text in _pager_texts() or text.strip(_ARROWS) in _pager_texts():
        return "pager"
    told = f"{anchor.get('rel') or ''} {'' if text else anchor.get('class') or ''}"
    if "next" in told.lower().split():
        return "pager"
    return "number" if _NUMBER.fullmatch(text) else "link"


def described(link: Found, url: str) -> Found:
    """The link with the relation its address shows: a file, a feed, a page of the same thing."""
    path = split(link.url).path
    name = path.rpartition("/")[2]
    if link.rel != "feed" and is_attachment(link.url):
        return replace(link, rel="attachment")
    if link.rel == "link" and _FEED_PATH.fullmatch(name):
        return replace(link, rel="feed")
    if link.rel == "number":
        link = replace(link, rel="pager" if _same_run(url, link.url) else "link")
    if link.rel == "pager" and _continues_article(url, link.url):
        return replace(link, rel="next")
    return link


@lru_cache(maxsize=CACHED)
def is_attachment(url: str) -> bool:
    """Whether an address is a file to keep beside an article, not a page to read links from."""
    path = url.partition("#")[0].lower().partition("?")[0]
    if any(part in path for part in vocab.toml("discover")["attachment"]["paths"]):
        return True
    name = path.rpartition("/")[2]
    return "." in name and name.rpartition(".")[2] in _extensions()


def _same_run(url: str, target: str) -> bool:
    """Whether two addresses are numbered pages of one list: same folder and same stem, or the
    same path with another page number in the query."""
    here, there = split(url), split(target)
    if here.path == there.path:
        return pagers.page_parameter(target) is not None
    folder, name = _folder_and_stem(here.path)
    other_folder, other = _folder_and_stem(there.path)
    return other_folder.startswith(folder) and (
        name == other or not name or other.isdigit() or _are_glued(name, other)
    )


def _are_glued(name: str, other: str) -> bool:
    """Whether two names differ in the number at their end alone: p1 and p3."""
    one, two = _GLUED.fullmatch(name), _GLUED.fullmatch(other)
    return one is not None and two is not None and one[1] == two[1]


def _folder_and_stem(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, _SUFFIX.sub("", name.partition(".")[0])


def _continues_article(url: str, target: str) -> bool:
    """Whether a "next page" belongs to an article: an address with a day or an article's number,
    continued by `_2` or `-2`."""
    path, other = split(url).path, split(target).path
    if path == other or not _ARTICLE_NAME.search(path):
        return False
    stem, further = (each.rpartition(".")[0] or each for each in (path, other))
    if _SUFFIX.sub("", further) == stem:
        return True
    first = _SUFFIX.sub("", stem)  # here is page 2 already
    return first == _SUFFIX.sub("", further) and not _DAY_ALONE.search(first)


def _merged(first: Found, second: Found) -> Found:
    return Found(
        first.url,
        first.text or second.text,
        min(first.rel, second.rel, key=_RANK.index),
        first.hidden and second.hidden,
        first.list_date or second.list_date,
    )


def _plain(rel: str, hidden: bool = False) -> Found:
    return Found("", "", rel, hidden, None)


def _base(root: Element, url: str) -> str:
    """The address links are relative to: `<base href>` where the page has a usable one."""
    for element in root.iter("base"):
        if element.get("href"):
            return join(url, element.get("href")) or url
    return url


@cache
def _page_hole() -> re.Pattern[str]:
    """The place of an unknown page number in a query."""
    names = "|".join(vocab.toml("discover")["pager"]["parameters"])
    return re.compile(rf"([?&](?:{names})=){scripts.HOLE}", re.IGNORECASE)


@cache
def _pager_texts() -> frozenset[str]:
    return frozenset(vocab.toml("discover")["pager"]["texts"])


@cache
def _extensions() -> frozenset[str]:
    return frozenset(vocab.toml("discover")["attachment"]["extensions"])
