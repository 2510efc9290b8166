"""A WACZ of the holdings: whole, checkable, the same each time, and only what was asked for."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import resource
import subprocess
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from archive import selection, wacz
from archive.errors import FangzhiError, HoldingsError
from archive.formats import zipnum
from archive.holdings import Holdings
from archive.selection import Choice
from archive.warcreader import ReadRecord, read
from tests.commands import command, fangzhi
from tests.held import Held, again, article, write

SPRING = datetime(2026, 3, 2, 8, tzinfo=UTC)
PARAGRAPHS = [
    f"三月{day}日，测试县召开第{day}次春耕工作会议，部署水利和农机检修工作。" for day in range(2, 9)
]
PAGE = article("测试县部署春耕", *PARAGRAPHS)
OTHER = article("邻县修桥", *(p.replace("春耕", "修桥") for p in PARAGRAPHS))
HELD = (
    Held("http://a.test/1.html", SPRING, PAGE),
    Held(
        "http://a.test/",
        SPRING + timedelta(seconds=5),
        b"<html><title>x</title><a href=1.html>1</a>",
    ),
    Held("http://b.test/2.html", SPRING + timedelta(days=1), OTHER, site="two"),
    again("http://a.test/1.html", SPRING + timedelta(days=40)),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wacz") / "h"
    write(folder, HELD)
    return folder


def exported(root: Path, target: Path, choice: Choice | None = None) -> ZipFile:
    wacz.export(Holdings(root), target, choice or Choice(), title="测试", software="fangzhi")
    return ZipFile(target)


def archived(package: ZipFile, scratch: Path) -> Iterator[ReadRecord]:
    """The records of the package's WARC files."""
    for name in package.namelist():
        if name.startswith("archive/"):
            for record in read(Path(package.extract(name, scratch))):
                assert isinstance(record, ReadRecord)
                yield record


def test_every_file_is_listed_with_its_digest_and_what_is_seeked_in_is_stored(
    root: Path, tmp_path: Path
) -> None:
    with exported(root, tmp_path / "a.wacz") as package:
        about = json.loads(package.read("datapackage.json"))
        assert about["wacz_version"] == "1.1.1"
        assert about["created"] == "2026-04-11T08:00:00Z"  # the newest capture
        listed = {entry["path"]: entry for entry in about["resources"]}
        assert set(package.namelist()) == {*listed, "datapackage.json", "datapackage-digest.json"}
        for path, entry in listed.items():
            data = package.read(path)
            assert entry["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}", path
            assert entry["bytes"] == len(data)
            if path.endswith(".gz"):
                assert package.getinfo(path).compress_type == ZIP_STORED
        digest = json.loads(package.read("datapackage-digest.json"))
        whole = hashlib.sha256(package.read("datapackage.json")).hexdigest()
        assert digest == {"path": "datapackage.json", "hash": f"sha256:{whole}"}


def test_the_same_holdings_give_the_same_bytes(root: Path, tmp_path: Path) -> None:
    exported(root, tmp_path / "a.wacz").close()
    exported(root, tmp_path / "b.wacz").close()
    assert (tmp_path / "a.wacz").read_bytes() == (tmp_path / "b.wacz").read_bytes()


def test_warc_files_and_text_are_those_of_the_holdings(root: Path, tmp_path: Path) -> None:
    with exported(root, tmp_path / "a.wacz") as package:
        for folder, name in (("archive", "warc"), ("text", "text")):
            packed = [n for n in package.namelist() if n.startswith(folder)]
            assert packed
            for path in packed:
                held = root / name / path.partition("/")[2]
                assert package.read(path) == held.read_bytes()


def test_every_index_line_leads_to_its_record(root: Path, tmp_path: Path) -> None:
    with exported(root, tmp_path / "a.wacz", Choice(frozenset(["one"]))) as package:
        data = package.read("indexes/index.cdx.gz")
        rows = package.read("indexes/index.idx").decode().splitlines()
        lines = gzip.decompress(data).decode().splitlines()
        assert rows[0] == zipnum.header("index.cdx.gz")
        assert lines == sorted(lines)
        assert len(lines) == 3
        for line in lines:
            fields = json.loads(line.split(" ", 2)[2])
            at, length = int(fields["offset"]), int(fields["length"])
            member = package.read(f"archive/{fields['filename']}")[at : at + length]
            assert fields["recordDigest"] == f"sha256:{hashlib.sha256(member).hexdigest()}"
            uri = f"WARC-Target-URI: {fields['url']}\r\n".encode()
            assert uri in gzip.decompress(member)


def test_a_large_index_is_cut_into_members_that_can_be_read_alone() -> None:
    lines = [f"test,a)/{number:05d} 20260302080000 {{}}" for number in range(3000)]
    made = list(zipnum.blocks(lines, "i.cdx.gz"))
    whole = b"".join(block.data for block in made)
    assert len(made) == 3
    for block in made:
        key, stamp, place = block.row.split(" ", 2)
        where = json.loads(place)
        member = whole[where["offset"] : where["offset"] + where["length"]]
        assert where["digest"] == f"sha256:{hashlib.sha256(member).hexdigest()}"
        assert gzip.decompress(member).decode().startswith(f"{key} {stamp} ")
    assert gzip.decompress(whole).decode().splitlines() == lines


def test_pages_carry_title_and_text_and_the_second_of_their_capture(
    root: Path, tmp_path: Path
) -> None:
    with exported(root, tmp_path / "a.wacz") as package:
        head, *pages = map(json.loads, package.read("pages/pages.jsonl").splitlines())
        assert head["format"] == "json-pages-1.0"
        assert head["hasText"] is True
        first = pages[0]
        assert (first["url"], first["ts"]) == ("http://a.test/1.html", "2026-03-02T08:00:00Z")
        assert first["title"] == "测试县部署春耕"
        assert "部署水利和农机检修工作" in first["text"]
        assert {page["url"] for page in pages} == {"http://a.test/1.html", "http://b.test/2.html"}
        extra = [json.loads(row) for row in package.read("pages/extraPages.jsonl").splitlines()]
        assert [page["url"] for page in extra[1:]] == ["http://a.test/"]


def test_a_site_takes_nothing_of_another_one_along(root: Path, tmp_path: Path) -> None:
    with exported(root, tmp_path / "a.wacz", Choice(frozenset(["two"]))) as package:
        urls = {r.get("WARC-Target-URI") for r in archived(package, tmp_path)} - {None}
        assert urls == {"http://b.test/2.html"}
        assert b"a.test" not in b"".join(map(package.read, package.namelist()))


def test_the_conversion_records_of_what_was_chosen_stand_under_text(
    root: Path, tmp_path: Path
) -> None:
    """Beside the archives: no reader takes them for pages."""
    for sites, urls in ((["two"], ["http://b.test/2.html"]), ([], ["a.test/1", "b.test/2"])):
        with exported(root, tmp_path / "a.wacz", Choice(frozenset(sites))) as package:
            (name,) = (n for n in package.namelist() if n.endswith("-text.warc.gz"))
            kept = [
                r for r in read(Path(package.extract(name, tmp_path))) if isinstance(r, ReadRecord)
            ]
            texts = [r for r in kept if r.type == "conversion"]
            assert len(texts) == len(urls)
            assert all(url in record.uri for url, record in zip(urls, texts, strict=True))
            assert [r.type for r in kept] == ["warcinfo", *["conversion", "metadata"] * len(urls)]
            assert not {r.id for r in texts} & {r.id for r in archived(package, tmp_path)}


def test_a_chosen_revisit_brings_the_page_it_refers_to(root: Path, tmp_path: Path) -> None:
    since, until = selection.period("2026-04")
    with exported(root, tmp_path / "a.wacz", Choice(since=since, until=until)) as package:
        found = [r for r in archived(package, tmp_path) if r.type in ("response", "revisit")]
        assert [(r.type, r.get("WARC-Target-URI")) for r in found] == [
            ("response", "http://a.test/1.html"),
            ("revisit", "http://a.test/1.html"),
        ]
        assert (found[1].get("WARC-Refers-To") or "").strip("<>") == found[0].id


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("2026", "2026-01-01T00", "2027-01-01T00"),
        ("2026-12", "2026-12-01T00", "2027-01-01T00"),
        ("2024-02-29", "2024-02-29T00", "2024-03-01T00"),
        ("2026-03-02T08:00:00+08:00", "2026-03-02T08", "2026-03-02T08"),
    ],
)
def test_a_period_reaches_to_its_end(value: str, start: str, end: str) -> None:
    since, until = selection.period(value)
    assert (since.isoformat()[:13], until.isoformat()[:13]) == (start, end)
    assert since < until


