"""Copies of the test web's sites behind a proxy that fails at random: what a long crawl meets.

Every copy is a host of its own, `c3.www.qinghe-trs.test`, and its pages name it. A share of the answers
is spoiled: refused, broken off, stalled, dripped, endless. What came whole is noted.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.web import app, dede, hacked, jcms, mirror, mixed, trs, ucap, vsb, xxgk
from tests.web.hosts import site
from tests.web.message import parse
from tests.web.site import State

BASES = (
    *(trs.HOST, jcms.HOST, vsb.HOST, ucap.HOST, dede.HOST),
    *(mixed.HOST, xxgk.HOST, hacked.HOST, mirror.HOST, app.HOST),
)
# Of a thousand answers so many are spoiled in this way.
SPOILED = {
    "refused": 15,
    "too-many": 10,
    "broken": 15,
    "reset": 15,
    "cut": 15,
    "stalls": 10,
    "never": 5,
    "drips": 10,
    "endless": 3,
    "endless-head": 3,
}
ENDLESS = 40 << 20  # bytes; more than a response may have
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def copies(sets: int) -> list[str]:
    """The hosts of so many copies of each site."""
    return [f"c{number}.{base}" for number in range(sets) for base in BASES]


def pages(host: str) -> int:
    """Files of the site a host copies."""
    return len(site(host.partition(".")[2]).files)


@dataclass
class Worn:
    """The running web."""

    seed: int
    proxy: str = ""
    asked: int = 0
    spoiled: Counter[str] = field(default_factory=Counter)
    urls: Counter[str] = field(default_factory=Counter)  # how often each was asked for
    whole: set[str] = field(default_factory=set)  # URLs of which a 200 was sent to the last byte

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._exchange(reader, writer):
                pass
        with suppress(ConnectionError, asyncio.CancelledError):
            writer.close()
            await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        request = parse(head, b"", "http")
        self.asked += 1
        url = f"http://{request.host}{request.path}" + f"?{request.query}" * bool(request.query)
        self.urls[url] += 1
        base = request.host.partition(".")[2]
        if base not in BASES:
            writer.write(b"HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return True
        answer = (
            site(base).answer(request, State()).raw.replace(base.encode(), request.host.encode())
        )
        start, _, body = answer.partition(b"\r\n\r\n")
        rows = [
            row for row in start.split(b"\r\n") if not row.lower().startswith(b"content-length")
        ]
        answer = b"\r\n".join([*rows, b"Content-Length: %d" % len(body), b"", body])
        way = self._way(f"{self.seed} {self.asked}")
        if way:
            self.spoiled[way] += 1
            await _spoil(way, answer, writer)
            return False
        writer.write(answer)
        await writer.drain()
        if answer.startswith(b"HTTP/1.1 200"):
            self.whole.add(url)
        return True

    def _way(self, seed: str) -> str:
        drawn = random.Random(seed).randrange(1000)
        for way, share in SPOILED.items():
            if drawn < share:
                return way
            drawn -= share
        return ""


async def _spoil(way: str, answer: bytes, writer: asyncio.StreamWriter) -> None:
    """Send an answer, or another one, as a bad day has it."""
    if way in ("refused", "too-many", "broken"):
        status = {"refused": b"503 X", "too-many": b"429 X", "broken": b"500 X"}[way]
        wait = b"Retry-After: 900\r\n" if way != "broken" else b""
        writer.write(b"HTTP/1.1 %b\r\n%bContent-Length: 0\r\n\r\n" % (status, wait))
    elif way == "reset":
        transport: asyncio.WriteTransport = writer.transport
        transport.abort()
        return
    elif way in ("cut", "stalls"):
        writer.write(answer[: len(answer) * 2 // 3])
        await writer.drain()
        await asyncio.sleep(30 if way == "stalls" else 0)
    elif way == "never":
        await asyncio.sleep(30)
    elif way == "drips":
        for at in range(len(answer)):
            writer.write(answer[at : at + 1])
            await writer.drain()
            await asyncio.sleep(0.05)
    else:
        writer.write(HEAD + b"\r\n" * (way == "endless"))
        for _ in range(ENDLESS >> 16):
            writer.write(b"X-More: 1234\r\n" * 4681)
            await writer.drain()
    await writer.drain()


@contextmanager
def worn(seed: int) -> Iterator[Worn]:
    """The web on a thread of its own."""
    web, ready = Worn(seed), threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    ends: list[asyncio.Event] = []

    async def run() -> None:
        server = await asyncio.start_server(web.serve, "127.0.0.1", 0, limit=1 << 20)
        web.proxy = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        loops.append(asyncio.get_running_loop())
        ends.append(asyncio.Event())
        ready.set()
        await ends[0].wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    ready.wait()
    yield web
    loops[0].call_soon_threadsafe(ends[0].set)
    thread.join()
