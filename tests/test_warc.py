"""What is written is what is read, and a crash costs nothing that was acknowledged."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import WriteFailed
from archive.formats.exchange import Exchange, exchange_records
from archive.warc import pieces, record_ids, sha256
from archive.warcreader import Damage, ReadRecord, read, read_at, read_file, whole_members
from archive.warcwriter import AT_ONCE, OPEN, Naming, WarcWriter, recover
from tests.hostile.powercut import recorded
from tests.hostile.shim import compiled

NOW = datetime(2026, 11, 24, 8, 0, 0, 123456, UTC)
NAMES = Naming("test", "host")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def writer(folder: Path, **options: float) -> WarcWriter:
    return WarcWriter(folder, NAMES, {"software": "fangzhi"}, **options)  # type: ignore[arg-type]


def exchange(
    response: bytes, uri: str = "http://a.test/", request: bytes = b"GET / HTTP/1.1\r\n\r\n"
) -> Exchange:
    return Exchange(uri, NOW, request, BytesIO(response))


def write(folder: Path, exchanges: list[Exchange]) -> Path:
    out = writer(folder)
    out.ready(NOW)
    for one in exchanges:
        out.write(exchange_records(one))
    path = out.close()
    assert path is not None
    return path


def whole(path: Path) -> list[ReadRecord]:
    records = list(read(path))
    assert not [r for r in records if isinstance(r, Damage)]
    return [r for r in records if isinstance(r, ReadRecord)]


odd_bytes = st.binary(max_size=400) | st.builds(lambda b: HEAD + b, st.binary(max_size=400))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(st.lists(st.tuples(odd_bytes, st.binary(max_size=80)), max_size=4))
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[bytes, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    path = write(folder, [exchange(response, request=request) for response, request in sent])
    records = whole(path)
    responses = [r.block.read() for r in records if r.type == "response"]
    requests = [r.block.read() for r in records if r.type == "request"]
    assert responses == [response for response, _ in sent if response]
    assert requests == [request for _, request in sent if request]
    for record in records:
        record.block.seek(0)
        assert record.get("WARC-Block-Digest") == sha256(pieces(record.block))
        again = read_at(path, record.location.offset)
        assert again.headers == record.headers


def test_an_interim_head_is_cut_from_the_block_and_kept_in_the_metadata(tmp_path: Path) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n"
    records = whole(write(tmp_path, [exchange(early + HEAD + b"<p>x")]))
    assert [r.type for r in records] == ["warcinfo", "response", "request", "metadata"]
    assert records[1].block.read() == HEAD + b"<p>x"
    assert b"http-interim: HTTP/1.1 103 Early Hints; Link: </s.css>" in records[3].block.read()


def test_the_payload_digest_is_over_the_dechunked_still_coded_body(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    records = whole(
        write(tmp_path, [exchange(head + b"3\r\n\x1f\x8b\x08\r\n2\r\nxy\r\n0\r\n\r\n")])
    )
    assert records[1].get("WARC-Payload-Digest") == sha256([b"\x1f\x8b\x08xy"])


def test_all_records_of_an_exchange_share_the_date_and_point_backwards(tmp_path: Path) -> None:
    _, response, request, metadata = whole(write(tmp_path, [exchange(HEAD)]))
    dates = {r.get("WARC-Date") for r in (response, request, metadata)}
    assert dates == {"2026-11-24T08:00:00.123456Z"}
    assert request.get("WARC-Concurrent-To") == metadata.get("WARC-Refers-To") == f"<{response.id}>"


def test_the_connection_is_described_once_in_an_exchange(tmp_path: Path) -> None:
    answered = exchange(HEAD)
    silent = replace(answered, response=BytesIO())
    fields = {"ip_address": "127.0.0.1", "protocols": ("http/1.1", "tls/1.3"), "cipher": "X"}
    sent = [replace(one, **fields) for one in (answered, silent)]  # type: ignore[arg-type]
    records = whole(write(tmp_path, sent))[1:]
    told = [(r.type, r.get("WARC-IP-Address"), r.get("WARC-Cipher-Suite")) for r in records]
    nothing = (None, None)
    assert told == [
        *[("response", "127.0.0.1", "X"), ("request", *nothing), ("metadata", *nothing)],
        *[("request", "127.0.0.1", "X"), ("metadata", *nothing)],
    ]


@pytest.mark.parametrize("size", [AT_ONCE - 1000, AT_ONCE, AT_ONCE + 1000, 3 * AT_ONCE])
def test_a_record_is_one_member_whether_it_is_packed_at_once_or_piece_by_piece(
    tmp_path: Path, size: int
) -> None:
    body = random.Random(size).randbytes(size // 2) + bytes(size - size // 2)
    path = write(tmp_path, [exchange(HEAD + body), exchange(HEAD)])
    with path.open("rb") as file:
        answers = [r.block.read() for r in read_file(file, path.name) if r.type == "response"]  # type: ignore[union-attr]
    assert answers == [HEAD + body, HEAD]
    records = 1 + 2 * 3  # warcinfo; response, request and metadata of each exchange
    assert whole_members(path) == (records, path.stat().st_size)


def test_record_ids_are_fresh_and_sort_by_the_time_of_their_capture() -> None:
    moments = [NOW + timedelta(milliseconds=number) for number in range(50)]
    ids = [next(record_ids(moment)) for moment in moments]
    assert ids == sorted(ids)
    assert len({next(record_ids(NOW)) for _ in range(1000)}) == 1000
    assert {uuid.UUID(one.removeprefix("urn:uuid:")).version for one in ids} == {7}
    assert len({one[:-2] for one in record_ids(NOW)}) == 1
    assert len(set(record_ids(NOW))) == 256


def test_a_url_cannot_forge_a_header(tmp_path: Path) -> None:
    records = whole(write(tmp_path, [exchange(HEAD, uri="http://a.test/\r\nX-Injected: 1")]))
    assert records[1].get("X-Injected") is None
    assert records[1].get("WARC-Target-URI") == "http://a.test/%0D%0AX-Injected: 1"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_no_text_of_a_page_forges_a_header_field_or_a_record(
    tmp_path_factory: pytest.TempPathFactory, uri: str, note: str, address: str
) -> None:
    """CR LF, NUL and every other control character in a URL, a note or an address is escaped."""
    hostile = "\r\nX-Injected: 1\r\n\r\nWARC/1.1\r\n"
    folder = tmp_path_factory.mktemp("injected")
    sent = Exchange(
        f"http://a.test/{uri}{hostile}".encode("utf-8", "replace").decode(),
        NOW,
        b"GET / HTTP/1.1\r\n\r\n",
        BytesIO(HEAD + b"<p>"),
        ip_address=address.encode("utf-8", "replace").decode() + hostile,
        notes=(("via", note.encode("utf-8", "replace").decode() + hostile),),
    )
    out = writer(folder)
    out.ready(NOW)
    out.write(exchange_records(sent))
    path = out.close()
    assert path is not None
    found = whole(path)
    assert [r.type for r in found] == ["warcinfo", "response", "request", "metadata"]
    for record in found:
        assert record.get("X-Injected") is None
        assert not any(char < " " for _, value in record.headers for char in value)
    assert b"X-Injected" not in found[3].block.read().replace(b"%0D%0AX-Injected", b"")
    assert found[1].block.read() == HEAD + b"<p>"


def test_a_file_is_rotated_by_size_and_by_age(tmp_path: Path) -> None:
    out = writer(tmp_path, rotate_bytes=1, rotate_seconds=100)
    for second in (0, 1, 2):
        out.ready(NOW.replace(second=second))
        out.write(exchange_records(exchange(HEAD)))
    out.close()
    assert len(list(tmp_path.glob("*.warc.gz"))) == 3
    aged = writer(tmp_path, rotate_seconds=60)
    assert aged.ready(NOW.replace(year=2027))
    assert not aged.ready(NOW.replace(year=2027, second=30))
    assert aged.ready(NOW.replace(year=2027, minute=1))
    aged.close()


@pytest.mark.parametrize("cut", [1, 7, 9, 200])
def test_a_torn_file_is_cut_at_its_last_whole_record_and_the_rest_kept(
    tmp_path: Path, cut: int
) -> None:
    path = write(tmp_path, [exchange(HEAD + os.urandom(500)) for _ in range(4)])
    data = path.read_bytes()
    records = len(whole(path))
    path.unlink()
    (tmp_path / (path.name + OPEN)).write_bytes(data[:-cut])
    [found] = recover(tmp_path)
    assert found.path == path
    assert len(whole(path)) == found.records == records - 1
    assert data[:-cut].endswith((tmp_path / (path.name + ".torn")).read_bytes())
    assert recover(tmp_path) == []


def test_what_is_cut_off_a_file_is_durable_before_and_never_in_memory_whole(tmp_path: Path) -> None:
    """Damage in the middle leaves acknowledged records behind it, up to the size of a file."""
    path = write(tmp_path, [exchange(HEAD)])
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size + 24 * 2**20)
    path.rename(tmp_path / (path.name + OPEN))
    program = (
        "import sys, tracemalloc; from pathlib import Path; from archive.warcwriter import recover\n"
        "tracemalloc.start(); recover(Path(sys.argv[1])); print(tracemalloc.get_traced_memory()[1])"
    )
    log = tmp_path.with_name("log")
    fault = {"FAULT_KIND": "record", "FAULT_UNDER": str(tmp_path), "FAULT_TOLD": str(log)}
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path],
        env=os.environ | fault | {"LD_PRELOAD": str(compiled())},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 8 * 2**20
    torn = tmp_path / (path.name + ".torn")
    assert torn.stat().st_size == 24 * 2**20
    ops = recorded(log, tmp_path)
    log.unlink()
    [cut] = (at for at, op in enumerate(ops) if op.what == "truncate" and op.at == size)
    before = [op.what for op in ops[:cut] if op.inode == torn.stat().st_ino]
    assert before[-1] == "sync"
    assert before.count("write") >= 24
    assert ops[cut - 1].what == "sync"
    assert ops[cut - 1].inode == tmp_path.stat().st_ino


def test_one_byte_behind_the_last_record_is_cut_off_as_well(tmp_path: Path) -> None:
    path = write(tmp_path, [exchange(HEAD)])
    data = path.read_bytes()
    path.rename(tmp_path / (path.name + OPEN)).write_bytes(data + b"\x1f")
    assert [one.cut for one in recover(tmp_path)] == [1]
    assert path.read_bytes() == data


def test_no_file_is_written_over_and_two_of_one_moment_have_two_names(tmp_path: Path) -> None:
    paths = [write(tmp_path, [exchange(HEAD)])]
    out = writer(tmp_path, rotate_bytes=1)
    (tmp_path / (paths[0].name + OPEN)).touch()
    with pytest.raises(WriteFailed, match="File exists"):
        out.ready(NOW)
    for _ in range(2):
        assert out.ready(NOW)
        out.write(exchange_records(exchange(HEAD)))
        paths.append(tmp_path / out.filename)
    out.close()
    assert len({path.name for path in paths}) == 3
    assert all(len(whole(path)) == 4 for path in paths)


def test_a_file_in_use_is_left_alone(tmp_path: Path) -> None:
    out = writer(tmp_path)
    out.ready(NOW)
    assert recover(tmp_path) == []
    assert list(tmp_path.glob(f"*{OPEN}"))
    out.close()


def test_a_failed_write_gives_the_file_up_at_its_last_whole_record(tmp_path: Path) -> None:
    out = writer(tmp_path)
    out.ready(NOW)
    out.write(exchange_records(exchange(HEAD)))
    out.sync()

    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            if self.tell() > 70_000:
                raise OSError(5, "Input/output error")
            return data

    bad = exchange_records(exchange(HEAD + b"x" * 60_000))
    broken = Broken(b"y" * 200_000)
    with pytest.raises(WriteFailed, match="Input/output error"):
        out.write([type(bad[0])(bad[0].headers, broken, 200_000)])
    [found] = recover(tmp_path)
    assert len(whole(found.path)) == 4


@pytest.mark.parametrize("damage", ["flip", "garbage", "empty-member", "zeros", "bom"])
def test_damage_costs_only_the_damaged_record_and_is_named(tmp_path: Path, damage: str) -> None:
    path = write(tmp_path, [exchange(HEAD + os.urandom(300)) for _ in range(3)])
    places = [r.location for r in whole(path)]
    data = bytearray(path.read_bytes())
    third = places[4].offset
    if damage == "flip":
        data[third + 40] ^= 0x10
    elif damage == "garbage":
        data[third:third] = b"garbage between members" * 3
    elif damage == "empty-member":
        data[third:third] = bytes.fromhex("1f8b080000000000000303000000000000000000")
    elif damage == "zeros":
        data += b"\0" * 512
    else:
        data[:0] = b"\xef\xbb\xbf"
    path.write_bytes(data)
    found = list(read(path))
    lost = [r for r in found if isinstance(r, Damage)]
    assert len(found) - len(lost) == len(places) - (damage == "flip")
    assert [d.start for d in lost] == {"flip": [third], "garbage": [third], "empty-member": []}.get(
        damage, [0] if damage == "bom" else [len(data) - 512]
    )


def test_whole_members_stops_at_the_first_torn_one(tmp_path: Path) -> None:
    path = write(tmp_path, [exchange(HEAD)])
    size = path.stat().st_size
    assert whole_members(path) == (4, size)
    path.write_bytes(path.read_bytes()[:-3])
    count, end = whole_members(path)
    assert count == 3
    assert end < size - 3


CHILD = """
import sys, os
from pathlib import Path
from tests.test_warc import HEAD, NOW, exchange, writer
from archive.formats.exchange import exchange_records
out = writer(Path(sys.argv[1])); out.ready(NOW)
for i in range(100000):
    records = exchange_records(exchange(HEAD + os.urandom(3000)))
    out.write(records); out.sync()
    os.write(1, (records[0].id + "\\n").encode())
"""


def test_kill_9_while_writing_loses_nothing_acknowledged(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    assert child.stdout is not None
    acknowledged = [child.stdout.readline().decode().strip() for _ in range(25)]
    child.send_signal(signal.SIGKILL)
    acknowledged += [
        row.decode().strip() for row in child.stdout.readlines() if row.endswith(b"\n")
    ]
    child.wait()
    child.stdout.close()
    [found] = recover(tmp_path)
    kept = {record.id for record in whole(found.path)}
    assert set(acknowledged) <= kept
