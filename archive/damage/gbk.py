"""GBK text cut between the two bytes of a character, and how it is put together again.

A collector that searches GBK bytes for a mark (！ is A3 A1, ？ is A3 BF) also finds the pair that
straddles two characters: 。　 is A1 A3 | A1 A1. It cuts there and decodes the pieces, so the lead
byte left over shows as `?`, the pair as the mark, and what follows is read one byte late:

    確保“雙減  B4_5F B1_A3 A1_B0 EB_70 9C_70   shown as   確?！半p減
                       ^^ ^^

until a byte in the ASCII range (p) or a byte that cannot be decoded brings it in step again.
All bytes but one or two are still there. `cut` is that machine; archive/damage/cuts.py runs it backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal

Decoder = Literal["py", "ms", "py18030", "whatwg"]
MARKS = "！？，；：。"
_FOLD = str.maketrans("！？，；：（）＜＞\u3000", "!?,;:()<> ")
_WIDEN = str.maketrans("!?,;:() ", "！？，；：（）\u3000")
LEADS = range(0x81, 0xFF)
LOST_TRAILS = range(0x80, 0xFF)
USER_LEADS = (*range(0xAA, 0xB0), *range(0xF8, 0xFF))  # of the user-defined rows
USER_TRAILS = tuple(range(0xA1, 0xFF))


def cut(text: str, marks: str = "！？", decoder: Decoder = "py") -> str:
    """What a tool makes of a text when it searches its GBK bytes for `marks`, one after another.

    >>> cut("確保“雙減”"), cut("統一。　　林學")
    ('確?！半p減”', '統一?！　×謱W')
    """
    pieces: list[bytes | str] = [text.encode("gbk", "replace")]
    for mark in marks:
        needle = mark.encode("gbk")
        pieces = [part for piece in pieces for part in _split(piece, needle, mark)]
    return "".join(p if isinstance(p, str) else decode(p, decoder) for p in pieces)


def _split(piece: bytes | str, needle: bytes, mark: str) -> Iterator[bytes | str]:
    if isinstance(piece, str):
        yield piece
        return
    first, *rest = piece.split(needle)
    yield first
    for part in rest:
        yield mark
        yield part


def decode(data: bytes, decoder: Decoder) -> str:
    """GBK bytes as the kinds of decoder show them when some cannot be decoded.

    "py" shows `?` for one byte; "ms" shows `?` for a byte pair and drops pairs of the
    user-defined rows. Those of GB 18030 show such pairs as private use and what is lost as U+FFFD:
    "py18030" (Python) for one byte, "whatwg" (browsers, ICU; WHATWG Encoding, "gb18030 decoder") for
    a pair unless its second byte is ASCII.
    """
    if decoder == "py":
        return data.decode("gbk", "replace").replace("\ufffd", "?")
    if decoder == "py18030":
        return data.decode("gb18030", "replace")
    out, at = [], 0
    while at < len(data):
        pair = data[at : at + 2]
        if pair[0] <= 0x80:
            out.append("€" if pair[0] == 0x80 else chr(pair[0]))
            at += 1
            continue
        char = character(pair[0], pair[1], decoder != "ms") if len(pair) == 2 else None
        if decoder == "ms":
            out.append(char or ("" if len(pair) == 2 and is_user_defined(*pair) else "?"))
        else:
            out.append(char or "\ufffd")
            at -= not char and pair[-1] < 0x80
        at += 2
    return "".join(out)


def is_user_defined(lead: int, trail: int) -> bool:
    return lead in USER_LEADS and trail in USER_TRAILS


@cache
def character(lead: int, trail: int, private: bool = False) -> str | None:
    """The GBK character of two bytes, `None` if there is none; GB 18030 has private ones, too."""
    try:
        return bytes((lead, trail)).decode("gb18030" if private else "gbk")
    except UnicodeDecodeError:
        return None


# Trails that an "ms" decoder shows as `?` together with their lead.
UNPAIRED = {
    lead: trails
    for lead in LEADS
    if (
        trails := tuple(
            trail
            for trail in LEADS
            if not character(lead, trail) and not is_user_defined(lead, trail)
        )
    )
}


def bytes_of(char: str) -> bytes:
    """The bytes of a shown character: GBK, or GB 18030 for private use; empty for others."""
    try:
        return char.encode("gb18030" if "\ue000" <= char <= "\uf8ff" else "gbk")
    except UnicodeEncodeError:
        return b""


def fold(text: str) -> str:
    """The text with the marks folded to ASCII, as some pages were before we got them."""
    return text.translate(_FOLD)


def widen(text: str) -> str:
    """The text with ASCII marks made full width: undoes `fold` where no ASCII mark was meant."""
    return text.translate(_WIDEN)
