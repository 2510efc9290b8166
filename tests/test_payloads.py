"""A payload the archive holds is not stored again, under whatever URL it comes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive import payloads
from archive.formats.records import ReadRecord
from archive.holdings import Holdings
from archive.model import Location
from archive.payloads import Payloads
from archive.state import Acknowledged, State
from archive.warcreader import read
from tests import repeated
from tests.commands import fangzhi, lines
from tests.repeated import FILES, HOST, OTHER_TYPE, PAGES, SHORT

Crawled = tuple[Path, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    return repeated.crawled(tmp_path_factory.mktemp("repeated"))


def records(holdings: Path, *paths: str) -> list[ReadRecord]:
    """The responses and revisits of these paths, in the order of capture."""
    wanted = {f"http://{HOST}{path}" for path in paths}
    found = [r for p in sorted((holdings / "warc").glob("*.gz")) for r in read(p)]
    kept = [r for r in found if isinstance(r, ReadRecord) and r.type in ("response", "revisit")]
    return [r for r in kept if r.uri in wanted]


def texts(holdings: Path) -> list[dict[str, Any]]:
    files = sorted((holdings / "text").glob("*.jsonl"))
    return [json.loads(row) for file in files for row in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("paths", [PAGES, FILES])
def test_a_payload_held_under_another_url_becomes_a_revisit_of_it(
    crawled: Crawled, paths: tuple[str, str]
) -> None:
    original, *revisits = records(crawled[0], *paths)
    assert original.type == "response"
    assert len(revisits) == 3
    for record in revisits:
        assert record.type == "revisit"
        assert (record.get("WARC-Refers-To") or "").strip("<>") == original.id, "to no revisit"
        assert record.get("WARC-Refers-To-Target-URI") == original.uri
        assert record.get("WARC-Refers-To-Date") == original.get("WARC-Date")
        assert record.get("WARC-Payload-Digest") == original.get("WARC-Payload-Digest")
    first = revisits[0]
    assert (first.get("WARC-Profile") or "").endswith("/revisit/identical-payload-digest")
    head = first.block.read()
    assert head.startswith(b"HTTP/1.1 200")
    assert head.endswith(b"\r\n\r\n"), "its own head, and nothing behind it"
    assert [r.get("Fangzhi-Visit") for r in revisits].count("new") == 1


def test_what_would_not_be_read_the_same_or_is_short_is_stored_whole(crawled: Crawled) -> None:
    for paths, count in (((OTHER_TYPE,), 1), (SHORT, 2)):
        kinds = [r.type for r in records(crawled[0], *paths)]
        assert kinds.count("response") == count, "a revisit only of its own URL"


def test_the_text_of_a_revisit_is_that_of_its_payload_under_its_own_url(crawled: Crawled) -> None:
    holdings, (first, second) = crawled
    rows = [row for row in texts(holdings) if (row["url"] or "").endswith(PAGES)]
    assert sorted(row["url"] for row in rows) == [f"http://{HOST}{path}" for path in PAGES]
    assert rows[0]["text"] == rows[1]["text"]
    assert rows[1]["id"] != rows[0]["id"]
    assert rows[1]["warc"]["offset"] != rows[0]["warc"]["offset"]
    assert (first["unchanged"], second["articles"]) == (0, 0)
    assert second["unchanged"] == 8, "robots.txt is asked for once a day"


def test_replay_check_and_export_follow_it(crawled: Crawled, tmp_path: Path) -> None:
    holdings, _ = crawled
    stored = [
        row
        for file in sorted((holdings / "text").glob("*.jsonl"))
        for row in file.read_text("utf-8").splitlines(keepends=True)
    ]
    where = ("--holdings", holdings, "--sites", holdings.with_name("sites"))
    assert fangzhi("replay", *where).stdout == "".join(stored)
    checked = fangzhi("check", "--holdings", holdings, "--strict")
    assert checked.returncode == 0, checked.stdout
    wacz = tmp_path / "a.wacz"
    done = fangzhi("export", "--wacz", wacz, "--holdings", holdings)
    assert (done.returncode, done.stderr) == (0, ""), "no text is missed where nothing is new"
    inside = lines(fangzhi("replay", wacz, "--holdings", tmp_path).stdout)
    assert [(r["id"], r.get("text")) for r in inside] == [
        (r["id"], r.get("text")) for r in map(json.loads, stored)
    ]


def test_a_file_alone_finds_the_payload_in_the_holdings_or_says_that_it_is_missing(
    crawled: Crawled, tmp_path: Path
) -> None:
    holdings, _ = crawled
    warc = min((holdings / "warc").glob("*.gz"))
    whole = records(holdings, *PAGES)
    assert [r.type for r in whole[:2]] == ["response", "revisit"]
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(warc.read_bytes()[whole[1].location.offset :])
    found = lines(fangzhi("replay", cut, "--holdings", holdings).stdout)
    assert whole[1].uri in [row["url"] for row in found]
    alone = fangzhi("replay", cut, "--holdings", tmp_path / "none")
    assert whole[1].uri not in [row["url"] for row in lines(alone.stdout)]
    assert "revisits of pages whose payload is in none of the files" in alone.stderr


def test_nothing_refers_to_a_file_that_is_gone_or_to_a_record_that_lies(
    crawled: Crawled, tmp_path: Path
) -> None:
    holdings = Holdings(crawled[0])
    original = records(crawled[0], *PAGES)[0]
    digest = original.get("WARC-Payload-Digest") or ""
    block = original.block.read()
    head = block[: block.index(b"\r\n\r\n") + 4]
    state = crawled[0] / "state.sqlite"
    here = Payloads(state, holdings.warc)
    found = here.find(digest, head, None)
    assert found is not None
    assert found.record_id == original.id
    assert here.find(digest, head.replace(b"text/html", b"text/plain"), None) is None
    chunked = head.removesuffix(b"\r\n") + b"Transfer-Encoding: chunked\r\n\r\n"
    assert here.find(digest, chunked, None) is None
    here.close()
    gone = Payloads(state, lambda name: tmp_path / name)
    assert gone.find(digest, head, None) is None
    gone.close()
    other = records(crawled[0], *FILES)[0].location
    at = f"UPDATE captures SET offset = {other.offset} WHERE record_id = '{original.id}'"
    copy = tmp_path / "state.sqlite"
    copy.write_bytes(state.read_bytes())
    with sqlite3.connect(copy) as db:
        db.execute(at)
    lying = Payloads(copy, holdings.warc)
    assert lying.find(digest, head, None) is None
    lying.close()


def test_a_digest_is_found_by_the_index_of_the_state(tmp_path: Path) -> None:
    """One search of a tree: the cost does not grow with the captures."""
    state = State(tmp_path / "state.sqlite")
    place = Location("a.warc.gz", 0, 1)
    state.acknowledge(
        [Acknowledged("urn:1", "http://a.test/", "2026", "r", 200, place, "sha256:0")]
    )
    plan = state.query(f"EXPLAIN QUERY PLAN {payloads._BY_DIGEST}", ("sha256:0", 3)).fetchall()
    state.close()
    assert "captures_digest (<expr>=?)" in plan[0][3]
    assert not any("TEMP B-TREE" in row[3] for row in plan)
