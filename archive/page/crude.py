"""Text of a page that the parser could not hold: tags taken off by pattern, nothing understood.

For nesting beyond the parser's limits and for text inside elements that do not belong there. It
reads everything, so it is only asked where the tree shows no text at all.
"""

from __future__ import annotations

import html
import re

from archive.page.dom import Element
from archive.page.flow import LINES, Flow, Line, han
from archive.page.tables import squeeze

_OPENING = re.compile(r"<(?:!--|(script|style|noscript|title|select)\b)", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:p|div|br|li|tr|h[1-6]|table|section|article|blockquote|dd|dt|pre|center)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]{0,100000}>")
_LONGEST = 4_000_000  # characters of source that are read


def crude_flow(source: str, root: Element) -> Flow:
    """The lines of the source as if it had no structure; all belong to `root`."""
    text = _spoken(source[:_LONGEST])
    text = _TAG.sub("", _BLOCK.sub("\n", text))
    lines = [
        Line(squeezed, han(squeezed), 0, root)
        for raw in text.split("\n")[: 10 * LINES]
        if (squeezed := squeeze(html.unescape(raw)))
    ]
    kept = lines[:LINES]
    cut = len(kept) < len(lines) or len(source) > _LONGEST
    return Flow(kept, {root: (0, len(kept))}, cut=cut)


def _spoken(source: str) -> str:
    """The source without comments, scripts and the like; an element never closed is kept.

    Each closing mark is looked for once in vain, so the time is linear on any input.
    """
    lower = source.lower()
    kept: list[str] = []
    missing: set[str] = set()
    at = 0
    while opening := _OPENING.search(source, at):
        closer = f"</{opening[1].lower()}" if opening[1] else "-->"
        end = -1 if closer in missing else lower.find(closer, opening.end())
        kept.append(source[at : opening.start()])
        if end < 0:
            missing.add(closer)
            at = opening.end()
        else:
            at = end + len(closer)
    return "".join(kept) + source[at:]
