"""Labels such as 来源: and 发布时间: in the lines around an article.

Words are matched on a folded copy of the line (Traditional to Simplified for the characters of
the words, colons and blanks to one form); the copy has the length of the line, so every span
holds for the line as published. Labels may be padded: `来　　源：`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from archive import vocab
from archive.chinese import variants
from archive.chinese.anyof import any_of
from archive.errors import VocabularyError

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_FORMS = dict.fromkeys("：﹕∶︰︓", ":") | dict.fromkeys(
    "\u3000\xa0\t\u2002\u2003\u2009\u200b\ufeff", " "
)
_CREDIT = 80  # characters of a line of credits
_STROKE = re.compile("[|｜丨┃/／]")
_REMEMBERED = 200  # characters; longer lines are not kept
# Without any of these a label can only open the line, bare: 发表于2014-08-24.
_SIGNS = re.compile(r"[:|｜>】\]]")
_WALL = re.compile(r"[|｜丨┃│\]】]|\s{2,}")
_WALL_OF_NAMES = re.compile(r"[|｜丨┃│\]】]")  # 赵  培 is one name
_KEYS: Mapping[str, tuple[str, ...]] = {
    "label": ("field", "rank", "words", "bare"),
    "breadcrumb": ("lead", "home", "skip"),
    "byline": ("roles", "editors", "neutral", "suffix"),
    "media": ("endings",),
    "reject": ("source", "within", "name", "no_name", "placeholder", "section", "office"),
    "meta": (
        "title",
        "published",
        "source",
        "authors",
        "column",
        "site_id_code",
        "site_name",
        "site_domain",
        "build",
    ),
    "script": ("published", "source", "title", "authors"),
    "gkml": ("published", "written", "source", "doc_number", "index", "title", "validity", "other"),
    "names": ("single", "double"),
    "data": ("text", "title", "published", "source", "authors"),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label in a line and the raw value that follows it."""

    field: str
    label: str  # as folded, without blanks
    rank: int
    value: str  # as published, stripped; may be empty
    start: int  # of the label
    end: int  # of the value


@cache
def words(table: str, key: str) -> tuple[str, ...]:
    """The list `key` of `table` in the vocabulary `metadata`."""
    value = _metadata().get(table, {}).get(key)
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise VocabularyError(vocab.folder() / "metadata.toml", f"{table}.{key}", "not a list")
    return tuple(value)


@cache
def bare_words(field: str) -> tuple[str, ...]:
    """The labels of a field that count without a colon, as published."""
    return tuple(
        word for entry in _metadata()["label"] if entry["field"] == field for word in entry["bare"]
    )


@cache
def _metadata() -> Mapping[str, Any]:
    table = vocab.toml("metadata")
    vocab.only("metadata", table, _KEYS)
    for name, keys in _KEYS.items():
        entries = table[name] if name == "label" else [table[name]]
        for entry in entries:
            vocab.only("metadata", entry, ("evidence", "day", *keys), name)
    return table


def fold(line: str) -> str:
    """A copy of equal length in Simplified characters with one form of colon and blank.

    >>> fold("來　源：頂端新聞")
    '来 源:顶端新闻'
    """
    return _fold(line) if len(line) <= _REMEMBERED else _fold.__wrapped__(line)


@lru_cache(maxsize=8192)  # a line is folded by six rules, and frames repeat from page to page
def _fold(line: str) -> str:
    if variants.has_traditional(line):
        return _with_colons(line.translate(_folding()))
    for form, usual in _FORMS.items():  # a tenth of a translation
        if form in line:
            line = line.replace(form, usual)
    return _with_colons(line)


def _with_colons(folded: str) -> str:
    """A line of credits with its strokes as colons: 编辑｜张三  审核丨李四, as WeChat posts set them.

    Only where every stroke stands behind such a label and before a name, for strokes divide
    the cells of a line as well.
    """
    if len(folded) > _CREDIT or not _STROKE.search(folded):
        return folded
    found = list(_stroked().finditer(folded))
    if not found or len(found) != len(_STROKE.findall(folded)):
        return folded
    for match in found:
        folded = folded[: match.end() - 1] + ":" + folded[match.end() :]
    return folded


