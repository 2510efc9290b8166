"""Lines decoded with the wrong character set, and what cannot be brought back.

Bytes do not lie: a line that is wrong in the same way from end to end encodes back into the bytes
it came from, and these decode into Chinese with the right character set. Accepted only where
the round trip loses nothing and the language model finds the result far likelier.

A line is judged as it stands, then as it stands without leaked tags and inserted characters: one
zero-width space, put in by a later machine, would hide the whole line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from archive.chinese.language import model
from archive.damage import inserted, markup
from archive.model import Change

_GAIN = 1.5  # nats a character of the result; 1 false repair in 2,400 clean lines at 1.5
_LEAST = 4  # hanzi in the result: fewer are no evidence

# Accented letters and Latin-1 signs in a row, as GBK or UTF-8 bytes look one by one.
_LATIN_SIGN = "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]"
_LATIN = re.compile(f"{_LATIN_SIGN}{_LATIN_SIGN}{{3}}")  # so written it is skipped to
# A letter or sign of its own: no-break blanks, dashes, quotes and dots also stand in rows (……”——).
_LETTER = re.compile(
    "[\u0080-\u009f\u00a1-\u00b6\u00b8-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2030\u2039\u203a\u20ac\u2122]"
)
_ACCENT = re.compile("[\u0080-\u00ff]")
_NEIGHBOURS = 2  # repaired lines that vouch for a short one
# UTF-8 read as GBK: every second hanzi begins with a pair E3-EF 80-BF. Those up to A0 are rare in
# Chinese text; three of them near each other are worth a look.
_SECOND = "".join(
    bytes((lead, trail)).decode("gbk") for lead in range(0xE3, 0xEA) for trail in range(0x81, 0xA1)
)
_UTF8_AS_GBK = re.compile(rf"[{_SECOND}].{{0,8}}[{_SECOND}].{{0,8}}[{_SECOND}]")
_LOSSES = ("锟斤拷", "烫烫烫", "\ufffd")
_LOST = re.compile("|".join(_LOSSES))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_MANY_LOST = 3  # of words that also mean something; U+FFFD means nothing but a loss

_Decode = Callable[[str], list[str]]


def fix(text: str) -> Iterator[Change]:
    """The repair of every line that is mojibake as a whole, and flags on what is lost."""
    found: list[Change] = []
    if _LETTER.search(text) and _LATIN.search(text):
        found = _changes(text, _LATIN, _from_latin, "latin-1")
        found += _beside(text, found)  # after the lines that vouch for them
    if _UTF8_AS_GBK.search(text):
        more = _changes(text, _UTF8_AS_GBK, _from_gbk, "utf-8 as gbk")
        found += [c for c in more if _is_free(c, found)]
    yield from found
    lost = list(_LOST.finditer(text)) if any(word in text for word in _LOSSES) else []
    if len(lost) >= _MANY_LOST or "\ufffd" in text:
        yield Change(
            lost[0].start(),
            lost[0].end(),
            "",
            "replaced-characters",
            f"{len(lost)} places",
            1.0,
            "replaced-characters",
            applied=False,
        )


def reread(line: str) -> str:
    """A title or name as it was before it was read with the wrong character set; itself if it was not.

    >>> reread("¹ØÓÚÕÙ¿ª»áÒéµÄÍ¨Öª"), reread("关于召开会议的通知")
    ('关于召开会议的通知', '关于召开会议的通知')
    """
    if not _LETTER.search(line) and not _UTF8_AS_GBK.search(line):
        return line
    whole = [c.new for c in fix(line) if c.applied and c.end - c.start == len(line)]
    return whole[0] if whole else line


def _changes(text: str, pattern: re.Pattern[str], decode: _Decode, evidence: str) -> list[Change]:
    """Changes of lines as they stand, then of those that need what is inserted taken out."""
    found = list(_lines(text, pattern, decode, evidence))
    bare, spans = _bare(text)
    if bare == text:
        return found
    for change in _lines(bare, pattern, decode, evidence):
        start, end = spans[change.start][0], spans[change.end - 1][1]
        moved = replace(change, start=start, end=end)
        if change.applied and _is_free(moved, [c for c in found if c.applied]):
            found.append(moved)
    return found


def _beside(text: str, found: list[Change]) -> list[Change]:
    """Short lines of a text whose other lines were read as Latin-1: a day or a name has too few
    hanzi to tell by itself, `2025å¹´`. Only where nothing else is left of the line's accents.

    Bytes of GBK must be those of GB 2312, pairs of accents, because 25°C and São Paulo are GBK of
    other characters as well. Cost: a short line with a character that GB 2312 has not, 镕, stays.
    """
    vouched = [change for change in found if change.applied]
    if len(vouched) < _NEIGHBOURS:
        return []
    gbk = any(_decoded(_latin_bytes(text[c.start : c.end]), "gb18030") == c.new for c in vouched)
    more: list[Change] = []
    taken = {text.rfind("\n", 0, change.start) + 1 for change in found}
    start = 0
    for line in text.split("\n"):
        span = Change(start, start + len(line), "", "mojibake")
        if start not in taken and _ACCENT.search(line):
            reading = _decoded(_latin_bytes(line), "gb2312") if gbk else _from_utf8(line)
            if reading and _hanzi(reading) and not _ACCENT.search(reading):
                evidence = "latin-1, as the lines around it"
                more.append(replace(span, new=reading, evidence=evidence, confidence=0.95))
        start += len(line) + 1
    return [replace(change, flag="mojibake") for change in more]


def _is_free(change: Change, others: list[Change]) -> bool:
    return all(change.end <= c.start or c.end <= change.start for c in others)


def _bare(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text as the steps for markup and insertions leave it, and where each character was."""
    spans = [(at, at + 1) for at in range(len(text))]
    for step in (markup.decode, inserted.strip):
        for change in sorted(step(text), key=lambda c: c.start, reverse=True):
            if change.applied:
                old = slice(change.start, change.end)
                text = text[: change.start] + change.new + text[change.end :]
                spans[old] = [(spans[old][0][0], spans[old][-1][1])] * len(change.new)
    return text, spans


