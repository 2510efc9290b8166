"""The bytes of a span paired one byte earlier: every text they may have been, cheapest first.

A state is a text restored so far and the lead bytes that may wait for their trail. A shown
character gives one byte or two, a lost one any value; a state without a waiting lead is in step
again and ends the span. The language model keeps the beam narrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from archive.cutdoc import GLOSS_INSIDE, LOST, Document, as_was
from archive.gbk import (
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
from archive.language import Scorer, canonical, model
from archive.readings import GLOSS_HERE, GLOSS_REST, is_reading, spelled
from archive.variants import is_simplified, is_traditional

_BEAM = 40  # states kept; 80 restored no more on every fourth article of set A, 2026-11-29
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


@dataclass(frozen=True, slots=True)
class State:
    """A text restored so far."""

    scorer: Scorer
    text: str = ""
    pending: tuple[int, ...] = ()  # values of the lead byte that waits for its trail; (): in step
    known: int = 0
    free: int = 0
    drops: int = 0


def ended(doc: Document, at: int, context: Scorer, drops: int) -> list[tuple[State, int]]:
    """States that came in step again and where, the cheapest ones."""
    found: list[tuple[State, int]] = []
    live, at = _first(doc, at, context)
    stop = doc.text.find("\n", at)
    stop = min(at + (LONGEST_DROPPING if drops else _LONGEST), stop if stop >= 0 else len(doc.text))
    while live and at < stop:
        following: list[State] = []
        for state in [*live, *_dropped(doc, live, drops)]:
            for new in _consume(doc, state, at):
                if new.pending:
                    following.append(new)
                elif _reads_as_glossed(doc.text, new, at + 1):
                    found.append((new, at + 1))
        doc.work[0] += len(following)
        live = _cheapest(following)
        at += 1
    return sorted(found, key=lambda e: e[0].scorer.cost)[: 3 * _BEAM]


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
    return list(_extend(doc, empty, first, (second,))), at + 2


def _leads_read(char: str, gloss: re.Match[str]) -> tuple[int, ...]:
    """Bytes that make, after the trail of `char`, a character with the reading of the gloss."""
    pair, reading = bytes_of(char), spelled(gloss["reading"])
    pairs = ((lead, character(pair[-1], lead)) for lead in LEADS if len(pair) == 2)
    return tuple(lead for lead, glossed in pairs if glossed and is_reading(reading, glossed))


def _extend(doc: Document, state: State, trail: int, pending: tuple[int, ...]) -> Iterator[State]:
    """The state after one more restored character, for every value of its lead byte."""
    for lead in state.pending:
        char = character(lead, trail)
        if char and not (len(state.pending) > 1 and _is_rare(doc.traditional, char)):
            scorer = _scored(doc, state, char)
            text = state.text + char
            yield State(scorer, text, pending, state.known, state.free, state.drops)


def _scored(doc: Document, state: State, char: str) -> Scorer:
    """The scorer after `char`; two U+3000 count as one line end, one alone as odd."""
    spaces = len(state.text) - len(state.text.rstrip("\u3000"))
    if char == "\u3000":
        return state.scorer if spaces % 2 else state.scorer.add("\n")
    extra = _oddness(doc.traditional, char) + (ODD if spaces % 2 else 0.0)
    if char == state.text[-1:] and char in PUNCTUATION and char not in "—…":
        extra += ODD
    char = canonical(char)
    new = state.scorer.add(char)
    extra += doc.cache.discount(state.scorer.tail[-1], char, new.cost - state.scorer.cost)
    return new.dearer(extra) if extra else new


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


def _consume(doc: Document, state: State, at: int) -> Iterator[State]:
    """States after the shown character at `at`."""
    shown = doc.text[at]
    if shown in LOST:
        yield from _unknown(doc, state, at)
    state = replace(state, known=state.known + 1)
    if shown == "€":  # 0x80 alone in an "ms" decoder
        yield from _extend(doc, state, 0x80, ())
    if shown not in LOST and "@" <= shown <= "~":
        yield from _extend(doc, state, ord(shown), ())
        return
    pair = bytes_of(widen(shown) if doc.folded else shown)
    if len(pair) == 2:
        yield from _extend(doc, state, pair[0], (pair[1],))


def _unknown(doc: Document, state: State, at: int) -> Iterator[State]:
    """States after `?`: one byte that does not decode with what follows, or a pair of bytes."""
    if len(state.pending) > 1:
        return  # a character of which neither byte is known may be any
    rest = GLOSS_REST.match(doc.text, at + 1) if doc.decoder != "py" else None
    glossed = GLOSS_HERE.match(doc.text, at + 1)
    shown = as_was(doc, at + 1, at + 2)
    following = b"" if shown in doc.marks else bytes_of(shown)
    freed = replace(state, free=state.free + (not (rest or glossed)))
    if doc.folded and doc.text[at + 1 : at + 2] == " ":
        following = b" "  # it may have been U+3000, but allows any byte before it
    for trail in LOST_TRAILS:
        if rest:  # the decoder took the bracket with the byte
            for new in _extend(doc, freed, trail, ()):
                yield replace(new, text=new.text + "(")
            continue
        if not (len(following) == 2 and character(trail, following[0])):
            yield from _extend(doc, freed, trail, ())
        elif shown in MARKS:  # it would decode, unless the tool cut at this mark too
            for new in _extend(doc, freed, trail, ()):
                yield replace(new, scorer=new.scorer.dearer(_CUT_TOO))
        # Before ASCII the byte taken along may have been any; a line end is likely before hanzi.
        if doc.decoder != "py" and ("\u4e00" <= shown <= "\u9fff" or shown in "“《"):
            for new in _extend(doc, freed, trail, ()):
                yield replace(new, text=new.text + "\n", scorer=new.scorer.add("\n", _SWALLOWED))
        if doc.decoder != "py" and not rest and trail in UNPAIRED:
            yield from _extend(doc, state, trail, UNPAIRED[trail])


def _dropped(doc: Document, live: list[State], drops: int) -> list[State]:
    """States after a pair of the user-defined rows, which some decoders leave out."""
    dropped = [
        replace(new, drops=state.drops + 1, free=state.free + 1)
        for state in live[:_DROPPING]
        if state.drops < drops
        for lead in USER_LEADS
        for new in _extend(doc, state, lead, USER_TRAILS)
    ]
    return [
        replace(state, scorer=state.scorer.dearer(_DROP))
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
