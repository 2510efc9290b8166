"""One derived line for reading: decisions, then the text with what was taken out of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.derive import derive_file
from archive.holdings import Holdings
from archive.jsonl import as_json, edit_from_json
from archive.sites import Site, load_folder
from archive.steps import undo
from archive.textfiles import rows
from crawler.codes import DONE, FAILED
from crawler.commands.loose import site_of
from crawler.commands.missing import why_missing
from crawler.logs import one_line

_METADATA = (
    "title", "published", "dateline", "source", "authors", "editors", "column", "doc_number",
    "site_id_code", "lang", "relevance", "verdict", "flags",
)  # fmt: skip
_SHOWN = 160  # characters of an edit


def explain(options: argparse.Namespace) -> int:
    """`fangzhi explain`: every decision behind one article."""
    sites = load_folder(options.sites) if options.sites.is_dir() else {}
    results = list(_explained(options, sites))
    if not results:
        known = why_missing(options.holdings, options.what)
        said = "no text of it in" if known else "no such file, URL or id in"
        print(f"fangzhi: {options.what}: {said} {options.holdings}", file=sys.stderr)
        for told in known:
            print(one_line(told))
        return FAILED
    for page in results:
        print(page)
    return DONE


def _explained(options: argparse.Namespace, sites: Mapping[str, Site]) -> Iterator[str]:
    path = Path(options.what)
    if path.is_file():
        site = site_of(options.url, sites)
        result = derive_file(path.read_bytes(), options.what, url=options.url, site=site)
        yield explained(as_json(result))
        return
    if not options.holdings.is_dir():
        return
    holdings = Holdings(options.holdings)
    what = options.what.strip("<>")

    def asked(_line: bytes, row: dict[str, Any]) -> str:
        return explained(row) if what in (row["id"], row["url"]) else ""

    for file in sorted(holdings.folder("text").glob("*.jsonl")):
        yield from filter(None, rows(file, asked))


def explained(row: Mapping[str, Any]) -> str:
    """The line as a readable page."""
    if "rejected" in row:
        return "\n".join(
            [_field("id", row["id"]), _field("url", row["url"]), _field("rejected", row["rejected"]),
             _field("because", row["detail"])]
        )  # fmt: skip
    return "\n".join(
        [*_identity(row), "", *_fields(row), "", *_edits(row), "", "TEXT", row["text_norm"]]
    )


def _identity(row: Mapping[str, Any]) -> Iterator[str]:
    for key in ("id", "input", "url", "captured", "site", "payload_digest"):
        yield _field(key, row[key])
    for key in ("charset", "extraction"):
        for name, value in (row["evidence"].get(key) or {}).items():
            yield _field(f"{key}.{name}", value)
    yield _field("derivation", row["derivation"])


def _fields(row: Mapping[str, Any]) -> Iterator[str]:
    for key in _METADATA:
        evidence = row["evidence"].get(key) or {}
        origin = f"   [{evidence['origin']}]" if evidence.get("origin") else ""
        yield _field(key, row.get(key)) + origin
        for other in evidence.get("others", ()):
            yield _field("", f"not {other['value']!r} [{other['origin']}]")


def _edits(row: Mapping[str, Any]) -> Iterator[str]:
    edits = [edit_from_json(edit) for edit in row["edits"]]
    yield f"EDITS ({len(edits)}), undone: {len(undo(row['text'], edits)):,} characters as extracted"
    for edit in edits:
        place = "page" if edit.where == "page" else f"{edit.at:,}"
        change = f"{_short(edit.old)!r} -> {_short(edit.new)!r}" if edit.new else _short(edit.old)
        mark = "?" if edit.action == "flagged" else "-" if not edit.new else "~"
        yield f"{mark} {edit.step} @{place} [{edit.rule} {edit.confidence:.2f}] {one_line(change)}"
        if edit.evidence:
            yield f"    because {one_line(edit.evidence)}"
        if edit.alternatives:
            yield f"    or {' | '.join(map(one_line, edit.alternatives))}"


def _field(name: str, value: object) -> str:
    shown = " ".join(map(str, value)) if isinstance(value, list) else value
    return f"{name:<22} {one_line(shown) if shown is not None else '-'}"


def _short(text: str) -> str:
    if len(text) <= _SHOWN:
        return text
    return f"{text[: _SHOWN // 2]} … {len(text) - _SHOWN:,} characters … {text[-_SHOWN // 2 :]}"
