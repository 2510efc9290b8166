"""Segmented records put together again (WARC 1.1, 6.8 and annex B).

A record that was too long for its file begins in one and goes on in `continuation` records, often
in the next file. What is whole comes out as one record where its last segment stood; what misses a
segment comes out as far as it reaches, with `problem` set and marked as truncated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from archive import temporary
from archive.formats.lengths import BLOCK_LIMIT
from archive.formats.records import Damage, ReadRecord

_OPEN = 16  # records whose end has not come yet; the oldest is given up beyond that
_PIECE = 64 * 1024
_OF_A_SEGMENT = {"warc-segment-number", "warc-block-digest", "content-length", "warc-truncated"}


@dataclass(slots=True)
class _Whole:
    """A record whose segments are being gathered."""

    first: ReadRecord
    block: BinaryIO
    size: int = 0
    segments: int = 0
    uris: set[str] = field(default_factory=set)

    def add(self, segment: ReadRecord) -> None:
        while piece := segment.block.read(_PIECE):
            self.block.write(piece)
            self.size += len(piece)
        self.segments += 1


def joined(found: Iterable[ReadRecord | Damage]) -> Iterator[ReadRecord | Damage]:
    """The same records, segmented ones as one; a stray continuation stays what it is."""
    held: dict[str, _Whole] = {}
    for one in found:
        number = one.get("WARC-Segment-Number") if isinstance(one, ReadRecord) else None
        if isinstance(one, Damage) or number is None:
            yield one
        elif one.type != "continuation":
            if one.id in held:
                yield from _whole(held.pop(one.id), "its last segment is missing")
            if len(held) >= _OPEN:
                yield from _whole(held.pop(next(iter(held))), "its last segment is missing")
            spool = temporary.file()
            held[one.id] = _Whole(one, spool)
            held[one.id].add(one)
            held[one.id].uris.add(one.uri)
        else:
            yield from _continued(held, one, number)
    for whole in held.values():
        yield from _whole(whole, "its last segment is missing")


def _continued(
    held: dict[str, _Whole], segment: ReadRecord, number: str
) -> Iterator[ReadRecord | Damage]:
    origin = (segment.get("WARC-Segment-Origin-ID") or "").strip("<>")
    whole = held.get(origin)
    if whole is None:
        yield segment
    elif number != str(whole.segments + 1):
        yield from _whole(held.pop(origin), f"its segment {whole.segments + 1} is missing")
        yield segment
    elif whole.size + segment.block.seek(0, 2) > BLOCK_LIMIT:
        yield from _whole(held.pop(origin), "it is longer than 1 GiB")
        yield segment
    else:
        segment.block.seek(0)
        whole.add(segment)
        whole.uris.add(segment.uri)
        total = segment.get("WARC-Segment-Total-Length")
        if total is not None:
            wrong = f"its total length is not {total[:20]}" if total != str(whole.size) else ""
            wrong = wrong or ("its segments have other URIs" if len(whole.uris) > 1 else "")
            yield from _whole(held.pop(origin), wrong, cut=False)


def _whole(whole: _Whole, problem: str, *, cut: bool = True) -> Iterator[ReadRecord]:
    """The record that was gathered; its block is readable until the next one is asked for."""
    whole.block.seek(0)
    kept = [pair for pair in whole.first.headers if pair[0].lower() not in _OF_A_SEGMENT]
    mark = [("WARC-Truncated", "unspecified")] if cut else []
    headers = (*kept, *mark, ("Content-Length", str(whole.size)))
    said = f"segmented record: {problem}" if problem else ""
    yield replace(whole.first, headers=headers, block=whole.block, problem=said)
    whole.block.close()
