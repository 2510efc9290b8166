"""Pinyin glosses that mirror machinery writes behind characters: `學(xué)` for 學.

The tools replace a character by itself and its first reading, everywhere or nowhere, and only
characters that a conversion to Traditional changed. So the decision is one for the document:
characters whose every occurrence carries the same first reading, again and again, are the
tool's; readings a person wrote (a rare name, a list of words) lack that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.language import canonical, model
from archive.model import Change
from archive.readings import GLOSS, is_reading, reading_of, toneless
from archive.variants import is_simplified, is_traditional

# Measured on glossed, clean and trap passages of development pages, 2026-11-24.
_ENOUGH = 8  # glosses by the tool in a document
_KINDS = 3  # different characters
_SHARE = 0.7  # of the valid readings; the rest may be a person's
_REPEATED = 1.2  # glosses per character: word lists name each character once
_ALWAYS = 0.8  # of a character's occurrences: a second article on the page may lack the glosses
_OFTEN = 0.5  # the same once the tool is proved by its other characters
_FEW = 3  # glosses of a short notice, if every sign of running text is there
_COMMON = 9.5  # nats; characters whose reading people write out (彧 灃 鋰 埔) lie above 11


@dataclass(frozen=True, slots=True)
class _Gloss:
    char: str
    reading: str
    start: int  # of the bracket
    end: int
    repeated: bool  # (zheng)(zheng)
    inside: bool  # a hanzi follows at once


def strip(text: str) -> Iterator[Change]:
    """The removal of the tool's glosses, none where the document shows no tool."""
    if not BRACKET.search(text):
        return
    valid = [g for g in _glosses(text) if is_reading(g.reading, g.char)]
    kinds = _kinds(valid).values()
    machine = [g for kind in kinds if _by_machine(kind, text, _ALWAYS) for g in kind]
    if not _decided(machine, valid):
        return
    if len(machine) >= _ENOUGH:
        machine = [g for kind in kinds if _by_machine(kind, text, _OFTEN) for g in kind]
    counted = f"{len(machine)} glosses on {len(_kinds(machine))} characters"
    confidence = 0.99 if len(machine) >= _ENOUGH else 0.9
    for gloss in machine:
        yield Change(
            gloss.start, gloss.end, "", "pinyin-gloss", counted, confidence, flag="pinyin-gloss"
        )


# One cheap look before anything is loaded.
BRACKET = re.compile(r"[\u3400-\u9fff][(（\[【〔［][ \u00a0]?[a-zāáǎàēéěèīíǐìōóǒòūúǔùǘǚǜüɡɑ]")


def _glosses(text: str) -> Iterator[_Gloss]:
    for match in GLOSS.finditer(text):
        start, end = match.end("char"), match.end()
        reading = reading_of(match)
        # A toneless gloss stands with one space behind it: 習(xi) 近平.
        if toneless(reading) == reading and text[end : end + 1] == " ":
            end += 1
        repeated = match[0].count(reading) > 1
        inside = "\u4e00" <= text[end : end + 1] <= "\u9fff"
        yield _Gloss(match["char"], reading, start, end, repeated, inside)


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
    return model().first.get(canonical(char), 99.0) < _COMMON


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
