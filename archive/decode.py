"""Bytes to one decoded page: transfer coding, content coding, media type, character set.

Every answer that is not a page is a `Rejection` with its reason. What was declared and what was
believed is kept in `Page.charset`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Literal

from archive.formats import coding, message
from archive.formats.coding import Content
from archive.model import Capture, Page, Reason, Rejection
from archive.page import blockpages, charset

Kind = Literal["html", "text"]

# What begins like this is no text, whatever its label says.
_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x89PNG\r\n", "png"),
    (b"GIF8", "gif"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"RIFF", "riff"),
    (b"PK\x03\x04", "zip or office document"),
    (b"\xd0\xcf\x11\xe0", "office document"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"wOF", "font"),
)
_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")
_OPENING = re.compile(
    rb"(?:<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->|\s)*<(?:!doctype\s+html|html|head|body|meta|title|script|frameset)\b",
    re.IGNORECASE | re.DOTALL,
)
_DOCUMENT = re.compile(rb"(?:<\?xml[^>]{0,200}\?>|\s)*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_TAG = re.compile(rb"<(?:div|p|table|span|br|a|td|font|center|h\d)\b", re.IGNORECASE)
_REACH = 4096  # bytes looked at to tell kinds apart
_BINARY_SHARE = 0.1  # of control bytes in the first bytes: text has none


def decode_http(capture: Capture) -> Page | Rejection:
    """The page of an exchange, or why the response is none."""
    status, fields = status_and_fields(capture.head)
    content_ = content(capture.head, capture.body)
    if content_.limited:
        return _no(capture, Reason.RESOURCE_LIMIT, content_.limited)
    data = content_.data
    if not 200 <= status < 300:
        return _refused(capture, status, fields, data)
    media, label = _media_type(fields)
    problem = _not_text(data, media)
    if problem:
        return _no(capture, Reason.NOT_HTML, problem)
    kind: Kind = "text" if media == "text/plain" and not _OPENING.match(data[:_REACH]) else "html"
    return _page(data, label, kind, capture.target_uri, capture.date, content_.flags)


def decode_file(
    data: bytes, name: str, url: str | None = None, captured: datetime | None = None
) -> Page | Rejection:
    """The page of a loose file; `.gz` is opened by its bytes, kind is told by the content.

    A `.txt` is plain text also when tags leaked into it; only a whole document is read as HTML.
    """
    whole, flags = data, tuple[str, ...]()

    def no(reason: Reason, detail: str) -> Rejection:
        digest = hashlib.sha256(whole).hexdigest()
        return Rejection(f"urn:sha256:{digest}", name, url, captured, reason, detail)

    if coding.is_gzip(data):
        opened = coding.decode(["gzip"], data)
        if opened.limited:
            return no(Reason.RESOURCE_LIMIT, opened.limited)
        data, flags = opened.data, opened.flags
    elif len(data) > coding.LIMIT:
        return no(Reason.RESOURCE_LIMIT, "document is too large")
    problem = _not_text(data, "")
    if problem:
        return no(Reason.NOT_HTML, problem)
    return _page(data, None, _kind_of_file(data, name), url, captured, flags)


def status_and_fields(head: bytes) -> tuple[int, list[tuple[str, str]]]:
    """Status code (0 without one) and header fields of a response head."""
    return message.status(head), message.fields(head)


def payload(head: bytes, body: bytes) -> bytes:
    """The entity body: chunk framing taken off, content coding kept."""
    return message.payload(head, body)


def content(head: bytes, body: bytes) -> Content:
    """The payload without its content codings, within the limits of archive/formats/coding.py."""
    values = (v for n, v in message.fields(head) if n.lower() == "content-encoding")
    codings = [name.strip().lower() for name in ",".join(values).split(",")]
    return coding.decode(codings, payload(head, body))


def _refused(
    capture: Capture, status: int, fields: list[tuple[str, str]], data: bytes
) -> Rejection:
    if 300 <= status < 400 and status != 304:
        where = next((v for n, v in fields if n.lower() == "location"), "")
        return _no(capture, Reason.REDIRECT, f"{status} {where}".strip())
    sign = blockpages.sign(charset.decode(data[: blockpages.REACH]).text, status)
    if sign:
        return _no(capture, Reason.BLOCK_PAGE, f"{status} {sign}")
    return _no(capture, Reason.HTTP_ERROR, str(status) if status else "no status line")


def _media_type(fields: list[tuple[str, str]]) -> tuple[str, str | None]:
    value = next((v for n, v in fields if n.lower() == "content-type"), "")
    label = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", value, re.IGNORECASE)
    return value.partition(";")[0].strip().lower(), label[1] if label else None


def _not_text(data: bytes, media: str) -> str:
    """Why the bytes are no page; "" when they may be one."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    opening = data[:_REACH]
    document = bool(_OPENING.match(opening.removeprefix(b"\xef\xbb\xbf")))
    if not document and media and media not in _PAGES and "/" in media:
        return media
    if not document and media.endswith("xml") and not _TAG.search(opening):
        return media
    if not document and _is_json(data):
        return "json"
    wide = opening[:2] in (b"\xff\xfe", b"\xfe\xff") or charset.is_wide(opening)
    if not document and not wide and _controls(opening) > _BINARY_SHARE:
        return "binary"
    return ""


def _controls(data: bytes) -> float:
    found = sum(byte < 9 or (13 < byte < 32 and byte != 27) for byte in data)
    return found / len(data) if data else 0.0


def _is_json(data: bytes) -> bool:
    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        return isinstance(json.loads(data), dict | list)
    except (ValueError, RecursionError):
        return False


def _kind_of_file(data: bytes, name: str) -> Kind:
    opening = data[:_REACH].removeprefix(b"\xef\xbb\xbf")
    if _DOCUMENT.match(opening):
        return "html"
    ending = PurePosixPath(name.lower().removesuffix(".gz")).suffix
    if ending in (".txt", ".text", ".md"):
        return "text"
    if ending in (".html", ".htm", ".shtml", ".xhtml", ".jhtml"):
        return "html"
    return "html" if _OPENING.match(opening) or _TAG.search(opening) else "text"


def _page(
    data: bytes,
    label: str | None,
    kind: Kind,
    url: str | None,
    captured: datetime | None,
    flags: tuple[str, ...],
) -> Page:
    decoded = charset.decode(data, label)
    evidence: Mapping[str, Any] = {
        "chosen": decoded.chosen,
        "by": decoded.by,
        "declared": list(decoded.declared),
        "replaced": decoded.replaced,
    }
    if decoded.replaced:
        flags = (*flags, "replaced-characters")
    return Page(decoded.text, kind, url, captured, evidence, flags)


def _no(capture: Capture, reason: Reason, detail: str) -> Rejection:
    return Rejection(
        capture.record_id, capture.input, capture.target_uri, capture.date, reason, detail[:300]
    )
