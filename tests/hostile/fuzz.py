"""Mutation fuzzing of whatever reads bytes of others: `python -m tests.hostile.fuzz [TARGET…]`.

    --seconds N    for each target, default 60
    --seed N       mutants are the same for the same number
    --keep DIR     where an input that broke something is written

No exception may come out, no input may take `SLOW` seconds of CPU, and what each target promises
of its output is checked on every mutant. Exits 1 when something broke.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive import decode, limits
from archive.derive import derive_file
from archive.formats import cdxjline
from archive.formats.opening import records
from archive.formats.records import Damage
from archive.formats.segments import joined
from archive.jsonl import line
from archive.model import About, Capture, Page, Rejection
from archive.pipeline import STEPS
from archive.replay import captures_in
from archive.steps import clean, undo
from archive.uri import ascii_url, dedupe_key, join, surt
from crawler.discover import links
from crawler.net.bounds import Bounds, Meter
from tests import farms, prose, warcs
from tests.hostile import pages, server

SLOW = float(limits.SECONDS)  # seconds of CPU for one mutant
LONGEST = 200_000  # bytes of a mutant
SMALL = 20_000  # bytes of a page to start from: many small ones find more than few large ones
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ufffd]")
_TOKENS = (
    *(b"\0", b"\r\n\r\n", b"\xff\xfe", b"-1", b"9" * 30, b"WARC/1.1\r\n", b"\x1f\x8b\x08", b"<!--"),
    *(
        b"-->",
        b"</html>",
        b"<script>",
        b"&#1;",
        b"&#x110000;",
        b"<table>",
        b"\xef\xbb\xbf",
        b"{" * 99,
    ),
    *(
        b"Content-Length: 18446744073709551616\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"../",
        b"%00",
    ),
    *(
        "澳门威尼斯人娱乐城".encode(),
        "\u202e\u200b\u3000".encode(),
        "（".encode("gbk"),
        b"\xa1\xa1",
    ),
)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads: its seeds, and a check that raises when a promise is broken."""

    seeds: Sequence[bytes]
    check: Callable[[bytes], None]


def read_archive(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".warc.gz") as file:
        file.write(data)
        file.flush()
        end = 0
        for found in captures_in(joined(records(Path(file.name)))):
            if isinstance(found, Damage):
                assert 0 <= found.start <= found.end <= len(data) or "!/" in found.file, found
            else:
                assert found.capture.warc is not None
                end = max(end, found.capture.warc.offset)
        assert end <= max(len(data), 1)


def read_index(data: bytes) -> None:
    for row in data.split(b"\n"):
        entry = cdxjline.parse(row)
        if isinstance(entry, cdxjline.Entry):
            assert cdxjline.is_plain_name(entry.location.file)
            assert entry.location.offset >= 0
            assert entry.location.length > 0


def decode_message(data: bytes) -> None:
    head, blank, body = data.partition(b"\r\n\r\n")
    capture = Capture(
        "http://a.test/", datetime(2026, 11, 29, tzinfo=UTC), head + blank, body, "id"
    )
    page = decode.decode_http(capture)
    assert isinstance(page, Page | Rejection)
    if isinstance(page, Page):
        assert len(page.text) <= 64 << 20
        page.text.encode("utf-8")


def derive_page(data: bytes) -> None:
    url = "http://www.qinghe.test/art/2024/11/20/art_1_2.html"
    result = derive_file(data, "a.html", url=url)
    line(result).encode("utf-8")
    if isinstance(result, Rejection):
        assert result.detail


def clean_text(data: bytes) -> None:
    text, about = data.decode("utf-8", "replace"), About(kind="text")
    cleaned = clean(text, STEPS, about)
    assert undo(cleaned.text, cleaned.edits) == text, "the ledger does not give the text back"
    if not _CONTROL.search(text):  # one inside a tag hides it from the first cleaning
        again = clean(cleaned.text, STEPS, about)
        assert again.text == cleaned.text, "cleaning twice changes something"


def find_links(data: bytes) -> None:
    page = decode.decode_file(data, "a.html", "http://a.test/x/")
    if isinstance(page, Page) and page.kind == "html":
        from archive.page import dom

        parsed = dom.parse(page.text)
        for found in links(parsed.root, "http://a.test/x/", page.text) if parsed else ():
            assert found.url.startswith(("http://", "https://"))
            assert found.url.isascii()
            assert "@" not in found.url.partition("//")[2].partition("/")[0]


