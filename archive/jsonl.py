"""Articles and rejections as JSON lines: the keys of the text files, always all present."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from archive.model import Article, Edit, Rejection

_ATOMS = (str, int, float, type(None))
_EXACTLY = frozenset(_ATOMS)  # most values are of these types and no subclass of them
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LISTS = (tuple, list)
_MAPPINGS = (dict, Mapping)  # the first is told at once
# What is no line end to JSON Lines, but to str.splitlines and to editors.
_LINE_ENDS = str.maketrans({end: f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"})
_EDIT_DEFAULTS = {f.name: f.default for f in fields(Edit)}


def line(result: Article | Rejection) -> str:
    """One JSON object without line breaks, no newline at its end."""
    return line_of(as_json(result))


def line_of(row: Mapping[str, Any]) -> str:
    """The line of an object that `as_json` gave, or that was read from a line: the same bytes."""
    text = _ENCODER.encode(row)
    if text.isascii() or not any(chr(end) in text for end in _LINE_ENDS):
        return text
    return text.translate(_LINE_ENDS)


def as_json(result: Article | Rejection) -> dict[str, Any]:
    """The object a line holds; times as ISO 8601 UTC, tuples as lists."""
    return {f.name: _plain(getattr(result, f.name)) for f in fields(result)}


def _plain(value: Any) -> Any:
    if type(value) in _EXACTLY or isinstance(value, _ATOMS):
        return value
    if isinstance(value, Edit):
        return edit_as_json(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, _LISTS):
        return [_plain(item) for item in value]
    if isinstance(value, _MAPPINGS):
        return {key: _plain(item) for key, item in value.items()}
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def edit_as_json(edit: Edit) -> dict[str, Any]:
    """An edit without the keys that hold their default: ledgers are most of a line's weight."""
    values = ((name, getattr(edit, name)) for name in _EDIT_DEFAULTS)
    return {
        name: list(value) if name == "alternatives" else value
        for name, value in values
        if value != _EDIT_DEFAULTS[name]
    }


def edit_from_json(value: Mapping[str, Any]) -> Edit:
    """The edit a line's ledger holds."""
    known = dict(value)
    known["alternatives"] = tuple(known.get("alternatives", ()))
    return Edit(**{"rule": "", **known})
