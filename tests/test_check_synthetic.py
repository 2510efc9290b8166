"""`fangzhi check` on the shared synthetic cases: one verdict each, none silent, and a panel that
knows what other tools say of the same files. Run with `-s` to see the table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.check import Checker
from archive.checks.checkpanel import complains
from archive.checks.rules import RULES, Severity
from tests.judges.panel import fastwarc_accepts
from tests.shared import shared_folder

SHARED = shared_folder()
pytestmark = pytest.mark.skipif(SHARED is None, reason="the shared samples are absent")
FOLDER = SHARED / "data" / "warc" / "synthetic" if SHARED else Path()

# What is told of each case, notes left out. The description in INDEX.md there says what each is.
VERDICTS = {
    "bad-block-digest.warc.gz": "block-digest",
    "bad-crc-third-member.warc.gz": "damaged",
    "bad-length-long.warc": "length-wrong",
    "bad-length-short.warc": "length-wrong",
    "bad-payload-digest.warc.gz": "payload-digest",
    "bitflip-third-member.warc.gz": "damaged",
    "bom-prefix.warc": "bom",
    "ce-gzip-gzip.warc.gz": "coding-odd",
    "ce-zstd.warc.gz": "coding-zstd",
    "chunked-Uppercase.warc.gz": "chunked-case",
    "chunked-raw-digest.warc.gz": "payload-digest-framed",
    "chunked-truncated.warc.gz": "payload-digest-cut",
    "date-14digit.warc.gz": "field-value",
    "date-offset.warc.gz": "date-not-utc",
    "date-year-month.warc.gz": "date-precision",
    "double-gzip.warc.gz": "compressed-twice member-shared",
    "dup-date-field.warc.gz": "field-repeated",
    "dup-record-id.warc.gz": "id-repeated",
    "early-hints-103.warc.gz": "http-interim",
    "empty-member.warc.gz": "member-empty",
    "empty.warc.gz": "empty-file",
    "garbage-between-members.warc.gz": "damaged",
    "http09-no-head.warc.gz": "http-no-head",
    "http2-statusline.warc.gz": "http-version",
    "huge-length.warc": "length-beyond",
    "lf-headers.warc": "header-line-end record-end",
    "missing-date.warc.gz": "field-missing",
    "missing-id.warc.gz": "field-missing",
    "negative-length.warc": "field-value length-wrong",
    "no-length.warc": "field-missing length-beyond",
    "one-crlf-end.warc": "record-end",
    "one-gzip-member.warc.gz": "member-shared",
    "plain-named-gz.warc.gz": "name-not-packed",
    "revisit-304.warc.gz": "revisit-304-block",
    "revisit-loop.warc.gz": "revisit-loop",
    "revisit-of-revisit.warc.gz": "revisit-of-revisit",
    "revisit-original-missing.warc.gz": "revisit-no-original",
    "revisit-unknown-profile.warc.gz": "profile-unknown",
    "segmented-missing-middle.warc.gz": "segment-missing",
    "segmented.warc.gz": "segmented",
    "trunc-last-member-8bytes.warc.gz": "torn-end",
    "trunc-last-member.warc.gz": "torn",
    "trunc-plain.warc": "torn",
    "unknown-digest-algo.warc.gz": "digest-unknown",
    "unknown-type.warc.gz": "type-unknown",
    "unknown-version-2.0.warc.gz": "version-unknown",
    "uri-angle.warc.gz": "uri-bracketed",
    "uri-case-collide.warc.gz": "case-collision",
    "uri-fragment.warc.gz": "uri-fragment",
    "uri-gbk-bytes.warc.gz": "header-not-utf8",
    "uri-idn.warc.gz": "uri-not-escaped",
    "uri-space.warc.gz": "uri-not-escaped",
    "uri-utf8-bytes.warc.gz": "uri-not-escaped",
    "zero-padding-tail.warc.gz": "zeros",
    "zipbomb-ce-gzip.warc.gz": "coding-bomb",
    "zstd-nodict.warc.zst": "zstd",
}
# Valid, and odd enough for a note.
NOTED = {
    "ce-br.warc.gz": "coding-br",
    "ce-claimed-gzip-but-plain.warc.gz": "coding-lie",
    "chunked-header-but-plain.warc.gz": "http-not-chunked",
    "chunked-spec-digest.warc.gz": "digest-dechunked",
    "folded-warc-header.warc.gz": "header-folded",
    "head-only-no-blank.warc.gz": "http-no-end",
    "lf-only-http.warc.gz": "http-line-end",
    "revisit-before-original.warc.gz": "revisit-early",
    "revisit-empty-block.warc.gz": "revisit-no-head",
    "sha-1-label.warc.gz": "digest-label",
    "uri-pct-gbk.warc.gz": "uri-not-utf8",
}
# Where a judge's verdict does not follow from the kind of fault alone.
ODD = {
    ("cdxj-indexer", "bad-length-long.warc"),  # aborts, but not at one that is too short
    ("cdxj-indexer", "negative-length.warc"),
    ("cdxj-indexer", "date-14digit.warc.gz"),  # field-value has many causes
    ("cdxj-indexer", "missing-date.warc.gz"),
}


def found(path: Path) -> dict[str, Severity]:
    checker = Checker()
    every = [*checker.file(path), *checker.finish()]
    return {one.code: one.severity for one in every}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, dict[str, Severity]]:
    files = sorted(path for path in FOLDER.iterdir() if ".warc" in path.name)
    assert len(files) == 89
    return {path.name: found(path) for path in files}


def test_every_case_gets_its_verdict(verdicts: dict[str, dict[str, Severity]]) -> None:
    for name, codes in verdicts.items():
        told = sorted(code for code, weight in codes.items() if weight != Severity.NOTE)
        notes = sorted(set(codes) - set(told))
        print(f"{name:38} {' '.join(told):34} {' '.join(notes)}")
        assert " ".join(told) == VERDICTS.get(name, ""), name
        assert NOTED.get(name, notes[0] if notes else None) in (notes or [None]), name


def test_the_panel_predicts_what_other_tools_say(verdicts: dict[str, dict[str, Severity]]) -> None:
    measured = json.loads((FOLDER / "readers.json").read_text("utf-8"))
    for name, codes in verdicts.items():
        row = measured[name]
        said = {
            "warcio check": row["wcheck"] != "0",
            "fastwarc check -q": row["fcheck"] != "0",
            "cdxj-indexer": "rc1" in row["cdxj"],
        }
        for judge, wrong in said.items():
            if (judge, name) not in ODD:
                assert complains(judge, codes) == wrong, (judge, name, sorted(codes))


def test_the_measured_verdicts_are_those_of_the_tools_installed_here(
    verdicts: dict[str, dict[str, Severity]],
) -> None:
    for name in ("good.warc.gz", "zstd-nodict.warc.zst", "lf-headers.warc", "trunc-plain.warc"):
        assert fastwarc_accepts(FOLDER / name) != complains("fastwarc check -q", verdicts[name])
    for name in ("good.warc", "chunked-spec-digest.warc.gz", "trunc-plain.warc", "bom-prefix.warc"):
        tool = str(Path(sys.executable).with_name("warcio"))
        done = subprocess.run([tool, "check", str(FOLDER / name)], capture_output=True)
        assert (done.returncode != 0) == complains("warcio check", verdicts[name]), name


def test_replay_engines_break_where_they_were_measured_to(
    verdicts: dict[str, dict[str, Severity]],
) -> None:
    assert SHARED is not None
    folder = SHARED / "data" / "warc" / "revisit304"
    broken = {"v1_304block", "v5_304block_digest", "v6_304_as_response"}
    shadowed = {"conv_later", "rv304_meta"}
    for path in sorted(folder.glob("*.warc.gz")):
        engines = {engine for code in found(path) for engine in RULES[code].breaks}
        stem = path.name.partition(".")[0]
        wanted = (
            {"pywb", "replayweb"} if stem in broken else {"pywb"} if stem in shadowed else set()
        )
        assert engines == wanted, stem
