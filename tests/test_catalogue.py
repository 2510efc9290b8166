"""The catalogue follows the holdings, and can be lost at any time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from archive.catalogue import NAME, Catalogue
from archive.holdings import Holdings
from tests.held import Held, article, write

DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
LINES = [f"三月{day}日，测试县召开第{day}次会议，部署水利和农机检修工作。" for day in range(2, 9)]
URL = "http://a.test/1.html"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "h", [Held(URL, DAY, article("部署春耕", *LINES))])
    return tmp_path / "h"


@pytest.fixture
def catalogue(root: Path, tmp_path: Path) -> Iterator[Catalogue]:
    with closing(opened(root, tmp_path)) as made:
        yield made


def opened(root: Path, scratch: Path) -> Catalogue:
    made = Catalogue(Holdings(root), scratch)
    made.refresh()
    return made


def titles(catalogue: Catalogue) -> list[str | None]:
    return [page.title for page in catalogue.search("", 10)]


def test_a_new_file_comes_in_and_a_page_has_its_newest_title(
    root: Path, catalogue: Catalogue
) -> None:
    assert titles(catalogue) == ["部署春耕"]
    later = DAY + timedelta(days=9)
    write(root, [Held(URL, later, article("部署秋收", *LINES)), Held("http://b.test/", DAY, b"x")])
    catalogue.refresh()
    page = catalogue.page(URL)
    assert page is not None
    assert (page.title, page.captures) == ("部署秋收", 2)
    assert (page.first[:8], page.last[:8]) == ("20260302", "20260311")
    assert titles(catalogue) == ["部署秋收", None]


def test_of_an_open_file_comes_in_what_it_holds_so_far(root: Path, catalogue: Catalogue) -> None:
    """A crawl writes it, or was killed: it is read on from where it ended, and no half a record."""
    later = Held("http://a.test/2.html", DAY + timedelta(days=1), article("部署秋收", *LINES))
    finished = write(root, [later])
    data = finished.read_bytes()
    (text,) = (p for p in (root / "text").glob("*.jsonl") if p.stem in finished.name)
    row = text.read_bytes()
    half = len(data) // 2
    growing = finished.with_name(f"{finished.name}.open")
    finished.unlink()
    text.unlink()
    (root / "index" / f"{text.stem}.cdxj").unlink()
    written = text.with_name(f"{text.name}.open")
    for size, captures in ((half, 0), (len(data) - 9, 1), (len(data), 1)):
        growing.write_bytes(data[:size])
        written.write_bytes(row if captures else row[:100])
        catalogue.refresh()
        found = catalogue.captures(later.url)
        assert [one.file for one in found] == [growing.name] * captures
    assert catalogue.still_open == 1
    assert titles(catalogue) == ["部署秋收", "部署春耕"]
    assert catalogue.result(found[0]) == json.loads(row)
    growing.rename(finished)
    written.rename(text)
    catalogue.refresh()
    assert [one.file for one in catalogue.captures(later.url)] == [finished.name]
    assert titles(catalogue) == ["部署秋收", "部署春耕"]
    assert catalogue.skipped == 0


def test_a_file_that_is_gone_is_forgotten_with_its_text(root: Path, catalogue: Catalogue) -> None:
    for folder in ("warc", "index", "text"):
        for path in (root / folder).iterdir():
            path.unlink()
    catalogue.refresh()
    assert catalogue.captures(URL) == []
    assert titles(catalogue) == []


def test_a_warc_file_without_index_is_read_itself(root: Path, tmp_path: Path) -> None:
    for path in (root / "index").iterdir():
        path.unlink()
    with closing(opened(root, tmp_path)) as catalogue:
        (capture,) = catalogue.captures(URL)
        assert (capture.stamp, capture.status, capture.mime) == ("20260302080000", 200, "text/html")


def test_a_torn_line_of_text_is_counted_and_the_others_are_found(
    root: Path, tmp_path: Path
) -> None:
    (text,) = (root / "text").glob("*.jsonl")
    good = text.read_bytes()
    text.write_bytes(b'{"id": "urn:x", "url"\n[]\n\xff\xfe\n' + good + good[: len(good) // 2])
    with closing(opened(root, tmp_path)) as catalogue:
        assert catalogue.skipped == 4
        result = catalogue.result(catalogue.captures(URL)[0])
        assert result == json.loads(good)


def test_a_catalogue_that_is_no_database_is_made_again(root: Path, tmp_path: Path) -> None:
    (root / NAME).write_bytes(b"something else entirely, and long enough to be read as a page" * 20)
    with closing(opened(root, tmp_path)) as catalogue:
        assert catalogue.path == root / NAME
        assert titles(catalogue) == ["部署春耕"]


def test_it_is_kept_elsewhere_where_the_holdings_cannot_be_written(
    root: Path, tmp_path: Path
) -> None:
    (root / NAME).mkdir()
    with closing(opened(root, tmp_path)) as catalogue:
        assert catalogue.path == tmp_path / NAME
        assert titles(catalogue) == ["部署春耕"]


def test_two_servers_may_read_the_same_holdings(root: Path, tmp_path: Path) -> None:
    made = [Catalogue(Holdings(root), tmp_path) for _ in range(2)]
    threads = [Thread(target=one.refresh) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [titles(one) for one in made] == [["部署春耕"], ["部署春耕"]]
    for one in made:
        one.close()


def test_addresses_that_differ_only_in_their_key_s_blind_spots_lead_to_the_page(
    catalogue: Catalogue,
) -> None:
    for url in ("HTTP://A.test:80/1.html", "https://www.a.test/1.HTML"):
        assert [capture.url for capture in catalogue.captures(url)] == [URL]
    assert catalogue.captures("http://a.test/2.html") == []
