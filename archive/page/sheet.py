"""The lines of a page with what is known about each before anything is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.about.titles import squeezed
from archive.known import PAGES, is_furniture
from archive.model import SiteMemory
from archive.page import span
from archive.page.containers import Container, containers, marker
from archive.page.flow import Flow, Line, is_link
from archive.text import linerules, notices

_MOST = 0.7  # of a page's sentences: what holds that and links is the article's own element
_UNMARKED, _MARKED = 60, 12  # Han of sentences around links: a CMS's own body needs fewer
_REFERENCE = 150  # characters; the title of a file or source, not a row of links
_CELLS = frozenset(("li", "td", "th", "dd", "dt", "ul"))
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


def sheet(flow: Flow, memory: SiteMemory | None, title: str | None) -> Sheet:
    """Value every line and mark those that belong to the frame by themselves."""
    known = [memory is not None and is_furniture(memory, line.text) for line in flow.lines]
    sure = memory is not None and memory.pages >= PAGES
    mass = span.good_mass(flow.lines)
    within = [_links_within(flow, line, mass) for line in flow.lines]
    for index in range(1, len(flow.lines)):
        within[index] = within[index] or _is_announced(flow.lines, within, index)
    values = [_value(line, k, sure) for line, k in zip(flow.lines, known, strict=True)]
    frame = [k or _is_frame(line) for line, k in zip(flow.lines, known, strict=True)]
    for index in range(len(flow.lines)):
        if within[index] and not known[index] and not linerules.tail_rule(flow.lines[index].text):
            values[index], frame[index] = max(values[index], -1.0), False
    for index in _own_lines(flow, values, known, title):
        values[index], frame[index] = max(values[index], 3.0, flow.lines[index].han / 2), False
    at = _title_line(flow, frame, title)
    if at is not None:
        values[at] = -2.0
    return Sheet(flow, values, frame, mass, at, containers(flow))


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
    """A link below a sentence that ends with a colon, or below another such link, in the same part of
    the page: the villages, cases or forms that a notice lists.

    Cost: a box of links right below such a sentence, in the element that holds its paragraph.
    """
    line, above = lines[index], lines[index - 1]
    if not is_link(line) or line.noisy or line.linked > _REFERENCE:
        return False
    if is_link(above):
        return within[index - 1] and line.element.getparent() is above.element.getparent()
    if above.text[-1:] not in ("：", ":") or above.noisy or not span.is_good(above):
        return False
    around = above.element.getparent()
    parent = line.element.getparent()
    return around is not None and parent is not None and around in (parent, parent.getparent())


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
