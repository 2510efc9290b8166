"""Captures read back from WARC files: the same arrow as a crawl, fed from disk.

A crawl derives from the archive too: it hands over the place of a durable record, and the
bytes are read from there. So a replay gives the same lines by construction, and a bug in
derivation can never cost a capture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from archive import message
from archive.derive import derive
from archive.jsonl import line
from archive.model import Capture, Reason, Rejection, SiteMemory
from archive.sites import Site
from archive.warc import parse_date
from archive.warcreader import Damage, ReadRecord, read, read_at
from archive.warcwriter import OPEN

SITE_NOTE = "fangzhi-site"  # fields of a capture's metadata record: what it was derived with
MEMORY_NOTE = "fangzhi-memory"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One response record of a WARC file, and what its crawl noted beside it."""

    capture: Capture
    site: str | None = None
    memory: str | None = None  # digest


def captures(path: Path) -> Iterator[Replayed | Damage]:
    """Every response of a WARC file in order, and every stretch that could not be read."""
    held: Capture | None = None
    notes: dict[str, str] = {}
    for record in read(path):
        if isinstance(record, Damage):
            yield record
        elif record.type == "response":
            if held is not None:
                yield _replayed(held, notes)
            held, notes = capture_of(record, path.name), {}
        elif held is not None and _is_about(record, held):
            notes = _notes(record)
    if held is not None:
        yield _replayed(held, notes)


def capture_of(record: ReadRecord, file: str) -> Capture:
    """The capture a response record holds."""
    with record.block as source:
        block = source.read()
    head = message.head_length(block)
    name = file.removesuffix(OPEN)
    return Capture(
        target_uri=(record.get("WARC-Target-URI") or "").strip("<>"),
        date=parse_date(record.get("WARC-Date") or ""),
        head=block[:head],
        body=block[head:],
        record_id=record.id,
        input=name,
        payload_digest=record.get("WARC-Payload-Digest"),
        truncated=record.get("WARC-Truncated"),
        warc=replace(record.location, file=name),
    )


def capture_at(path: Path, offset: int) -> Capture:
    """The capture whose record starts at `offset` of a WARC file.

    The file may lose its `.open` between the moment the place was noted and now.
    """
    try:
        record = read_at(path, offset)
    except FileNotFoundError:
        record = read_at(path.with_name(path.name.removesuffix(OPEN)), offset)
    return capture_of(record, path.name)


def line_of(capture: Capture, site: Site | None, memory: SiteMemory | None) -> str:
    """The JSON line of one capture. A page that breaks the derivation is a rejection that says
    how: its bytes are safe, and the crawl or replay goes on."""
    try:
        return line(derive(capture, site=site, memory=memory))
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"
        return line(
            Rejection(
                capture.record_id,
                capture.input,
                capture.target_uri,
                capture.date,
                Reason.DERIVATION_FAILED,
                detail,
            )
        )


def lines(
    path: Path, sites: Mapping[str, Site], find_memory: Callable[[str, str], SiteMemory | None]
) -> Iterator[str | Damage]:
    """The JSON line of every capture of a WARC file, derived with what its crawl used."""
    for replayed in captures(path):
        if isinstance(replayed, Damage):
            yield replayed
            continue
        site, digest = replayed.site, replayed.memory
        memory = find_memory(site, digest) if site and digest else None
        yield line_of(replayed.capture, sites.get(site or ""), memory)


def _is_about(record: ReadRecord, capture: Capture) -> bool:
    refers = (record.get("WARC-Refers-To") or "").strip("<>")
    return record.type == "metadata" and refers == capture.record_id


def _replayed(capture: Capture, notes: Mapping[str, str]) -> Replayed:
    return Replayed(capture, notes.get(SITE_NOTE), notes.get(MEMORY_NOTE))


def _notes(record: ReadRecord) -> dict[str, str]:
    text = record.block.read().decode("utf-8", "replace")
    pairs = (row.partition(":") for row in text.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}
