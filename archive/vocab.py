"""Vocabulary data under seeds/vocab, read once and strictly.

Words, names and lists are data with evidence and day; the modules that use them never open
files themselves. `FANGZHI_SEEDS` names another seeds folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from archive.errors import VocabularyError


def folder() -> Path:
    """The folder that holds the vocabulary files: beside this package in a checkout, in it where
    it was installed (setup.py)."""
    if seeds := os.environ.get("FANGZHI_SEEDS"):
        return Path(seeds) / "vocab"
    installed = Path(__file__).with_name("seeds") / "vocab"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "seeds" / "vocab"


@cache
def toml(name: str) -> dict[str, Any]:
    """The table in seeds/vocab/<name>.toml. The caller must not change it."""
    path = folder() / f"{name}.toml"
    try:
        return tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise VocabularyError(path, "", str(error)) from error


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of seeds/vocab/<name> (with its extension), without comments and blank lines."""
    stripped = (line.rstrip() for line in _read(folder() / name).splitlines())
    return tuple(line for line in stripped if line and not line.startswith("#"))


def only(name: str, table: Mapping[str, Any], keys: Iterable[str], where: str = "") -> None:
    """Raise unless a table of seeds/vocab/<name>.toml has exactly these keys."""
    if odd := set(table) ^ set(keys):
        problem = "unknown or missing " + ", ".join(sorted(odd))
        raise VocabularyError(folder() / f"{name}.toml", where, problem)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyError(path, "", str(error)) from error
