"""What a revisit may refer to, record by record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.model import Location
from archive.payloads import RECENT, Payloads
from archive.state import Acknowledged, State
from archive.warc import sha256
from tests.warcs import http, warc

BLOCK = http("<p>各乡镇人民政府：</p>" * 99)
HEAD = BLOCK[: BLOCK.index(b"\r\n\r\n") + 4]
DIGEST = sha256([BLOCK[len(HEAD) :]])
Write = Callable[..., Acknowledged]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file with one response; what the state is to say of it."""

    def written(*fields: tuple[str, str], digest: str = DIGEST, original: str = "") -> Acknowledged:
        given = [("WARC-Payload-Digest", DIGEST), *fields]
        data = warc(number=1, block=BLOCK, fields=given)
        (tmp_path / "a.warc").write_bytes(data)
        place = Location("a.warc", 0, len(data))
        name, uri = f"urn:uuid:00000000-0000-4000-8000-{1:012d}", "http://a.test/1.html"
        return Acknowledged(name, uri, "2026-11-24", "r", 200, place, digest, original)

    return written


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Payloads]:
    state = State(tmp_path / "state.sqlite")
    opened = Payloads(tmp_path / "state.sqlite", lambda name: tmp_path / name)
    yield opened
    opened.close()
    state.close()


def test_a_response_that_was_just_written_is_found(held: Payloads, write: Write) -> None:
    held.wrote(write())
    found = held.find(DIGEST, HEAD, None)
    assert found is not None
    assert found.record_id.endswith("1")


def test_nothing_refers_to_a_response_that_was_cut(held: Payloads, write: Write) -> None:
    held.wrote(write(("WARC-Truncated", "length")))
    assert held.find(DIGEST, HEAD, None) is None


def test_nothing_refers_to_a_record_with_another_digest_than_was_noted(
    held: Payloads, write: Write
) -> None:
    held.wrote(write(digest=(other := sha256([b"other"]))))
    assert held.find(other, HEAD, None) is None


def test_nothing_refers_to_a_revisit(held: Payloads, write: Write) -> None:
    held.wrote(write(original="urn:uuid:other"))
    assert held.find(DIGEST, HEAD, None) is None


def test_only_so_many_are_remembered_beside_the_state(held: Payloads, write: Write) -> None:
    held.wrote(write())
    again = write()
    for number in range(RECENT - 1):
        held.wrote(replace(again, digest=f"sha256:{number}"))
    assert held.find(DIGEST, HEAD, None) is not None
    held.wrote(replace(again, digest="sha256:one more"))
    assert held.find(DIGEST, HEAD, None) is None
