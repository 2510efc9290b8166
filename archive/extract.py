"""One decoded page to the text of its article, its files and what the page says about it.

The page is parsed once. Five readings of it are compared (archive/page/ways.py); where they agree
that is the article. Where they do not, trafilatura is asked too and the reading the others
support most is taken. The agreement is kept as evidence: below 0.9 about every third page is
imperfect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from archive import linkfarm, metadata
from archive.model import Extraction, Link, Page, Reason, Rejection, SiteMemory
from archive.page import (
    arbiter,
    bylayout,
    carried,
    dom,
    files,
    nodes,
    pageclass,
    pagination,
    reading,
    span,
    ways,
)
from archive.page.containers import is_shown
from archive.page.crude import crude_flow
from archive.page.dom import Dom, Element
from archive.page.flow import CHARACTERS, LINES, Flow, Line, flow
from archive.page.nodes import Nodes
from archive.page.reading import Reading
from archive.page.sheet import Sheet, sheet
from archive.page.ways import Ranges
from archive.sites import Layout
from archive.text import docshare, linerules


def extract(page: Page, layout: Layout | None, memory: SiteMemory | None) -> Extraction | Rejection:
    """The article of an HTML page, before any text step; or why the page is none."""
    parsed = dom.parse(page.text)
    if parsed is None:
        return _reject(page, Reason.NO_TEXT, "no element in the source")
    if dom.is_too_large(parsed):
        return _reject(page, Reason.RESOURCE_LIMIT, f"more than {dom.ELEMENTS} elements")
    tree = nodes.read(parsed.root)
    edits = linkfarm.prune(tree, page.url)
    if any(edit.action == "applied" for edit in edits):
        tree = nodes.read(parsed.root)
    candidates = (*bylayout.candidates(parsed.root, layout), *metadata.from_page(tree, page))
    title = metadata.title_of(candidates)
    place = pagination.place(tree, page.text, page.url)
    if bylayout.remove(parsed.root, layout):
        tree = nodes.read(parsed.root)
    lines, how = _visible(tree, page.text)
    carried_says = carried.show(tree, _spoken(lines.lines))
    if carried_says is not None:
        tree = nodes.read(parsed.root)
        candidates = (*carried_says, *metadata.from_page(tree, page))
        title = metadata.title_of(candidates)
        lines, how = flow(tree, is_body=is_shown), "carried-text"
    if parsed.limited:
        lines, how = _fuller(lines, how, parsed.root, page.text)
    if limit := _limit(parsed, lines):
        return _reject(page, Reason.RESOURCE_LIMIT, limit)
    pageclass.mark_frame(lines)
    told = pageclass.classify(page, parsed.root, lines, title)
    if told is not None:
        return _reject(page, *told)
    marked = sheet(lines, memory, title)
    chosen = _choose(page, marked, parsed.root, layout, title)
    taken = _taken(marked, chosen)
    if listed := pageclass.is_list(page, lines, taken):
        return _reject(page, Reason.LIST_PAGE, listed)
    attachments, images = _files(tree, marked, chosen, taken, page.url)
    return Extraction(
        text="\n".join(line.text for line in taken),
        inside=marked.inside,
        candidates=candidates,
        attachments=attachments,
        images=images,
        flags=(
            *_flags(parsed, lines, how, chosen, taken, attachments),
            *metadata.provenance_flags(parsed.root, page, candidates),
        ),
        edits=edits,
        evidence=_evidence(chosen) | ({"pages": asdict(place)} if place else {}),
    )


def _taken(page: Sheet, chosen: Reading) -> list[Line]:
    """The lines of the reading; of a document-sharing page all from the title on, for its furniture holds
    the evidence (upload line, page runs) by which the text steps take it apart."""
    taken = reading.lines_of(page, chosen.ranges)
    if taken and docshare.is_shared_document(line.text for line in page.flow.lines):
        return list(page.flow.lines[page.title or 0 :])
    return taken


def _visible(tree: Nodes, source: str) -> tuple[Flow, str]:
    """The lines of the page, and how they were read when not from what the tree shows.

    Where nothing is shown, what is hidden, then the bare source: apps show their text by script,
    and the parser has limits. A page is never silently empty.
    """
    shown = flow(tree, is_body=is_shown)
    if _han(shown.lines) >= pageclass.FEW_HAN:
        return shown, ""
    hidden = flow(tree, hidden=True)
    if _han(hidden.lines) >= pageclass.MUCH_HAN:
        return hidden, "hidden-text"
    crude = crude_flow(source, tree.root)
    return (crude, "crude-text") if _han(crude.lines) >= pageclass.MUCH_HAN else (shown, "")


def _fuller(shown: Flow, how: str, root: Element, source: str) -> tuple[Flow, str]:
    """The lines of the tree, or of the bare source where it has more: a tree cut at a limit may
    have lost the article and kept its headline."""
    crude = crude_flow(source, root)
    return (crude, "crude-text") if _han(crude.lines) > _han(shown.lines) else (shown, how)


def _limit(parsed: Dom, lines: Flow) -> str:
    """The limit that kept the page from being read; "" when it was read. Part of a page is never
    given for all of it."""
    if lines.cut:
        return f"more than {LINES} lines or {CHARACTERS} characters"
    return parsed.limited or "" if not lines.lines else ""


def _choose(
    page: Page, marked: Sheet, root: Element, layout: Layout | None, title: str | None
) -> Reading:
    if layout is not None and layout.body:
        named = reading.by_layout(marked, root, layout.body)
        if named is not None:
            return named
    return reading.choose(marked, title, partial(_asked, page, marked, root))


def _asked(page: Page, marked: Sheet, root: Element, found: Mapping[str, Ranges]) -> Ranges:
    """The reading of trafilatura; empty where it decides nothing, since the page is a list by every
    reading that was found.

    Readings of a list have little in common, so lists were most of what it was asked about: 18 of 24
    pages among 1,921 of the shared sets and trees, with the same answer on each (2026-11). Right
    because five readings would all have to miss an article's worth of running text beside the dated links.
    Wrong on a page where it alone finds that: the page is rejected as a list, as it would be without
    trafilatura.
    """
    readings = (reading.lines_of(marked, ranges) for ranges in set(found.values()))
    if all(pageclass.is_list(page, marked.flow, lines) for lines in readings):
        return ()
    return arbiter.ranges(root, marked.flow)


def _files(
    tree: Nodes, page: Sheet, chosen: Reading, taken: Sequence[Line], url: str | None
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Attachments and pictures of the article; without a text what stands below the title."""
    base = files.base_of(tree, url)
    if any(first < last for first, last in chosen.ranges):
        inside = files.places(page.flow, chosen.ranges)
        below = files.named_below(page.flow, chosen.ranges)
        return files.attachments([*inside, *below], base), files.images(inside, base)
    below = [(e, at) for e, at in page.flow.places.items() if page.title is None or at > page.title]
    shown = (e for e, at in below if page.title is not None and at <= ways.head_end(page))
    pictures = files.images(shown, base)
    return files.attachments((e for e, _ in below), base), files.without_templates(pictures)


