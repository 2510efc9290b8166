"""A replay on many workers: the same bytes, in order, gone on with where it was broken off."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from archive.formats.exchange import Exchange, exchange_records
from archive.model import Capture, Location
from archive.replay import Replayed
from archive.warcwriter import Naming, WarcWriter
from crawler.commands.passing import Passing
from tests.bench import invented
from tests.commands import command, fangzhi

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
FILES, PAGES = 3, 24


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some WARC files of invented pages, and no text."""
    folder = tmp_path_factory.mktemp("workers") / "h"
    (folder / "warc").mkdir(parents=True)
    for number in range(FILES):
        out = WarcWriter(folder / "warc", Naming("test", f"host{number}"), {"software": "test"})
        moment = NOW + timedelta(minutes=number)
        out.ready(moment)
        for page in range(PAGES):
            body = invented.page(100 * number + page, ("/a.html", "/b.html"), kib=page % 3 * 8)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            uri = f"http://www.example.gov.cn/xw/t2026_{number}{page:03d}.html"
            exchange = Exchange(uri, moment, b"GET / HTTP/1.1\r\n\r\n", BytesIO(head + body))
            out.write(exchange_records(exchange))
        out.close()
    return folder


def replayed(holdings: Path, *options: object, alone: bool = False) -> str:
    done = fangzhi("replay", "--holdings", holdings, *options, alone=alone)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_bytes_depend_neither_on_the_number_of_workers_nor_on_the_executor(
    holdings: Path,
) -> None:
    one = replayed(holdings, "--workers", 1)
    rows = [json.loads(row) for row in one.splitlines()]
    assert len(rows) == FILES * PAGES
    assert sum("text" in row for row in rows) > FILES * PAGES // 2
    assert replayed(holdings, "--workers", 3, alone=True) == one
    pool = ("--executor", "concurrent.futures:ProcessPoolExecutor", "--workers", 2)
    assert replayed(holdings, *pool) == one


def test_a_replay_that_was_killed_goes_on_behind_the_files_it_had_written(holdings: Path) -> None:
    whole = replayed(holdings)
    note = holdings / "text" / "replay.json"
    child = subprocess.Popen(
        command("replay", "--write", "--holdings", holdings, "--workers", 1),
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not note.exists() and time.monotonic() < end:
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    child.wait()
    finished = json.loads(note.read_text("utf-8"))["names"]
    assert 0 < len(finished) < FILES
    kept = {name: _text(holdings, name).stat().st_ino for name in finished}
    again = fangzhi("replay", "--write", "--holdings", holdings)
    assert f"{len(finished)} files were written by a replay broken off" in again.stderr
    assert again.stdout == whole
    assert {name: _text(holdings, name).stat().st_ino for name in finished} == kept
    assert len(list((holdings / "text").glob("*.jsonl"))) == FILES
    assert not note.exists()


def test_what_was_derived_by_other_rules_is_derived_again(holdings: Path) -> None:
    whole = replayed(holdings)
    first = sorted((holdings / "warc").iterdir())[0].name
    note = holdings / "text" / "replay.json"
    note.parent.mkdir(exist_ok=True)
    note.write_text(json.dumps({"by": "older rules", "names": [first]}), "utf-8")
    again = fangzhi("replay", "--write", "--holdings", holdings)
    assert "broken off" not in again.stderr
    assert again.stdout == whole


def test_an_executor_that_is_not_there_is_named(holdings: Path) -> None:
    done = fangzhi("replay", "--holdings", holdings, "--executor", "no.such:Pool")
    assert done.returncode == 1
    assert "no.such:Pool" in done.stderr


def test_progress_says_how_much_is_read_and_how_long_the_rest_takes(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.warc.gz", "b.warc.gz")]
    for path in files:
        path.write_bytes(bytes(1_000_000))
    passing = Passing(files)
    place = Location("b.warc.gz", 400_000, 100_000)
    capture = Capture("http://a.test/", NOW, b"", b"", "urn:uuid:0", "b.warc.gz", None, None, place)
    assert len(list(passing.over([Replayed(capture)]))) == 1
    assert passing.told(360) == "1 captures, 75% of 2 MB, 0/min, 2 min left"


def _text(holdings: Path, name: str) -> Path:
    return holdings / "text" / f"{name.removesuffix('.warc.gz')}.jsonl"
