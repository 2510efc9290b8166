"""A state that an earlier version wrote is read; one that a later version wrote is refused by its number."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import HoldingsError
from archive.state import SCHEMA, State
from tests.hostile.forked import Forked
from tests.hostile.shim import compiled, fast_folder
from tests.hostile.test_faults import Disk

AS_BEFORE = """
DROP INDEX captures_digest;
ALTER TABLE captures DROP COLUMN digest;
ALTER TABLE captures DROP COLUMN original;
PRAGMA user_version = 1;
"""


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as state:
        number: int = state.execute("PRAGMA user_version").fetchone()[0]
    return number


def test_an_upgrade_that_was_interrupted_anywhere_is_finished_by_the_next_run() -> None:
    with fast_folder() as folder, Forked(compiled()) as forked:
        disk = Disk(forked, folder, 3)
        tried = 0
        for at in range(1, 100, 3):
            name = f"old-{at}"
            assert disk.run(name) == 0
            state = disk.holdings(name) / "state.sqlite"
            with closing(sqlite3.connect(state)) as old:
                old.executescript(AS_BEFORE)
            ended = disk.run(name, "late" if at % 2 else "kill", at)
            assert ended in (0, -9)
            assert disk.run(name) == 0
            assert version(state) == SCHEMA
            disk.check(name)
            tried += 1
            if ended == 0:
                break
        assert tried > 5


def test_a_state_of_a_later_version_is_refused_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    State(path).close()
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(HoldingsError, match="schema 99"):
        State(path)
    assert version(path) == 99


def test_indexes_of_earlier_versions_that_nothing_asks_go(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    State(path).close()
    with closing(sqlite3.connect(path)) as earlier:
        earlier.execute("DROP INDEX captures_digest")
        earlier.execute("CREATE INDEX captures_uri ON captures (uri, date)")
        earlier.execute("CREATE INDEX captures_payload ON captures (digest, date)")
    State(path).close()
    with closing(sqlite3.connect(path)) as state:
        rows = state.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        assert [name for (name,) in rows] == ["captures_digest"]
