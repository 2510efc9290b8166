"""What a crawl does to the disk, without the crawl: archive what is missing, acknowledge, finish.

`python -m tests.hostile.writing HOLDINGS COUNT TOLD`; each URL that is durable is appended to TOLD. Exits
with 3, as a crawl does, when the disk cannot be written.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from archive.errors import FangzhiError
from archive.formats.exchange import Exchange, exchange_records
from archive.holdings import Holdings, acknowledged_in
from archive.state import Acknowledged
from archive.warc import warc_date
from archive.warcwriter import Naming, WarcWriter

GROUP = 3  # records that are made durable together
FULL = 3


def url(number: int) -> str:
    return f"http://www.qinghe.test/{number}.html"


def main(root: Path, count: int, told: Path) -> int:
    try:
        return _write(root, count, told)
    except (FangzhiError, OSError, sqlite3.Error) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return FULL


def _write(root: Path, count: int, told: Path) -> int:
    holdings = Holdings(root, own=True)
    assert holdings.state is not None
    held = {found.uri for path in holdings.warcs() for found in acknowledged_in(path)}
    missing = [n for n in range(count) if url(n) not in held]
    # A file is full in the middle of a group: what it holds of it is made durable when it is closed.
    writer = WarcWriter(holdings.folder("warc"), Naming("fault", "host"), {}, rotate_bytes=50_000)
    for start in range(0, len(missing), GROUP):
        group = missing[start : start + GROUP]
        captures = [_archive(writer, number) for number in group]
        writer.sync()
        with told.open("a") as file:
            file.write("".join(f"{url(number)}\n" for number in group))
        holdings.state.note(captures)
        holdings.state.commit()
    writer.close()
    holdings.index_finished()
    holdings.close()
    return 0


def _archive(writer: WarcWriter, number: int) -> Acknowledged:
    body = os.urandom(9_000) + b"x" * 9_000
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    moment = datetime.now(UTC)
    exchange = Exchange(url(number), moment, b"GET / HTTP/1.1\r\n\r\n", BytesIO(head + body))
    writer.ready(moment)
    records = exchange_records(exchange)
    place = writer.write(records)[0]
    return Acknowledged(records[0].id, url(number), warc_date(moment), "run", 200, place)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
