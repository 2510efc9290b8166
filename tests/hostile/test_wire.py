"""Whatever a server does: bounded, kept as far as it came, marked where it was cut."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.formats.message import interim_length
from archive.model import Capture
from archive.replay import Replayed, captures
from crawler.net.bounds import Bounds, Meter
from tests.commands import ROOT, fangzhi, lines
from tests.hostile import crawl, server
from tests.hostile.pages import SENTENCE
from tests.shared import shared_folder
from tests.siteweb import free_port, wait_for_port

GROWTH = 150 << 20  # bytes the process of a crawl may grow by while it meets all of this
# How the record of each way is marked; None: it is whole. What is not here brings no byte.
MARKED: dict[str, str | None] = {
    **dict.fromkeys(("good", "long_line", "says_too_little", "status_999", "second_answer")),
    **dict.fromkeys(("bytes_in_fields", "gzip_lie", "gzip_cut", "gzip_twice", "unknown_coding")),
    **dict.fromkeys(("gzip_bomb", "deflate_bomb", "bomb_in_a_bomb")),
    **dict.fromkeys(("endless_interim", "endless_head", "endless_line", "many_cookies"), "length"),
    **dict.fromkeys(("endless_body", "endless_chunks", "says_ten_gigabytes"), "length"),
    **dict.fromkeys(("drip_head", "drip_body", "stalls_half_way"), "time"),
    **dict.fromkeys(("endless_extension", "endless_trailers", "says_too_much"), "disconnect"),
    **dict.fromkeys(("cut_in_a_chunk", "no_last_chunk", "garbage_for_a_chunk"), "disconnect"),
    **dict.fromkeys(("not_chunked_at_all", "resets_half_way", "not_http"), "disconnect"),
    **dict.fromkeys(("says_no_number", "says_two_lengths"), "disconnect"),
}
NO_BYTE = {"never", "closes_at_once"}


class Met:
    """A crawl that met every way once."""

    def __init__(self, folder: Path) -> None:
        with server.Misbehaving() as web:
            urls = [web.url(name) for name in server.WAYS]
            self.told = ask(folder, web.port, urls)
            self.sent = {name: bytes(sent) for name, sent in web.sent.items()}
        self.outcomes = {url.rpartition("/")[2]: how for url, how in self.told["outcomes"].items()}
        self.kept = {capture.target_uri.rpartition("/")[2]: capture for capture in kept(folder)}
        self.checked = fangzhi("check", "--holdings", folder)
        [text] = (folder / "text").glob("*.jsonl")
        self.lines = {row["url"].rpartition("/")[2]: row for row in lines(text.read_text("utf-8"))}


def ask(holdings: Path, port: int, urls: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.hostile.crawl", str(holdings), f"127.0.0.1:{port}"]
    done = subprocess.run([*command, *urls], capture_output=True, text=True, cwd=ROOT, timeout=400)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def kept(holdings: Path) -> Iterator[Capture]:
    for path in sorted((holdings / "warc").glob("*.warc.gz")):
        for found in captures(path):
            assert isinstance(found, Replayed), found
            yield found.capture


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Met:
    return Met(tmp_path_factory.mktemp("hostile") / "h")


def test_an_archive_of_misbehaviour_says_of_itself_what_is_in_it(met: Met) -> None:
    assert met.checked.returncode == 0, met.checked.stdout


def test_every_misbehaviour_is_listed_here() -> None:
    assert MARKED.keys() | NO_BYTE == server.WAYS.keys()


def test_every_request_ends_in_exactly_one_outcome(met: Met) -> None:
    assert met.told["reason"] == "finished"
    assert {name: len(how) for name, how in met.outcomes.items()} == dict.fromkeys(server.WAYS, 1)


def test_the_crawl_grows_little_whatever_it_meets(met: Met) -> None:
    assert met.told["grown"] < GROWTH


@pytest.mark.parametrize("name", MARKED)
def test_what_came_is_kept_and_marked(met: Met, name: str) -> None:
    capture = met.kept[name]
    block = capture.head + capture.body
    sent = met.sent[name]
    assert block
    assert sent[interim_length(sent[: 1 << 18]) :].startswith(block) or name == "endless_interim"
    assert capture.truncated == MARKED[name]
    assert name in met.lines


def test_what_brought_no_byte_has_no_record_and_says_why(met: Met) -> None:
    assert not NO_BYTE & met.kept.keys()
    assert met.outcomes["never"] == ["DownloadTimeoutError"]
    assert met.outcomes["closes_at_once"] == ["DownloadFailedError"]


def test_a_poisoned_connection_gives_no_second_answer(met: Met) -> None:
    capture = met.kept["second_answer"]
    assert b"poison" not in capture.body
    assert len(met.sent["second_answer"]) > len(capture.head + capture.body)


@pytest.mark.parametrize("name", ["gzip_bomb", "deflate_bomb", "bomb_in_a_bomb"])
def test_a_bomb_is_kept_as_it_came_and_not_unpacked(met: Met, name: str) -> None:
    assert met.lines[name]["rejected"] == "resource-limit"
    assert "decodes to more than" in met.lines[name]["detail"]


@pytest.mark.parametrize("name", ["good", "gzip_lie", "gzip_twice", "unknown_coding", "long_line"])
def test_the_article_behind_a_small_lie_is_read(met: Met, name: str) -> None:
    assert SENTENCE in met.lines[name]["text"]


def test_damaged_coding_and_cuts_are_flagged(met: Met) -> None:
    assert "content-damaged" in met.lines["gzip_cut"]["flags"]
    assert "truncated-disconnect" in met.lines["says_too_much"]["flags"]


@pytest.mark.soak
def test_every_route_of_the_kit_ends_in_one_outcome_within_bounds(tmp_path: Path) -> None:
    folder = shared_folder()
    if folder is None:
        pytest.skip("the shared kit with its server is not here")
    sys.path.insert(0, str(folder / "tools/hostile"))
    import hostile_server

    port = free_port()
    script = [sys.executable, hostile_server.__file__, "--port", str(port)]
    running = subprocess.Popen(script, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        urls = [f"http://127.0.0.1:{port}/r/{name}" for name in hostile_server.ROUTES]
        told = ask(
            tmp_path / "h", port, [f"{url}?mb=256" if "bomb" in url else url for url in urls]
        )
    finally:
        running.kill()
        running.wait()
    assert told["reason"] == "finished"
    assert sorted(map(len, told["outcomes"].values())) == [1] * len(urls)
    assert told["grown"] < GROWTH


def test_the_limits_of_a_real_crawl_are_those_promised() -> None:
    real = Bounds()
    assert (real.head_bytes, real.head_fields) == (256 * 1024, 1_000)
    assert (real.wire_bytes, real.head_seconds, real.floor) == (32 << 20, 60.0, 1_000.0)
    assert crawl.BOUNDS.keys() <= {"head_seconds", "window", "wire_bytes"}


@given(st.lists(st.integers(1, 40)), st.sampled_from([b"\r\n", b"\n"]), st.integers(0, 3))
def test_the_head_ends_at_the_same_byte_however_it_is_cut_up(
    cuts: list[int], end: bytes, interim: int
) -> None:
    early = end.join([b"HTTP/1.1 103 Early", b"Link: a", b"", b""]) * interim
    whole = early + end.join([b"HTTP/1.1 200 OK", b"A: 1", b" folded", b"", b""])
    meter, at = Meter(Bounds()), 0
    for cut in [*cuts, len(whole)]:
        assert not meter.head_seen or at >= len(whole)
        assert meter.take(whole[at : at + cut]) is None
        at += cut
    assert meter.head_seen


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 1 << 16))
def test_a_head_without_end_is_cut_soon_after_its_limit(piece: int) -> None:
    meter, sent = Meter(Bounds()), 0
    data = b"HTTP/1.1 200 OK\r\nX: " + b"x" * (1 << 20)
    while meter.take(data[sent : sent + piece]) is None:
        sent += piece
    assert sent <= meter.bounds.head_bytes
