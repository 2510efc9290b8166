"""The torture host sends what it promises, and the log has every byte of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.web import TORTURE_PATHS, Web, expected, start
from tests.web.reader import links, raw

TORTURE = "torture.test"


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with start() as running:
        yield running


def torture_request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {TORTURE}\r\nConnection: close\r\n\r\n".encode()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_torture_arrives_as_logged_over_both_schemes(web: Web, scheme: str) -> None:
    port, tls = (web.tls_port, TORTURE) if scheme == "https" else (web.port, None)
    for path in (*TORTURE_PATHS, "/retry"):
        received = raw(port, torture_request(path), tls)
        last = web.log(TORTURE)[-1]
        assert (last.request, last.response) == (torture_request(path), received)
        assert last.scheme == scheme


def test_the_torture_page_links_every_path(web: Web) -> None:
    body = raw(web.port, torture_request("/")).partition(b"\r\n\r\n")[2]
    found = links(f"http://{TORTURE}/", body)
    assert found >= {f"http://{TORTURE}{path}" for path in TORTURE_PATHS}
    assert found >= expected(TORTURE).keys() - {f"http://{TORTURE}/"}


@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("/chunked", rb"\r\n61\r\n"),
        ("/chunk-extension", rb'\r\n32 ;name="a;b"\r\n(?s:.*)\r\nX-Sum: 42\r\n'),
        ("/chunked-gzip", rb"\r\n\r\n1f\r\n\x1f\x8b"),
        ("/gbk-header", "X-Title: 政府公报\r\n".encode("gbk")),
        ("/gbk-reason", "^HTTP/1.1 200 成功\r\n".encode("gbk")),
        ("/no-reason", rb"^HTTP/1.1 200\r\n"),
        ("/folded-header", rb"X-Fold: one\r\n  two\r\n\tthree\r\n"),
        ("/no-colon", rb"\r\nthis line has no colon\r\n"),
        ("/bare-newlines", rb"^HTTP/1.1 200 OK\nContent"),
        ("/early-hints", rb"^HTTP/1.1 103 (?s:.*)\r\n\r\nHTTP/1.1 200 OK\r\n"),
        ("/close-10", rb"^HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"),
        ("/close-11", rb"Connection: close\r\n\r\n<html>"),
        ("/header-case", rb"Set-Cookie: a=1(?s:.*)\r\nSet-Cookie: b=2\r\nVary: A\r\nvary: B"),
    ],
)
def test_each_torture_is_on_the_wire(web: Web, path: str, sign: bytes) -> None:
    assert re.search(sign, raw(web.port, torture_request(path)))


def test_the_short_body_is_shorter_than_announced(web: Web) -> None:
    head, _, body = raw(web.port, torture_request("/short")).partition(b"\r\n\r\n")
    announced = re.search(rb"Content-Length: (\d+)", head)
    assert announced
    assert int(announced[1]) > len(body) > 0


def test_retry_is_busy_once_for_each_scheme() -> None:
    with start() as web:
        for port, tls in ((web.port, None), (web.tls_port, TORTURE)):
            answers = [raw(port, torture_request("/retry"), tls)[9:12] for _ in range(3)]
            assert answers == [b"503", b"200", b"200"]


def test_post_sends_the_body_back(web: Web) -> None:
    body = "名称=政府".encode("gbk")
    head = f"POST /post HTTP/1.1\r\nHost: {TORTURE}\r\nConnection: close\r\n"
    request = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
    assert raw(web.port, request).endswith(b"\r\n\r\n" + body)
    assert web.log(TORTURE)[-1].request == request


def test_many_requests_share_one_connection(web: Web) -> None:
    path = f"GET /plain HTTP/1.1\r\nHost: {TORTURE}\r\n\r\n".encode()
    received = raw(web.port, path + path + torture_request("/plain"))
    assert received == web.log(TORTURE)[-1].response * 3
