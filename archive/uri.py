"""URLs as Chinese sites write them: what to fetch, what counts as the same page, the index key.

Two strings are kept for every link. `ascii_url` is what is sent: the characters of the link with
nothing but the necessary percent-encoding, so bytes a server wrote as GBK stay GBK. `dedupe_key`
is what is compared: query sorted, session and tracking parameters gone, case of the path kept
(most Chinese sites run on file systems that know case). No function here raises on any string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from ipaddress import IPv6Address
from typing import Any

from archive import vocab

# RFC 3986, appendix B, with the authority kept whole; it matches every string.
_PARTS = re.compile(
    r"(?s)(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?"
)
# WHATWG URL, 4.4: leading and trailing C0 controls and spaces go, tabs and line ends go everywhere.
_EDGES = "".join(map(chr, range(0x21))) + "\u3000\u00a0\ufeff\u200b"
_LINE_ENDS = re.compile("[\t\r\n]")
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_NOT_IN_KEY = re.compile("[^!-~]|[#%]")
_LOWER = {ord(upper): upper.lower() for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_NESTED = 20  # escapes of escapes that are undone; each makes a URL shorter
# Undone behind a torn escape it would complete that one: `%3%36` and `%36` are not the same.
_WHOLE_ESCAPE = re.compile("(?<!%)(?<!%[0-9A-Fa-f])%[0-9A-Fa-f]{2}")
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
_PORT = re.compile(r":(\d*)$")
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_DEFAULT_PORTS = {"http": ("", "80"), "https": ("", "443")}
_PATH_SESSION = re.compile(r";(?:jsessionid|sessionid)=[^/;?]*", re.IGNORECASE)
_HEXADECIMAL = re.compile("[0-9a-fA-F]{16,}")
# A misspelt scheme (`http:/www…`, `http:www…`, `http//:www…`, `http://http://…`): seen on hand-edited links.
_BENT_SCHEME = re.compile(r"(https?)(?::/{0,1}(?=[^/:])|(?://:|;//|：//|:///+)/*)", re.IGNORECASE)
_DOUBLE_SCHEME = re.compile(r"https?://+(?=https?:/)", re.IGNORECASE)
_WEB = ("http", "https")
# Answers remembered by each function: the menus and lists of one site repeat on all its pages.
# A URL takes under a kilobyte as a rule, so all of them take 5 MB; with 8192, 20 MB that a slow crawl of
# many sites filled over a day. On pages of five saved sites in turns it costs 0.04 ms a page (2026-11).
CACHED = 2048


@dataclass(frozen=True, slots=True)
class Parts:
    """A URL taken apart; `None` where the part is absent, so that putting it together is exact."""

    scheme: str | None
    authority: str | None
    path: str
    query: str | None
    fragment: str | None


@lru_cache(maxsize=CACHED)
def split(url: str) -> Parts:
    """The five parts of a URL (RFC 3986, 3); `unsplit` gives the string back."""
    match = _PARTS.fullmatch(url)
    assert match is not None  # every group is optional
    scheme, authority, path, query, fragment = match.groups()
    return Parts(scheme, authority, path, query, fragment)


def unsplit(parts: Parts) -> str:
    """The URL these parts came from."""
    return "".join(
        (
            f"{parts.scheme}:" if parts.scheme is not None else "",
            f"//{parts.authority}" if parts.authority is not None else "",
            parts.path,
            f"?{parts.query}" if parts.query is not None else "",
            f"#{parts.fragment}" if parts.fragment is not None else "",
        )
    )


@lru_cache(maxsize=CACHED)
def ascii_url(url: str, charset: str = "utf-8") -> str:
    """The URL as it goes on the wire: ASCII, nothing decoded, nothing encoded twice.

    >>> ascii_url(" http://例子.test/通知 公告/a.html?q=%B9%AB ")
    'http://xn--fsqu00a.test/%E9%80%9A%E7%9F%A5%20%E5%85%AC%E5%91%8A/a.html?q=%B9%AB'

    A user name and password are dropped: none is ever sent, logged or stored.

    A query is encoded in the page's `charset`, as browsers do (WHATWG URL, 4.4, query state),
    so a search link on a GBK page asks in GBK; the path is always UTF-8.
    """
    parts = split(_LINE_ENDS.sub("", url.strip(_EDGES)))
    web = (parts.scheme or "").lower() in _WEB
    return unsplit(
        Parts(
            parts.scheme.lower() if parts.scheme is not None else None,
            _ascii_authority(parts.authority) if parts.authority is not None else None,
            _escape(parts.path) or ("/" if web and parts.authority else ""),
            _escape(parts.query, charset) if parts.query is not None else None,
            _escape(parts.fragment) if parts.fragment is not None else None,
        )
    )


def join(base: str, href: str, charset: str = "utf-8") -> str | None:
    """The absolute http(s) URL a link points to, ready to fetch, or `None` where there is none.

    >>> join("http://a.test/xw/index.html", "..\\\\zwgk\\\\公告 1.html")
    'http://a.test/zwgk/%E5%85%AC%E5%91%8A%201.html'
    >>> join("http://a.test/", "javascript:void(0)") is None
    True

    The fragment is dropped, except `#/…` and `#!…`, which are routes of a script-made site.
    Misspelt schemes are read as their author meant them; an address no host can have is `None`.
    """
    return _join(_directory_of(base) if _needs_directory_only(href) else base, href, charset)


@lru_cache(maxsize=CACHED)
def _join(base: str, href: str, charset: str) -> str | None:
    parts = _resolve(split(_bare(base)), split(_bare(href)))
    if (parts.scheme or "").lower() not in _WEB or not parts.authority:
        return None
    joined = ascii_url(unsplit(replace(parts, fragment=_route(parts.fragment))), charset)
    host = host_of(joined)
    return joined if _host_is_possible(host) and _port_is_possible(joined) else None


def _host_is_possible(host: str) -> bool:
    """Whether a URL with this host can be asked for: a name, IPv4, or IPv6 in brackets."""
    if not _HOST.fullmatch(host):
        return False
    try:
        return not host.startswith("[") or bool(IPv6Address(host[1:-1]))
    except ValueError:
        return False


@lru_cache(maxsize=CACHED)
def host_of(url: str) -> str:
    """The host of a URL in lower case, without port; `""` where it has none."""
    authority = (split(url).authority or "").rpartition("@")[2]
    return _PORT.sub("", authority).lower().rstrip(".")


@lru_cache(maxsize=CACHED)
def dedupe_key(url: str) -> str:
    """A string that is equal for two URLs of the same page.

    >>> dedupe_key("HTTP://A.test:80/x/../Art/1.html;jsessionid=9F?b=2&spm=a1&a=1#top")
    'http://a.test/Art/1.html?a=1&b=2'
    >>> dedupe_key("http://a.test/#/news/1")
    'http://a.test/#/news/1'

    Applying it twice changes nothing. Scheme and `www.` are kept apart: merging them is a
    decision about one site. It costs a second fetch where a site uses `from` for something else
    and both values are linked: then only the first is fetched.
    """
    parts = split(ascii_url(url))
    if parts.scheme not in _WEB or not parts.authority:
        return unsplit(parts)
    path = _dotless(_plain_escapes(_PATH_SESSION.sub("", parts.path)))
    return unsplit(
        Parts(
            parts.scheme,
            _default_authority(parts.scheme, parts.authority),
            path or "/",
            _sorted_query(parts.query or "") or None,
            _route(parts.fragment),
        )
    )


def surt(url: str) -> str:
    """The key of the CDXJ index: host reversed, everything in lower case (SURT, as pywb writes it).

    >>> surt("http://www.Wuhan.gov.cn:80/sy/Whyw/?b=2&a=1")
    'cn,gov,wuhan)/sy/whyw?a=1&b=2'

    Two URLs that differ only by case get one key, so a look-up compares the URL itself first.
    """
    parts = split(ascii_url(url))
    if parts.scheme not in _WEB or not parts.authority:
        return unsplit(parts).lower()
    authority = _default_authority(parts.scheme, parts.authority).rpartition("@")[2]
    port = _PORT.search(authority)
    host = re.sub(r"^www\d*\.", "", _PORT.sub("", authority))
    names = [host] if host.startswith("[") else host.split(".")[::-1]
    path = _dotless(_PATH_SESSION.sub("", _without_escapes(parts.path)))
    path = _in_key(re.sub("/{2,}", "/", path))
    query = _in_key(_without_escapes(parts.query or "")).split("&")
    # By name, then value: `id=1` stands before `id2=2`, though `2` comes before `=`.
    shown = "&".join(sorted(_without_sessions(query), key=lambda pair: pair.split("=", 1)))
    return f"{','.join(names)}{port[0] if port else ''}){path.rstrip('/') or '/'}" + (
        f"?{shown}" if shown else ""
    )


def _without_escapes(text: str) -> str:
    """Every escape undone, also what that brings about; octets as the characters of Latin-1."""
    for _ in range(_NESTED):
        plain = _ESCAPE.sub(lambda escape: chr(int(escape[0][1:], 16)), text)
        if plain == text:
            break
        text = plain
    return text


def _in_key(text: str) -> str:
    """In lower case, with escapes where the surt library leaves them: blanks, # % and non-ASCII."""
    return _NOT_IN_KEY.sub(lambda char: f"%{ord(char[0]):02x}", text.translate(_LOWER))