@cache
def _stroked() -> re.Pattern[str]:
    labels = {
        word
        for entry in _metadata()["label"]
        for word in entry["words"]
        if entry["field"] in ("source", "authors", "editors") and len(word) > 1
    }
    credits = "|".join(sorted(labels | set(words("byline", "neutral")), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<![^\s])|(?<=[(\[【]))(?:{credits}) ?(?:[|｜丨┃](?= ?[{HAN}])|[/／](?=[{HAN}]{{2,4}}(?: |$)))"
    )


@cache
def _folding() -> variants.Row:
    return variants.row(variants.table() | str.maketrans(_FORMS))


@lru_cache(maxsize=4096)  # a line is asked by three rules or more
def labelled(line: str) -> tuple[Labelled, ...]:
    """Every label of the line with its value, in order.

    A label opens the line or follows something that is not Han; behind a first label it may be
    glued to the value before it (`编辑：张三来源：新华社`). So 图片来源 in a caption is none.

    >>> [(x.field, x.value) for x in labelled("来源：中国福彩网 2009-07-07 字号：[大 中]")]
    [('source', '中国福彩网 2009-07-07'), ('other', '[大 中')]
    """
    folded = fold(line)
    found = list(_openings(folded))
    ends = [*(start for start, *_ in found[1:]), len(line)][: len(found)]
    out = []
    for (start, value_at, label, field, rank), end in zip(found, ends, strict=True):
        walls = _WALL_OF_NAMES if field in ("authors", "editors") else _WALL
        wall = walls.search(folded, _skip_blank(folded, value_at), end)
        stop = wall.start() if wall else end
        value = line[value_at:stop].strip()
        out.append(Labelled(field, label, rank, value, start, stop))
    return tuple(out)


def _skip_blank(folded: str, at: int) -> int:
    while at < len(folded) and folded[at] in " [【|":
        at += 1
    return at


def _openings(folded: str) -> Iterable[tuple[int, int, str, str, int]]:
    pattern, fields = _label_pattern()
    signed = _SIGNS.search(folded)
    matches = _matches(pattern, folded) if signed else filter(None, [pattern.match(folded)])
    seen = False
    for match in matches:
        glued = match.start() > 0 and _is_han(folded[match.start() - 1])
        quoted = match.start() > 0 and folded[match.start() - 1] in '“"「『‘'
        if quoted or (glued and not seen):
            continue  # 凡注明“来源：本网”的作品 is a disclaimer
        label = re.sub(r"\s", "", match["colon"] or match["bare"] or match["cell"])
        field, rank = fields[label]
        seen = True
        yield match.start(), match.end(), label, field, rank


def _matches(pattern: re.Pattern[str], folded: str) -> Iterator[re.Match[str]]:
    """`pattern.finditer(folded)`, asked only where a label may begin: a hundred labels are tried at each
    place, and few characters begin one."""
    read = 0
    for begin in _beginnings().finditer(folded):
        match = pattern.match(folded, begin.start()) if begin.start() >= read else None
        if match:
            yield match
            read = match.end()


@cache
def _beginnings() -> re.Pattern[str]:
    """The first character of every label; a blank may stand before a bare one."""
    return re.compile(f"[ {''.join({re.escape(label[0]) for label in _label_words()})}]")


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def label_words() -> frozenset[str]:
    """Every label, folded and without blanks: a value that is one of them is a template's slip."""
    return _label_words()


@cache
def _label_words() -> frozenset[str]:
    return frozenset(_label_pattern()[1])


def label_rank(label: str) -> int:
    """The rank of a label among those of its field; 1 for an unknown one."""
    return _label_pattern()[1].get(label, ("", 1))[1]


@cache
def _label_pattern() -> tuple[re.Pattern[str], dict[str, tuple[str, int]]]:
    fields: dict[str, tuple[str, int]] = {}
    bare: set[str] = set()
    for entry in _metadata()["label"]:
        bare.update(fold(word) for word in entry["bare"])
        for word in entry["words"] + entry["bare"]:
            fields.setdefault(fold(word).replace(" ", ""), (entry["field"], entry["rank"]))
    colon = any_of(fields, " {0,4}")
    plain = any_of((word.replace(" ", "") for word in bare), " {0,4}")
    # Without a colon a label counts at the start of a cell only: 来源CSDN, 发表于2014-08-24.
    pattern = rf"(?P<colon>{colon}) {{0,4}}:|(?:(?<=[|>】\]])|^|(?<=\| )) ?(?P<bare>{plain})(?=[^{HAN}:]|\Z)"
    pattern += rf"|(?<=[|｜] )(?P<cell>来源|作者|编辑)(?=[{HAN}]{{2,12}} ?(?:[|｜]|\Z))"
    return re.compile(pattern), fields
