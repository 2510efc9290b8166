"""HTML source to one lxml tree, without the losses lxml makes by itself.

Measured with lxml 6.1.3 / libxml2 2.14 (knowledge from reliability tests): text after the first
`</html>` is lost, one reference such as `&#12;` or a NUL empties the document, nesting deeper
than 256 levels is dropped unless huge_tree is set. So: what the parser cannot hold is replaced
before parsing, premature closers are taken out and their place is marked, and a limit that was
hit all the same is reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

Element = Any  # lxml ships no types; elements, comments and processing instructions

_CLOSER = re.compile(rb"</\s*(?:html|body)\s*>", re.IGNORECASE)
_COUNT = etree.XPath("count(//*)")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32)))
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));?")

# `<!--主体开始-->` read in the wrong encoding and saved loses half of its end: `<!--涓讳綋寮€濮?->`.
# Left alone it hides the rest of the page (seen on one page of 1,464, 2026-11: 48 of 58 links).
_TORN_COMMENT = re.compile(r"<!--[^\n<>]{1,60}[?\ufffd]->")

# Elements of one page that are read: 25 to 50 microseconds each. Largest of 657 real pages: 4,830
# (2026-11); a table of 10,000 rows and ten columns has fewer.
ELEMENTS = 120_000
_IMPLIED = 4  # html, head, body and a first paragraph

END_MARK = "fangzhi:end-of-html"  # comment left where the first </html> stood


@dataclass(frozen=True, slots=True)
class Dom:
    """A parsed page. `limited` names the parser limit that was hit, or is None."""

    root: Element
    limited: str | None
    signs: int  # the source has no more `<` that begin a tag: no tree has two elements for each


def parse(source: str) -> Dom | None:
    """Parse HTML source; `None` when there is no element in it at all.

    The tree holds everything the source holds, also what follows a premature `</html>`;
    the place of the first `</html>` that text follows is kept as a comment `END_MARK`.
    """
    # Not the parser of lxml.html: its classes add what nothing here asks, and cost time at every element.
    parser = etree.HTMLParser(huge_tree=True, encoding="utf-8")
    data = _as_parsed(source)
    if not data or data.isspace():
        return None
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    limits = [e for e in parser.error_log if "limit" in e.type_name.lower() or "depth" in e.message]
    signs = len(data) // 2  # with what follows it; where these are too many, they are counted
    if 2 * (signs + _IMPLIED) > ELEMENTS:
        signs = data.count(b"<")
    return Dom(root, limits[0].message.strip() if limits else None, signs)


def is_too_large(parsed: Dom) -> bool:
    """Whether the tree has more elements than are read. They are counted only where the source has
    signs enough: a tag makes one element, and the parser puts at most a paragraph behind it."""
    return 2 * (parsed.signs + _IMPLIED) > ELEMENTS and bool(_COUNT(parsed.root) > ELEMENTS)


def drop(element: Element) -> None:
    """Take an element out of its tree with all it holds; the text behind it stays."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail and before is None:
        parent.text = (parent.text or "") + element.tail
    elif element.tail:
        before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def selected(root: Element, selector: str) -> list[Element]:
    """The elements a CSS selector finds, in document order."""
    return list(_selector(selector)(root))


@lru_cache(maxsize=256)
def _selector(selector: str) -> Any:
    from lxml.cssselect import CSSSelector  # only where a site definition names elements

    return CSSSelector(selector, translator="html")


def _as_parsed(source: str) -> bytes:
    """The source as the parser can hold it, in UTF-8."""
    if declaration := _XML_DECLARATION.match(source):
        source = source[declaration.end() :]
    if "?->" in source or ("\ufffd" in source and "\ufffd->" in source):
        source = _TORN_COMMENT.sub("", source)
    data = _encoded(source)
    if data is None:
        source = _FORBIDDEN.sub("\ufffd", source)
        data = source.encode()
    blank = source[len(source.rstrip()) :]
    return _one_document(_REFERENCE.sub(_reference, data), len(blank.encode()))


def _encoded(source: str) -> bytes | None:
    """The source in UTF-8; `None` where it holds a forbidden character, which its bytes tell ten times
    as fast as a pattern."""
    try:
        data = source.encode()
    except UnicodeEncodeError:
        return None
    bare = len(data.translate(None, _CONTROLS)) == len(data)
    return data if bare and "\ufffe" not in source and "\uffff" not in source else None


def _reference(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code > 0x10FFFF or (code < 0x10000 and _FORBIDDEN.match(chr(code))):
        return "\ufffd".encode()
    return match[0]


def _one_document(data: bytes, blank: int) -> bytes:
    """The source without closers that text follows; its last `blank` bytes are none."""
    closers = [m for m in _CLOSER.finditer(data) if m.end() < len(data) - blank]
    if not closers:
        return data
    pieces, read, marked = [], 0, False
    for match in closers:
        pieces.append(data[read : match.start()])
        if not marked and b"html" in match[0].lower():
            pieces.append(f"<!--{END_MARK}-->".encode())
            marked = True
        read = match.end()
    pieces.append(data[read:])
    return b"".join(pieces)
