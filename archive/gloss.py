"""Pinyin glosses that mirror machinery writes behind characters: `學(xué)` for 學.

The tools replace a character by itself and its first reading, everywhere or nowhere, and only
characters that a conversion to Traditional changed. So the decision is one for the document:
characters whose every occurrence carries the same first reading, again and again, are the
tool's; readings a person wrote (a rare name, a list of words) lack that.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.language import canonical, model
from archive.model import Change
from archive.readings import GLOSS, is_reading, reading_of, readings, toneless
from archive.variants import is_simplified, is_traditional

# Measured on glossed, clean and trap passages of development pages, 2026-11-24.
_ENOUGH = 8  # glosses by the tool in a document
_KINDS = 3  # different characters
_SHARE = 0.7  # of the valid readings; the rest may be a person's
_REPEATED = 1.2  # glosses per character: word lists name each character once
_ALWAYS = 0.8  # of a character's occurrences: a second article on the page may lack the glosses
_OFTEN = 0.5  # the same once the tool is proved by its other characters
_FEW = 3  # glosses of a short notice, if every sign of running text is there
_RARE = 12.0  # nats
_REACH = 2  # uncommon characters that a tool glosses which may gloss rare ones
_NEAR = 30  # characters beside a gloss, with the glosses in them
_LISTED = 3  # single characters that make a list
_VERSE = 5  # glosses in a row that may be verse
_REPEATS = 0.8  # of the glosses of a tool that writes each more than once
_SPACED = 0.8  # of the glosses that end no line have a space behind them
_COMMON = 9.5  # nats; characters whose reading people write out (彧 灃 鋰 埔) lie above 11


@dataclass(frozen=True, slots=True)
class _Gloss:
    char: str
    reading: str
    start: int  # of the bracket
    end: int
    first_end: int  # of the first bracket, where the same reading is written again
    spaced: bool  # one space follows a reading without tone
    repeated: bool  # (zheng)(zheng)
    inside: bool  # a hanzi follows at once
    bracket: str


def strip(text: str) -> Iterator[Change]:
    """The removal of the tool's glosses, none where the document shows no tool."""
    if not BRACKET.search(text):
        return
    valid = [g for g in _glosses(text) if is_reading(g.reading, g.char)]
    explained = _explained(valid, text)
    valid = [g for g in valid if g not in explained]
    kinds = _kinds(valid).values()
    machine = [g for kind in kinds if _by_machine(kind, text, _ALWAYS) for g in kind]
    if not _decided(machine, valid):
        return
    if len(machine) >= _ENOUGH:
        machine = [g for kind in kinds if _by_machine(kind, text, _OFTEN) for g in kind]
    machine = _without_rare(_in_style(machine), text)
    counted = f"{len(machine)} glosses on {len(_kinds(machine))} characters"
    confidence = 0.99 if len(machine) >= _ENOUGH else 0.9
    spaced = _writes_spaces(machine, text)
    repeats = sum(gloss.repeated for gloss in machine) >= _REPEATS * len(machine)
    for gloss in machine:
        # A tool that writes once: the second bracket is the page's own, 學(xué)(xué)：獲得知識.
        end = (
            gloss.end + (spaced and gloss.spaced)
            if repeats or not gloss.repeated
            else gloss.first_end
        )
        yield Change(gloss.start, end, "", "pinyin-gloss", counted, confidence, flag="pinyin-gloss")


_BETWEEN = frozenset(["", *"、，,；;。？！\n"])
_APART = re.compile("[\u4e00-\u9fff] ")  # a space that is the page's own

# One cheap look before anything is loaded.
BRACKET = re.compile(r"[\u3400-\u9fff][(（\[【〔［][ \u00a0]?[a-zāáǎàēéěèīíǐìōóǒòūúǔùǘǚǜüɡɑ]")


def _glosses(text: str) -> Iterator[_Gloss]:
    for match in GLOSS.finditer(text):
        start, end = match.end("char"), match.end()
        reading = reading_of(match)
        spaced = toneless(reading) == reading and text[end : end + 1] == " "
        first_end = max(match.end(name) for name in match.groupdict() if name.startswith("first"))
        inside = _is_hanzi(text[end + spaced : end + spaced + 1])
        repeated = first_end < end
        yield _Gloss(
            match["char"], reading, start, end, first_end, spaced, repeated, inside, text[start]
        )


