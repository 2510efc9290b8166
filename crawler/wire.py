"""Byte-exact exchanges from Scrapy's HTTP/1.1 downloader.

The tee sits inside the Twisted protocol, between the socket (after TLS) and the parser, so
what is kept is what went over the wire: header case and order, odd bytes, chunk framing,
content coding. Redirects, retries, robots.txt and error pages pass through here like pages.

This file is the only one that touches private names of Scrapy and Twisted (tested with
Scrapy 2.19, Twisted 26.10): `_ScrapyAgent`, `_LenientHTTP11ClientProtocol`, the pool's
`_factory`, the agent's `_timeout_cl`, the protocol's `_finishResponse` and `_parser`, the chunk decoder. `self_test` passes one exchange through the tee in
memory before a crawl starts, so that an upgrade which moves them is noticed by name.

Limits: HTTP/1.1 only (an HTTP/2 exchange has no HTTP/1.1 bytes to keep). A CONNECT to a proxy
is not part of the exchange and is not recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web._newclient import Request as TxRequest
from twisted.web.http import _ChunkedTransferDecoder, _IdentityTransferDecoder
from twisted.web.http_headers import Headers as TxHeaders

from crawler.net.bounds import Bounds, Cut, Meter
from crawler.net.guard import Guard, guard_for
from crawler.net.proxy import without_credentials
from crawler.net.tls import HandshakeCut, JudgedConnection, TLSError, policy_for
from crawler.reactor import reactor

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.web.client import Agent, HTTPConnectionPool
    from twisted.web.iweb import IResponse

IN_MEMORY = 1 << 20  # bytes of a response kept in memory; the rest goes to a temporary file
CHUNK_LINE = 4096  # bytes of a chunk-size line with its extensions
GRACE = 2.0  # seconds that answers on their way are given when a run is told to end
LOOK_SECONDS = 0.5  # between two looks whether it is
PATIENCE = 5.0  # seconds to wait for the connection of a failed exchange to end


_UPGRADE = "this version of Scrapy or Twisted moved what crawler/wire.py hooks into"


class Interrupted(Exception):
    """The run was told to end before the answer was there."""


class WireBroken(RuntimeError):
    """Scrapy or Twisted changed: the tee no longer sees every byte."""


def _spool() -> BinaryIO:
    return cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))


@dataclass(slots=True)
class WireExchange:
    """The bytes of one request and its answer, while and after they pass."""

    started: datetime
    clock: float
    meter: Meter
    request: bytearray = field(default_factory=bytearray)
    response: BinaryIO = field(default_factory=_spool)
    seconds: float = 0.0
    truncated: str | None = None
    cut: Cut | None = None  # the limit that ended it, if one did
    unkept: OSError | None = None  # why its bytes could not be held until they are written
    ip_address: str | None = None
    protocols: tuple[str, ...] = ("http/1.1",)
    cipher: str | None = None
    certificate: str | None = None  # sha256 hex of the server's certificate
    verdict: str | None = None  # of crawler/net/tls.py on that certificate
    done: Deferred[None] = field(default_factory=Deferred)

    def finish(self, truncated: str | None = None, surplus: int = 0) -> None:
        """End the exchange; `surplus` bytes at the end belong to no response."""
        if self.done.called:
            return
        if surplus:
            self.meter.received -= surplus
            self.response.truncate(self.meter.received)
        self.truncated = self.cut or truncated
        self.seconds = monotonic() - self.clock
        self.done.callback(None)


class RecordingHandler(HTTP11DownloadHandler):
    """Scrapy's download handler for http and https, keeping every exchange byte for byte.

    A request's answer is handed to Scrapy only when the recorder has acknowledged its
    exchange as durable; `request.meta["capture"]` is then the id of its record.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self_test()
        self._pool._factory = _TeeFactory
        from crawler.recorder import Recorder

        self._recorder = crawler.get_extension(Recorder)
        self._guard: Guard | None = None
        self._bounds = Bounds(**crawler.settings.getdict("FANGZHI_BOUNDS"))
        self._on_the_way: set[_RecordingAgent] = set()
        self._interrupted = False
        self._watch = LoopingCall(self._look)
        if self._recorder is not None:
            self._recorder.failing.on_failure.append(self._interrupt)

    def _look(self) -> None:
        """Whether a signal came: the engine says so by not running any more."""
        engine = self._crawler.engine
        if engine is not None and not engine.running and not self._interrupted:
            self._interrupted = True
            reactor().callLater(GRACE, self._interrupt)

    def _interrupt(self) -> None:
        """Cut what is on its way, as the time limit of a response does."""
        self._interrupted = True
        for agent in self._on_the_way:  # a cut one leaves later, not in this loop
            timer: Any = agent._timeout_cl  # twisted.internet.interfaces.IDelayedCall
            if timer.active():
                timer.reset(0)

    async def close(self) -> None:
        if self._watch.running:
            self._watch.stop()
        await super().close()

    async def download_request(self, request: Request) -> Response:
        exchanges: list[WireExchange] = []
        if self._guard is None:
            self._guard = guard_for(self._crawler)
            self._contextFactory = policy_for(self._crawler)
            self._watch.start(LOOK_SECONDS, now=False)
        guard = self._guard
        if self._interrupted:
            raise Interrupted(f"{request.url}: not asked for any more")
        agent = _RecordingAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        agent.exchanges, agent.bounds = exchanges, self._bounds
        try:
            guard.check(request.url)
            with wrap_twisted_exceptions():
                answer = agent.download_request(request)
                self._on_the_way.add(agent)
                response: Response = await maybe_deferred_to_future(answer)
        except Exception as problem:
            limit = _by_limit(exchanges, request.url)
            if limit is None and self._interrupted and isinstance(problem, DownloadTimeoutError):
                limit = Interrupted(f"{request.url}: the run was ended")
            await self._keep(request, exchanges, limit or problem)
            if limit is None:
                raise
            raise limit from problem
        finally:
            self._on_the_way.discard(agent)
        await self._keep(request, exchanges, None)
        return response

    async def _keep(
        self, request: Request, exchanges: list[WireExchange], error: Exception | None
    ) -> None:
        if error is None and not exchanges:
            raise WireBroken(f"{request.url}: an answer came past the tee; {_UPGRADE}")
        for exchange in exchanges:
            await _ended(exchange, _cut_by(error))
            if b"Proxy-Authorization" in request.headers:
                exchange.request = bytearray(without_credentials(bytes(exchange.request)))
        if self._recorder is not None:
            await self._recorder.keep(request, exchanges, error)


