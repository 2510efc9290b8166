"""Article data that a page carries for its scripts: JSON in `__NEXT_DATA__`, `window.__STATE__`.

App pages show the body and keep title, source, author and time in such data alone. A page's
data also holds other articles, so the one is taken whose text the page shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from archive.about import dates, names, sources
from archive.about.labels import HAN, words
from archive.about.scriptmeta import Script
from archive.model import Candidate
from archive.page.blocks import Block

_LONGEST = 2_000_000  # characters of one script that are read
_NODES = 5_000  # of the data that are looked at
_SCRIPTS = 12  # that may hold data; more is a page of fragments
_SHARED = 16  # Han in a row that text and data must share: no two articles do by chance
_OBJECT = re.compile(r"=\s*\{")
_OPENS = re.compile(r"(?:window(?:\.\w+|\[['\"]\w+['\"]\])|(?:var|let|const)\s+\w+)\s*=\s*(?=\{)")


def from_islands(scripts: Iterable[Script], blocks: Sequence[Block]) -> list[Candidate]:
    """Title, time, source and author of the data object whose text the page shows."""
    shown: list[str] = []
    for data in _data(scripts):
        for node in _nodes(data):
            text = _first_text(node, "text")
            if not text or not _title(node):
                continue
            shown = shown or [_han(b.text) for b in blocks if len(b.text) >= 2 * _SHARED]
            if _is_shown(text, shown):
                return list(_candidates(node))
    return []


def _data(scripts: Iterable[Script]) -> Iterator[Any]:
    found = 0
    for whole, kind in scripts:
        text = whole[:_LONGEST].lstrip()
        at = 0 if kind == "application/json" else _opening(text)
        if at is None or not text or found >= _SCRIPTS:
            continue
        found += 1
        try:
            yield json.JSONDecoder(strict=False).raw_decode(text, at)[0]
        except (ValueError, RecursionError):
            continue


def _opening(text: str) -> int | None:
    head = text[:10_000]
    match = _OPENS.search(head) if _OBJECT.search(head) else None
    return match.end() if match else None


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [data], 0
    while waiting and seen < _NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            yield node
            waiting.extend(value for value in node.values() if isinstance(value, dict | list))
        elif isinstance(node, list):
            waiting.extend(value for value in node[:_NODES] if isinstance(value, dict | list))


def _is_shown(text: str, shown: Sequence[str]) -> bool:
    opening = _han(re.sub(r"<[^<>]{0,500}>", "", text[:2000]))[:_SHARED]
    return len(opening) == _SHARED and any(opening in block for block in shown)


def _han(text: str) -> str:
    return "".join(re.findall(f"[{HAN}]", text))


def _first_text(node: dict[str, Any], key: str) -> str | None:
    for name in _keys(key):
        value = node.get(name)
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def _title(node: dict[str, Any]) -> str | None:
    title = _first_text(node, "title")
    return title if title and 4 <= len(title) <= 300 else None


def _candidates(node: dict[str, Any]) -> Iterator[Candidate]:
    yield from told(
        _title(node), *(_first_text(node, field) for field in ("published", "source", "authors"))
    )


def told(
    title: str | None, published: str | None, source: str | None, authors: str | None
) -> Iterator[Candidate]:
    """What the values of an article's object say of it."""
    if title and len(title) >= 4:
        yield Candidate("title", re.sub(r"<[^<>]{0,80}>", "", title), "data:title")
    day = dates.parse(published or "")
    if day:
        yield Candidate("published", day, "data:published")
    medium = sources.source_value(source or "")
    if medium:
        yield Candidate("source", medium, "data:source")
    for name in names.names((authors or "")[:80]):
        yield Candidate("authors", name, "data:author")


@cache
def _keys(field: str) -> tuple[str, ...]:
    return words("data", field)
