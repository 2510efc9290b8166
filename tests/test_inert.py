"""A document keeps its style sheets and no other link, in any spelling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.serve.inert import document, media_type

SHEET = b'<link href="/a/20260302cs_/http://a.test/a.css?b=1&amp;c=2" rel="stylesheet" type="text/css"/>'
pieces = st.sampled_from(
    [b"<link", b"<LiNk", b" rel=", b'"stylesheet"', b"preconnect", b' href="//b"', b">", b"/", b"'", b'"', b"\n", b"<", b"\x1b(B"]
)  # fmt: skip


def test_a_plain_style_sheet_stays() -> None:
    assert document(b"<head>" + SHEET + b"</head>") == b"<head>" + SHEET + b"</head>"


@pytest.mark.parametrize(
    "link",
    [
        b'<link rel="preconnect" href="//b">', b"<link rel=stylesheet href=//b>", b"<link/rel=preconnect>",
        b'<link rel="stylesheet preconnect" href="//b">', b'<link rel="preconnect" rel="stylesheet">',
        b'<link rel="pre&#99;onnect" href="//b">', b'<link rel="stylesheet" onload="x()">', b"<link",
        b"<!--><LINK\nrel=preconnect>-->", b'<link title=">" rel="stylesheet">', b"<li\x1b(Bnk rel=x>",
    ],
)  # fmt: skip
def test_any_other_link_goes(link: bytes) -> None:
    made = document(link)
    assert b"<link" not in made.lower().replace(b"\x1b", b"")
    assert len(made) == len(link)


@given(st.lists(pieces).map(b"".join))
def test_what_is_left_is_a_style_sheet_and_the_rest_is_untouched(html: bytes) -> None:
    made = document(html)
    for found in re.finditer(rb"(?i)<link", made):
        assert re.match(rb'(?i)<link(\s+\w+="[^"<>]*")+\s*/?>', made[found.start() :])
    assert len(made) == len(html)
    assert re.sub(rb"(?i)<(?:link|area)|\x1b", b"?????", made) == re.sub(
        rb"(?i)<(?:link|area)|\x1b", b"?????", html.replace(b"\x1b", b" ")
    )


def test_utf_16_is_recoded_so_that_its_links_are_seen() -> None:
    made = document("<link rel=preconnect href=//b>县".encode("utf-16"))
    assert made == b"\xef\xbb\xbf<area rel=preconnect href=//b>" + "县".encode()


@pytest.mark.parametrize(
    "sent", ["", "text/html; charset=iso-2022-jp", "text/html;charset=utf-16le", "x\r\ny: z"]
)
def test_what_is_no_known_type_is_html_in_a_charset_with_ascii(sent: str) -> None:
    assert media_type(sent, "") == "text/html"
