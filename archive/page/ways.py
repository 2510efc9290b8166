"""Five ways to find the article among the lines of a page, each right where another fails.

by_cms       what a CMS marks           fails where the marker is nested, empty or in the footer
by_densest   the element of most value  fails where the body is split over elements
by_parent    what readability scores    fails on short notices and flat pages
by_span      the run of most value      fails where frame lines look like sentences
by_title     what stands below the title   needs no sentences: tables, lists, one-line notices
"""

from __future__ import annotations

from archive.page import dom, span
from archive.page.dom import Element
from archive.page.flow import Flow, Line
from archive.page.sheet import Sheet, sheet
from archive.text import furniture, linerules

Ranges = tuple[tuple[int, int], ...]

LITTLE = 120  # Han of sentences: below that the sentence run may be a footer or a teaser
_HELD, _SHARE = 40, 0.3  # Han and share of the page's sentences a marked body must hold
_PIECES = 3  # marked bodies taken of one page
_ANCESTORS = 4
_PASSED_ON = 0.6  # of a line's value to the next ancestor
_FAR = 40  # lines a run is extended by
_DROP = 60.0  # of value: what follows so much frame is another part of the page


def candidates(page: Sheet) -> dict[str, Ranges]:
    """The readings that found anything, the most trusted first."""
    found = {
        "cms": by_cms(page),
        "densest": by_densest(page),
        "span": by_span(page),
        "parent": by_parent(page),
        "below": by_title(page),
    }
    return {name: ranges for name, ranges in found.items() if any(a < b for a, b in ranges)}


def by_selector(page: Sheet, root: Element, selector: str) -> Ranges:
    """The elements a site definition names as the body, the outermost of nested ones."""
    found: list[tuple[int, int]] = []
    for element in dom.selected(root, selector):
        lines = page.flow.spans.get(element)
        if lines and lines[0] < lines[1] and not (found and lines[1] <= found[-1][1]):
            found.append(lines)
    return tuple(found)


def by_cms(page: Sheet) -> Ranges:
    """The outermost marked containers that hold a fair share of the sentences, at most three."""
    outer: list[tuple[int, int]] = []
    total = page.mass[-1]
    for container in page.containers:
        mass = page.mass[container.last] - page.mass[container.first]
        if outer and container.last <= outer[-1][1]:
            continue
        if mass >= max(_HELD, _SHARE * total):
            outer.append((container.first, container.last))
    return tuple(outer[:_PIECES])


def by_densest(page: Sheet) -> Ranges:
    """The smallest element with the greatest sum of values."""
    found = span.densest(page.flow, page.values)
    return (found[1],) if found else ()


def by_parent(page: Sheet) -> Ranges:
    """The element whose near descendants hold the sentences: each gives to four ancestors.

    What readability does, with the values of lines for its English constants.
    """
    scores: dict[Element, float] = {}
    for line, worth in zip(page.flow.lines, page.values, strict=True):
        if worth > 0 and span.is_good(line):
            element, share = line.element, 1.0
            for _ in range(_ANCESTORS):
                if element is None:
                    break
                scores[element] = scores.get(element, 0.0) + worth * share
                element, share = element.getparent(), share * _PASSED_ON
    best = max(scores, key=lambda element: scores[element], default=None)
    lines = page.flow.spans.get(best) if best is not None else None
    return (lines,) if lines else ()


def by_span(page: Sheet) -> Ranges:
    """The run of lines of greatest sum with what adjoins it inside its element."""
    run = span.best_run(page.values)
    if run[0] >= run[1]:
        return ()
    first, last = _extended(page, run)
    left, right = _around(page.flow, run)
    return ((max(first, left), min(last, right)),)


def by_title(page: Sheet) -> Ranges:
    """What stands below the title and its meta lines, up to the frame.

    Needs no sentences, so it finds tables, lists, captions and notices of one line.
    """
    if page.title is None:
        return ()
    lines, skipped = page.flow.lines, head_end(page)
    best, total, last = 0.0, 0.0, skipped
    for index in range(skipped, len(lines)):
        total += _lenient(page, index)
        if total > best:
            best, last = total, index + 1
        elif total < best - _DROP:
            break
    return ((skipped, last),)


def head_end(page: Sheet) -> int:
    """The line below the title and its meta lines and toolbars; 0 without a title."""
    if page.title is None:
        return 0
    start = at = page.title + 1
    while at < min(len(page.flow.lines), start + furniture.HEAD_LINES):
        if not (page.frame[at] or linerules.head_rule(page.flow.lines[at].text)):
            break
        at += 1
    return at


def _lenient(page: Sheet, index: int) -> float:
    """The value of a line, where one that is not known as frame counts for what it holds."""
    worth = page.values[index]
    if page.frame[index]:
        return -1.0 if index in page.boxed else min(worth, -12.0)
    return max(worth, min(6.0, 1 + 0.3 * page.flow.lines[index].han))


def held(page: Sheet, ranges: Ranges) -> int:
    """Han of running text that the ranges hold."""
    return sum(page.mass[last] - page.mass[first] for first, last in ranges)


def core(flow: Flow, title: str | None) -> tuple[int, int]:
    """The lines that are the article at first sight: below the title where sentences are few."""
    page = sheet(flow, None, title)
    ranges = by_span(page)
    if held(page, ranges) < LITTLE:
        ranges = by_title(page) or ranges
    return ranges[0] if ranges else (0, 0)


def _extended(page: Sheet, run: tuple[int, int]) -> tuple[int, int]:
    """The run and the lines beside it up to the first that belongs to the frame.

    Signature, salutation, captions and lists carry no punctuation and so no value.
    """
    first, last = run
    lines, frame = page.flow.lines, page.frame
    end, start = min(len(lines), last + _FAR), max(0, first - _FAR)
    while last < end and not frame[last] and _may_follow(lines[last]):
        last += 1
    while first > start and not frame[first - 1] and not linerules.head_rule(lines[first - 1].text):
        first -= 1
    return first, last


def _may_follow(line: Line) -> bool:
    return linerules.head_rule(line.text) in ("", "bare-date")


def _around(flow: Flow, run: tuple[int, int]) -> tuple[int, int]:
    """The lines of the smallest element that holds the run and more."""
    first, last = run
    element: Element = flow.lines[first].element
    while element is not None:
        lines = flow.spans.get(element)
        if lines and lines[0] <= first and lines[1] >= last and lines[1] - lines[0] > last - first:
            return lines
        element = element.getparent()
    return run