def _by_limit(exchanges: list[WireExchange], url: str) -> Exception | None:
    """The error of a request that one of our limits ended, and not the server or the network."""
    cut = exchanges[-1].cut if exchanges else None
    if cut == "time":
        return DownloadTimeoutError(f"{url}: slower than a response may be")
    return DownloadCancelledError(f"{url}: longer than a response may be") if cut else None


def _cut_by(error: Exception | None) -> str:
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, Interrupted):
        return "unspecified"  # WARC 1.1, 5.13: for no reason that lies in the response
    return "length" if isinstance(error, DownloadCancelledError) else "disconnect"


async def _ended(exchange: WireExchange, cut: str) -> None:
    """Wait until the exchange is over; one that does not end is cut for the reason given."""
    if exchange.done.called:
        if exchange.truncated:
            exchange.truncated = exchange.cut or cut
        return
    timer = reactor().callLater(PATIENCE, exchange.finish, cut)
    await maybe_deferred_to_future(exchange.done)
    if timer.active():
        timer.cancel()
    if exchange.truncated:
        exchange.truncated = exchange.cut or cut


class _RecordingAgent(_ScrapyAgent):
    """Tells each connection which request it is carrying."""

    exchanges: list[WireExchange]
    bounds: Bounds

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        agent: Any = super()._get_agent(request, timeout)
        agent._pool = _BoundPool(agent._pool, self.exchanges.append, self.bounds, request.url)
        return cast("Agent", agent)


def target_of(url: str, *, absolute: bool) -> bytes:
    """The target of a request line: the URL's own characters, which Twisted puts together anew.

    Then a `?` or `;` at the end goes, and later Pythons double the slashes of `//a`.

    >>> target_of("http://a.test//b?", absolute=False)
    b'//b?'
    """
    whole = url.partition("#")[0]
    if absolute:  # to a proxy
        return whole.encode("ascii")
    behind = whole.partition("://")[2]
    authority = behind.partition("?")[0].partition("/")[0]
    path = behind.removeprefix(authority)
    return (path if path.startswith("/") else f"/{path}").encode("ascii")


