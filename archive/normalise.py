"""This project's own choices: Simplified characters, punctuation, width, spacing, digest.

Repair undoes damage and belongs to `text`; normalising is our choice and gives `text_norm`.
Every rule, its reason and its cost: docs/normalisation.md.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache

from archive import vocab
from archive.chinese import opencc_tables, punctuation
from archive.chinese.lang import evidence, has_traditional, is_japanese, script
from archive.chinese.simplify import exceptions, to_simplified
from archive.chinese.variants import Row, row

__all__ = ["data_version", "digest", "fold", "normalise", "script", "simplify"]

_NO_LETTERS = re.compile(r"[\W_]+")

# Share of Traditional-only among all telling characters. Measured on 210 news pages and the
# samples: Traditional texts have 0.93 and more, Simplified ones 0.04 and less.
_TRADITIONAL = 0.8
_MIXED = 0.2
_LONG = 200  # characters; shorter texts are not remembered


def normalise(text: str) -> str:
    """The text by our convention: one paragraph a line, Simplified, full-width punctuation.

    >>> print(normalise("會議指出,要著力辦好。 \\n\\n  他于1:30到(見表1)。"))
    会议指出，要着力办好。
    他于1:30到（见表1）。

    What follows the convention comes back unchanged; so normalising twice changes nothing.
    """
    lines = [line for line in map(punctuation.line, text.splitlines()) if line]
    simplified = _in_simplified(lines)
    if simplified is not lines:  # characters decide where marks go
        simplified = list(map(punctuation.line, simplified))
    return "\n".join(simplified)


def _in_simplified(lines: list[str]) -> list[str]:
    """Convert a Traditional text, and the Traditional paragraphs of a mixed one.

    A Simplified text that quotes Traditional keeps its quotations, and Japanese paragraphs are
    never converted. The cost: a short Traditional annex to a Simplified page stays Traditional.
    """
    if not has_traditional("\n".join(lines)):
        return lines
    traditional, simplified = evidence("\n".join(x for x in lines if not is_japanese(x)))
    share = traditional / max(1, traditional + simplified)
    if share < _MIXED:
        return lines
    return [
        to_simplified(line)
        if not is_japanese(line) and (share >= _TRADITIONAL or _is_traditional(line))
        else line
        for line in lines
    ]


def _is_traditional(line: str) -> bool:
    traditional, simplified = evidence(line)
    return traditional > simplified


def simplify(value: str) -> str:
    """A metadata value, such as a title or a name, by the convention; any line ends go.

    >>> simplify(" 全市“雙減”工作會議 ")
    '全市“双减”工作会议'
    """
    return " ".join(normalise(value).split("\n"))


def fold(text: str) -> str:
    """The text without script, width, case, spacing and punctuation, to compare articles.

    >>> fold("《規範》：ＡＢ, 接著") == fold("规范 ab接着")
    True

    Characters that any conversion exchanges fall together (復, 覆, 复), so this is for
    comparing and never for reading. `fold(normalise(text)) == fold(text)`.
    """
    return _remembered(text) if len(text) > _LONG else _fold(text)


def _fold(text: str) -> str:
    return _folded(text) if _NO_ROW.search(text) else text.translate(_row())


# A whole text is folded to find a second copy in it, and for its digest.
_remembered = lru_cache(maxsize=4)(_fold)


def _folded(text: str) -> str:
    return _NO_LETTERS.sub("", punctuation.usual_width(text)).lower().translate(_classes())


# What Σ is in lower case depends on what stands behind it; other characters stand for themselves, those
# below U+10000 in the row.
_NO_ROW = re.compile("[Σ\U00010000-\U0010ffff]")


@cache
def _row() -> Row:
    """What every character folds to: one step for each instead of four."""
    every = list(map(chr, range(0x10000)))
    others = {code: "" for code, char in enumerate(every) if not char.isalnum()}
    changed = {char for char in every if char.lower() != char}.union(map(chr, punctuation.WIDTH))
    return row(_classes() | others | {ord(char): _folded(char) for char in changed})


def digest(text: str) -> str:
    """sha256 hex of the folded text: `text_digest` of an article."""
    return hashlib.sha256(fold(text).encode()).hexdigest()


@cache
def data_version() -> str:
    """Dictionaries and exceptions in use, for `derivation`."""
    rules = hashlib.sha256(repr(sorted(vocab.toml("script").items())).encode()).hexdigest()[:12]
    return f"{opencc_tables.name()}; script.toml {rules}"


@cache
def _classes() -> dict[int, str]:
    """Each character that a conversion changes or gives, to one that stands for all of them."""
    tables, rules = opencc_tables.load(), exceptions()
    leader: dict[str, str] = {}

    def find(character: str) -> str:
        while (up := leader.setdefault(character, character)) != character:
            character = up
        return character

    pairs = [(chr(code), new) for code, new in tables.characters.items()]
    pairs += [(chr(code), new) for code, new in rules.characters.items()]
    pairs += [pair for old, new in tables.phrases.items() for pair in zip(old, new, strict=True)]
    pairs += [pair for old, new in rules.words for pair in zip(old, new, strict=True)]
    for one, other in (*pairs, ("著", "着")):
        first, second = sorted((find(one), find(other)))
        leader[second] = first
    return {ord(character): find(character) for character in leader}
