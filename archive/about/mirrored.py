"""Marks of mirror machinery in the values of a page: pinyin glosses, 學(xué) for 學.

The text's own glosses are decided by archive/damage/gloss.py for the whole document. Titles, labels
and sources stand outside the text and are too short to decide on, so the page's blocks decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from archive.damage.readings import GLOSS, OPENED, is_reading, reading_of
from archive.model import Candidate

MARK = Candidate("mirror", "pinyin-gloss", "page:glosses")
_ENOUGH = 8  # as in archive/damage/gloss.py: a page that teaches pinyin has words, not running text


def is_glossed(texts: Iterable[str]) -> bool:
    """True when the blocks of a page carry glosses throughout.

    >>> is_glossed(["學(xué)校召開會(huì)議"] * 4), is_glossed(["彧(yù)字的讀音", "五(km)"] * 4)
    (True, False)
    """
    glosses = (
        match
        for text in texts
        if "(" in text and OPENED.search(text)
        for match in GLOSS.finditer(text)
        if is_reading(reading_of(match), match["char"])
    )
    return sum(1 for _ in islice(glosses, _ENOUGH)) == _ENOUGH


def without_glosses(value: str) -> str:
    """The value without readings of the character they follow.

    >>> without_glosses("《網(wǎng)絡(luò )規范》出臺(km)")
    '《網絡規范》出臺(km)'
    """
    if "(" not in value:
        return value
    return GLOSS.sub(
        lambda match: match["char"] if is_reading(reading_of(match), match["char"]) else match[0],
        value,
    )
