"""How single characters are read, and the brackets in which pages write it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from archive import vocab
from archive.variants import fold

LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿêɑɡ\u0300\u0301\u0304\u0308\u030c"
HANZI = "\u3400-\u9fff"
_BRACKETS = (r"\(", r"\)"), ("（", "）"), (r"\[", r"\]"), ("【", "】"), ("〔", "〕"), ("［", "］")

# 學(xué), 絡(luò ), 習(xi), 政(zheng)(zheng): one character, then one reading in brackets, again
# and again the same one. `(km)` and `(GDP)` fail later: they are no reading of the character.
GLOSS = re.compile(
    rf"(?P<char>[{HANZI}])(?:"
    + "|".join(
        rf"(?P<first{i}>{left}[ \u00a0]?(?P<reading{i}>[{LETTERS}]{{1,7}}[1-5]?)[ \u00a0]?{right})"
        rf"(?:{left}[ \u00a0]?(?P=reading{i})[ \u00a0]?{right})*"
        for i, (left, right) in enumerate(_BRACKETS)
    )
    + ")"
)
GLOSS_HERE = re.compile(rf"\([ \u00a0]?(?P<reading>[{LETTERS}]{{1,7}})[ \u00a0]?\)")
GLOSS_REST = re.compile(rf"(?P<reading>[{LETTERS}]{{1,7}})[ \u00a0]?\)")
BRACKETED = re.compile(rf"\([ \u00a0]?[{LETTERS}]{{1,7}}[ \u00a0]?\)")


def reading_of(match: re.Match[str]) -> str:
    """The reading inside a match of `GLOSS`, in one spelling."""
    return spelled(next(v for k, v in match.groupdict().items() if k.startswith("reading") and v))


def spelled(reading: str) -> str:
    """A reading composed (NFC), with the letters a and g instead of their phonetic look-alikes."""
    return unicodedata.normalize("NFC", reading).translate(str.maketrans("ɑɡ", "ag"))


def toneless(reading: str) -> str:
    """`xue` for `xué`, `lv` for `lǜ`."""
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    bare = "".join(c for c in letters if not unicodedata.combining(c) or c == "\u0308")
    return bare.replace("u\u0308", "v").rstrip("12345")


def readings(char: str) -> tuple[str, ...]:
    """Readings of a character and of its Simplified form, the most usual first."""
    table = _table()
    return tuple(dict.fromkeys(table.get(char, ()) + table.get(fold(char), ())))


def is_reading(reading: str, char: str, *, first: bool = False) -> bool:
    """True if the character is read so; with `first` only its first reading counts.

    A reading without tone matches any tone.
    """
    known = readings(char)[:1] if first else readings(char)
    if toneless(reading) == reading:
        return reading in map(toneless, known)
    return reading in known


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    later: dict[str, tuple[str, ...]] = {}
    for line in vocab.lines("readings.tsv"):
        reading, first, other = line.split("\t")
        table.update(dict.fromkeys(first, (reading,)))
        for char in other[:-1]:
            later[char] = (*later.get(char, ()), reading)
    return {char: known + later.get(char, ()) for char, known in table.items()}
