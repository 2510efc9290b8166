"""Pinyin that a machine writes behind whole words: 交通(jiāotōng) for 交通.

As behind characters (archive/damage/gloss.py) the decision is one for the document: the same common words
carry their reading wherever they stand, again and again. A person explains a word once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from archive.chinese.language import canonical, model
from archive.damage.annotations import TEACHES, is_hanzi
from archive.damage.readings import HANZI, LETTERS, has_tone, readings, spelled, toneless

# Written for these rules, measured on newly written texts, 2026-11-30: tools repeat a word three times on
# average, articles about language and lessons name each once or in rows of a list.
_ENOUGH, _KINDS, _REPEATED = 8, 3, 1.5
_ALWAYS = 0.8  # of a word's occurrences
_COMMON = 9.5  # nats of each character, as in archive/damage/gloss.py
_FEW = 3  # where every one is of a usual word that has it always
_LONGEST = 4  # characters of a word
_WORD = re.compile(
    rf"(?P<word>[{HANZI}]{{2,{_LONGEST}}})[ \u00a0]?"
    rf"[(（\[【〔［](?P<reading>[{LETTERS}][{LETTERS}'’\- 1-5]{{2,35}})[)）\]】〕］]"
)
_NUMBERED = re.compile(rf"[{LETTERS}]{{1,6}}[1-5]")  # xue2 xi2, xue2xi2
_BETWEEN = re.compile(r"['’\- ]")


@dataclass(frozen=True, slots=True)
class WordGloss:
    """A word and the bracket behind it."""

    word: str
    start: int  # of the bracket
    end: int
    inside: bool  # a hanzi follows at once
    apart: bool  # the syllables are
    first: bool  # … the first readings


def word_glosses(text: str) -> list[WordGloss]:
    """The glosses of words that a tool wrote; none where the document shows no tool.

    A word that stands once is the tool's if it is a usual one in its first readings, written as most are:
    六安(lù ān) is a person's.
    """
    found = list(_glosses(text))
    counted = Counter(gloss.word for gloss in found)
    if len(found) < _FEW:
        return []
    stand = _occurrences(text, counted)
    if len(found) < _ENOUGH:
        return found if _is_few(found, counted, stand) and not TEACHES.search(text) else []
    steady = [gloss for gloss in found if counted[gloss.word] >= _ALWAYS * stand[gloss.word]]
    if not _is_tool(steady):
        return []
    apart = sum(gloss.apart for gloss in steady) * 2 > len(steady)
    return [
        gloss
        for gloss in steady
        if counted[gloss.word] > 1
        or (gloss.first and gloss.apart == apart and canonical(gloss.word) in model().words)
    ]


def _occurrences(text: str, words: Collection[str]) -> Counter[str]:
    """How often each word stands in the text: one walk, for a text may hold thousands of words."""
    pieces = (text[at : at + n] for n in set(map(len, words)) for at in range(len(text) - n + 1))
    return Counter(piece for piece in pieces if piece in words)


def _is_tool(found: Sequence[WordGloss]) -> bool:
    kinds = len({gloss.word for gloss in found})
    running = sum(gloss.inside for gloss in found)
    usual = sum(map(_is_usual, found))
    enough = len(found) >= max(_ENOUGH, _REPEATED * kinds) and kinds >= _KINDS
    return enough and running * 2 >= len(found) and usual * 2 >= len(found)


def _is_few(found: Sequence[WordGloss], counted: Counter[str], stand: Counter[str]) -> bool:
    """Whether a few glosses are a tool's: of two words and more, most of them usual, always there, one of them
    again, in running text.

    People write readings behind such words in lessons only; behind one they explain it, 六安(lù ān).
    """
    most = len(found) / 2
    running = sum(gloss.inside for gloss in found) >= most
    steady = counted == stand and 1 < len(counted) < len(found)
    usual = sum(map(_is_usual, found)) >= most
    return running and steady and usual and all(gloss.first or _is_usual(gloss) for gloss in found)


def _is_usual(gloss: WordGloss) -> bool:
    lm = model()
    word = canonical(gloss.word)
    return word in lm.words and all(lm.first.get(char, 99.0) < _COMMON for char in word)


def _glosses(text: str) -> Iterator[WordGloss]:
    for match in _WORD.finditer(text):
        syllables = _NUMBERED.sub(lambda syllable: spelled(syllable[0]), match["reading"])
        chars, reading = match["word"], spelled(_BETWEEN.sub("", syllables))
        for length in range(2, len(chars) + 1):
            word = chars[-length:]
            if _spells(reading, word, toned=has_tone(reading)):
                yield WordGloss(
                    word,
                    match.end("word"),
                    match.end(),
                    inside=is_hanzi(text[match.end() : match.end() + 1]),
                    apart=_BETWEEN.search(match["reading"]) is not None,
                    first=toneless("".join(readings(char)[0] for char in word))
                    == toneless(reading),
                )
                break


def _spells(reading: str, word: str, *, toned: bool) -> bool:
    if not word:
        return not reading
    known = readings(word[0])
    forms = {*known, *map(toneless, known)} if toned else set(map(toneless, known))
    return any(
        reading.startswith(form) and _spells(reading[len(form) :], word[1:], toned=toned)
        for form in forms
    )
