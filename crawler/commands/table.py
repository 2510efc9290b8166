"""Lines as a table, for people who work with a spreadsheet: `--csv`.

RFC 4180 in UTF-8, with what Excel wants: a byte order mark, without which it reads Chinese in the
code page of its machine; moments without `T` and offset, or it takes them for text; and no cell over
`CELL` characters, or it goes on in the next row. Whole texts, ledger and evidence are in the lines.
"""

from __future__ import annotations

import codecs
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from typing import Any

Printer = Callable[[str], None]

COLUMNS = (
    *("published", "title", "source", "authors", "column", "doc_number", "text", "url"),
    *("captured_utc", "site", "verdict", "flags", "attachments", "rejected", "detail"),
    *("id", "warc_file", "warc_offset", "payload_digest", "derivation"),
)
CELL = 32_000  # characters; Excel's own limit is 32,767 UTF-16 units
_BEIJING = timezone(timedelta(hours=8))
# What a spreadsheet takes for a formula at the start of a cell: pages are other people's, and
# =HYPERLINK() or =WEBSERVICE() asks a server. An apostrophe makes it text; the cost is that
# programs see the apostrophe (OWASP, "CSV Injection").
_FORMULA = tuple("=+-@\t\r＝＋－＠")


def printer(*, as_csv: bool) -> Printer:
    """What prints a line of JSON to stdout: as it is, or as a row of a table, headings first."""
    if not as_csv:
        return print
    sys.stdout.buffer.write(HEAD)

    def show(line: str) -> None:
        sys.stdout.buffer.write(encoded(json.loads(line)))

    return show


def encoded(row: Mapping[str, Any]) -> bytes:
    """The bytes of a row of the table; `HEAD` goes before the first."""
    return _encoded(cells(row))


def _encoded(values: Iterable[str]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerow(values)
    return text.getvalue().encode("utf-8")


def cells(row: Mapping[str, Any]) -> list[str]:
    """The cells of an article or rejection, in the order of `COLUMNS`.

    Days and moments of pages are those of Beijing, all as `2021-07-06 17:13:00`.
    """
    place = row.get("warc") or {}
    told = {
        **row,
        "published": _moment(row.get("published"), _BEIJING),
        "captured_utc": _moment(row.get("captured"), UTC),
        "flags": " ".join(row.get("flags", ())),
        "authors": "、".join(row.get("authors", ())),
        "attachments": "\n".join(each["url"] for each in row.get("attachments", ())),
        "warc_file": place.get("file"),
        "warc_offset": place.get("offset"),
        "derivation": row.get("derivation", {}).get("number"),
    }
    return [_cell(told.get(column)) for column in COLUMNS]


def _moment(value: str | None, zone: timezone) -> str | None:
    if value is None or len(value) <= len("2021-07-06"):
        return value
    return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if len(text) > CELL:
        text = f"{text[:CELL]}… [{CELL:,} of {len(text):,} characters]"
    return f"'{text}" if text.startswith(_FORMULA) else text


HEAD = codecs.BOM_UTF8 + _encoded(COLUMNS)
