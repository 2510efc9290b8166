"""The 政府信息公开 table: index number, issuing office, document number and days of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from archive.about import dates, sources
from archive.about.labels import HAN, fold, words
from archive.chinese import variants
from archive.chinese.anyof import any_of
from archive.model import Candidate
from archive.page.blocks import Block

ENOUGH = 3  # distinct labels that make a table; one or two also stand in ordinary head lines
_DEEPEST = 2000  # blocks searched; the table stands at the head of its page
_MOST = 100  # rows read, so that a hostile page costs no more than an honest one
_FIRST = re.compile(r"[^\s\u200b\ufeff\[\]【】]")
_ROW = 240  # characters of a row in a plain text
_TEXTS = ("内容", "概述", "主题", "标签")
_EMPTY = 24  # characters a row without a value has at most
_VALUE = re.compile(r"[^\W_号第]")
_BETWEEN = re.compile(r"[\s\[\]【】][\s\[\]【】]*")  # a single class in front is skipped to
_REACH = 60  # blocks a table may span
DOC_NUMBER = re.compile(
    rf"(?P<agency>[{HAN}]{{1,12}})\s?[〔\[（(【]\s?(?P<year>20\d\d|19\d\d)\s?[〕\]）)】]\s?第?\s?(?P<number>\d{{1,5}})\s?[号號]"
)


def table(blocks: Sequence[Block]) -> tuple[Candidate, ...]:
    """The fields of the page's information table; empty when fewer than three labels stand together.

    Labels are padded (`索 引 号：`, `标　　题：`), so they are compared with all blanks removed.
    """
    rows = list(islice(_rows(blocks[:_DEEPEST]), _MOST))
    for first, _, _, _ in rows:
        near = [row for row in rows if first <= row[0] < first + _REACH]
        if len({label for _, label, _, _ in near}) >= ENOUGH:
            return tuple(c for row in near for c in _candidates(row[1], row[2], row[3]))
    return ()


def is_empty_row(line: str) -> bool:
    """True for a row of the table that has a label and no value.

    >>> is_empty_row("发文字号：〔〕号"), is_empty_row("成文日期："), is_empty_row("分类：通知")
    (True, True, False)
    """
    if len(line) > _EMPTY or (":" not in line and "：" not in line):
        return False
    folded = fold(line).lstrip()
    match = _inline().match(folded)
    return match is not None and not _VALUE.search(folded, match.end())


def row_labels(line: str) -> tuple[str, ...]:
    """The labels of a row of the table: every other cell of the line is one, or the line begins with one.

    >>> row_labels("信件编号\\t20231107003\\t信件类型\\t投诉"), row_labels("名称\\t规格\\t数量")
    (('信件编号', '信件类型'), ())
    """
    if "\t" not in line:
        return tuple(label for label, _ in _row(line))
    cells = line.split("\t")
    labels = [_squeezed(cell).rstrip(":") for cell in cells[::2] if len(cell) <= _EMPTY]
    is_row = bool(labels) and len(labels) == len(cells[::2]) and _fields().keys() >= set(labels)
    return tuple(labels) if is_row else ()


def row_values(line: str, *, least: int = 2) -> tuple[Candidate, ...]:
    """What a row of the table says in a plain text, where it begins with a label and has so many."""
    row = _row(line)
    told = (c for label, value in row for c in _candidates(label, _fields()[label], value))
    return tuple(told) if len(row) >= least else ()


def _row(line: str) -> list[tuple[str, str]]:
    """The labels of a line with their values, empty ones, too, where it begins with one and ends like no
    sentence; 来信内容 and its like hold text."""
    if len(line) > _ROW or not _has_colon(line) or line.rstrip()[-1:] in "。！？；":
        return []
    folded = fold(line).lstrip(" |")
    if not _inline().match(folded):
        return []
    matches = list(_inline().finditer(folded))
    ends = [*(match.start() for match in matches[1:]), len(folded)]
    labels = [re.sub(r"\s", "", match[1]) for match in matches]
    if any(label.endswith(_TEXTS) for label in labels):
        return []
    lead = len(fold(line)) - len(folded)
    values = (line[lead + m.end() : lead + end] for m, end in zip(matches, ends, strict=True))
    return [(a, b.strip(" |\u3000\xa0")) for a, b in zip(labels, values, strict=True)]


def is_label(text: str) -> bool:
    """Whether a text is the label of a row and nothing else: 来信时间, 索 引 号：."""
    return len(text) <= _EMPTY and _squeezed(text).rstrip(":") in _fields()


def _rows(blocks: Sequence[Block]) -> Iterator[tuple[int, str, str, str]]:
    for index, block in enumerate(blocks):
        if len(block.text) > 600 or not (_has_colon(block.text) or _opens(block.text)):
            continue
        pairs = list(_pairs(block.text))
        if pairs:
            for label, value in pairs:
                yield index, label, _fields()[label], value
        elif (label := _squeezed(block.text).rstrip(":")) in _fields():
            follows = blocks[index + 1].text if index + 1 < len(blocks) else ""
            bare = _squeezed(follows).rstrip(":") in _fields() or any(True for _ in _pairs(follows))
            yield index, label, _fields()[label], "" if bare else follows[:300]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    if not _has_colon(text):
        return
    folded = fold(text)
    if not _labelled().search(folded):
        return
    matches = list(_inline().finditer(folded))
    for match, after in zip(matches, [*matches[1:], None], strict=False):
        end = after.start() if after else len(text)
        label = re.sub(r"\s", "", match[1])
        value = text[match.end() : end].strip(" |\u3000\xa0")
        if value:
            yield label, value[:300]


def _has_colon(text: str) -> bool:
    return (  # spelt out: a loop over them takes as long as a pattern
        ":" in text or "：" in text or "﹕" in text or "∶" in text or "︰" in text or "︓" in text
    )


def _opens(text: str) -> bool:
    """True when the first character is that of a label, so that it may be one."""
    if text[:1].isalnum():
        return text[0] in _first_characters()
    first = _FIRST.search(text)
    return first is not None and first[0] in _first_characters()


@cache
def _first_characters() -> frozenset[str]:
    """The first character of every label, in both scripts."""
    firsts = {label[0] for label in _fields()}
    return frozenset(firsts.union(*map(variants.forms, firsts)))


def _squeezed(text: str) -> str:
    return _BETWEEN.sub("", fold(text[:40]))


@cache
def _fields() -> dict[str, str]:
    keys = ("published", "written", "source", "doc_number", "index", "title", "validity", "other")
    return {fold(word): key for key in keys for word in words("gkml", key)}


@cache
def _inline() -> re.Pattern[str]:
    return re.compile(rf"(?<![{HAN}])[\[【]?\s?({_spaced()})\s{{0,6}}[\]】]?\s?:")


@cache
def _labelled() -> re.Pattern[str]:
    """What every match of `_inline` holds: a pattern that begins with characters is skipped through."""
    return re.compile(rf"(?:{_spaced()})\s{{0,6}}[\]】]?\s?:")


@cache
def _spaced() -> str:
    return any_of(_fields(), r"\s{0,6}")


def _candidates(label: str, field: str, value: str) -> Iterator[Candidate]:
    origin = f"table:{label}"
    if field in ("published", "written"):
        day = dates.parse(value)
        if day:
            yield Candidate(field, day, origin)
    elif field == "doc_number":
        match = DOC_NUMBER.search(value)
        if match:
            yield Candidate(field, match[0], origin)
    elif field == "source":
        source = sources.source_value(value)
        if source:
            yield Candidate(field, source, origin)
    elif field == "title" and len(value) >= 4:
        yield Candidate(field, value, origin)
    elif field in ("index", "validity") and len(value) <= 60:
        yield Candidate("index_number" if field == "index" else field, value.split(" ")[0], origin)
