"""GBK mis-cuts put together again: archive/gbk.py tells how they come about.

A span begins at a lost byte shown as `?` before a mark. From there the shown characters are
turned back into bytes and paired one byte earlier; every value of the lost bytes is tried. The
language model ranks the results, quotes and brackets must balance, and the machine, run forward
on a result, must show exactly what is seen.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from archive.gbk import (
    DECODERS,
    LEADS,
    LOST_TRAILS,
    MARKS,
    UNPAIRED,
    USER_LEADS,
    USER_TRAILS,
    bytes_of,
    character,
    cut,
    fold,
    widen,
)
from archive.language import Scorer, canonical, model
from archive.readings import BRACKETED, GLOSS_HERE, GLOSS_REST, is_reading, spelled
from archive.variants import is_simplified, is_traditional

_BEAM = 80  # states kept; swept 40-160, 2026-11-24
_LONGEST = 60  # shown characters of a span
_CACHE = 0.15  # weight of the document's own counts
_DROPPING = 12  # states that may go on with a dropped pair at each step
_DROPS = 2  # dropped pairs in one span
_DROP = 2.5  # nats for a pair the decoder dropped
_UNBALANCED = 4.0  # nats for a quote or bracket without its other half
_SCRIPT = 4.0  # nats for a Simplified character in a Traditional document, and the reverse
_ODD = 8.0  # nats for a character that is neither hanzi nor Chinese punctuation
_CUT_TOO = 6.0  # nats for a mark that the tool is not known to have searched for
_TERM = 4.0  # nats for a sentence end in a quotation of a word or two: “六保” is none
_SWALLOWED = 2.0  # nats for a line end that the decoder took with a lost byte
_WAYS = 4
_REST = 500  # characters on the right in which quotes are matched
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
_SHORT_TERM = re.compile("[“‘][\u4e00-\u9fff]{1,5}[。！？][”’]")
_NO_QUOTE = re.compile("[^“”‘’（）《》〈〉【】〔〕「」\n]+")
_LOST = "?\ufffd"


# The gloss of a character that was none: the trail of one and the lead of the next.
GLOSS_INSIDE = re.compile(r"\(?(?P<reading>[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,6})\)")


@dataclass(frozen=True, slots=True)
class Cache:
    """What the document itself says often, as evidence for what it lost."""

    chars: Counter[str]
    pairs: Counter[str]
    size: int

    @staticmethod
    def of(text: str) -> Cache:
        """The cache of a text, counted without its glosses."""
        plain = canonical(BRACKETED.sub("", text))
        return Cache(Counter(plain), Counter(map("".join, pairwise(plain))), len(plain))

    def discount(self, left: str, char: str, cost: float) -> float:
        """What to add to the cost of `char` after `left`: 0 or less."""
        share = 0.8 * self.pairs[left + char] / (self.chars[left] + 2)
        share += 0.2 * self.chars[char] / (self.size + 1)
        return min(0.0, -math.log(math.exp(-cost) + _CACHE * share) - cost) if share else 0.0


@dataclass(frozen=True, slots=True)
class Document:
    """What holds for all spans of one text."""

    text: str
    folded: bool  # marks stand as ASCII
    traditional: bool
    marks: str  # that the tool searched for, as far as seen
    ms: bool  # the decoder may drop pairs, and take the byte after a lost one with it
    drops: bool  # it surely does
    cache: Cache


@dataclass(frozen=True, slots=True)
class Restored:
    """One way to put a span together: `text` for what is seen from `start` to `end`."""

    start: int
    end: int
    text: str  # full width
    cost: float
    seen: float  # cost of the same stretch as it is seen
    known: int  # shown characters that carry bytes, besides the mark
    free: int  # lost bytes besides the first, with no gloss to witness them
    odd: bool  # it has a character that its script hardly uses, or one the decoder took along
    closes: bool  # it ends a quotation that the line has open: a witness too

    @property
    def gain(self) -> float:
        """Nats by which it is likelier than what is seen."""
        return self.seen - self.cost


@dataclass(frozen=True, slots=True)
class _State:
    scorer: Scorer
    text: str = ""
    pending: tuple[int, ...] = ()  # values of the lead byte that waits for its trail; (): in step
    known: int = 0
    free: int = 0
    drops: int = 0


def ways(doc: Document, at: int, line: str, context: Scorer) -> list[Restored]:
    """Ways to restore the span whose lost byte is shown at `at`, likeliest first, all proved.

    `line` is the restored text of the line so far, `context` its scorer.
    """
    found = _found(doc, at, line, context, 0)
    if doc.drops or (doc.ms and (not found or found[0].odd)):
        found += _found(doc, at, line, context, _DROPS)
        found.sort(key=lambda way: (-way.gain, way.text))
    return list({way.text: way for way in reversed(found[: 2 * _WAYS])}.values())[::-1]


def _is_rare(doc: Document, text: str) -> bool:
    """True if the text has a character that its script hardly uses: it was put together wrong."""
    lm = model()
    return any(
        _oddness(doc, c) or (c not in _PUNCTUATION and lm.is_rare(canonical(c)))
        for c in text
        if c not in "(\n"
    )


def _found(doc: Document, at: int, line: str, context: Scorer, drops: int) -> list[Restored]:
    quotes = _quotes(line)
    rights: dict[int, tuple[str, str]] = {}
    found: list[Restored] = []
    for state, end in _ended(doc, at, context, drops):
        if end not in rights:
            rights[end] = _right(doc.text, end)
        near, rest = rights[end]
        cost = state.scorer.add(canonical(near)).cost if near else state.scorer.cost
        cost += _UNBALANCED * _unbalanced(quotes + _quotes(state.text) + rest)
        cost += _TERM * bool(_SHORT_TERM.search(line[-_CONTEXT:] + state.text))
        cost += _ODD * (len(state.text) - len(state.text.rstrip("\u3000")) == 1)
        cost += _UNBALANCED * (doc.text[end - 1] in _LOST and "@" <= doc.text[end : end + 1] <= "~")
        seen = context.add(canonical(doc.text[at:end] + near)).cost
        seen += _UNBALANCED * _unbalanced(quotes + _quotes(doc.text[at:end]) + rest)
        found.append(
            Restored(
                start=at,
                end=end,
                text=state.text,
                cost=cost,
                seen=seen,
                known=state.known,
                free=state.free,
                odd=_is_rare(doc, state.text) or state.text[-1] == "\n",
                closes=_closes(quotes, state.text),
            )
        )
    found.sort(key=lambda way: (-way.gain, way.text))
    return list(_proved(doc, line, found))


def _ended(doc: Document, at: int, context: Scorer, drops: int) -> list[tuple[_State, int]]:
    """States that came in step again and where, the cheapest ones."""
    ended: list[tuple[_State, int]] = []
    live, at = _first(doc, at, context)
    stop = doc.text.find("\n", at)
    stop = min(at + _LONGEST, stop if stop >= 0 else len(doc.text))
    while live and at < stop:
        following: list[_State] = []
        for state in [*live, *_dropped(doc, live, drops)]:
            for new in _consume(doc, state, at):
                if new.pending:
                    following.append(new)
                elif _reads_as_glossed(doc.text, new, at + 1):
                    ended.append((new, at + 1))
        live = sorted(following, key=lambda s: s.scorer.cost)[:_BEAM]
        at += 1
    return sorted(ended, key=lambda e: e[0].scorer.cost)[: 3 * _BEAM]


def _first(doc: Document, at: int, context: Scorer) -> tuple[list[_State], int]:
    """The states after the lost lead byte and the mark."""
    inside = GLOSS_INSIDE.match(doc.text, at + 1)
    if inside:
        return [
            _State(context, pending=_leads_read(doc.text[at - 1], inside), known=1)
        ], inside.end()
    first, second = bytes_of(widen(doc.text[at + 1]))
    empty = _State(context, pending=tuple(LEADS))
    return list(_extend(doc, empty, first, (second,))), at + 2


def _leads_read(char: str, gloss: re.Match[str]) -> tuple[int, ...]:
    """Bytes that make, after the trail of `char`, a character with the reading of the gloss."""
    pair, reading = bytes_of(char), spelled(gloss["reading"])
    pairs = ((lead, character(pair[-1], lead)) for lead in LEADS if len(pair) == 2)
    return tuple(lead for lead, glossed in pairs if glossed and is_reading(reading, glossed))


def _extend(doc: Document, state: _State, trail: int, pending: tuple[int, ...]) -> Iterator[_State]:
    """The state after one more restored character, for every value of its lead byte."""
    for lead in state.pending:
        char = character(lead, trail)
        if char and not (len(state.pending) > 1 and _is_rare(doc, char)):
            scorer = _scored(doc, state, char)
            text = state.text + char
            yield _State(scorer, text, pending, state.known, state.free, state.drops)


def _scored(doc: Document, state: _State, char: str) -> Scorer:
    """The scorer after `char`; two U+3000 count as one line end, one alone as odd."""
    spaces = len(state.text) - len(state.text.rstrip("\u3000"))
    if char == "\u3000":
        return state.scorer if spaces % 2 else state.scorer.add("\n")
    extra = _oddness(doc, char) + (_ODD if spaces % 2 else 0.0)
    if char == state.text[-1:] and char in _PUNCTUATION and char not in "—…":
        extra += _ODD
    char = canonical(char)
    new = state.scorer.add(char)
    extra += doc.cache.discount(state.scorer.tail[-1], char, new.cost - state.scorer.cost)
    return new.dearer(extra) if extra else new


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
    state = replace(state, known=state.known + 1)
    if shown == "€":  # 0x80 alone in an "ms" decoder
        yield from _extend(doc, state, 0x80, ())
    if shown not in _LOST and "@" <= shown <= "~":
        yield from _extend(doc, state, ord(shown), ())
        return
    pair = bytes_of(widen(shown) if doc.folded else shown)
    if len(pair) == 2:
        yield from _extend(doc, state, pair[0], (pair[1],))


def _unknown(doc: Document, state: _State, at: int) -> Iterator[_State]:
    """States after `?`: one byte that does not decode with what follows, or a pair of bytes."""
    rest = GLOSS_REST.match(doc.text, at + 1) if doc.ms else None
    glossed = GLOSS_HERE.match(doc.text, at + 1)
    shown = _as_was(doc, at + 1, at + 2)
    following = b"" if shown in doc.marks else bytes_of(shown)
    freed = replace(state, free=state.free + (not (rest or glossed)))
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
        if doc.ms and ("\u4e00" <= shown <= "\u9fff" or shown in "“《"):
            for new in _extend(doc, freed, trail, ()):
                yield replace(new, text=new.text + "\n", scorer=new.scorer.add("\n", _SWALLOWED))
        if doc.ms and not rest and trail in UNPAIRED:
            yield from _extend(doc, state, trail, UNPAIRED[trail])


def _as_was(doc: Document, start: int, end: int) -> str:
    """What stands there, in the width it had before it was folded; glosses were ASCII."""
    shown = doc.text[start:end]
    return widen(shown) if doc.folded and not GLOSS_HERE.match(doc.text, start) else shown


def _dropped(doc: Document, live: list[_State], drops: int) -> list[_State]:
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


def _reads_as_glossed(text: str, state: _State, end: int) -> bool:
    """False if a gloss follows that is no reading of the last restored character."""
    if state.text[-1] == "(":
        gloss = GLOSS_REST.match(text, end)
        return gloss is not None and is_reading(spelled(gloss["reading"]), state.text[-2])
    gloss = GLOSS_HERE.match(text, end)
    if state.text[-1] == "\n":
        return not gloss
    return not gloss or is_reading(spelled(gloss["reading"]), state.text[-1])


def _right(text: str, end: int) -> tuple[str, str]:
    """What follows a span in its line, without glosses: next characters, and up to the next span."""
    stop = text.find("\n", end, end + _REST)
    line = text[end : stop + 1 if stop >= 0 else end + _REST]
    span = SIGNATURE.search(line)
    line = GLOSS_REST.sub("", line[: span.start()] if span else line, count=1)
    rest = paragraphs(BRACKETED.sub("", line))
    return rest[:_CONTEXT], _quotes(rest)


def paragraphs(line: str) -> str:
    """The line with line ends where two U+3000 (or what they were folded to) begin a paragraph."""
    return re.sub("[ \u3000]{2,}", "\n", line)


# A lost byte before one of the marks, which stand as they were or folded to ASCII; or before a
# gloss that was written between two bytes: 局?(jǐn)?(shù)據, in "ms" decoders 局?jǐn)?shù)據.
SIGNATURE = re.compile(
    r"[?\ufffd](?=[。！？，；：!?,;:])|(?<=[\u4e00-\u9fff])[?\ufffd](?=\(?[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,6}\))"
)


def _quotes(line: str) -> str:
    """The quotes and brackets of a line, and where paragraphs begin."""
    return _NO_QUOTE.sub("", paragraphs(line))


def _unbalanced(line: str) -> int:
    """Quotes and brackets without their other half."""
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


def _closes(quotes: str, text: str) -> bool:
    """True if the text ends with the other half of a quote or bracket that is open."""
    text = text.rstrip("\n")
    return text[-1:] in _PAIRS and _unbalanced(quotes) > _unbalanced(quotes + _quotes(text))


def _proved(doc: Document, line: str, found: list[Restored]) -> Iterator[Restored]:
    """The ways whose text the machine cuts into what is seen; at most four."""
    texts: set[str] = set()
    for way in found[:40]:
        if way.text not in texts and _is_proved(doc, line, way):
            texts.add(way.text)
            yield way
            if len(texts) == _WAYS:
                return


def _is_proved(doc: Document, line: str, way: Restored) -> bool:
    if GLOSS_INSIDE.match(doc.text, way.start + 1):
        return True  # not a cut: the reading of the gloss is the proof
    left = widen(line[-1:]) if doc.folded else line[-1:]
    right = _as_was(doc, way.end, way.end + 2)
    seen = doc.text[way.start : way.end + 1].replace("\ufffd", "?")
    own = widen(doc.text[way.start + 1])
    for marks in (doc.marks, own, own + right[:1] if right[:1] in MARKS else own):
        for decoder in DECODERS:
            shown = cut(left + way.text + right, marks, decoder)
            shown = fold(shown) if doc.folded else shown
            if shown[len(left) :].startswith(seen):
                return True
    return False
