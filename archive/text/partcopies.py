"""Parts of a body that stand twice: a summary above it, its beginning below it, its paragraphs.

Compared as in archive/text/doubled.py, over hanzi, letters and digits in one script. A part goes only where all of it
stands in the whole, letter by letter, from the first one on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive import metadata
from archive.about import bylines, dates
from archive.model import Candidate, Change
from archive.normalise import fold
from archive.text import linerules

_SHORTEST = 40  # letters of a part or a paragraph; refrains, captions and forms have less
_TOLD = 24  # letters by which the beginning of a body is found again
_BEGIN = 6  # characters, of the cheap test
_FIRST = 5  # lines above a body: a title, a byline
_BELOW = 3  # … and below its second beginning: credits
_WHOLE = 3  # lines of a second beginning that is not cut off; one or two may be said again
_PAIRS = 2  # paragraphs that stand twice, one below the other
# 摘要, 【导读】, 核心提示：: what a page prints above a body from its beginning
_LABEL = re.compile(
    r"\s*[\[【（(〔]?\s*(?:(?:内容|內容|文章|本文|新闻|新聞)?(?:摘\s*要|提\s*要|简\s*介|簡\s*介|提示|导\s*读|導\s*讀)"
    r"|导\s*语|導\s*語|核心(?:提示|阅读|閱讀)|简要|概要)\s*[\]】）)〕]?\s*(?:[:：]|$|(?<=[\]】）)〕]))\s*"
)
_SENTENCE = re.compile(r"[^。！？；!?;…]+")
_MOST_SENTENCES = 40  # of a summary
_ENDS = ("。", "！", "？", "!", "?", "”", "）", ")")
_MORE_ENDS = frozenset("….]】)）>〉细情部多文")
_MORE = re.compile(
    r"(?:…+|\.{3,})?\s*[\[【(（<〈]?(?:查看|阅读|点击)?(?:详细|详情|全文|更多|原文)?[\]】)）>〉]*\s*$"
)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int  # with its line end
    key: str
    ended: bool  # with the end of a sentence


def part_copies(text: str, *, summaries: bool) -> Iterator[Change]:
    """The cut of every such part; the whole stays.

    With `summaries` also of a labelled summary and of a first paragraph that stands twice: on a page
    readers count them as part of the text (5 golds of 210 DAnIEL pages keep theirs, 2026-11-30).
    """
    if not _may_hold(text, summaries):
        return
    lines = [line for line in _lines(text) if line.key]
    spans = (
        list(_paragraphs(lines))
        or (summaries and (list(_summaries(text, lines)) or list(_leads(lines))))
        or list(_beginnings(text, lines))
    )
    done = 0
    for first, stop in spans:
        evidence = f"{stop - first} lines that stand elsewhere as well, from their first letter on"
        start, end = lines[first].start, lines[stop - 1].end
        if end >= len(text) and first:
            start = lines[first - 1].end - 1 if text[lines[first - 1].end - 1] == "\n" else start
        found = tuple(dict.fromkeys(told(text[lines[first].start : lines[stop - 1].end])))
        start, done = max(start, done), end  # a paragraph that stands three times is cut twice
        yield Change(start, end, "", "part-copy", evidence, 0.95, flag="doubled-body", found=found)


def told(cut: str, kept: str = "") -> Iterator[Candidate]:
    """What lines of a head, bylines and credits say in a part that goes; a day that the part kept above
    has, too, is its signature."""
    signed = {line.strip() for line in kept.split("\n") if dates.is_signed_day(line)}
    for line in cut.split("\n"):
        if linerules.head_rule(line.strip()) and line.strip() not in signed:
            yield from metadata.read_line(line.strip())
        yield from bylines.byline(line)
        credit = bylines.trailing_credit(line)
        yield from credit[1] if credit else ()


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip()
        cut = _MORE.search(bare, max(0, len(bare) - 24)) if bare[-1:] in _MORE_ENDS else None
        told = bare[: cut.start()] if cut else bare
        yield _Line(start, start + len(line), fold(told), told.endswith(_ENDS))
        start += len(line)


def _may_hold(text: str, summaries: bool) -> bool:
    """The cheap test: a long line at the top begins as a later one does, or several lines do."""
    stripped = [line for line in map(str.lstrip, text.split("\n")) if line]
    if summaries and any(map(_LABEL.match, stripped[:_FIRST])):
        return True
    heads = [line[:_BEGIN] for line in stripped if len(line) >= _SHORTEST]
    if len(heads) - len(set(heads)) >= _PAIRS:
        return True
    return any(head in heads[at + 1 :] for at, head in enumerate(heads[:_FIRST]))


def _paragraphs(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """Paragraphs each of which stands twice, where all long ones of the text do."""
    long = [at for at, line in enumerate(lines) if len(line.key) >= _SHORTEST]
    twins = [at for at in long if at and lines[at - 1].key == lines[at].key]
    if len(twins) >= _PAIRS and 2 * len(twins) == len(long):
        yield from ((at, at + 1) for at in twins)


def _summaries(text: str, lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """A labelled summary above the body, each of whose sentences stands in the body, letter by letter.

    The label may have a line of its own, and 正文 may stand alone below. Cost: a paper whose author made
    the summary of whole sentences of the text.
    """
    for first, line in enumerate(lines[:_FIRST]):
        shown = text[line.start : line.end].rstrip()
        label = _LABEL.match(shown)
        if label is None:
            continue
        said, stop = shown[label.end() :], first + 1
        if not said and stop < len(lines):
            said, stop = text[lines[stop].start : lines[stop].end].rstrip(), stop + 1
        said = said[: _MORE.search(said, max(0, len(said) - 24)).start()]  # type: ignore[union-attr] # as in _lines
        keys = [key for key in map(fold, _SENTENCE.findall(said)) if key]
        if stop < len(lines) and lines[stop].key == "正文":
            stop += 1
        # a second copy of the text has its summary, too: that is none of its sentences
        below = (x for x in lines[stop:] if not _LABEL.match(text[x.start : x.start + _SHORTEST]))
        body = _joined(list(below))
        enough = sum(map(len, keys)) >= _SHORTEST and len(keys) <= _MOST_SENTENCES
        if enough and all(key in body for key in keys):
            yield first, stop
        return


def _leads(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """The first paragraph where the body begins with it again on the next line: the page printed its
    summary above. Oaths and refrains that are said twice stand further down."""
    for first in range(min(_FIRST, len(lines) - 2)):
        line = lines[first]
        if line.ended or len(line.key) >= _SHORTEST:
            again = first
            while again + 1 < len(lines) and lines[again + 1].key == line.key:
                again += 1
            body = len(_joined(lines[again + 1 :]))
            if again > first and line.ended and body >= len(line.key) >= _SHORTEST:
                yield first, again
            return


def _beginnings(text: str, lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """The beginning of a body above the body, or below it."""
    for first in range(min(_FIRST, len(lines))):
        head = lines[first].key[:_TOLD]
        if len(lines[first].key) < _SHORTEST:
            continue
        again = next(
            (at for at in range(first + 1, len(lines)) if lines[at].key.startswith(head)), None
        )
        if again is None:
            continue
        upper, lower = _joined(lines[first:again]), _joined(lines[again:])
        cut = _is_cut(lines[again - 1], lines[again:])
        if cut and len(upper) < len(lower) and lower.startswith(upper):
            yield first, again
        elif stop := _shown_again(upper, lines, again):
            yield _with_head(text, lines, first, again), stop
        return


def _with_head(text: str, lines: Sequence[_Line], first: int, again: int) -> int:
    """Where the head of a second beginning begins: the title, said above the first one too, a day."""
    said = {line.key for line in lines[:first]}
    at = again
    while at > max(first + 1, again - _FIRST) and (
        lines[at - 1].key in said
        or linerules.head_rule(text[lines[at - 1].start : lines[at - 1].end].strip())
    ):
        at -= 1
    return at if any(line.key in said for line in lines[at:again]) else again


def _shown_again(upper: str, lines: Sequence[_Line], again: int) -> int:
    """Where the lines end that begin the body a second time; 0 where other text stands there."""
    for stop in range(len(lines), max(again, len(lines) - _BELOW - 1), -1):
        lower = _joined(lines[again:stop])
        rest = lines[stop:]
        if (
            len(lower) >= _SHORTEST
            and upper.startswith(lower)
            and (stop - again >= _WHOLE or _is_cut(lines[stop - 1], lines[:again]))
            and all(len(line.key) < _SHORTEST for line in rest)
        ):
            return stop
    return 0


def _is_cut(line: _Line, others: Sequence[_Line]) -> bool:
    """Whether a line is none of the others but the beginning of one: somebody cut it off."""
    return not line.ended and all(line.key != other.key for other in others)


def _joined(lines: Sequence[_Line]) -> str:
    return "".join(line.key for line in lines)
