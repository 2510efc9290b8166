"""TOML tables read strictly: every key known, every value of its kind, every complaint with its place.

A reader is a dataclass plus one check per field. A check takes the raw value and returns the
value to keep, or raises `Unfit` with the sentence that says what is allowed.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from archive.errors import SiteDefinitionError

Check = Callable[[Any], Any]
T = TypeVar("T")

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\"' -]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
_SPAN = re.compile(r"(\d+)([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


class Unfit(Exception):
    """A value is not allowed; the message says what is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands: its file, the file's text, and its name as written in an error."""

    path: Path
    text: str
    table: str = ""  # "", "scope", "seed[2]"

    def wrong(self, key: str, problem: str) -> SiteDefinitionError:
        """The error for one key of this table, with its line where the key is written."""
        dotted = f"{self.table}.{key}" if self.table and key else self.table or key
        line = _line_of(self.text, self.table, key)
        return SiteDefinitionError(
            self.path, dotted, f"line {line}: {problem}" if line else problem
        )


def build(
    kind: type[T],
    table: Any,
    place: Place,
    checks: Mapping[str, Check],
    names: Mapping[str, str] | None = None,
) -> T:
    """A dataclass `kind` from a TOML table; `names` maps a field to the key it has in the file."""
    if not isinstance(table, dict):
        raise place.wrong("", f"must be a table, not {_named(table)}")
    keys = {(names or {}).get(name, name): name for name in checks}
    for key in table:
        if key not in keys:
            raise place.wrong(key, f"unknown key{_nearest(key, keys)}; allowed: {', '.join(keys)}")
    values = {}
    for key, name in keys.items():
        if key in table:
            values[name] = _checked(checks[name], table[key], key, place)
        elif _required(kind, name):
            raise place.wrong(key, "required key is missing")
    return kind(**values)


def text(value: Any) -> str:
    """A string with something in it."""
    if not isinstance(value, str) or not value.strip():
        raise Unfit(f"must be a text, not {_named(value)}")
    return value


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Unfit(f"must be true or false, not {_named(value)}")
    return value


def day(value: Any) -> date:
    """A TOML date."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Unfit(f"must be a date such as 2021-03-31, without quotes, not {_named(value)}")
    return value


def number(low: float, high: float) -> Check:
    """A check for a finite number from `low` to `high`."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Unfit(f"must be a number from {low:g} to {high:g}, not {_named(value)}")
        if not math.isfinite(value) or not low <= value <= high:
            raise Unfit(f"must be from {low:g} to {high:g}, not {value:g}")
        return float(value)

    return check


def whole(low: int, high: int) -> Check:
    """A check for a whole number from `low` to `high`."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Unfit(f"must be a whole number from {low} to {high}, not {_named(value)}")
        return value

    return check


def one_of(allowed: tuple[str, ...]) -> Check:
    """A check for one of a few words."""

    def check(value: Any) -> str:
        if value in allowed:
            return str(value)
        hint = _nearest(value, allowed) if isinstance(value, str) else ""
        raise Unfit(f"{_named(value)} is not allowed{hint}; allowed: {', '.join(allowed)}")

    return check


def matching(pattern: str, meaning: str) -> Check:
    """A check for a text that matches `pattern` as a whole."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise Unfit(f"must be {meaning}, not {_named(value)}")
        return value

    return check


def several(check: Check) -> Check:
    """A check for a list of values that each pass `check`."""

    def check_all(values: Any) -> tuple[Any, ...]:
        if not isinstance(values, list):
            raise Unfit(f"must be a list, not {_named(values)}")
        return tuple(check(value) for value in values)

    return check_all


def regex(value: Any) -> re.Pattern[str]:
    """A compiled regular expression."""
    try:
        return re.compile(text(value))
    except re.error as error:
        raise Unfit(f"bad regular expression {value!r}: {error}") from error


def span(value: Any) -> timedelta:
    """A length of time such as "30m", "6h", "3d", "1w"."""
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) * _SECONDS[match[2]] not in range(60, 3660 * 86400):
        raise Unfit(f'must be a time such as "30m", "6h", "3d", "1w", not {_named(value)}')
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def _checked(check: Check, value: Any, key: str, place: Place) -> Any:
    try:
        return check(value)
    except Unfit as error:
        raise place.wrong(key, str(error)) from error


def _required(kind: type, name: str) -> bool:
    field = next(field for field in fields(kind) if field.name == name)
    return field.default is MISSING and field.default_factory is MISSING


def _nearest(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word.lower(), list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _named(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return repr(value)
    return "a table" if isinstance(value, dict) else f"a {type(value).__name__}"


def _line_of(source: str, table: str, key: str) -> int | None:
    """The line (from 1) where a key of a table is written, or its table's header, if found."""
    name, _, number = table.rstrip("]").partition("[")
    wanted, seen, inside = int(number or 1), 0, not table
    header = None
    for index, line in enumerate(source.splitlines(), 1):
        if match := _HEADER.match(line):
            seen += match[2] == name
            inside = match[2] == name and seen == wanted
            header = index if inside else header
            if not table and match[2] == key:
                return index
        elif inside and (match := _KEY.match(line)) and match[1] == key:
            return index
    return header
