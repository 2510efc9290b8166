"""The local test web does what its specification says."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote, urljoin, urlsplit

import pytest
from lxml import html

from tests.web import (
    HOSTS,
    TORTURE_PATHS,
    Expect,
    Web,
    app,
    expected,
    hacked,
    mirror,
    start,
    wenku,
    xxgk,
)
from tests.web.damage import cut
from tests.web.server import LOOPBACK

TRS = "www.qinghe-trs.test"
DEDE = "www.dede-gbk.test"
MIRROR = "mirror-ft.test"
HACKED = "hacked.xian.test"
TORTURE = "torture.test"
WELL_BEHAVED = [host for host in HOSTS if host != TORTURE]  # an ordinary client can read them
GLOSS = re.compile(r"(?<=[一-鿿])(\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+ ?\))+")
PAGER = re.compile(r'createPageHTML\((\d+), *\d+, *"(\w+)", *"(\w+)"\)')
REFRESH = re.compile(r"(?i)url=([^\"']+)")


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with start() as running:
        yield running


def ask(web: Web, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, header fields (lower-case names) and body of a GET through the proxy."""
    connection = http.client.HTTPConnection(LOOPBACK, web.port, timeout=5)
    try:
        connection.request("GET", quote(url, safe=":/?&=%#+,;"), headers=headers)
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, fields, answer.read()
    finally:
        connection.close()


def raw(port: int, request: bytes, tls: str | None = None) -> bytes:
    """What the server sends for exact request bytes, until it closes."""
    with socket.create_connection((LOOPBACK, port), timeout=5) as plain:
        if tls is None:
            return _talk(plain, request)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(plain, server_hostname=tls) as secure:
            return _talk(secure, request)


