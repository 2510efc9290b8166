"""GBK mis-cuts put together again: archive/gbk.py tells how they come about.

A span begins at a lost byte shown as `?` before a mark. From there the shown characters are
turned back into bytes and paired one byte earlier; every value of the lost bytes is tried. The
language model ranks the results, quotes and brackets must balance, and the machine, run forward
on a result, must show exactly what is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.gbk import DECODERS, LEADS, bytes_of, character, cut, fold, widen
from archive.language import Scorer, canonical
from archive.readings import BRACKETED, GLOSS_HERE, is_reading, spelled
from archive.variants import is_simplified, is_traditional

_BEAM = 80  # states kept; swept 40-160, 2026-11-24
_LONGEST = 60  # shown characters of a span
_DROP = 2.5  # nats for a pair the decoder dropped
_UNBALANCED = 3.0  # nats for a quote or bracket without its other half
_SCRIPT = 4.0  # nats for a Simplified character in a Traditional document, and the reverse
_ODD = 8.0  # nats for a character that is neither hanzi nor Chinese punctuation
_CONTEXT = 6  # characters on the right that help to judge
_PUNCTUATION = "。，、；：？！“”‘’（）《》〈〉【】〔〕『』「」…—·％\u3000"
_PAIRS = {
    "”": "“",
    "’": "‘",
    "）": "（",
    "》": "《",
    "〉": "〈",
    "】": "【",
    "〕": "〔",
    "」": "「",
}
_LOST = "?\ufffd"


@dataclass(frozen=True, slots=True)
class Document:
    """What holds for all spans of one text."""

    text: str
    folded: bool  # marks stand as ASCII
    traditional: bool
    marks: str  # that the tool searched for, as far as seen


@dataclass(frozen=True, slots=True)
class Restored:
    """One way to put a span together: `text` for what is seen from `start` to `end`."""

    start: int
    end: int
    text: str  # full width
    cost: float
    seen: float  # cost of the same stretch as it is seen
    known: int  # shown characters that carry bytes, besides the mark

    @property
    def gain(self) -> float:
        """Nats by which it is likelier than what is seen."""
        return self.seen - self.cost


@dataclass(frozen=True, slots=True)
class _State:
    scorer: Scorer
    text: str = ""
    pending: int = -1  # lead byte that waits for its trail; -1: in step
    known: int = 0
    drops: int = 0


def ways(doc: Document, at: int, line: str, context: Scorer) -> list[Restored]:
    """Ways to restore the span whose lost byte is shown at `at`, likeliest first, all proved.

    `line` is the restored text of the line so far, `context` its scorer.
    """
    rights: dict[int, tuple[str, str]] = {}
    found: list[Restored] = []
    for state, end in _ended(doc, at, context):
        if end not in rights:
            rights[end] = _right(doc.text, end)
        near, rest = rights[end]
        if _reads_as_glossed(doc.text, state.text, end):
            cost = state.scorer.add(canonical(near)).cost if near else state.scorer.cost
            cost += _UNBALANCED * _unbalanced(line + state.text + rest)
            seen = context.add(canonical(doc.text[at:end] + near)).cost
            seen += _UNBALANCED * _unbalanced(line + doc.text[at:end] + rest)
            found.append(Restored(at, end, state.text, cost, seen, state.known))
    found.sort(key=lambda way: (-way.gain, way.text))
    return list(_proved(doc, line, found))


def _ended(doc: Document, at: int, context: Scorer) -> list[tuple[_State, int]]:
    """States that came in step again and where, the cheapest ones."""
    ended: list[tuple[_State, int]] = []
    live, at = _first(doc, at, context)
    stop = doc.text.find("\n", at)
    stop = min(at + _LONGEST, stop if stop >= 0 else len(doc.text))
    while live and at < stop:
        following: list[_State] = []
        for state in live:
            for new in _consume(doc, state, at):
                if new.pending < 0:
                    ended.append((new, at + 1))
                else:
                    following.append(new)
        live = sorted(following, key=lambda s: s.scorer.cost)[:_BEAM]
        at += 1
    return sorted(ended, key=lambda e: e[0].scorer.cost)[: 3 * _BEAM]


def _first(doc: Document, at: int, context: Scorer) -> tuple[list[_State], int]:
    """The states after the lost lead byte and the mark."""
    first, second = bytes_of(widen(doc.text[at + 1]))
    empty = _State(context)
    states = [_extend(doc, empty, lead, first, second) for lead in LEADS]
    return [s for s in states if s], at + 2


def _extend(doc: Document, state: _State, lead: int, trail: int, pending: int) -> _State | None:
    char = character(lead, trail)
    if char is None:
        return None
    scorer = state.scorer.add(canonical(char), _oddness(doc, char))
    return _State(scorer, state.text + char, pending, state.known, state.drops)


def _oddness(doc: Document, char: str) -> float:
    if char in _PUNCTUATION:
        return 0.0
    if not "\u4e00" <= char <= "\u9fff":
        return _ODD
    if doc.traditional:
        return _SCRIPT if is_simplified(char) else 0.0
    return _SCRIPT if is_traditional(char) else 0.0


def _consume(doc: Document, state: _State, at: int) -> Iterator[_State]:
    """States after the shown character at `at`."""
    shown = doc.text[at]
    if shown in _LOST:
        yield from _unknown(doc, state, at)
    elif shown.isascii() and "@" <= shown <= "~":
        new = _extend(doc, state, state.pending, ord(shown), -1)
        if new:
            yield _known(new)
        return
    wide = widen(shown) if doc.folded else shown
    pair = bytes_of(wide)
    if len(pair) == 2:
        new = _extend(doc, state, state.pending, pair[0], pair[1])
        if new:
            yield _known(new)


def _known(state: _State) -> _State:
    return _State(state.scorer, state.text, state.pending, state.known + 1, state.drops)


def _unknown(doc: Document, state: _State, at: int) -> Iterator[_State]:
    """States after a last byte that was lost: one that does not decode with what follows."""
    shown = doc.text[at + 1 : at + 2]
    following = bytes_of(widen(shown) if doc.folded else shown)
    for trail in LEADS:
        if len(following) == 2 and character(trail, following[0]):
            continue
        new = _extend(doc, state, state.pending, trail, -1)
        if new:
            yield new


def _reads_as_glossed(text: str, restored: str, end: int) -> bool:
    """False if a gloss follows that is no reading of the last restored character."""
    gloss = GLOSS_HERE.match(text, end)
    return not gloss or is_reading(spelled(gloss["reading"]), restored[-1])


def _right(text: str, end: int) -> tuple[str, str]:
    """What follows a span in its line, without glosses: next characters, and up to the next span."""
    stop = text.find("\n", end)
    line = text[end : stop + 1 if stop >= 0 else len(text)]
    span = SIGNATURE.search(line)
    rest = BRACKETED.sub("", line[: span.start()] if span else line)
    return rest[:_CONTEXT], rest


# A lost byte before one of the marks, which stand as they were or folded to ASCII.
SIGNATURE = re.compile(r"[?\ufffd](?=[。！？，；：!?,;:])")


def _unbalanced(line: str) -> int:
    """Quotes and brackets without their other half."""
    line = re.split(r"\u3000\u3000", line)[-1] if "\u3000\u3000" in line else line
    open_: list[str] = []
    count = 0
    for char in line:
        if char in _PAIRS.values():
            count += char in open_
            open_.append(char)
        elif char in _PAIRS:
            if _PAIRS[char] in open_:
                open_.remove(_PAIRS[char])
            else:
                count += 1
    return count + len(open_)


def _proved(doc: Document, line: str, found: list[Restored]) -> Iterator[Restored]:
    """The ways whose text the machine cuts into what is seen; at most four."""
    texts: set[str] = set()
    for way in found[:40]:
        if way.text not in texts and _is_proved(doc, line, way):
            texts.add(way.text)
            yield way
            if len(texts) == 4:
                return


def _is_proved(doc: Document, line: str, way: Restored) -> bool:
    left, right = line[-1:], doc.text[way.end : way.end + 2]
    if doc.folded:
        left, right = widen(left), widen(right)
    seen = doc.text[way.start : way.end + 1].replace("\ufffd", "?")
    for marks in (doc.marks, widen(doc.text[way.start + 1])):
        for decoder in DECODERS:
            shown = cut(left + way.text + right, marks, decoder)
            shown = fold(shown) if doc.folded else shown
            if shown[len(left) :].startswith(seen):
                return True
    return False
