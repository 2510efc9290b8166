"""What stands in a text file for one article: its text, and how it came about.

A conversion record with `text_norm` names the capture it was made from and the derivation: its
number, the extractor, the dictionaries, the site memory. A metadata record about it holds the
metadata, the text as published and the ledger, so that the file alone leads back to the text as
it stood on the page. It is `application/warc-fields`, which no indexer takes for a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from archive.warc import Record, conversion, record_id_for, sha256, warc_date, warc_fields

DERIVATION = "Fangzhi-Derivation"  # header field of the conversion record
# What JSON lets stand and a line of a record must not have: DEL and the line ends of Unicode.
_UNSAFE = re.compile("[\x7f\x85\u2028\u2029]")


def records(article: Mapping[str, Any], info: str) -> tuple[Record, Record]:
    """The conversion and the metadata record of an article as JSON; `info` names the warcinfo.

    Same article, same bytes. The fields of the metadata record are those of a line of the text
    file, their values JSON, with one `edit` per edit of the ledger.
    """
    captured = datetime.fromisoformat(article["captured"])
    text = conversion(
        target_uri=article["url"],
        date=captured,
        refers_to=article["id"],
        text=article["text_norm"].encode("utf-8"),
        notes=[(DERIVATION, _json(article["derivation"]))],
        info=info,
    )
    block = warc_fields(_fields(article))
    headers = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", f"<{record_id_for(text.id, block)}>"),
        ("WARC-Target-URI", article["url"]),
        ("WARC-Date", warc_date(captured)),
        ("WARC-Warcinfo-ID", f"<{info}>"),
        ("WARC-Refers-To", f"<{text.id}>"),
        ("WARC-Block-Digest", sha256([block])),
        ("Content-Type", "application/warc-fields"),
    ]
    return text, Record(headers, block, len(block))


def fields_of(block: bytes) -> dict[str, Any]:
    """The article a metadata record tells of: the keys of a text line except `text_norm`."""
    read: dict[str, Any] = {"edits": []}
    for row in block.decode("utf-8").split("\r\n"):
        name, _, value = row.partition(": ")
        if name == "edit":
            read["edits"].append(json.loads(value))
        elif name:
            read[name] = json.loads(value)
    return read


def _fields(article: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in article.items():
        if name == "edits":
            yield from (("edit", _json(edit)) for edit in value)
        elif name != "text_norm":
            yield name, _json(value)


def _json(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", written)