def _talk(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    received = b""
    while data := connection.recv(1 << 16):
        received += data
    return received


def links(url: str, body: bytes) -> set[str]:
    """The URLs of one host that a page leads to: anchors, pictures, script pagers, refresh."""
    tree = html.fromstring(body)
    found = {str(value) for value in tree.xpath("//a/@href | //img/@src | //link/@href")}
    found |= {str(value) for value in tree.xpath("//script/@src")}
    for content in tree.xpath("//meta[translate(@http-equiv,'REFSH','refsh')='refresh']/@content"):
        found |= set(REFRESH.findall(str(content)))
    for pages, name, ending in PAGER.findall(tree.text_content()):
        found |= {f"{name}_{page}.{ending}" for page in range(1, int(pages))}
    absolute = {urljoin(url, link) for link in found if not link.startswith("javascript")}
    return {link for link in absolute if urlsplit(link).netloc == urlsplit(url).netloc}


def articles(host: str) -> dict[str, Expect]:
    """The expected articles of a host."""
    return {url: page for url, page in expected(host).items() if page.verdict}


def walk(web: Web, host: str) -> dict[str, bytes]:
    """Everything that links, pagers and redirects reach from the home page, URL -> body."""
    start_url = f"http://{host}/"
    waiting, pages = [start_url], dict[str, bytes]()
    asked = {start_url}
    while waiting:
        url = waiting.pop()
        status, fields, body = ask(web, url)
        pages[url] = body
        found = {urljoin(url, fields["location"])} if "location" in fields else set()
        if status == 200 and fields["content-type"].startswith("text/html"):
            found |= links(url, body)
        if found:
            fresh = found - asked
            asked |= fresh
            waiting += sorted(fresh)
    return pages


@pytest.mark.parametrize("host", WELL_BEHAVED)
def test_every_expected_url_is_reached_from_the_home_page(web: Web, host: str) -> None:
    missing = set(expected(host)) - set(walk(web, host))
    assert {url for url in missing if not url.endswith("/index.html")} == set()


@pytest.mark.parametrize("host", WELL_BEHAVED)
def test_two_servers_send_the_same_bytes(web: Web, host: str) -> None:
    with start() as other:
        for url in expected(host):
            assert ask(web, url) == ask(other, url)


def test_absolute_form_and_host_field_give_the_same_bytes(web: Web) -> None:
    fields = f"Host: {TRS}\r\nConnection: close\r\n\r\n".encode()
    proxied = raw(web.port, f"GET http://{TRS}/xwzx/ HTTP/1.1\r\n".encode() + fields)
    assert proxied == raw(web.port, b"GET /xwzx/ HTTP/1.1\r\n" + fields)


def test_tls_serves_the_same_site(web: Web) -> None:
    request = f"GET /jyxx/ HTTP/1.1\r\nHost: {TRS}\r\nConnection: close\r\n\r\n".encode()
    assert raw(web.tls_port, request, tls=TRS) == raw(web.port, request)
    assert web.log(TRS)[-2].scheme == "https"


def test_connect_tunnels_to_the_tls_listener(web: Web) -> None:
    connection = http.client.HTTPSConnection(LOOPBACK, web.port, timeout=5, context=_trust_nobody())
    connection.set_tunnel(TRS, 443)
    try:
        connection.request("GET", "/robots.txt")
        assert b"Disallow: /search/" in connection.getresponse().read()
    finally:
        connection.close()


def _trust_nobody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_an_unknown_host_is_a_bad_gateway(web: Web) -> None:
    assert ask(web, "http://nowhere.test/")[0] == 502


def test_the_log_holds_what_crossed_the_wire(web: Web) -> None:
    request = (
        f"GET http://{TRS}/ HTTP/1.1\r\nhOsT: {TRS}\r\nX-Odd:  a \r\nConnection: close\r\n\r\n"
    )
    received = raw(web.port, request.encode())
    last = web.log(TRS)[-1]
    assert (last.request, last.response) == (request.encode(), received)


def test_validators_are_nginx_style_and_answered_with_304(web: Web) -> None:
    url = next(url for url, page in expected(TRS).items() if page.verdict)
    _, fields, body = ask(web, url)
    stamp, _, size = fields["etag"].strip('"').partition("-")
    assert int(size, 16) == len(body)
    assert int(stamp, 16) > 0
    assert ask(web, url, **{"If-None-Match": fields["etag"]})[::2] == (304, b"")
    assert ask(web, url, **{"If-Modified-Since": fields["last-modified"]})[::2] == (304, b"")
    assert ask(web, url, **{"If-None-Match": '"0-0"'})[0] == 200


def test_the_control_endpoint_resets_and_moves_the_clock() -> None:
    with start() as web:
        before = ask(web, f"http://{TRS}/")[1]["date"]
        assert ask(web, f"http://x/__ctl?host={TRS}")[2].count(b"\n") == 1
        ask(web, "http://x/__ctl?advance=3600")
        assert ask(web, f"http://{TRS}/")[1]["date"] != before
        ask(web, "http://x/__ctl?reset=1")
        assert web.log() == []
        assert ask(web, f"http://{TRS}/")[1]["date"] == before


@pytest.mark.parametrize("host", HOSTS)
def test_a_sentence_id_stands_in_one_article_of_its_host_only(web: Web, host: str) -> None:
    keys = [page.key for page in expected(host).values() if page.key and not page.part_of]
    assert len(keys) == len(set(keys))
    for page in expected(host).values():
        if page.verdict and page.lines is not None and page.key:
            assert "".join(page.lines).count(page.key) == 1


def test_the_trs_portal_is_as_specified(web: Web) -> None:
    pages = expected(TRS)
    found = articles(TRS)
    assert len(found) == 60
    assert all(page.date and page.title for page in found.values())
    assert sum("low-text" in page.flags for page in found.values()) == 5
    bodies = {url: ask(web, url)[2].decode() for url in found}
    assert sum("var  pubdata=" in body for body in bodies.values()) == 10
    assert sum(b"createPageHTML(5, " in ask(web, url)[2] for url in pages) >= 15
    for url, page in found.items():
        lengths = [len("".join(page.lines))] if page.lines else []
        assert all(300 <= n <= 900 or "low-text" in page.flags for n in lengths), url


def test_list_pages_of_the_trs_portal_link_their_pager_by_script_only(web: Web) -> None:
    first = ask(web, f"http://{TRS}/jyxx/")[2]
    assert not re.search(rb"href=[\"'][^\"']*index_\d", first)
    assert b'createPageHTML(5, 0, "index", "html")' in first


def decoded(body: bytes) -> str:
    """Strict UTF-8 first, then GB 18030, whatever the labels say."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030")


def visible(body: bytes) -> str:
    """The text of a page without any white space."""
    tree = html.fromstring(decoded(body), parser=html.HTMLParser(remove_comments=True))
    return "".join(str(tree.text_content()).split())


@pytest.mark.parametrize("host", [TRS, DEDE, HACKED, app.HOST, xxgk.HOST])
def test_every_expected_line_stands_on_its_page(web: Web, host: str) -> None:
    for url, page in articles(host).items():
        text = "".join(visible(ask(web, each)[2]) for each in (url, *page.parts))
        for line in page.lines or ():
            assert "".join(line.split()) in text, url


def test_the_gbk_site_shows_every_disguise(web: Web) -> None:
    seen = Counter[tuple[str, bool, str]]()
    for url, page in articles(DEDE).items():
        if not page.part_of:
            _, fields, body = ask(web, url)
            seen[fields["content-type"], b"charset=gb2312" in body, codec(body)] += 1
    assert seen == {
        ("text/html; charset=gb2312", True, "gbk"): 10,
        ("text/html", True, "gbk"): 10,
        ("text/html; charset=utf-8", True, "gbk"): 10,
        ("text/html", False, "gbk"): 5,
        ("text/html", True, "utf-8"): 3,
        ("text/html", True, "gb18030"): 2,
    }


def codec(body: bytes) -> str:
    """The first codec that reads the bytes."""
    for name in ("utf-8", "gbk", "gb18030"):
        with suppress(UnicodeDecodeError):
            body.decode(name)
            return name
    raise AssertionError("no codec reads this page")


def test_two_gbk_articles_run_over_three_pages_each(web: Web) -> None:
    pages = expected(DEDE)
    whole = {url: page for url, page in pages.items() if page.parts}
    assert [len(page.parts) for page in whole.values()] == [2, 2]
    for url, page in whole.items():
        rest = [pages[part] for part in page.parts]
        assert all(part.part_of == url for part in rest)
        lines = [line for part in rest for line in part.lines or ()]
        assert page.lines is not None
        assert list(page.lines[-len(lines) :]) == lines


def test_the_mirror_is_damaged_as_specified(web: Web) -> None:
    found = articles(MIRROR)
    bodies = {url: ask(web, url)[2].decode() for url in found}
    assert len(found) == 30
    assert sum("gbk-cut" in page.flags for page in found.values()) == 6
    assert sum("&lt;p style=" in body for body in bodies.values()) == 4
    for url, body in bodies.items():
        assert body.count('class="pl_css_ganrao"') == 2
        assert 'var V_PATH="/"' in body
        footer = body.partition("主站蜘蛛池模板：<br />\n")[2].splitlines()[:40]
        assert all(line.endswith("</a>|<br />") for line in footer)
        assert len({line.split("/")[2] for line in footer}) == 40
        assert urlsplit(url).path == urlsplit(found[url].same_as or "").path


def test_a_mirrored_page_without_its_glosses_is_the_original(web: Web) -> None:
    originals = expected(TRS)
    for url, page in articles(MIRROR).items():
        text = "".join(GLOSS.sub("", visible(ask(web, url)[2])).split())
        original = originals[page.same_as or ""]
        for line, clean in zip(page.lines or (), original.lines or (), strict=True):
            assert ("gbk-cut" in page.flags) or "".join(line.split()) in text
            assert len(line) == len(clean)


def test_a_character_of_the_mirror_is_always_glossed_or_never(web: Web) -> None:
    text = "".join(
        visible(ask(web, url)[2]) for url, page in articles(MIRROR).items() if len(page.flags) == 1
    )
    ever = {text[at.start() - 1] for at in GLOSS.finditer(text)}
    assert len(ever) > 100
    for char in ever:
        assert not re.search(f"{char}(?!\\()", text)


def test_the_cut_pages_hold_orphan_bytes_and_lost_steps() -> None:
    for copy in mirror.copies():
        whole = replace(copy, is_cut=False).lines
        assert (copy.lines != whole) == copy.is_cut
        assert any(re.search(r"\?[！？]", line) for line in copy.lines) == copy.is_cut


@pytest.mark.parametrize(
    ("clean", "seen"),
    [("確保“雙減", "確?！半p減"), ("。　　林學瑋", "?！　×謱W瑋"), ("專刊，", "?？?，")],
)
def test_the_byte_rule_makes_what_was_seen(clean: str, seen: str) -> None:
    assert cut(clean) == seen


def test_the_hacked_site_cloaks_five_articles_and_spoils_six_titles(web: Web) -> None:
    found = articles(HACKED)
    assert Counter(page.verdict for page in found.values()) == {
        "clean": 13,
        "infected": 6,
        "cloaked": 5,
    }
    for url, page in found.items():
        browser = ask(web, url, **{"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/94.0"})[2]
        for agent in ("fangzhi/0.1", "Mozilla/5.0 (compatible; Baiduspider/2.0)"):
            differs = ask(web, url, **{"User-Agent": agent})[2] != browser
            assert differs == (page.verdict == "cloaked")
        assert (b"<title>&#" in browser) == (page.verdict == "infected")
        assert page.title is None or f"<h1>{page.title}</h1>".encode() in browser


def test_the_spam_of_the_sitemap_is_served_and_linked_nowhere(web: Web) -> None:
    sitemap = ask(web, f"http://{HACKED}/sitemap.xml")[2].decode()
    assert sitemap.count("<loc>") == len(hacked.SPAM_PATHS) + len(articles(HACKED)) == 224
    spam = {f"http://{HACKED}{path}" for path in hacked.SPAM_PATHS}
    assert len(spam) == 200
    assert ask(web, min(spam))[0] == 200
    assert spam.isdisjoint(walk(web, HACKED))


def torture_request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {TORTURE}\r\nConnection: close\r\n\r\n".encode()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_torture_arrives_as_logged_over_both_schemes(web: Web, scheme: str) -> None:
    port, tls = (web.tls_port, TORTURE) if scheme == "https" else (web.port, None)
    for path in (*TORTURE_PATHS, "/retry"):
        received = raw(port, torture_request(path), tls)
        last = web.log(TORTURE)[-1]
        assert (last.request, last.response) == (torture_request(path), received)
        assert last.scheme == scheme


def test_the_torture_page_links_every_path(web: Web) -> None:
    body = raw(web.port, torture_request("/")).partition(b"\r\n\r\n")[2]
    found = links(f"http://{TORTURE}/", body)
    assert found >= {f"http://{TORTURE}{path}" for path in TORTURE_PATHS}
    assert found >= expected(TORTURE).keys() - {f"http://{TORTURE}/"}


@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("/chunked", rb"\r\n61\r\n"),
        ("/chunk-extension", rb'\r\n32 ;name="a;b"\r\n(?s:.*)\r\nX-Sum: 42\r\n'),
        ("/chunked-gzip", rb"\r\n\r\n1f\r\n\x1f\x8b"),
        ("/gbk-header", "X-Title: 政府公报\r\n".encode("gbk")),
        ("/gbk-reason", "^HTTP/1.1 200 成功\r\n".encode("gbk")),
        ("/no-reason", rb"^HTTP/1.1 200\r\n"),
        ("/folded-header", rb"X-Fold: one\r\n  two\r\n\tthree\r\n"),
        ("/no-colon", rb"\r\nthis line has no colon\r\n"),
        ("/bare-newlines", rb"^HTTP/1.1 200 OK\nContent"),
        ("/early-hints", rb"^HTTP/1.1 103 (?s:.*)\r\n\r\nHTTP/1.1 200 OK\r\n"),
        ("/close-10", rb"^HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"),
        ("/close-11", rb"Connection: close\r\n\r\n<html>"),
        ("/header-case", rb"Set-Cookie: a=1(?s:.*)\r\nSet-Cookie: b=2\r\nVary: A\r\nvary: B"),
    ],
)
def test_each_torture_is_on_the_wire(web: Web, path: str, sign: bytes) -> None:
    assert re.search(sign, raw(web.port, torture_request(path)))


def test_the_short_body_is_shorter_than_announced(web: Web) -> None:
    head, _, body = raw(web.port, torture_request("/short")).partition(b"\r\n\r\n")
    announced = re.search(rb"Content-Length: (\d+)", head)
    assert announced
    assert int(announced[1]) > len(body) > 0


def test_retry_is_busy_once_for_each_scheme() -> None:
    with start() as web:
        for port, tls in ((web.port, None), (web.tls_port, TORTURE)):
            answers = [raw(port, torture_request("/retry"), tls)[9:12] for _ in range(3)]
            assert answers == [b"503", b"200", b"200"]


def test_post_sends_the_body_back(web: Web) -> None:
    body = "名称=政府".encode("gbk")
    head = f"POST /post HTTP/1.1\r\nHost: {TORTURE}\r\nConnection: close\r\n"
    request = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
    assert raw(web.port, request).endswith(b"\r\n\r\n" + body)
    assert web.log(TORTURE)[-1].request == request


def test_many_requests_share_one_connection(web: Web) -> None:
    path = f"GET /plain HTTP/1.1\r\nHost: {TORTURE}\r\n\r\n".encode()
    received = raw(web.port, path + path + torture_request("/plain"))
    assert received == web.log(TORTURE)[-1].response * 3


def test_the_documents_are_cut_into_numbered_pieces_and_can_be_joined(web: Web) -> None:
    found = articles(wenku.HOST)
    assert len(found) == 8
    assert Counter(page.rejected for page in expected(wenku.HOST).values())["no-text"] == 2
    for url, page in found.items():
        tree = html.fromstring(ask(web, url)[2].decode())
        pieces = [str(node.text_content()) for node in tree.xpath("//div[@class='doc-text']/p")]
        parts = [piece.removeprefix(f"{at}、") for at, piece in enumerate(pieces, 1)]
        assert {len(part) for part in parts[:-1]} == {wenku.CHUNK}
        assert " ".join(page.lines or ()) + f" {wenku.DISCLAIMER}第" in "".join(parts)
        assert 300 <= len(page.text or "") <= 2000


def test_a_document_address_redirects_to_its_page(web: Web) -> None:
    status, fields, _ = ask(web, f"http://{wenku.HOST}/p-1.html")
    assert (status, fields["location"]) == (302, wenku.path(1))


def test_app_pages_show_the_body_twice_and_the_title_in_the_island_only(web: Web) -> None:
    found = articles(app.HOST)
    assert len(found) == 10
    for url, page in found.items():
        shown, _, island = ask(web, url)[2].decode().rpartition("<script")
        assert shown.count(f"<p>{(page.lines or ('',))[0]}</p>") == 2
        assert (page.title or "") not in shown.partition("app-more")[0]
        assert re.search(r'"publishTime": 16\d{11},', island)


def test_disclosed_documents_have_padded_labels_and_a_number(web: Web) -> None:
    found = articles(xxgk.HOST)
    assert len(found) == 12
    for url, page in found.items():
        body = ask(web, url)[2].decode()
        assert "索 &nbsp;引 号：" in body
        assert f"<td>{page.doc_number}</td>" in body


def test_attachments_are_small_large_hidden_or_expiring(web: Web) -> None:
    files = {
        notice.serial: f"http://{xxgk.HOST}{notice.file[0]}"
        for notice in xxgk.notices()
        if notice.file
    }
    assert ask(web, files[2])[0] == 404
    assert len(ask(web, files[11])[2]) > xxgk.LARGE
    disposition = ask(web, files[5])[1]["content-disposition"]
    assert disposition.encode("latin-1").decode("gbk").endswith('工作实施方案.doc"')
    assert ask(web, files[8])[0] == 200
    web.advance(601)
    assert ask(web, files[8])[0] == 403
    web.reset()