def _needs_directory_only(href: str) -> bool:
    """Whether a link says a path of its own, so that the name and query of its base do not matter."""
    return bool(href) and href[0] not in "?#" and href[0] not in _EDGES


@lru_cache(maxsize=64)  # one base at a time, for all links of its page
def _directory_of(base: str) -> str:
    """A base without its last name, where it is plainly written: the pages of one folder then
    share what is remembered of their common links."""
    stem = base.partition("#")[0].partition("?")[0]
    if not stem.startswith(("http://", "https://")) or stem.count("/") < 3 or "\\" in stem:
        return base
    return stem[: stem.rfind("/") + 1]


def _bare(url: str) -> str:
    """Without edges and line ends, backslashes turned, a bent scheme straightened."""
    url = _LINE_ENDS.sub("", url.strip(_EDGES))
    head, mark, query = url.partition("?")
    url = head.replace("\\", "/") + mark + query
    url = _BENT_SCHEME.sub(r"\1://", url, count=1) if url[:4].lower() == "http" else url
    return _DOUBLE_SCHEME.sub("", url)


def _resolve(base: Parts, link: Parts) -> Parts:
    """RFC 3986, 5.2.2."""
    if link.scheme is not None:
        return replace(link, path=_dotless(link.path))
    if link.authority is not None:
        return replace(link, scheme=base.scheme, path=_dotless(link.path))
    if link.path:
        merged = link.path if link.path.startswith("/") else _directory(base.path) + link.path
        return Parts(base.scheme, base.authority, _dotless(merged), link.query, link.fragment)
    query = base.query if link.query is None else link.query
    return Parts(base.scheme, base.authority, base.path, query, link.fragment)


