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
from itertools import chain

from archive.chinese import gazetteer
from archive.chinese.variants import fold
from archive.farms import farmwords, lexicon
from archive.farms.farmitems import (
    ITEM,
    LONGEST_ITEM,
    LONGEST_PLACE,
    MOST_RUNS,
    PROSE_MARK,
    SEGMENT,
    STOPPED,
    Item,
    items,
    kind,
    past,
    pieces,
    sentences,
    until_footer,
    whole_lines,
)
from archive.farms.farmtext import label_of
from archive.model import Change

MATRIX, LISTED, BAR = 6, 12, 4  # least items, rules R7 and R8
HEAP, HEAPED, LONGEST_HEAP = 3, 0.4, 80  # names, their share of the line, its characters
_SIGNED = re.compile("[\\s。，！？、：；“”《》（）()|_]")
COLUMN, COLUMN_LISTED = 5, 0.6  # lines of a column, the share of them that is listed
_SPOKEN_LINE = re.compile("[。！？：:；;，,“”《》]")
LONGEST_EDGES = 100  # characters beside a bar on its line that may go with it
EDGES = 4  # segments of a bar for each that goes with it unnamed
ONE_LISTED = 0.8  # mean score from which one listed name makes four segments a bar
# Endings of a run that name a trade: matrices of five endings, one of them a trade, have a fifth;
# none does in 1,928 clean pages, where runs of places are followed by offices (2026-11-29).
MIXED, MIXED_SHARE = 3, 0.15

_OPEN, _CLOSE = (
    ("【", "［", "（", "("),
    ("】", "］", "）", ")"),
)  # around every name of a bar, or all
_WHOLE = re.compile(r"\s*[（(]([^（）()]*)[)）]\s*")  # a line that is all in brackets
_LABEL = re.compile(r"^[\s|]*[^\s：:。，|]{2,8}\s*[：:]?[\s|]*$")


def matrices(text: str, title: str) -> Iterator[Change]:
    """Runs of place + ending where few endings repeat: 略阳搬家公司 永春管道疏通 太康搬家公司."""
    if not _holds_repeated_endings(text):
        return
    for run, endings in deque(_matrix_runs(text), MOST_RUNS):
        trades = [trade_of(ending) for ending in endings]
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
        trades = Counter(filter(None, map(trade_of, endings)))
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
    long = (len(place) >= 2 and (len(ending) >= 3 or trade_of(ending)) for place, ending in split)
    return sum(map(bool, long)) >= MATRIX


