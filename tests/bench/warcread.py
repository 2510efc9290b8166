"""Reading WARC files and checking their digests, beside warcio and FastWARC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import corpus
from tests.bench.measuring import Goal, Table, contend, rounds
from tests.bench.warc import Made


def measure(scratch: Path, count: int) -> Table:
    """Reading every record, and checking every digest, of a file that this project wrote."""
    folder = scratch / "archive"
    about = corpus.write(folder, every=5, files=20)
    contend("warc", "archive", folder)
    table = Table("warc-read", f"the WARC file of {about}", "page")
    names = {
        "fangzhi, with digests": "check_fangzhi",
        "warcio, with digests": "check_warcio",
        "FastWARC, with digests": "check_fastwarc",
        "fangzhi, reading": "read_fangzhi",
        "warcio, reading": "read_warcio",
        "FastWARC, reading": "read_fastwarc",
    }
    table.rows = rounds(
        count, {n: partial(contend, "warcread", f, folder) for n, f in names.items()}
    )
    assert len({row.said["records"] for row in table.rows}) == 1, "not all read the same records"
    times = table.times("warcio, with digests")
    assert times is not None
    table.goals.append(Goal("digests checked as fast as warcio", f"{times:.2f} ×", times >= 1))
    return table


def _of(folder: Path, walk: Callable[[Path], int]) -> Made:
    """Read the file once for all pages, and for a warm-up too."""
    path = next((folder / "warc").glob("*.warc.gz"))

    def work(pages: Sequence[Any]) -> dict[str, Any]:
        return {"records": walk(path)}

    return corpus.read(folder), work


def read_fangzhi(folder: Path) -> Made:
    from archive.warcreader import read

    return _of(folder, lambda path: sum(bool(record.block.read()) for record in read(path)))  # type: ignore[union-attr]


def read_warcio(folder: Path) -> Made:
    from warcio.archiveiterator import ArchiveIterator

    def walk(path: Path) -> int:
        with path.open("rb") as file:
            return sum(
                bool(record.raw_stream.read())
                for record in ArchiveIterator(file, no_record_parse=True)
            )

    return _of(folder, walk)


def read_fastwarc(folder: Path) -> Made:
    from fastwarc.warc import ArchiveIterator

    def walk(path: Path) -> int:
        with path.open("rb") as file:
            return sum(bool(one.reader.read()) for one in ArchiveIterator(file, parse_http=False))

    return _of(folder, walk)


def check_fangzhi(folder: Path) -> Made:
    from archive.checks.checkdigest import block_digest, payload_digest
    from archive.warcreader import read

    def walk(path: Path) -> int:
        count = 0
        for record in read(path):
            count += 1
            wrong = [*block_digest(record), *payload_digest(record)]  # type: ignore[arg-type]
            assert not wrong, wrong
        return count

    return _of(folder, walk)


def check_warcio(folder: Path) -> Made:
    from warcio.archiveiterator import ArchiveIterator

    def walk(path: Path) -> int:
        count = 0
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests=True):
                record.content_stream().read()
                count += 1
                assert record.digest_checker.passed is not False
        return count

    return _of(folder, walk)


def check_fastwarc(folder: Path) -> Made:
    from fastwarc.warc import ArchiveIterator

    def walk(path: Path) -> int:
        count = 0
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                count += 1
                assert record.verify_block_digest(consume=False)
                record.parse_http()
                has_payload = "WARC-Payload-Digest" in record.headers
                assert not has_payload or record.verify_payload_digest()
        return count

    return _of(folder, walk)
