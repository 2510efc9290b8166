"""Bytes become the text they were written as, whatever their labels say, and within limits."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from archive import decode
from archive.formats import coding
from archive.model import Capture, Page, Reason, Rejection
from archive.page import charset

TEXT = "县政府召开工作会议，部署今冬明春重点工作。朱镕基、陶喆、堃、㙍。" * 3
HTML = f"<!doctype html><html><head><title>会议</title></head><body><p>{TEXT}</p></body></html>"


def capture(body: bytes, *fields: str, status: str = "200 OK") -> Capture:
    head = "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode("latin-1")
    return Capture("http://www.zz.test/a.html", datetime(2026, 1, 1, tzinfo=UTC), head, body, "id")


def page(result: Page | Rejection) -> Page:
    assert isinstance(result, Page), result
    return result


def reason(result: Page | Rejection) -> Reason:
    assert isinstance(result, Rejection), result
    return result.rejected


@pytest.mark.parametrize("label", ["gb2312", "gbk", "utf-8", "iso-8859-1", "bogus", ""])
def test_gb18030_bytes_are_read_whatever_the_label(label: str) -> None:
    body = HTML.encode("gb18030")
    read = page(decode.decode_http(capture(body, f"Content-Type: text/html; charset={label}")))
    assert TEXT in read.text
    assert read.charset["chosen"] == "gb18030"
    assert read.charset["replaced"] == 0


@pytest.mark.parametrize("label", ["gb2312", "big5", "utf-8"])
def test_utf8_bytes_are_read_whatever_the_label(label: str) -> None:
    read = page(
        decode.decode_http(capture(HTML.encode(), f"Content-Type: text/html; charset={label}"))
    )
    assert TEXT in read.text
    assert read.charset["by"] == "utf-8"


def test_one_stray_byte_does_not_cost_a_utf8_page() -> None:
    body = HTML.encode().replace("部署".encode(), b"\xe9" + "部署".encode(), 1)
    read = page(decode.decode_file(body, "a.html"))
    assert read.charset["by"] == "utf-8-damaged"
    assert read.charset["replaced"] == 1
    assert "重点工作" in read.text
    assert "replaced-characters" in read.flags


def test_big5_is_believed_where_the_bytes_agree() -> None:
    text = "縣政府召開工作會議，部署重點任務。" * 5
    body = f'<html><meta charset="big5"><p>{text}</p></html>'.encode("big5")
    read = page(decode.decode_file(body, "a.html"))
    assert text in read.text
    assert read.charset["declared"] == ["meta:big5"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_marks_and_null_bytes_tell_wide_encodings(codec: str) -> None:
    assert TEXT in page(decode.decode_file(HTML.encode(codec), "a.html")).text


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
    ],
)
def test_content_codings_are_taken_off(name: str, encode: object) -> None:
    assert callable(encode)
    body = encode(HTML.encode())
    read = page(decode.decode_http(capture(body, f"Content-Encoding: {name}")))
    assert read.text == HTML
    assert read.flags == ()


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "unheard-of"])
def test_a_plain_body_that_claims_a_coding_is_plain(name: str) -> None:
    read = page(decode.decode_http(capture(HTML.encode(), f"Content-Encoding: {name}")))
    assert read.text == HTML
    assert read.flags == ("content-coding-lie",)


def test_what_came_before_a_broken_stream_is_kept() -> None:
    whole = gzip.compress(HTML.encode() * 50)
    read = page(decode.decode_http(capture(whole[: len(whole) // 2], "Content-Encoding: gzip")))
    assert read.text.startswith("<!doctype html>")
    assert "content-damaged" in read.flags


@pytest.mark.parametrize(("name", "encode"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_bomb_is_a_resource_limit(name: str, encode: object) -> None:
    assert callable(encode)
    bomb = encode(b" " * (coding.FREE * 2))
    answer = decode.decode_http(capture(bomb, f"Content-Encoding: {name}"))
    assert reason(answer) is Reason.RESOURCE_LIMIT


def test_chunks_are_joined_before_anything_is_decoded() -> None:
    data = HTML.encode()
    body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (data[:101], data[101:])) + b"0\r\n\r\n"
    assert page(decode.decode_http(capture(body, "Transfer-Encoding: chunked"))).text == HTML


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"%PDF-1.7 ...", "text/html"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"PK\x03\x04rest", ""),
        (b'{"code": 0, "data": []}', "text/html"),
        (b"body { color: red }", "text/css"),
        (bytes(range(32)) * 20, "text/html"),
    ],
)
def test_what_is_no_page_says_so(body: bytes, media: str) -> None:
    assert reason(decode.decode_http(capture(body, f"Content-Type: {media}"))) is Reason.NOT_HTML


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        ("404 Not Found", "<html>没有</html>", Reason.HTTP_ERROR),
        ("302 Found", "", Reason.REDIRECT),
        ("412 Precondition Failed", "<script>$_ts=window['$_ts']</script>", Reason.BLOCK_PAGE),
        ("521 ", "<script>document.cookie='a';location.reload()</script>", Reason.BLOCK_PAGE),
        ("403 Forbidden", "<p>您的请求被阻断</p>", Reason.BLOCK_PAGE),
    ],
)
def test_every_other_status_has_its_reason(status: str, body: str, expected: Reason) -> None:
    answer = decode.decode_http(capture(body.encode(), "Location: /b", status=status))
    assert reason(answer) is expected


def test_leaked_tags_do_not_make_a_text_file_a_page() -> None:
    assert page(decode.decode_file("<p>第一段</p> 第二段".encode(), "a.txt")).kind == "text"
    assert page(decode.decode_file(HTML.encode(), "a.txt")).kind == "html"
    assert page(decode.decode_file(gzip.compress(HTML.encode()), "a.html.gz")).text == HTML


@given(st.binary(max_size=400), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip"]))
def test_no_bytes_and_no_coding_make_it_raise(body: bytes, name: str) -> None:
    answer = decode.decode_http(capture(body, f"Content-Encoding: {name}"))
    assert isinstance(answer, Page | Rejection)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_utf8_text_comes_back_as_it_was(text: str) -> None:
    data = ("<html>" + text).encode()
    read = page(decode.decode_file(data, "a.html"))
    assert read.text == "<html>" + text


@pytest.mark.parametrize("name", ["朱镕基", "李镕", "会议由陈喆主持"])
def test_a_few_undeclared_characters_are_no_big5(name: str) -> None:
    assert charset.decode(name.encode("gb18030")).text == name
