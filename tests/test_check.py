"""The validator is strict and calm: it names what is wrong, and leaves what is right alone."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from archive.check import Checker
from archive.checks.rules import RULES, Severity
from archive.warc import sha256
from tests.commands import fangzhi, lines
from tests.warcs import frames, http, info, members, package, warc

RESPONSE = "<urn:uuid:00000000-0000-4000-8000-000000000001>"


def codes(tmp_path: Path, *made: bytes, name: str = "x.warc.gz") -> list[str]:
    path = tmp_path / name
    packed = name.endswith(".gz")
    path.write_bytes(b"".join(members(made) if packed else made))
    checker = Checker()
    found = [*checker.file(path), *checker.finish()]
    return sorted({one.code for one in found if one.severity != Severity.NOTE})


@pytest.mark.parametrize(
    "made",
    [
        [info(), warc(number=1)],
        [info(), warc("request", 1, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")],
        [info(), warc("metadata", 1, b"via: x\r\n", fields=[("Content-Type", "text/plain")])],
        [info(), warc("resource", 1, b"x", fields=[("Content-Type", "text/plain")])],
        [
            info(),
            warc(number=1),
            warc(
                "conversion",
                2,
                b"x",
                fields=[("Content-Type", "text/plain"), ("WARC-Refers-To", RESPONSE)],
            ),
        ],
        [info(), warc(number=1, fields=[("WARC-Date", "2026-11-24T08:00:00.123456789Z")])],
        [info(), warc(number=1, fields=[("WARC-IP-Address", "2001:db8::1")])],
        [info(), warc(number=1, fields=[("WARC-Truncated", "length")])],
        [info(), warc(number=1, fields=[("X-Other", "何でも"), ("WARC-Protocol", "h2")])],
        [info(), warc(number=1, version="WARC/1.0")],
    ],
)
def test_a_valid_record_is_left_alone(tmp_path: Path, made: list[bytes]) -> None:
    assert codes(tmp_path, *made) == []
    assert codes(tmp_path, *made, name="x.warc") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"without": ["WARC-Record-ID"]}, "field-missing"),
        ({"without": ["WARC-Date"]}, "field-missing"),
        ({"without": ["WARC-Type"]}, "field-missing"),
        ({"without": ["WARC-Target-URI"]}, "field-missing"),
        ({"without": ["Content-Type"]}, "content-type-missing"),
        ({"kind": "revisit"}, "field-missing"),
        ({"kind": "continuation"}, "field-missing"),
        ({"fields": [("WARC-Record-ID", "urn:uuid:1")]}, "field-value"),
        ({"fields": [("WARC-Record-ID", "<no scheme>")]}, "field-value"),
        ({"fields": [("WARC-Record-ID", "<urn:uuid:1 2>")]}, "field-value"),
        ({"fields": [("WARC-Record-ID", "")]}, "field-empty"),
        ({"fields": [("WARC-Date", "2026-13-01T00:00:00Z")]}, "field-value"),
        ({"fields": [("WARC-Date", "2026-02-30T00:00:00Z")]}, "field-value"),
        ({"fields": [("WARC-Date", "2026-11-24 08:00:00")]}, "field-value"),
        ({"fields": [("WARC-Date", "2026-11-24T08:00:00")]}, "field-value"),
        ({"fields": [("WARC-Date", "2026")], "version": "WARC/1.0"}, "field-value"),
        ({"fields": [("WARC-Target-URI", "/no/scheme")]}, "field-value"),
        ({"fields": [("WARC-Target-URI", "http://a.test/a|b")]}, "uri-odd-characters"),
        ({"fields": [("WARC-IP-Address", "999.1.1.1")]}, "field-value"),
        ({"fields": [("Content-Type", "html")]}, "field-value"),
        ({"fields": [("Content-Type", "text/html")]}, "content-type-other"),
        ({"fields": [("WARC-Truncated", "whim")]}, "truncated-unknown"),
        ({"fields": [("WARC-Filename", "x.warc")]}, "field-forbidden"),
        ({"fields": [("WARC-Profile", "http://a.test/p")]}, "field-forbidden"),
        ({"fields": [("WARC-Refers-To", RESPONSE)]}, "field-forbidden"),
        ({"fields": [("WARC-Segment-Origin-ID", RESPONSE)]}, "field-forbidden"),
        ({"fields": [("WARC-Segment-Total-Length", "9")]}, "field-forbidden"),
        ({"fields": [("Content-Length", "²")]}, "length-wrong"),  # a digit to Python, and no number
        ({"fields": [("WARC-Segment-Number", "2")]}, "segment-number"),
        ({"fields": [("WARC-Block-Digest", "sha1")]}, "digest-malformed"),
        ({"fields": [("WARC-Block-Digest", "sha256:abc")]}, "digest-malformed"),
        ({"fields": [("WARC-Block-Digest", sha256([b"x"]))]}, "block-digest"),
        ({"fields": [("WARC-Payload-Digest", sha256([b"x"]))]}, "payload-digest"),
        ({"fields": [("Bad Name", "x")]}, "header-name"),
        ({"fields": [("X-Odd", "a\x07b")]}, "header-control"),
        ({"fields": [("X-Odd", "a\r\nno colon here")]}, "header-no-colon"),
        ({"kind": "metadata", "fields": [("WARC-Payload-Digest", "sha1:A")]}, "field-forbidden"),
        ({"kind": "frobnicate"}, "type-unknown"),
        ({"version": "WARC/9.9"}, "version-unknown"),
        ({"version": "WARC/0.18"}, "version-draft"),
        ({"block": b"<p>no head"}, "http-no-head"),
        ({"block": http(b"x" * 9)[:-3]}, "http-short"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, changes: dict[str, object], code: str) -> None:
    record = warc(number=1, **changes)  # type: ignore[arg-type]
    assert code in codes(tmp_path, info(), record)


def test_a_body_that_is_short_and_says_so_or_that_is_none_is_left_alone(tmp_path: Path) -> None:
    short = http(b"x" * 9)[:-3]
    cut = warc(number=1, block=short, fields=[("WARC-Truncated", "length")])
    assert codes(tmp_path, info(), cut) == []
    for status in (b"304 Not Modified", b"204 No Content"):
        empty = b"HTTP/1.1 " + status + b"\r\nContent-Length: 999\r\n\r\n"
        assert "http-short" not in codes(tmp_path, info(), warc(number=1, block=empty))


def test_a_digest_over_the_chunks_is_called_that_where_the_body_was_cut_as_well(
    tmp_path: Path,
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"9\r\n<p>\xb9\xab\xb8\xe6xx\r\n5\r\n<"
    fields = [("WARC-Truncated", "length"), ("WARC-Payload-Digest", sha256([body]))]
    found = codes(tmp_path, info(), warc(number=1, block=head + body, fields=fields))
    assert found == ["payload-digest-framed"]


def test_an_id_twice_in_a_file_is_told_from_one_in_two_files(tmp_path: Path) -> None:
    for count, code in ((2, "id-repeated"), (1, "id-elsewhere")):
        checker = Checker()
        for name in ("a.warc", "b.warc"):
            path = tmp_path / name
            path.write_bytes(warc(number=1) * count)
            assert {one.code for one in checker.file(path)} <= {"no-warcinfo"}
        found = [one.code for one in checker.finish() if one.code.startswith("id-")]
        assert found == [code]


def test_a_warcinfo_record_has_no_target_and_a_field_stands_once(tmp_path: Path) -> None:
    target = warc("warcinfo", 1, b"", fields=[("WARC-Target-URI", "http://a.test/")])
    assert "field-forbidden" in codes(tmp_path, target)
    twice = warc(number=1).replace(b"WARC-Type:", b"WARC-Type: response\r\nWARC-Type:", 1)
    assert "field-repeated" in codes(tmp_path, info(), twice)
    many = warc(
        number=1, fields=[("WARC-Concurrent-To", f"<urn:a>\r\nWARC-Concurrent-To: {RESPONSE}")]
    )
    assert codes(tmp_path, info(), many) == []


def test_a_digest_over_something_else_says_over_what(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    block = head + b"2\r\nhi\r\n0\r\n\r\n"
    for wrong, code in (
        (block, "payload-digest-block"),
        (block[len(head) :], "payload-digest-framed"),
    ):
        record = warc(number=1, block=block, fields=[("WARC-Payload-Digest", sha256([wrong]))])
        assert codes(tmp_path, info(), record) == [code]
    right = warc(number=1, block=block, fields=[("WARC-Payload-Digest", sha256([b"hi"]))])
    assert codes(tmp_path, info(), right) == []
    coded = http(b"hi", "Content-Encoding: identity, gzip")
    packed = http(gzip.compress(b"hi"), "Content-Encoding: gzip")
    record = warc(number=1, block=packed, fields=[("WARC-Payload-Digest", sha256([b"hi"]))])
    assert codes(tmp_path, info(), record) == ["payload-digest-decoded"]
    assert codes(tmp_path, info(), warc(number=1, block=coded)) == []


def test_line_ends_in_front_of_a_record_are_named(tmp_path: Path) -> None:
    made = [info(), warc(number=1)]
    for name in ("x.warc.gz", "x.warc"):
        assert codes(tmp_path, b"\r\n" + made[0], made[1], name=name) == ["record-start"]
        assert codes(tmp_path, made[0], made[1] + b"\r\n", name=name) == ["record-end"]
        assert codes(tmp_path, made[0], made[1][:-2], name=name) == ["record-end"]
    assert codes(tmp_path, made[0] + made[1]) == ["member-shared"]


def test_a_revisit_of_a_payload_states_its_digest_and_fields_have_names(tmp_path: Path) -> None:
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    revisit = warc("revisit", 1, b"", fields=[("WARC-Profile", profile)])
    assert "field-missing" in codes(tmp_path, info(), revisit)
    odd = warc("warcinfo", 1, b"software: x\r\nno colon\r\n")
    assert codes(tmp_path, odd) == ["warc-fields"]


def test_segments_are_judged_as_the_record_they_make(tmp_path: Path) -> None:
    block = http("<p>" + "文" * 500)
    digest = sha256([block.partition(b"\r\n\r\n")[2]])
    first = [("WARC-Segment-Number", "1"), ("WARC-Payload-Digest", digest)]
    more = {
        "WARC-Segment-Number": "2",
        "WARC-Segment-Origin-ID": RESPONSE,
        "WARC-Segment-Total-Length": str(len(block)),
        "WARC-Target-URI": "http://www.example.gov.cn/1.html",
    }
    head = warc(number=1, block=block[:200], fields=first)

    def tail(**changes: str) -> bytes:
        return warc("continuation", 2, block[200:], fields=(more | changes).items())

    assert codes(tmp_path, info(), head, tail()) == ["segmented"]
    longer = tail(**{"WARC-Segment-Total-Length": "9"})
    assert codes(tmp_path, info(), head, longer) == ["segment-missing"]
    other = tail(**{"WARC-Target-URI": "http://a.test/"})
    assert codes(tmp_path, info(), head, other) == ["segment-missing"]
    assert codes(tmp_path, info(), head) == ["segment-missing"]
    assert codes(tmp_path, info(), tail()) == ["segment-missing"]
    wrong = warc(number=1, block=block[:200], fields=[first[0], (first[1][0], sha256([b"x"]))])
    assert codes(tmp_path, info(), wrong, tail()) == ["payload-digest", "segmented"]


def test_what_spans_files_is_judged_over_all_of_them(tmp_path: Path) -> None:
    body = http()
    digest = sha256([body.partition(b"\r\n\r\n")[2]])
    original = warc(number=1, block=body, fields=[("WARC-Payload-Digest", digest)])
    revisit = warc(
        "revisit",
        2,
        body.partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
        fields=[
            ("Content-Type", "application/http; msgtype=response"),
            ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
            ("WARC-Refers-To", RESPONSE),
            ("WARC-Refers-To-Target-URI", "http://www.example.gov.cn/1.html"),
            ("WARC-Refers-To-Date", "2026-11-24T08:00:01Z"),
            ("WARC-Payload-Digest", digest),
        ],
    )
    (tmp_path / "a.warc").write_bytes(info() + original)
    (tmp_path / "b.warc").write_bytes(info(98) + revisit)
    for files, wanted in ((["b"], {"revisit-no-original"}), (["a", "b"], set())):
        checker = Checker()
        found = [one for name in files for one in checker.file(tmp_path / f"{name}.warc")]
        found += checker.finish()
        assert {one.code for one in found if one.severity != Severity.NOTE} == wanted
        assert checker.tally.unreplayable["pywb"] == len(wanted)


def test_every_code_is_documented_and_every_code_told_has_a_rule() -> None:
    root = Path(__file__).parents[1]
    rows = [
        row for row in (root / "docs" / "check.md").read_text("utf-8").splitlines() if "`" in row
    ]
    documented = [row for row in rows if row.startswith("| `")]
    assert documented == [
        f"| `{code}` | {rule.severity} | {rule.advice} | {', '.join(rule.breaks)} |"
        for code, rule in RULES.items()
    ]
    told = set()
    for path in (
        *(root / "archive").rglob("check*.py"),
        root / "archive" / "formats" / "opening.py",
    ):
        told |= set(
            re.findall(r'(?:yield |Finding\(|_first\()"([a-z0-9-]+)"', path.read_text("utf-8"))
        )
    assert told
    assert told <= set(RULES)


def test_the_command_says_what_where_and_what_to_do(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.warc.gz", tmp_path / "bad.warc.gz"
    good.write_bytes(b"".join(members([info(), warc(number=1)])))
    pieces = members([info(), warc(number=1), warc(number=2)])
    pieces[1] = pieces[1][:40] + bytes([pieces[1][40] ^ 255]) + pieces[1][41:]
    bad.write_bytes(b"".join(pieces))
    fine = fangzhi("check", good)
    assert fine.returncode == 0, fine.stdout
    wrong = fangzhi("check", bad)
    assert wrong.returncode == 1
    start, end = len(pieces[0]), len(pieces[0]) + len(pieces[1])
    assert f"bad.warc.gz bytes {start:,} to {end:,}: error: damaged" in wrong.stdout
    assert RULES["damaged"].advice in wrong.stdout
    assert f"{len(pieces[1]):,} bytes hold no readable record" in wrong.stdout
    rows = lines(fangzhi("check", "--json", bad).stdout)
    assert (rows[0]["code"], rows[0]["offset"], rows[0]["end"]) == ("damaged", start, end)
    assert rows[-1]["summary"]["lost_bytes"] == len(pieces[1])
    assert {row["judge"] for row in rows[-1]["summary"]["panel"]} >= {"warcio check"}


def test_standard_input_is_an_archive_too(tmp_path: Path) -> None:
    made = info() + warc(number=1, block=http(b"<p>x"), without=["WARC-Date"])
    done = fangzhi("check", "--json", "-", stdin=made)
    assert lines(done.stdout)[0]["code"] == "field-missing"
    assert lines(done.stdout)[0]["file"] == "stdin"
    assert "1 rejected" in fangzhi("replay", "-", stdin=made).stderr


def test_warnings_are_wrong_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.zst"
    path.write_bytes(b"".join(frames([info(), warc(number=1)])))
    assert fangzhi("check", path).returncode == 0
    assert fangzhi("check", "--strict", path).returncode == 1


def test_files_that_cannot_be_opened_and_wrong_use_are_told(tmp_path: Path) -> None:
    done = fangzhi("check", tmp_path / "none.warc", tmp_path)
    assert done.returncode == 1
    assert done.stdout.count("no-file") == 2
    assert "Traceback" not in done.stderr
    assert fangzhi("check", "--repair", tmp_path / "x.warc").returncode == 2
    assert fangzhi("check", "--holdings", tmp_path / "none").returncode == 1


def test_a_package_is_checked_with_what_is_inside(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    inside = b"".join(members([info(), warc(number=1, without=["WARC-Date"])]))
    path.write_bytes(package([("archive/a.warc.gz", inside), ("../x", b"")]))
    rows = lines(fangzhi("check", "--json", path).stdout)
    found = {(row["file"], row["code"]) for row in rows[:-1]}
    assert ("x.wacz!/archive/a.warc.gz", "field-missing") in found
    assert ("x.wacz", "zip-unsafe-name") in found
    assert ("x.wacz", "wacz-no-datapackage") in found


def test_hostile_text_in_an_archive_stays_on_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(warc(number=1, fields=[("WARC-Target-URI", "http://a.test/\x1b[2J\u202e")]))
    out = fangzhi("check", path).stdout
    assert "\x1b" not in out
    assert "\u202e" not in out
    for row in lines(fangzhi("check", "--json", path).stdout)[:-1]:
        assert json.dumps(row)
