"""The last step: one paragraph per line, without blank lines, indents and trailing blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.model import About, Change

_BLANKS = re.compile(r"\s+")
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# 7月12 日: mirrors and word processors set a blank between a figure and 年, 月, 日. A figure
# before it and the unit's place in a date are asked for: 图1 日照 keeps its blank.
_DATE = re.compile(r"(?<=\d年|\d月) (?=\d{1,2} ?[月日])|(?<=[年月]\d) (?=[月日])|(?<=[年月]\d\d) (?=[月日])")
_YEAR = re.compile(r"(?<=\b[12]\d{3}) (?=年 ?\d{1,2} ?月)")
_SENTENCE_END = frozenset("。！？!?”’」』）)；;…：:")


def lines(text: str, about: About) -> Iterable[Change]:
    """Blank lines, indents and blanks at line ends go; an indent inside a line ends the paragraph.

    Two U+3000 are how Chinese typing begins a paragraph. Where they stand inside a line, after the
    end of a sentence, the line end before them was lost (a `<br>` or `</p>` dropped by a tool).
    The cost: two sentences set apart by two wide blanks on purpose become two lines.
    """
    for match in _BLANKS.finditer(text):
        yield from _blank(text, match.start(), match.end())
    for pattern in (_DATE, _YEAR):
        for match in pattern.finditer(text):
            yield Change(match.start(), match.end(), "", "date-space")


def _blank(text: str, start: int, end: int) -> Iterable[Change]:
    run = text[start:end]
    if start == 0 or end == len(text):
        yield Change(start, end, "", "edge-blank")
    elif _LINE_END.search(run):
        if run != "\n":
            yield Change(start, end, "\n", "blank-line" if run.count("\n") > 1 else "indent")
    elif run.count("\u3000") > 1 and text[start - 1] in _SENTENCE_END:
        yield Change(start, end, "\n", "indent-inside-line", confidence=0.9)
