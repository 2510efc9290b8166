"""Index and state made again from the WARC files alone.

Only what can be derived is touched: index files that are missing or differ are replaced whole,
rows of captures are added or put right. Rows and indexes of files that are gone stay, because
they are all that tells what was lost. A state that is damaged is put aside, not deleted; one that
cannot be had now, because another program holds it or others can write the folder, stays.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive import cdxj
from archive.errors import HoldingsDamaged, HoldingsError, WriteFailed
from archive.holdings import Holdings, acknowledged_in, mark_repair, write_whole
from archive.state import DISK_FAILS
from archive.warcwriter import OPEN

_STATE = "state.sqlite"
_ASIDE = ".broken"


@dataclass(slots=True)
class Rebuilt:
    """What was made again."""

    index: list[str] = field(default_factory=list)  # names of files
    rows: int = 0
    aside: str = ""  # name of a state that could not be read
    finished: list[str] = field(default_factory=list)  # WARC files a dead process had left open


def rebuild(root: Path) -> Rebuilt:
    """Make index and state of a holdings folder again; what had to be.

    Raises `HoldingsInUse` while a crawl owns the folder, `HoldingsTooNew` when a later version wrote
    its state, which is whole, `WriteFailed` when the disk is full or fails, `HoldingsError` when there
    is no such folder.
    """
    if not root.is_dir():
        raise HoldingsError(f"{root}: no such holdings folder")
    try:
        return _rebuilt(root)
    except OSError as error:
        kind = WriteFailed if error.errno in DISK_FAILS else HoldingsError
        raise kind(f"{error.filename or root}: {error.strerror or error}") from error


def _rebuilt(root: Path) -> Rebuilt:
    done = Rebuilt()
    holdings = _opened(root, done)
    try:
        assert holdings.state is not None
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
    finally:
        holdings.close()
    return done


def _opened(root: Path, done: Rebuilt) -> Holdings:
    """The holdings, owned; a state that is damaged, on any of its pages, is put aside first."""
    try:
        return _sound(root)
    except HoldingsDamaged:
        state = root / _STATE
        number = sum(1 for _ in root.glob(f"{_STATE}{_ASIDE}*"))
        aside = root / f"{_STATE}{_ASIDE}{number or ''}"
        mark_repair(root)
        os.replace(state, aside)
        # Not before: a state that stays, without its journal, would be opened with half a commit.
        for journal in root.glob(f"{_STATE}-*"):
            journal.unlink()
        done.aside = aside.name
        return Holdings(root, own=True, repairs=True)


def _sound(root: Path) -> Holdings:
    """The holdings, owned; raises `HoldingsDamaged` where a page of the state cannot be read."""
    holdings = Holdings(root, own=True, repairs=True)
    assert holdings.state is not None
    try:
        found = holdings.state.damage()
    except BaseException:
        holdings.close()
        raise
    if found:
        holdings.close()
        raise HoldingsDamaged(f"{root / _STATE}: {found}")
    return holdings
