"""The visible blocks of a page in document order, each with the element it stands in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from archive.page.containers import marker
from archive.page.nodes import Nodes

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
        "founder-title",
        "founder-author",
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
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "ucaptitle", "founder-title"))
_SHOWN = frozenset(("html", "body"))  # whatever they say
_INLINE, _BLOCK, _BREAK, _LINK, _LEFT_OUT = range(5)
_KINDS: dict[Any, int] = {
    **dict.fromkeys(_BLOCKS, _BLOCK),
    **dict.fromkeys(_SILENT, _LEFT_OUT),
    "br": _BREAK,
    "a": _LINK,
}
_SPACES = re.compile(r"[ \t\r\n\f\xa0][ \t\r\n\f\xa0]*")  # a single class in front is skipped to
_PLAIN = 0.2  # of a block may stand outside its links and it still is a link: ·, date, count
_REMEMBERED = 200  # characters; longer texts are not kept
_LONGEST = 4000  # characters kept of one block: more than any line read here needs


class Block(NamedTuple):
    """One run of text between two block borders."""

    text: str
    tag: str  # of the nearest block element
    linked: bool  # stands wholly inside links


def visible_blocks(nodes: Nodes) -> list[Block]:
    """Every block of text a reader sees; scripts, forms' choices and hidden parts left out."""
    return _Reader(nodes).run()


class _Reader:
    """Gathers text between the borders of block elements; lives for one walk."""

    def __init__(self, nodes: Nodes) -> None:
        self.blocks: list[Block] = []
        self._nodes = nodes
        self._kinds = [_KINDS.get(tag, _INLINE) for tag in nodes.tags]
        for at in nodes.hidden:
            if nodes.tags[at] not in _SHOWN and not marker(nodes.tags[at], nodes.attributes[at]):
                self._kinds[at] = _LEFT_OUT
        self._open: list[str] = []  # the names of the open blocks
        self._links = 0
        self._pieces: list[str] = []
        self._size = self._linked = 0

    def run(self) -> list[Block]:
        nodes, kinds, pieces = self._nodes, self._kinds, self._pieces
        steps, texts, tails = nodes.steps, nodes.texts, nodes.tails
        place, last = 0, len(steps)
        while place < last:
            at = steps[place]
            place += 1
            kind = kinds[at if at >= 0 else ~at]
            if kind == _BLOCK and pieces:
                self._flush()
            if at >= 0:
                text = texts[at]
                if kind == _BLOCK:
                    self._open.append(nodes.tags[at])
                elif kind == _LINK:
                    self._links += 1
                elif kind == _BREAK:
                    text = self._break(at)
                elif kind == _LEFT_OUT:
                    text = written_by(text or "") if nodes.tags[at] == "script" else ""
                    place = nodes.closes[at]
            else:
                text = tails[~at]
                if kind == _BLOCK:
                    self._open.pop()
                elif kind == _LINK:
                    self._links -= 1
            if text and self._size < _LONGEST and (pieces or not text.isspace()):
                pieces.append(text)
                self._size += len(text)
                if self._links:
                    self._linked += len(text.strip())
        self._flush()
        return self.blocks

    def _break(self, at: int) -> str:
        """A line end inside a heading does not end it; elsewhere it is a block of its own."""
        if self._open and self._open[-1] in _HEADINGS:
            return " "
        self._kinds[at] = _BLOCK  # when it ends
        self._flush()
        self._open.append("br")
        return " "

    def _flush(self) -> None:
        """End the block at hand."""
        if self._pieces:
            raw = "".join(self._pieces)
            text = _squeezed(raw) if len(raw) <= _REMEMBERED else _squeezed.__wrapped__(raw)
            tag = self._open[-1] if self._open else self._nodes.tags[0]
            linked = len(text) - self._linked < _PLAIN * len(text)
            self.blocks.append(Block(text, tag, linked))
            self._pieces.clear()
            self._size = self._linked = 0


@lru_cache(maxsize=4096)  # the frame of a site repeats from page to page
def _squeezed(text: str) -> str:
    words = text.split()
    return _SPACES.sub(" ", text.strip()) if len(words) > 1 else "".join(words)


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
    return _written_by(script)


@lru_cache(maxsize=512)  # the pages of a site share their scripts
def _written_by(script: str) -> str:
    known = {name: one or two for name, one, two in _LITERAL.findall(script)}
    out = []
    for expression in _WRITE.findall(script):
        terms = [one or two or known.get(name, "") for one, two, name in _TERM.findall(expression)]
        named = any(name in known for _, _, name in _TERM.findall(expression))
        if named and all(terms) and not re.search(r"[()]", re.sub(_TERM, "", expression)):
            out.append(re.sub(r"<[^>]*>|&(?:emsp|nbsp|ensp);?", " ", "".join(terms)))
    return f" {' '.join(out)} ".replace("  ", " ") if out else ""
