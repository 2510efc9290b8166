"""The words of document-sharing sites (seeds/vocab/docshare.toml), ready for matching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive import vocab
from archive.chinese.variants import fold

Patterns = tuple[tuple[str, re.Pattern[str]], ...]

_ASCII = tuple(zip("，：！（）", ",:!()", strict=True))
_LONGEST = 400  # characters of a line that patterns look at


@dataclass(frozen=True, slots=True)
class Words:
    """Signs, furniture lines and tails; each method takes a line of `readable` text."""

    signs: Patterns
    lines: Patterns
    tails: Patterns
    inlines: Patterns
    glue: tuple[str, ...]

    def may_hold_sign(self, text: str) -> bool:
        """Whether a line of the text may be a sign: one question for all lines of a page."""
        return _may_begin_line(self.signs).search("\n" + text) is not None

    def sign(self, line: str) -> str:
        return _match(self.signs, line) if _may_match(self.signs).match(line) else ""

    def line(self, line: str) -> str:
        return _match(self.lines, line)

    def tail(self, line: str) -> str:
        return _match(self.tails, line)

    def inline(self, line: str) -> Iterator[re.Match[str]]:
        for _, pattern in self.inlines:
            yield from pattern.finditer(line)

    def glued(self, title: str) -> re.Pattern[str]:
        """Two or more of the title and the glue words, the title at least once, at a start."""
        name = re.escape(title)
        glue = "|".join(map(re.escape, self.glue))
        return re.compile(rf"(?:(?:{glue}) *+)*+{name} *+(?:(?:{name}|{glue}) *+)++")


def readable(text: str) -> str:
    """The text as the patterns are written, same length: ASCII marks, Simplified characters."""
    text = fold(text)
    for full, ascii_mark in _ASCII:
        text = text.replace(full, ascii_mark)
    return text


@cache
def _may_match(patterns: Patterns) -> re.Pattern[str]:
    """One pattern for all, so that most lines are asked once."""
    return re.compile(rf"\s*(?:{'|'.join(f'(?:{pattern.pattern})' for _, pattern in patterns)})")


@cache
def _may_begin_line(patterns: Patterns) -> re.Pattern[str]:
    return re.compile("\n" + _may_match(patterns).pattern)


def _match(patterns: Patterns, line: str) -> str:
    line = line.strip()[:_LONGEST]
    return next((name for name, pattern in patterns if pattern.fullmatch(line)), "")


@cache
def words() -> Words:
    """The vocabulary, read strictly."""
    table = vocab.toml("docshare")
    keys = ("sign", "line", "tail", "inline")
    vocab.only("docshare", table, (*keys, "glue"))
    vocab.only("docshare", table["glue"], ("words", "evidence", "day"), "glue")
    signs, lines, tails, inlines = (_patterns(table[key], key) for key in keys)
    return Words(signs, lines, tails, inlines, tuple(table["glue"]["words"]))


def _patterns(rows: list[dict[str, Any]], key: str) -> Patterns:
    for number, row in enumerate(rows, 1):
        vocab.only("docshare", row, ("name", "pattern", "evidence", "day"), f"{key} {number}")
    return tuple((row["name"], re.compile(row["pattern"])) for row in rows)
