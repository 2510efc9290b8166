"""A page as lines of visible text in document order, and which lines each element holds.

One walk without recursion. A line ends where a block begins or ends and at `<br>`; a data table
gives one line per row, its cells set apart by tabs. What stands outside is not text: scripts,
styles, form controls, hidden parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree

from archive import writing
from archive.page import dom, tables
from archive.page.dom import Element
from archive.page.elements import HOLDS_BLOCKS, INLINE, SILENT, names_attachment
from archive.page.nodes import Nodes
from archive.page.tables import squeeze

# What a walk does with a node; all others are inline: only their text matters.
_BLOCK, _LINK, _IMAGE, _TABLE, _COMMENT, _LEFT_OUT = range(1, 7)
_KINDS: dict[Any, int] = {
    **dict.fromkeys(("html", "body", "div", "p", "ul", "li", "tr", "td", "tbody", "br"), _BLOCK),
    **dict.fromkeys(INLINE, 0),
    **dict.fromkeys(SILENT, _LEFT_OUT),
    "a": _LINK,
    "img": _IMAGE,
    "table": _TABLE,
    etree.Comment: _COMMENT,
    etree.PI: _LEFT_OUT,
    etree.Entity: _LEFT_OUT,
}

# Of one page: 100 and 3 microseconds each (2026-11), so that a page takes seconds at most.
LINES = 120_000
CHARACTERS = 2_000_000  # in lines
_REMEMBERED = 200  # characters; longer texts are not kept
_ENTRY = 120  # characters; a link with a day beside it is shorter


@dataclass(slots=True)
class Line:
    """One run of text between two block borders."""

    text: str
    han: int
    linked: int  # characters of it inside links
    element: Element  # nearest block element
    file: bool = False  # holds a link to an attachment
    noisy: bool = False  # stands in a part of the page that is named like its frame
    # What is asked of a line many times, kept by who answers it.
    link: bool | None = field(default=None, compare=False, repr=False)
    good: bool | None = field(default=None, compare=False, repr=False)
    worth: float | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True)
class Flow:
    """The lines of a page; `spans` gives the lines [first, last) of every block element."""

    lines: list[Line] = field(default_factory=list)
    spans: dict[Element, tuple[int, int]] = field(default_factory=dict)
    comments: list[tuple[str, int]] = field(default_factory=list)  # text, line it stands before
    places: dict[Element, int] = field(default_factory=dict)  # link or picture: line it stands in
    names: dict[Element, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    cut: bool = False  # a limit was hit

    def named(self, element: Element) -> tuple[str, Mapping[str, str]]:
        """Tag and attributes of an element that has a span."""
        return self.names.get(element) or (element.tag, element.attrib)


def flow(
    nodes: Nodes,
    *,
    is_body: Callable[[Element], bool] | None = None,
    hidden: bool = False,
) -> Flow:
    """The lines of the tree. `hidden` reads also what is not shown.

    What `is_body` names is read even when hidden: apps show their article by script.
    """
    return _Walk(nodes, is_body, hidden).run()


_DAY = re.compile(
    r"[\[(（]?\s*(?:(?:19|20)?\d\d\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?(?:\s+\d\d:\d\d(?::\d\d)?)?\s*[\])）]?"
)


def is_link(line: Line) -> bool:
    """True for a line that is a link, but for a day beside it."""
    if line.link is None:
        line.link = _is_link(line)
    return line.link


def _is_link(line: Line) -> bool:
    if not line.linked:
        return False
    size = len(line.text)
    if line.linked * 2 > size:
        return True
    if size >= _ENTRY:
        return False
    day = _DAY.match(line.text) or next(iter(reversed(list(_DAY.finditer(line.text)))), None)
    return day is not None and line.linked * 2 > size - len(day[0])


def han(text: str) -> int:
    """Number of Han characters, and of what is as much in another script."""
    return writing.count(text)


class _Walk:
    """One walk over the nodes; `kinds` says for each what it does to the lines."""

    def __init__(
        self, nodes: Nodes, is_body: Callable[[Element], bool] | None, hidden: bool
    ) -> None:
        self.nodes = nodes
        self.kinds = _kinds(nodes)
        if not hidden:
            for at in _unseen(nodes, is_body):
                self.kinds[at] = _LEFT_OUT
        self.flow = Flow()
        self.lines, self.spans = self.flow.lines, self.flow.spans
        self.pieces: list[str] = []
        self.linked = 0
        self.links = 0
        self.file = False
        self.blank = False  # blanks stand in the line at hand, though no text yet
        self.size = 0
        self.stack: list[tuple[Element, int]] = []  # open blocks and the line each begins with
        self.preformatted = 0

    def run(self) -> Flow:
        nodes, kinds, pieces = self.nodes, self.kinds, self.pieces
        steps, texts, tails = nodes.steps, nodes.texts, nodes.tails
        place, last = 0, len(steps)
        while place < last and not self.flow.cut:
            at = steps[place]
            place += 1
            if at >= 0:
                kind, text = kinds[at], texts[at]
                if kind == _BLOCK:
                    self._open(at)
                elif kind and not self._start(at, kind):
                    place = nodes.closes[at]
                    continue
            else:
                kind, text = kinds[~at], tails[~at]
                if kind == _BLOCK:
                    self._close()
                elif kind == _LINK:
                    self.links -= _leads(nodes.attributes[~at])
            if not text:
                continue
            if self.preformatted and "\n" in text:
                self._add_lines(text)
            elif pieces or not text.isspace():
                pieces.append(text)
                if self.links:
                    self.linked += len(text.strip())
            else:
                self.blank = True
        self._flush()
        while self.stack:
            self._close()
        _forget_unclosed_link(self.flow.lines)
        return self.flow

    def _open(self, at: int) -> None:
        if self.pieces or self.blank:
            self._flush()
        element, tag = self.nodes.elements[at], self.nodes.tags[at]
        self.stack.append((element, len(self.lines)))
        self.flow.names[element] = tag, self.nodes.attributes[at]
        if tag == "pre":
            self.preformatted += 1

    def _close(self) -> None:
        if self.pieces or self.blank:
            self._flush()
        element, first = self.stack.pop()
        self.spans[element] = (first, len(self.lines))
        if self.preformatted and element.tag == "pre":
            self.preformatted -= 1

    def _start(self, at: int, kind: int) -> bool:
        """Take note of the beginning of a node that is no block; False when what it holds is not read."""
        element = self.nodes.elements[at]
        if kind == _TABLE:
            return self._starts_layout(at, element)
        if kind == _LINK:
            attributes = self.nodes.attributes[at]
            self.links += _leads(attributes)
            self._place(element)
            self.file = self.file or names_attachment(attributes)
        elif kind == _IMAGE:
            self._place(element)
        elif kind == _COMMENT:
            self._comment(element.text)
        return kind < _COMMENT

    def _starts_layout(self, at: int, table: Element) -> bool:
        """Read a table of data; one that lays out the page is a block like any other."""
        rows = tables.rows(self.nodes, at)
        self.kinds[at] = _BLOCK if rows is None else _LEFT_OUT
        self._open(at)
        if rows is None:
            return True
        for inner in table.iterdescendants("a", "img"):
            self._place(inner)
        for text, linked in rows:
            if not self.flow.cut:
                self._line(text, han(text), linked)
        self._close()
        return False

    def _place(self, element: Element) -> None:
        if len(self.flow.places) < LINES:
            self.flow.places[element] = len(self.flow.lines)

    def _comment(self, text: str | None) -> None:
        if text and len(text) < 200:
            text = text.strip()
            if "ontent" in text or "信息内容" in text or text == dom.END_MARK:
                self._flush()
                self.flow.comments.append((text, len(self.flow.lines)))

    def _add_lines(self, text: str) -> None:
        """Add text whose line ends are the page's own."""
        for piece in text.split("\n"):
            self.pieces.append(piece)
            self.linked += len(piece.strip()) if self.links else 0
            self._flush()

    def _flush(self) -> None:
        if self.pieces:
            raw = "".join(self.pieces)
            read = _measured if len(raw) <= _REMEMBERED else _measured.__wrapped__
            text, count = read(raw)
            if text:
                self._line(text, count, self.linked, self.file)
            self.pieces.clear()
            self.linked, self.blank = 0, True
        if self.blank:
            self.blank, self.file = False, self.file and self.links > 0

    def _line(self, text: str, count: int, linked: int, file: bool = False) -> None:
        element, size = self.stack[-1][0] if self.stack else self.nodes.root, len(text)
        self.lines.append(Line(text, count, linked if linked < size else size, element, file))
        self.size += size
        self.flow.cut = len(self.lines) >= LINES or self.size > CHARACTERS


