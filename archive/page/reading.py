"""Which lines of a page are its article: candidates, their agreement, the choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive.page.dom import Element
from archive.page.flow import Line, is_link
from archive.page.sheet import Sheet
from archive.page.ways import LITTLE, Ranges, by_selector, candidates, held
from archive.text import furniture, linerules

LOW_AGREEMENT = 0.9  # knowledge 7.4: leaves 6.6 % bad pages among those above it
# Of agreement. Asked at 0.9 the answer of 8 in 447 pages changed, 4 to the worse; asked at 0.75
# no set of pages scores better than at 0.6 (2026-11).
_ASK = 0.6
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6", "dt"))
_NAME = 8  # Han of a box's name
_BOX = 3  # links in a row: fewer may be references of the text
Ask = Callable[[Mapping[str, Ranges]], Ranges]  # of the readings found


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines taken as the article, and why."""

    ranges: Ranges
    by: str
    container: str | None = None
    agreement: float = 1.0
    readings: Mapping[str, float] = field(default_factory=dict)


def choose(page: Sheet, title: str | None, ask: Ask | None = None) -> Reading:
    """The reading that the others support most; its agreement is the mean support.

    Where that is low, `ask` gives one more reading and they vote again.
    """
    found = candidates(page)
    if not found:
        return Reading((), "none", agreement=0.0)
    kept = {ranges: _trimmed(page, ranges, title) for ranges in set(found.values())}
    best, support = _vote(page, found, kept)
    if not kept[found[best]]:  # a meta line alone
        found = {name: ranges for name, ranges in found.items() if kept[ranges]}
        if not found:
            return Reading((), "none", agreement=0.0)
        best, support = _vote(page, found, kept)
    if "below" in found and held(page, found.get("span", ())) < LITTLE:
        best = "below"
    elif support[best] < _ASK and ask is not None and (asked := ask(found)):
        found["trafilatura"] = asked
        kept[asked] = _trimmed(page, asked, title)
        best, support = _vote(page, found, kept)
    return Reading(found[best], best, _container(page, found), support[best], support)


def by_layout(page: Sheet, root: Element, selector: str) -> Reading | None:
    """The reading a site definition names; `None` where its selector finds no text."""
    ranges = by_selector(page, root, selector)
    return Reading(ranges, "layout", selector) if ranges else None


def _vote(
    page: Sheet, found: Mapping[str, Ranges], kept: Mapping[Ranges, frozenset[int]]
) -> tuple[str, dict[str, float]]:
    """The reading with the greatest mean agreement, and that of each; `kept` are their lines."""
    support = {
        name: _mean(
            [
                _agreement(page, kept[ranges], kept[others])
                for other, others in found.items()
                if other != name
            ]
        )
        for name, ranges in found.items()
    }
    return max(support, key=lambda name: support[name]), support


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _agreement(page: Sheet, one: frozenset[int], other: frozenset[int]) -> float:
    """Share of text in common: 2·|a∩b| / (|a| + |b|), in characters of the lines both hold."""
    if one == other:
        return 1.0
    size = _size(page, one) + _size(page, other)
    return 2 * _size(page, one & other) / size if size else 1.0


def _size(page: Sheet, indexes: frozenset[int]) -> int:
    return sum(len(page.flow.lines[index].text) for index in indexes)


def _trimmed(page: Sheet, ranges: Ranges, title: str | None) -> frozenset[int]:
    """The lines of a reading as the furniture steps will leave it."""
    lines = page.flow.lines
    indexes = [i for first, last in ranges for i in _without_boxes(page, first, last)]
    heads = furniture.head_cuts([lines[i].text for i in indexes], title, page.inside)
    indexes = indexes[len(heads) :]
    texts = [lines[i].text for i in indexes]
    cut = {c.index for c in furniture.tail_cuts(texts, title, page.inside)}
    return frozenset(index for place, index in enumerate(indexes) if place not in cut)


def _container(page: Sheet, found: Mapping[str, Ranges]) -> str | None:
    if "cms" not in found:
        return None
    first = found["cms"][0]
    named = (c for c in page.containers if (c.first, c.last) == first)
    return next((f"{c.family} {c.marker}" for c in named), None)


def lines_of(page: Sheet, ranges: Ranges) -> list[Line]:
    """The lines of a reading, without the boxes of links that stand inside it."""
    lines = page.flow.lines
    found = [i for first, last in ranges for i in _without_boxes(page, first, last)]
    while found[1:] and _names_box(page, found[-1]):
        found.pop()
    return [lines[i] for i in found]


def _names_box(page: Sheet, index: int) -> bool:
    """Whether a line at the end is the heading of a box beside the article: links follow, and all that
    belongs to it was left out (解读材料, 更多问答).

    Cost: an article that ends with a short heading whose links are the whole section loses the heading.
    """
    lines = page.flow.lines
    line = lines[index]
    is_heading = line.element.tag in _HEADINGS and 0 < line.han <= _NAME
    return is_heading and index + 1 < len(lines) and is_link(lines[index + 1])


def _without_boxes(page: Sheet, first: int, last: int) -> Iterator[int]:
    lines, frame = page.flow.lines, page.frame
    index = first
    while index < last:
        end = index
        while end < last and frame[end] and is_link(lines[end]):
            end += 1
        if end - index >= _BOX:
            index = end
            continue
        heads = end == index and _heads_box(lines[index])
        if not (heads and _is_box(page, index + 1, last)) and not _is_row(lines[index]):
            yield from range(index, max(end, index + 1))
        index = max(end, index + 1)


def _heads_box(line: Line) -> bool:
    """Whether a line may be the name of a box of links: 相关阅读, or a short heading."""
    if linerules.tail_rule(line.text) in ("section", "tail-line"):
        return True
    is_heading = line.element.tag in _HEADINGS and line.han <= _NAME
    return is_heading and not linerules.names_file(line.text)


def _is_row(line: Line) -> bool:
    """Whether a line is a box of links in itself: 相关报道 and the headlines behind it."""
    if not is_link(line) or line.file or linerules.names_file(line.text):
        return False
    return linerules.tail_rule(line.text) == "section"


def _is_box(page: Sheet, first: int, last: int) -> bool:
    """Whether enough links in a row begin here."""
    follows = range(first, min(first + _BOX, last))
    lines = page.flow.lines
    return len(follows) == _BOX and all(page.frame[i] and is_link(lines[i]) for i in follows)
