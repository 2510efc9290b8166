"""The visible blocks of a page in document order, each with the element it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "tr",
        "ul",
        "ucaptitle",
        "ucapcontent",
        "publishtime",
    ]
)
_SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "iframe",
        "select",
        "option",
        "button",
        "textarea",
        "template",
        "head",
        "title",
        "svg",
        "object",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "ucaptitle"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_PLAIN = 0.2  # of a block may stand outside its links and it still is a link: ·, date, count
_LONGEST = 4000  # characters kept of one block: more than any line read here needs


@dataclass(frozen=True, slots=True)
class Block:
    """One run of text between two block borders."""

    text: str
    tag: str  # of the nearest block element
    linked: bool  # stands wholly inside links


def visible_blocks(root: Any) -> list[Block]:
    """Every block of text a reader sees; scripts, forms' choices and hidden parts left out.

    Walks without recursion, so depth costs nothing.
    """
    reader = _Reader(root)
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            if not reader.open(element):
                walker.skip_subtree()
        elif event == "end":
            reader.close(element)
        elif tail := element.tail:
            reader.add(tail)
    reader.flush()
    return reader.blocks


class _Reader:
    """Gathers text between the borders of block elements; lives for one walk."""

    def __init__(self, root: Any) -> None:
        self.blocks: list[Block] = []
        self._root = root
        self._open: list[tuple[Any, str]] = []  # block elements with their tags
        self._left_out = False  # the element at hand is not read
        self._links = 0
        self._pieces: list[str] = []
        self._size = self._linked = 0

    def open(self, element: Any) -> bool:
        """Take note of a start tag; False when its content is not to be read."""
        tag = element.tag
        if tag in _SILENT or _is_hidden(element, tag):
            if tag == "script" and (written := written_by(element.text or "")):
                self.add(written)
            self._left_out = True
            return False
        if tag in _BLOCKS and not self._separates_words(tag):
            self.flush()
            self._open.append((element, tag))
        elif tag == "a":
            self._links += 1
        if text := " " if tag == "br" else element.text:
            self.add(text)
        return True

    def close(self, element: Any) -> None:
        """Take note of an end tag and of the text behind it."""
        if self._left_out:
            self._left_out = False
        elif self._open and self._open[-1][0] is element:
            self.flush()
            self._open.pop()
        elif element.tag == "a":
            self._links -= 1
        if (tail := element.tail) and element is not self._root:
            self.add(tail)

    def _separates_words(self, tag: str) -> bool:
        """True for a line end inside a heading, which does not end it."""
        return tag == "br" and bool(self._open) and self._open[-1][1] in _HEADINGS

    def add(self, text: str) -> None:
        """Add text to the block at hand."""
        if self._size >= _LONGEST:
            return
        self._size += len(text)
        if self._pieces or not text.isspace():
            self._pieces.append(text)
            if self._links:
                self._linked += len(text.strip())

    def flush(self) -> None:
        """End the block at hand."""
        if self._pieces:
            text = _SPACES.sub(" ", "".join(self._pieces).strip())
            tag = self._open[-1][1] if self._open else self._root.tag
            linked = len(text) - self._linked < _PLAIN * len(text)
            self.blocks.append(Block(text, tag, linked))
            self._pieces.clear()
        self._size = self._linked = 0


_LITERAL = re.compile(
    r"""(?:var|let|const)\s+(\w{1,30})\s*=\s*(?:'([^'\n]{0,80})'|"([^"\n]{0,80})")"""
)
_WRITE = re.compile(r"document\.write(?:ln)?\(([^\n]{1,300}?)\)\s*(?:;|\n|}|\Z)")
_TERM = re.compile(r"""'([^']*)'|"([^"]*)"|(\w+)""")
_LONGEST_SCRIPT = 1500  # characters; what writes a date or a source is short, lists are long


def written_by(script: str) -> str:
    """The text a short script writes in its place from its own string literals.

    >>> written_by("var wzly='县人社局'; if(wzly!=''){document.write('来源：'+wzly+'&emsp;');}")
    ' 来源：县人社局 '

    Templates of TRS print date and source so. Nothing is run: literals are joined, and a write
    that needs anything else, or an empty literal, is left out.
    """
    if len(script) > _LONGEST_SCRIPT or "document.write" not in script:
        return ""
    known = {name: one or two for name, one, two in _LITERAL.findall(script)}
    out = []
    for expression in _WRITE.findall(script):
        terms = [one or two or known.get(name, "") for one, two, name in _TERM.findall(expression)]
        named = any(name in known for _, _, name in _TERM.findall(expression))
        if named and all(terms) and not re.search(r"[()]", re.sub(_TERM, "", expression)):
            out.append(re.sub(r"<[^>]*>|&(?:emsp|nbsp|ensp);?", " ", "".join(terms)))
    return f" {' '.join(out)} ".replace("  ", " ") if out else ""


def _is_hidden(element: Any, tag: str) -> bool:
    if tag in ("html", "body"):
        return False
    style = element.get("style")
    return bool(style and _HIDDEN.search(style)) or element.get("hidden") is not None
