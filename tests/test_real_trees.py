"""Real saved sites: every file is captured once and byte for byte, and nothing else is asked for.

Needs the shared site trees; skips where they are absent.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.formats import message
from archive.warcreader import ReadRecord, read
from tests.commands import adds_up, fangzhi, report
from tests.shared import shared_folder
from tests.siteweb import SiteWeb

pytestmark = pytest.mark.skipif(shared_folder() is None, reason="the shared site trees are absent")

FILES = {
    "daozhen-trs": 239,
    "pingdingshan-channels": 454,
    "sichuan-ucap": 262,
    "cicpa-trs": 417,
    "gxnews-static": 92,
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SiteWeb, Path, Path, str]]:
    folder = tmp_path_factory.mktemp("trees")
    with SiteWeb(folder / "trees") as web:
        sites = web.definitions(folder / "sites", web.names)
        holdings = folder / "holdings"
        done = fangzhi("crawl", "--sites", sites, "--proxy", web.proxy, "--holdings", holdings)
        assert done.returncode == 0, done.stderr[-2000:]
        yield web, sites, holdings, done.stderr


def responses(holdings: Path) -> Iterator[ReadRecord]:
    for path in sorted((holdings / "warc").glob("*.warc.gz")):
        for record in read(path):
            assert isinstance(record, ReadRecord)
            if record.type == "response":
                yield record


def test_every_file_is_captured_once_and_byte_for_byte(
    crawled: tuple[SiteWeb, Path, Path, str],
) -> None:
    web, _, holdings, _ = crawled
    bodies: dict[str, Counter[str]] = defaultdict(Counter)
    uris: Counter[str] = Counter()
    for record in responses(holdings):
        block = record.block.read()
        head = message.head_length(block)
        uri = record.get("WARC-Target-URI") or ""
        uris[uri] += 1
        if message.status(block[:head]) == 200:
            host = (urlsplit(uri).hostname or "").removesuffix(".test")
            bodies[host][hashlib.sha256(block[head:]).hexdigest()] += 1
    for name in web.names:
        files = [f for f in (web.root / name).rglob("*") if f.is_file()]
        assert len(files) == FILES[name]
        digests = Counter(hashlib.sha256(f.read_bytes()).hexdigest() for f in files)
        missing = digests.keys() - bodies[name].keys()
        assert not missing, (name, len(missing))
        assert bodies[name].keys() <= digests.keys(), name
    assert max(uris.values()) == 1


def test_each_missing_link_is_one_recorded_404_and_no_other_host_is_asked(
    crawled: tuple[SiteWeb, Path, Path, str],
) -> None:
    web, _, holdings, _ = crawled
    asked = Counter((row["host"], row["path"], row["query"]) for row in web.exchanges())
    assert max(asked.values()) == 1
    assert {host for host, _, _ in asked} == {f"{name}.test" for name in web.names}
    recorded = {
        urlsplit(r.get("WARC-Target-URI") or "").path
        for r in responses(holdings)
        if message.status(r.block.read(64)) == 404
    }
    refused = {row["path"] for row in web.exchanges() if row["status"] == 404}
    assert recorded == refused


def test_the_report_adds_up(crawled: tuple[SiteWeb, Path, Path, str]) -> None:
    web, _, holdings, _ = crawled
    numbers = report(holdings)
    assert adds_up(numbers), numbers
    assert numbers["requested"] == numbers["captured"] == web.requests()
    assert numbers["pending"] == 0
    assert not numbers["failed"]


def test_a_redirect_to_another_host_is_recorded_and_not_followed(
    crawled: tuple[SiteWeb, Path, Path, str],
) -> None:
    _, _, holdings, _ = crawled
    assert report(holdings)["outside"]


def test_a_replay_writes_the_crawls_lines_byte_for_byte(
    crawled: tuple[SiteWeb, Path, Path, str],
) -> None:
    _, sites, holdings, _ = crawled
    again = fangzhi("replay", "--holdings", holdings, "--sites", sites, alone=True)
    assert again.returncode == 0, again.stderr[-2000:]
    stored = "".join(p.read_text("utf-8") for p in sorted((holdings / "text").glob("*.jsonl")))
    assert again.stdout == stored
