"""The local test web: server, log, control, and what is true of all its hosts."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web import (
    HOSTS,
    Web,
    expected,
    feed,
    jcms,
    jpaas,
    mirror,
    scripted,
    start,
    torture,
    traps,
    trs,
    ucap,
    vsb,
    wenku,
)
from tests.web.reader import articles, ask, raw, visible, walk
from tests.web.server import LOOPBACK

TRS = trs.HOST
ROOT = Path(__file__).parents[1]
# Links that stand in records, in JSON, or nowhere but in a script's request.
BY_SCRIPT = {
    jcms.HOST: [entry.path for entry in jcms.entries()],
    jpaas.HOST: [entry.path for entry in jpaas.entries()],
    ucap.HOST: [entry.path for entry in ucap.entries("tzgg")],
    feed.HOST: [feed.path(serial) for serial in range(1, feed.ARTICLES + 1)],
    scripted.HOST: ["/if/list.html", *(p for f in scripted.FOLDERS for p in scripted.articles(f))],
}
PLAIN_TEXT = [host for host in HOSTS if host not in (torture.HOST, mirror.HOST, wenku.HOST)]
WELL_BEHAVED = [host for host in HOSTS if host != torture.HOST]  # an ordinary client can read them
FINITE = [host for host in WELL_BEHAVED if host not in (traps.TRAPS, traps.MERGED)]


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with start() as running:
        yield running


@pytest.mark.parametrize("host", FINITE)
def test_every_expected_url_is_reached_from_the_home_page(host: str) -> None:
    with start() as web:
        reached = walk(web, host, BY_SCRIPT.get(host, ()))
    wanted = set(expected(host)) - vsb.late_urls()
    assert {folder(url) for url in wanted} - {folder(url) for url in reached} == set()


def folder(url: str) -> str:
    """An index page has two addresses."""
    return url.removesuffix("index.html")


@pytest.mark.parametrize("host", WELL_BEHAVED)
def test_two_servers_send_the_same_bytes(host: str) -> None:
    with start() as one, start() as other:
        for url in expected(host):
            assert ask(one, url) == ask(other, url)


def test_absolute_form_and_host_field_give_the_same_bytes(web: Web) -> None:
    fields = f"Host: {TRS}\r\nConnection: close\r\n\r\n".encode()
    proxied = raw(web.port, f"GET http://{TRS}/xwzx/ HTTP/1.1\r\n".encode() + fields)
    assert proxied == raw(web.port, b"GET /xwzx/ HTTP/1.1\r\n" + fields)


def test_tls_serves_the_same_site(web: Web) -> None:
    request = f"GET /jyxx/ HTTP/1.1\r\nHost: {TRS}\r\nConnection: close\r\n\r\n".encode()
    assert raw(web.tls_port, request, tls=TRS) == raw(web.port, request)
    assert web.log(TRS)[-2].scheme == "https"


def test_connect_tunnels_to_the_tls_listener(web: Web) -> None:
    connection = http.client.HTTPSConnection(LOOPBACK, web.port, timeout=5, context=_trust_nobody())
    connection.set_tunnel(TRS, 443)
    try:
        connection.request("GET", "/robots.txt")
        assert b"Disallow: /search/" in connection.getresponse().read()
    finally:
        connection.close()


def _trust_nobody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_an_unknown_host_is_a_bad_gateway(web: Web) -> None:
    assert ask(web, "http://nowhere.test/")[0] == 502


def test_the_log_holds_what_crossed_the_wire(web: Web) -> None:
    request = (
        f"GET http://{TRS}/ HTTP/1.1\r\nhOsT: {TRS}\r\nX-Odd:  a \r\nConnection: close\r\n\r\n"
    )
    received = raw(web.port, request.encode())
    last = web.log(TRS)[-1]
    assert (last.request, last.response) == (request.encode(), received)


def test_validators_are_nginx_style_and_answered_with_304(web: Web) -> None:
    url = next(url for url, page in expected(TRS).items() if page.verdict)
    _, fields, body = ask(web, url)
    stamp, _, size = fields["etag"].strip('"').partition("-")
    assert int(size, 16) == len(body)
    assert int(stamp, 16) > 0
    assert ask(web, url, **{"If-None-Match": fields["etag"]})[::2] == (304, b"")
    assert ask(web, url, **{"If-Modified-Since": fields["last-modified"]})[::2] == (304, b"")
    assert ask(web, url, **{"If-None-Match": '"0-0"'})[0] == 200


def test_the_control_endpoint_resets_and_moves_the_clock() -> None:
    with start() as web:
        before = ask(web, f"http://{TRS}/")[1]["date"]
        assert ask(web, f"http://x/__ctl?host={TRS}")[2].count(b"\n") == 1
        ask(web, "http://x/__ctl?advance=3600")
        assert ask(web, f"http://{TRS}/")[1]["date"] != before
        ask(web, "http://x/__ctl?reset=1")
        assert web.log() == []
        assert ask(web, f"http://{TRS}/")[1]["date"] == before


@pytest.mark.parametrize("host", HOSTS)
def test_a_sentence_id_stands_in_one_article_of_its_host_only(web: Web, host: str) -> None:
    keys = [page.key for page in expected(host).values() if page.key and not page.part_of]
    assert len(keys) == len(set(keys))
    for page in expected(host).values():
        if page.verdict and page.lines is not None and page.key:
            assert "".join(page.lines).count(page.key) == 1


@pytest.mark.parametrize("host", PLAIN_TEXT)
def test_every_expected_line_stands_on_its_page(web: Web, host: str) -> None:
    for url, page in articles(host).items():
        if url in vsb.late_urls():
            continue
        text = "".join(visible(ask(web, each)[2]) for each in (url, *page.parts))
        for line in page.lines or ():
            assert "".join(line.split()) in text, url


def test_the_command_prints_its_ports_and_logs_in_hex(tmp_path: Path) -> None:
    log = tmp_path / "exchanges.jsonl"
    command = [sys.executable, "-m", "tests.web", "--log", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        request = f"GET / HTTP/1.1\r\nHost: {TRS}\r\nConnection: close\r\n\r\n".encode()
        received = raw(ready["port"], request)
        process.terminate()
        assert process.wait(10) == 0
    row = json.loads(log.read_text("utf-8"))
    assert (bytes.fromhex(row["request"]), bytes.fromhex(row["response"])) == (request, received)
    assert set(ready["hosts"]) == set(HOSTS)
