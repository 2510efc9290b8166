"""Index and state made again from the WARC files alone.

Only what can be derived is touched: index files that are missing or differ are replaced whole,
rows of captures are added or put right. Rows and indexes of files that are gone stay, because
they are all that tells what was lost. A state that is damaged is put aside, not deleted; one that
cannot be had now, because another program holds it or others can write the folder, stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive import cdxj
from archive.errors import HoldingsError, WriteFailed
from archive.holdings import Holdings, acknowledged_in, write_whole
from archive.state import DISK_FAILS
from archive.warcwriter import OPEN


@dataclass(slots=True)
class Rebuilt:
    """What was made again."""

    index: list[str] = field(default_factory=list)  # names of files
    rows: int = 0
    aside: str = ""  # name of a state that could not be read
    finished: list[str] = field(default_factory=list)  # WARC files a dead process had left open


@contextmanager
def repairing(root: Path) -> Iterator[tuple[Holdings, Rebuilt]]:
    """The holdings, owned until the block ends, their index and state made again; and what had to be.

    Raises `HoldingsInUse` while a crawl owns the folder, `HoldingsTooNew` when a later version wrote
    its state, which is whole, `WriteFailed` when the disk is full or fails, `HoldingsError` when there
    is no such folder.
    """
    if not root.is_dir():
        raise HoldingsError(f"{root}: no such holdings folder")
    try:
        holdings = Holdings(root, own=True, repairs=True)
        try:
            yield holdings, _rebuilt(holdings)
        finally:
            holdings.close()
    except OSError as error:
        kind = WriteFailed if error.errno in DISK_FAILS else HoldingsError
        raise kind(f"{error.filename or root}: {error.strerror or error}") from error


def rebuild(root: Path) -> Rebuilt:
    """Make index and state of a holdings folder again; what had to be. Raises as `repairing`."""
    with repairing(root) as (_, done):
        return done


def _rebuilt(holdings: Holdings) -> Rebuilt:
    assert holdings.state is not None
    done = Rebuilt(aside=holdings.aside)
    done.finished = [found.path.name for found in holdings.recovered]
    for path in holdings.warcs():
        if path.name.endswith(OPEN):
            continue
        rows = []
        for record in acknowledged_in(path):
            known = holdings.state.capture(record.record_id)
            if known is not None and not record.run:
                record = replace(record, run=known.run)
            if known != record:
                rows.append(record)
        holdings.state.acknowledge(rows)
        done.rows += len(rows)
        name, data = cdxj.index_file(path)
        target = holdings.folder("index") / name
        if not target.is_file() or target.is_symlink() or target.read_bytes() != data:
            write_whole(target, data)
            done.index.append(name)
    return done