def _directory(path: str) -> str:
    return path[: path.rfind("/") + 1] or "/"


def _dotless(path: str) -> str:
    """RFC 3986, 5.2.4 for an absolute path; one that climbs above the root stops there."""
    if "/." not in path:
        return path
    *folders, last = path.split("/")
    kept: list[str] = []
    for name in [*folders, last]:
        if name == ".." and len(kept) > 1:
            kept.pop()
        elif name not in (".", ".."):
            kept.append(name)
    return "/".join(kept) + ("/" if last in (".", "..") else "")


def _escape(text: str, charset: str = "utf-8") -> str:
    return _UNSAFE.sub(lambda run: _percent(run[0], charset), text)


def _percent(run: str, charset: str) -> str:
    try:
        data = run.encode(charset)
    except (LookupError, UnicodeError):
        data = run.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in data)


def _ascii_authority(authority: str) -> str:
    """Host in lower case and punycode, without user and password; what IDNA cannot express is percent-encoded and stays a
    host that no name server knows."""
    rest = authority.rpartition("@")[2]
    port = _PORT.search(rest)
    host = _PORT.sub("", rest).lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            host = _escape(host)
    host = _ESCAPE.sub(lambda escape: escape[0].upper(), _escape(host))
    return host + (port[0] if port else "")


def _default_authority(scheme: str, authority: str) -> str:
    while (port := _PORT.search(authority)) and port[1].lstrip("0") in _DEFAULT_PORTS[scheme]:
        authority = authority[: port.start()]
    return authority


def _port_is_possible(url: str) -> bool:
    port = _PORT.search(split(url).authority or "")
    return port is None or (len(port[1]) <= 5 and int(port[1] or "0") <= 65535)


def _route(fragment: str | None) -> str | None:
    return fragment if fragment is not None and fragment.startswith(("/", "!")) else None


def _plain_escapes(text: str) -> str:
    """Escapes of unreserved characters undone, the others in upper case (RFC 3986, 6.2.2)."""
    return _WHOLE_ESCAPE.sub(_plain_escape, text)


def _plain_escape(match: re.Match[str]) -> str:
    char = chr(int(match[0][1:], 16))
    return char if _UNRESERVED.fullmatch(char) else match[0].upper()


def _sorted_query(query: str) -> str:
    pairs = (_plain_escapes(pair) for pair in query.split("&") if pair)
    tracking = _names("tracking")
    kept = (
        pair
        for pair in _without_sessions(pairs)
        if not _is_named(pair.partition("=")[0].lower(), tracking)
    )
    return "&".join(sorted(kept))


def _without_sessions(pairs: Any) -> list[str]:
    session = _names("session")
    hexadecimal = vocab.toml("uri")["session"]["when_hexadecimal"]
    kept = []
    for pair in pairs:
        name, _, value = pair.partition("=")
        name = name.lower()
        if _is_named(name, session) or (name in hexadecimal and _HEXADECIMAL.fullmatch(value)):
            continue
        kept.append(pair)
    return kept


def _is_named(name: str, known: tuple[frozenset[str], tuple[str, ...]]) -> bool:
    return name in known[0] or name.startswith(known[1])


@cache
def _names(group: str) -> tuple[frozenset[str], tuple[str, ...]]:
    table = vocab.toml("uri")[group]
    return frozenset(table["query"]), tuple(table["prefixes"])
