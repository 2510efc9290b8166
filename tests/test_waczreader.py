"""A WACZ is opened within limits, its hashes are checked, and nothing leads out of it."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from archive.errors import MalformedPackage
from archive.formats.opening import records
from archive.formats.records import Damage, ReadRecord
from archive.formats.waczreader import Wacz
from tests.shared import shared_folder
from tests.warcs import found, members, package, six

WARC = b"".join(members(six()))
PAGES = (
    b'{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n'
    b'{"url": "http://www.example.gov.cn/1.html", "ts": "2026-11-24T08:00:01Z"}\n{torn\n'
)


def wacz(*more: tuple[str, bytes], hashes: dict[str, str] | None = None, **kept: bytes) -> bytes:
    """A package with right hashes, but for those given."""
    entries = {
        "archive/data.warc.gz": WARC,
        "indexes/index.cdx": b"",
        "pages/pages.jsonl": PAGES,
        **kept,
    }
    listed = [
        {
            "path": name,
            "hash": (hashes or {}).get(name, f"sha256:{hashlib.sha256(data).hexdigest()}"),
            "bytes": len(data),
        }
        for name, data in entries.items()
    ]
    about = json.dumps({"profile": "data-package", "resources": listed}).encode()
    return package([*entries.items(), ("datapackage.json", about), *more])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.wacz"


def codes(path: Path) -> list[str]:
    with Wacz(path) as opened:
        return [problem.code for problem in opened.verify()]


def test_a_good_package_gives_its_records_and_pages_without_a_word(path: Path) -> None:
    kept, damage = found(path, wacz())
    assert (len(kept), damage) == (6, [])
    assert {r.location.file for r in kept} == {"x.wacz!/archive/data.warc.gz"}
    assert codes(path) == []
    with Wacz(path) as opened:
        assert [page["url"] for page in opened.pages()] == ["http://www.example.gov.cn/1.html"]
        place = kept[3].location
        with opened.open("archive/data.warc.gz") as content:
            content.seek(place.offset)
            assert content.read(place.length) == members(six())[3]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../etc/passwd", "zip-unsafe-name"),
        ("/etc/passwd", "zip-unsafe-name"),
        ("archive/../../x", "zip-unsafe-name"),
        ("archive\\..\\x.warc", "zip-unsafe-name"),
        ("C:x.warc", "zip-unsafe-name"),
        ("archive/a\x00b.warc", "zip-unsafe-name"),
        ("archive/" + "县" * 300, "zip-unsafe-name"),
        ("ARCHIVE/data.WARC.gz", "zip-duplicate-name"),
    ],
)
def test_an_unsafe_name_is_refused_and_named(path: Path, name: str, code: str) -> None:
    file = io.BytesIO(wacz())
    with zipfile.ZipFile(file, "a") as more:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        more.writestr(info, b"x")
    _, damage = found(path, file.getvalue())
    assert code in [d.code for d in damage]
    with Wacz(path) as opened:
        assert name not in opened.entries()


def test_two_entries_of_one_name_are_both_refused(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = wacz(("archive/data.warc.gz", b"other"))
    kept, damage = found(path, data)
    assert kept == []
    assert [d.code for d in damage].count("zip-duplicate-name") == 2


def test_a_symbolic_link_and_an_encrypted_entry_are_refused(path: Path) -> None:
    out = io.BytesIO(wacz())
    with zipfile.ZipFile(out, "a") as file:
        link = zipfile.ZipInfo("archive/link.warc")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    kept, damage = found(path, out.getvalue())
    assert (len(kept), [d.code for d in damage]) == (6, ["zip-not-a-file"])


def test_a_wrong_hash_or_size_is_named_and_the_records_are_still_read(path: Path) -> None:
    kept, damage = found(path, wacz(hashes={"archive/data.warc.gz": "sha256:" + "0" * 64}))
    assert (len(kept), [d.code for d in damage]) == (6, ["wacz-hash"])
    good = wacz()
    found(path, good.replace(b'"bytes": 0', b'"bytes": 9'))
    assert "wacz-size" in codes(path) or "zip-broken" in codes(path)


def test_what_is_missing_or_unlisted_is_named(path: Path) -> None:
    path.write_bytes(package([("archive/a.warc", b"".join(six()))]))
    assert codes(path) == [
        "wacz-no-datapackage",
        "wacz-no-index",
        "wacz-no-pages",
        "wacz-unlisted",
    ]
    path.write_bytes(wacz(("extra.txt", b"x")))
    assert codes(path) == ["wacz-unlisted"]
    path.write_bytes(package([("archive/a.warc.gz", WARC)], deflated=["archive/a.warc.gz"]))
    assert "wacz-not-stored" in codes(path)
    assert sum(isinstance(r, ReadRecord) for r in records(path)) == 6


def test_lying_sizes_and_overlapping_entries_are_refused(path: Path) -> None:
    data = bytearray(package([("archive/a.warc", b"".join(six()))]))
    directory = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 10)  # stored, but with another size inside
    _, damage = found(path, bytes(data))
    assert "zip-lying-size" in [d.code for d in damage]
    data = bytearray(package([("archive/a.warc", b"a" * 500), ("archive/b.warc", b"b" * 500)]))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", data, second + 42, 20)  # the second begins inside the first
    _, damage = found(path, bytes(data))
    assert [d.code for d in damage].count("zip-overlap") >= 1


def test_a_bomb_is_stopped_by_its_stated_size(path: Path) -> None:
    data = bytearray(package([("archive/a.warc", b"\0" * 1_000_000)], deflated=["archive/a.warc"]))
    directory = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 0xF0000000)
    _, damage = found(path, bytes(data))
    assert "zip-too-large" in [d.code for d in damage]
    struct.pack_into("<I", data, directory + 24, 500)  # inflates to more than it says
    _, damage = found(path, bytes(data))
    assert "zip-broken" in [d.code for d in damage]


@pytest.mark.parametrize("about", [b"[" * 100_000, b"\xff\xfe", b"[]", b'{"resources": {"a": 1}}'])
def test_a_hostile_datapackage_is_no_datapackage(path: Path, about: bytes) -> None:
    path.write_bytes(package([("archive/a.warc.gz", WARC), ("datapackage.json", about)]))
    assert "wacz-unlisted" in codes(path)
    assert sum(isinstance(r, ReadRecord) for r in records(path)) == 6


def test_a_cut_package_is_one_clear_error(path: Path) -> None:
    data = wacz()
    for cut in (10, 500, len(data) - 5):
        kept, damage = found(path, data[:cut])
        assert (kept, [d.code for d in damage]) == ([], ["zip-broken"])
        with pytest.raises(MalformedPackage):
            Wacz(path)


def test_a_package_inside_a_package_is_said_not_to_be_read(path: Path) -> None:
    _, damage = found(path, package([("archive/inner.wacz", wacz())]))
    assert "zip-nested" in [d.code for d in damage]


@pytest.mark.skipif(shared_folder() is None, reason="the shared samples are absent")
def test_py_waczs_examples_get_their_verdicts() -> None:
    shared = shared_folder()
    assert shared is not None
    folder = shared / "data" / "warc" / "webrecorder__py-wacz"
    for path in sorted(folder.glob("*.wacz")):
        wrong = codes(path)
        if path.name == "invalid_example_1.wacz":
            assert "wacz-no-archive" in wrong
        else:  # a wrong signature is not looked at: the hashes are right
            assert wrong == [], path.name
            kinds = [type(one) for one in records(path)]
            assert Damage not in kinds
