"""A page as lines of visible text in document order, and which lines each element holds.

One walk without recursion. A line ends where a block begins or ends and at `<br>`; a data table
gives one line per row, its cells set apart by tabs. What stands outside is not text: scripts,
styles, form controls, hidden parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from archive import dom, tables
from archive.dom import Element
from archive.elements import SILENT, is_block, is_hidden, names_attachment
from archive.tables import squeeze

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
# What may be hidden: XPath knows no case, so the letters of the two words are made small.
_STYLED = etree.XPath(
    "descendant-or-self::*[@hidden or @style["
    "contains(translate(., 'NOEHID', 'noehid'), 'none')"
    " or contains(translate(., 'NOEHID', 'noehid'), 'hidden')]]"
)

# Of one page: 100 and 3 microseconds each (2026-11), so that a page takes seconds at most.
LINES = 120_000
CHARACTERS = 2_000_000


@dataclass(slots=True)
class Line:
    """One run of text between two block borders."""

    text: str
    han: int
    linked: int  # characters of it inside links
    element: Element  # nearest block element
    file: bool = False  # holds a link to an attachment
    noisy: bool = False  # stands in a part of the page that is named like its frame


@dataclass(slots=True)
class Flow:
    """The lines of a page; `spans` gives the lines [first, last) of every block element."""

    lines: list[Line] = field(default_factory=list)
    spans: dict[Element, tuple[int, int]] = field(default_factory=dict)
    comments: list[tuple[str, int]] = field(default_factory=list)  # text, line it stands before
    places: dict[Element, int] = field(default_factory=dict)  # link or picture: line it stands in
    cut: bool = False  # a limit was hit


def flow(
    root: Element,
    *,
    is_body: Callable[[Element], bool] | None = None,
    hidden: bool = False,
) -> Flow:
    """The lines of the tree. `hidden` reads also what is not shown.

    What `is_body` names is read even when hidden: apps show their article by script.
    """
    return _Walk(root, is_body, hidden).run()


_DAY = re.compile(
    r"[\[(（]?\s*(?:(?:19|20)?\d\d\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?(?:\s+\d\d:\d\d(?::\d\d)?)?\s*[\])）]?"
)


def is_link(line: Line) -> bool:
    """True for a line that is a link, but for a day beside it."""
    if not line.linked:
        return False
    size = len(line.text)
    if line.linked * 2 > size:
        return True
    day = _DAY.match(line.text) or next(iter(reversed(list(_DAY.finditer(line.text)))), None)
    return day is not None and size < 120 and line.linked * 2 > size - len(day[0])


def han(text: str) -> int:
    """Number of Han characters."""
    return sum(map(len, _HAN.findall(text)))


class _Walk:
    def __init__(
        self,
        root: Element,
        is_body: Callable[[Element], bool] | None,
        hidden: bool,
    ) -> None:
        self.root = root
        self.is_body = is_body
        self.styled = frozenset() if hidden else frozenset(_STYLED(root))
        self.flow = Flow()
        self.pieces: list[str] = []
        self.linked = 0
        self.links = 0
        self.file = False
        self.size = 0
        self.stack: list[tuple[Element, int]] = []  # open blocks and the line each begins with
        self.preformatted = 0

    def run(self) -> Flow:
        walker = etree.iterwalk(self.root, events=("start", "end", "comment", "pi"))
        skipped: Element = None
        for event, element in walker:
            if self.flow.cut:
                break
            if event == "start":
                if element.tag in SILENT or (element in self.styled and self._is_unseen(element)):
                    skipped = element
                elif element.tag == "table" and (rows := tables.rows(element)) is not None:
                    self._table(element, rows)
                    skipped = element
                else:
                    self._start(element)
                    continue
                walker.skip_subtree()
                continue
            if event != "end":
                self._comment(element)
            elif element is not skipped:
                self._end(element)
            if element is not self.root and (tail := element.tail):
                self._add(tail)
        self._flush()
        while self.stack:
            element, first = self.stack.pop()
            self.flow.spans[element] = (first, len(self.flow.lines))
        _forget_unclosed_link(self.flow.lines)
        return self.flow

    def _start(self, element: Element) -> None:
        tag = element.tag
        if is_block(element):
            self._flush()
            self.stack.append((element, len(self.flow.lines)))
            self.preformatted += tag == "pre"
        elif tag == "a":
            self.links += _leads(element)
            self._place(element)
            self.file = self.file or names_attachment(element)
        elif tag == "img":
            self._place(element)
        if text := element.text:
            self._add(text)

    def _place(self, element: Element) -> None:
        if len(self.flow.places) < LINES:
            self.flow.places[element] = len(self.flow.lines)

    def _end(self, element: Element) -> None:
        if self.stack and self.stack[-1][0] is element:  # so it is a block
            self._flush()
            self.flow.spans[element] = (self.stack.pop()[1], len(self.flow.lines))
            self.preformatted -= element.tag == "pre"
        elif element.tag == "a":
            self.links -= _leads(element)

    def _is_unseen(self, element: Element) -> bool:
        if element.tag in ("html", "body") or not is_hidden(element):
            return False
        return self.is_body is None or not self.is_body(element)

    def _comment(self, element: Element) -> None:
        if element.text and len(element.text) < 200 and element.tag is etree.Comment:
            text = element.text.strip()
            if "ontent" in text or "信息内容" in text or text == dom.END_MARK:
                self._flush()
                self.flow.comments.append((text, len(self.flow.lines)))

    def _add(self, text: str) -> None:
        if self.preformatted and "\n" in text:
            for piece in text.split("\n"):
                self._piece(piece)
                self._flush()
        else:
            self._piece(text)

    def _piece(self, text: str) -> None:
        self.pieces.append(text)
        self.size += len(text)
        if self.links:
            self.linked += len(text.strip())
        if self.size > CHARACTERS:
            self.flow.cut = True

    def _flush(self) -> None:
        if self.pieces:
            self._line("".join(self.pieces), self.linked, self.file)
            self.pieces.clear()
            self.linked, self.file = 0, self.file and self.links > 0

    def _line(self, raw: str, linked: int, file: bool) -> None:
        if not raw.isspace() and (text := squeeze(raw)):
            element = self.stack[-1][0] if self.stack else self.root
            line = Line(text, han(text), min(linked, len(text)), element, file)
            self.flow.lines.append(line)
            self.flow.cut = self.flow.cut or len(self.flow.lines) >= LINES

    def _table(self, element: Element, rows: list[tuple[str, int]]) -> None:
        self._flush()
        first = len(self.flow.lines)
        self.stack.append((element, first))
        for inner in element.iterdescendants("a", "img"):
            self._place(inner)
        for text, linked in rows:
            if not self.flow.cut:
                self.size += len(text)
                self._line_of_cells(text, linked)
        self.stack.pop()
        self.flow.spans[element] = (first, len(self.flow.lines))

    def _line_of_cells(self, text: str, linked: int) -> None:
        element = self.stack[-1][0]
        line = Line(text, han(text), min(linked, len(text)), element)
        self.flow.lines.append(line)
        self.flow.cut = len(self.flow.lines) >= LINES or self.size > CHARACTERS


def _leads(anchor: Element) -> bool:
    """Whether an `<a>` is a link; `<a name=…>` is a place, and often never closed."""
    return anchor.get("href") is not None or anchor.get("name") is None


def _forget_unclosed_link(lines: list[Line]) -> None:
    """Where all sentences of a page stand inside links, one was never closed: nothing is a link."""
    sentences = [x for x in lines if x.han > 20 and x.text.endswith(("。", "！", "？"))]
    if len(sentences) > 2 and all(line.linked > 0.9 * len(line.text) for line in sentences):
        for line in lines:
            line.linked = 0
