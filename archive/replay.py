"""Captures read back from WARC files: the same arrow as a crawl, fed from disk.

A crawl derives from the archive too: it hands over the place of a durable record, and the
bytes are read from there. So a replay gives the same lines by construction, and a bug in
derivation can never cost a capture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from archive import limits
from archive.errors import FangzhiError
from archive.formats import coding, message
from archive.formats.opening import records
from archive.formats.originals import Originals, is_new
from archive.formats.segments import joined
from archive.jsonl import line
from archive.model import Capture, Reason, Rejection, SiteMemory
from archive.relevance import Like
from archive.sites import Site
from archive.warc import parse_date
from archive.warcreader import Damage, ReadRecord, read_at
from archive.warcwriter import OPEN

SITE_NOTE = "fangzhi-site"  # fields of a capture's metadata record: what it was derived with
MEMORY_NOTE = "fangzhi-memory"
LIKE_NOTE = "fangzhi-like"
LEAST_NOTE = "fangzhi-min-relevance"
SEED_NOTE = "fangzhi-seed"  # which seed of the site its way began at
LINK_NOTE = "link-text"  # what the link said that led to the capture
VIEW_NOTE = "search-view"  # what a visitor from a search engine got: archive.views.View
_NOTES_LIMIT = 1 << 20  # bytes of a metadata record; a crawl writes a few hundred
# What is longer than this cannot be a page: decoding ends at the same limit and says so.
_CAPTURE_LIMIT = message.HEAD_LIMIT + coding.LIMIT + 1


@dataclass(frozen=True, slots=True)
class Replayed:
    """One response record of a WARC file, and what its crawl noted beside it."""

    capture: Capture
    site: str | None = None
    memory: str | None = None  # digest
    like: str | None = None  # digest of the examples its article is compared with
    least: float = 0.0  # relevance below which it is rejected


def captures(path: Path, originals: Originals | None = None) -> Iterator[Replayed | Damage]:
    """Every capture of an archive file in order, and every stretch that could not be read.

    `originals` holds what was read before, where revisits of this file may refer to it.
    """
    known = originals or Originals()
    known.reading(path)
    return captures_in(joined(records(path)), known)


def captures_in(
    found: Iterable[ReadRecord | Damage], originals: Originals | None = None
) -> Iterator[Replayed | Damage]:
    """Every capture among records that were read, and what was wrong with them.

    A revisit that is new to its URL is a capture with the payload of its original; one whose original
    is not found is counted in `originals`. The others repeat what was captured before.
    """
    originals = originals or Originals()
    held: Capture | None = None
    notes: dict[str, str] = {}
    for record in found:
        if isinstance(record, Damage):
            yield record
            continue
        if record.problem and is_capture(record):
            place = record.location
            end = place.offset + place.length
            yield Damage(place.file, place.offset, end, record.problem, "mended")
        if is_capture(record):
            if held is not None:
                yield _replayed(held, notes)
            held, notes = capture_of(record, record.location.file), {}
            originals.saw(record)
        elif is_new(record):
            if held is not None:
                yield _replayed(held, notes)
            held, notes = None, {}
            if (original := originals.of(record)) is not None:
                payload = capture_of(original, original.location.file)
                held = with_payload(capture_of(record, record.location.file), payload)
        elif held is not None and _is_about(record, held):
            notes = notes_of(record)
    if held is not None:
        yield _replayed(held, notes)


def is_capture(record: ReadRecord) -> bool:
    """Whether the record holds what a web server sent: responses, and resources of web pages."""
    if record.type == "response":
        return True
    return record.type == "resource" and record.uri.lower().startswith(("http://", "https://"))


def capture_of(record: ReadRecord, file: str) -> Capture:
    """The capture a response or resource record holds.

    Interim 1xx heads that other tools leave in the block are passed over. A resource has no head
    of its own; the one given here only says its media type.
    """
    with record.block as source:
        block = source.read(_CAPTURE_LIMIT)
        cut = bool(source.read(1))
    if record.type == "resource":
        media = (record.get("Content-Type") or "").encode("latin-1", "replace")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: " + media + b"\r\n\r\n"
    else:
        block = block[message.interim_length(block[: message.HEAD_LIMIT]) :]
        head = block[: message.head_length(block)]
        if not head and block.startswith(b"HTTP/"):
            head = block  # it ended before the blank line
        block = block[len(head) :]
    name = file.removesuffix(OPEN)
    return Capture(
        target_uri=record.uri,
        date=parse_date(record.get("WARC-Date") or ""),
        head=head,
        body=block,
        record_id=record.id or f"urn:sha256:{hashlib.sha256(head + block).hexdigest()}",
        input=name,
        payload_digest=record.get("WARC-Payload-Digest"),
        truncated=record.get("WARC-Truncated") or ("length" if cut else None),
        warc=replace(record.location, file=name),
    )


def with_payload(revisit: Capture, original: Capture) -> Capture:
    """A revisit as the exchange it was: its own head, and the body of its original.

    A body stands as it was sent, in chunks or not; where the heads disagree on that it is given
    without them, which a head that announces chunks does not hide.
    """
    head, body = revisit.head or original.head, original.body
    if message.is_chunked(head) != message.is_chunked(original.head):
        body = message.payload(original.head, body)
    return replace(revisit, head=head, body=body, truncated=original.truncated)


def capture_at(path: Path, offset: int) -> Capture:
    """The capture whose record starts at `offset` of a WARC file.

    The file may lose its `.open` between the moment the place was noted and now.
    """
    try:
        record = read_at(path, offset)
    except FileNotFoundError:
        record = read_at(path.with_name(path.name.removesuffix(OPEN)), offset)
    return capture_of(record, path.name)


def line_of(
    capture: Capture, site: Site | None, memory: SiteMemory | None, like: Like | None = None
) -> str:
    """The JSON line of one capture. A page that breaks the derivation is a rejection that says
    how: its bytes are safe, and the crawl or replay goes on.
    Raises `FangzhiError` where it is no fault of the page: a vocabulary or the disk."""
    from archive.derive import derive  # half a second: not where a crawl only captures

    try:
        return line(derive(capture, site=site, memory=memory, like=like))
    except FangzhiError:  # of what every page needs: it would reject them all
        raise
    except (Exception, limits.Exhausted) as error:
        who = (capture.record_id, capture.input, capture.target_uri, capture.date)
        return line(Rejection(*who, *problem(error)))


def problem(error: BaseException) -> tuple[Reason, str]:
    """What a derivation that broke off is rejected for: what it exhausted, or a bug of ours."""
    if isinstance(error, limits.Exhausted):
        return Reason.RESOURCE_LIMIT, str(error)
    if isinstance(error, MemoryError | RecursionError):
        return Reason.RESOURCE_LIMIT, type(error).__name__
    return Reason.DERIVATION_FAILED, f"{type(error).__name__}: {error}"


def _is_about(record: ReadRecord, capture: Capture) -> bool:
    refers = (record.get("WARC-Refers-To") or "").strip("<>")
    return record.type == "metadata" and refers == capture.record_id


def _replayed(capture: Capture, notes: Mapping[str, str]) -> Replayed:
    like, least = notes.get(LIKE_NOTE), _share(notes.get(LEAST_NOTE, ""))
    linked, searched = notes.get(LINK_NOTE, ""), notes.get(VIEW_NOTE, "")
    told = replace(capture, announced=linked, searched=searched)
    return Replayed(told, notes.get(SITE_NOTE), notes.get(MEMORY_NOTE), like, least)


def _share(text: str) -> float:
    """A share as a note has it; 0 where it is none."""
    try:
        share = float(text)
    except ValueError:
        return 0.0
    return share if 0 <= share <= 1 else 0.0


def notes_of(record: ReadRecord) -> dict[str, str]:
    """The fields of a metadata record, the last of each name."""
    rows = record.block.read(_NOTES_LIMIT).splitlines()  # of bytes: a value may hold U+2028
    pairs = (row.decode("utf-8", "replace").partition(":") for row in rows)
    return {name.strip(): value.strip() for name, _, value in pairs}
