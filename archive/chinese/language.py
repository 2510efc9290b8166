"""How likely a stretch of Chinese is: the language model that ranks repairs.

A text is cut into words the cheapest way. A word costs what its first character costs after
the last character of the word before, and what the word costs among the words that begin with
that character. So words carry meaning and pairs carry grammar and punctuation, in one sum.

Right for official prose: its words are those of a dictionary counted on news, its grammar that of
laws and court papers (seeds/vocab/language.txt, tools/make_language.py). Wrong for personal
names: they cost like random characters, so a repair that makes a name stays unsure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from archive import vocab
from archive.chinese.variants import fold

STEP = 0.2  # nats in one step of the data file
_BASE = 0x23  # "#" begins comments, so the first code is the character after it
_LONGEST = 4  # characters of a word; of the longer ones few mean more than their parts
_RARE = 13.0
_UNKNOWN = 15.0  # a character the model does not know
_WIDE = str.maketrans(",:;!?()<>", "，：；！？（）〈〉")


def encode_cost(cost: float) -> str:
    """A cost as one printable character of the data file."""
    return chr(_BASE + 1 + min(90, max(0, round(cost / STEP))))


def canonical(text: str) -> str:
    """The text as the model counts it, same length: Simplified, wide marks, `0`, `a`."""
    return _class(text) if len(text) == 1 else "".join(map(_class, text))


@cache
def _class(char: str) -> str:
    char = fold(char).translate(_WIDE)
    if char in "0123456789０１２３４５６７８９":
        return "0"
    if (char.isascii() and char.isalpha()) or "Ａ" <= char <= "ｚ":
        return "a"
    return "\u3000" if char in " \u00a0\t" else char


@dataclass(frozen=True, slots=True)
class Model:
    """Costs in nats, all of them of canonical text."""

    first: dict[str, float]
    alone: dict[str, float]
    words: dict[str, float]
    pairs: dict[str, float]
    rest: dict[str, float]  # what a meeting never counted costs more than its right character
    endings: dict[str, int]  # the last two characters of words, and the longest word with them

    def knows(self, char: str) -> bool:
        """True for a character (canonical) that the counted texts hold."""
        return char in self.first

    def meeting(self, left: str, right: str) -> float:
        """What `right` costs as first character of a unit after `left`."""
        cost = self.pairs.get(left + right)
        if cost is not None:
            return cost
        # Never met although the left is common (则。): that is worth knowing.
        return self.first.get(right, _UNKNOWN) + self.rest.get(left, 0.0)

    def cost(self, text: str) -> float:
        """What a text costs as a paragraph of its own: lower is likelier."""
        return self.start().add(canonical(text)).cost

    def is_rare(self, char: str) -> bool:
        """True for a hanzi (canonical) met less than once in 400,000 characters."""
        return self.first.get(char, _RARE) >= _RARE

    def start(self, before: str = "\n") -> Scorer:
        """A scorer for text that follows the character `before`."""
        return Scorer(self, before, (0.0,))


class Scorer(NamedTuple):
    """The cheapest cost of a text that grows at its end, as of every one of its last characters."""

    model: Model
    tail: str  # the last characters, canonical
    costs: tuple[float, ...]  # of the text up to each of them

    @property
    def cost(self) -> float:
        return self.costs[-1]

    def add(self, text: str, extra: float = 0.0) -> Scorer:
        """The scorer after canonical `text`, `extra` nats dearer."""
        model, tail, costs = self
        for char in text:
            cost = _cost_after(model, tail, costs, char)
            tail, costs = (tail + char)[-_LONGEST - 1 :], (*costs[1 - _LONGEST :], cost)
        scorer = Scorer(model, tail, costs)
        return scorer.dearer(extra) if extra else scorer

    def cost_after(self, char: str) -> float:
        """The cost of the text with a canonical `char` behind it."""
        return _cost_after(*self, char)

    def after(self, char: str, cost: float) -> Scorer:
        """The scorer after a canonical `char` that makes the text cost so much."""
        return Scorer(
            self.model, (self.tail + char)[-_LONGEST - 1 :], (*self.costs[1 - _LONGEST :], cost)
        )

    def dearer(self, extra: float) -> Scorer:
        """The same text, `extra` nats dearer."""
        return self._replace(costs=(*self.costs[:-1], self.cost + extra))


def _cost_after(model: Model, tail: str, costs: tuple[float, ...], char: str) -> float:
    meeting = tail[-1] + char
    cost = model.pairs.get(meeting)
    if cost is None:
        cost = model.meeting(tail[-1], char)
    cost += costs[-1] + model.alone.get(char, 0.0)
    longest = model.endings.get(meeting)
    if longest is None:
        return cost
    for length in range(2, min(longest, len(costs), len(tail)) + 1):
        inside = model.words.get(tail[1 - length :] + char)
        if inside is not None:
            met = model.meeting(tail[-length], tail[1 - length])
            cost = min(cost, costs[-length] + inside + met)
    return cost


@cache
def model() -> Model:
    """The model of seeds/vocab/language.txt; loading it takes about a quarter of a second."""
    parts: dict[str, dict[str, float]] = {
        n: {} for n in ("first", "words", "alone", "pairs", "rest")
    }
    section = ""
    for line in vocab.lines("language.txt"):
        if line[0] == "[" and line.endswith("]") and line[1:-1] in parts:
            section = line[1:-1]
        elif section == "pairs":
            _read_pairs(line.replace("¶", "\n"), parts)
        else:
            cost = _decode(line[0])
            parts[section].update(dict.fromkeys(line[2:].replace("¶", "\n").split(" "), cost))
    endings: dict[str, int] = {}
    for word in parts["words"]:
        if len(word) > endings.get(word[-2:], 1):
            endings[word[-2:]] = len(word)
    return Model(
        parts["first"], parts["alone"], parts["words"], parts["pairs"], parts["rest"], endings
    )


def _read_pairs(line: str, parts: dict[str, dict[str, float]]) -> None:
    left = line[0]
    parts["rest"][left] = _decode(line[1])
    for right, code in zip(line[2::2], line[3::2], strict=True):
        parts["pairs"][left + right] = _decode(code)


def _decode(code: str) -> float:
    return (ord(code) - _BASE - 1) * STEP
