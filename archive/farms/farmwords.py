"""seeds/vocab/linkfarm.toml, read strictly: an unknown or a missing key is an error."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from archive import vocab
from archive.errors import VocabularyError

_ALWAYS = {"evidence", "day"}
_TABLES: dict[str, set[str]] = {
    "trusted": {"suffixes", "hosts"},
    "services": {"domains"},
    "endings": {"official", "trade"},
    "footer": {"strong"},
    "announcing": {"title", "line", "back", "told"},
    "leading": {"machinery", "boxes", "links"},
    "contact": {"chat", "telephone", "office"},
    "generated": {"labels"},
    "foreign": {"japanese"},
}
_LISTS = {"marker": {"pattern"}, "hard": {"trade", "terms"}, "offer": {"trade", "terms"}}


@cache
def words() -> dict[str, Any]:
    """The whole table. The caller must not change it."""
    table = vocab.toml("linkfarm")
    _same("", set(table), {*_TABLES, *_LISTS, "topics"})
    for name, keys in _TABLES.items():
        _same(name, set(table[name]), keys | _ALWAYS)
    for name, keys in _LISTS.items():
        for entry in table[name]:
            _same(name, set(entry), keys | _ALWAYS)
    trades = {entry["trade"] for entry in (*table["hard"], *table["offer"])}
    _same("topics", set(table["topics"]), trades | _ALWAYS)
    for entry in table["marker"]:
        _compiles(entry["pattern"])
    return table


def _same(where: str, found: set[str], allowed: set[str]) -> None:
    if found != allowed:
        path = vocab.folder() / "linkfarm.toml"
        raise VocabularyError(path, where, f"keys must be {sorted(allowed)}, not {sorted(found)}")


def _compiles(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise VocabularyError(vocab.folder() / "linkfarm.toml", pattern, str(error)) from error
