"""Holdings written by hand: pages at chosen moments, unchanged ones as revisits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from archive.holdings import Holdings
from archive.replay import SITE_NOTE
from archive.warc import Exchange, Record, exchange_records, sha256, warc_date, warc_fields
from archive.warcwriter import Naming, WarcWriter
from tests.commands import fangzhi

ARTICLE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_测试县人民政府</title></head>
<body><div class="content"><h1>{title}</h1><p>发布时间：2026-03-02　来源：县府办</p>
<div id="zoom">{paragraphs}</div></div></body></html>"""


@dataclass(frozen=True, slots=True)
class Held:
    """One exchange to be written; with `again` a 304 for the page held under that URL before."""

    url: str
    date: datetime
    body: bytes = b""
    head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    site: str = "one"
    again: bool = False


def article(title: str, *paragraphs: str) -> bytes:
    """A small page with an article, its sentences as given."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return ARTICLE.format(title=title, paragraphs=text).encode("utf-8")


def write(root: Path, held: Iterable[Held], *, derive: bool = True) -> Path:
    """Holdings with one WARC file of these exchanges, indexed and derived; the file."""
    holdings = Holdings(root, own=True)
    writer = WarcWriter(holdings.folder("warc"), Naming("held", "test"), {"software": "tests"})
    responses: dict[str, Record] = {}
    for one in held:
        if writer.path is None:
            writer.ready(one.date)
        if one.again:
            writer.write(_revisit(one, responses[one.url], writer.info))
            continue
        records = exchange_records(_exchange(one), writer.info)
        responses[one.url] = records[0]
        writer.write(records)
    path = writer.close()
    assert path is not None
    holdings.index_finished()
    holdings.close()
    if derive:
        done = fangzhi("replay", "--write", "--holdings", root)
        assert done.returncode == 0, done.stderr
    return path


def _exchange(one: Held) -> Exchange:
    length = f"Content-Length: {len(one.body)}\r\n\r\n".encode()
    return Exchange(
        one.url,
        one.date,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        BytesIO(one.head + length + one.body),
        notes=((SITE_NOTE, one.site),),
    )


def _revisit(one: Held, original: Record, info: str) -> list[Record]:
    """A 304 in the form that replays everywhere: no block, the original named three ways."""
    before = dict(original.headers)
    name = f"<urn:uuid:{uuid.uuid4()}>"
    shared = [
        ("WARC-Target-URI", one.url),
        ("WARC-Date", warc_date(one.date)),
        ("WARC-Warcinfo-ID", f"<{info}>"),
    ]
    revisit = [
        ("WARC-Type", "revisit"),
        ("WARC-Record-ID", name),
        *shared,
        ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified"),
        ("WARC-Refers-To", f"<{original.id}>"),
        ("WARC-Refers-To-Target-URI", one.url),
        ("WARC-Refers-To-Date", before["WARC-Date"]),
        ("WARC-Block-Digest", sha256([b""])),
        ("WARC-Payload-Digest", before["WARC-Payload-Digest"]),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    about = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid4()}>"),
        *shared,
        ("WARC-Refers-To", name),
        ("Content-Type", "application/warc-fields"),
    ]
    note = warc_fields([(SITE_NOTE, one.site)])
    return [Record(revisit, b"", 0), Record(about, note, len(note))]
