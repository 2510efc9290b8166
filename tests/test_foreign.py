"""Anybody's archive is read to its end, and every record of it has its place.

The first table is the list of verdicts of the shared synthetic cases (`warc/INDEX.md` there):
records found, and what else the reader must say. Run with `-s` to see it filled in.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive.check import Checker
from archive.formats.opening import records
from archive.formats.originals import is_new
from archive.formats.records import Damage, ReadRecord
from tests.commands import fangzhi, lines
from tests.shared import shared_folder
from tests.warcs import http, info, members, package, warc

SHARED = shared_folder()
needs_samples = pytest.mark.skipif(SHARED is None, reason="the shared samples are absent")
SAMPLES = SHARED / "data" / "warc" if SHARED else Path()

# Records where something is to be said beside them; every other case reads without a word.
TOLD = {
    "bad-crc-third-member.warc.gz": (5, "damaged"),
    "bad-length-long.warc": (3, "mended"),
    "bad-length-short.warc": (3, "mended"),
    "bitflip-third-member.warc.gz": (5, "damaged"),
    "bom-prefix.warc": (6, "bom"),
    "double-gzip.warc.gz": (6, "compressed-twice"),
    "empty.warc.gz": (0, "empty-file"),
    "garbage-between-members.warc.gz": (6, "damaged"),
    "huge-length.warc": (3, "mended"),
    "negative-length.warc": (3, "mended"),
    "no-length.warc": (3, "mended"),
    "trunc-last-member-8bytes.warc.gz": (6, "torn-end"),
    "trunc-last-member.warc.gz": (5, "torn"),
    "trunc-plain.warc": (5, "torn"),
    "zero-padding-tail.warc.gz": (6, "zeros"),
}


TEXT = (
    "各乡镇人民政府要认真组织实施，抓好落实。县财政局负责资金拨付，县审计局负责监督检查。"
    "项目自公布之日起施行，有效期五年，原有规定同时废止，由县人民政府办公室负责解释。"
)


def listed() -> dict[str, int]:
    """Records of every synthetic case, as the index of the samples lists them."""
    rows = (SAMPLES / "INDEX.md").read_text("utf-8").partition("## synthetic")[2].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if "| " in row]
    counts = {c[0]: c[2].split()[0].rstrip(",") for c in cells if ".warc" in c[0]}
    return {name: int(count) for name, count in counts.items() if count.isdigit()}


@needs_samples
def test_every_synthetic_case_gives_its_listed_verdict_or_says_what_is_wrong() -> None:
    verdicts = listed()
    files = sorted(p for p in (SAMPLES / "synthetic").iterdir() if ".warc" in p.name)
    assert len(files) == len(verdicts) == 89
    for path in files:
        every = list(records(path))
        count = sum(isinstance(one, ReadRecord) for one in every)
        said = [one.code for one in every if isinstance(one, Damage)]
        said += ["mended" for one in every if isinstance(one, ReadRecord) and one.problem]
        told = TOLD.get(path.name)
        print(f"{path.name:42} {verdicts[path.name]:3} listed {count:3} read  {' '.join(said)}")
        assert (count, said) == ((told[0], [told[1]]) if told else (verdicts[path.name], []))
        assert count == verdicts[path.name] or said, "none may end silently"


# Records and what is said of the shared hostile files; see EXPECTED.md beside their generator.
HOSTILE = {
    "bad_block_digest.warc.gz": (7, "block-digest"),
    "bad_http_status.warc.gz": (7, "http-no-head"),
    "crlf_injected_uri.warc.gz": (7, "field-repeated"),
    "duplicate_record_ids.warc.gz": (12, "id-repeated"),
    "empty.warc.gz": (0, "empty-file"),
    "flip_crc_rec3.warc.gz": (5, "damaged"),
    "flip_data_rec3.warc.gz": (5, "damaged"),
    "flip_gzmagic_rec3.warc.gz": (5, "damaged"),
    "garbage_tail.warc.gz": (6, "damaged"),
    "good.warc": (6, ""),
    "good.warc.gz": (6, ""),
    "header_flood_100k.warc.gz": (6, "damaged"),
    "header_line_1MB.warc.gz": (6, "damaged"),
    "http_bad_chunks.warc.gz": (7, "http-not-chunked"),
    "http_gzip_bomb_100MB.warc.gz": (7, "coding-bomb"),
    "http_gzip_lie.warc.gz": (7, "coding-lie"),
    "http_no_header_end.warc.gz": (7, "http-no-end"),
    "len_huge.warc": (7, "length-beyond"),
    "len_nan.warc": (7, "length-wrong"),
    "len_negative.warc": (7, "length-wrong"),
    "len_too_big.warc": (7, "length-beyond"),
    "len_too_small.warc": (7, "length-wrong"),
    "lf_only.warc": (6, "header-line-end"),
    "no_target_uri.warc.gz": (7, "field-missing"),
    "not_warc_pdf.warc.gz": (0, "damaged"),
    "record_bomb_200MB.warc.gz": (7, ""),
    "revisit_loop.warc.gz": (8, "revisit-of-revisit"),
    "single_member.warc.gz": (6, "member-shared"),
    "torn_then_appended.warc.gz": (10, "damaged"),
    "trunc_at_boundary.warc.gz": (5, ""),  # the state knows of the record that is missing
    "trunc_in_gz_header.warc.gz": (5, "torn"),
    "trunc_last_8byte_trailer.warc.gz": (6, "torn-end"),
    "trunc_last_half.warc.gz": (5, "torn"),
    "trunc_mid.warc": (5, "torn"),
    "warcinfo_traversal.warc.gz": (7, "filename-path"),
    "zero_hole_rec3.warc.gz": (5, "zeros"),
    "zero_tail.warc.gz": (6, "zeros"),
}


@needs_samples
def test_every_hostile_file_is_read_within_bounds_and_flagged(tmp_path: Path) -> None:
    assert SHARED is not None
    maker = SHARED / "tools" / "hostile" / "make_hostile.py"
    code = "import runpy, sys, pathlib as p; m = runpy.run_path(sys.argv[1]); "
    code += "[p.Path(sys.argv[2], n).write_bytes(b) for n, b in m['WARC']().items()]"
    subprocess.run([sys.executable, "-c", code, maker, tmp_path], check=True)
    assert {path.name for path in tmp_path.iterdir()} == set(HOSTILE)
    for name, (count, code) in HOSTILE.items():
        every = list(records(tmp_path / name))
        assert sum(isinstance(one, ReadRecord) for one in every) == count, name
        checker = Checker()
        said = {one.code for one in (*checker.file(tmp_path / name), *checker.finish())}
        print(f"{name:36} {count:3} {' '.join(sorted(said))}")
        assert code in said or (not code and not said), (name, said)


@needs_samples
def test_replay_gives_every_capture_of_every_sample_a_line() -> None:
    files = sorted(
        path
        for path in SAMPLES.rglob("*")
        if any(path.name.endswith(e) or f"{e}." in path.name for e in (".warc", ".arc", ".wacz"))
        and path.suffix not in (".jsonl", ".cdx")
    )
    assert len(files) > 140
    done = fangzhi("replay", *files)
    assert "Traceback" not in done.stderr
    print(done.stderr)
    rows = lines(done.stdout)
    pages = 0
    for path in files:
        for one in records(path):
            if isinstance(one, ReadRecord):
                web = one.uri.lower().startswith("http")
                pages += one.type == "response" or (one.type == "resource" and web) or is_new(one)
    lost = re.search(r"(\d+) revisits of pages whose payload is in none", done.stderr)
    assert len(rows) == pages - int(lost[1] if lost else 0)
    assert all(row["id"] and ("rejected" in row or row["text"] is not None) for row in rows)


def test_the_account_of_a_replay_names_every_kind_of_record(tmp_path: Path) -> None:
    made = [
        info(),
        warc(number=1, block=http(f"<p>{TEXT}</p>")),
        warc("request", 2, b"GET / HTTP/1.1\r\n\r\n"),
        warc("resource", 3, b"\x89PNG\r\n\x1a\n", fields=[("Content-Type", "image/png")]),
        warc("frobnicate", 4, b"?"),
    ]
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members(made)))
    inside = package([("archive/a.warc.gz", b"".join(members(made)))])
    (tmp_path / "b.wacz").write_bytes(inside)
    done = fangzhi("replay", tmp_path / "a.warc.gz", tmp_path / "b.wacz", tmp_path / "none")
    assert done.returncode == 1
    assert "none: no such file" in done.stderr
    assert "10 records: 2 articles, 2 rejected, 6 not pages" in done.stderr
    assert "2 frobnicate" in done.stderr
    first, second = lines(done.stdout)[::2]
    assert first["text"] == second["text"]
    assert second["warc"]["file"] == second["input"] == "b.wacz!/archive/a.warc.gz"
    rejected = lines(done.stdout)[1]
    assert (rejected["rejected"], rejected["url"]) == (
        "not-html",
        "http://www.example.gov.cn/3.html",
    )


def test_what_an_archive_says_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    hostile = warc(number=1, fields=[("WARC-Target-URI", "http://a.test/\x1b[2J\u202e")])
    (tmp_path / "x.warc").write_bytes(hostile[:-40])
    done = fangzhi("replay", tmp_path / "x.warc")
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr
    assert "\\x1b" in done.stderr


def test_other_tools_records_become_pages(tmp_path: Path) -> None:
    text = TEXT
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n" + http(f"<p>{text}</p>")
    http2 = http(f"<p>{text}</p>").replace(b"HTTP/1.1 200 OK", b"HTTP/2 200")
    made = [
        warc(number=1, block=early),
        warc(number=2, block=http2),
        warc(number=3, without=["WARC-Record-ID"], block=http(f"<p>{text}</p>")),
        warc(number=4, block=b"HTTP/1.1 204 No Content\r\n", without=["WARC-Date"]),
        warc("resource", 5, f"<p>{text}</p>".encode(), fields=[("Content-Type", "text/html")]),
        warc(number=6, fields=[("WARC-Target-URI", "http://a.test/\udcb9\udcab.html")]),
    ]
    (tmp_path / "x.warc").write_bytes(b"".join(made))
    done = fangzhi("replay", tmp_path / "x.warc")
    rows = lines(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [row["text"] for row in rows if "text" in row] == [text] * 4
    assert [row["rejected"] for row in rows if "rejected" in row] == ["no-text"] * 2
    assert rows[2]["id"].startswith("urn:sha256:")
    assert rows[5]["url"] == "http://a.test/%B9%AB.html"
    assert json.loads(done.stdout.splitlines()[0])["payload_digest"] is None


def test_a_hostile_package_is_replayed_as_far_as_it_is_sound(tmp_path: Path) -> None:
    """A wrong hash, a way out of the folder and a bomb: each is named, and what is sound is read."""
    made = b"".join(members([info(), warc(number=1, block=http(f"<p>{TEXT}</p>"))]))
    bomb = gzip.compress(b"\0" * 300_000_000)
    entries = [("archive/a.warc.gz", made), ("archive/b.warc.gz", bomb), ("../../out.warc", made)]
    target = tmp_path / "in" / "deep" / "a.wacz"
    target.parent.mkdir(parents=True)
    target.write_bytes(package([*entries, ("datapackage.json", _stated(b"other"))]))
    before = set(tmp_path.rglob("*"))
    done = fangzhi("replay", target, "--holdings", tmp_path / "none")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [row["warc"]["file"] for row in lines(done.stdout)] == ["a.wacz!/archive/a.warc.gz"]
    for told in ("archive/a.warc.gz is sha256:", "../../out.warc", "archive/b.warc.gz: bytes"):
        assert told in done.stderr, told
    assert set(tmp_path.rglob("*")) == before


def _stated(data: bytes) -> bytes:
    """A package description that states the digest of other bytes."""
    listed = {"path": "archive/a.warc.gz", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    return json.dumps({"profile": "data-package", "resources": [listed]}).encode()
