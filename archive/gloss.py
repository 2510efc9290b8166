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
from archive.variants import is_traditional

# Measured on glossed, clean and trap passages of development pages, 2026-11-24.
_ENOUGH = 8  # glosses by the tool in a document
_KINDS = 3  # different characters
_SHARE = 0.7  # of the valid readings; the rest may be a person's
_REPEATED = 1.2  # glosses per character: word lists name each character once
_ALWAYS = 0.8  # of a character's occurrences: a second article on the page may lack the glosses
_FEW = 3  # glosses of a short notice, if every sign of running text is there
_COMMON = 8.0  # nats: a character met at least once in three thousand needs no reading


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
    machine = [g for kind in _kinds(valid).values() if _by_machine(kind, text) for g in kind]
    if not _decided(machine, valid):
        return
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


def _by_machine(kind: Sequence[_Gloss], text: str) -> bool:
    """True for a character glossed (nearly) always, always alike, with its first reading."""
    char = kind[0].char
    if len({gloss.reading for gloss in kind}) > 1:
        return False
    if len(kind) < _ALWAYS * text.count(char) and text.count(char) - len(kind) > 1:
        return False
    if toneless(kind[0].reading) == kind[0].reading:
        return is_traditional(char) or _is_common(char)
    return is_traditional(char) and is_reading(kind[0].reading, char, first=True)


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
    common = all(_is_common(gloss.char) for gloss in machine)
    return len(machine) >= _FEW and running and common and len(machine) == len(valid)
