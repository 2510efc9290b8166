"""What is stored is what went over the wire, byte for byte, over http and https."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from archive.formats import message
from archive.warcreader import ReadRecord, read
from tests.commands import ROOT, adds_up, report
from tests.web import TORTURE_PATHS, Exchange, start
from tests.web.torture import CLOSING


@pytest.fixture(scope="module")
def tortured(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[list[Exchange], list[ReadRecord], Path]:
    holdings = tmp_path_factory.mktemp("torture") / "h"
    with start() as web:
        command = [sys.executable, "-m", "tests.torture_crawl", web.proxy, str(holdings)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
        assert done.returncode == 0, done.stderr
        log = web.log()
    records = [r for path in (holdings / "warc").glob("*.gz") for r in read(path)]
    assert all(isinstance(record, ReadRecord) for record in records)
    return log, [r for r in records if isinstance(r, ReadRecord)], holdings


def blocks(records: list[ReadRecord], kind: str) -> Counter[bytes]:
    found: Counter[bytes] = Counter()
    for record in records:
        if record.type == kind:
            record.block.seek(0)
            found[record.block.read()] += 1
    return found


def without_interim(response: bytes) -> bytes:
    return response[message.interim_length(response) :]


def parted(block: bytes) -> tuple[bytes, bytes]:
    """Head and payload."""
    head = block[: message.head_length(block)]
    return head, message.payload(head, block[len(head) :])


def test_everything_was_asked_over_both_schemes(
    tortured: tuple[list[Exchange], list[ReadRecord], Path],
) -> None:
    log, _, _ = tortured
    for scheme in ("http", "https"):
        asked = {e.path for e in log if e.scheme == scheme}
        assert {path.partition("?")[0] for path in TORTURE_PATHS} <= asked
        assert {"/robots.txt", "/post"} <= asked
        assert [e.status for e in log if e.path == "/retry" and e.scheme == scheme] == [503, 200]


def test_every_request_block_is_what_the_server_received(
    tortured: tuple[list[Exchange], list[ReadRecord], Path],
) -> None:
    log, records, _ = tortured
    assert blocks(records, "request") == Counter(e.request for e in log)


def test_every_response_block_is_what_the_server_sent(
    tortured: tuple[list[Exchange], list[ReadRecord], Path],
) -> None:
    """The same payload over the other scheme is a revisit: its head as sent, its payload held."""
    log, records, _ = tortured
    sent = Counter(without_interim(e.response) for e in log)
    kept = blocks(records, "response")
    assert kept <= sent
    revisits = blocks(records, "revisit")
    assert kept.total() + revisits.total() == sent.total()
    payloads = {parted(block) for block in kept}
    heads = Counter(parted(block)[0] for block in (sent - kept).elements())
    assert heads == revisits
    for block in sent - kept:
        assert parted(block)[1] in {payload for _, payload in payloads}


def test_interim_heads_are_kept_in_the_metadata_record(
    tortured: tuple[list[Exchange], list[ReadRecord], Path],
) -> None:
    log, records, _ = tortured
    early = [e for e in log if message.interim_length(e.response)]
    notes = b"".join(block for block in blocks(records, "metadata"))
    assert len(early) >= 2
    assert notes.count(b"http-interim: HTTP/1.1 103") == len(early)


def test_a_body_that_was_cut_is_marked_and_no_other(
    tortured: tuple[list[Exchange], list[ReadRecord], Path],
) -> None:
    _, records, _ = tortured
    cut = {
        r.get(
            "WARC-Target-URI",
        )
        for r in records
        if r.type == "response" and r.get("WARC-Truncated")
    }
    short = CLOSING[-1]
    assert cut == {f"http://torture.test{short}", f"https://torture.test{short}"}


def test_tls_is_described_on_its_records(
    tortured: tuple[list[Exchange], list[ReadRecord], Path],
) -> None:
    _, records, _ = tortured
    secure = [
        r
        for r in records
        if r.type == "response" and (r.get("WARC-Target-URI") or "").startswith("https:")
    ]
    assert secure
    for record in secure:
        protocols = [v for n, v in record.headers if n == "WARC-Protocol"]
        assert protocols[0] == "http/1.1"
        assert protocols[1].startswith("tls/1.")
        assert record.get("WARC-Cipher-Suite")
        assert record.get("WARC-IP-Address") == "127.0.0.1"


def test_every_exchange_is_in_the_report(
    tortured: tuple[list[Exchange], list[ReadRecord], Path],
) -> None:
    log, _, holdings = tortured
    numbers = report(holdings)
    assert adds_up(numbers)
    assert numbers["requested"] == numbers["captured"] == len(log)
