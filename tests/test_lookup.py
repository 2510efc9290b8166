"""The index finds what was captured, exactly, and a hostile index leads nowhere."""

from __future__ import annotations

import json
import runpy
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import cdxj
from archive.cdxjline import Entry, Refused, parse
from archive.lookup import Index, _Sorted
from archive.model import Location
from archive.uri import surt
from archive.warc import sha256
from tests.shared import shared_folder
from tests.warcs import http, info, members, warc

BODY = http("<p>同一个页面</p>")
DIGEST = sha256([BODY.partition(b"\r\n\r\n")[2]])


def lookup_url(root: Path, url: str) -> list[Entry]:
    with closing(Index(root)) as index:
        return index.by_url(url)


def lookup_digest(root: Path, digest: str) -> Location | None:
    with closing(Index(root)) as index:
        return index.by_digest(digest)


def page(number: int, url: str, block: bytes = BODY, **more: str) -> bytes:
    fields = {"WARC-Target-URI": url, "WARC-Payload-Digest": sha256([block.split(b"\r\n\r\n")[1]])}
    return warc(more.pop("kind", "response"), number, block, fields=(fields | more).items())


def hold(root: Path, **files: list[bytes]) -> Path:
    """A holdings folder of these WARC files, indexed."""
    for folder in ("warc", "index"):
        (root / folder).mkdir(exist_ok=True)
    for stem, made in files.items():
        path = root / "warc" / f"{stem}.warc.gz"
        path.write_bytes(b"".join(members([info(), *made])))
        for name, data in cdxj.files(path).items():
            (root / "index" / name).write_bytes(data)
    return root


def test_a_url_finds_its_own_captures_and_not_those_that_differ_by_case(tmp_path: Path) -> None:
    upper, lower = "http://a.test/Art/1.html", "http://a.test/art/1.html"
    hold(
        tmp_path,
        b=[page(9, lower), page(10, upper)],
        a=[page(1, upper), page(2, lower), page(3, "http://a.test/z"), page(4, upper)],
    )
    assert [(e.stamp[-2:], e.url) for e in lookup_url(tmp_path, upper)] == [
        ("01", upper),
        ("04", upper),
        ("10", upper),
    ]
    assert {e.url for e in lookup_url(tmp_path, lower)} == {lower}
    assert {e.url for e in lookup_url(tmp_path, "http://a.test/ART/1.html")} == {upper, lower}
    assert [e.url for e in lookup_url(tmp_path, "http://a.test/z#top")] == ["http://a.test/z"]
    assert lookup_url(tmp_path, "http://a.test/none") == []


def test_a_digest_finds_the_oldest_response_whose_file_is_there(tmp_path: Path) -> None:
    hold(
        tmp_path,
        a=[
            page(1, "http://a.test/1", kind="revisit"),
            page(2, "http://a.test/2", BODY.replace(b"200 OK", b"404 No")),
            page(5, "http://a.test/5"),
        ],
        b=[page(3, "http://a.test/3"), page(4, "http://a.test/4")],
    )
    place = lookup_digest(tmp_path, DIGEST)
    assert place is not None
    assert place.file == "b.warc.gz"
    index = Index(tmp_path)
    record = index.original(DIGEST)
    assert record is not None
    assert record.uri == "http://a.test/3"
    assert record.block.read() == BODY
    index.close()
    (tmp_path / "warc" / "b.warc.gz").unlink()
    gone = lookup_digest(tmp_path, DIGEST)
    assert gone is not None
    assert gone.file == "a.warc.gz"
    assert lookup_digest(tmp_path, sha256([b"other"])) is None


def test_an_index_without_digests_is_searched_too(tmp_path: Path) -> None:
    hold(tmp_path, a=[page(1, "http://a.test/1", kind="revisit"), page(2, "http://a.test/2")])
    (tmp_path / "index" / "a.digests").unlink()
    place = lookup_digest(tmp_path, DIGEST)
    assert place is not None
    assert place.offset > 0


def test_a_digest_that_lies_about_its_record_finds_no_original(tmp_path: Path) -> None:
    hold(tmp_path, a=[page(1, "http://a.test/1"), page(2, "http://a.test/2", http("other"))])
    path = tmp_path / "index" / "a.digests"
    other = sha256([b"other"])
    path.write_bytes(path.read_bytes().replace(other.encode(), DIGEST.encode()))
    index = Index(tmp_path)
    places = [index.by_digest(DIGEST)]
    index.close()
    assert places != [None]
    (tmp_path / "index" / "a.digests").write_bytes(f"{DIGEST} 5 9 20261124080000\n".encode())
    index = Index(tmp_path)
    assert index.original(DIGEST) is None
    index.close()


def row(**said: object) -> bytes:
    base = {"url": "http://a.test/", "offset": "0", "length": "10", "filename": "a.warc.gz"}
    return b"test,a)/ 20261124080000 " + json.dumps(base | said).encode() + b"\n"


