"""The words of document-sharing sites (seeds/vocab/docshare.toml), ready for matching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive import vocab
from archive.chinese.anyof import any_of
from archive.chinese.variants import fold

Patterns = tuple[tuple[str, re.Pattern[str]], ...]

_ASCII = tuple(zip("，：！（）", ",:!()", strict=True))
_LONGEST = 400  # characters of a line that patterns look at
_GLUED = 8  # characters of a title that is told by its blank alone, and of what follows
_LABELS = 4  # different ones; an attachment's 格式 and 大小 are two
_LONGEST_LABELS = 160  # characters of a line of upload data


@dataclass(frozen=True, slots=True)
class Words:
    """Signs, furniture lines and tails; each method takes a line of `readable` text."""

    signs: Patterns
    lines: Patterns
    tails: Patterns
    behind: Patterns
    inlines: Patterns
    glue: tuple[str, ...]
    labels: re.Pattern[str]  # of upload data, with their colon
    sure: re.Pattern[str]  # those that only such sites have, at the beginning of a line

    def found_in(self, text: str) -> list[str]:
        """The names of the signs in a text; empty for a page of any other kind."""
        text = "\n" + text
        found = []
        if _may_begin_line(self.signs).search(text):
            found = [name for line in text.split("\n") if (name := self.sign(line))]
        if self.sure.search(text) and self._count_labels(text) >= _LABELS:
            found.append("upload-labels")
        return list(dict.fromkeys(found))

    def _count_labels(self, text: str) -> int:
        """Different labels of upload data, in the lines that hold nothing else."""
        lines = (line for line in text.split("\n") if self.is_upload_data(line))
        return len({label for line in lines for label in self.labels.findall(line)})

    def is_upload_data(self, line: str) -> bool:
        """Whether a line is labels with their values: 热度:26 收藏:0 页数:4."""
        line = line.strip()
        short = len(line) <= _LONGEST_LABELS and "。" not in line
        return short and self.labels.match(line) is not None

    def sign(self, line: str) -> str:
        return _match(self.signs, line) if _may_match(self.signs).match(line) else ""

    def line(self, line: str) -> str:
        return _match(self.lines, line)

    def tail(self, line: str) -> str:
        return _match(self.tails, line)

    def closes(self, line: str) -> str:
        """What only the site says, where it stands behind the document."""
        return _match(self.behind, line) or self.sign(line)

    def inline(self, line: str) -> Iterator[re.Match[str]]:
        for _, pattern in self.inlines:
            yield from pattern.finditer(line)

    def glued(self, title: str) -> re.Pattern[str]:
        """Two or more of the title and the glue words, the title at least once, at a start; or a title of
        some length with a blank behind it."""
        name = re.escape(title)
        glue = "|".join(map(re.escape, self.glue))
        alone = rf"|{name} +(?=[^\s。]{{{_GLUED},}})" if len(title) >= _GLUED else ""
        return re.compile(rf"(?:(?:{glue}) *+)*+{name} *+(?:(?:{name}|{glue}) *+)++{alone}")


def readable(text: str) -> str:
    """The text as the patterns are written, same length: ASCII marks, Simplified characters."""
    text = fold(text)
    for full, ascii_mark in _ASCII:
        text = text.replace(full, ascii_mark)
    return text


@cache
def _may_match(patterns: Patterns) -> re.Pattern[str]:
    """One pattern for all, so that most lines are asked once."""
    return re.compile(
        rf"[^\S\n]*(?:{'|'.join(f'(?:{pattern.pattern})' for _, pattern in patterns)})"
    )


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
    keys = ("sign", "line", "tail", "behind", "inline")
    vocab.only("docshare", table, (*keys, "glue", "labels"))
    vocab.only("docshare", table["glue"], ("words", "evidence", "day"), "glue")
    vocab.only("docshare", table["labels"], ("sure", "others", "evidence", "day"), "labels")
    sure, others = table["labels"]["sure"], table["labels"]["others"]
    signs, lines, tails, behind, inlines = (_patterns(table[key], key) for key in keys)
    return Words(
        signs,
        lines,
        tails,
        behind,
        inlines,
        glue=tuple(table["glue"]["words"]),
        labels=re.compile(rf"({any_of([*sure, *others])}) ?:"),
        sure=re.compile(rf"\n[^\S\n]*{any_of(sure)} ?:"),
    )


def _patterns(rows: list[dict[str, Any]], key: str) -> Patterns:
    for number, row in enumerate(rows, 1):
        vocab.only("docshare", row, ("name", "pattern", "evidence", "day"), f"{key} {number}")
    return tuple((row["name"], re.compile(row["pattern"])) for row in rows)
