"""Which lines of a page are its article: candidates, their agreement, the choice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive import furniture, linerules, span
from archive.containers import containers
from archive.dom import Element
from archive.flow import Flow, Line, is_link
from archive.known import PAGES, is_furniture
from archive.model import SiteMemory
from archive.titles import squeezed

Ranges = tuple[tuple[int, int], ...]
_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines taken as the article, and why."""

    ranges: Ranges
    by: str
    container: str | None = None
    agreement: float = 1.0
    readings: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """The lines of a page with what is known about each."""

    flow: Flow
    values: list[float]
    frame: list[bool]
    mass: list[int]
    title: int | None  # the line that shows the title


def sheet(flow: Flow, memory: SiteMemory | None, title: str | None) -> Sheet:
    """Value every line and mark those that belong to the frame by themselves."""
    known = [memory is not None and is_furniture(memory, line.text) for line in flow.lines]
    sure = memory is not None and memory.pages >= PAGES
    mass = span.good_mass(flow.lines)
    within = [_links_within(flow, line, mass) for line in flow.lines]
    values = [_value(line, k, sure) for line, k in zip(flow.lines, known, strict=True)]
    frame = [k or _is_frame(line) for line, k in zip(flow.lines, known, strict=True)]
    for index in range(len(flow.lines)):
        if within[index] and not known[index] and not linerules.tail_rule(flow.lines[index].text):
            values[index], frame[index] = max(values[index], -1.0), False
    at = _title_line(flow, frame, title)
    if at is not None:
        values[at] = -2.0
    return Sheet(flow, values, frame, mass, at)


_MOST = 0.7  # of a page's sentences: what holds that and links is the article's own element


def _links_within(flow: Flow, line: Line, mass: Sequence[int]) -> bool:
    """A paragraph of links between the paragraphs of the text: its files, its references.

    Not items of lists and cells, in which templates set the links of the frame.
    """
    if not is_link(line) or line.element.tag in _CELLS or line.noisy:
        return False
    parent = line.element.getparent() if line.element.tag == "p" else line.element
    held = flow.spans.get(parent)
    return held is not None and mass[held[1]] - mass[held[0]] >= max(_MOST * mass[-1], 60)


_CELLS = frozenset(("li", "td", "th", "dd", "dt", "ul"))


def _title_line(flow: Flow, frame: Sequence[bool], title: str | None) -> int | None:
    """The last line before the text that shows the title: menus and breadcrumbs show it first."""
    wanted = squeezed(title or "")
    if not wanted:
        return None
    found = [i for i, line in enumerate(flow.lines) if not frame[i] and _shows(line, wanted)]
    return found[0] if found else None


def _shows(line: Line, wanted: str) -> bool:
    return len(line.text) < 200 and squeezed(line.text) == wanted


def _value(line: Line, known: bool, sure: bool) -> float:
    worth = span.value(line)
    if known:
        return min(worth, -12.0)
    if sure and -5 < worth < 6 and not line.noisy and not is_link(line):
        return max(worth, min(6.0, 1 + 0.3 * line.han))
    return worth


def _is_frame(line: Line) -> bool:
    text = line.text
    if line.noisy or (is_link(line) and not _is_file(line) and not _is_record(line)):
        return True
    if linerules.is_plain_text(text):
        return False
    return (
        bool(linerules.tail_rule(text)) or linerules.is_footer(text) or linerules.is_toolbar(text)
    )


def _is_record(line: Line) -> bool:
    """A row of four cells or more that is not all link: data, not a list's entry or a menu."""
    return line.text.count("\t") > 2 and line.linked < 0.9 * len(line.text)


def _is_file(line: Line) -> bool:
    return line.file or linerules.names_file(line.text)


def choose(page: Sheet, title: str | None, ask: Ask | None = None) -> Reading:
    """The reading that the others support most; its agreement is the mean support.

    Where that is low, `ask` gives one more reading and they vote again.
    """
    found = candidates(page)
    if not found:
        return Reading((), "none", agreement=0.0)
    if "below" in found and _held(page, found.get("span", ())) < _LITTLE:
        return Reading(found["below"], "below", agreement=0.5)
    best, support = _vote(page, found, title)
    if support[best] < _ASK and ask is not None and (asked := ask()):
        found["trafilatura"] = asked
        best, support = _vote(page, found, title)
    return Reading(found[best], best, _container(page, found), support[best], support)


LOW_AGREEMENT = 0.9  # knowledge 7.4: leaves 6.6 % bad pages among those above it
_ASK = 0.75  # of agreement; asked at 0.9 the answer of 8 in 447 pages changed, 4 to the worse
Ask = Callable[[], Ranges]


