"""Tables of data as rows of cells, told apart from tables that only lay out a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from archive.dom import Element
from archive.elements import INLINE, SILENT, is_hidden

_BLANK = re.compile(r"[ \t\r\n\f\v\xa0\u2000-\u200a\u202f\u205f]+")
_WIDE = "\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff60"
# CSS Text 3, 4.1.3: a line end in the source between two wide characters is no blank.
_BREAK = re.compile(rf"(?<=[{_WIDE}])[ \t]*[\r\n]+[ \t\r\n]*(?=[{_WIDE}])")
_CELL = 300  # characters; a longer cell is a column of a layout


def squeeze(text: str) -> str:
    """A text as a browser shows it in one line: runs of blanks are one, source line ends none."""
    if "\n" in text or "\r" in text:
        text = _BREAK.sub("", text)
    return _BLANK.sub(" ", text).strip()


def rows(table: Element) -> list[tuple[str, int]] | None:
    """The rows of a table of data with the characters in links; `None` for a layout table.

    Data: at least two rows of at least two filled cells, none of them long, no table inside.
    """
    if next(table.iterdescendants("table"), None) is not None:
        return None
    found: list[tuple[str, int]] = []
    full = 0
    for row in table.iterdescendants("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        texts = [squeeze("".join(_texts(cell))) for cell in cells]
        if any(len(text) > _CELL for text in texts):
            return None
        filled = [text for text in texts if text]
        full += len(filled) > 1
        if filled:
            linked = sum(len("".join(_texts(a)).strip()) for a in row.iterdescendants("a"))
            found.append(("\t".join(texts).rstrip("\t"), linked))
    return found if full >= 2 else None


def _texts(cell: Element) -> Iterator[str]:
    """The text pieces of a cell; a blank stands for each block border inside it."""
    walker = etree.iterwalk(cell, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start" and isinstance(element.tag, str):
            if element.tag in SILENT or is_hidden(element):
                walker.skip_subtree()
            elif element.text:
                yield element.text
            if element is not cell and element.tag not in INLINE:
                yield " "
        elif event != "start" and element is not cell and element.tail:
            yield element.tail
