"""The servers of `fangzhi serve` refuse what no browser of its user would send."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from crawler.serve import gate
from crawler.serve.gate import Asked, Gate


class Plain(Asked):
    """Answers everything it is asked for."""

    def answer(self) -> None:
        value = "http://a.test/\r\nSet-Cookie: a=b\r\n\r\n<script>县"
        self.reply(200, [("Link", f"<{value}>")], [b"the answer"])


@pytest.fixture
def server() -> Iterator[Gate]:
    with Gate(0, Plain) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server: Gate, data: bytes) -> bytes:
    """What comes back for some bytes."""
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(data)
        got = b""
        while piece := connection.recv(65536):
            got += piece
    return got


def request(server: Gate, line: str = "GET / HTTP/1.1", *fields: str, host: str = "") -> bytes:
    head = [line, f"Host: {host or server.names[0]}", *fields, "", ""]
    return ask(server, "\r\n".join(head).encode("latin-1"))


def test_it_listens_on_loopback_alone(server: Gate) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_a_proper_request_is_answered_on_a_connection_of_its_own(server: Gate) -> None:
    got = request(server)
    assert got.startswith(b"HTTP/1.0 200 ")
    assert got.endswith(b"\r\n\r\nthe answer")


def test_head_has_the_fields_and_no_body(server: Gate) -> None:
    assert request(server, "HEAD / HTTP/1.1").endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH"]
)
def test_other_methods_are_refused(server: Gate, method: str) -> None:
    got = request(server, f"{method} / HTTP/1.1")
    assert got.startswith(b"HTTP/1.0 405 ")
    assert b"\r\nAllow: GET, HEAD\r\n" in got


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1:{}.evil.example", "[::1]:{}"]
)
def test_a_host_that_is_not_ours_is_refused(server: Gate, host: str) -> None:
    assert request(server, host=host.format(server.port)).startswith(b"HTTP/1.0 421 ")


def test_no_host_and_two_hosts_are_refused(server: Gate) -> None:
    assert ask(server, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.0 421 ")
    again = f"Host: {server.names[0]}"
    assert request(server, "GET / HTTP/1.1", again).startswith(b"HTTP/1.0 421 ")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET http://evil.example/ HTTP/1.1", b"400"),
        ("GET /\xe5\x8e\xbf HTTP/1.1", b"400"),
        ("GET /" + "a" * 9000 + " HTTP/1.1", b"414"),
        ("GET /" + "a" * 70_000 + " HTTP/1.1", b"414"),
        ("nonsense", b"400"),
    ],
)
def test_odd_request_lines_are_refused(server: Gate, line: str, status: bytes) -> None:
    assert status in request(server, line).partition(b"\r\n")[0]


def test_a_body_is_refused(server: Gate) -> None:
    for field in ("Content-Length: 5", "Transfer-Encoding: chunked"):
        assert request(server, "GET / HTTP/1.1", field).startswith(b"HTTP/1.0 400 ")


def test_too_many_fields_are_refused(server: Gate) -> None:
    fields = [f"X-{number}: 1" for number in range(300)]
    assert request(server, "GET / HTTP/1.1", *fields).startswith(b"HTTP/1.0 431 ")


def test_a_captured_address_cannot_write_a_field_of_its_own(server: Gate) -> None:
    head, _, body = request(server).partition(b"\r\n\r\n")
    assert b"\r\nSet-Cookie" not in head
    assert b"%0D%0ASet-Cookie" in head
    assert b"%E5%8E%BF" in head
    assert body == b"the answer"


def test_a_request_that_drips_in_is_given_up(server: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "REQUEST_SECONDS", 0.5)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        try:
            while time.monotonic() - began < 8:
                connection.sendall(b"G")
                time.sleep(0.1)
        except OSError:
            pass
    assert time.monotonic() - began < 4


def test_more_connections_than_it_takes_are_told_to_come_back(server: Gate) -> None:
    held = [
        socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(gate.CONNECTIONS)
    ]
    try:
        time.sleep(0.3)
        assert request(server).startswith(b"HTTP/1.0 503 ")
    finally:
        for connection in held:
            connection.close()
    end = time.monotonic() + 5
    while not (got := request(server)).startswith(b"HTTP/1.0 200 ") and time.monotonic() < end:
        time.sleep(0.05)
    assert got.startswith(b"HTTP/1.0 200 ")