def _lines(text: str, pattern: re.Pattern[str], decode: _Decode, evidence: str) -> Iterator[Change]:
    start = 0
    for line in text.split("\n"):  # U+0085 is no line end here: it is a byte
        bare = line.rstrip("\r")
        if pattern.search(bare):
            best = _best(bare, decode(bare))
            lost = "" if best or pattern is _LATIN else _half_lost(bare)
            end = start + len(bare)
            if lost:
                yield Change(start, end, "", "mojibake", evidence, 0.6, "mojibake", False, (lost,))
            if best:
                yield Change(start, end, best, "mojibake", evidence, 0.98, "mojibake")
        start += len(line) + 1


def _best(line: str, readings: list[str]) -> str | None:
    """The likeliest reading if it is Chinese and far likelier than the line."""
    lm = model()
    scored = [(lm.cost(r) / len(r), r) for r in readings if _hanzi(r) >= max(_LEAST, 0.3 * len(r))]
    if not scored:
        return None
    cost, reading = min(scored)
    return reading if lm.cost(line) / len(reading) - cost > _GAIN else None


def _hanzi(text: str) -> int:
    return sum("\u4e00" <= c <= "\u9fff" for c in text)


def _from_latin(line: str) -> list[str]:
    data = _latin_bytes(line)
    found = [r for charset in ("utf-8", "gb18030") if data and (r := _decoded(data, charset))]
    return _from_latin_twice(data) or found


def _from_utf8(line: str) -> str | None:
    """The reading of UTF-8 that was read as Latin-1, once or twice."""
    data = _latin_bytes(line)
    return next(iter(_from_latin_twice(data)), None) or _decoded(data, "utf-8")


def _from_latin_twice(data: bytes) -> list[str]:
    """The readings of UTF-8 that was read as Latin-1, written as UTF-8 and read as Latin-1 again."""
    try:
        once = data.decode("utf-8")
    except UnicodeDecodeError:
        return []
    if not _ACCENT.search(once):
        return []
    reading = _decoded(_latin_bytes(once), "utf-8")
    return [reading] if reading else []


def _latin_bytes(line: str) -> bytes:
    """The bytes of a line read as Latin-1 or windows-1252; empty if it was not."""
    out = bytearray()
    for char in line:
        if char <= "\xff":
            out.append(ord(char))
        else:
            try:
                out += char.encode("cp1252")
            except UnicodeEncodeError:
                return b""
    return bytes(out)


def _from_gbk(line: str) -> list[str]:
    data = _gbk_bytes(line)
    reading = _decoded(data, "utf-8")
    return [reading] if reading else []


def _gbk_bytes(line: str) -> bytes:
    """The bytes of a line read as GBK, where € is 0x80; empty if it was not."""
    try:
        return b"\x80".join(part.encode("gb18030") for part in line.split("€"))
    except UnicodeEncodeError:
        return b""


def _half_lost(line: str) -> str:
    """UTF-8 read as GBK with losses, as far as it can be read; empty where it is no such line."""
    reading = _gbk_bytes(line.replace("\ufffd", "?")).decode("utf-8", "replace")
    return reading if _hanzi(reading) >= max(_LEAST, 0.5 * len(reading)) else ""


def _decoded(data: bytes, charset: str) -> str | None:
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