@lru_cache(maxsize=4096)  # the frame of a site repeats from page to page
def _measured(raw: str) -> tuple[str, int]:
    """A text squeezed, and its Han characters."""
    text = squeeze(raw)
    return text, han(text)


def _kinds(nodes: Nodes) -> list[int]:
    """What each node does to the lines."""
    tags = nodes.tags
    kinds = [_kind(tag) if (kind := _KINDS.get(tag)) is None else kind for tag in tags]
    for at in nodes.named(*HOLDS_BLOCKS):
        parent = nodes.parents[at]  # <font><p>…</p></font>: the font breaks lines as well
        if tags[parent] in INLINE and tags[parent] != "a":
            kinds[parent] = _BLOCK
    return kinds


def _kind(tag: str) -> int:
    return 0 if ":" in tag else _BLOCK  # <o:p> is inline, an unknown element a block


def _unseen(nodes: Nodes, is_body: Callable[[Element], bool] | None) -> Iterator[int]:
    """The nodes that hide themselves and are not read all the same."""
    for at in nodes.hidden:
        shown = nodes.tags[at] in ("html", "body")
        if not shown and (is_body is None or not is_body(nodes.elements[at])):
            yield at


def _leads(anchor: Mapping[str, str]) -> bool:
    """Whether an `<a>` is a link; `<a name=…>` is a place, and often never closed."""
    return "href" in anchor or "name" not in anchor


def _forget_unclosed_link(lines: list[Line]) -> None:
    """Where all sentences of a page stand inside links, one was never closed: nothing is a link."""
    sentences = [x for x in lines if x.han > 20 and x.text.endswith(("。", "！", "？"))]
    if len(sentences) > 2 and all(line.linked > 0.9 * len(line.text) for line in sentences):
        for line in lines:
            line.linked = 0
