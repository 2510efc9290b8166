"""The bytes of a span paired one byte earlier: every text they may have been, cheapest first.

A state is a text restored so far and the lead bytes that may wait for their trail. A shown
character gives one byte or two, a lost one any value; a state without a waiting lead is in step
again and ends the span. The language model keeps the beam narrow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from heapq import heappush, heappushpop
from typing import NamedTuple

from archive.chinese.language import Scorer, canonical, model
from archive.chinese.variants import is_simplified, is_traditional
from archive.damage.cutdoc import GLOSS_INSIDE, LOST, Document, as_was
from archive.damage.gbk import (
    LEADS,
    LOST_TRAILS,
    MARKS,
    UNPAIRED,
    USER_LEADS,
    USER_TRAILS,
    bytes_of,
    character,
    widen,
)
from archive.damage.readings import GLOSS_HERE, GLOSS_REST, is_reading, spelled

_BEAM = 40  # states kept; 80 restored no more on every fourth article of set A, 2026-11-29
_ENDED = 3 * _BEAM  # states in step again that are kept
_BEHIND = 12.0  # nats that a state may cost more than the cheapest
_LONGEST = 60  # shown characters of a span
LONGEST_DROPPING = 8  # the same where pairs may be missing
_DROPPING = 6  # states that may go on with a dropped pair at each step
_DROP = 2.5  # nats for a pair the decoder dropped
_SCRIPT = 4.0  # nats for a Simplified character in a Traditional document, and the reverse
ODD = 8.0  # nats for a character that is neither hanzi nor Chinese punctuation
_CUT_TOO = 6.0  # nats for a mark that the tool is not known to have searched for
_SWALLOWED = 2.0  # nats for a line end that the decoder took with a lost byte
PUNCTUATION = "。，、；：？！“”‘’（）《》〈〉【】〔〕『』「」…—·％\u3000"


class State(NamedTuple):
    """A text restored so far."""

    scorer: Scorer
    text: str = ""
    pending: tuple[int, ...] = ()  # values of the lead byte that waits for its trail; (): in step
    known: int = 0
    free: int = 0
    drops: int = 0


class _Lost(NamedTuple):
    """What a lost byte may have been, the same for every state that meets it."""

    trails: tuple[tuple[int, bool], ...]  # its values, and whether the tool cut at what follows
    bracket: bool  # the decoder took the bracket of a gloss along
    line_end: bool  # it may have taken a line end along
    pairs: bool  # it may be a pair
    witnessed: bool  # a gloss tells what it was


class _Limits:
    """What a new state may cost: it is not even made if it would not be kept."""

    def __init__(self) -> None:
        self.live = math.inf  # with a lead byte that waits
        self.ended = math.inf
        self._costs: list[float] = []  # of the cheapest ended, negative

    def found(self, cost: float) -> None:
        """Count one that came in step again."""
        if len(self._costs) < _ENDED:
            heappush(self._costs, -cost)
        else:
            heappushpop(self._costs, -cost)
            self.ended = -self._costs[0]


def ended(doc: Document, at: int, context: Scorer, drops: int) -> list[tuple[State, int]]:
    """States that came in step again and where, the cheapest ones."""
    found: list[tuple[State, int]] = []
    limits = _Limits()
    live, at = _first(doc, at, context)
    stop = doc.text.find("\n", at)
    stop = min(at + (LONGEST_DROPPING if drops else _LONGEST), stop if stop >= 0 else len(doc.text))
    while live and at < stop:
        following: list[State] = []
        limits.live = math.inf
        lost = _lost(doc, at) if doc.text[at] in LOST else None
        for state in [*live, *_dropped(doc, live, drops)]:
            for new in _consume(doc, state, at, lost, limits):
                if new.pending:
                    following.append(new)
                    limits.live = min(limits.live, new.scorer.cost + _BEHIND)
                elif _reads_as_glossed(doc.text, new, at + 1):
                    found.append((new, at + 1))
                    limits.found(new.scorer.cost)
        live = _cheapest(following)
        at += 1
    return sorted(found, key=lambda e: e[0].scorer.cost)[:_ENDED]


def _cheapest(states: list[State]) -> list[State]:
    states.sort(key=lambda s: s.scorer.cost)
    return [s for s in states[:_BEAM] if s.scorer.cost <= states[0].scorer.cost + _BEHIND]


def _first(doc: Document, at: int, context: Scorer) -> tuple[list[State], int]:
    """The states after the lost lead byte and the mark."""
    inside = GLOSS_INSIDE.match(doc.text, at + 1)
    if inside:
        return [
            State(context, pending=_leads_read(doc.text[at - 1], inside), known=1)
        ], inside.end()
    first, second = bytes_of(widen(doc.text[at + 1]))
    empty = State(context, pending=tuple(LEADS))
    return list(_extend(doc, empty, first, (second,), _Limits())), at + 2


def _leads_read(char: str, gloss: re.Match[str]) -> tuple[int, ...]:
    """Bytes that make, after the trail of `char`, a character with the reading of the gloss."""
    pair, reading = bytes_of(char), spelled(gloss["reading"])
    pairs = ((lead, character(pair[-1], lead)) for lead in LEADS if len(pair) == 2)
    return tuple(lead for lead, glossed in pairs if glossed and is_reading(reading, glossed))


def _extend(
    doc: Document,
    state: State,
    trail: int,
    pending: tuple[int, ...],
    limits: _Limits,
) -> Iterator[State]:
    """The state after one more restored character, for every value of its lead byte."""
    unseen = len(state.pending) > 1
    limit = limits.live if pending else limits.ended
    for lead in state.pending:
        char = character(lead, trail)
        if char and not (unseen and _is_rare(doc.traditional, char)):
            scorer = _scored(doc, state, char, limit)
            if scorer:
                text = state.text + char
                yield State(scorer, text, pending, state.known, state.free, state.drops)


def _scored(doc: Document, state: State, char: str, limit: float) -> Scorer | None:
    """The scorer after `char`, `None` if it costs more than the limit; two U+3000 count as one
    line end, one alone as odd."""
    doc.work[0] += 1
    text = state.text
    odd_space = text[-1:] == "\u3000" and (len(text) - len(text.rstrip("\u3000"))) % 2
    if char == "\u3000":
        return state.scorer if odd_space else state.scorer.add("\n")
    extra = _oddness(doc.traditional, char) + (ODD if odd_space else 0.0)
    if char == text[-1:] and char in PUNCTUATION and char not in "—…":
        extra += ODD
    char = canonical(char)
    scorer = state.scorer
    before, cost = scorer.cost, scorer.cost_after(char)
    if cost + extra > limit and char not in doc.cache.chars:
        return None
    extra += doc.cache.discount(scorer.tail[-1], char, cost - before)
    return scorer.after(char, cost + extra) if cost + extra <= limit else None


def is_rare(traditional: bool, text: str) -> bool:
    """True if the text has a character that its script hardly uses: it was put together wrong."""
    return any(_is_rare(traditional, char) for char in text if char not in "(\n")


@cache
def _is_rare(traditional: bool, char: str) -> bool:
    if _oddness(traditional, char):
        return True
    return char not in PUNCTUATION and model().is_rare(canonical(char))


@cache
def _oddness(traditional: bool, char: str) -> float:
    if char in PUNCTUATION:
        return 0.0
    if not "\u4e00" <= char <= "\u9fff":
        return ODD
    if traditional:
        return _SCRIPT if is_simplified(char) else 0.0
    return _SCRIPT if is_traditional(char) else 0.0


def _consume(
    doc: Document, state: State, at: int, lost: _Lost | None, limits: _Limits
) -> Iterator[State]:
    """States after the shown character at `at`."""
    if lost:
        yield from _unknown(doc, state, lost, limits)
    shown = doc.text[at]
    state = state._replace(known=state.known + 1)
    if shown == "€":  # 0x80 alone in an "ms" decoder
        yield from _extend(doc, state, 0x80, (), limits)
    if "@" <= shown <= "~":
        yield from _extend(doc, state, ord(shown), (), limits)
        return
    pair = bytes_of(widen(shown) if doc.folded else shown)
    if len(pair) == 2:
        yield from _extend(doc, state, pair[0], (pair[1],), limits)


def _lost(doc: Document, at: int) -> _Lost:
    """What `?` at `at` may be: one byte that does not decode with what follows, or a pair."""
    bracket = doc.decoder != "py" and GLOSS_REST.match(doc.text, at + 1) is not None
    glossed = GLOSS_HERE.match(doc.text, at + 1) is not None
    shown = as_was(doc, at + 1, at + 2)
    following = b"" if shown in doc.marks else bytes_of(shown)
    if doc.folded and doc.text[at + 1 : at + 2] == " ":
        following = b" "  # it may have been U+3000, but allows any byte before it
    trails = []
    for trail in LOST_TRAILS:
        decodes = len(following) == 2 and character(trail, following[0]) is not None
        if bracket or not decodes or shown in MARKS:  # decodes: unless the tool cut there, too
            trails.append((trail, decodes and not bracket))
    # Before ASCII the byte taken along may have been any; a line end is likely before hanzi.
    line_end = doc.decoder != "py" and ("\u4e00" <= shown <= "\u9fff" or shown in "“《")
    pairs = doc.decoder != "py" and not bracket
    return _Lost(tuple(trails), bracket, line_end and not bracket, pairs, bracket or glossed)


def _unknown(doc: Document, state: State, lost: _Lost, limits: _Limits) -> Iterator[State]:
    """States after a lost byte or pair."""
    if len(state.pending) > 1:
        return  # a character of which neither byte is known may be any
    freed = state if lost.witnessed else state._replace(free=state.free + 1)
    for trail, cut_too in lost.trails:
        for new in _extend(doc, freed, trail, (), limits):
            if lost.bracket:
                new = new._replace(text=new.text + "(")
            yield new._replace(scorer=new.scorer.dearer(_CUT_TOO)) if cut_too else new
    for trail in LOST_TRAILS if lost.line_end else ():
        for new in _extend(doc, freed, trail, (), limits):
            yield new._replace(text=new.text + "\n", scorer=new.scorer.add("\n", _SWALLOWED))
    for trail in LOST_TRAILS if lost.pairs else ():
        if trail in UNPAIRED:
            yield from _extend(doc, state, trail, UNPAIRED[trail], limits)


def _dropped(doc: Document, live: list[State], drops: int) -> list[State]:
    """States after a pair of the user-defined rows, which some decoders leave out."""
    dropped = [
        new._replace(drops=state.drops + 1, free=state.free + 1)
        for state in live[:_DROPPING]
        if state.drops < drops
        for lead in USER_LEADS
        for new in _extend(doc, state, lead, USER_TRAILS, _Limits())
    ]
    return [
        state._replace(scorer=state.scorer.dearer(_DROP))
        for state in sorted(dropped, key=lambda s: s.scorer.cost)[: 3 * _DROPPING]
    ]


def _reads_as_glossed(text: str, state: State, end: int) -> bool:
    """False if a gloss follows that is no reading of the last restored character."""
    if state.text[-1] == "(":
        gloss = GLOSS_REST.match(text, end)
        return gloss is not None and is_reading(spelled(gloss["reading"]), state.text[-2])
    gloss = GLOSS_HERE.match(text, end)
    if state.text[-1] == "\n":
        return not gloss
    return not gloss or is_reading(spelled(gloss["reading"]), state.text[-1])
