"""Passages that stand twice in a string of letters, found with 11-grams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

# Swept on 104 doubled and 300 clean documents: exact, two-script and truncated copies found
# 104, 104 and 103 times, no clean document.
_GRAM = 11
_APART = 150  # between the two places of an 11-gram
_DRIFT = 60  # of the distance, within one chain
_GAP = 250  # between two matches of one chain
_MATCHED = 200
_COVERAGE = 0.3
_DENSITY = 0.6
_ASKED = 8  # one place in about so many is asked first
_DOUBT = 4  # times fewer repeats there than a doubled text has by its length
_FEWEST = 24  # places asked; fewer prove nothing
_LONGEST = 200_000  # letters: the table of 11-grams takes 40 MB then; no article is that long
_PLACES = 8  # of one 11-gram that are remembered


@dataclass(frozen=True, slots=True)
class Repeat:
    """The `length` characters from `first` stand again from `second`, without overlap."""

    first: int
    second: int
    length: int


@dataclass(slots=True)
class _Chain:
    """Equal 11-grams at about one distance."""

    distance: int
    first: int
    last: int
    matches: int = 1

    def is_enough(self, length: int) -> bool:
        dense = self.matches >= _DENSITY * (self.last - self.first + 1)
        return dense and self.matches >= _enough(length)


def _enough(length: int) -> float:
    return max(_MATCHED, _COVERAGE * length)


def is_doubled(key: str) -> bool:
    """True when a chain of equal 11-grams covers enough of the string, densely enough."""
    if not 2 * _MATCHED <= len(key) <= _LONGEST or _repeats_little(key):
        return False
    if _repeated(key) < _enough(len(key)):
        return False
    chains: dict[int, _Chain] = {}  # by distance, in steps of the allowed drift
    for first, second in _pairs(key):
        if _extend(chains, second, second - first).is_enough(len(key)):
            return True
    return False


def _repeats_little(key: str) -> bool:
    """The cheap test: of the 10-grams behind one of an eighth of all characters, far fewer stand twice
    than in a doubled text.

    Right because both copies are asked at the same characters: of a text of which three tenths stand
    twice so do three tenths of these grams, give or take. Wrong where the repeated part has none of these
    characters and the rest has; a quarter of the share is asked for. It takes a sixth of the time of
    `_repeated`, which on clean texts was a fiftieth of the time of a page (2026-11).
    """
    asked = _asked().findall(key)
    repeated = len(asked) - len(set(asked))
    return len(asked) >= _FEWEST and _DOUBT * repeated < _COVERAGE * len(asked)


@cache
def _asked() -> re.Pattern[str]:
    letters = (*range(0x30, 0x3A), *range(0x61, 0x7B), *range(0x3400, 0xA000))
    begins = "".join(chr(code) for code in letters if code % _ASKED == 0)
    return re.compile(f"[{begins}](?=(.{{{_GRAM - 1}}}))")


def _repeated(key: str) -> int:
    """How many 11-grams stand before as well: no chain has more matches, most texts few."""
    places = range(len(key) - _GRAM + 1)
    return len(places) - len({key[place : place + _GRAM] for place in places})


def longest_repeat(key: str) -> Repeat:
    """The longest passage that stands twice without overlap; of length 0 when there is none."""
    best = Repeat(0, len(key), 0)
    for first, second in _pairs(key):
        if first and key[first - 1] == key[second - 1] and second - first > best.length:
            continue  # inside a passage that was measured from its start
        length = _common(key, first, second)
        if length > best.length:
            best = Repeat(first, second, length)
    return best


def _pairs(key: str) -> Iterator[tuple[int, int]]:
    """Places of equal 11-grams, the earlier one first, in order of the later one."""
    places: dict[str, list[int]] = {}
    for place in range(len(key) - _GRAM + 1):
        earlier = places.setdefault(key[place : place + _GRAM], [])
        for other in earlier:
            if place - other >= _APART:
                yield other, place
        if len(earlier) < _PLACES:
            earlier.append(place)


def _extend(chains: dict[int, _Chain], place: int, distance: int) -> _Chain:
    step = distance // _DRIFT
    for near in (step, step - 1, step + 1):
        chain = chains.get(near)
        if chain and place - chain.last <= _GAP and abs(distance - chain.distance) <= _DRIFT:
            chain.matches += place > chain.last
            chain.last = place
            return chain
    chains[step] = _Chain(distance, place, place)
    return chains[step]


def _common(key: str, first: int, second: int) -> int:
    """How many characters are equal from both places on, without overlap."""
    low, high = 0, min(second - first, len(key) - second)
    while low < high:  # doubling the step finds the end in few comparisons of slices
        step = 1
        while step <= high - low and _equal(key, first + low, second + low, step):
            low, step = low + step, 2 * step
        if step == 1:
            break
    return low


def _equal(key: str, first: int, second: int, length: int) -> bool:
    return key[first : first + length] == key[second : second + length]
