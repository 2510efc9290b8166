"""Readings in brackets behind characters, as a text has them: `學(xué)`.

Which of them a tool wrote, archive/damage/gloss.py decides; here they are found, and those are told apart that
a person explained all together.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.chinese.variants import forms, is_traditional
from archive.damage.readings import BARE, GLOSS, LETTERS, has_tone, reading_of, readings, spelled

_LISTED = 3  # single characters that make a list
_VERSE = 5  # glosses in a row that may be verse
_AGAIN = re.compile(
    rf"[ \u00a0]?[(（\[［【〔〈{{][ \u00a0]?(?P<reading>[{LETTERS}]{{1,7}}[0-5]?)[ \u00a0]?[)）\]］】〕〉}}]"
)
# A text about readings: a lesson names a character and uses it, 妈(mā)是第一声, so that all statistics of a few
# glosses are those of a tool.
TEACHES = re.compile(
    "拼音|[读讀]音|字音|注音|[声聲][调調]|第[一二三四][声聲]|多音字|生字|跟我[读讀]|[读讀]作|[课課]文|[词詞][语語]解[释釋]|注[释釋]"
)
_BETWEEN = frozenset(["", *"、，,；;。？！\n"])


@dataclass(frozen=True, slots=True)
class Gloss:
    """A character and the reading behind it."""

    char: str
    reading: str
    start: int  # of the bracket
    end: int
    first_end: int  # of the first bracket, where the same reading is written again
    spaced: bool  # one space follows a reading without tone
    repeated: bool  # (zheng)(zheng)
    inside: bool  # a hanzi follows at once
    bracket: str  # with the blank in front of it
    manner: str  # how a tone is written; empty without one


def glosses(text: str) -> Iterator[Gloss]:
    """Everything in the text that looks like a gloss, in order."""
    for match in GLOSS.finditer(text):
        start, end = match.end("char"), match.end()
        reading = reading_of(match)
        spaced = not has_tone(reading) and text[end : end + 1] == " "
        first_end = max(match.end(name) for name in match.groupdict() if name.startswith("first"))
        inside = is_hanzi(text[end + spaced : end + spaced + 1])
        repeated = first_end < end
        yield Gloss(
            match["char"],
            reading,
            start,
            end,
            first_end,
            spaced,
            repeated,
            inside,
            bracket=text[start : start + 1 + text[start].isspace()],
            manner=_manner(text[start:first_end]),
        )


def bare_glosses(text: str) -> Iterator[Gloss]:
    """Readings behind a character without a bracket, their tone told: `學xué`, `學 xue2 習`; those without a
    tone of a character that has none, 們men."""
    for match in BARE.finditer(text):
        shown = match["reading"]
        if has_tone(bare := shown.rstrip("012345")):  # 風fēng4到5級: the figure is the text's
            shown = bare
        elif text[match.end() : match.end() + 1].isdigit():
            continue
        reading = spelled(shown)
        if has_tone(reading) or readings(match["char"])[:1] == (reading,):
            start, end = match.start("blank"), match.start("reading") + len(shown)
            spaced = bool(match["blank"]) and text[end : end + 1] == match["blank"]
            inside = is_hanzi(text[end + spaced : end + spaced + 1])
            style, manner = match["blank"], _manner(shown)
            yield Gloss(
                match["char"], reading, start, end, end, spaced, False, inside, style, manner
            )


def _manner(bracket: str) -> str:
    """A number, a combining mark, or a letter with a mark: `xue2`, `xué` in five characters or four."""
    if re.search("[0-5]", bracket):
        return "number"
    composed = unicodedata.normalize("NFC", bracket)
    if composed != bracket:
        return "combining"
    return "" if unicodedata.normalize("NFD", composed) == composed else "letter"


def is_hanzi(char: str) -> bool:
    """True for a Chinese character of the common block."""
    return "\u4e00" <= char <= "\u9fff"


def explained(found: Sequence[Gloss], text: str) -> list[Gloss]:
    """The glosses of characters that a person explained all together: a list, or verse.

    A list is three single characters and more with a mark between them; in verse every character
    has its reading, those, too, that no conversion changes.
    """
    own: set[Gloss] = set()
    for chain in _chains(found, text):
        between = [_between(a, b, text) for a, b in pairwise(chain)]
        unchanged = sum(not is_convertible(gloss.char) for gloss in chain)
        if all(between) if len(chain) < _VERSE else unchanged * 2 >= len(chain) or all(between):
            own.update(gloss for gloss in chain if not is_doubled(gloss, text))
    elsewhere = {gloss.char for gloss in found if gloss not in own}
    return [gloss for gloss in found if gloss in own and gloss.char not in elsewhere]


def is_doubled(gloss: Gloss, text: str) -> bool:
    """Whether the reading stands there again: two of one hand, or a tool's before a person's."""
    again = _AGAIN.match(text, gloss.end)
    return gloss.repeated or (again is not None and spelled(again["reading"]) == gloss.reading)


def mixed(found: Sequence[Gloss], text: str) -> set[Gloss]:
    """The readings of lists in which some stand once and some twice: a person's, with a tool's."""
    chains = [
        chain for chain in _chains(found, text) if 0 < sum(g.repeated for g in chain) < len(chain)
    ]
    return {gloss for chain in chains for gloss in chain}


def _chains(found: Sequence[Gloss], text: str) -> Iterator[list[Gloss]]:
    """Three glosses and more with nothing, or one mark of a list, between one and the next."""
    chain: list[Gloss] = []
    for gloss in found:
        if chain and _between(chain[-1], gloss, text) not in _BETWEEN:
            if len(chain) >= _LISTED:
                yield chain
            chain = []
        chain.append(gloss)
    if len(chain) >= _LISTED:
        yield chain


def _between(left: Gloss, right: Gloss, text: str) -> str:
    """What stands between two glosses but for a reading that the left one has again."""
    again = _AGAIN.match(text, left.end) if is_doubled(left, text) else None
    return text[again.end() if again else left.end : right.start - 1]


def by_character(glosses: Iterable[Gloss]) -> dict[str, list[Gloss]]:
    """The glosses of each character, in order."""
    kinds: defaultdict[str, list[Gloss]] = defaultdict(list)
    for gloss in glosses:
        kinds[gloss.char].append(gloss)
    return kinds


def is_convertible(char: str) -> bool:
    """True for a character that has another form in the other script.

    Mirrors gloss what they converted; some pages were converted back afterwards: 种 was 種. 著 is what they
    make of 着, for which OpenCC knows no way back.
    """
    return is_traditional(char) or bool(forms(char)) or char == "著"
