"""The WARC files are the truth: index and state that disagree are named, and made again the same."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import tracemalloc
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO

import pytest

from archive import rebuild
from archive.check import Checker
from archive.checks import checkholdings
from archive.errors import HoldingsError
from archive.holdings import Holdings
from tests.commands import command, fangzhi, lines
from tests.web import start

SITE = """id = "shiquan"
name = "石泉"
[[seed]]
url = "http://www.shiquan-vsb.test/"
[politeness]
delay = 0.0
"""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    sites = folder / "sites"
    sites.mkdir()
    (sites / "shiquan.toml").write_text(SITE, "utf-8")
    with start() as web:
        for _ in range(2):
            done = fangzhi(
                "crawl", "--sites", sites, "--proxy", web.proxy, "--holdings", folder / "h"
            )
            assert done.returncode == 0, done.stderr
    return folder / "h"


@pytest.fixture
def holdings(crawled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "h"))


def check(holdings: Path, *more: str) -> tuple[int, set[str]]:
    """Exit code of a check, and the codes of what is wrong."""
    done = fangzhi("check", "--json", *more, "--holdings", holdings)
    assert "Traceback" not in done.stderr, done.stderr
    rows = lines(done.stdout)[:-1]
    return done.returncode, {row["code"] for row in rows if row["severity"] != "note"}


def dump(holdings: Path) -> list[str]:
    """The captures of the state as SQL."""
    db = sqlite3.connect(holdings / "state.sqlite")
    mine = ('INSERT INTO "captures"', "CREATE TABLE captures", "CREATE INDEX captures")
    rows = sorted(row for row in db.iterdump() if row.startswith(mine))
    db.close()
    return rows


def index(holdings: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (holdings / "index").iterdir()}


def test_what_a_crawl_writes_is_without_fault(holdings: Path) -> None:
    assert check(holdings, "--strict") == (0, set())
    plain = fangzhi("check", "--holdings", holdings)
    assert plain.returncode == 0
    assert "0 errors, 0 warnings" in plain.stdout


def test_repair_makes_index_and_state_again_with_the_same_bytes(holdings: Path) -> None:
    before, rows = index(holdings), dump(holdings)
    assert len(before) >= 2
    assert len(rows) > 20
    shutil.rmtree(holdings / "index")
    (holdings / "state.sqlite").unlink()
    assert check(holdings) == (1, {"index-missing", "state-missing"})
    assert not (holdings / "state.sqlite").exists()
    assert check(holdings, "--repair") == (0, set())
    assert index(holdings) == before
    assert dump(holdings) == rows
    again = fangzhi("check", "--repair", "--holdings", holdings, alone=True)
    assert "0 index files and 0 rows" in again.stderr


def test_an_index_that_lies_is_named_and_replaced(holdings: Path) -> None:
    before = index(holdings)
    path = sorted((holdings / "index").glob("*.cdxj"))[0]
    rows = path.read_bytes().splitlines(keepends=True)
    for data, codes in (
        (b"".join(rows[1:]), {"index-differs"}),
        (b"".join(reversed(rows)), {"index-differs", "index-unsorted"}),
        (b"".join(rows) + b"zz)/ 2026", {"index-differs", "index-hostile"}),
        (b"", {"index-differs"}),
    ):
        path.write_bytes(data)
        assert check(holdings) == (1, codes)
    assert check(holdings, "--repair") == (0, set())
    assert index(holdings) == before


def test_a_state_that_disagrees_is_named_and_put_right(holdings: Path) -> None:
    rows = dump(holdings)
    db = sqlite3.connect(holdings / "state.sqlite")
    names = [r[0] for r in db.execute("SELECT record_id FROM captures ORDER BY record_id")]
    db.execute("DELETE FROM captures WHERE record_id = ?", (names[0],))
    db.execute("UPDATE captures SET offset = 7 WHERE record_id = ?", (names[1],))
    db.commit()
    db.close()
    assert check(holdings) == (1, {"state-row-missing", "state-row-differs"})
    assert check(holdings, "--repair") == (0, set())
    assert dump(holdings) == rows


def test_a_state_that_cannot_be_opened_is_put_aside_and_made_again(holdings: Path) -> None:
    rows = dump(holdings)
    (holdings / "state.sqlite").write_bytes(b"not a database" * 100)
    assert check(holdings) == (1, {"state-missing"})
    assert check(holdings, "--repair") == (0, set())
    assert dump(holdings) == rows
    assert (holdings / "state.sqlite.broken").read_bytes().startswith(b"not a database")


def test_damage_to_any_page_of_the_state_is_told_and_repaired(holdings: Path) -> None:
    whole, rows = (holdings / "state.sqlite").read_bytes(), dump(holdings)
    pages = len(whole) // 4096
    for page in (pages // 3, pages - 2):
        at = page * 4096
        spoiled = whole[:at] + b"\xa5" * 4096 + whole[at + 4096 :]
        (holdings / "state.sqlite").write_bytes(spoiled)
        first = next(checkholdings.check(Holdings(holdings), Checker()))
        assert first.code in ("state-missing", "state-damaged"), page
        aside = rebuild.rebuild(holdings).aside
        assert (holdings / aside).read_bytes() == spoiled
        assert dump(holdings) == rows


def test_behind_a_table_that_takes_too_long_the_others_are_read(holdings: Path) -> None:
    state = holdings / "state.sqlite"
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
    with closing(sqlite3.connect(state)) as db, db:
        db.execute(f"{rows} INSERT INTO captures SELECT i, '', '', '', 0, '', 0, 0, '', '' FROM n")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'notes'").fetchone()
    with state.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    found = checkholdings.check(Holdings(holdings), Checker(), reading=0.0)
    said = [(one.code, one.problem.partition(":")[0]) for one in islice(found, 2)]
    assert said == [("state-unread", "captures"), ("state-damaged", "notes")]


def test_a_table_may_have_any_name(holdings: Path) -> None:
    with closing(sqlite3.connect(holdings / "state.sqlite")) as db, db:
        db.execute('CREATE TABLE "of ""somebody"" else" (a)')
        db.execute("CREATE TABLE 'select; --' (a)")
    assert [one.code for one in checkholdings.check(Holdings(holdings), Checker())] == []


def test_a_repair_lets_nobody_in_before_all_is_whole(holdings: Path) -> None:
    """Somebody who tries all the time gets the lock when state and frontier are made again, not while
    the damaged state is put aside or between the two."""
    (holdings / "state.sqlite").write_bytes(b"not a database" * 100)
    asked = command("check", "--repair", "--holdings", holdings)
    with (holdings / ".lock").open() as lock:
        repair = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        inode = f":{os.fstat(lock.fileno()).st_ino} "
        while inode not in Path("/proc/locks").read_text():  # it has not begun
            assert repair.poll() is None
        while not is_free(lock):
            pass
        left = [path.name for path in holdings.iterdir()]
    _, said = repair.communicate(timeout=60)
    assert repair.returncode == 0
    assert b"visits of the frontier made again" in said
    assert "state.sqlite.broken" in left
    assert ".repair" not in left


def is_free(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(lock, fcntl.LOCK_UN)
    return True


def test_a_commit_that_a_dead_process_began_is_no_damage(holdings: Path) -> None:
    rows, state = dump(holdings), holdings / "state.sqlite"
    with closing(sqlite3.connect(state)) as dying:  # its cache is full long before its end
        change = "UPDATE captures SET run = hex(zeroblob(999));"
        dying.executescript(f"PRAGMA cache_size = 1; BEGIN; {change}")
        left = {path.name: path.read_bytes() for path in holdings.glob("state.sqlite*")}
    for name, data in left.items():
        (holdings / name).write_bytes(data)
    assert len(left) == 2
    assert check(holdings) == (0, {"state-half"})
    assert "died in the middle of a commit" in fangzhi("status", "--holdings", holdings).stderr
    Holdings(holdings, own=True).close()
    assert dump(holdings) == rows
    assert not list(checkholdings.check(Holdings(holdings), Checker()))


def test_a_folder_that_is_refused_costs_no_state(holdings: Path) -> None:
    whole = (holdings / "state.sqlite").read_bytes()
    (holdings / "warc").chmod(0o775)
    with pytest.raises(HoldingsError, match="can be written by others"):
        rebuild.rebuild(holdings)
    assert (holdings / "state.sqlite").read_bytes() == whole


def test_a_state_of_a_later_version_is_left_alone_and_says_so(holdings: Path) -> None:
    with closing(sqlite3.connect(holdings / "state.sqlite")) as later:
        later.execute("PRAGMA user_version = 99")
    before = (holdings / "state.sqlite").read_bytes()
    done = fangzhi("check", "--repair", "--holdings", holdings)
    assert done.returncode == 2, done.stderr
    assert "schema 99 is of a later version" in done.stderr
    assert (holdings / "state.sqlite").read_bytes() == before
    assert not list(holdings.glob("*.broken*"))


def test_a_lost_file_is_told_and_what_knows_of_it_is_kept(holdings: Path) -> None:
    lost = sorted((holdings / "warc").glob("*.warc.gz"))[0]
    kept = index(holdings)
    lost.unlink()
    for repair in ([], ["--repair"]):
        code, found = check(holdings, *repair)
        assert code == 1
        assert {"state-row-lost", "index-orphan"} <= found
    assert index(holdings) == kept


def test_a_damaged_file_costs_its_record_and_the_state_names_it(holdings: Path) -> None:
    path = sorted((holdings / "warc").glob("*.warc.gz"))[0]
    db = sqlite3.connect(holdings / "state.sqlite")
    row = db.execute(
        "SELECT record_id, uri, offset, length FROM captures WHERE file = ? ORDER BY offset",
        (path.name,),
    ).fetchall()[3]
    db.close()
    data = bytearray(path.read_bytes())
    data[row[2] + row[3] // 2] ^= 0x55
    path.write_bytes(data)
    done = lines(fangzhi("check", "--json", "--holdings", holdings).stdout)
    lost = [one for one in done[:-1] if one["code"] in ("damaged", "state-row-lost")]
    assert [(one["code"], one["offset"]) for one in lost] == [
        ("damaged", row[2]),
        ("state-row-lost", row[2]),
    ]
    assert (lost[1]["record"], lost[1]["url"]) == row[:2]
    assert lost[0]["end"] == row[2] + row[3]


def test_a_file_that_is_still_written_is_checked_as_far_as_it_goes(holdings: Path) -> None:
    path = sorted((holdings / "warc").glob("*.warc.gz"))[-1]
    stem = path.name.removesuffix(".warc.gz")
    for name in index(holdings):
        if name.startswith(stem):
            (holdings / "index" / name).unlink()
    growing = path.rename(path.with_name(path.name + ".open"))
    whole = growing.read_bytes()
    growing.write_bytes(whole + whole[:50])
    assert check(holdings) == (0, set())
    growing.write_bytes(whole[: len(whole) // 2])
    assert check(holdings) == (1, {"state-row-lost"})


def test_text_that_is_missing_is_told(holdings: Path) -> None:
    path = sorted((holdings / "text").glob("*.jsonl"))[0]
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(rows[1:]))
    assert check(holdings) == (0, {"text-differs"})
    path.unlink()
    assert check(holdings) == (0, {"text-missing"})


@pytest.mark.parametrize("key", ["captured", "text_norm"])
def test_a_line_of_text_that_lacks_a_key_is_told(holdings: Path, key: str) -> None:
    """Its response has a line, and no export can use it."""
    text = next(
        path for path in (holdings / "text").glob("*.jsonl") if b'"text_norm"' in path.read_bytes()
    )
    rows = text.read_text("utf-8").splitlines(keepends=True)
    at = next(number for number, row in enumerate(rows) if '"text_norm"' in row)
    rows[at] = rows[at].replace(f'"{key}":', '"other":', 1)
    text.write_text("".join(rows), "utf-8")
    found = list(checkholdings.check(Holdings(holdings), Checker()))
    said = f"1 lines that cannot be used; the first is line {at + 1:,}"
    assert [(one.code, one.problem, one.file) for one in found] == [
        ("text-differs", said, text.name)
    ]


def test_the_sum_counts_what_is_wrong_with_the_folder_too(holdings: Path) -> None:
    for path in (holdings / "text").glob("*.jsonl"):
        path.unlink()
    plain = fangzhi("check", "--holdings", holdings)
    assert plain.returncode == 0
    told = plain.stdout.count(": warning: text-missing")
    assert told
    assert f"): 0 errors, {told} warnings, " in plain.stdout
    assert check(holdings, "--strict") == (1, {"text-missing"})
    for path in (holdings / "index").iterdir():
        path.unlink()
    done = fangzhi("check", "--json", "--holdings", holdings)
    assert done.returncode == 1
    *rows, end = lines(done.stdout)
    found = [row["code"] for row in rows]
    assert {code: found.count(code) for code in found} == end["summary"]["findings"]


def test_repair_waits_for_nobody_and_harms_no_crawl(holdings: Path) -> None:
    lock = os.open(holdings / ".lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert fangzhi("check", "--repair", "--holdings", holdings).returncode == 4
    assert check(holdings) == (0, set())
    os.close(lock)


def test_a_file_that_a_dead_process_left_open_is_finished_by_repair(holdings: Path) -> None:
    path = sorted((holdings / "warc").glob("*.warc.gz"))[-1]
    stem = path.name.removesuffix(".warc.gz")
    for name in index(holdings):
        if name.startswith(stem):
            (holdings / "index" / name).unlink()
    whole = path.read_bytes()
    (path.with_name(path.name + ".open")).write_bytes(whole + whole[:50])
    path.unlink()
    rows = dump(holdings)
    done = fangzhi("check", "--repair", "--holdings", holdings)
    assert "a dead process had left it open" in done.stderr
    assert done.returncode == 0, done.stdout
    assert path.read_bytes() == whole
    assert dump(holdings) == rows


def test_a_check_holds_no_more_of_the_state_than_one_file_has(tmp_path: Path) -> None:
    Holdings(tmp_path / "h", own=True).close()
    with closing(sqlite3.connect(tmp_path / "h" / "state.sqlite")) as db:
        row = ("http://a.test/", "2026-11-30T00:00:00Z", "run", 200)
        rows = ((f"urn:{n}", *row, f"lost-{n % 7}.warc.gz", n, 1) for n in range(20_000))
        columns = "record_id, uri, date, run, status, file, offset, length"
        db.executemany(f"INSERT INTO captures ({columns}) VALUES (?,?,?,?,?,?,?,?)", rows)
        db.commit()
    holdings = Holdings(tmp_path / "h")
    tracemalloc.start()
    lost = [
        each for each in checkholdings.check(holdings, Checker()) if each.code == "state-row-lost"
    ]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    holdings.close()
    assert len(lost) == 7
    assert peak < 2_000_000  # all rows are 15 MB
