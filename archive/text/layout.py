"""The last step: one paragraph per line, without blank lines, indents and trailing blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.chinese.punctuation import SPACED_DATE
from archive.model import About, Change

_BLANKS = re.compile(r"\s+")
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACED = re.compile("[ \u00a0](?:(?=[年月日])|(?<=[年月].))")  # in every date with a blank in it
_SENTENCE_END = frozenset("。！？!?…”’」』")
# Two wide blanks, or two ASCII ones where a mirror folded them, inside a line: the indent of a paragraph.
_INDENT = re.compile("(?<=[^\\s])(?:\u3000\u3000|  )(?=[^\\s])")
_RUN_ON = 2  # such places behind a sentence or heading: the text's paragraphs stand in one line
_LONGEST = 40  # characters of a heading
_HEADING = re.compile(
    "(?:\\A|[\\s。！？”])(?:(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章节節])"
    "[^。！？；\\s]{2,40}|(?:同志们|同志們|各位|尊敬的|各[县縣市区區乡鄉镇鎮])[^。！？；\\s]{0,40}[：:])\\Z"
)
_PARAGRAPH = re.compile(
    "[^\\s。]{12,400}[。，,]"
)  # what stands below a heading; a cell of a table is shorter


def lines(text: str, about: About) -> Iterable[Change]:
    """Blank lines, indents and blanks at line ends go; an indent inside a line ends the paragraph.

    Two U+3000 are how Chinese typing begins a paragraph. Where they stand inside a line, after the
    end of a sentence, the line end before them was lost (a `<br>` or `</p>` dropped by a tool).
    In a text with two such places ASCII blanks are a folded indent, and a heading or salutation ends there, too.
    The cost: two sentences set apart by two wide blanks on purpose become two lines.
    """
    if not _is_laid_out(text):
        indents = frozenset(_folded_indents(text))
        for match in _BLANKS.finditer(text):
            if match.start() in indents:
                yield Change(*match.span(), "\n", "indent-inside-line", confidence=0.9)
            else:
                yield from _blank(text, *match.span())
    for date in SPACED_DATE.finditer(text) if _SPACED.search(text) else ():
        for match in re.finditer("[ \u00a0]+", date[0]):
            start, end = (date.start() + offset for offset in match.span())
            yield Change(start, end, "", "date-space", evidence=date[0])


def _is_laid_out(text: str) -> bool:
    """True where nothing of it would change, as of most texts: single line ends between lines that begin
    and end with a character, no wide blank. A tenth of the time of looking at every blank."""
    lines = text.split("\n")
    if "\u3000" in text or "  " in text or len(text.splitlines()) != len(lines):
        return False
    return all(line and not (line[0].isspace() or line[-1].isspace()) for line in lines)


def _folded_indents(text: str) -> list[int]:
    """Where two blanks are the indent of a paragraph, in a text that has some of them."""
    found = [
        match.start()
        for match in _INDENT.finditer(text)
        if text[match.start() - 1] in _SENTENCE_END
        or (
            _PARAGRAPH.match(text, match.end())
            and _HEADING.search(text[max(0, match.start() - _LONGEST) : match.start()])
        )
    ]
    return found if len(found) >= _RUN_ON else []


def _blank(text: str, start: int, end: int) -> Iterable[Change]:
    run = text[start:end]
    if start == 0 or end == len(text):
        yield Change(start, end, "", "edge-blank")
    elif _LINE_END.search(run):
        if run != "\n":
            yield Change(start, end, "\n", "blank-line" if run.count("\n") > 1 else "indent")
    elif run.count("\u3000") > 1 and text[start - 1] in _SENTENCE_END:
        yield Change(start, end, "\n", "indent-inside-line", confidence=0.9)
