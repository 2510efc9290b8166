"""Links and redirects as they are written lead where the server means."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from scrapy.http import HtmlResponse

from archive.replay import Replayed, captures
from crawler.links.reading import read
from crawler.spiders.base import cookies_of
from tests.answering import Answer, Asked, answering, article, define
from tests.commands import adds_up, fangzhi, report


def raw(text: str, charset: str) -> str:
    """The bytes of a header value, as `Answer` takes them."""
    return text.encode(charset).decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("charset", "path"),
    [
        ("gbk", "/%B9%AB%B8%E6%201.html?lm=%CF%D8"),
        ("utf-8", "/%E5%85%AC%E5%91%8A%201.html?lm=%E5%8E%BF"),
    ],
)
@pytest.mark.parametrize("start", ["", "http://raw.test", "//raw.test"])
def test_a_raw_location_asks_for_the_very_bytes_the_server_named(
    tmp_path: Path, charset: str, path: str, start: str
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/":
            return Answer(302, fields=(("Location", raw(f"{start}/公告 1.html?lm=县", charset)),))
        return article("公告") if asked.path == path else Answer(404)

    with answering(answer) as web:
        where = ("--sites", define(tmp_path / "sites", "raw.test"), "--holdings", tmp_path / "h")
        done = fangzhi("crawl", *where, "--proxy", web.proxy, "--no-derive")
        assert done.returncode == 0, done.stderr[-2000:]
        assert web.paths("raw.test") == ["/", path]
    assert adds_up(report(tmp_path / "h"))


def test_a_host_in_raw_bytes_is_recorded_as_the_name_it_stands_for(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(302, fields=(("Location", raw("http://政府.test/", "gbk")),))

    with answering(answer) as web:
        where = ("--sites", define(tmp_path / "sites", "raw.test"), "--holdings", tmp_path / "h")
        assert fangzhi("crawl", *where, "--proxy", web.proxy, "--no-derive").returncode == 0
    assert report(tmp_path / "h")["outside"] == {"xn--mxtq1m.test": 1}


def test_the_request_line_and_the_record_have_the_very_characters_of_a_link(tmp_path: Path) -> None:
    """Scrapy escapes [ ] and ', and Twisted drops a bare ?: then record, frontier and server
    speak of different addresses."""
    wanted = ["/a[1].html?b[]=2&c='d'", "/e?", "//f", "/g;", "/%b9%ab?q=%B9%AB"]
    asked: list[str] = []

    class Lines(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.requestline.split()[1])
            self.send_response(404 if asked[-1] == "/robots.txt" else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Lines) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        urls = [here + path for path in wanted]
        done = fangzhi("scrape", *urls, "--holdings", tmp_path / "h", "--no-derive")
        server.shutdown()
    assert done.returncode == 0, done.stderr[-2000:]
    assert asked == ["/robots.txt", *wanted]
    (path,) = (tmp_path / "h/warc").iterdir()
    kept = [one.capture.target_uri for one in captures(path) if isinstance(one, Replayed)]
    assert kept[1:] == urls


@pytest.mark.parametrize(
    ("field", "target"),
    [
        (b"3; URL=/xw/", "http://a.test/xw/"),
        (b"0;url='http://b.test/x?a=1'", "http://b.test/x?a=1"),
        ("0;url=/公告.html".encode("gbk"), "http://a.test/%B9%AB%B8%E6.html"),
        (b"60", None),
        (b"0;url=javascript:alert(1)", None),
    ],
)
def test_a_refresh_field_leads_where_browsers_go(field: bytes, target: str | None) -> None:
    body = b"<html><body><a href='/xw/'>more</a> <a href='/l/'>list</a></body></html>"
    head = {"Refresh": field, "Content-Type": "text/html"}
    found = read(HtmlResponse("http://a.test/i.asp", headers=head, body=body)).links
    assert [link.url for link in found if link.rel == "refresh"] == ([target] if target else [])
    assert len({link.url for link in found}) == len(found)
    assert "http://a.test/l/" in {link.url for link in found if link.rel == "link"}


def test_a_cookie_in_raw_bytes_is_given_back_as_it_came() -> None:
    head = {"Set-Cookie": [b"n=\xb9\xab; path=/", b"m=1"]}
    given = cookies_of(HtmlResponse("http://a.test/", 302, head), "k=v")
    assert given.encode("latin-1") == b"k=v; n=\xb9\xab; m=1"