def test_damage_is_named_and_everything_else_exported(root: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "h", HELD[:3])
    data = bytearray(path.read_bytes())
    second = list(read(path))[4].location  # type: ignore[union-attr]
    data[second.offset + 30] ^= 0xFF
    path.write_bytes(data)
    done = fangzhi("export", "--wacz", tmp_path / "a.wacz", "--holdings", tmp_path / "h")
    assert done.returncode == 1
    assert f"bytes {second.offset:,} to" in done.stderr
    with ZipFile(tmp_path / "a.wacz") as package:
        found = [r for r in archived(package, tmp_path) if r.type == "response"]
        assert len(found) == 2


def test_nothing_chosen_is_said_and_nothing_written(root: Path, tmp_path: Path) -> None:
    with pytest.raises(HoldingsError, match="no capture fits"):
        exported(root, tmp_path / "a.wacz", Choice(frozenset(["nowhere"])))
    assert list(tmp_path.iterdir()) == []
    done = fangzhi("export", "--wacz", tmp_path / "a.wacz", "--holdings", root, "--from", "soon")
    assert done.returncode == 2
    assert "--from" in done.stderr


def test_a_file_that_cannot_be_finished_leaves_the_old_one(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.wacz"
    target.write_bytes(b"the old one")
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (4096, 4096))
    done = subprocess.run(
        command("export", "--wacz", target, "--holdings", root),
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert str(target) in done.stderr
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(FangzhiError, match="No such file or directory"):
        exported(root, tmp_path / "none" / "a.wacz")


def test_memory_does_not_grow_with_the_holdings(tmp_path: Path) -> None:
    noise = random.Random(1)
    moments = (SPRING + timedelta(seconds=number) for number in range(60))
    large = [
        Held(f"http://a.test/{n}.bin", moment, noise.randbytes(500_000), b"HTTP/1.1 200 OK\r\n")
        for n, moment in enumerate(moments)
    ]
    path = write(tmp_path / "h", large, derive=False)
    assert path.stat().st_size > 30_000_000
    tracemalloc.start()
    try:
        exported(tmp_path / "h", tmp_path / "a.wacz", Choice(frozenset(["one"]))).close()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000
