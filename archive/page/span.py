"""The run of lines that holds the article, by sentence mass.

Every line has a value: running text counts what it has of Han, links, toolbars and the legal
foot count against. The article is the run of the greatest sum. In place of the English
constants of other tools (ASCII commas, 25 and 140 characters a paragraph, 250 a page).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from archive import writing
from archive.page.dom import Element
from archive.page.flow import Flow, Line, is_link
from archive.text import linerules

_SENTENCE_HAN = 12
_LINKED = 0.35  # share of link text up to which a line is running text
_SHORT, _PARAGRAPH = 90, 200  # characters; a tail line, a line of the legal foot is shorter
_REMEMBERED = 100  # characters; the values of longer lines are not kept
_FULL_WIDTH = re.compile("[，。；：、！？“”（）《》]")
_OTHER_MARK = re.compile(f"[\u3400-\u9fff][,;:!?.]|{writing.STOPS}")  # asked where there is none
# The first words of another article, cut by a template.
_TEASER = re.compile(r"(?<!\.)\.{3}$|(?<!…)…$|\[(?:详细|全文|更多)\]$")


def is_good(line: Line) -> bool:
    """Running text: twelve Han, punctuation, hardly any link."""
    if line.good is None:
        line.good = (
            line.han >= _SENTENCE_HAN
            and line.linked < _LINKED * len(line.text)
            and bool(_FULL_WIDTH.search(line.text) or _OTHER_MARK.search(line.text))
        )
    return line.good


def value(line: Line) -> float:
    """What a line adds to the run that holds it; constants of knowledge 7.2, measured there."""
    worth = line.worth
    if worth is None:
        asked = _short_value if len(line.text) <= _REMEMBERED else _value
        worth = line.worth = asked(
            line.text, line.han, is_good(line), is_link(line), line.linked, line.file
        )
    if worth > 0 and line.noisy:
        worth -= min(40.0, line.han / 2)
    return worth


def _value(text: str, han: int, good: bool, link: bool, linked: int, file: bool) -> float:
    size = len(text)
    if good:
        if size < _SHORT and linerules.tail_rule(text):
            return -20.0
        if size < _PARAGRAPH and linerules.is_footer(text):
            return -60.0
        is_teaser = size <= _PARAGRAPH and text[-1] in ".…]" and _TEASER.search(text)
        return -10.0 if is_teaser else float(han)
    if text.count("\t") > 2 and linked < 0.9 * size:
        return 3.0
    if link:
        return -2.0 if file or linerules.names_file(text) else -(size + 6.0)
    if linerules.is_footer(text):
        return -60.0
    if linerules.is_bare_date(text):
        return -3.0
    if linerules.tail_rule(text) or linerules.head_rule(text):
        return -12.0
    if "\t" in text:
        return 3.0
    if size < 8:
        return -4.0
    return min(6.0, 0.3 * han) if han >= 10 else -2.0


_short_value = lru_cache(maxsize=8192)(_value)  # the frame of a site repeats from page to page


def best_run(values: Sequence[float]) -> tuple[int, int]:
    """The contiguous [first, last) of greatest sum; (0, 0) when nothing is positive."""
    best, best_run_, run, start = 0.0, (0, 0), 0.0, 0
    for index, worth in enumerate(values):
        if run <= 0:
            run, start = 0.0, index
        run += worth
        if run > best:
            best, best_run_ = run, (start, index + 1)
    return best_run_


def good_mass(lines: Sequence[Line]) -> list[int]:
    """Han of running text up to each line: `out[b] - out[a]` is what lines [a, b) hold."""
    return [0, *accumulate([line.han if _is_text(line) else 0 for line in lines])]


def _is_text(line: Line) -> bool:
    """Running text that is no part of the frame: 主办：… 地址：… of a foot has punctuation, too."""
    good = is_good(line) if line.good is None else line.good
    return good and not line.noisy and value(line) > 0


def densest(flow: Flow, values: Sequence[float]) -> tuple[Element, tuple[int, int]] | None:
    """The smallest element whose lines have the greatest sum of values."""
    sums = [0.0, *accumulate(values)]
    best: tuple[float, int, Element] | None = None
    for element, (first, last) in flow.spans.items():
        worth = sums[last] - sums[first]
        if worth > 0 and (best is None or (worth, first - last) > best[:2]):
            best = (worth, first - last, element)
    return (best[2], flow.spans[best[2]]) if best else None
