"""The records of an article hold everything its line says, whatever characters it has."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from archive import textrecords
from archive.warc import header_bytes, record_ids

messy = st.text(alphabet='会议 \u2028\u2029\x85\r\n\t\x0b\x1b:{}"\\', max_size=20) | st.text(
    max_size=20
)
edits = st.lists(
    st.fixed_dictionaries({"step": messy, "at": st.integers(0, 99), "old": messy, "new": messy})
)


@st.composite
def articles(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "id": next(record_ids(datetime(2026, 11, 24, tzinfo=UTC))),
        "url": "http://a.test/1.html",
        "captured": "2026-03-02T08:00:00Z",
        "title": draw(messy | st.none()),
        "flags": draw(st.lists(messy)),
        "text": draw(messy),
        "text_norm": draw(messy),
        "edits": draw(edits),
        "derivation": {"number": 1, "opencc": draw(messy)},
    }


@given(articles())
def test_the_two_records_tell_the_whole_article(article: dict[str, Any]) -> None:
    text, about = textrecords.records(article, next(record_ids(datetime(2026, 11, 24, tzinfo=UTC))))
    assert isinstance(about.block, bytes)
    told = {**textrecords.fields_of(about.block), "text_norm": text.block.decode("utf-8")}  # type: ignore[union-attr]
    assert told == article
    assert dict(text.headers)["WARC-Refers-To"] == f"<{article['id']}>"
    assert dict(about.headers)["WARC-Refers-To"] == f"<{text.id}>"


@given(articles())
def test_the_derivation_is_one_header_line(article: dict[str, Any]) -> None:
    text, _ = textrecords.records(article, next(record_ids(datetime(2026, 11, 24, tzinfo=UTC))))
    head = header_bytes(text)
    assert head.count(b"\r\n") == len(text.headers) + 3
    rules = next(v for n, v in text.headers if n == textrecords.DERIVATION)
    assert json.loads(rules) == article["derivation"]