def _matrix_runs(text: str, *, mixed: bool = False) -> Iterator[tuple[list[Item], list[str]]]:
    run: list[Item] = []
    endings: list[str] = []
    for item in (*items(text, _MATRIX_ITEM), Item(len(text), len(text), "", "")):
        found = gazetteer.split_place(item.text) if len(item.text) <= LONGEST_ITEM else None
        if (
            found
            and len(found[1]) >= (2 if mixed else 3)
            and (mixed or trade_of(found[1]) or not is_official(found[1]))
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


def trade_of(ending: str) -> str | None:
    """The trade an ending names behind a place: a listed word's, or that of one who sells pages."""
    return lexicon.trade(ending) or ("service" if _sells(ending) else None)


def _sells(ending: str) -> bool:
    """Whether the longest of the known endings is a seller's: 网站 is, 政府网站 is an office's."""
    plain = fold(ending).lower()
    if not plain.endswith(_sellers()):
        return False
    seller = max(len(end) for end in _sellers() if plain.endswith(end))
    return not any(plain.endswith(end) and len(end) > seller for end in _official())


@cache
def _sellers() -> tuple[str, ...]:
    return tuple(farmwords.words()["endings"]["trade"])


def _with_label(text: str, run: Sequence[Item]) -> tuple[int, int]:
    line = text.rfind("\n", 0, run[0].start) + 1
    start = line if _LABEL.match(text[line : run[0].start] or "：：") else run[0].start
    start = label_of(text, start).start  # 站群： on the line above
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
    if not lexicon.offers(text):
        return
    prose = sentences(text) + title + lexicon.heading(text)
    spoken = {
        kind: lexicon.speaks_of(prose, kind) for kind in {k for _, _, k in lexicon.offers(text)}
    }
    bars = (run for run in _bar_runs(text) if _is_bar(run, machine))
    for run in chain(bars, _heaps(text), _columns(text)):
        trades = Counter(filter(None, (lexicon.offer(item.text) for item in run)))
        kind = trades.most_common(1)[0][0]
        start, end = _with_edges(text, run)
        if text[start - 1 : start] in _OPEN and text[end : end + 1] in _CLOSE:
            start, end = start - 1, end + 1
        start, end = whole_lines(text, start, end)
        mean = _mean(run)
        evidence = f"X {kind}: {len(run)} segments, mean {mean:.2f}, {sum(trades.values())} listed"
        if spoken[kind] and not machine:
            evidence += "; the page speaks of it"
            yield Change(start, end, "", "R8-keywords", evidence, 0.2, applied=False)
        else:
            evidence += (
                "; N a machine made the page" if machine else "; T the page does not speak of it"
            )
            yield Change(start, end, "", "R8-keywords", evidence, 0.92, "link-farm")


def _with_edges(text: str, run: Sequence[Item]) -> tuple[int, int]:
    """The run with the few segments left of its line, where they are joined as its own are."""
    start, end = run[0].start, past(text, run[-1].end)
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end) % (len(text) + 1)
    if start - line_start + line_end - end > LONGEST_EDGES:
        return start, end
    joints = {item.before for item in run[1:]}
    edges = _edges(text[line_start:start]), _edges(text[run[-1].end : line_end])
    left = [item for edge in edges for item in edge]
    if not left or max(1, len(run) // EDGES) < len(left) or any(map(_is_spoken, left)):
        return start, end
    if any(item.before not in joints for edge in edges for item in edge):
        return start, end
    return (line_start if edges[0] else start), (line_end if edges[1] else end)


def _edges(text: str) -> list[Item]:
    """What stands beside a bar on its line, each segment with the sign to its neighbour."""
    found = items(text, SEGMENT)
    if not found or text[:1] not in " |｜_-—、,，\u3000":  # in front: the sign follows the segment
        tail = text[found[-1].end :] if found else ""
        signs = [item.before for item in found[1:]] + [kind(tail)]
        return [item._replace(before=sign) for item, sign in zip(found, signs, strict=False)]
    return found


def _is_spoken(item: Item) -> bool:
    return len(item.text) > LONGEST_PLACE or bool(PROSE_MARK.search(item.text.strip("0123456789")))


def _is_bar(run: Sequence[Item], machine: bool) -> bool:
    listed = sum(lexicon.offer(item.text) is not None for item in run)
    if not listed:
        return False
    mean = _mean(run)
    if machine and len(run) >= 2:
        return mean >= lexicon.SPAM
    if len(run) < BAR:
        named = any(lexicon.trade(item.text) for item in run)
        return (
            named
            and len(run) >= 2
            and (listed == len(run) or (listed >= 2 and mean >= lexicon.SPAM))
        )
    if listed == 1 and mean >= ONE_LISTED:
        return True
    return listed >= max(2, 0.25 * len(run)) and (mean >= lexicon.SPAM or listed >= 0.5 * len(run))


def _mean(run: Sequence[Item]) -> float:
    return sum(map(_likeness, run)) / len(run)


def _likeness(item: Item) -> float:
    return 1.0 if lexicon.offer(item.text) else lexicon.score(item.text)


def _bar_runs(text: str) -> Iterator[list[Item]]:
    for line in re.finditer("[^\n]+", text):
        if not re.search("[。！？]", line[0]):
            inner = _WHOLE.fullmatch(line[0])
            at = inner.start(1) if inner else 0
            yield from _bars_of(inner[1] if inner else line[0], line.start() + at)


def _bars_of(line: str, offset: int) -> Iterator[list[Item]]:
    run: list[Item] = []
    gap: list[Item] = []
    for item in items(line, SEGMENT):
        item = Item(item.start + offset, item.end + offset, item.text, item.before)
        quoted = re.search('[“”"（）()：:；;《》]', item.text) or len(item.text) > LONGEST_ITEM
        if not quoted and _likeness(item) >= lexicon.SPAM:
            run += (*gap, item)
            gap = []
        elif run and not quoted and len(gap) < 2:
            gap.append(item)
        else:
            yield from ([run] if run else [])
            run, gap = [], []
    if run:
        yield run


def _heaps(text: str) -> Iterator[list[Item]]:
    """Lines without a sign that are one heap of listed names: 国产精品久久久久无码人妻视频."""
    counted = Counter(text.rfind("\n", 0, start) for start, _, _ in lexicon.offers(text))
    for before, times in counted.items():
        end = text.find("\n", before + 1) % (len(text) + 1)
        line = text[before + 1 : end].strip()
        if (
            times < HEAP
            or not lexicon.listed(line)
            or len(line) > LONGEST_HEAP
            or _SIGNED.search(line)
        ):
            continue
        if sum(e - s for s, e, _ in lexicon.offers(line)) >= HEAPED * len(line):
            start = text.index(line, before + 1)
            yield [Item(start, start + len(line), line, "")]


def _columns(text: str) -> Iterator[list[Item]]:
    """Names of a trade one below the other, a line each; most of them are listed.

    None that a line announces with a colon, and none of a trade that any line of the text speaks of: a
    warning, a ward, a register of services. Cost: such a list where the text says nothing about it.
    """
    rest, spoken = "", dict[str, bool]()
    run: list[Item] = []
    for line in re.finditer("[^\n]+", text + "\n。"):
        name = line[0].strip()
        if name and len(name) <= LONGEST_ITEM and not _SPOKEN_LINE.search(name):
            start = line.start() + line[0].index(name)
            run.append(Item(start, start + len(name), name, "\n" if run else ""))
            continue
        trades = Counter(filter(None, (lexicon.trade(item.text) for item in run)))
        if len(run) >= COLUMN and trades.total() >= max(BAR, COLUMN_LISTED * len(run)):
            rest = rest or _without_names(text)
            spoken |= {t: lexicon.speaks_of(rest, t) for t in trades if t not in spoken}
            before = text[max(0, run[0].start - LONGEST_ITEM) : run[0].start].rstrip()
            if not any(spoken[trade] for trade in trades) and before[-1:] not in ("：", ":"):
                yield run
        run = []


def _without_names(text: str) -> str:
    """The text without its short lines that are listed names."""
    lines = text.split("\n")
    return "\n".join(x for x in lines if len(x) > LONGEST_ITEM or lexicon.trade(x) is None)


def segments(text: str) -> list[str]:
    """The segments of a text between blanks, bars, commas and dashes."""
    return [item.text for item in items(text, SEGMENT)]
