"""What collectors and mirrors leave between the characters: tokens, placeholders, zero width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from archive import vocab
from archive.chinese.language import canonical, model
from archive.errors import VocabularyError
from archive.model import Change

# Zero width and direction marks, byte order marks, soft hyphens, control characters.
_INVISIBLE_SIGN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
# A pattern that begins with one sign, not with a run of them, is skipped to: a quarter of the time.
_INVISIBLE = re.compile(f"{_INVISIBLE_SIGN}{_INVISIBLE_SIGN}*")
# Scripts and signs that need joiners and direction marks: Hebrew to Arabic, Indic, Tibetan,
# Mongolian, emoji.
_JOINED = re.compile(
    "[\u0590-\u08ff\u0900-\u0fff\u1800-\u18af\ufb1d-\ufefc\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
)
_PRIVATE = re.compile("[\ue000-\uf8ff][\ue000-\uf8ff]*")


# One token between the characters of words, again and again: 演w7xkR练.
_BETWEEN = re.compile(
    "[A-Za-z0-9](?<=[\u4e00-\u9fff].)[\\w.]{2,22}[A-Za-z0-9](?=[\u4e00-\u9fff])", re.ASCII
)
_MIXED = re.compile("[a-z].*[0-9A-Z]|[0-9].*[a-z]")  # a figure or an abbreviation has one kind
_SMALL = re.compile("[a-z]")  # in every one
_QUANTITY = re.compile(r"\d+(?:\.\d+)?[A-Za-z]{1,3}")  # 喝200ml水: 喝水 is a word
_TIMES, _SEAMS = 3, 0.75  # different places of a token, and its share inside a known word


def _watermarks(text: str) -> Iterator[re.Match[str]]:
    """Tokens that part words: 5G or APP stand between words, so that taking them out makes none."""
    if not _SMALL.search(text):
        return
    places: dict[str, list[re.Match[str]]] = {}
    for match in _BETWEEN.finditer(text):
        if _MIXED.search(match[0]) and not _QUANTITY.fullmatch(match[0]):
            places.setdefault(match[0], []).append(match)
    for found in places.values():
        seams = {text[match.start() - 1] + text[match.end()] for match in found}
        if len(seams) >= _TIMES:
            parted = sum(_parts_word(text, match) for match in found)
            yield from found if parted >= _SEAMS * len(found) else ()


def _parts_word(text: str, match: re.Match[str]) -> bool:
    left, right = (
        text[max(0, match.start() - 3) : match.start()],
        text[match.end() : match.end() + 3],
    )
    words = model().words
    return any(
        canonical(left[-a:] + right[:b]) in words
        for a in range(1, len(left) + 1)
        for b in range(1, len(right) + 1)
    )


def strip(text: str) -> Iterator[Change]:
    """The removal of inserted tokens and invisible characters; private use is only flagged."""
    taken: list[tuple[int, int]] = []
    for match, evidence in _tokens(text):
        if all(match.end() <= start or match.start() >= end for start, end in taken):
            taken.append(match.span())
            yield Change(*match.span(), "", "inserted-token", evidence, 0.97, "inserted-token")
    for match in _INVISIBLE.finditer(text):
        around = (
            text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        )
        inside = any(start <= match.start() < end for start, end in taken)
        if not inside and not _JOINED.search(around):
            yield Change(*match.span(), "", "invisible", _named(match[0]), 0.99)
    for match in _PRIVATE.finditer(text):
        yield Change(
            *match.span(), "", "private-use", _named(match[0]), 0.5, "private-use", applied=False
        )


def _named(chars: str) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in chars[:4])


def _tokens(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for firsts, literals, pattern, least, evidence in _families():
        if any(map(text.__contains__, firsts)) and any(map(text.__contains__, literals)):
            found = list(pattern.finditer(text))
            if len(found) >= least:
                yield from ((match, evidence) for match in found)
    yield from ((match, "parts words") for match in _watermarks(text))


# The first characters of the literals, which a text without a token mostly lacks; the literals; the pattern,
# how many of it are needed, evidence.
_Family = tuple[frozenset[str], tuple[str, ...], re.Pattern[str], int, str]


@cache
def _families() -> tuple[_Family, ...]:
    return tuple(map(_family, vocab.toml("inserted")["token"]))


def _family(entry: dict[str, object]) -> _Family:
    allowed = {"pattern", "literals", "least", "evidence", "day"}
    path = vocab.folder() / "inserted.toml"
    if set(entry) != allowed:
        raise VocabularyError(path, str(entry.get("pattern")), f"keys must be {sorted(allowed)}")
    literals, least = entry["literals"], entry["least"]
    if not isinstance(literals, list) or not literals or not isinstance(least, int):
        raise VocabularyError(path, str(entry["pattern"]), "literals: a list; least: a number")
    pattern, words = re.compile(str(entry["pattern"])), tuple(map(str, literals))
    return frozenset(w[0] for w in words), words, pattern, least, str(entry["evidence"])
