"""What `check` says of replay is what pywb does: the page is shown where nothing breaks it."""

from __future__ import annotations

import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive import decode
from archive.check import Checker
from archive.formats.opening import records
from archive.formats.records import ReadRecord
from archive.replay import Replayed, captures
from tests.judges import panel
from tests.shared import shared_folder
from tests.siteweb import free_port, wait_for_port

SHARED = shared_folder()
pytestmark = pytest.mark.skipif(SHARED is None, reason="the shared samples are absent")
CASES = [
    "good",
    "ce-gzip",
    "ce-br",
    "ce-zstd",
    "ce-gzip-gzip",
    "chunked-spec-digest",
    "chunked-Uppercase",
    "early-hints-103",
    "http2-statusline",
    "http09-no-head",
    "lf-only-http",
    "header-no-colon",
    "one-gzip-member",
    "uri-case-collide",
    "segmented",
    "revisit-304",
    "revisit-good",
    "revisit-no-refers",
    "revisit-empty-block",
    "revisit-of-revisit",
    "revisit-loop",
    "revisit-unknown-profile",
    "revisit-original-missing",
]


@contextmanager
def wayback(programs: Path, scratch: Path, files: list[Path]) -> Iterator[str]:
    """A running pywb with a collection for each file, called by its number."""
    for number, path in enumerate(files):
        folder = scratch / "collections" / f"c{number}"
        (folder / "archive").mkdir(parents=True)
        (folder / "indexes").mkdir()
        shutil.copy(path, folder / "archive")
        index = [programs / "cdx-indexer", "-j", "-s", folder / "archive" / path.name]
        rows = subprocess.run(index, capture_output=True, cwd=scratch).stdout
        (folder / "indexes" / "index.cdxj").write_bytes(rows)
    port = free_port()
    command = [programs / "wayback", "-b", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=scratch
    )
    try:
        wait_for_port(port, 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def asked(url: str) -> bytes:
    """The body of a 200, nothing for any other answer."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read()) if answer.status == 200 else b""
    except urllib.error.HTTPError as error:
        error.close()
        return b""


def test_pywb_shows_the_pages_that_nothing_is_said_to_break(tmp_path: Path) -> None:
    programs = panel.pywb()
    if programs is None:
        pytest.skip("pywb is not installed in an environment of its own")
    assert SHARED is not None
    files = [SHARED / "data" / "warc" / "synthetic" / f"{name}.warc.gz" for name in CASES]
    with wayback(programs, tmp_path, files) as prefix:
        for number, path in enumerate(files):
            checker = Checker()
            found = [*checker.file(path), *checker.finish()]
            broken = any("pywb" in finding.rule.breaks for finding in found)
            pages = {}
            for one in captures(path):
                if isinstance(one, Replayed):
                    sent = decode.content(one.capture.head, one.capture.body).data
                    pages[one.capture.target_uri] = sent
            shown = []
            for record in records(path):
                if isinstance(record, ReadRecord) and record.type in ("response", "revisit"):
                    date = (record.get("WARC-Date") or "")[:19]
                    stamp = "".join(char for char in date if char.isdigit())
                    url = f"{prefix}/c{number}/{stamp}{{}}/{record.uri}"
                    same = asked(url.format("id_")) == pages.get(record.uri)
                    shown.append(same and b"wombat" in asked(url.format("mp_")))
            print(f"{path.name:32} {'breaks' if broken else 'shows':7} {shown}")
            assert all(shown) != broken, path.name
