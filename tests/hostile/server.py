"""A server that misbehaves on purpose, one way a path. On loopback, in a thread of its own.

Each way is a function of the writer; what it has sent is in `Misbehaving.sent`, byte for byte.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import threading
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import cache
from typing import Any

from tests.hostile.pages import document

PAGE = document()
Bytes = AsyncIterator[bytes]
WAYS: dict[str, Callable[[], Bytes]] = {}
RESET = b"\0reset"  # instead of bytes: end the connection with RST


def way(function: Callable[[], Bytes]) -> Callable[[], Bytes]:
    WAYS[function.__name__] = function
    return function


def head(*fields: str, status: str = "200 OK") -> bytes:
    rows = (f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *fields)
    return "".join(f"{row}\r\n" for row in rows).encode() + b"\r\n"


def sized(body: bytes, *fields: str) -> bytes:
    return head(f"Content-Length: {len(body)}", *fields) + body


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@way
async def good() -> Bytes:
    yield sized(PAGE)


@way
async def never() -> Bytes:
    await asyncio.sleep(3600)
    yield b""


@way
async def drip_head() -> Bytes:
    for byte in head():
        yield bytes([byte])
        await asyncio.sleep(0.5)


@way
async def drip_body() -> Bytes:
    yield head()
    while True:
        yield b"x"
        await asyncio.sleep(0.2)


@way
async def stalls_half_way() -> Bytes:
    yield head(f"Content-Length: {len(PAGE)}") + PAGE[: len(PAGE) // 2]
    await asyncio.sleep(3600)


@way
async def endless_interim() -> Bytes:
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 50


@way
async def endless_head() -> Bytes:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: and more\r\n" * 500


@way
async def endless_line() -> Bytes:
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    while True:
        yield b"x" * 65536


@way
async def many_cookies() -> Bytes:
    yield sized(PAGE, *(f"Set-Cookie: c{n}={n}" for n in range(5_000)))


@way
async def long_line() -> Bytes:
    yield sized(PAGE, "X-Policy: " + "p" * 100_000)


@way
async def endless_body() -> Bytes:
    yield head()
    while True:
        yield PAGE * 64


@way
async def endless_chunks() -> Bytes:
    yield head("Transfer-Encoding: chunked")
    while True:
        yield chunk(PAGE * 64)


@way
async def endless_extension() -> Bytes:
    yield head("Transfer-Encoding: chunked") + b"5;"
    while True:
        yield b"x" * 65536


@way
async def endless_trailers() -> Bytes:
    yield head("Transfer-Encoding: chunked") + chunk(PAGE) + b"0\r\n"
    while True:
        yield b"X-Trailer: t\r\n" * 1000


@way
async def says_ten_gigabytes() -> Bytes:
    yield head("Content-Length: 10000000000") + PAGE


@way
async def says_too_much() -> Bytes:
    yield head(f"Content-Length: {len(PAGE) + 1000}") + PAGE


@way
async def says_too_little() -> Bytes:
    yield head(f"Content-Length: {len(PAGE) - 100}") + PAGE


@way
async def says_no_number() -> Bytes:
    yield head("Content-Length: many") + PAGE


@way
async def says_two_lengths() -> Bytes:
    yield head(f"Content-Length: {len(PAGE)}", "Content-Length: 7") + PAGE


@way
async def cut_in_a_chunk() -> Bytes:
    yield head("Transfer-Encoding: chunked") + chunk(PAGE)[:-200]


@way
async def no_last_chunk() -> Bytes:
    yield head("Transfer-Encoding: chunked") + chunk(PAGE)


@way
async def garbage_for_a_chunk() -> Bytes:
    yield head("Transfer-Encoding: chunked") + chunk(PAGE) + b"zz\r\n" + PAGE


@way
async def not_chunked_at_all() -> Bytes:
    yield head("Transfer-Encoding: chunked") + PAGE


@way
async def closes_at_once() -> Bytes:
    return
    yield b""


@way
async def resets_half_way() -> Bytes:
    yield head(f"Content-Length: {len(PAGE)}") + PAGE[:300]
    await asyncio.sleep(0.2)
    yield RESET


@way
async def not_http() -> Bytes:
    yield PAGE


@way
async def status_999() -> Bytes:
    yield head(f"Content-Length: {len(PAGE)}", status="999 Denied") + PAGE


@way
async def second_answer() -> Bytes:
    yield sized(PAGE) + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"


@way
async def bytes_in_fields() -> Bytes:
    yield (
        head(f"Content-Length: {len(PAGE)}").replace(
            b"Content-Type",
            b"X-Title: \xb9\xab\xb8\xe6\r\nX-Esc: \x1b[2J\x00\r\nno colon\r\nContent-Type",
        )
        + PAGE
    )


@way
async def gzip_lie() -> Bytes:
    yield sized(PAGE, "Content-Encoding: gzip")


@way
async def gzip_cut() -> Bytes:
    yield sized(gzip.compress(PAGE * 20)[:-60], "Content-Encoding: gzip")


@way
async def gzip_twice() -> Bytes:
    half = len(PAGE) // 2
    yield sized(gzip.compress(PAGE[:half]) + gzip.compress(PAGE[half:]), "Content-Encoding: gzip")


@way
async def gzip_bomb() -> Bytes:
    yield sized(_bomb(31), "Content-Encoding: gzip")


@way
async def deflate_bomb() -> Bytes:
    yield sized(_bomb(15), "Content-Encoding: deflate")


@way
async def bomb_in_a_bomb() -> Bytes:
    yield sized(gzip.compress(_bomb(31)), "Content-Encoding: gzip, gzip")


@way
async def unknown_coding() -> Bytes:
    yield sized(PAGE, "Content-Encoding: aes128gcm")


@cache
def _bomb(bits: int) -> bytes:
    """128 MB of zeros: twice what is decoded."""
    packer = zlib.compressobj(1, wbits=bits)
    zeros = b"\0" * (1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(128)) + packer.flush()


class Misbehaving:
    """The running server: `url(way)`. A context manager."""

    def __enter__(self) -> Misbehaving:
        _bomb(31), _bomb(15)  # made before anybody waits for them
        self.sent: dict[str, bytearray] = {name: bytearray() for name in WAYS}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        opening = asyncio.start_server(self._answer, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    async def _answer(self, reader: asyncio.StreamReader, writer: Any) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            name = request.split(b" ")[1].decode().strip("/")
            async for data in WAYS[name]() if name in WAYS else _not_found():
                if data == RESET:
                    linger = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, linger
                    )
                    break
                writer.write(data)
                if len(self.sent.get(name, b"")) < 64 << 20:
                    self.sent.setdefault(name, bytearray()).extend(data)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    for task in others:
        with suppress(asyncio.CancelledError):
            await task


async def _not_found() -> Bytes:
    yield head("Content-Length: 0", status="404 Not Found")
