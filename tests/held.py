"""Holdings written by hand: pages at chosen moments, unchanged ones as revisits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from archive.formats.exchange import Exchange, exchange_records
from archive.holdings import Holdings
from archive.replay import SITE_NOTE
from archive.warc import Original
from archive.warcwriter import Naming, WarcWriter
from tests.commands import fangzhi

ARTICLE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_测试县人民政府</title></head>
<body><div class="content"><h1>{title}</h1><p>发布时间：2026-03-02　来源：县府办</p>
<div id="zoom">{paragraphs}</div></div></body></html>"""


@dataclass(frozen=True, slots=True)
class Held:
    """One exchange to be written; a revisit where its payload is that of the URL it `repeats`."""

    url: str
    date: datetime
    body: bytes = b""
    head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    site: str = "one"
    repeats: str = ""


def article(title: str, *paragraphs: str) -> bytes:
    """A small page with an article, its sentences as given."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return ARTICLE.format(title=title, paragraphs=text).encode("utf-8")


def write(root: Path, held: Iterable[Held], *, derive: bool = True) -> Path:
    """Holdings with one WARC file of these exchanges, indexed and derived; the file."""
    holdings = Holdings(root, own=True)
    writer = WarcWriter(holdings.folder("warc"), Naming("held", "test"), {"software": "tests"})
    originals: dict[str, Original] = {}
    for one in held:
        if writer.path is None:
            writer.ready(one.date)
        records = exchange_records(_exchange(one, originals.get(one.repeats)))
        writer.write(records)
        said = dict(records[0].headers)
        if said["WARC-Type"] == "response":
            date, digest = said["WARC-Date"], said["WARC-Payload-Digest"]
            originals[one.url] = Original(records[0].id, one.url, date, digest)
    path = writer.close()
    assert path is not None
    holdings.index_finished()
    holdings.close()
    if derive:
        done = fangzhi("replay", "--write", "--holdings", root)
        assert done.returncode == 0, done.stderr
    return path


def again(url: str, date: datetime, site: str = "one") -> Held:
    """A 304 to a page that was held before."""
    head = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n"
    return Held(url, date, b"", head, site=site, repeats=url)


def _exchange(one: Held, original: Original | None) -> Exchange:
    length = f"Content-Length: {len(one.body)}\r\n\r\n".encode()
    return Exchange(
        one.url,
        one.date,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        BytesIO(one.head + length + one.body),
        notes=((SITE_NOTE, one.site),),
        original=original,
    )