class _BoundPool:
    """A connection pool seen by one request."""

    def __init__(
        self,
        pool: HTTPConnectionPool,
        sink: Callable[[WireExchange], None],
        bounds: Bounds,
        url: str,
    ) -> None:
        self._pool, self._sink, self._bounds, self._url = pool, sink, bounds, url
        self.persistent = pool.persistent

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        connection: Deferred[Any] = self._pool.getConnection(key, endpoint)
        return connection.addCallback(_BoundConnection, self._sink, self._bounds, self._url)


class _BoundConnection:
    def __init__(
        self, connection: Any, sink: Callable[[WireExchange], None], bounds: Bounds, url: str
    ) -> None:
        self._connection, self._sink, self._bounds, self._url = connection, sink, bounds, url

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        request.uri = target_of(self._url, absolute=not request.uri.startswith(b"/"))
        request.fangzhi_sink = self._sink  # type: ignore[attr-defined]
        request.fangzhi_bounds = self._bounds  # type: ignore[attr-defined]
        answer: Deferred[IResponse] = self._connection.request(request)
        return answer


class _TeeFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:
        return _TeeProtocol(self._quiescentCallback)


class _TeeProtocol(_LenientHTTP11ClientProtocol):
    """The client protocol with a tee in both directions."""

    _exchange: WireExchange | None = None

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        bounds: Bounds = request.fangzhi_bounds  # type: ignore[attr-defined]
        exchange = WireExchange(datetime.now(UTC), monotonic(), Meter(bounds))
        self._exchange = exchange
        request.fangzhi_sink(exchange)  # type: ignore[attr-defined]
        write_to = type(request).writeTo
        request.writeTo = lambda transport: write_to(  # type: ignore[method-assign]
            request, _Tee(transport, exchange.request)
        )
        answer = super().request(request)
        assert self._parser is not None
        self._parser._transferDecoders = _CODINGS
        self._parser.MAX_LENGTH = bounds.head_bytes  # of one line; Twisted gives up at 16 kB
        self._watch(exchange)
        return answer

    def dataReceived(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is not None and not exchange.done.called:
            meter = exchange.meter
            if not meter.received:  # the first bytes: the handshake is over
                _describe_connection(exchange, self.transport)
            room = meter.bounds.wire_bytes - meter.received
            cut = meter.take(data)
            try:
                exchange.response.write(data[:room])
            except OSError as error:  # long bodies wait in the folder of temporary files
                exchange.unkept = error
                self._cut(exchange, "length")
                return
            if cut:
                self._cut(exchange, cut)
                return
        super().dataReceived(data)

    def _watch(self, exchange: WireExchange) -> None:
        """Look again after each window whether bytes still come; cut the exchange when they do not."""
        if exchange.done.called:
            return
        window = exchange.meter.bounds.window
        age = monotonic() - exchange.clock
        if age >= window and exchange.meter.too_slow(age):
            self._cut(exchange, "time")
            return
        timer = reactor().callLater(window, self._watch, exchange)
        exchange.done.addBoth(lambda _: timer.cancel() if timer.active() else None)

    def _cut(self, exchange: WireExchange, cut: Cut) -> None:
        exchange.cut = cut
        exchange.finish(cut)
        assert self.transport is not None
        self.transport.abortConnection()

    def _finishResponse(self, rest: bytes) -> None:
        exchange = self._exchange
        if exchange is not None:
            exchange.finish(surplus=len(rest))
        super()._finishResponse(rest)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        exchange, handle = self._exchange, _handle(self.transport)
        if exchange is not None and handle is not None and not handle.is_open:
            exchange.request.clear()  # it waited for the handshake, and never left
            reason = reason if reason.check(TLSError) else Failure(HandshakeCut(str(reason.value)))
        super().connectionLost(reason)
        if exchange is not None:
            exchange.finish("disconnect")


class _LenientChunks(_ChunkedTransferDecoder):
    """Takes chunk sizes with blanks around them, and any extension (RFC 9112, 7.1.1: BWS).

    Twisted gives the whole response up for them; the bytes kept are not touched by this.
    """

    def _dataReceived_CHUNK_LENGTH(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if 0 < end <= CHUNK_LINE:
            self._buffer[:end] = self._buffer[:end].partition(b";")[0].strip()
            self._start = 0
        return super()._dataReceived_CHUNK_LENGTH()


class _Codings(dict[bytes, Any]):
    """Transfer codings by the header's value; one nobody knows is read to the connection's end."""

    def __missing__(self, coding: bytes) -> Any:
        if coding.rpartition(b",")[2].strip() == b"chunked":
            return _LenientChunks
        return lambda data, finish: _IdentityTransferDecoder(None, data, finish)


_CODINGS = _Codings()


class _Tee:
    """A transport that also keeps what is written to it."""

    def __init__(self, transport: Any, kept: bytearray) -> None:
        self._transport, self._kept = transport, kept

    def write(self, data: bytes) -> None:
        self._kept += data
        self._transport.write(data)

    def writeSequence(self, data: Any) -> None:
        self.write(b"".join(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _describe_connection(exchange: WireExchange, transport: Any) -> None:
    with suppress(AttributeError):
        exchange.ip_address = transport.getPeer().host
    handle = _handle(transport)
    if handle is None:
        return
    exchange.verdict = handle.verdict
    version = handle.get_protocol_version_name()  # TLSv1.3
    number = "1.0" if version == "TLSv1" else version.removeprefix("TLSv")
    exchange.protocols = ("http/1.1", f"tls/{number}")
    exchange.cipher = handle.get_cipher_name()
    certificate = handle.get_peer_certificate(as_cryptography=True)
    if certificate is not None:
        from cryptography.hazmat.primitives.serialization import Encoding

        der = certificate.public_bytes(Encoding.DER)
        exchange.certificate = hashlib.sha256(der).hexdigest()


def _handle(transport: Any) -> JudgedConnection | None:
    with suppress(AttributeError):  # a closed connection without TLS, or none at all
        handle = transport.getHandle()
        return handle if isinstance(handle, JudgedConnection) else None
    return None


def _discard(response: Any) -> None:
    response.deliverBody(Protocol())


class _Written:
    """The transport of the self test: what is written to it, nothing else."""

    disconnecting = False

    def __init__(self) -> None:
        self.sent = bytearray()

    def write(self, data: bytes) -> None:
        self.sent += data

    def getPeer(self) -> None:
        return None

    def pauseProducing(self) -> None:
        """There is no reading to stop: `self_test` hands the bytes in itself."""

    resumeProducing = loseConnection = abortConnection = pauseProducing


def self_test() -> None:
    """Pass one exchange through the tee in memory; `WireBroken` if a byte is lost or added."""
    sent = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 \xb3\xc9\xb9\xa6\r\nx-lower: 1\r\n"
    sent += b"Transfer-Encoding: chunked\r\n\r\n2 ; a=b\r\nhi\r\n0\r\n\r\n"
    seen: list[WireExchange] = []
    transport = _Written()
    try:
        protocol = _TeeFactory(lambda _: None, "").buildProtocol(None)
        protocol.makeConnection(transport)
        request = TxRequest(b"GET", b"/", TxHeaders({b"Host": [b"a.test"]}), None, persistent=True)
        answer = _BoundConnection(protocol, seen.append, Bounds(), "http://a.test/?").request(
            request
        )
        answer.addCallback(_discard)
        for at in range(0, len(sent), 7):
            protocol.dataReceived(sent[at : at + 7])
        protocol.dataReceived(b"surplus")
        [exchange] = seen
        exchange.response.seek(0)
        exact = exchange.response.read() == sent and exchange.request == transport.sent
        exact = exact and transport.sent.startswith(b"GET /? HTTP/1.1\r\n")
        exchange.response.close()
    except (AttributeError, TypeError, ValueError) as error:
        raise WireBroken(f"{error}; {_UPGRADE}") from error
    if not (exact and exchange.done.called):
        raise WireBroken(f"the tee lost or added bytes; {_UPGRADE}")
