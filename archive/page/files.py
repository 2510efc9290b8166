"""The files and pictures that belong to an article, as links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urljoin, urlsplit

from archive import vocab
from archive.model import Link
from archive.page.dom import Element
from archive.page.flow import Flow
from archive.page.nodes import Nodes
from archive.page.tables import squeeze
from archive.text import linerules

_PICTURES = frozenset(["jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff", "svg"])
_NO_FILES = _PICTURES | frozenset(["css", "js", "ico", "exe", "apk", "swf"])
BELOW = 12  # lines below the text in which attachments are named; templates use one to four
_ATTACHED = re.compile(r"\s*[【\[]?\s*(?:附\s*件|附\s*表|相关附件|附件下载|下载附件)")
_MANY = 500  # links of one kind kept for one article
_LONGEST = 2000  # characters of a URL; longer ones are inline data


_TEMPLATE = re.compile(
    r"/(?:images?|imgs?|pictures?|pics?|skins?|static|styles?|css|themes?|templates?|icons?|common|assets|dist)/[^/]+$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d{4}")


def attachments(elements: Iterable[Element], base: str | None) -> tuple[Link, ...]:
    """The downloads among the links, by ending or by the address of a download script."""
    found: dict[str, Link] = {}
    for anchor in elements:
        link = _attachment(anchor, base) if anchor.tag == "a" else None
        if link and len(found) < _MANY:
            found.setdefault(link.url, link)
    return tuple(found.values())


def images(elements: Iterable[Element], base: str | None) -> tuple[Link, ...]:
    """The pictures among the elements; icons of file types and inline data left out."""
    found: dict[str, Link] = {}
    for image in elements:
        source = _source(image) if image.tag == "img" else ""
        if not source or _is_icon(image, source) or len(found) >= _MANY:
            continue
        url = _absolute(source, base)
        name = squeeze(image.get("alt") or image.get("title") or "")[:200]
        found.setdefault(url, Link(url, name, _ending(url)))
    return tuple(found.values())


def without_templates(pictures: tuple[Link, ...]) -> tuple[Link, ...]:
    """Pictures without those of the site's own design: /images/line.png, /Picture/red.png.

    Asked where nothing but the place tells an article's picture. What was uploaded carries a day
    or a number in its address.
    """
    return tuple(p for p in pictures if not _TEMPLATE.search(p.url) or _NUMBERED.search(p.url))


def places(flow: Flow, ranges: Sequence[tuple[int, int]]) -> list[Element]:
    """The links and pictures that stand between the lines of the ranges, or close below them.

    Below means: before the next line, inside the smallest element that holds the range.
    """
    kept = []
    for first, last in ranges:
        around = _holder(flow, first, last)
        for element, at in flow.places.items():
            if first <= at < last or (at == last and _is_inside(element, around)):
                kept.append(element)
    return kept


def named_below(flow: Flow, ranges: Sequence[tuple[int, int]]) -> list[Element]:
    """The links of the lines close below the text that say they are attachments.

    Many templates put 附件 outside the body's container, before or after the editor's line. Only
    lines that begin with the word or are a file's name count, so a list of other notices with
    files does not; the cost is a file whose line says neither.
    """
    last = max((last for _, last in ranges), default=len(flow.lines))
    told = {
        at
        for at in range(last, min(last + BELOW, len(flow.lines)))
        if _ATTACHED.match(flow.lines[at].text) or linerules.names_file(flow.lines[at].text)
    }
    return [element for element, at in flow.places.items() if at in told]


def _holder(flow: Flow, first: int, last: int) -> Element | None:
    """The smallest element that holds more than one line of [first, last), and all of them."""
    element: Element = flow.lines[first].element if first < len(flow.lines) else None
    while element is not None:
        held = flow.spans.get(element)
        if held and held[0] <= first and held[1] >= last and element.tag not in ("p", "span"):
            return element
        element = element.getparent()
    return None


def _is_inside(element: Element, around: Element | None) -> bool:
    return around is not None and any(parent is around for parent in element.iterancestors())


def _attachment(anchor: Element, base: str | None) -> Link | None:
    """The file a link leads to, if any.

    TRS keeps the name of the file, which lies beside the page, in `oldsrc`; saved copies whose
    links were made dead still hold it (291 links of the saved trees).
    """
    href = (anchor.get("href") or "").strip()
    if not href or href.lower().startswith("javascript:"):
        href = (anchor.get("oldsrc") or "").strip()
    if not href or len(href) > _LONGEST or href.lower().startswith(("#", "mailto:")):
        return None
    name = squeeze("".join(anchor.itertext()))[:200] or squeeze(anchor.get("title") or "")[:200]
    ending = _ending(href)
    lower = href.lower()
    if ending in _extensions() - _NO_FILES:
        return Link(_absolute(href, base), name, ending)
    if any(path in lower for path in vocab.toml("discover")["attachment"]["paths"]):
        return Link(_absolute(href, base), name, _named_ending(href) or _ending(name))
    if _ending(name) in _extensions() - _NO_FILES:  # 方案.doc behind download?id=7
        return Link(_absolute(href, base), name, _ending(name))
    return None


@cache
def _extensions() -> frozenset[str]:
    return frozenset(vocab.toml("discover")["attachment"]["extensions"])


def _named_ending(href: str) -> str:
    """The ending of a file name in the query: `downfile.jsp?filename=2109.pdf`."""
    values = (value for _, value in parse_qsl(_split_query(href)))
    return next((e for e in map(_ending, values) if e in _extensions()), "")


def _split_query(href: str) -> str:
    return href.partition("?")[2]


@lru_cache(maxsize=1024)  # pictures of the frame stand on every page
def _ending(address: str) -> str:
    path = re.split(r"[?#]", address)[0]
    return PurePosixPath(path).suffix.lower().lstrip(".")[:8]


def _source(image: Element) -> str:
    """Where the picture is: lazy loaders keep the true address beside `src`."""
    names = ("data-src", "data-original", "data-echo", "original", "src")
    values = ((image.get(name) or "").strip() for name in names)
    return next((v for v in values if v and not v.startswith("data:") and len(v) <= _LONGEST), "")


def _is_icon(image: Element, source: str) -> bool:
    """Icons of file types, spacers, dots: named so, or under 40 pixels."""
    sizes = (re.match(r"\d{1,4}(?=(?:px)?\s*$)", image.get(n) or "") for n in ("width", "height"))
    small = any(size and int(size[0]) < 40 for size in sizes)
    return small or bool(re.search(r"/icons?[\d_/]|/ico[_/.]|file_?type|spacer|blank\.gif", source))


def _absolute(href: str, base: str | None) -> str:
    href = re.sub(r"[\t\r\n]", "", href)
    if not base:
        return href
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def base_of(nodes: Nodes, url: str | None) -> str | None:
    """The address that relative links of the page start from."""
    if urlsplit(url or "").scheme not in ("http", "https"):
        return url
    named = nodes.named("base")[:1]
    href = "".join(nodes.attributes[at].get("href", "") for at in named).strip()
    if href:
        joined = _absolute(href, url)
        return joined if joined.startswith(("http://", "https://")) else url
    return url
