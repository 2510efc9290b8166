"""The nouns. Frozen, without methods that do work.

Bytes until decoded (`Capture`), `str` afterwards (`Page`, `Extraction`, `Article`).
Times are aware and in UTC unless a comment says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Location:
    """Where a record lies: a WARC file of the holdings, the byte offset and length of its gzip member."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP exchange as it came off the wire.

    `head` and `body` are byte-exact: the body keeps its transfer and content
    coding, so `head + body` is the block of a WARC response record.
    """

    target_uri: str
    date: datetime  # UTC, when the request was sent; WARC-Date
    head: bytes  # status line and header fields, up to and including the blank line
    body: bytes
    record_id: str  # urn:uuid:…, without angle brackets
    input: str = ""  # file name or WARC name it came from
    payload_digest: str | None = None  # sha256:… over the de-chunked, still content-coded body
    truncated: str | None = None  # WARC-Truncated: length, time, disconnect
    warc: Location | None = None
    announced: str = ""  # what the link said that led here, as its crawl noted
    searched: str = ""  # what a visitor from a search engine got here: archive.views.View


@dataclass(frozen=True, slots=True)
class Page:
    """One decoded document."""

    text: str  # HTML source, or plain text when kind is "text"
    kind: Literal["html", "text"]
    url: str | None = None
    captured: datetime | None = None
    charset: Mapping[str, Any] = field(default_factory=dict)  # chosen, by, declared, replaced
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value some part of the page offers for a metadata field."""

    field: str  # title, published, source, authors, editors, column, doc_number, site_id_code, …
    value: str  # as published; authors and editors: one name a candidate
    origin: str  # visible, line:byline, meta:PubDate, url, script:pubdata, json-ld, table:索引号, …


@dataclass(frozen=True, slots=True)
class Link:
    """A file or picture that belongs to the article."""

    url: str
    name: str
    type: str  # lower-case file extension or media type, "" where unknown


@dataclass(frozen=True, slots=True)
class Change:
    """What a step proposes: `text[start:end]` becomes `new`, and why.

    With `applied` false nothing changes: the place is flagged, `alternatives` may say what
    it could have been.
    """

    start: int
    end: int
    new: str
    rule: str
    evidence: str = ""
    confidence: float = 1.0  # 0 to 1
    flag: str | None = None  # raised on the article when this change is recorded
    applied: bool = True
    alternatives: tuple[str, ...] = ()
    found: tuple[Candidate, ...] = ()  # metadata read from the span


@dataclass(frozen=True, slots=True)
class Edit:
    """One recorded change, enough to undo it exactly.

    `at` is the offset (code points) of `new` in the text as it stood after the whole step
    named `step`. An edit with `where` "page" was made on the HTML before extraction: `at`
    counts elements in document order and `undo` leaves it alone.
    """

    step: str
    at: int
    old: str
    new: str
    rule: str
    evidence: str = ""
    confidence: float = 1.0
    where: Literal["text", "page"] = "text"
    action: Literal["applied", "flagged"] = "applied"
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """Lines that repeat across a site's captures, learned and saved; an argument of `derive`."""

    site: str
    pages: int  # captures it was learned from
    lines: Mapping[str, int]  # folded line -> captures that hold it
    digest: str  # sha256 hex over the above in canonical form


@dataclass(frozen=True, slots=True)
class About:
    """What a text step may know besides the text."""

    kind: Literal["html", "text"] = "text"
    url: str | None = None
    captured: datetime | None = None
    title: str | None = None  # best title known so far, as published
    memory: SiteMemory | None = None
    inside: frozenset[str] = frozenset()  # lines that the page shows in the middle of its text


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was taken out of a page, before any text step."""

    text: str  # one paragraph per line, as published
    candidates: tuple[Candidate, ...] = ()
    attachments: tuple[Link, ...] = ()
    images: tuple[Link, ...] = ()
    flags: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()  # made on the page: link-farm blocks, second copies
    inside: frozenset[str] = frozenset()  # lines like those of the frame, in the middle of the text
    evidence: Mapping[str, Any] = field(default_factory=dict)  # container, agreement, class


class Reason(StrEnum):
    """Why a response is not an article."""

    NOT_AN_ARTICLE = "not-an-article"
    LIST_PAGE = "list-page"
    BLOCK_PAGE = "block-page"
    SOFT_404 = "soft-404"
    NO_TEXT = "no-text"
    RESOURCE_LIMIT = "resource-limit"
    NOT_HTML = "not-html"
    REDIRECT = "redirect"
    HTTP_ERROR = "http-error"
    ROBOTS = "robots"
    NOT_SIMILAR = "not-similar"  # an article less like the examples than `--min-relevance` wants
    CONTINUATION = "continuation"  # a further page; its text stands in the article of the first
    DERIVATION_FAILED = "derivation-failed"  # a bug of ours; the capture is safe


# The article's keys that say what it is and where it comes from, each chosen among candidates.
FIELDS = (
    "title",
    "published",
    "source",
    "authors",
    "editors",
    "column",
    "doc_number",
    "site_id_code",
)


@dataclass(frozen=True, slots=True)
class Article:
    """A page's article: metadata, text as published, text normalised, and the ledger."""

    id: str
    input: str
    url: str | None
    captured: datetime | None
    site: str | None
    payload_digest: str | None
    warc: Location | None
    title: str | None
    published: str | None  # ISO 8601 at +08:00, or a plain date
    source: str | None
    authors: tuple[str, ...]
    editors: tuple[str, ...]
    column: str | None
    doc_number: str | None
    site_id_code: str | None
    dateline: str | None  # YYYY-MM-DD or XXXX-MM-DD
    evidence: Mapping[str, Any]
    lang: str  # BCP 47
    text: str
    text_norm: str
    text_digest: str  # sha256 hex of the folded text
    relevance: float | None  # 0 to 1, to the examples of `--like`; None where none were given
    attachments: tuple[Link, ...]
    images: tuple[Link, ...]
    verdict: str  # clean, infected, mirror, spam_page, cloaked
    flags: tuple[str, ...]
    edits: tuple[Edit, ...]
    derivation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A response that is not an article, and why."""

    id: str
    input: str
    url: str | None
    captured: datetime | None
    rejected: Reason
    detail: str
