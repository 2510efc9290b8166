"""Matrices and keyword bars in plain text, where the links are already lost.

    matrices      P X/R  place x service, place x clinic                     R7
    keyword_bars  X T    names of one trade on a page about another matter   R8

Lexical evidence never acts alone: a bar goes only from a page whose own sentences do not speak
of that trade (family T).
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from archive import farmwords, gazetteer, lexicon
from archive.farmitems import (
    ITEM,
    LONGEST_ITEM,
    LONGEST_PLACE,
    MOST_RUNS,
    PROSE_MARK,
    SEGMENT,
    STOPPED,
    Item,
    items,
    past,
    pieces,
    sentences,
    until_footer,
    whole_lines,
)
from archive.model import Change
from archive.variants import fold

MATRIX, LISTED, BAR = 6, 12, 4  # least items, rules R7 and R8
# Endings of a run that name a trade: matrices of five endings, one of them a trade, have a fifth;
# none does in 1,928 clean pages, where runs of places are followed by offices (2026-11-29).
MIXED, MIXED_SHARE = 3, 0.15

_OPEN, _CLOSE = ("【", "［"), ("】", "］")  # around every name of a bar
_LABEL = re.compile(r"^[\s|]*[^\s：:。，|]{2,8}\s*[：:]?[\s|]*$")


def matrices(text: str, title: str) -> Iterator[Change]:
    """Runs of place + ending where few endings repeat: 略阳搬家公司 永春管道疏通 太康搬家公司."""
    if not _holds_repeated_endings(text):
        return
    for run, endings in deque(_matrix_runs(text), MOST_RUNS):
        trades = [lexicon.trade(ending) for ending in endings]
        known = sum(t is not None for t in trades) / len(trades)
        kind = next((t for t in trades if t), None)
        prose = sentences(text) + title
        start, end = _with_label(text, run)
        counted = Counter(endings)
        where = "A " if not STOPPED.search(until_footer(text[end:])) else ""
        evidence = f"P {len(run)} places x {len(counted)} endings"
        if kind and known >= 0.7 and not lexicon.speaks_of(prose, kind):
            evidence += f"; X {kind} {known:.0%}; {where}T"
            yield Change(start, end, "", "R7-matrix", evidence, 0.95, "link-farm")
        elif where and len(run) >= LISTED and not gazetteer.is_ordered(_places(run)):
            evidence += "; R endings repeat; A behind the article"
            yield Change(start, end, "", "R7-matrix", evidence, 0.85, "link-farm")
    yield from _mixed(text, title)


def _mixed(text: str, title: str) -> Iterator[Change]:
    """Runs behind the article of place + any ending, an office's too, where a trade is named again
    and again: 都兰县新闻网 沙县seo优化 莒县招聘网. A list of papers or offices names none."""
    for run, endings in deque(_matrix_runs(text, mixed=True), MOST_RUNS):
        trades = Counter(filter(None, map(lexicon.trade, endings)))
        listed = trades.total()
        if len(run) < LISTED or listed < max(MIXED, MIXED_SHARE * len(run)):
            continue
        kind = trades.most_common(1)[0][0]
        start, end = _with_label(text, run)
        is_last = not STOPPED.search(until_footer(text[end:]))
        spoken = lexicon.speaks_of(sentences(text) + title, kind)
        if is_last and not spoken and not gazetteer.is_ordered(_places(run)):
            evidence = f"P {len(run)} places in no order; X {kind}: {listed} endings; A T"
            yield Change(start, end, "", "R7-matrix", evidence, 0.9, "link-farm")


def _places(run: Sequence[Item]) -> list[str]:
    split = (gazetteer.split_place(item.text) for item in run)
    return [found[0] for found in split if found]


def _holds_repeated_endings(text: str) -> bool:
    """The cheap test: enough pieces are a place and an ending that another piece shares."""
    found = [piece for piece in pieces(text) if 4 <= len(piece) <= LONGEST_PLACE]
    if gazetteer.may_begin_with_places(found) < MATRIX:
        return False
    endings = Counter(piece[-2:] for piece in found)
    shared = (piece for piece in found if endings[piece[-2:]] >= 2)
    split = filter(None, map(gazetteer.split_place, shared))
    return sum(len(place) >= 2 and len(ending) >= 3 for place, ending in split) >= MATRIX


def _matrix_runs(text: str, *, mixed: bool = False) -> Iterator[tuple[list[Item], list[str]]]:
    run: list[Item] = []
    endings: list[str] = []
    for item in (*items(text, _MATRIX_ITEM), Item(len(text), len(text), "", "")):
        found = gazetteer.split_place(item.text) if len(item.text) <= LONGEST_ITEM else None
        if (
            found
            and len(found[1]) >= 3
            and (mixed or lexicon.trade(found[1]) or not is_official(found[1]))
            and not PROSE_MARK.search(found[1])
        ):
            run.append(item)
            endings.append(found[1])
            continue
        few = len(set(endings)) <= max(2, len(run) // 3)
        if len(run) >= MATRIX and (few or mixed):
            yield run, endings
        run, endings = [], []


_MATRIX_ITEM = re.compile(ITEM.pattern.replace("[\\s|", "[\\s：:|").replace("[^\\s|", "[^\\s：:|"))


@lru_cache(maxsize=4096)
def is_official(ending: str) -> bool:
    """True for what stands behind a place in the name of an office, a school or a paper."""
    return fold(ending).endswith(_official())


def _with_label(text: str, run: Sequence[Item]) -> tuple[int, int]:
    line = text.rfind("\n", 0, run[0].start) + 1
    start = line if _LABEL.match(text[line : run[0].start] or "：：") else run[0].start
    return whole_lines(text, start, past(text, run[-1].end))


@cache
def _official() -> tuple[str, ...]:
    return tuple(farmwords.words()["endings"]["official"])


def keyword_bars(text: str, title: str, *, machine: bool = False) -> Iterator[Change]:
    """Runs of short segments that are names of one trade, on a page about something else.

    With `machine` the page carries the fingerprints of mirror machinery: that evidence stands
    beside the words, so a run of two with one listed name is a bar. No page without such
    fingerprints is judged that way.
    """
    if not lexicon.listed(text):
        return
    prose = sentences(text) + title
    spoken = {
        kind: lexicon.speaks_of(prose, kind) for kind in {k for _, _, k in lexicon.listed(text)}
    }
    for run in _bar_runs(text):
        trades = Counter(filter(None, (lexicon.trade(item.text) for item in run)))
        if not trades or not _is_bar(run, sum(trades.values()), machine):
            continue
        kind = trades.most_common(1)[0][0]
        start, end = run[0].start, past(text, run[-1].end)
        if text[start - 1 : start] in _OPEN and text[end : end + 1] in _CLOSE:
            start, end = start - 1, end + 1
        start, end = whole_lines(text, start, end)
        mean = sum(lexicon.spam(item.text) for item in run) / len(run)
        evidence = f"X {kind}: {len(run)} segments, mean {mean:.2f}, {sum(trades.values())} listed"
        if spoken[kind] and not machine:
            evidence += "; the page speaks of it"
            yield Change(start, end, "", "R8-keywords", evidence, 0.2, applied=False)
        else:
            evidence += (
                "; N a machine made the page" if machine else "; T the page does not speak of it"
            )
            yield Change(start, end, "", "R8-keywords", evidence, 0.92, "link-farm")


def _is_bar(run: Sequence[Item], listed: int, machine: bool) -> bool:
    mean = sum(lexicon.spam(item.text) for item in run) / len(run)
    if machine and len(run) >= 2:
        return mean >= lexicon.SPAM
    if len(run) < BAR:
        return len(run) >= 2 and (listed == len(run) or (listed >= 2 and mean >= lexicon.SPAM))
    return listed >= max(2, 0.25 * len(run)) and (mean >= lexicon.SPAM or listed >= 0.5 * len(run))


def _bar_runs(text: str) -> Iterator[list[Item]]:
    for line in re.finditer("[^\n]+", text):
        if not re.search("[。！？]", line[0]):
            yield from _bars_of(line[0], line.start())


def _bars_of(line: str, offset: int) -> Iterator[list[Item]]:
    run: list[Item] = []
    gap: list[Item] = []
    for item in items(line, SEGMENT):
        item = Item(item.start + offset, item.end + offset, item.text, item.before)
        quoted = re.search('[“”"（）()：:；;《》]', item.text) or len(item.text) > LONGEST_ITEM
        if not quoted and lexicon.spam(item.text) >= lexicon.SPAM:
            run += (*gap, item)
            gap = []
        elif run and not quoted and len(gap) < 2:
            gap.append(item)
        else:
            yield from ([run] if run else [])
            run, gap = [], []
    if run:
        yield run


def segments(text: str) -> list[str]:
    """The segments of a text between blanks, bars, commas and dashes."""
    return [item.text for item in items(text, SEGMENT)]
