"""ARC files (Internet Archive, 1996): the record line, and the WARC fields that say the same.

    v1  URL IP-address Archive-date Content-type Archive-length
    v2  URL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename Archive-length

URLs and media types with spaces occur, so a line is read from its fixed parts: the address, the
date, the length at its end.
"""

from __future__ import annotations

import re

from archive.warc import record_id_for

LINE_LIMIT = 16 * 1024  # bytes of a record line
_URL = rb"[a-zA-Z][a-zA-Z0-9+.-]{0,20}:[^\r\n]{0,4000}?"
_PLACE = rb"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,40}|-|unknown)"
LINE = re.compile(
    rb"(?P<url>" + _URL + rb") (?P<ip>" + _PLACE + rb") (?P<date>\d{8,20}) "
    rb"(?P<mime>[^\r\n]{0,1000}?)(?P<v2> \d{3} \S{1,200} \S{1,4000} \d{1,15} \S{1,300})? "
    rb"(?P<length>-?\w{1,20})\r?\n"
)
_PAGES = (b"http:", b"https:")


def fields(line: re.Match[bytes], offset: int) -> tuple[tuple[str, str], ...]:
    """The named fields of a WARC record that say what an ARC record line says.

    An ARC record has no id; the one given here follows from its line and place, so that the
    same file gives the same ids again.
    """
    url = line["url"].decode("utf-8", "replace")
    opening = line["url"].lower().startswith(b"filedesc:")
    page = line["url"].lower().startswith(_PAGES)
    kind = "warcinfo" if opening else "response" if page else "resource"
    mime = line["mime"].decode("utf-8", "replace").strip() or "application/octet-stream"
    named = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{record_id_for(f'arc:{offset}', line[0])}>"),
        ("WARC-Date", _date(line["date"].decode())),
        *([] if opening else [("WARC-Target-URI", url)]),
        *([] if opening else [("WARC-IP-Address", line["ip"].decode())]),
        ("Content-Type", "application/http; msgtype=response" if page else mime),
        ("Content-Length", line["length"].decode()),
    ]
    return tuple(named)


def version(line: re.Match[bytes]) -> str:
    """`ARC/1` or `ARC/2`, by the number of parts of the line."""
    return "ARC/2" if line["v2"] else "ARC/1"


def _date(digits: str) -> str:
    """
    >>> _date("20260102030405")
    '2026-01-02T03:04:05Z'
    """
    d = f"{digits[:14]:0<14}"
    return f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:14]}Z"
