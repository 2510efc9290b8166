"""The test web's process: one proxy port, one TLS port, both on loopback, and an exact log."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import parse_qs

from tests.web.certificate import CLOSED, PLAIN, authority, old_contexts, server_context
from tests.web.doors import Door
from tests.web.hosts import HOSTS, site
from tests.web.message import Reply, Request, parse, reply, without_body
from tests.web.site import State
from tests.web.waf import HTTP_ONLY

LOOPBACK = "127.0.0.1"
CONTROL = "/__ctl"
LARGEST_HEAD = 1 << 20
# Between two pieces of a reply, so that the client sees them as two reads.
PAUSE = 0.002


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response, exactly as they crossed the wire."""

    seq: int
    time: float  # monotonic seconds, when the request was complete
    scheme: str
    host: str
    method: str
    target: str
    path: str
    query: str
    status: int
    request: bytes
    response: bytes

    def as_json(self) -> str:
        row = asdict(self) | {"request": self.request.hex(), "response": self.response.hex()}
        return json.dumps(row, ensure_ascii=False)


@dataclass(slots=True)
class Web:
    """A running test web. A context manager; `stop` may be called twice."""

    port: int = 0
    tls_port: int = 0
    authority: bytes = b""  # PEM; a client that trusts it can verify the TLS listener
    _log: list[Exchange] = field(default_factory=list)
    _states: dict[str, State] = field(default_factory=dict)
    _file: IO[str] | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _end: asyncio.Event | None = None
    _doors: dict[str, int] = field(
        default_factory=dict
    )  # host -> port, where it is not the TLS one
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def proxy(self) -> str:
        """URL of the proxy port."""
        return f"http://{LOOPBACK}:{self.port}"

    def log(self, host: str | None = None) -> list[Exchange]:
        """The exchanges so far, of one host or of all."""
        return [exchange for exchange in self._log if host in (None, exchange.host)]

    def reset(self) -> None:
        """Forget the log, the counters and the clock."""
        self._log.clear()
        self._states.clear()

    def advance(self, seconds: float) -> None:
        """Move the clock of every host."""
        for host in HOSTS:
            self.state(host).advance(seconds)

    def state(self, host: str) -> State:
        return self._states.setdefault(host, State())

    def door(self, host: str) -> int:
        """The port where a host speaks its own TLS."""
        return self._doors.get(host, self.tls_port)

    def stop(self) -> None:
        """Close the ports and end the thread."""
        if self._thread and self._loop and self._end:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()
            self._thread = None
        if self._file:
            self._file.close()
            self._file = None

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def run(self, port: int, tls_port: int, ready: Callable[[], None]) -> None:
        """Serve until `stop`."""
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        signer = authority()
        self.authority = signer.pem
        plain = await asyncio.start_server(self._plain, LOOPBACK, port, limit=LARGEST_HEAD)
        secure = await asyncio.start_server(
            self._secure, LOOPBACK, tls_port, limit=LARGEST_HEAD, ssl=server_context(signer, HOSTS)
        )
        self.port = plain.sockets[0].getsockname()[1]
        self.tls_port = secure.sockets[0].getsockname()[1]
        unwrapped = await asyncio.start_server(self._secure, LOOPBACK, 0, limit=LARGEST_HEAD)
        behind = unwrapped.sockets[0].getsockname()[1]
        doors = {host: Door(context, behind) for host, context in old_contexts(signer).items()}
        doors[CLOSED] = Door(b"", behind)
        doors[PLAIN] = Door(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", behind)
        self._doors = {host: door.port for host, door in doors.items()}
        ready()
        await self._end.wait()
        for server in (plain, secure, unwrapped, *doors.values()):
            server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._serve(reader, writer, "http")

    async def _secure(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._serve(reader, writer, "https")

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, scheme: str
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                while await self._exchange(reader, writer, scheme):
                    pass
        except asyncio.CancelledError:
            pass  # the web is stopping
        finally:
            self._connections.discard(task)
            await close(writer)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, scheme: str
    ) -> bool:
        """Answer one request; whether the connection stays open."""
        head = await reader.readuntil(b"\r\n\r\n")
        request = parse(head, b"", scheme)
        length = int(request.headers.get("content-length", "0"))
        if length:
            request = parse(head, await reader.readexactly(length), scheme)
        if request.method == "CONNECT" and request.host in HOSTS:
            await self._tunnel(request.host, reader, writer)
            return False
        answer = self._answer(request)
        for piece in answer.pieces:
            writer.write(piece)
            await writer.drain()
            if len(answer.pieces) > 1:
                await asyncio.sleep(PAUSE)
        return request.keeps_alive and not answer.close

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(CONTROL):
            return self._control(request)
        if request.host not in HOSTS:
            answer = reply(502, b"no such host\n", State().now, "text/plain")
        else:
            answer = site(request.host).answer(request, self.state(request.host))
        if request.method == "HEAD":
            answer = without_body(answer)
        self._record(request, answer)
        return answer

    def _control(self, request: Request) -> Reply:
        """`reset`, `advance=SECONDS`, and the log as JSON lines, of `host` if named."""
        asked = parse_qs(request.query, keep_blank_values=True)
        if "reset" in asked:
            self.reset()
        if "advance" in asked:
            self.advance(float(asked["advance"][0]))
        rows = [exchange.as_json() for exchange in self.log(asked.get("host", [None])[0])]
        body = "".join(row + "\n" for row in rows).encode()
        return reply(200, body, State().now, "application/x-ndjson")

    def _record(self, request: Request, answer: Reply) -> None:
        exchange = Exchange(
            seq=len(self._log) + 1,
            time=time.monotonic(),
            scheme=request.scheme,
            host=request.host,
            method=request.method,
            target=request.target,
            path=request.path,
            query=request.query,
            status=answer.status,
            request=request.raw,
            response=answer.raw,
        )
        self._log.append(exchange)
        if self._file:
            self._file.write(exchange.as_json() + "\n")
            self._file.flush()

    async def _tunnel(
        self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """CONNECT: whatever port was asked for, the other end is our own listener for the host."""
        if host == HTTP_ONLY:  # what a proxy says where nothing listens
            writer.write(b"HTTP/1.1 503 Connection refused\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        inner, outer = await asyncio.open_connection(LOOPBACK, self.door(host))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(copy(reader, outer), copy(inner, writer))
        finally:
            await close(outer)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until the reader ends, then end the writer."""
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def close(writer: asyncio.StreamWriter) -> None:
    """The connection is closed, whatever state the other end left it in."""
    writer.close()
    with suppress(ConnectionError, ssl.SSLError, TimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(writer.wait_closed(), 1.0)


def start(port: int = 0, tls_port: int = 0, log: Path | None = None) -> Web:
    """A web on a thread of its own, ready to be asked. Port 0: any free one."""
    web = Web()
    web._file = log.open("w", encoding="utf-8") if log else None
    ready = threading.Event()
    failed: list[Exception] = []

    def serve() -> None:
        try:
            asyncio.run(web.run(port, tls_port, ready.set))
        except OSError as error:  # a port that is taken; told to the caller below
            failed.append(error)
            ready.set()

    web._thread = threading.Thread(target=serve, name="test web", daemon=True)
    web._thread.start()
    ready.wait()
    if failed:
        raise failed[0]
    return web