def _flags(
    parsed: Dom,
    lines: Flow,
    how: str,
    chosen: Reading,
    taken: Sequence[Line],
    attachments: Sequence[Link],
) -> tuple[str, ...]:
    own = (line for line in taken if not (line.file or linerules.names_file(line.text)))
    found = {
        f"limited:{parsed.limited}": bool(parsed.limited),
        how: bool(how),
        "low-agreement": chosen.agreement < reading.LOW_AGREEMENT,
        "attachment-only": bool(attachments) and _han(own) < pageclass.FEW_HAN,
    }
    return tuple(flag for flag, is_raised in found.items() if is_raised)


def _evidence(chosen: Reading) -> dict[str, Any]:
    return {
        "container": chosen.container,
        "by": chosen.by,
        "agreement": round(chosen.agreement, 3),
        "readings": {name: round(share, 3) for name, share in chosen.readings.items()},
    }


def _spoken(lines: Sequence[Line]) -> int:
    """Han of running text that the page shows; none where no sentence ends: headlines with 《》 and the
    addresses of a site's foot hold punctuation as well."""
    good = [line for line in lines if span.is_good(line)]
    ends = any("。" in line.text or "！" in line.text or "？" in line.text for line in good)
    return _han(good) if ends else 0


def _han(lines: Iterable[Line]) -> int:
    return sum(line.han for line in lines)


def _reject(page: Page, reason: Reason, detail: str) -> Rejection:
    return Rejection("", "", page.url, page.captured, reason, detail[:300])
