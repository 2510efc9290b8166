"""What a scraper's mirror does to a text: convert, gloss, cut. The forward model in its shortest
form, on purpose without a line of the code that repairs it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import cache
from pathlib import Path

import opencc

# Where the mirrors' one-to-one table differs from the first value of OpenCC's STCharacters,
# counted in the sample documents 000, 001, 002 and 004.
KEPT = "于余范后杰岳斗采秘洼并群"
OTHER = {"着": "著", "为": "為", "众": "眾", "勋": "勛", "钟": "鐘"}
MARKS = re.compile(b"(\xa3\xa1|\xa3\xbf)")  # ！ and ？ in GBK


def traditional(text: str) -> str:
    """Every character replaced by one Traditional form."""
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
    """Every character the conversion makes: those a mirror may gloss."""
    made = {form for code, form in _table().items() if form != chr(code)}
    return frozenset(made & _readings().keys())


@cache
def _readings() -> dict[str, str]:
    path = Path(__file__).parents[2] / "seeds" / "vocab" / "readings.tsv"
    rows = (row.split("\t") for row in path.read_text("utf-8").splitlines() if row[0] != "#")
    return {char: row[0] for row in rows for char in row[1] if char != "-"}


def reading(char: str, *, tones: bool) -> str:
    """The one reading a mirror gives a character, whatever the context.

    >>> reading("學", tones=True), reading("學", tones=False)
    ('xué', 'xue')
    """
    toned = _readings()[char]
    if tones:
        return toned
    letters = unicodedata.normalize("NFD", toned.replace("ü", "v"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def glossed(text: str, chars: Container[str], style: str, *, tones: bool) -> str:
    """A gloss behind each of `chars`; `style` is a format of character and reading."""
    return "".join(
        style.format(char, reading(char, tones=tones)) if char in chars else char for char in text
    )


def cut(text: str) -> str:
    """The text split in its GBK bytes at every ！ and ？, also inside two characters.

    >>> cut("確保“雙減”")
    '確?！半p減”'
    """
    pieces = MARKS.split(text.encode("gbk"))
    return "".join(piece.decode("gbk", "replace").replace("\ufffd", "?") for piece in pieces)
