"""Traditional characters folded one to one, for looking words up without moving offsets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from archive import vocab

_SHORT = 400  # characters; shorter texts are not remembered


_CODES = range(0x10000)
Row = tuple[int | str, ...]


def row(changed: Mapping[int, int | str]) -> Row:
    """For `str.translate`: what every character below U+10000 becomes; those beyond stay.

    A row takes three fifths of the time of a dictionary, in which a character that is not found costs
    a raised and caught error besides (2026-11).
    """
    return tuple(map(changed.get, _CODES, _CODES))


def fold(text: str) -> str:
    """The text with every Traditional character replaced by its Simplified one, same length.

    >>> fold("感謝您訪問我們的網站")
    '感谢您访问我们的网站'

    One reading for each character (乾 → 干 also in 乾县), so it serves look-up and counting
    only; what is published is never rewritten with it.
    """
    # Most lines have no such character; to find that out costs a tenth of a translation.
    return _folded(text) if len(text) > _SHORT else _folded.__wrapped__(text)


@lru_cache(maxsize=16)  # the text of a page is folded by six steps
def _folded(text: str) -> str:
    return text.translate(folding()) if _any().search(text) else text


def has_traditional(text: str) -> bool:
    """Whether `fold` changes the text."""
    return _any().search(text) is not None


def forms(character: str) -> frozenset[str]:
    """The Traditional characters that fold to a Simplified one."""
    return _forms().get(character, frozenset())


@cache
def _forms() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, simplified in table().items():
        found.setdefault(simplified, set()).add(chr(code))
    return {simplified: frozenset(those) for simplified, those in found.items()}


def is_traditional(character: str) -> bool:
    """True for a character that only Traditional text uses."""
    return ord(character) in table()


def is_simplified(character: str) -> bool:
    """True for a character that only Simplified text uses."""
    return character in _simplified()


@cache
def _simplified() -> frozenset[str]:
    return frozenset(table().values()) - frozenset("".join(vocab.lines("both_scripts.txt")))


@cache
def _any() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, table()))}]")


@cache
def folding() -> Row:
    """For `str.translate`: each Traditional character with its Simplified one."""
    return row(table())


@cache
def table() -> dict[int, str]:
    pairs: dict[int, str] = {}
    for line in vocab.lines("variants.tsv"):
        traditional, simplified = line.split("\t")
        pairs.update(zip(map(ord, traditional), simplified, strict=True))
    return pairs
