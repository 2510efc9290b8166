"""Patterns for long lists of words, as a tree of their beginnings.

`a|b|c` tries every word at every place where one may begin; a tree tries each character once.
Where the words are rare, `Listed` looks for the rarest character of each alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

_Tree = dict[str, Any]
_END = ""
# Characters that are no help in finding a word, the least helpful first: figures and letters, then
# the most frequent hanzi of official prose by seeds/vocab/language.txt.
_USUAL = (
    "0123456789etaoinsrhldcumfpgwybvkxjqz"
    "一不了人和在是有的中之大这上为以国地我也对就年第自公其发可或所法等说下与主你全出到工应时本生而行要规都三个会分后多如并得"
    "成来着经过还进那高两事于从但作保内前原又及只各同天学实将小已建开当提政新无日最机条没由相能被道重二使依制"
    "十去因处外她好文方月正民用看起部长东产关军北受合向四基市平很心总情意把教明更此武比水特现社管组给老解设资"
    "通问万专五代任先再农决几加南参反号名回城委安审宪家想战手打报指改未权海湖电直知石系结美职至表西见认里领世"
    "交今体便信做共具利单即却变听增声太女它完山强形必按接收数每清王理监目省科立考该请走身运违选采金门非面黄争"
    "什企传刑办动包区县商土字定属常干广张性才执技投推支放期李根检气江活流百皇真研称统者计记调负财转达适集需风"
)


def any_of(words: Iterable[str], joint: str = "") -> str:
    """A pattern that matches the longest of the words at a place.

    >>> any_of(["博彩", "博彩网", "百家乐"])
    '(?:博彩(?:网)?|百家乐)'
    >>> re.findall(any_of(["博彩", "博彩网", "百家乐"]), "博彩网和博彩")
    ['博彩网', '博彩']

    `joint` is a pattern of what may stand between two characters: blanks, where labels are padded.
    """
    tree: _Tree = {}
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[_END] = {}
    return _pattern(tree, joint)


class Listed:
    """The words of a list in a text, as `re.finditer` with `any_of` of them finds them.

    >>> [match[0] for match in Listed(["博彩", "博彩网"]).finditer("博彩网和博彩")]
    ['博彩网', '博彩']

    Words have two characters or more. Looked for is the rarest pair of neighbours in each: a class of
    characters before another is skipped to by the engine, and of few places more than two
    characters are read.
    """

    def __init__(self, words: Collection[str]) -> None:
        self._pattern = re.compile(any_of(words))
        self._pairs: dict[str, set[int]] = {}  # the rarest pair, its places in the words it is in
        for word in words:
            at = max(range(len(word) - 1), key=lambda at: _rarity(word[at : at + 2]))
            self._pairs.setdefault(word[at : at + 2], set()).add(at)
        self._asked = tuple(map(re.compile, _beginnings(self._pairs)))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The words in order, none over another."""
        read = 0
        for start in self._starts(text):
            match = self._pattern.match(text, start) if start >= read else None
            if match:
                yield match
                read = match.end()

    def first(self, text: str) -> str | None:
        """The first word; `None` where there is none."""
        if not any(asked.search(text) for asked in self._asked):
            return None
        found = (self._pattern.match(text, start) for start in self._starts(text) if start >= 0)
        return next((match[0] for match in found if match), None)

    def anywhere(self, text: str) -> Iterator[re.Match[str]]:
        """The longest word at every place where one begins, also where it lies over another."""
        matches = (self._pattern.match(text, start) for start in self._starts(text) if start >= 0)
        return filter(None, matches)

    def _starts(self, text: str) -> list[int]:
        """Where a word may begin, in order."""
        starts: set[int] = set()
        for found in chain.from_iterable(asked.finditer(text) for asked in self._asked):
            place = found.start()
            if places := self._pairs.get(text[place : place + 2]):
                starts.update([place - at for at in places])
        return sorted(starts) if starts else []


def _beginnings(pairs: Iterable[str]) -> Iterator[str]:
    """Patterns for the first character of every pair before its second one. Hanzi are two classes, weaker
    than the pairs; letters, which stand everywhere in scripts, are told pair by pair. Apart, because the
    engine skips to a class or to one of several letters, but not to one of both."""
    hanzi = sorted(pair for pair in pairs if not pair[0].isascii())
    if hanzi:
        firsts, seconds = ("".join(sorted({re.escape(p[at]) for p in hanzi})) for at in (0, 1))
        yield f"[{firsts}](?=[{seconds}])"
    letters = [f"{re.escape(p[0])}(?={re.escape(p[1])})" for p in pairs if p[0].isascii()]
    if letters:
        yield "|".join(letters)


def _rarity(pair: str) -> int:
    """Greater for a pair that fewer places of a text may begin."""
    places = (_USUAL.find(character) for character in pair)
    return sum(place if place >= 0 else len(_USUAL) for place in places)


def _pattern(tree: _Tree, joint: str, before: str = "") -> str:
    branches = []
    for character, below in tree.items():
        if character == _END:
            continue
        run = re.escape(character)
        while len(below) == 1 and _END not in below:
            character, below = next(iter(below.items()))
            run += joint + re.escape(character)
        branches.append(run if below == {_END: {}} else run + _pattern(below, joint, joint))
    found = f"{before}(?:{'|'.join(branches)})"
    if _END not in tree:
        return found
    return f"(?:{found})?" if before else f"{found}?"
