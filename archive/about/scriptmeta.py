"""Metadata in scripts: string literals, JSON-LD, data islands. Nothing is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from archive.about import dates, names, sources
from archive.about.labels import words
from archive.chinese.anyof import any_of
from archive.model import Candidate
from archive.page.nodes import Nodes

_LONGEST = 400_000  # characters read of one script
_REMEMBERED = 5000  # characters; longer scripts are not kept
_LD_LONGEST = 200_000
_LD_NODES = 2_000
Script = tuple[str, str]  # its text, and its type in lower case


def scripts(nodes: Nodes) -> list[Script]:
    """Every inline script that is not empty, in document order."""
    return [
        (text, nodes.attributes[at].get("type", "").lower())
        for at in nodes.named("script")
        if (text := nodes.texts[at])
    ]


def from_scripts(scripts: Iterable[Script]) -> Iterator[Candidate]:
    """Candidates of every script, in order, the first of each origin only."""
    seen: set[str] = set()
    for text, kind in scripts:
        found = _json_ld(text) if "ld+json" in kind else _literals(text[:_LONGEST])
        for candidate in found:
            if candidate.origin not in seen or candidate.field == "authors":
                seen.add(candidate.origin)
                yield candidate


def _literals(text: str) -> Iterator[Candidate]:
    told = _told(text) if len(text) <= _REMEMBERED else _told.__wrapped__(text)
    for match in _variable().finditer(text, max(0, told - 1)) if told >= 0 else ():
        name = match["name"]
        value = (match["one"] or match["two"] or match["number"] or "").strip()
        if not value:
            continue
        origin = f"{'island' if match['quote'] else 'script'}:{name}"
        yield from _value(_kinds()[name], value, origin)


@lru_cache(maxsize=512)  # the pages of a site share their scripts
def _told(text: str) -> int:
    """Where the first name and its sign stand, behind a quote or not; -1 where none does."""
    found = _hint().search(text)
    return found.start() if found else -1


def _value(field: str, value: str, origin: str) -> Iterator[Candidate]:
    if field == "published":
        day = dates.parse(value)
        if day:
            yield Candidate(field, day, origin)
    elif field == "source":
        source = sources.source_value(value)
        if source and re.search("[\u4e00-\u9fff]", source):
            yield Candidate(field, source, origin)
    elif field == "authors":
        for name in names.names(value[:80]):
            yield Candidate(field, name, origin)
    else:
        plain = re.sub(r"<[^<>]{0,80}>|\\[nrt]", "", value).strip()
        if len(plain) >= 4:
            yield Candidate(field, plain, origin)


@cache
def _kinds() -> dict[str, str]:
    return {
        name: field
        for field in ("published", "source", "title", "authors")
        for name in words("script", field)
    }


@cache
def _known() -> str:
    return any_of(_kinds())


@cache
def _hint() -> re.Pattern[str]:
    """What every match of `_variable` holds, found in a third of the time: 97 scripts of 100
    have none."""
    return re.compile(rf"""{_known()}["']?\s{{0,5}}[:=]\s{{0,5}}['"\d]""")


@cache
def _variable() -> re.Pattern[str]:
    return re.compile(
        rf"""(?<![\w$])(?P<quote>["']?)(?P<name>{_known()})(?P=quote)\s{{0,5}}[:=]\s{{0,5}}"""
        r"""(?:'(?P<one>[^'\n]{0,200})'|"(?P<two>[^"\n]{0,200})"|(?P<number>\d{10}(?:\d{3})?)(?!\d))"""
    )


def _json_ld(text: str) -> Iterator[Candidate]:
    if len(text) > _LD_LONGEST:
        return
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return
    for node in _nodes(data):
        kind = node.get("@type")
        # Baidu's form of it, cambrian.jsonld, has no type.
        if not re.search(r"Article|Posting|WebPage|Report", str(kind)[:100]) and not (
            kind is None and "pubDate" in node
        ):
            continue
        for key in ("headline", "datePublished", "pubDate"):
            value = node.get(key)
            if isinstance(value, str) and value.strip():
                field = "title" if key == "headline" else "published"
                yield from _value(field, value.strip()[:300], f"json-ld:{key}")
        yield from _people(node.get("author"))


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [data], 0
    while waiting and seen < _LD_NODES:
        node = waiting.pop(0)
        seen += 1
        if isinstance(node, dict):
            yield node
            waiting.extend(value for key, value in node.items() if key == "@graph")
        elif isinstance(node, list):
            waiting.extend(node[:_LD_NODES])


def _people(author: Any) -> Iterator[Candidate]:
    for person in (author if isinstance(author, list) else [author])[:10]:
        name = person.get("name") if isinstance(person, dict) else person
        if isinstance(name, str):
            yield from (Candidate("authors", n, "json-ld:author") for n in names.names(name[:80]))
