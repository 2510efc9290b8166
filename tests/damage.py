"""Damaged text made from clean text by the machinery of the mirrors, for tests.

    clean ─► traditional ─► glossed ─► indented ─► cut in GBK bytes ─► folded

Every stage may be left out; together they are what happened to sample 002.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container
from functools import cache
from pathlib import Path

import opencc

from archive.damage.gbk import Decoder, cut, decode, fold
from archive.damage.readings import readings

# Where the mirrors' one-to-one table differs from the first value of OpenCC's STCharacters,
# counted in samples 000, 001, 002 and 004.
KEPT = "于余范后杰岳斗采秘洼并群"
TONES = "\u0304\u0301\u030c\u0300"
OTHER = {"着": "著", "为": "為", "众": "眾", "勋": "勛", "钟": "鐘"}


def traditional(text: str) -> str:
    """The text with every character replaced by one Traditional form, as the mirrors do it."""
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    path = Path(opencc.__file__).parent / "dictionary" / "STCharacters.txt"
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    table = {ord(row[0]): row[1].split(" ")[0] for row in rows}
    table.update({ord(char): char for char in KEPT})
    table.update({ord(char): form for char, form in OTHER.items()})
    return table


def changed() -> frozenset[str]:
    """Every character that the conversion makes: the ones a mirror may gloss."""
    return frozenset(form for code, form in _table().items() if form != chr(code))


def glossed(
    text: str,
    chars: Container[str],
    style: str = "{}({})",
    spelling: Callable[[str], str] = str,
) -> str:
    """The text with the first reading behind each of `chars`: 學 becomes 學(xué)."""
    return "".join(style.format(c, spelling(readings(c)[0])) if c in chars else c for c in text)


def bare(reading: str) -> str:
    """A reading without its tone, ü as v: `lv`."""
    return reading.translate(
        str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü", "aaaaeeeeiiiioooouuuuvvvvv")
    )


def numbered(reading: str, umlaut: str = "u:") -> str:
    """A reading with its tone as a number, ü as two letters: `lu:4`."""
    letters = unicodedata.normalize("NFD", reading)
    tone = next((n for n, mark in enumerate(TONES, 1) if mark in letters), 5)
    plain = "".join(c for c in letters if c not in TONES)
    return unicodedata.normalize("NFC", plain).replace("ü", umlaut) + str(tone)


def full_width(reading: str) -> str:
    """A reading whose ASCII letters a site made as wide as hanzi."""
    return "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in reading)


def glossed_in_bytes(text: str, chars: str, decoder: Decoder = "ms") -> str:
    """Glosses as a byte-wise replacement writes them: also inside two characters."""
    data = text.encode("gbk", "replace")
    for char in chars:
        gloss = f"{char}({readings(char)[0]})"
        data = data.replace(char.encode("gbk"), gloss.encode("gbk"))
    return decode(data, decoder)


def indented(text: str) -> str:
    """Paragraphs in one line, each after two U+3000, as mirrors that drop line ends leave them."""
    return re.sub("\n+", "\u3000\u3000", text)


def damaged(
    text: str,
    *,
    marks: str = "！？",
    decoder: Decoder = "py",
    chars: Container[str] = "",
    script: bool = True,
    folded: bool = True,
) -> str:
    """What a mirror shows of clean text: converted, glossed, cut at `marks`, folded."""
    text = glossed(traditional(text) if script else text, chars)
    text = cut(text, marks, decoder)
    return fold(text) if folded else text