@pytest.mark.parametrize(
    "hostile",
    [
        row(filename="../../../../../etc/passwd"),
        row(filename="/etc/shadow"),
        row(filename="http://169.254.169.254/latest/meta-data"),
        row(filename=".."),
        row(filename="a\\b"),
        row(filename="a\x00b"),
        row(filename="县" * 100),
        row(filename="\ud800"),
        row(filename=None),
        row(offset="-5"),
        row(offset=-5),
        row(offset=True),
        row(offset=1.5),
        row(offset="１２"),
        row(length="99999999999999999999"),
        row(length=None),
        row(url=7),
        row().replace(b'"0"', b"1e400"),
        row().replace(b"20261124080000", b"99999999999999"),
        row().replace(b"20261124080000", b"2026"),
        row()[:-20],
        b'a)/ 20261124080000 {"url": \xff\xfe\x00 [[[[\n',
        b"b)/ 20261124080000 " + b"[" * 60_000 + b"\n",
        b"a)/" + b"a" * 100_000 + b" 20261124080000 {}\n",
        b"b)/ 20261124080000 " + b"9" * 50_000 + b"\n",
        b"\n",
        b"",
        b"x",
    ],
)
def test_a_torn_or_hostile_line_is_refused(hostile: bytes) -> None:
    assert isinstance(parse(hostile), Refused)


@pytest.mark.skipif(shared_folder() is None, reason="the shared hostile files are absent")
def test_the_shared_hostile_indexes_are_refused_line_by_line(tmp_path: Path) -> None:
    shared = shared_folder()
    assert shared is not None
    made = runpy.run_path(str(shared / "tools" / "hostile" / "make_hostile.py"))["CDXJ"]
    verdicts = {}
    for name, data in made.items():
        rows = [parse(one) for one in data.splitlines(keepends=True)]
        verdicts[name] = (sum(isinstance(r, Entry) for r in rows), len(rows))
        (tmp_path / name).mkdir()
        (tmp_path / name / "index").mkdir()
        (tmp_path / name / "index" / "x.cdxj").write_bytes(data)
        index = Index(tmp_path / name)
        assert index.unsorted == (["x.cdxj"] if name == "unsorted_dups.cdxj" else [])
        for url in ("http://127.0.0.1/x", "http://127.0.0.1/p1.html", "http://a/", "b://"):
            assert index.by_url(url) == []
        assert len(index.by_url("http://127.0.0.1/p0.html")) == verdicts[name][0]
        index.close()
    assert verdicts == {
        "good.cdxj": (1, 1),
        "traversal.cdxj": (0, 3),
        "bad_numbers.cdxj": (0, 2),
        "torn_last_line.cdxj": (1, 2),
        "unsorted_dups.cdxj": (0, 3),
        "bad_json_binary.cdxj": (0, 2),
        "long_line_2MB.cdxj": (0, 1),
    }


def test_refused_lines_are_counted_and_the_others_used(tmp_path: Path) -> None:
    hold(tmp_path, a=[page(1, "http://a.test/")])
    path = tmp_path / "index" / "a.cdxj"
    bad = [row(filename="/etc/passwd"), row(offset="-1"), b"test,a)/ 2026", b"[" * 100_000 + b"\n"]
    path.write_bytes(b"".join(sorted([path.read_bytes(), *bad])))
    index = Index(tmp_path)
    assert [e.location.file for e in index.by_url("http://a.test/")] == ["a.warc.gz"]
    assert sum(index.refused.values()) >= 2
    index.close()


def test_an_unsorted_index_is_said_to_be_and_read_from_end_to_end(tmp_path: Path) -> None:
    hold(tmp_path, a=[page(n, f"http://a.test/{n}") for n in range(9)])
    path = tmp_path / "index" / "a.cdxj"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    index = Index(tmp_path)
    assert index.unsorted == ["a.cdxj"]
    assert len(index.by_url("http://a.test/4")) == 1
    index.close()


def test_an_index_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(row())
    hold(tmp_path, a=[])
    (tmp_path / "index" / "b.cdxj").symlink_to(outside)
    assert lookup_url(tmp_path, "http://a.test/") == []


@given(st.lists(st.sampled_from("abAB/1?=&%.-_通"), min_size=1, max_size=6))
def test_every_line_written_is_found_again_by_its_url(parts: list[str]) -> None:
    url = "http://a.test/" + "".join(parts)
    line = f"{surt(url)} 20261124080000 ".encode() + row(url=url).split(b" ", 2)[2]
    entry = parse(line)
    assert isinstance(entry, Entry)
    assert entry.url == url


@given(st.binary(max_size=300))
def test_no_line_makes_the_parser_raise(data: bytes) -> None:
    parse(data)
    parse(b"a)/ 20261124080000 " + data)


@given(st.lists(st.binary(max_size=6).map(lambda b: b.replace(b"\n", b"")), max_size=30))
def test_bisection_finds_what_reading_everything_finds(
    tmp_path_factory: pytest.TempPathFactory, rows: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("index") / "x.cdxj"
    kept = sorted(row + b"\n" for row in rows)
    path.write_bytes(b"".join(kept))
    file = _Sorted(path)
    assert file.is_sorted
    for key in {row[:n] for row in rows for n in (1, 3)} | {b"\x00", b"\xff", b"m"}:
        if key:
            assert list(file.starting(key)) == [row for row in kept if row.startswith(key)]
    file.close()
