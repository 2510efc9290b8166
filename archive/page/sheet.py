"""The lines of a page with what is known about each before anything is chosen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.about.sitename import squeezed
from archive.known import PAGES, is_furniture
from archive.model import SiteMemory
from archive.page import span
from archive.page.containers import Container, containers, marker
from archive.page.dom import Element
from archive.page.flow import Flow, Line, is_link
from archive.text import linerules, notices

_MOST = 0.7  # of a page's sentences: what holds that and links is the article's own element
_UNMARKED, _MARKED = 60, 12  # Han of sentences around links: a CMS's own body needs fewer
_REFERENCE = 150  # characters; the title of a file or source, not a row of links
_CELLS = frozenset(("li", "td", "th", "dd", "dt", "ul"))
_BOX = 2  # links behind the first of a box
_SIGNATURE = 12  # lines behind the last sentence in which a notice gives addresses and is signed
_ITEMS = frozenset(("li", "td", "tr", "tbody", "dd", "dt", "p", "span"))
_ANNOUNCES = re.compile("[：:]$|如下|下列|以下|点击|點擊|下载|下載|查看")
_KNOWN = -12.0  # value of a line that the site's memory knows


@dataclass(slots=True)
class Sheet:
    """The lines of a page with what is known about each."""

    flow: Flow
    values: list[float]
    frame: list[bool]
    mass: list[int]
    title: int | None  # the line that shows the title
    containers: list[Container]  # bodies that a CMS marks
    inside: frozenset[str]  # lines that look like the frame and stand in the middle of the text
    boxed: frozenset[int]  # links of boxes between the paragraphs of one element


def sheet(flow: Flow, memory: SiteMemory | None, title: str | None) -> Sheet:
    """Value every line and mark those that belong to the frame by themselves."""
    known = [memory is not None and is_furniture(memory, line.text) for line in flow.lines]
    sure = memory is not None and memory.pages >= PAGES
    mass = span.good_mass(flow.lines)
    within = [_links_within(flow, line, mass) for line in flow.lines]
    for index in range(1, len(flow.lines)):
        within[index] = within[index] or _is_announced(flow.lines, within, index)
    marked = containers(flow)
    if mass[-1] < _MARKED:  # nothing but links under a title: what a CMS marks is the notice's
        for body in marked:
            for index in range(body.first, body.last):
                within[index] = within[index] or is_link(flow.lines[index])
    values = [_value(line, k, sure) for line, k in zip(flow.lines, known, strict=True)]
    frame = [k or _is_frame(line) for line, k in zip(flow.lines, known, strict=True)]
    for index in range(len(flow.lines)):
        if within[index] and not known[index] and not linerules.tail_rule(flow.lines[index].text):
            values[index], frame[index] = max(values[index], -1.0), False
    for index in _own_lines(flow, values, known, title):
        values[index], frame[index] = max(values[index], 3.0, flow.lines[index].han / 2), False
    at = _title_line(flow, frame, title)
    inside: set[str] = set()
    for index in _enclosed(flow, values, frame, known, at, mass):
        values[index], frame[index] = max(values[index], 3.0), False
        inside.add(flow.lines[index].text)
    boxed = frozenset(_between(flow, values, mass))
    for index in boxed:
        values[index] = max(values[index], -1.0)
    if at is not None:
        values[at] = -2.0
    return Sheet(flow, values, frame, mass, at, marked, frozenset(inside), boxed)


def _own_lines(
    flow: Flow, values: Sequence[float], known: Sequence[bool], title: str | None
) -> Iterator[int]:
    """Lines that only look like the frame: of a notice (archive/text/notices.py), or of a text that is
    about the rights of texts, as its title says."""
    about_rights = notices.is_about_rights(title or "")
    texts: list[str] = []
    for index, line in enumerate(flow.lines):
        if values[index] > -12 or known[index] or line.noisy or is_link(line):
            continue
        rule = linerules.tail_rule(line.text)
        if rule == "disclaimer":
            if about_rights and linerules.is_plain_text(line.text):
                yield index
        elif rule == "tail-line" or linerules.is_footer(line.text):
            texts = texts or [each.text for each in flow.lines]
            if notices.is_own(texts, index):
                yield index


def _enclosed(
    flow: Flow,
    values: Sequence[float],
    frame: Sequence[bool],
    known: Sequence[bool],
    title: int | None,
    mass: Sequence[int],
) -> Iterator[int]:
    """Lines that look like the frame, in an element that holds the text above and below them.

    Right because templates set the frame before and behind the text's element, not between its
    paragraphs. Below must stand a sentence or the day of a signature, or a value of the notice where a
    sentence stands above. Left alone: what `notices.may_stand_inside` says, and elements with less
    than half of the page's sentences. Cost: an advert or a call to follow between two paragraphs stays.
    """
    lines = flow.lines
    texts = (i for i in range(len(lines) - 1, -1, -1) if span.is_good(lines[i]) and values[i] > 0)
    end = next(texts, 0) + _SIGNATURE
    doubtful = [
        index
        for index, line in enumerate(lines[:end])
        if (frame[index] or values[index] <= _KNOWN)
        and not (known[index] or line.noisy or is_link(line))
        and notices.may_stand_inside(line.text)
    ]
    if not doubtful:
        return
    several = Counter(line.element for line in lines)
    holders = [_holder(line.element, several) for line in lines]
    held = {holders[index] for index in doubtful}
    shown: dict[Element, tuple[int, int]] = {}  # the first and the last line of text of each
    for index, element in enumerate(holders):
        if element in held and _shows_text(lines, values, index):
            shown[element] = shown.get(element, (index, index))[0], index
    for index in doubtful:
        element = holders[index]
        first, last = flow.spans.get(element, (0, 0))
        if element.tag in ("body", "html") or 2 * (mass[last] - mass[first]) < mass[-1]:
            continue
        opening, closing = shown.get(element, (len(lines), -1))
        above, below = opening < index, closing > index
        if not above and title is not None and first <= title < last:
            continue
        if below or (above and any(notices.gives(x.text) for x in lines[index + 1 : last][:1])):
            yield index


def _between(flow: Flow, values: Sequence[float], mass: Sequence[int]) -> Iterator[int]:
    """Links in boxes between the paragraphs of one element that holds most of the page's sentences: they
    part a text in two, and a reading would keep the longer part. The boxes themselves go later.

    Three in a row at least, since fewer cost no reading a paragraph.
    """
    lines = flow.lines
    boxes = [
        index
        for index in range(1, len(lines) - 1)
        if values[index] < -1 and is_link(lines[index]) and is_link(lines[index - 1])
    ]
    if len(boxes) < _BOX:
        return
    good = [i for i, line in enumerate(lines) if span.is_good(line) and values[i] > 0]
    several = Counter(lines[i].element for i in good)
    ends: dict[Element, tuple[int, int]] = {}  # the first and the last paragraph that each holds
    for index in good:
        holder = _holder(lines[index].element, several)
        ends[holder] = ends.get(holder, (index, index))[0], index
    for holder, (first, last) in ends.items():
        if holder.tag in ("body", "html") or mass[last + 1] - mass[first] < _MOST * mass[-1]:
            continue
        yield from (i for i in range(first, last) if values[i] < -1 and is_link(lines[i]))


def _holder(element: Element, several: Mapping[Element, int]) -> Element:
    """The element that holds a paragraph and its neighbours: itself, where it has several lines."""
    parent = element.getparent()
    return element if several[element] > 1 or parent is None else parent


def _shows_text(lines: Sequence[Line], values: Sequence[float], index: int) -> bool:
    line = lines[index]
    is_text = values[index] > _KNOWN and not (line.noisy or is_link(line))
    return is_text and notices.shows_text(line.text)


def _links_within(flow: Flow, line: Line, mass: Sequence[int]) -> bool:
    """A paragraph of links between the paragraphs of the text: its files, its references.

    Not items of lists and cells, in which templates set the links of the frame.
    """
    if not is_link(line) or line.element.tag in _CELLS or line.noisy or line.linked > _REFERENCE:
        return False
    parent = line.element.getparent() if line.element.tag == "p" else line.element
    held = flow.spans.get(parent)
    if held is None:
        return False
    least = _MARKED if marker(*flow.named(parent)) else _UNMARKED
    return mass[held[1]] - mass[held[0]] >= max(_MOST * mass[-1], least)


def _is_announced(lines: Sequence[Line], within: Sequence[bool], index: int) -> bool:
    """A link below a sentence that ends with a colon or says that a list follows, or below another such
    link, in the same part of the page: the villages, cases or forms that a notice lists.

    Cost: a box of links right below such a sentence, in the element that holds its paragraph.
    """
    line, above = lines[index], lines[index - 1]
    if not is_link(line) or line.noisy or line.linked > _REFERENCE:
        return False
    if is_link(above):
        return within[index - 1] and _list_of(line.element) is _list_of(above.element)
    if above.noisy or not span.is_good(above) or not _ANNOUNCES.search(above.text):
        return False
    holder, own = above.element.getparent(), _list_of(line.element)
    return holder is not None and own is not None and holder in (own, own.getparent())


def _list_of(element: Element) -> Element | None:
    """The element that holds the items, whatever each of them is."""
    holder = element.getparent()
    while holder is not None and holder.tag in _ITEMS:
        holder = holder.getparent()
    return holder


def _title_line(flow: Flow, frame: Sequence[bool], title: str | None) -> int | None:
    """The first line outside links and frame that shows the title."""
    wanted = squeezed(title or "")
    if not wanted:
        return None
    shown = (i for i, line in enumerate(flow.lines) if not frame[i] and _shows(line, wanted))
    return next(shown, None)


def _shows(line: Line, wanted: str) -> bool:
    return len(line.text) < 200 and squeezed(line.text) == wanted


def _value(line: Line, known: bool, sure: bool) -> float:
    worth = span.value(line)
    if known:
        return min(worth, _KNOWN)
    if sure and -5 < worth < 6 and not line.noisy and not is_link(line):
        return max(worth, min(6.0, 1 + 0.3 * line.han))
    return worth


def _is_frame(line: Line) -> bool:
    text = line.text
    if line.noisy or (is_link(line) and not _is_file(line) and not _is_record(line)):
        return True
    return linerules.is_frame_line(text)


def _is_record(line: Line) -> bool:
    """A row of four cells or more that is not all link: data, not a list's entry or a menu."""
    return line.text.count("\t") > 2 and line.linked < 0.9 * len(line.text)


def _is_file(line: Line) -> bool:
    return line.file or linerules.names_file(line.text)
