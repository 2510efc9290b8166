"""Which script a text is written in, told by its characters.

Traditional-only: OpenCC maps it to another character and no conversion ever gives it.
Simplified-only: a conversion gives it, GB 2312 has it and Big5 has not. Characters of both
(于, 后, 里, 干, 著) say nothing. Languages other than Chinese are named only by sure signs.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from archive.chinese import opencc_tables

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc][\u3041-\u3096\u30a1-\u30fa\u30fc]*")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|is|for|on|with|by|that)\b", re.IGNORECASE)
# Scripts of China's minority languages that stand for one language on mainland pages, and Hangul.
_FAR = re.compile("[\u0400-\u1fff\ua000-\ud7a3]")  # holds all of them
_OTHER = (
    ("ug", re.compile("[\u06c7\u06c6\u06c8\u06cb\u06d0\u06d5\u06be]")),  # Uyghur letters
    ("bo", re.compile("[\u0f00-\u0fff]")),
    ("mn-Mong", re.compile("[\u1820-\u18aa]")),
    ("ii", re.compile("[\ua000-\ua48c]")),
    ("und-Arab", re.compile("[\u0600-\u06ff]")),
    ("und-Cyrl", re.compile("[\u0400-\u04ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
)


def script(text: str) -> str:
    """The BCP 47 tag of the text: zh-Hans, zh-Hant, ja, ko, en, …, or und without letters.

    >>> [script(t) for t in ("关于会议的通知", "關於會議的通知", "会議のお知らせ", "Notice of the day")]
    ['zh-Hans', 'zh-Hant', 'ja', 'en']

    Chinese without any character that tells the scripts apart is zh-Hans: this is an archive of
    mainland pages. Japanese needs one kana in five hanzi and kana, so a の in a brand is Chinese.
    """
    if _is_plainly_chinese(text):
        return "zh-Hant" if _is_traditional(text) else "zh-Hans"
    han, kana = _count(_HAN, text), _count(_KANA, text)
    if kana and kana >= 0.2 * (han + kana):
        return "ja"
    counts = {tag: 0 for tag, _ in _OTHER}
    if _FAR.search(text):
        counts = {tag: len(pattern.findall(text)) for tag, pattern in _OTHER}
    other = max(counts, key=lambda tag: counts[tag])
    if counts[other] > 2 * han and counts[other] > 0.5 * _count(_LATIN, text):
        return next(tag for tag, count in counts.items() if count and count >= 0.05 * counts[other])
    latin = _count(_LATIN, text) if len(text) > 9 * han else 0
    if latin > 8 * han:  # an English word has about five letters, a hanzi is about a word
        return "en" if len(_ENGLISH.findall(text)) * 40 >= latin else "und-Latn"
    if not han:
        return "und"
    return "zh-Hant" if _is_traditional(text) else "zh-Hans"


def _is_plainly_chinese(text: str) -> bool:
    """True where the first quarter of a text has hanzi enough and no other script is in it: then nothing
    need be counted."""
    if _KANA.search(text) or _FAR.search(text):
        return False
    return 9 * _count(_HAN, text[: len(text) // 4]) >= len(text) > 0


def _is_traditional(text: str) -> bool:
    if not has_traditional(text):
        return False
    traditional, simplified = evidence(text)
    return traditional > simplified


@lru_cache(maxsize=4)  # asked of a text for its script and again before it is normalised
def has_traditional(text: str) -> bool:
    """Whether `evidence` finds any Traditional character: most texts have none, and to count the
    Simplified ones of a text, a third of it, costs ten times as much."""
    traditional, _, rare = _only()
    return bool(traditional.search(text)) or any(c in rare for c in _BEYOND.findall(text))


def evidence(text: str) -> tuple[int, int]:
    """How many characters only Traditional, and only Simplified, writing has."""
    traditional, simplified, rare = _only()
    beyond = sum(character in rare for character in _BEYOND.findall(text))
    return _count(traditional, text) + beyond, _count(simplified, text)


def _count(pattern: re.Pattern[str], text: str) -> int:
    """The characters in the runs that a pattern finds."""
    return sum(map(len, pattern.findall(text)))


def is_japanese(paragraph: str) -> bool:
    """True for a paragraph with at least two kana, a tenth of its hanzi and kana."""
    kana = _count(_KANA, paragraph)
    return kana >= 2 and 9 * kana >= _count(_HAN, paragraph)


@cache
def _only() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    """Characters only Traditional, and only Simplified, writing has; the former beyond U+FFFF.

    Those stand apart, because `re` finds a character in a class in one step only below U+10000.
    """
    tables = opencc_tables.load()
    given = set("".join(tables.characters.values())) | set("".join(tables.phrases.values()))
    changed = {chr(code) for code, new in tables.characters.items() if chr(code) != new}
    simplified = {c for c in given - changed if _encodes(c, "gb2312") and not _encodes(c, "big5")}
    traditional = changed - given
    rare = frozenset(filter(_BEYOND.match, traditional))
    return _any_of(traditional - rare), _any_of(simplified), rare


def _any_of(characters: set[str]) -> re.Pattern[str]:
    each = f"[{''.join(sorted(characters))}]"
    return re.compile(f"{each}{each}*")  # a single class in front is skipped to


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
