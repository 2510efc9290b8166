"""The header of a WARC record against WARC 1.1, clause 4 and 5: syntax, fields, values."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.formats.records import ReadRecord

Said = tuple[str, str]  # code and problem

TYPES = (
    "warcinfo",
    "response",
    "resource",
    "request",
    "metadata",
    "revisit",
    "conversion",
    "continuation",
)
MANDATORY = ("WARC-Record-ID", "Content-Length", "WARC-Date", "WARC-Type")
_PROFILES = (
    "revisit/identical-payload-digest",
    "revisit/uri-agnostic-identical-payload-digest",  # warc-deduplication 1.0, a recommendation
    "revisit/server-not-modified",
    "server-not-modified",
)
PROFILES = {
    f"http://netpreserve.org/warc/{version}/{name}": version
    for version in ("0.18", "1.0", "1.1")
    for name in _PROFILES
}
_WITHOUT_URI = ("warcinfo", "metadata")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+")
_RFC3986 = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?",
    re.ASCII,
)
_MEDIA = re.compile(
    rf"{_TOKEN.pattern}/{_TOKEN.pattern}"
    rf"(?:\s*;\s*{_TOKEN.pattern}\s*=\s*(?:{_TOKEN.pattern}|\"[^\"]*\"))*\s*;?"
)
_DIGEST = re.compile(r"[A-Za-z0-9-]+:[!-~]+")
_TRUNCATED = ("length", "time", "disconnect", "unspecified")
_ESCAPED = re.compile("(?:%[0-9A-Fa-f]{2})+")


def header(record: ReadRecord) -> Iterator[Said]:
    """Everything that is wrong with the header of a WARC record."""
    yield from _syntax(record)
    yield from _version(record)
    yield from _presence(record)
    for name, value in record.headers:
        rule = _FIELDS.get(name.lower())
        if rule is None:
            continue
        if not value:
            yield "field-empty", f"{name} has no value"
        elif record.type in rule.forbidden:
            yield "field-forbidden", f"{name} in a {record.type} record"
        else:
            yield from rule.value(name, value)
    yield from _first_version_date(record)
    yield from _segment(record)
    yield from _content_type(record)


def _syntax(record: ReadRecord) -> Iterator[Said]:
    rows = record.head.split(b"\n")[:-1]
    if any(not row.endswith(b"\r") or row.endswith(b"\r\r") for row in rows):
        yield "header-line-end", "header lines do not end in CR LF"
    try:
        record.head.decode("utf-8")
    except UnicodeDecodeError:
        yield "header-not-utf8", "the header is not UTF-8"
    for raw in rows[1:]:
        row = raw.rstrip(b"\r")
        if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", row):
            yield "header-control", f"a control character in {row[:60]!r}"
        if row[:1] in (b" ", b"\t"):
            yield "header-folded", "a field goes on in the next line"
        elif row:
            name, colon, _ = row.partition(b":")
            if not colon:
                yield "header-no-colon", f"{row[:60]!r} has no colon"
            elif not _TOKEN.fullmatch(name.decode("latin-1")):
                yield "header-name", f"{name[:60]!r} is no field name"


def _version(record: ReadRecord) -> Iterator[Said]:
    if record.version in ("WARC/0.17", "WARC/0.18"):
        yield "version-draft", f"{record.version} is a draft"
    elif record.version not in ("WARC/1.0", "WARC/1.1") or _first_line(record) != record.version:
        yield "version-unknown", f"{record.version} is no version of the format"


def _first_line(record: ReadRecord) -> str:
    return record.head.partition(b"\n")[0].rstrip(b"\r").decode("latin-1")


def _presence(record: ReadRecord) -> Iterator[Said]:
    named = Counter(name.lower() for name, _ in record.headers)
    required = list(MANDATORY)
    if record.type in TYPES and record.type not in _WITHOUT_URI:
        required.append("WARC-Target-URI")
    if record.type == "revisit":
        required.append("WARC-Profile")
    if record.type == "continuation":
        required += ["WARC-Segment-Number", "WARC-Segment-Origin-ID"]
    if record.type == "revisit" and "identical-payload" in (record.get("WARC-Profile") or ""):
        required.append("WARC-Payload-Digest")
    for name in required:
        if not named[name.lower()]:
            yield "field-missing", f"{name} is missing"
    for name, count in named.items():
        if count > 1 and name in _FIELDS and name != "warc-concurrent-to":
            yield "field-repeated", f"{name} stands {count} times"
    if record.type and record.type not in TYPES:
        yield "type-unknown", f"{record.type[:40]!r} is no type of WARC 1.1"


def _first_version_date(record: ReadRecord) -> Iterator[Said]:
    """WARC 1.0 knows one form of a date; fractions and shorter dates came with 1.1."""
    value = record.get("WARC-Date") or ""
    if record.version == "WARC/1.0" and _DATE.fullmatch(value) and len(value) != 20:
        yield "field-value", f"WARC-Date is {value[:40]!r}, not a date of WARC 1.0"


def _segment(record: ReadRecord) -> Iterator[Said]:
    number = record.get("WARC-Segment-Number")
    if number is None or not number.isascii() or not number.isdigit():
        return
    if (int(number[:18]) < 2) if record.type == "continuation" else (number != "1"):
        yield "segment-number", f"segment {number[:20]} of a {record.type} record"


def _content_type(record: ReadRecord) -> Iterator[Said]:
    value = record.get("Content-Type")
    if value is None:
        if record.type in TYPES and record.type != "continuation" and record.block.seek(0, 2):
            yield "content-type-missing", "Content-Type is missing"
        return
    web = record.uri.lower().startswith(("http://", "https://"))
    if record.type in ("response", "request") and web:
        bare = re.sub(r"\s", "", value.lower())
        if bare not in ("application/http", f"application/http;msgtype={record.type}"):
            yield "content-type-other", f"Content-Type {value[:60]!r} in a {record.type} record"


def _bracketed(name: str, value: str) -> Iterator[Said]:
    inside = value[1:-1]
    if value[:1] != "<" or value[-1:] != ">" or not _SCHEME.fullmatch(inside):
        yield "field-value", f"{name} is {value[:80]!r}, not a URI in <>"


def _target(name: str, value: str) -> Iterator[Said]:
    uri = value
    if value.startswith("<") and value.endswith(">"):
        yield "uri-bracketed", f"{name} stands in <>"
        uri = value[1:-1]
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", uri):
        yield "field-value", f"{name} is {value[:80]!r}, not an absolute URI"
    elif re.search(r"[^!-~]", uri):
        yield "uri-not-escaped", f"{name} has characters that are not escaped"
    elif not _RFC3986.fullmatch(uri):
        yield "uri-odd-characters", f"{name} has characters outside RFC 3986"
    if "#" in uri:
        yield "uri-fragment", f"{name} has a fragment"
    if any(not _is_utf8(run) for run in _ESCAPED.findall(uri)):
        yield "uri-not-utf8", f"{name} has escaped bytes that are not UTF-8"


def _is_utf8(escaped: str) -> bool:
    try:
        bytes.fromhex(escaped.replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _date(name: str, value: str) -> Iterator[Said]:
    match = _DATE.fullmatch(value)
    if match is None or not _is_possible(match):
        yield "field-value", f"{name} is {value[:40]!r}, not a W3C date"
    elif match[7] not in (None, "Z"):
        yield "date-not-utc", f"{name} is {value[:40]!r}, not UTC"
    elif match[6] is None:
        yield "date-precision", f"{name} is {value[:40]!r}"


def _is_possible(match: re.Match[str]) -> bool:
    month, day = int(match[2] or 1), int(match[3] or 1)
    hour, minute, second = int(match[4] or 0), int(match[5] or 0), int(match[6] or 0)
    days = 30 + (month in (1, 3, 5, 7, 8, 10, 12)) - (month == 2)
    return 1 <= month <= 12 and 1 <= day <= days and hour < 24 and minute < 60 and second < 61


def _address(name: str, value: str) -> Iterator[Said]:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        yield "field-value", f"{name} is {value[:60]!r}, not an IP address"


def _digest(name: str, value: str) -> Iterator[Said]:
    if not _DIGEST.fullmatch(value):
        yield "digest-malformed", f"{name} is {value[:80]!r}"


def _media(name: str, value: str) -> Iterator[Said]:
    if len(value) > 1000 or not _MEDIA.fullmatch(value):
        yield "field-value", f"{name} is {value[:80]!r}, not a media type"


def _digits(name: str, value: str) -> Iterator[Said]:
    if not (value.isascii() and value.isdigit()):
        yield "field-value", f"{name} is {value[:40]!r}, not a number"


def _kind(name: str, value: str) -> Iterator[Said]:
    if not _TOKEN.fullmatch(value):
        yield "field-value", f"{name} is {value[:40]!r}, not a token"


def _cut(name: str, value: str) -> Iterator[Said]:
    if value.lower() not in _TRUNCATED:
        yield "truncated-unknown", f"{name} is {value[:40]!r}"


def _filename(name: str, value: str) -> Iterator[Said]:
    if "/" in value or "\\" in value:
        yield "filename-path", f"{name} is {value[:80]!r}"


def _profile(name: str, value: str) -> Iterator[Said]:
    if not _SCHEME.fullmatch(value.strip("<>")):
        yield "field-value", f"{name} is {value[:80]!r}, not a URI"
    elif value not in PROFILES:
        yield "profile-unknown", f"{name} is {value[:80]!r}"


@dataclass(frozen=True, slots=True)
class _Field:
    """What WARC 1.1 says of a field: in which records it must not stand, what it may say."""

    value: Callable[[str, str], Iterator[Said]]
    forbidden: frozenset[str] = frozenset()


def _not_in(*types: str) -> frozenset[str]:
    return frozenset(types)


def _only_in(kind: str) -> frozenset[str]:
    return frozenset(TYPES) - {kind}


_FIELDS = {
    "warc-type": _Field(_kind),
    "warc-record-id": _Field(_bracketed),
    "warc-date": _Field(_date),
    "content-length": _Field(_digits),
    "content-type": _Field(_media),
    "warc-concurrent-to": _Field(_bracketed, _not_in("warcinfo", "conversion", "continuation")),
    "warc-block-digest": _Field(_digest),
    "warc-payload-digest": _Field(_digest, _not_in("warcinfo", "metadata")),
    "warc-ip-address": _Field(_address, _not_in("warcinfo", "conversion", "continuation")),
    "warc-refers-to": _Field(
        _bracketed, _not_in("warcinfo", "response", "resource", "request", "continuation")
    ),
    "warc-refers-to-target-uri": _Field(_target, _only_in("revisit")),
    "warc-refers-to-date": _Field(_date, _only_in("revisit")),
    "warc-target-uri": _Field(_target, _not_in("warcinfo")),
    "warc-truncated": _Field(_cut),
    "warc-warcinfo-id": _Field(_bracketed, _not_in("warcinfo")),
    "warc-filename": _Field(_filename, _only_in("warcinfo")),
    "warc-profile": _Field(_profile, _only_in("revisit")),
    "warc-identified-payload-type": _Field(_media, _not_in("warcinfo", "metadata")),
    "warc-segment-number": _Field(_digits, _not_in("warcinfo")),
    "warc-segment-origin-id": _Field(_bracketed, _only_in("continuation")),
    "warc-segment-total-length": _Field(_digits, _only_in("continuation")),
}
