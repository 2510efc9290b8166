"""Damage costs only the damaged record, and the lost bytes are named."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.formats.framing import HEADER_LIMIT
from archive.formats.opening import records
from archive.formats.records import Damage, ReadRecord
from archive.formats.segments import joined
from archive.warcreader import read, read_at
from tests.warcs import arc, found, frames, http, info, members, package, six, warc

EMPTY_MEMBER = gzip.compress(b"", mtime=0)


def ids(records: list[ReadRecord]) -> list[int]:
    return [int(record.id[-12:]) for record in records]


ALL = [99, 0, 1, 2, 3, 4]


def ranges(damage: list[Damage]) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.code) for one in damage]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.warc.gz"


def test_a_flipped_bit_in_record_3_of_6_costs_that_record_and_names_its_bytes(path: Path) -> None:
    packed = members(six())
    start, size = len(b"".join(packed[:2])), len(packed[2])
    for at in range(0, size, 7):
        data = bytearray(b"".join(packed))
        data[start + at] ^= 0x04
        records, damage = found(path, bytes(data))
        if not damage:  # a bit of the member's head that says nothing about its content
            assert ids(records) == ALL
            continue
        assert ids(records) == [99, 0, 2, 3, 4]
        assert ranges(damage) == [(start, start + size, "damaged")]


@pytest.mark.parametrize("ending", ["gz", "plain", "zst"])
def test_every_packing_gives_the_same_records_at_their_places(path: Path, ending: str) -> None:
    pieces = {"gz": members(six()), "plain": six(), "zst": frames(six())}[ending]
    records, damage = found(path, b"".join(pieces))
    assert (ids(records), damage) == (ALL, [])
    places = [(r.location.offset, r.location.length) for r in records]
    assert places == [(sum(map(len, pieces[:i])), len(one)) for i, one in enumerate(pieces)]
    for record in records:
        again = read_at(path, record.location.offset)
        assert (again.headers, again.version) == (record.headers, "WARC/1.1")


def test_a_zstd_dictionary_in_front_is_used_packed_or_not(path: Path) -> None:
    trained = zstd.train_dict([one * 3 for one in six() * 20], 4096)
    body = b"".join(frames(six(), trained))
    for content in (trained.dict_content, zstd.compress(trained.dict_content)):
        front = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
        records, damage = found(path, front + body)
        assert (ids(records), damage) == (ALL, [])
        last = records[-1].location.offset
        assert read_at(path, last).id == records[-1].id
        cut = front + body[:-9]
        records, damage = found(path, cut)
        assert (ids(records), [d.code for d in damage]) == (ALL[:-1], ["torn"])


def test_what_stands_between_or_behind_members_is_named_and_costs_nothing(path: Path) -> None:
    packed = members(six())
    front, back = b"".join(packed[:2]), b"".join(packed[2:])
    a, b = len(front), len(front + back)
    for put_in, put_behind, lost in (
        (b"garbage \x1f\x8b\x08 garbage" * 9, b"", [(a, a + 19 * 9, "damaged")]),
        (EMPTY_MEMBER, b"", []),
        (b"", b"\0" * 512, [(b, b + 512, "zeros")]),
        (b"\0" * 4096, b"x", [(a, a + 4096, "zeros"), (b + 4096, b + 4097, "damaged")]),
        (b"\r\n\r\n", b"", [(a, a + 4, "damaged")]),
    ):
        records, damage = found(path, front + put_in + back + put_behind)
        assert (ids(records), ranges(damage)) == (ALL, lost)


def test_a_record_is_found_wherever_the_search_for_it_is_cut(path: Path) -> None:
    """After damage a mebibyte is searched at a time; the start of a record may lie across two."""
    [_, *packed] = members(six())
    for size in (1, *range((1 << 20) - 3, (1 << 20) + 4)):
        records, damage = found(path, b"x" * size + b"".join(packed))
        assert (ids(records), ranges(damage)) == (ALL[1:], [(0, size, "damaged")])


def test_a_byte_order_mark_costs_three_bytes(path: Path) -> None:
    for pieces in (six(), members(six())):
        records, damage = found(path, b"\xef\xbb\xbf" + b"".join(pieces))
        assert (ids(records), ranges(damage)) == (ALL, [(0, 3, "bom")])


def test_a_cut_tail_is_named_wherever_it_was_cut(path: Path) -> None:
    for pieces in (six(), members(six()), frames(six())):
        whole = b"".join(pieces)
        last = len(whole) - len(pieces[-1])
        for cut in range(last + 1, len(whole) - 4, 11):
            records, damage = found(path, whole[:cut])
            assert ids(records)[:5] == ALL[:5]
            if len(records) < 6:
                assert ranges(damage) == [(last, cut, "torn")]


def test_a_member_without_its_trailer_is_whole_and_the_tear_is_named(path: Path) -> None:
    whole = b"".join(members(six()))
    records, damage = found(path, whole[:-8])
    assert (ids(records), [d.code for d in damage]) == (ALL, ["torn-end"])


def test_what_was_appended_to_a_torn_file_is_found(path: Path) -> None:
    torn = b"".join(members(six()))[:-100]
    more = members([warc(number=7), warc(number=8)])
    records, damage = found(path, torn + b"".join(more))
    assert (ids(records), len(damage)) == ([*ALL[:5], 7, 8], 1)
    records, damage = found(path, b"".join(six()) + b"".join(more))
    assert (ids(records), damage) == ([*ALL, 7, 8], [])


def test_many_records_in_one_member_are_all_read(path: Path) -> None:
    whole = b"".join(six())
    for data in (gzip.compress(whole), zstd.compress(whole)):
        records, damage = found(path, data)
        assert (ids(records), damage) == (ALL, [])
        assert [r.inside for r in records] == [sum(map(len, six()[:i])) for i in range(6)]
        assert {r.location.offset for r in records} == {0}


def test_a_file_compressed_twice_is_read_and_said_to_be(path: Path) -> None:
    records, damage = found(path, gzip.compress(b"".join(members(six()))))
    assert (ids(records), [d.code for d in damage]) == (ALL, ["compressed-twice"])
    _, damage = found(path, gzip.compress(gzip.compress(gzip.compress(six()[0]))))
    assert any("more than twice" in d.problem for d in damage)


@pytest.mark.parametrize(
    "length", ["-5", "", "1e9", "9" * 30, "1000000000", "100", "0", "+7", "１２", "700"]
)
@pytest.mark.parametrize("packed", [True, False])
def test_a_lying_length_costs_nothing_and_is_named(path: Path, length: str, packed: bool) -> None:
    for place in (1, 5):
        made = six()
        made[place] = warc(number=place - 1, length=length)
        records, _ = found(path, b"".join(members(made) if packed else made))
        assert ids(records) == ALL
        assert [bool(r.problem) for r in records] == [at == place for at in range(6)]


def test_a_mended_block_is_the_one_that_was_written(path: Path) -> None:
    block = http("<p>一二三</p>")
    for length in ("-1", "9999", "30"):
        for pack in (members, list):
            made = [info(), warc(number=1, block=block, length=length), warc(number=2)]
            path.write_bytes(b"".join(pack(made)))
            for one in read(path):
                if isinstance(one, ReadRecord) and one.problem:
                    assert one.block.read() == block


def test_line_ends_of_other_systems_are_read(path: Path) -> None:
    for ending in (b"\n", b"\r\r\n"):
        made = b"".join(one.replace(b"\r\n", ending) for one in six())
        records, _ = found(path, made)
        assert ids(records) == ALL


def test_a_header_without_end_is_refused_and_the_rest_is_read(path: Path) -> None:
    flood = "".join(f"X-{n}: y\r\n" for n in range(HEADER_LIMIT // 4)).encode()
    hostile = b"WARC/1.1\r\n" + flood + b"\r\n"
    for pieces in (members([hostile, *six()]), [hostile, *six()]):
        records, damage = found(path, b"".join(pieces))
        assert ids(records) == ALL
        assert ranges(damage) == [(0, len(pieces[0]), "damaged")]


@pytest.mark.parametrize("version", [1, 2])
def test_arc_files_are_read_packed_or_not(path: Path, version: int) -> None:
    made = arc([("http://a.test/1 2.html", http()), ("dns:a.test", b"203.0.113.7\n")], version)
    for pieces in (made, members(made)):
        records, damage = found(path, b"".join(pieces))
        assert damage == []
        assert [r.type for r in records] == ["warcinfo", "response", "resource"]
        assert records[1].uri == "http://a.test/1 2.html"
        assert records[1].get("WARC-Date") == "2010-12-24T08:00:00Z"
        assert {r.version for r in records[1:]} == {f"ARC/{version}"}
        again, _ = found(path, b"".join(pieces))
        assert [r.id for r in again] == [r.id for r in records]
        torn, damage = found(path, b"".join((pieces[0], pieces[1][:-20], b"\n", pieces[2])))
        assert [r.type for r in torn][-1] == "resource"


def test_a_segmented_record_is_one_again_also_across_files(tmp_path: Path) -> None:
    whole = http("<p>" + "文" * 900 + "</p>")
    origin = "<urn:uuid:00000000-0000-4000-8000-000000000001>"

    def segment(number: int, part: bytes, last: bool) -> bytes:
        fields = {"WARC-Segment-Number": str(number), "WARC-Segment-Origin-ID": origin}
        fields["WARC-Target-URI"] = "http://www.example.gov.cn/1.html"
        fields |= {"WARC-Segment-Total-Length": str(len(whole))} if last else {}
        return warc("continuation", number, part, fields=fields.items())

    first = warc(number=1, block=whole[:500], fields=[("WARC-Segment-Number", "1")])
    second, third = segment(2, whole[500:900], False), segment(3, whole[900:], True)
    (tmp_path / "a").write_bytes(first + warc(number=7))
    (tmp_path / "b").write_bytes(second + third)
    (tmp_path / "c").write_bytes(third)

    def read(*names: str) -> list[tuple[str, bytes, str]]:
        every = (one for name in names for one in records(tmp_path / name))
        return [
            (one.type, one.block.read(), one.problem)
            for one in joined(every)
            if isinstance(one, ReadRecord)
        ]

    assert read("a", "b")[1:] == [("response", whole, "")]
    cut = read("a", "c")
    assert ("response", whole[:500], "segmented record: its segment 2 is missing") in cut
    assert read("a")[-1][2] == "segmented record: its last segment is missing"
    assert read("b")[0][0] == "continuation"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)
@given(st.data())
def test_no_bytes_make_the_reader_raise_or_lose_the_good_record_behind_them(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("salvage") / "x"
    pieces = [
        *six(),
        *members(six()),
        *frames(six()),
        *arc([("http://a.test/", http())]),
        package([("archive/a.warc.gz", b"".join(members(six())))]),
        b"WARC/1.1\r\n",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"Content-Length: 99999\r\n\r\n",
    ]
    hostile = b""
    for _ in range(data.draw(st.integers(0, 5))):
        piece = data.draw(st.sampled_from(pieces) | st.binary(max_size=60))
        start, end = sorted(data.draw(st.tuples(st.integers(0, 700), st.integers(0, 700))))
        hostile += piece[start:end] if data.draw(st.booleans()) else piece
    good = members([warc(number=777)])[0]
    records, damage = found(path, hostile + b"\n\n" + good)
    if not hostile.startswith(b"PK"):
        assert 777 in ids([r for r in records if r.id[-12:].isdigit()])
    size = path.stat().st_size
    assert all(0 <= d.start <= d.end <= size for d in damage)
