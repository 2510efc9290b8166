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
from typing import Any

from lxml import etree
from lxml import html as lxml_html

Element = Any  # lxml ships no types; elements, comments and processing instructions

_CLOSER = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
_COUNT = etree.XPath("count(//*)")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32)))
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));?")

# `<!--主体开始-->` read in the wrong encoding and saved loses half of its end: `<!--涓讳綋寮€濮?->`.
# Left alone it hides the rest of the page (seen on one page of 1,464, 2026-11: 48 of 58 links).
_TORN_COMMENT = re.compile(r"<!--[^\n<>]{1,60}[?\ufffd]->")

# lxml.html picks the class of every element in Python, each time a walk meets it: a tenth of all
# the time of a page (2026-11). Nothing here needs its classes for forms and their fields.
_CLASSES = etree.ElementDefaultClassLookup(
    element=lxml_html.HtmlElement,
    comment=lxml_html.HtmlComment,
    pi=lxml_html.HtmlProcessingInstruction,
    entity=lxml_html.HtmlEntity,
)

# Elements of one page that are read: 25 to 50 microseconds each. Largest of 657 real pages: 4,830
# (2026-11); a table of 10,000 rows and ten columns has fewer.
ELEMENTS = 120_000

END_MARK = "fangzhi:end-of-html"  # comment left where the first </html> stood


@dataclass(frozen=True, slots=True)
class Dom:
    """A parsed page. `limited` names the parser limit that was hit, or is None."""

    root: Element
    limited: str | None


def parse(source: str) -> Dom | None:
    """Parse HTML source; `None` when there is no element in it at all.

    The tree holds everything the source holds, also what follows a premature `</html>`;
    the place of the first `</html>` that text follows is kept as a comment `END_MARK`.
    """
    parser = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
    parser.set_element_class_lookup(_CLASSES)
    data = _one_document(_storable(source)).encode("utf-8", "replace")
    if not data.strip():
        return None
    try:
        root = lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    limits = [e for e in parser.error_log if "limit" in e.type_name.lower() or "depth" in e.message]
    return Dom(root, limits[0].message.strip() if limits else None)


def is_too_large(parsed: Dom) -> bool:
    """Whether the tree has more elements than are read."""
    return bool(_COUNT(parsed.root) > ELEMENTS)


def _storable(source: str) -> str:
    if declaration := _XML_DECLARATION.match(source):
        source = source[declaration.end() :]
    source = _TORN_COMMENT.sub("", source)
    if _holds_forbidden(source):
        source = _FORBIDDEN.sub("\ufffd", source)
    return _REFERENCE.sub(_reference, source)


def _holds_forbidden(source: str) -> bool:
    """Whether the source holds a forbidden character; its bytes tell ten times as fast as a pattern."""
    try:
        data = source.encode()
    except UnicodeEncodeError:
        return True
    none = data.translate(None, _CONTROLS)
    return len(none) < len(data) or "\ufffe" in source or "\uffff" in source


def _reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code > 0x10FFFF or (code < 0x10000 and _FORBIDDEN.match(chr(code))):
        return "\ufffd"
    return match[0]


def _one_document(source: str) -> str:
    closers = [m for m in _CLOSER.finditer(source) if source[m.end() :].strip()]
    if not closers:
        return source
    pieces, read, marked = [], 0, False
    for match in closers:
        pieces.append(source[read : match.start()])
        if not marked and "html" in match[0].lower():
            pieces.append(f"<!--{END_MARK}-->")
            marked = True
        read = match.end()
    pieces.append(source[read:])
    return "".join(pieces)
