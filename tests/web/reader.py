"""A small client of the test web, written without the code under test."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterable
from urllib.parse import quote, urljoin, urlsplit

from lxml import html

from tests.web import Expect, Web, expected
from tests.web.server import LOOPBACK

PAGER = re.compile(r'createPageHTML\((\d+), *\d+, *"(\w+)", *"(\w+)"\)')
UCAP_PAGER = re.compile(r"createPageHTML\('\w+',(\d+),\d+,'(\w+)','(\w+)',\d+\)")
REFRESH = re.compile(r"(?i)url=([^\"']+)")


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
    for pages, name, ending in UCAP_PAGER.findall(tree.text_content()):
        found |= {f"{name}_{page}.{ending}" for page in range(2, int(pages) + 1)}
    absolute = {urljoin(url, link) for link in found if not link.startswith("javascript")}
    return {link for link in absolute if urlsplit(link).netloc == urlsplit(url).netloc}


def articles(host: str) -> dict[str, Expect]:
    """The expected articles of a host."""
    return {url: page for url, page in expected(host).items() if page.verdict}


def walk(web: Web, host: str, further: Iterable[str] = ()) -> dict[str, bytes]:
    """Everything that links, pagers and redirects reach from the home page and from `further`
    paths, URL -> body."""
    waiting, pages = [f"http://{host}{path}" for path in ("/", *further)], dict[str, bytes]()
    asked = set(waiting)
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
