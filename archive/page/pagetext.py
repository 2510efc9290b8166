"""The text of a tree in pieces that remember their node, so that a span can be cut there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from archive.page.dom import Element
from archive.page.nodes import Nodes

_SILENT = frozenset(
    ("script", "style", "select", "textarea", "title", "head", "template", "noscript")
)
_INLINE = frozenset(("span", "em", "b", "i", "strong", "font", "sup", "sub", "u", "a"))
LINK = "。※。"  # stands for a link: no item of a list without links, and an end of a sentence


@dataclass(frozen=True, slots=True)
class Piece:
    """One text node, or what stands between two of them (then `owner` is None)."""

    text: str
    owner: Element | None
    tail: bool


def pieces(root: Element) -> list[Piece]:
    """The visible text of the body; block elements put line ends between, links a mark."""
    body = root.find("body")
    return list(_walk(body if body is not None else root))


def _walk(body: Element) -> Iterator[Piece]:
    walker = etree.iterwalk(body, events=("start", "end", "comment"))
    for event, element in walker:
        if event == "start":
            if element.tag == "a":
                walker.skip_subtree()
                yield Piece(LINK, None, False)
            elif element.tag in _SILENT:
                walker.skip_subtree()
            else:
                yield from _break(element)
                yield from _piece(element.text, element, False)
        elif element is not body:
            yield from _break(element)
            yield from _piece(element.tail, element, True)


def _break(element: Element) -> Iterator[Piece]:
    if isinstance(element.tag, str) and element.tag not in _INLINE:
        yield Piece("\n", None, False)


def _piece(text: str | None, owner: Element, tail: bool) -> Iterator[Piece]:
    if text:
        yield Piece(text, owner, tail)


def prose(nodes: Nodes) -> str:
    """The text of the body outside links, scripts and style sheets, a line for every text node."""
    said = [*nodes.texts, *reversed(nodes.tails)]  # by step: at `~i` what stands behind node i
    for at in nodes.named("a", "script", "style"):
        said[at] = None
        child = at + 1
        while child < nodes.ends[at]:
            said[~child] = None
            child = nodes.ends[child]
    bodies = nodes.named("body")[:1]
    steps = [nodes.steps[nodes.opens[body] : nodes.closes[body]] for body in bodies]
    return "\n".join(filter(None, map(said.__getitem__, chain.from_iterable(steps))))


def joined(found: Sequence[Piece]) -> str:
    """The pieces as one text."""
    return "".join(piece.text for piece in found)


def cut(found: Sequence[Piece], start: int, end: int) -> None:
    """Take the span out of the nodes it lies in."""
    at = 0
    for piece in found:
        left, right = max(start - at, 0), min(end - at, len(piece.text))
        at += len(piece.text)
        if piece.owner is None or left >= right:
            continue
        kept = (piece.text[:left] + piece.text[right:]) or None
        if piece.tail:
            piece.owner.tail = kept
        else:
            piece.owner.text = kept
