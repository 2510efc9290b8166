"""Tables of data as rows of cells, told apart from tables that only lay out a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.page.elements import INLINE, SILENT
from archive.page.nodes import NO_ELEMENT, Nodes

# A single class in front is skipped to, a run of it or a look behind is not.
_ONE_BLANK = r"[ \t\r\n\f\v\xa0\u2000-\u200a\u202f\u205f]"
_BLANK = re.compile(f"{_ONE_BLANK}{_ONE_BLANK}*")
_WIDE = "\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff60"
# CSS Text 3, 4.1.3: a line end in the source between two wide characters is no blank.
_BREAK = re.compile(
    rf"[ \t\r\n](?<=[{_WIDE}][ \t\r\n])(?:(?<=[\r\n])|(?=[ \t]*[\r\n]))[ \t\r\n]*(?=[{_WIDE}])"
)
_CELL = 300  # characters; a longer cell is a column of a layout


def squeeze(text: str) -> str:
    """A text as a browser shows it in one line: runs of blanks are one, source line ends none."""
    if len(words := text.split()) < 2:  # one word, as most cells and links
        return words[0] if words else ""
    text = text.strip()
    if "\n" in text or "\r" in text:
        text = _BREAK.sub("", text)
    return _BLANK.sub(" ", text).strip()


def rows(nodes: Nodes, table: int) -> list[tuple[str, int]] | None:
    """The rows of a table of data with the characters in links; `None` for a layout table.

    Data: at least two rows of at least two filled cells, none of them long, no table inside.
    """
    tags, end = nodes.tags, nodes.ends[table]
    if "table" in tags[table + 1 : end]:
        return None
    found: list[tuple[str, int]] = []
    full = 0
    for row in [at for at in range(table + 1, end) if tags[at] == "tr"]:
        texts = [squeeze(_text(nodes, cell)) for cell in _cells(nodes, row)]
        if any(len(text) > _CELL for text in texts):
            return None
        filled = sum(map(bool, texts))
        full += filled > 1
        if filled:
            links = (at for at in range(row + 1, nodes.ends[row]) if tags[at] == "a")
            linked = sum(len(_text(nodes, link).strip()) for link in links)
            found.append(("\t".join(texts).rstrip("\t"), linked))
    captions = [at for at in range(table + 1, end) if tags[at] == "caption"]
    named = [(text, 0) for at in captions[:1] if (text := squeeze(_text(nodes, at)))]
    return named + found if full >= 2 else None


def _cells(nodes: Nodes, row: int) -> Iterator[int]:
    at = row + 1
    while at < nodes.ends[row]:
        if nodes.tags[at] in ("td", "th"):
            yield at
        at = nodes.ends[at]


def _text(nodes: Nodes, cell: int) -> str:
    """The text of a cell or a link; a blank stands for each block border inside it."""
    pieces: list[str | None] = []
    place, last = nodes.opens[cell], nodes.closes[cell]
    while place < last:
        at = nodes.steps[place]
        place += 1
        if at < 0:
            pieces.append(nodes.tails[~at])
            continue
        tag = nodes.tags[at]
        if tag in SILENT or at in nodes.hidden:
            place = nodes.closes[at]
        else:
            pieces.append(nodes.texts[at])
        if at != cell and tag not in INLINE and tag not in NO_ELEMENT:
            pieces.append(" ")
    return "".join(filter(None, pieces))
