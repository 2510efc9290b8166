"""How far what was derived is from what is expected: `python -m tests.web.compare [HOST …]`.

Every page with an expected result is derived without network and compared; one line for each
kind of difference with its count and an example. `differences` also serves tests that read the
lines a crawl has written.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from archive.derive import derive
from archive.jsonl import as_json
from archive.model import Capture
from tests.web import HOSTS, Expect, expected, vsb
from tests.web.hosts import site
from tests.web.message import START, parse
from tests.web.site import State

BLANK = re.compile(rb"\r?\n\r?\n")
FIELDS = {"title": "title", "date": "published", "source": "source", "doc_number": "doc_number"}
NAMES = {"author": "authors", "editor": "editors"}


def differences(expect: Expect, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What differs between an expected result and a line of the holdings: field, and how."""
    got = row.get("rejected") or ""
    if got == "continuation" and expect.part_of:  # by itself such a page is an article
        if row["detail"] != expect.part_of:
            yield "outcome", f"{got} of {row['detail']}, not of {expect.part_of}"
        return
    if expect.rejected or got:
        wanted = expect.rejected or ("an article" if expect.verdict else "")
        if wanted and got != wanted:
            yield "outcome", f"{got or 'an article'}, not {wanted}"
        return
    yield from _fields(expect, row)
    if expect.verdict and row["verdict"] != expect.verdict:
        yield "verdict", f"{row['verdict']}, not {expect.verdict}"
    for flag in set(expect.flags) - set(row["flags"]):
        yield "flags", f"{flag} is missing"
    is_part = expect.parts and "multi-page" not in row["flags"]
    if expect.text is not None and not is_part and row["text"] != expect.text:
        yield "text", _first_difference(row["text"].split("\n"), expect.text.split("\n"))
    files = tuple((link["url"], link["name"]) for link in row["attachments"])
    if expect.verdict and files != expect.attachments:
        yield "attachments", f"{files}, not {expect.attachments}"


def _fields(expect: Expect, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, key in FIELDS.items():
        wanted = getattr(expect, name)
        if wanted is not None and row[key] != wanted:
            yield name, f"{row[key]!r}, not {wanted!r}"
    for name, key in NAMES.items():
        wanted = getattr(expect, name)
        if wanted is not None and list(row[key]) != [wanted]:
            yield name, f"{row[key]!r}, not {wanted!r}"


def _first_difference(got: list[str], wanted: list[str]) -> str:
    extra = next((line for line in got if line not in wanted), None)
    missing = next((line for line in wanted if line not in got), None)
    return f"extra {extra!r}, missing {missing!r}"


def derived(host: str, url: str) -> Mapping[str, Any]:
    """The line a capture of the URL derives to."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    request = parse(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), b"", "http")
    state = State()
    if url in vsb.late_urls():
        state.advance(86_400)
    answer = site(host).answer(request, state)
    if answer.status == 503:  # busy once
        answer = site(host).answer(request, state)
    raw = answer.raw[answer.final :]
    blank = BLANK.search(raw)
    assert blank is not None
    head, body = raw[: blank.end()], raw[blank.end() :]
    capture = Capture(url, START, head, body, f"urn:test:{url}")
    return as_json(derive(capture))


def main() -> None:
    for host in sys.argv[1:] or HOSTS:
        found = defaultdict[str, list[str]](list)
        for url, expect in expected(host).items():
            for name, how in differences(expect, derived(host, url)):
                found[name].append(f"{url}: {how}")
        print(f"{host}: {len(expected(host))} pages")
        for name, places in found.items():
            print(f"  {name} {len(places)}, first {places[0][:600]}")


if __name__ == "__main__":
    main()
