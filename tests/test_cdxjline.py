"""A line of an index says where a record lies, and a hostile one leads nowhere."""

from __future__ import annotations

import json
import runpy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.cdxjline import Entry, Refused, parse
from archive.uri import surt
from tests.shared import shared_folder


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
def test_the_shared_hostile_indexes_are_refused_line_by_line() -> None:
    shared = shared_folder()
    assert shared is not None
    made = runpy.run_path(str(shared / "tools" / "hostile" / "make_hostile.py"))["CDXJ"]
    verdicts = {}
    for name, data in made.items():
        rows = [parse(one) for one in data.splitlines(keepends=True)]
        verdicts[name] = (sum(isinstance(r, Entry) for r in rows), len(rows))
    assert verdicts == {
        "good.cdxj": (1, 1),
        "traversal.cdxj": (0, 3),
        "bad_numbers.cdxj": (0, 2),
        "torn_last_line.cdxj": (1, 2),
        "unsorted_dups.cdxj": (0, 3),
        "bad_json_binary.cdxj": (0, 2),
        "long_line_2MB.cdxj": (0, 1),
    }


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
