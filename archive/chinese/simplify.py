"""Traditional paragraphs into Simplified ones: OpenCC's t2s, then this project's exceptions.

The exceptions are data (seeds/vocab/script.toml). They only see what was converted, so text
that was Simplified before keeps every character, also its 著 and its 台帐.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive import vocab
from archive.chinese import opencc_tables
from archive.errors import VocabularyError

_KEYS: Mapping[str, tuple[str, ...]] = {
    "character": ("traditional", "simplified", "evidence", "day"),
    "word": ("converted", "simplified", "evidence", "day"),
    "name": ("traditional", "simplified", "evidence", "day"),
}


_WORKS = "作名述录称者"  # 讨论著作 is 讨论 + 著作, not 讨论着


@dataclass(frozen=True, slots=True)
class Exceptions:
    """seeds/vocab/script.toml, ready for use."""

    zhu: re.Pattern[str]
    yu: re.Pattern[str]
    characters: dict[int, str]
    words: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...]  # Traditional, Simplified


def to_simplified(text: str) -> str:
    """The text in Simplified characters, for text that is Traditional.

    >>> to_simplified("隨著有關政策出臺,著力辦好著名的臺賬工作")
    '随着有关政策出台,着力办好著名的台账工作'

    The cost of the 著 rule: a word that writes zhù and is not in the list becomes 着.
    """
    text = opencc_tables.t2s(text)
    rules = exceptions()
    # Few, so that a table takes ten times as long; none becomes what another is.
    for code, simplified in rules.characters.items():
        text = text.replace(chr(code), simplified)
    if "著" in text:
        text = rules.zhu.sub(lambda m: m[0] if m["keep"] else m[0].replace("著", "着"), text)
    if "於" in text:
        text = rules.yu.sub("于", text)
    for converted, simplified in rules.words:
        text = text.replace(converted, simplified)
    return text


@cache
def exceptions() -> Exceptions:
    """The exceptions, read strictly."""
    table = vocab.toml("script")
    vocab.only("script", table, ("zhu", "particle", "yu", *_KEYS))
    vocab.only("script", table["zhu"], ("keep", "evidence", "day"), "zhu")
    vocab.only("script", table["particle"], ("before", "after", "evidence", "day"), "particle")
    vocab.only("script", table["yu"], ("after", "evidence", "day"), "yu")
    rows = {key: _rows(table, key) for key in _KEYS}
    return Exceptions(
        zhu=_zhu(table["zhu"]["keep"], table["particle"]["before"], table["particle"]["after"]),
        yu=re.compile(f"(?<=[{table['yu']['after']}])於"),
        characters={ord(r["traditional"]): r["simplified"] for r in rows["character"]},
        words=tuple((r["converted"], r["simplified"]) for r in rows["word"]),
        names=tuple((r["traditional"], r["simplified"]) for r in rows["name"]),
    )


def _zhu(keep: list[str], particle: list[str], after: str) -> re.Pattern[str]:
    """Matches every 著, as group `keep` where it stays.

    From left to right: a particle read across a word boundary, a word that keeps 著 unless 著 is
    its end and begins 着力 and the like, a byline (高尔基　著), any other 著.
    """
    longest = sorted(keep, key=len, reverse=True)
    words = (f"{word}(?![{after}])" if word.endswith("著") else word for word in longest)
    byline = r"(?<=[\s\u3000）)》])著(?=[\s，,。；;）)]|$|译)"
    crossing = "|".join(
        f"{word}(?![{_WORKS}])" if word.endswith("著") else word
        for word in sorted(particle, key=len, reverse=True)
    )
    return re.compile(f"(?P<particle>{crossing})|(?P<keep>{'|'.join(words)}|{byline})|著")


def _rows(table: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.get(key, [])
    for number, row in enumerate(rows, 1):
        vocab.only("script", row, _KEYS[key], f"{key} {number}")
        if len(row[_KEYS[key][0]]) != len(row["simplified"]):
            raise VocabularyError(vocab.folder() / "script.toml", f"{key} {number}", "length")
    return rows
