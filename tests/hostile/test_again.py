"""A crawl of an archive gives the archive again."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.formats.opening import records
from archive.formats.records import ReadRecord
from tests.hostile.crawls import small_web


def answers(holdings: Path) -> dict[str, bytes]:
    """URI -> what the server sent, byte for byte."""
    found: dict[str, bytes] = {}
    for path in (holdings / "warc").glob("*.warc.gz"):
        for record in records(path):
            assert isinstance(record, ReadRecord), record
            if record.type == "response":
                assert record.uri not in found
                found[record.uri] = record.block.read()
    return found


@contextmanager
def replayed(archived: dict[str, bytes]) -> Iterator[str]:
    """A proxy behind which the web is what an archive holds; its URL."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline().decode()
            while self.rfile.readline().strip():
                pass
            self.wfile.write(archived[line.split()[1]])

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_crawl_of_a_replayed_archive_gives_the_same_bytes_again() -> None:
    with small_web() as crawls:
        first, second = crawls.fresh(), crawls.fresh()
        assert crawls.crawl(first, "--no-derive").code == 0
        kept = answers(first)
        with replayed(kept) as proxy:
            crawls.proxy = proxy
            done = crawls.crawl(second, "--no-derive")
        assert done.code == 0, done.said
        assert answers(second) == kept
