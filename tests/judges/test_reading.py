"""What we read from other people's archives is what other people's readers read.

warcio and FastWARC are followed where they read a file to its end without a complaint; where they
stop, `tests/test_foreign.py` says what must be found instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.formats.opening import records
from archive.formats.records import ReadRecord
from tests.shared import shared_folder

SHARED = shared_folder()
pytestmark = pytest.mark.skipif(SHARED is None, reason="the shared samples are absent")
SAMPLES = SHARED / "data" / "warc" if SHARED else Path()
Seen = list[tuple[str, str, str]]  # type, URI, digest of the block

# Files that a judge reads to the end and reads wrong: what it gives is not what was written.
WRONG = {
    "empty-member.warc.gz",  # FastWARC stops at the empty member
    "trunc-last-member.warc.gz",  # both give the cut record as if it were whole
    "trunc-plain.warc",
    "huge-length.warc",  # both take all that follows as the block
    "no-length.warc",
    "bad-length-short.warc",  # warcio skips what the length leaves over
    "example-trunc.warc",
    "bad.arc",  # warcio takes a length of -1 for 0
    "example-space-in-url.arc",  # a length 12 too long; warcio takes the closing line ends along
    "missing-status-text.warc",  # lines end in CR CR LF; FastWARC finds no length
    "example.warc",  # pywb's: a length 3 too short
}


def ours(path: Path) -> Seen:
    return [
        (one.type, one.uri, hashlib.sha1(one.block.read()).hexdigest())
        for one in records(path)
        if isinstance(one, ReadRecord)
    ]


def warcio(path: Path) -> Seen:
    with path.open("rb") as file:
        return [
            (
                (one.rec_headers.get_header("WARC-Type") or one.rec_type or "").lower(),
                (one.rec_headers.get_header("WARC-Target-URI") or "").strip("<>"),
                hashlib.sha1(one.raw_stream.read()).hexdigest(),
            )
            for one in ArchiveIterator(file, no_record_parse=True, arc2warc=True)
        ]


def fastwarc(path: Path) -> Seen:
    with path.open("rb") as file:
        return [
            (
                (one.headers.get("WARC-Type") or "").lower(),
                (one.headers.get("WARC-Target-URI") or "").strip("<>"),
                hashlib.sha1(one.reader.read()).hexdigest(),
            )
            for one in FastIterator(file, parse_http=False)
        ]


@pytest.mark.parametrize("judge", [warcio, fastwarc])
def test_every_sample_a_judge_can_read_is_read_alike(judge: Callable[[Path], Seen]) -> None:
    compared = stopped = 0
    for path in sorted(SAMPLES.rglob("*")):
        if not path.name.endswith((".warc", ".warc.gz", ".arc", ".arc.gz", ".zst")):
            continue
        if path.name in WRONG:
            continue
        try:
            theirs = judge(path)
        except (ArchiveLoadFailed, OSError, EOFError, ValueError):
            stopped += 1
            continue
        if judge is fastwarc and ".arc" in path.name:
            continue  # FastWARC reads no ARC
        mine = ours(path)
        if ".arc" in path.name:  # warcio takes the block of the version record for its header
            mine, theirs = mine[1:], theirs[1:]
        assert [row[2] for row in mine] == [row[2] for row in theirs], path.name
        assert [row[0] for row in mine] == [row[0] for row in theirs], path.name
        compared += len(mine)
    print(f"{judge.__name__}: {compared} records alike, {stopped} files it does not read")
    assert compared > 900
