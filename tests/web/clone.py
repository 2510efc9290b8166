"""M9: clone-county.test, a brand-swapped clone of M1 on a bought domain.

The county's name is replaced everywhere; SiteIDCode and SiteDomain are left as they were; links
to other hosts are `javascript:;`; the home page hides thirty-five links whose elements are not
closed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tests.web import trs
from tests.web.expect import Expect
from tests.web.message import File
from tests.web.site import Site

HOST = "clone-county.test"
SWAPPED = {"清河": "松陵"}
HIDDEN = tuple(f"http://www.seo{700 + number * 7}.example/" for number in range(35))
ELSEWHERE = re.compile(r'href="http://[^"]*"')


def swapped(text: str) -> str:
    """The text under the new name."""
    for old, new in SWAPPED.items():
        text = text.replace(old, new)
    return text


def build() -> Site:
    """Every file of M1 under the same path."""
    original = trs.build()
    made = Site(HOST)
    for path, file in original.files.items():
        made.files[path] = _clone(path, file)
    for url, expect in original.expected.items():
        made.expected[url.replace(trs.HOST, HOST)] = _expect(url, expect)
    return made


def _clone(path: str, file: File) -> File:
    if not file.media.startswith("text/html"):
        return file
    text = ELSEWHERE.sub('href="javascript:;"', swapped(file.body.decode()))
    if path == "/index.html":
        links = "".join(f'<a href="{url}">友情链接<a>' for url in HIDDEN)
        text = text.replace("<body>\n", f'<body>\n<div style="display:none;">{links}</div>\n')
    return replace(file, body=text.encode())


def _expect(url: str, expect: Expect) -> Expect:
    if not expect.verdict:
        return expect
    return replace(
        expect,
        title=swapped(expect.title or ""),
        source=swapped(expect.source or ""),
        lines=tuple(map(swapped, expect.lines)) if expect.lines else None,
        attachments=tuple(
            (at.replace(trs.HOST, HOST), swapped(name)) for at, name in expect.attachments
        ),
        flags=(*expect.flags, "provenance-mismatch"),
        key=expect.key,
        same_as=url,
    )