def _vote(
    page: Sheet, found: Mapping[str, Ranges], title: str | None
) -> tuple[str, dict[str, float]]:
    grams = {name: _shingles(_trimmed(page, ranges, title)) for name, ranges in found.items()}
    support = {name: _support(name, grams) for name in found}
    return max(support, key=lambda name: support[name]), support


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


def by_cms(page: Sheet) -> Ranges:
    """The outermost marked containers that hold a fair share of the sentences, at most three."""
    outer: list[tuple[int, int]] = []
    total = page.mass[-1]
    for container in containers(page.flow):
        held = page.mass[container.last] - page.mass[container.first]
        if outer and container.last <= outer[-1][1]:
            continue
        if held >= max(40, 0.3 * total):
            outer.append((container.first, container.last))
    return tuple(outer[:3])


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
    held = page.flow.spans.get(best) if best is not None else None
    return (held,) if held else ()


_ANCESTORS = 4
_PASSED_ON = 0.6  # of a line's value to the next ancestor; swept 0.4 to 0.8, tests/eval


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
    lines, frame = page.flow.lines, page.frame
    start = page.title + 1
    skipped = start
    while skipped < min(len(lines), start + furniture.HEAD_LINES):
        if not (frame[skipped] or linerules.head_rule(lines[skipped].text)):
            break
        skipped += 1
    best, total, last = 0.0, 0.0, skipped
    for index in range(skipped, len(lines)):
        total += _lenient(page, index)
        if total > best:
            best, last = total, index + 1
        elif total < best - _DROP:
            break
    return ((skipped, last),)


_DROP = 60.0  # of value: what follows so much frame is another part of the page
_LITTLE = 120  # Han of sentences: below that the sentence run may be a footer or a teaser


def _lenient(page: Sheet, index: int) -> float:
    """The value of a line, where one that is not known as frame counts for what it holds."""
    worth = page.values[index]
    if page.frame[index]:
        return min(worth, -12.0)
    return max(worth, min(6.0, 1 + 0.3 * page.flow.lines[index].han))


def _held(page: Sheet, ranges: Ranges) -> int:
    return sum(page.mass[last] - page.mass[first] for first, last in ranges)


def core(flow: Flow, title: str | None) -> tuple[int, int]:
    """The lines that are the article at first sight: below the title where sentences are few."""
    page = sheet(flow, None, title)
    ranges = by_span(page)
    if _held(page, ranges) < _LITTLE:
        ranges = by_title(page) or ranges
    return ranges[0] if ranges else (0, 0)


_FAR = 40  # lines a run is extended by


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
        held = flow.spans.get(element)
        if held and held[0] <= first and held[1] >= last and held[1] - held[0] > last - first:
            return held
        element = element.getparent()
    return run


def _container(page: Sheet, found: Mapping[str, Ranges]) -> str | None:
    if "cms" not in found:
        return None
    first = found["cms"][0]
    held = (c for c in containers(page.flow) if (c.first, c.last) == first)
    return next((f"{c.family} {c.marker}" for c in held), None)


def lines_of(page: Sheet, ranges: Ranges) -> list[Line]:
    """The lines of a reading, without the boxes of links that stand inside it."""
    lines = page.flow.lines
    return [lines[i] for first, last in ranges for i in _without_boxes(page, first, last)]


_BOX = 3  # links in a row: fewer may be references of the text


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
        heads = end == index and linerules.tail_rule(lines[index].text) in ("section", "tail-line")
        if not (heads and _is_box(page, index + 1, last)):
            yield from range(index, max(end, index + 1))
        index = max(end, index + 1)


def _is_box(page: Sheet, first: int, last: int) -> bool:
    """Whether enough links in a row begin here."""
    follows = range(first, min(first + _BOX, last))
    lines = page.flow.lines
    return len(follows) == _BOX and all(page.frame[i] and is_link(lines[i]) for i in follows)


def _trimmed(page: Sheet, ranges: Ranges, title: str | None) -> list[str]:
    texts = [line.text for line in lines_of(page, ranges)]
    head = len(furniture.head_cuts(texts, title))
    texts = texts[head:]
    cut = {c.index for c in furniture.tail_cuts(texts)}
    return [text for index, text in enumerate(texts) if index not in cut]


def _shingles(texts: Sequence[str]) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall("\n".join(texts))
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def _support(name: str, grams: Mapping[str, Counter[tuple[str, ...]]]) -> float:
    others = [_agreement(grams[name], other) for key, other in grams.items() if key != name]
    return sum(others) / len(others) if others else 0.0


def _agreement(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> float:
    """Share of shingles in common: 2·|a∩b| / (|a| + |b|)."""
    size = one.total() + other.total()
    return 2 * (one & other).total() / size if size else 1.0