def read_url(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for url in (text, f"http://a.test/{text}"):
        assert ascii_url(ascii_url(url)) == ascii_url(url)
        assert dedupe_key(dedupe_key(url)) == dedupe_key(url)
        surt(url)
    join("http://a.test/x/", text)


def meter_head(data: bytes) -> None:
    meter = Meter(Bounds(head_bytes=4096, head_fields=50, wire_bytes=65536))
    for at in range(0, len(data), 97):
        if meter.take(data[at : at + 97]):
            return
    assert meter.head_seen or meter.received <= 4096


def _pages() -> list[bytes]:
    made = [page() for _, page in pages.pages()]
    return [page for page in made if len(page) < SMALL]


def _texts() -> list[bytes]:
    chance = random.Random(1)
    spam = farms.anchors(farms.places(chance, 8), chance)
    texts = (prose.paragraphs(6), pages.BODY, f"{prose.paragraphs(2)}\n{spam}", farms.page())
    return [text.encode("utf-8") for text in texts]


def _archive() -> list[bytes]:
    rows = [warcs.info(), *(warcs.warc(number=n) for n in range(4))]
    return [b"".join(rows), b"".join(warcs.members(rows))]


def _index() -> list[bytes]:
    said = b'{"url":"http://cn/","mime":"text/html","status":"200","digest":"sha256:0",'
    said += b'"length":"812","offset":"345","filename":"a.warc.gz","recordDigest":"sha256:0"}'
    return [b"\n".join(b"cn,gov,a)/%d 20261124080000 %b" % (n, said) for n in range(5))]


def _messages() -> list[bytes]:
    gz = server.gzip.compress(server.PAGE)
    return [
        server.sized(server.PAGE),
        server.sized(gz, "Content-Encoding: gzip"),
        server.sized(server.zlib.compress(server.PAGE), "Content-Encoding: deflate"),
        server.head("Transfer-Encoding: chunked") + server.chunk(server.PAGE) + b"0\r\n\r\n",
        server.head("Transfer-Encoding: chunked", "Content-Encoding: gzip") + server.chunk(gz),
    ]


def _urls() -> list[bytes]:
    from tests.hostile import addresses

    return [url.encode("utf-8") for url in addresses.urls()]


TARGETS: dict[str, Callable[[], Target]] = {
    "warc": lambda: Target(_archive(), read_archive),
    "cdxj": lambda: Target(_index(), read_index),
    "decode": lambda: Target(_messages(), decode_message),
    "page": lambda: Target(_pages(), derive_page),
    "text": lambda: Target(_texts(), clean_text),
    "links": lambda: Target(_pages(), find_links),
    "url": lambda: Target(_urls(), read_url),
    "head": lambda: Target(_messages(), meter_head),
}


def mutate(data: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """One to eight changes: bits, bytes, pieces moved, doubled, cut out or taken from another seed."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        size = len(changed)
        at, length = chance.randint(0, size), min(size, chance.choice((1, 2, 8, 64, 700)))
        match chance.randrange(8):
            case 0 if size:
                changed[at % size] ^= 1 << chance.randrange(8)
            case 1 if size:
                changed[at % size] = chance.randrange(256)
            case 2:
                changed[at:at] = chance.choice(_TOKENS)
            case 3:
                del changed[at : at + length]
            case 4:
                changed[at:at] = changed[at : at + length] * chance.choice((1, 2, 50))
            case 5:
                del changed[at:]
            case 6:
                other = chance.choice(seeds)
                start = chance.randint(0, len(other))
                changed[at : at + length] = other[start : start + chance.choice((8, 64, 700))]
            case _:
                changed[at:at] = chance.randbytes(length)
    return bytes(changed[:LONGEST])


def run(name: str, seconds: float, seed: int, keep: Path | None = None) -> tuple[int, list[str]]:
    """Mutants tried in so many seconds, and what broke, each with the input's digest."""
    target = TARGETS[name]()
    chance = random.Random(f"{name} {seed}")
    end, tried = time.monotonic() + seconds, 0
    broken: dict[str, str] = {}
    while time.monotonic() < end:
        data = mutate(chance.choice(target.seeds), target.seeds, chance)
        tried += 1
        try:
            with limits.cpu_seconds(SLOW, 60):
                target.check(data)
        except (Exception, limits.Exhausted) as error:
            place = _place(error)
            if place not in broken:
                digest = hashlib.sha256(data).hexdigest()[:12]
                broken[place] = (
                    f"{type(error).__name__} in {place}: {str(error)[:200]!r} ({digest})"
                )
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{name}-{digest}").write_bytes(data)
    return tried, list(broken.values())


def _place(error: BaseException) -> str:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else "?"


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("target", nargs="*", choices=[[], *TARGETS])
    given.add_argument("--seconds", type=float, default=60)
    given.add_argument("--seed", type=int, default=0)
    given.add_argument("--keep", type=Path)
    options = given.parse_args()
    code = 0
    for name in options.target or TARGETS:
        tried, broken = run(name, options.seconds, options.seed, options.keep)
        print(f"{name:8} {tried:9,} mutants, {len(broken)} places broke", flush=True)
        for one in broken:
            code = 1
            print(f"  {one}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
