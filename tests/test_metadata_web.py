"""Metadata of every article of the test web, as its sites say it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from archive import decode, metadata
from archive.model import Page
from archive.normalise import simplify
from archive.page import dom, nodes
from tests.web.expect import Expect
from tests.web.hosts import HOSTS, site

PLAIN = sorted(set(HOSTS) - {"torture.test", "mirror-ft.test"})


def articles(host: str) -> Iterator[tuple[str, Expect, dict[str, Any]]]:
    made = site(host)
    for url, expect in made.expected.items():
        file = made.files.get(url.removeprefix(f"http://{host}"))
        if expect.verdict is None or file is None:
            continue
        page = decode.decode_file(file.body, "page.html", url)
        assert isinstance(page, Page), url
        parsed = dom.parse(page.text)
        assert parsed is not None, url
        found = metadata.from_page(nodes.read(parsed.root), page)
        text = "\n".join(expect.lines or ())
        yield url, expect, metadata.choose(found, text, None, url, simplify)[0]


@pytest.mark.parametrize("host", PLAIN)
def test_every_article_gets_what_its_site_says(host: str) -> None:
    for url, expect, fields in articles(host):
        wanted = {
            "title": expect.title,
            "published": expect.date,
            "source": expect.source,
            "doc_number": expect.doc_number,
            "column": expect.column,
        }
        known = {field: value for field, value in wanted.items() if value is not None}
        assert {field: fields[field] for field in known} == known, url
        for field, name in (("authors", expect.author), ("editors", expect.editor)):
            assert name is None or name in fields[field], url


def test_a_glossed_mirrors_articles_get_their_writers_script() -> None:
    for url, expect, fields in articles("mirror-ft.test"):
        assert fields["title"] == simplify(expect.title or ""), url
        assert fields["source"] == simplify(expect.source or ""), url
        assert fields["published"] == expect.date, url
