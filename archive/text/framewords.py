"""The words of frames, as patterns: seeds/vocab/furniture.toml, read strictly. Each function is named after its table or key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from archive import vocab
from archive.about.labels import fold
from archive.chinese.anyof import any_of
from archive.errors import VocabularyError

_TABLES = {
    "head": {"starts", "whole", "genres"},
    "tail": {
        "starts",
        "only",
        "sections",
        "weak",
        "sentences",
        "survey",
        "declares",
        "credits",
        "forms",
    },
    "toolbar": {"words"},
    "footer": {"strong", "labels"},
    "disclaimer": {"sure", "other"},
    "player": {"starts", "ends"},
    "frame": {"names"},
}
BRACKETS = re.compile(r"[\s\[\]【】〖〗（）()|｜·>:：︰]+")


@cache
def _vocabulary() -> Mapping[str, Any]:
    table = vocab.toml("furniture")
    for name, keys in _TABLES.items():
        if set(table.get(name, {})) != keys:
            problem = f"needs exactly {', '.join(sorted(keys))}"
            raise VocabularyError(vocab.folder() / "furniture.toml", name, problem)
    if unknown := set(table) - set(_TABLES) - {"evidence", "day"}:
        raise VocabularyError(vocab.folder() / "furniture.toml", min(unknown), "unknown table")
    return table


@cache
def guest_book() -> frozenset[str]:
    return frozenset(map(fold, _vocabulary()["tail"]["forms"]))


def _starts(table: str, key: str) -> re.Pattern[str]:
    return re.compile(any_of(map(fold, _vocabulary()[table][key])))


@cache
def head() -> re.Pattern[str]:
    return _starts("head", "starts")


@cache
def tail() -> re.Pattern[str]:
    return _starts("tail", "starts")


@cache
def credit() -> re.Pattern[str]:
    return _starts("tail", "credits")


@cache
def toolbar() -> re.Pattern[str]:
    return _starts("toolbar", "words")


@cache
def player() -> re.Pattern[str]:
    first, last = _starts("player", "starts").pattern, _starts("player", "ends").pattern
    return re.compile(rf"[(（](?:{first})[^()（）]{{0,20}}(?:{last})[)）]$")


@cache
def weak() -> re.Pattern[str]:
    return _starts("tail", "weak")


@cache
def sections() -> re.Pattern[str]:
    return _starts("tail", "sections")


@cache
def declares() -> re.Pattern[str]:
    return _starts("tail", "declares")


@cache
def sentences() -> re.Pattern[str]:
    return _starts("tail", "sentences")


@cache
def only() -> Mapping[str, re.Pattern[str]]:
    pairs = _vocabulary()["tail"]["only"]
    return {fold(word): re.compile(fold(pattern)) for word, pattern in pairs}


@cache
def survey() -> re.Pattern[str]:
    return _starts("tail", "survey")


@cache
def disclaimer() -> re.Pattern[str]:
    return _starts("disclaimer", "sure")


@cache
def small_print() -> re.Pattern[str]:
    return _starts("disclaimer", "other")


@cache
def footer() -> re.Pattern[str]:
    strong, labels = _starts("footer", "strong").pattern, _starts("footer", "labels").pattern
    return re.compile(rf"{strong}|(?:{labels})(?=\s*:)")


@cache
def whole() -> frozenset[str]:
    return frozenset(BRACKETS.sub("", fold(word)) for word in _vocabulary()["head"]["whole"])


@cache
def genres() -> frozenset[str]:
    return frozenset(map(fold, _vocabulary()["head"]["genres"]))


@cache
def frame() -> re.Pattern[str]:
    words = "|".join(sorted(_vocabulary()["frame"]["names"], key=len, reverse=True))
    return re.compile(rf"(?:^|[\s_\-])(?:{words})(?:$|[\s_\-\d])")
