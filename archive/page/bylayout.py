"""What a site definition's selectors say about a page, where the general rules fail."""

from __future__ import annotations

from collections.abc import Iterator

from archive.about import dates, headline, names, sources
from archive.model import Candidate
from archive.page import dom
from archive.page.dom import Element
from archive.page.tables import squeeze
from archive.sites import Layout

_LONGEST = 300  # characters read of an element


def candidates(root: Element, layout: Layout | None) -> tuple[Candidate, ...]:
    """Metadata where the layout says it stands; origins begin with `layout:`."""
    return tuple(_read(root, layout)) if layout is not None else ()


def remove(root: Element, layout: Layout | None) -> bool:
    """Take out of the tree what the layout says is no part of the text; whether there was any."""
    if layout is None or not layout.remove:
        return False
    found = dom.selected(root, layout.remove)
    for element in found:
        if element.getparent() is not None:
            dom.drop(element)
    return bool(found)


def _read(root: Element, layout: Layout) -> Iterator[Candidate]:
    if title := _text(root, layout.title):
        yield Candidate("title", title, "layout:title")
    if day := dates.parse(_text(root, layout.published)):
        yield Candidate("published", day, "layout:published")
    source = _text(root, layout.source)
    labelled = [c for c in headline.read_line(source) if c.field == "source"]
    value = labelled[0].value if labelled else sources.source_value(source)
    if value:
        yield Candidate("source", value, "layout:source")
    for name in names.names(_text(root, layout.authors)):
        yield Candidate("authors", name, "layout:authors")


def _text(root: Element, selector: str | None) -> str:
    """The text of the first element that matches; "" without one."""
    found = dom.selected(root, selector) if selector else []
    return squeeze("".join(found[0].itertext()))[:_LONGEST] if found else ""
