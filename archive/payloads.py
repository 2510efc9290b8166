"""Payloads the archive holds already, looked up by digest while a crawl writes.

An answer of 200 whose payload was kept before, under any URL and in any run, becomes a revisit of
the response that holds it: an annex under its http and its https address, a document in two columns,
an error page in place of every dead link, a page that went back to what it was, a site that moved.
Pages as a rule name their column and do not repeat: in five saved site trees (1,464 pages without
their files, 2026-11) no page has the bytes of another.

A revisit to another URL is replayed everywhere only in one form, so it is written only where that
form can be had (read in pywb 2.10.0, seen in ReplayWeb.page 2.4.6, 2026-11):

* the original is a whole `response`, never a revisit: no reader follows two steps;
* its file is there and its record is read before it is referred to, never only believed;
* `WARC-Refers-To-Target-URI` and `-Date` name it, for neither reader looks up a record id;
* the revisit keeps its own head, and in that the fields by which a body is read say the same as
  those of the original: pywb puts the revisit's head before the original's block as stored, so
  that chunks, or a coding, that only one of the two announces would come out as garbage;
* the payload has `exchange.REPEAT_LEAST` bytes or more.

Otherwise the answer is stored whole. The cost of a revisit is that damage to one record is damage to
every URL that refers to it; `fangzhi check` names revisits whose original is missing.

The state finds a digest in one search of a tree (8 to 13 µs of CPU with 1,000 captures, 34 to 58 µs
with 1,000,000, on a machine at half load, 2026-11; a page takes 10 ms); what was written since its
last commit is remembered here. Reading the record comes on top only where there is one.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from archive.formats import message
from archive.model import Location
from archive.state import Acknowledged
from archive.warc import Original
from archive.warcreader import read_at

FORM = ("content-type", "content-encoding", "transfer-encoding")  # how a body is read
RECENT = 1024  # captures; a commit of the state follows within half a second, and none does 2,000 a second
TRIED = 3  # responses with one digest that are looked at: they differ in their form only
# Found by 48 bits: digests lie at random, so every one of an index is a page of its own to be read,
# journalled and written, and the shorter they are, the more pages of the others stay in memory. The
# plus keeps SQLite from putting the value into the expression that is indexed. Ids sort by time.
_BY_DIGEST = (
    "SELECT record_id, uri, date, digest, file, offset, length FROM captures"
    " WHERE substr(digest, 8, 12) = substr(?1, 8, 12) AND +digest = ?1 AND status = 200"
    " AND original = '' ORDER BY record_id LIMIT ?2"
)
_BY_ID = (
    "SELECT record_id, uri, date, digest, file, offset, length FROM captures"
    " WHERE record_id = ? AND digest = ?"
)


class Payloads:
    """Look-ups in the state at `state`, for the one thread that writes; `warc` gives a file's path.

    A state that cannot be read finds nothing: then an answer is stored whole.
    """

    def __init__(self, state: Path, warc: Callable[[str], Path]) -> None:
        self._warc = warc
        self._recent: OrderedDict[str, Original] = OrderedDict()  # by digest
        uri = f"{state.resolve().as_uri()}?mode=ro"
        self._db = sqlite3.connect(uri, uri=True, timeout=10, check_same_thread=False)

    def find(self, digest: str, head: bytes, known: Original | None) -> Original | None:
        """The response that an answer with this payload digest and this head may refer to; of a
        page that repeats `known`, that one or none."""
        for original in self._candidates(digest, known):
            if original.location is not None and self._fits(original, head):
                return original
        return None

    def wrote(self, capture: Acknowledged) -> None:
        """Remember a capture that stands in a file now."""
        if capture.status == 200 and not capture.original:
            self._recent.setdefault(capture.digest, _original(capture))
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)

    def close(self) -> None:
        self._db.close()

    def _candidates(self, digest: str, known: Original | None) -> list[Original]:
        recent = self._recent.get(digest)
        if known is not None:
            if recent is not None and recent.record_id == known.record_id:
                return [recent]
            return self._rows(_BY_ID, (known.record_id, digest))
        rows = self._rows(_BY_DIGEST, (digest, TRIED))
        return [*rows, recent] if recent is not None else rows

    def _rows(self, query: str, values: tuple[object, ...]) -> list[Original]:
        try:
            rows = self._db.execute(query, values).fetchall()
        except sqlite3.Error:
            return []
        return [
            Original(name, uri, date, digest, Location(*place))
            for name, uri, date, digest, *place in rows
        ]

    def _fits(self, original: Original, head: bytes) -> bool:
        """Whether the record is there, is what the state says, and is read as `head` says."""
        assert original.location is not None
        place = original.location
        try:
            record = read_at(self._warc(place.file), place.offset)
        except (OSError, ValueError):
            return False
        with record.block as block:
            start = block.read(message.HEAD_LIMIT)
        stated = record.get("WARC-Payload-Digest")
        whole = record.type == "response" and record.get("WARC-Truncated") is None
        same = record.id == original.record_id and stated == original.payload_digest
        return whole and same and _form(start[: message.head_length(start)]) == _form(head)


def _original(capture: Acknowledged) -> Original:
    return Original(capture.record_id, capture.uri, capture.date, capture.digest, capture.location)


def _form(head: bytes) -> list[tuple[str, str]]:
    lowered = ((name.lower(), value.strip().lower()) for name, value in message.fields(head))
    return sorted(pair for pair in lowered if pair[0] in FORM)
