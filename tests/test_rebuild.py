"""What a repair keeps of a state and of an index, and what it puts right."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import HoldingsError
from archive.holdings import Holdings
from archive.rebuild import rebuild
from tests.held import Held, write

MOMENT = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "h", [Held("http://a.test/1.html", MOMENT, b"<p>x")], derive=False)
    rebuild(tmp_path / "h")
    return tmp_path / "h"


def captures(root: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(root / "state.sqlite")) as state:
        return state.execute("SELECT uri, run FROM captures").fetchall()


def test_a_run_that_only_the_state_knows_is_kept(root: Path) -> None:
    with closing(sqlite3.connect(root / "state.sqlite")) as state, state:
        state.execute("UPDATE captures SET run = 'older'")
    assert rebuild(root).rows == 0
    assert captures(root) == [("http://a.test/1.html", "older")]


def test_a_row_that_disagrees_with_its_record_is_put_right(root: Path) -> None:
    with closing(sqlite3.connect(root / "state.sqlite")) as state, state:
        state.execute("UPDATE captures SET uri = 'http://b.test/', run = 'older'")
    assert rebuild(root).rows == 1
    assert captures(root) == [("http://a.test/1.html", "older")]


def test_an_index_that_is_a_link_is_replaced_and_what_it_leads_to_left_alone(
    root: Path, tmp_path: Path
) -> None:
    (index,) = (root / "index").iterdir()
    index.rename(tmp_path / "elsewhere")
    index.symlink_to(tmp_path / "elsewhere")
    assert rebuild(root).index == [index.name]
    assert not index.is_symlink()
    assert index.read_bytes() == (tmp_path / "elsewhere").read_bytes()


def test_a_state_that_cannot_be_read_is_no_state_that_does_not_know(root: Path) -> None:
    """A replay looks there for the payloads of revisits: they would be told to be missing."""
    state = root / "state.sqlite"
    with closing(sqlite3.connect(state)) as db:
        ((name,),) = db.execute("SELECT record_id FROM captures").fetchall()
    found = Holdings(root).place(name)
    assert found is not None
    assert found[0].exists()
    assert Holdings(root).place("urn:uuid:other") is None
    data = bytearray(state.read_bytes())
    data[100:] = b"\xa5" * (len(data) - 100)
    state.write_bytes(data)
    with pytest.raises(HoldingsError, match=r"state\.sqlite: .*`fangzhi check` says more"):
        Holdings(root).place(name)
    for empty in (lambda: state.write_bytes(b""), state.unlink):
        empty()
        assert Holdings(root).place(name) is None
