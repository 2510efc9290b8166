"""Writing WARC files, beside warcio, FastWARC and zlib alone.

Every writer gets the same exchanges. warcio is measured twice: as its users write (SHA-1, fewer
fields) and with the fields and the SHA-256 that this project stores, since only then do both
write the same (but for the payload digests that it gives records without a payload). FastWARC compresses, but makes no digests unless asked, so it is asked.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import corpus
from tests.bench.measuring import Goal, Table, contend, rounds

Message = tuple[str, bytes, bytes, bytes]  # URL, request, head and body of the response
Made = tuple[Sequence[Any], Callable[[Sequence[Any]], dict[str, Any]]]
_NOW = datetime(2026, 11, 29, 8, 0, 0, tzinfo=UTC)
_NOTE = b"fetchTimeMs: 5\r\nhopsFromSeed: L\r\n"


def measure(scratch: Path, count: int) -> Table:
    """Writing: CPU, and bytes of the file."""
    folder = scratch / "exchanges"
    about = corpus.write(folder, every=5, files=20)
    table = Table("warc-write", f"{about}; response, request and metadata record of each", "page")
    names = {
        "fangzhi": "write_fangzhi",
        "warcio, as it comes": "write_warcio",
        "warcio, same fields": "write_warcio_same",
        "FastWARC, with SHA-1 digests": "write_fastwarc",
        "zlib level 6 alone": "write_zlib6",
        "zlib level 9 alone": "write_zlib9",
    }
    table.rows = rounds(count, {n: partial(contend, "warc", f, folder) for n, f in names.items()})
    for name in ("warcio, same fields", "warcio, as it comes"):
        row, times = table.row(name), table.times(name)
        assert row is not None
        assert times is not None
        size = table.rows[0].said["bytes"] / row.said["bytes"]
        table.goals.append(
            Goal(
                f"1.4 × {name}, no larger file",
                f"{times:.2f} ×, {size:.3f} of its bytes",
                times >= 1.4 and size <= 1,
            )
        )
    return table


def _messages(folder: Path) -> list[Message]:
    return [
        (
            url,
            b"GET /%d.html HTTP/1.1\r\nHost: a.test\r\nAccept: text/html\r\n\r\n" % number,
            b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n"
            b"Content-Length: %d\r\nConnection: keep-alive\r\n\r\n" % len(data),
            data,
        )
        for number, (url, data) in enumerate(corpus.read(folder))
    ]


def _into(write: Callable[[Path, Sequence[Message]], None], folder: Path) -> Made:
    """Write to a fresh folder each time; how many bytes came of it."""

    def work(messages: Sequence[Message]) -> dict[str, Any]:
        with TemporaryDirectory(dir=folder) as scratch:
            write(Path(scratch), messages)
            return {"bytes": sum(path.stat().st_size for path in Path(scratch).iterdir())}

    return _messages(folder), work


def _write(folder: Path, messages: Sequence[Message]) -> None:
    from archive.formats.exchange import Exchange, exchange_records
    from archive.warcwriter import Naming, WarcWriter

    folder.mkdir(exist_ok=True)
    out = WarcWriter(folder, Naming("bench", "host"), {"software": "bench"})
    out.ready(_NOW)
    notes = (("fetchTimeMs", "5"), ("hopsFromSeed", "L"))
    for number, (url, request, head, body) in enumerate(messages):
        answer = BytesIO(head + body)
        # A moment of its own for each, as warcio takes: equal ones would pack better.
        moment = _NOW + timedelta(seconds=number, microseconds=number * 7919 % 1_000_000)
        exchange = Exchange(
            url,
            moment,
            request,
            answer,
            ip_address="127.0.0.1",
            protocols=("http/1.1",),
            notes=notes,
        )
        out.write(exchange_records(exchange))
    out.close()


def archive(folder: Path) -> Made:
    """The file that is read: `warc/` of the folder."""

    def work(messages: Sequence[Message]) -> dict[str, Any]:
        for old in (folder / "warc").glob("*"):
            old.unlink()
        _write(folder / "warc", messages)
        return {}

    return _messages(folder), work


def write_fangzhi(folder: Path) -> Made:
    return _into(_write, folder)


def _warcio(folder: Path, messages: Sequence[Message], *, same: bool) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.utils import Digester
    from warcio.warcwriter import WARCWriter

    class Writer(WARCWriter):  # type: ignore[misc]
        @classmethod
        def _create_digester(cls) -> Digester:
            return Digester("sha256" if same else "sha1")

    with (folder / "warcio.warc.gz").open("wb") as file:
        out = Writer(file, gzip=True, warc_version="WARC/1.1")
        info = out.create_warcinfo_record("warcio.warc.gz", {"software": "bench"})
        out.write_record(info)
        shared = {"WARC-IP-Address": "127.0.0.1"}
        shared |= {"WARC-Protocol": "http/1.1"} if same else {}
        for url, request, head, body in messages:
            status, *fields = head.decode("latin-1").rstrip().split("\r\n")
            answer = StatusAndHeaders(status.split(" ", 1)[1], _pairs(fields), protocol="HTTP/1.1")
            asked, *fields = request.decode("latin-1").rstrip().split("\r\n")
            question = StatusAndHeaders(asked, _pairs(fields), is_http_request=True)
            given = dict(shared)
            response = out.create_warc_record(
                url, "response", BytesIO(body), http_headers=answer, warc_headers_dict=given
            )
            asking = out.create_warc_record(url, "request", http_headers=question)
            out.write_request_response_pair(asking, response)
            refers = {"WARC-Refers-To": response.rec_headers.get_header("WARC-Record-ID")}
            note = out.create_warc_record(
                url,
                "metadata",
                BytesIO(_NOTE),
                warc_content_type="application/warc-fields",
                warc_headers_dict=refers if same else {},
            )
            out.write_record(note)


def _pairs(fields: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value.strip()) for name, _, value in (field.partition(":") for field in fields)]


def write_warcio(folder: Path) -> Made:
    return _into(partial(_warcio, same=False), folder)


def write_warcio_same(folder: Path) -> Made:
    return _into(partial(_warcio, same=True), folder)


def write_fastwarc(folder: Path) -> Made:
    from fastwarc.stream_io import GzipWriter
    from fastwarc.warc import WarcRecord, WarcRecordType

    def write(scratch: Path, messages: Sequence[Message]) -> None:
        with (scratch / "fastwarc.warc.gz").open("wb") as file:
            stream = GzipWriter(file, compression_level=9)
            for url, request, head, body in messages:
                for kind, block, http in (
                    ("response", head + body, True),
                    ("request", request, True),
                    ("metadata", _NOTE, False),
                ):
                    record = WarcRecord()
                    record.init_headers(record_type=getattr(WarcRecordType, kind))
                    record.headers["WARC-Target-URI"] = url
                    if kind == "response":
                        record.headers["WARC-IP-Address"] = "127.0.0.1"
                        record.headers["WARC-Protocol"] = "http/1.1"
                    record.set_bytes_content(block)
                    if http:
                        record.is_http = True
                    record.write(stream, checksum_data=True)
                    stream.finish()  # a member for each record
            stream.close()

    return _into(write, folder)


def _zlib(level: int, scratch: Path, messages: Sequence[Message]) -> None:
    with (scratch / "zlib.gz").open("wb") as file:
        for _, request, head, body in messages:
            for block in (head + body, request, _NOTE):
                packer = zlib.compressobj(level, zlib.DEFLATED, 31)
                file.write(packer.compress(block) + packer.flush())


def write_zlib6(folder: Path) -> Made:
    return _into(partial(_zlib, 6), folder)


def write_zlib9(folder: Path) -> Made:
    return _into(partial(_zlib, 9), folder)
