"""Certificates are judged and noted, old TLS is spoken where a definition says so, and a handshake
that fails says how. The servers are those of tests/web/certificate.py."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from OpenSSL import SSL

from archive.sites import load, spans
from archive.warcreader import ReadRecord, read
from crawler.net import tls
from tests.answering import define
from tests.commands import adds_up, command, report
from tests.siteweb import free_port
from tests.web import start
from tests.web import trs as portal
from tests.web.waf import HTTP_ONLY

# Host -> verdict on its certificate, for a crawl that trusts the web's authority.
VERDICTS = {
    portal.HOST: "ok",
    "tls-expired.test": "expired",
    "tls-future.test": "not-yet-valid",
    "tls-name.test": "host-mismatch",
    "tls-self.test": "self-signed",
    "tls-worse.test": "self-signed, host-mismatch, expired",
    "tls-old.test": "ok",
}
# Host -> class of the failure; what trying again repeats is tried once, the rest three times.
FAILURES = {
    "tls-older.test": ("tls-protocol", 1),
    "tls-cipher.test": ("tls-cipher", 1),
    "tls-plain.test": ("tls-not-spoken", 1),
    "tls-closed.test": ("tls-closed", 3),
    HTTP_ONLY: ("tunnel", 3),
}


@dataclass(frozen=True)
class Crawled:
    """A finished crawl."""

    code: int
    notes: Mapping[str, list[dict[str, str]]]  # host: fields of its metadata records
    records: list[ReadRecord]
    report: dict[str, Any]
    asked: list[tuple[str, str]]  # scheme and host of every request the web saw


def crawl(folder: Path, *options: object, trust: bytes | None = None) -> tuple[int, Path]:
    """The exit code and the holdings of a crawl that trusts one authority, or the machine's."""
    pem = folder / "authority.pem"
    pem.write_bytes(trust or b"")
    environment = dict(os.environ) | ({"SSL_CERT_FILE": str(pem)} if trust else {})
    where = ("--sites", folder / "sites", "--holdings", folder / "h", "--no-derive")
    done = subprocess.run(
        command("crawl", *where, *options), capture_output=True, env=environment, timeout=120
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()[-3000:]
    return done.returncode, folder / "h"


def records_of(holdings: Path) -> list[ReadRecord]:
    found = [record for path in (holdings / "warc").glob("*.gz") for record in read(path)]
    return [record for record in found if isinstance(record, ReadRecord)]


def notes_of(records: list[ReadRecord]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for record in records:
        if record.type == "metadata":
            rows = record.block.read().decode().splitlines()
            host = record.uri.partition("://")[2].partition("/")[0]
            fields = dict(row.partition(": ")[::2] for row in rows)
            found.setdefault(host, []).append(fields)
    return found


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("tls")
    for host in (*VERDICTS, *FAILURES):
        define(folder / "sites", host, more='[scope]\ntype = "page"\n')
        path = folder / "sites" / f"{host}.toml"
        legacy = "legacy_tls = true\n" if host == "tls-old.test" else ""
        path.write_text(path.read_text("utf-8").replace("http:", "https:") + legacy, "utf-8")
    with start() as web:
        code, holdings = crawl(folder, "--proxy", web.proxy, trust=web.authority)
        asked = [(row.scheme, row.host) for row in web.log()]
    records = records_of(holdings)
    return Crawled(code, notes_of(records), records, report(holdings), asked)


@pytest.mark.parametrize("host", VERDICTS)
def test_every_capture_over_tls_notes_the_verdict_on_the_certificate(
    crawled: Crawled, host: str
) -> None:
    notes = crawled.notes[host]
    assert len(notes) == 2  # robots.txt and the page
    assert {note["tls-certificate-verdict"] for note in notes} == {VERDICTS[host]}
    assert all(len(note["tls-certificate-sha256"]) == 64 for note in notes)


def test_a_certificate_that_is_wrong_does_not_keep_the_page_from_being_captured(
    crawled: Crawled,
) -> None:
    pages = {r.uri for r in crawled.records if r.type == "response"}
    assert {f"https://{host}/" for host in VERDICTS} <= pages


def test_old_tls_is_spoken_with_the_hosts_of_a_site_that_allows_it(crawled: Crawled) -> None:
    protocols = {
        value
        for record in crawled.records
        if record.type == "response" and "tls-old.test" in record.uri
        for name, value in record.headers
        if name == "WARC-Protocol"
    }
    assert protocols == {"http/1.1", "tls/1.0"}


@pytest.mark.parametrize("host", FAILURES)
def test_a_handshake_that_fails_says_how_and_is_tried_again_where_that_may_help(
    crawled: Crawled, host: str
) -> None:
    reason, tries = FAILURES[host]
    told = [note["fetch-error"].partition(":")[0] for note in crawled.notes[host]]
    assert told == [reason] * tries


def test_no_request_is_recorded_that_never_left(crawled: Crawled) -> None:
    sent = {r.uri.partition("://")[2].partition("/")[0] for r in crawled.records if r.block}
    assert sent >= FAILURES.keys()  # their metadata records
    for record in crawled.records:
        if any(host in record.uri for host in FAILURES):
            assert record.type == "metadata"


def test_the_report_tells_each_hosts_verdicts_and_failures(crawled: Crawled) -> None:
    failed = {host: reason for host, (reason, _) in FAILURES.items() if host != HTTP_ONLY}
    assert crawled.report["tls"] == VERDICTS | failed
    counted: dict[str, int] = {}
    for reason, tries in FAILURES.values():
        counted[reason] = counted.get(reason, 0) + tries
    assert crawled.report["failed"] == counted
    assert adds_up(crawled.report)
    assert crawled.report["unreachable_seeds"] == sorted(f"https://{host}/" for host in FAILURES)
    assert crawled.code == 1


def test_nothing_goes_over_http_because_https_failed(crawled: Crawled) -> None:
    assert {scheme for scheme, _ in crawled.asked} == {"https"}
    assert not {host for _, host in crawled.asked} & FAILURES.keys()


def test_an_http_only_host_is_captured_where_the_seed_says_http(tmp_path: Path) -> None:
    define(tmp_path / "sites", HTTP_ONLY)
    with start() as web:
        code, holdings = crawl(tmp_path, "--proxy", web.proxy)
        assert {row.scheme for row in web.log(HTTP_ONLY)} == {"http"}
    assert code == 0
    assert report(holdings)["captured"] == 4
    assert report(holdings)["tls"] == {}


def notes_of_port(folder: Path, port: int) -> dict[str, str]:
    """What the crawl of a port of this machine notes of its first request, without a proxy."""
    folder.mkdir()
    define(folder / "sites", "here")
    path = folder / "sites" / "here.toml"
    address = f"https://127.0.0.1:{port}/"
    path.write_text(path.read_text("utf-8").replace("http://here/", address), "utf-8")
    _, holdings = crawl(folder)
    return notes_of(records_of(holdings))[f"127.0.0.1:{port}"][0]


def test_without_a_proxy_certificates_are_judged_and_failures_classed_alike(
    tmp_path: Path,
) -> None:
    """The machine does not know the web's authority; its certificate names 127.0.0.1."""
    with start() as web:
        secure = notes_of_port(tmp_path / "secure", web.tls_port)
        old = notes_of_port(tmp_path / "old", web.door("tls-old.test"))
    refused = notes_of_port(tmp_path / "refused", free_port())
    assert secure["tls-certificate-verdict"] == "unknown-issuer"
    assert old["fetch-error"].startswith("tls-protocol: ")
    assert refused["fetch-error"].startswith("refused: ")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("unsafe legacy renegotiation disabled", "tls-renegotiation"),
        ("tlsv1 unrecognized name", "tls-name"),
        ("dh key too small", "tls-cipher"),
        ("tlsv13 alert certificate required", "tls-certificate"),
        ("record layer failure", "tls-other"),
    ],
)
def test_openssls_words_are_classed_wherever_the_error_lies(told: str, reason: str) -> None:
    error = RuntimeError("outer")
    error.__cause__ = SSL.Error([("SSL routines", "", told)])
    assert tls.failure(error) == reason


def test_an_error_that_is_its_own_cause_is_read_once() -> None:
    error = RuntimeError("outer")
    error.__cause__ = error
    assert tls.failure(error) is None


def test_a_failure_before_any_handshake_is_not_called_one() -> None:
    assert tls.failure(ConnectionRefusedError()) is None
    assert tls.failure(None) is None


@pytest.mark.parametrize(
    ("scope", "host", "inside"),
    [
        ("host", "www.qinghe.test", True),
        ("host", "old.qinghe.test", False),
        ("page", "www.qinghe.test", True),
        ("domain", "old.qinghe.test", True),
        ("domain", "www.other.test", False),
    ],
)
def test_a_site_spans_the_hosts_its_scope_may_have_pages_on(
    tmp_path: Path, scope: str, host: str, inside: bool
) -> None:
    define(tmp_path, "www.qinghe.test", more=f'[scope]\ntype = "{scope}"\n')
    assert spans(load(tmp_path / "www.qinghe.test.toml"), host) is inside
