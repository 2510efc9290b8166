"""A page as somebody else sees it: what it showed, and how the exchange is kept.

A replay of the page must never bring what only visitors from search engines got. So both messages
go into metadata records, byte for byte, under `urn:view:<whose>:<url>`, in the manner of the `urn:`
records that browser-based crawlers write beside a page: our index leaves them out, others list them
under that name, none under the page's. What the view showed is also a note of the capture that
follows (`archive.replay.VIEW_NOTE`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from archive.formats.exchange import Exchange
from archive.warc import Headers, Record, pieces, record_ids, sha256, warc_date, warc_fields

SEARCH = "search"  # somebody who comes from a search engine
TITLE_LIMIT = 200  # characters of a title that is kept
_VIEW = re.compile(r"(\d{1,3}) (\S+) ?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class View:
    """What somebody who came from a search engine got of a page; as text one line.

    >>> str(View(302, "https://www.example.test/")), View.of("200 - 做好防汛工作").title
    ('302 https://www.example.test/ ', '做好防汛工作')
    """

    status: int
    target: str = ""  # where the visitor is sent, as an absolute address
    title: str = ""  # of a page that was shown

    def __str__(self) -> str:
        return f"{self.status} {self.target or '-'} {self.title[:TITLE_LIMIT]}"

    @classmethod
    def of(cls, text: str) -> View | None:
        """The view a note tells; None where it tells none."""
        match = _VIEW.fullmatch(text.strip())
        if match is None:
            return None
        return cls(int(match[1]), match[2] if match[2] != "-" else "", match[3])


def view_records(exchange: Exchange) -> tuple[Record, ...]:
    """Answer (if a byte of one came), request and notes of an exchange that is a view."""
    ids = record_ids(exchange.date)
    first = name = next(ids)
    wire = [("WARC-IP-Address", exchange.ip_address)] if exchange.ip_address else []
    wire += [("WARC-Protocol", protocol) for protocol in exchange.protocols]
    wire += [("WARC-Cipher-Suite", exchange.cipher)] if exchange.cipher else []
    wire += [("WARC-Truncated", exchange.truncated)] if exchange.truncated else []
    wire += [("Content-Type", "application/http; msgtype=response")]
    back = [("WARC-Concurrent-To", f"<{first}>")]
    records = []
    if exchange.response.seek(0, 2):
        records.append(_metadata(exchange, name, exchange.response, wire))
        name = next(ids)
    if exchange.request:
        kind = [("Content-Type", "application/http; msgtype=request")]
        more = back[: len(records)] + kind
        records.append(_metadata(exchange, name, exchange.request, more))
        name = next(ids)
    about = [("WARC-Refers-To", f"<{first}>")] if records else []
    about += [("Content-Type", "application/warc-fields")]
    records.append(_metadata(exchange, name, warc_fields(exchange.notes), about))
    return tuple(records)


def _metadata(exchange: Exchange, name: str, block: BinaryIO | bytes, more: Headers) -> Record:
    length = len(block) if isinstance(block, bytes) else block.seek(0, 2)
    headers = [
        ("WARC-Type", "metadata"),
        more[-1],
        *more[:-1],
        ("WARC-Date", warc_date(exchange.date)),
        ("WARC-Record-ID", f"<{name}>"),
        ("WARC-Block-Digest", sha256(pieces(block))),
        ("WARC-Target-URI", f"urn:view:{exchange.view}:{exchange.target_uri}"),
    ]
    return Record(headers, block, length)
