"""How single characters are read, and the brackets in which pages write it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from archive import vocab
from archive.chinese.variants import fold

LETTERS = "a-zａ-ｚāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿêɑɡ\u0300\u0301\u0304\u0308\u030c"
HANZI = "\u3400-\u9fff"
_BLANK = " \u00a0\u3000"
# lu:4; the tone as a number, xue2 or xu2e
_SPELLED = f"(?:[:：]e?)?(?:[1-4][{LETTERS}]{{1,3}}|[0-5])?"
# Some pages fold one bracket of a pair and leave the other.
_BRACKETS = (
    ("[(（]", "[)）]"), (r"\[", r"\]"), ("【", "】"), ("〔", "〕"), ("［", "］"), ("〈", "〉"), (r"\{", r"\}"),
)  # fmt: skip

# 學(xué), 絡(luò ), 習(xi), 政(zheng)(zheng): one character, then one reading in brackets, again
# and again the same one. `(km)` and `(GDP)` fail later: they are no reading of the character.
GLOSS = re.compile(
    rf"(?P<char>[{HANZI}])[ \u00a0]?(?:"
    + "|".join(
        rf"(?P<first{i}>{left}[{_BLANK}]?(?P<reading{i}>[{LETTERS}]{{1,7}}{_SPELLED})[{_BLANK}]?{right})"
        rf"(?:{left}[{_BLANK}]?(?P=reading{i})[{_BLANK}]?{right})*"
        for i, (left, right) in enumerate(_BRACKETS)
    )
    + ")"
)
# 學xué, 學 xue2 習: the same without a bracket, its tone told. Another character, a mark or the end follows,
# so that a word of several syllables (拼音pīnyīn) is none.
BARE = re.compile(
    rf"(?P<char>[{HANZI}])(?P<blank>[ \u00a0]?)(?P<reading>[{LETTERS}]{{1,7}}{_SPELLED})(?![{LETTERS}'’])"
)
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ\u0300\u0301\u0304\u030c"
TONED = re.compile(  # one class in front, so that it is skipped to: a seventh of the time
    f"[{_TONES}1-4](?:(?<=[{_TONES}])|(?<=[a-zü].)(?=[ \u3400-\u9fff]))"
)
OPENED = re.compile(  # in every gloss
    rf"[(（\[【〔［〈{{](?:(?<=[{HANZI}].)|(?<=[{HANZI}][ \u00a0].))[{_BLANK}]?[{LETTERS}]"
)
_LOOK_ALIKES = str.maketrans("ɑɡ", "ag")
_UMLAUT = re.compile("u:|(?<=[ln])v(?=e?[1-4])")
_INSIDE = re.compile(r"(\D+)([1-4])(\D+)")
_VOWELS = re.compile("[aeiouü]")
_MARKS = " \u0304\u0301\u030c\u0300"  # of the four tones
GLOSS_HERE = re.compile(rf"\([ \u00a0]?(?P<reading>[{LETTERS}]{{1,7}})[ \u00a0]?\)")
GLOSS_REST = re.compile(rf"(?P<reading>[{LETTERS}]{{1,7}})[ \u00a0]?\)")
BRACKETED = re.compile(rf"\([ \u00a0]?[{LETTERS}]{{1,7}}[ \u00a0]?\)")


def reading_of(match: re.Match[str]) -> str:
    """The reading inside a match of `GLOSS`, in one spelling."""
    return spelled(next(v for k, v in match.groupdict().items() if k.startswith("reading") and v))


def spelled(reading: str) -> str:
    """A reading as the table has it: letters of half width composed (NFC), a tone as its mark.

    >>> spelled("lu:4"), spelled("ｘｕé"), spelled("de5"), spelled("gua3n")
    ('lǜ', 'xué', 'de', 'guǎn')
    """
    reading = unicodedata.normalize("NFKC", reading).translate(_LOOK_ALIKES)
    if inside := _INSIDE.fullmatch(reading):
        reading = inside[1] + inside[3] + inside[2]
    reading = _UMLAUT.sub("ü", reading)
    if reading[-1:] in "012345":
        reading, tone = reading[:-1], int(reading[-1]) % 5
        marked = (
            next((v for v in ("a", "e", "ou") if v in reading), "") or _VOWELS.findall(reading)[-1:]
        )
        if tone and marked:
            at = reading.rindex(marked[0])
            reading = reading[: at + 1] + _MARKS[tone] + reading[at + 1 :]
            reading = unicodedata.normalize("NFC", reading)
    return reading


def has_tone(reading: str) -> bool:
    """True for `xué`; without a tone it may be any of the readings that differ in tone alone."""
    return toneless(reading) != reading.replace("ü", "v")


def toneless(reading: str) -> str:
    """`xue` for `xué`, `lv` for `lǜ`."""
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    bare = "".join(c for c in letters if not unicodedata.combining(c) or c == "\u0308")
    return bare.replace("u\u0308", "v")


def readings(char: str) -> tuple[str, ...]:
    """Readings of a character and of its Simplified form, the most usual first."""
    table = _table()
    return tuple(dict.fromkeys(table.get(char, ()) + table.get(fold(char), ())))


def is_reading(reading: str, char: str, *, first: bool = False) -> bool:
    """True if the character is read so; with `first` only its first reading counts.

    A reading without tone matches any tone.
    """
    known = readings(char)[:1] if first else readings(char)
    if has_tone(reading):
        return reading in known
    bare = [toneless(each) for each in known]
    # 綠 is lü, lv, and lu where a page has no letter ü.
    return toneless(reading) in bare or reading in [each.replace("v", "u") for each in bare]


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
