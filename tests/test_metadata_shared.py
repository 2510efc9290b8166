"""Metadata of the shared pages: floors that only go up. Skipped where the pages are absent."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from archive import decode, metadata
from archive.about.dates import find
from archive.about.sitename import tokens
from archive.chinese.variants import fold as simplify
from archive.model import Page
from archive.page import dom, nodes
from tests.shared import shared_folder

# set, field, share that must be right, share that may be wrong; reached 2026-11-25 without URLs.
FLOORS = [
    ("zh_gov_sites", "title", 0.98, 0.02),
    ("zh_gov_sites", "published", 0.98, 0.01),
    ("zh_gov_sites", "source", 0.95, 0.03),
    ("zh_gov_short", "title", 0.98, 0.02),
    ("zh_gov_short", "published", 0.97, 0.01),
    ("zh_gov_short", "source", 0.95, 0.03),
    ("zh_gne", "title", 0.98, 0.02),
    ("zh_gne", "published", 0.95, 0.00),
    ("zh_gne", "source", 0.95, 0.00),
    ("zh_netease_gb18030", "title", 0.99, 0.00),
    ("zh_netease_gb18030", "published", 0.99, 0.00),
    ("zh_netease_gb18030", "source", 0.99, 0.00),
    ("zh_daniel", "title", 0.98, 0.02),
    ("zh_cwced", "published", 0.82, 0.08),
]
GOLD = {"title": "title", "published": "date", "source": "source"}


def pages(name: str) -> Iterator[tuple[dict[str, Any], Page]]:
    folder = shared_folder()
    if folder is None:
        pytest.skip("the shared pages are not here")
    gold = folder / "data" / "pages" / name
    for line in (gold / "gold.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        page = decode.decode_file(gzip.decompress((gold / row["file"]).read_bytes()), "x.html")
        if isinstance(page, Page):
            yield row, page


@cache
def derived(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    out = []
    for row, page in pages(name):
        parsed = dom.parse(page.text)
        found = metadata.from_page(nodes.read(parsed.root), page) if parsed else ()
        out.append((row, metadata.choose(found, row.get("text") or "", None, None, simplify)[0]))
    return out


def day(value: str | None) -> date | None:
    found = next(find(value or ""), None)
    return found.day if found else None


def same(field: str, gold: str, value: str | None) -> bool:
    if field == "published":
        return day(gold) == day(value)
    return tokens(gold) == tokens(value or "")


@pytest.mark.parametrize(("name", "field", "right", "wrong"), FLOORS)
def test_floor(name: str, field: str, right: float, wrong: float) -> None:
    count: Counter[str] = Counter()
    for row, fields in derived(name):
        gold = row.get(GOLD[field])
        if not gold or (field == "published" and not day(gold)):
            continue
        hit = same(field, gold, fields[field])
        count["right" if hit else "wrong" if fields[field] else "none"] += 1
    assert count["right"] >= right * count.total(), count
    assert count["wrong"] <= wrong * count.total(), count


def test_news_is_dated_within_a_week_of_its_crawl_or_not_at_all() -> None:
    count: Counter[str] = Counter()
    for row, fields in derived("zh_daniel"):
        crawled = date.fromisoformat(re.sub(r"(....)(..)(..)", r"\1-\2-\3", row["crawl_date"]))
        shown = day(fields["published"])
        count["none" if shown is None else str(-1 <= (crawled - shown).days <= 7)] += 1
    assert count["False"] == 0, count
    assert count["True"] >= 0.94 * count.total(), count


def test_no_genuine_traditional_page_is_taken_for_a_mirror() -> None:
    taken = [
        row["host"]
        for row, _ in derived("zh_daniel")
        if metadata.is_mechanical_traditional(row["text"])
    ]
    # The two are machine conversions by their publishers.
    assert sorted(taken) == ["big5.xinhuanet.com", "news.sina.com.hk"]
