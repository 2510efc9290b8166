"""One decoded page to the text of its article, its files and what the page says about it.

The page is parsed once. Three readings of it are compared: the container a CMS marks, the
densest element, the run of lines with the greatest sentence mass. Where they agree that is the
article; where they do not, trafilatura is asked too and the reading the others support most is
taken. The agreement is kept as evidence: below 0.9 about every third page is imperfect.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from archive import arbiter, dom, files, linkfarm, metadata, pageclass, reading, sheet
from archive.containers import is_body
from archive.crude import crude_flow
from archive.flow import Flow, flow
from archive.model import Extraction, Page, Reason, Rejection, SiteMemory
from archive.sites import Layout


def extract(page: Page, layout: Layout | None, memory: SiteMemory | None) -> Extraction | Rejection:
    """The article of an HTML page, before any text step; or why the page is none."""
    parsed = dom.parse(page.text)
    if parsed is None:
        return _reject(page, Reason.NO_TEXT, "no element in the source")
    edits = linkfarm.prune(parsed.root, page.url)
    candidates = metadata.from_page(parsed.root, page)
    title = metadata.title_of(candidates)
    lines, how = _visible(parsed.root, layout, page.text)
    pageclass.mark_frame(lines)
    told = pageclass.classify(page, parsed.root, lines, title)
    if told is not None:
        return _reject(page, *told)
    marked = sheet.sheet(lines, memory, title)
    chosen = reading.choose(marked, title, partial(arbiter.ranges, parsed.root, lines))
    taken = reading.lines_of(marked, chosen.ranges)
    if listed := pageclass.is_list(page, lines, taken):
        return _reject(page, Reason.LIST_PAGE, listed)
    elements = list(dict.fromkeys(line.element for line in taken))
    base = files.base_of(parsed.root, page.url)
    attachments = files.attachments(elements, base)
    flags = [f"limited:{parsed.limited}"] if parsed.limited else []
    flags += [how] if how else []
    flags += metadata.provenance_flags(parsed.root, page, candidates)
    flags += ["limited:lines"] if lines.cut else []
    flags += ["low-agreement"] if chosen.agreement < reading.LOW_AGREEMENT else []
    evidence: Mapping[str, Any] = {
        "container": chosen.container,
        "by": chosen.by,
        "agreement": round(chosen.agreement, 3),
        "readings": {name: round(share, 3) for name, share in chosen.readings.items()},
    }
    text = "\n".join(line.text for line in taken)
    pictures = files.images(elements, base)
    return Extraction(text, candidates, attachments, pictures, tuple(flags), edits, evidence)


def _visible(root: dom.Element, layout: Layout | None, source: str) -> tuple[Flow, str]:
    """The lines of the page, and how they were read when not from what the tree shows.

    Where nothing is shown, what is hidden, then the bare source: apps show their text by script,
    and the parser has limits. A page is never silently empty.
    """
    if layout is not None and layout.remove:
        for element in root.cssselect(layout.remove):
            if element.getparent() is not None:
                element.drop_tree()
    shown = flow(root, is_body=is_body)
    if _han(shown) >= pageclass.FEW_HAN:
        return shown, ""
    for other, how in (
        (flow(root, hidden=True), "hidden-text"),
        (crude_flow(source, root), "crude-text"),
    ):
        if _han(other) >= pageclass.MUCH_HAN:
            return other, how
    return shown, ""


def _han(lines: Flow) -> int:
    return sum(line.han for line in lines.lines)


def _reject(page: Page, reason: Reason, detail: str) -> Rejection:
    return Rejection("", "", page.url, page.captured, reason, detail[:300])