def _is_hanzi(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _explained(glosses: Sequence[_Gloss], text: str) -> list[_Gloss]:
    """The glosses of characters that a person explained all together: a list, or verse.

    A list is three single characters and more with a mark between them; in verse every character
    has its reading, those, too, that no conversion changes.
    """
    own: set[_Gloss] = set()
    for chain in _chains(glosses, text):
        between = [text[a.end : b.start - 1] for a, b in pairwise(chain)]
        unchanged = sum(not _is_convertible(gloss.char) for gloss in chain)
        if all(between) if len(chain) < _VERSE else unchanged * 2 >= len(chain) or all(between):
            own.update(gloss for gloss in chain if not gloss.repeated)
    elsewhere = {gloss.char for gloss in glosses if gloss not in own}
    return [gloss for gloss in glosses if gloss in own and gloss.char not in elsewhere]


def _chains(glosses: Sequence[_Gloss], text: str) -> Iterator[list[_Gloss]]:
    """Three glosses and more with nothing, or one mark of a list, between one and the next."""
    chain: list[_Gloss] = []
    for gloss in glosses:
        if chain and text[chain[-1].end : gloss.start - 1] not in _BETWEEN:
            if len(chain) >= _LISTED:
                yield chain
            chain = []
        chain.append(gloss)
    if len(chain) >= _LISTED:
        yield chain


def _in_style(machine: Sequence[_Gloss]) -> list[_Gloss]:
    """The glosses in the brackets and with the tones that most of them have: a tool has one style."""
    bracket, _ = Counter(gloss.bracket for gloss in machine).most_common(1)[0]
    toned = sum(toneless(gloss.reading) != gloss.reading for gloss in machine) * 2 >= len(machine)
    return [
        gloss
        for gloss in machine
        if gloss.bracket == bracket
        and (toned or gloss.reading == toneless(gloss.reading))
        and (not toned or gloss.reading in readings(gloss.char)[:1])
    ]


def _without_rare(machine: Sequence[_Gloss], text: str) -> list[_Gloss]:
    """The glosses but those that a person wrote behind a rare character, once.

    So in a name, which is no word, and anywhere if the tool glosses no uncommon characters: the
    tables of the tools begin with the common ones, none dearer than 9.4 nats in the samples. Wrong
    where the table of a tool is long: 9 of 12,838 glosses made of labelled pages stayed, most of
    them in names.
    """
    kinds = _kinds(machine)
    rare = {char for char, kind in kinds.items() if len(kind) == 1 and _cost(char) >= _RARE}
    reaching = sum(_cost(char) >= _COMMON for char in kinds.keys() - rare) >= _REACH
    return [
        gloss
        for gloss in machine
        if gloss.char not in rare or gloss.repeated or (reaching and _is_in_a_word(gloss, text))
    ]


def _is_in_a_word(gloss: _Gloss, text: str) -> bool:
    before, after = text[max(0, gloss.start - _NEAR) : gloss.start], text[gloss.end :][:_NEAR]
    left = GLOSS.sub(r"\g<char>", before).replace(" ", "")[-4:]
    right = GLOSS.sub(r"\g<char>", after).replace(" ", "")[:3]
    near = canonical(left + right)
    at = len(left) - 1
    return any(
        near[start:end] in model().words
        for start in range(max(0, at - 3), at + 1)
        for end in range(at + 1, min(len(near), start + 4) + 1)
    )


def _writes_spaces(machine: Sequence[_Gloss], text: str) -> bool:
    """True if the tool writes a space behind each gloss: 習(xi) 近平.

    Otherwise a space there is the page's own, as between two names, or between all characters.
    """
    glossed = sum(gloss.spaced for gloss in machine)
    ends = sum(text[gloss.end : gloss.end + 1] in ("", "\n") for gloss in machine)
    if glossed < _SPACED * (len(machine) - ends):
        return False
    own = len(_APART.findall(text))
    double = sum(text[gloss.end : gloss.end + 2] == "  " for gloss in machine)
    hanzi = sum(map(_is_hanzi, text)) - len(machine)
    return own < 0.5 * hanzi or double * 2 >= len(machine) - ends


def _kinds(glosses: Iterable[_Gloss]) -> dict[str, list[_Gloss]]:
    kinds: defaultdict[str, list[_Gloss]] = defaultdict(list)
    for gloss in glosses:
        kinds[gloss.char].append(gloss)
    return kinds


def _by_machine(kind: Sequence[_Gloss], text: str, always: float) -> bool:
    """True for a character glossed (nearly) always, always alike, with its first reading."""
    char = kind[0].char
    if len({gloss.reading for gloss in kind}) > 1:
        return False
    if len(kind) < always * text.count(char):
        return False
    if toneless(kind[0].reading) == kind[0].reading:
        return _is_convertible(char) or _is_common(char)
    return _is_convertible(char) and is_reading(kind[0].reading, char, first=True)


def _is_convertible(char: str) -> bool:
    """True for a character that has another form in the other script.

    Mirrors gloss what they converted; some pages were converted back afterwards. 著 is what they
    make of 着, for which OpenCC knows no way back.
    """
    return is_traditional(char) or is_simplified(char) or char == "著"


def _is_common(char: str) -> bool:
    return _cost(char) < _COMMON


def _cost(char: str) -> float:
    return model().first.get(canonical(char), 99.0)


def _decided(machine: Sequence[_Gloss], valid: Sequence[_Gloss]) -> bool:
    kinds = len({gloss.char for gloss in machine})
    if not machine or len(machine) < _SHARE * len(valid):
        return False
    if sum(gloss.repeated for gloss in machine) >= _FEW:
        return True
    if len(machine) >= _ENOUGH and kinds >= _KINDS and len(machine) >= _REPEATED * kinds:
        return True
    running = sum(gloss.inside for gloss in machine) * 2 >= len(machine)
    common = sum(_is_common(gloss.char) for gloss in machine)
    if len(machine) >= _ENOUGH:
        return running and common * 2 >= len(machine)
    return len(machine) >= _FEW and running and common >= 0.75 * len(machine)
