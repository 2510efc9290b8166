"""What is left to a captured document that a policy does not take: resource hints, odd types.

`<link rel=preconnect>` opens a connection to any host, and no policy of a browser forbids it
(Chromium 156, spellings that pywb does not rewrite). So of `<link` in HTML only plain style sheets
are left; every other one becomes `<area`, which is as long, void and does nothing. A tokenizer
makes a link element of nothing but these five bytes as long as the text is in a charset that
has ASCII as it is: UTF-16 is recoded, and the escapes that shift ISO-2022 are blanked. XML, where a
link may have any prefix, is shown as text.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

HTML_LIMIT = 32 << 20  # bytes of a document that is shown; larger ones are not
HTML = "text/html"
_TEXT = "text/plain"
_SVG = "image/svg+xml"
_OTHER = "application/octet-stream"
_TYPE = re.compile(r"([\w.+-]+/[\w.+-]+)\s*(?:;\s*charset=\"?([\w:-]+)\"?\s*)?(?:;.*)?", re.ASCII)
# Charsets in which bytes below 80 are ASCII wherever a character begins.
_CHARSET = re.compile(
    r"utf-?8|us-ascii|gb_?2312(?:-80)?|x?-?gbk|gb18030|big5(?:-hkscs)?|iso-8859-\d+|windows-125\d|"
    r"euc-(?:jp|kr|cn)|shift_jis|koi8-[ru]",
    re.IGNORECASE,
)
_AS_IT_IS = re.compile(
    r"text/(?:plain|css)|image/(?!.*xml)[\w.+-]+|(?:audio|video|font)/[\w.+-]+|"
    r"application/(?:pdf|font-[\w-]+|x-font-[\w-]+|vnd\.ms-fontobject)"
)
_LINK = re.compile(rb"<link", re.IGNORECASE)
_ATTRIBUTE = rb'\s+(rel|href|type|media|title|charset|id|class)="([^"<>]*)"'
_PLAIN_LINK = re.compile(rb"<link((?:" + _ATTRIBUTE + rb")+)\s*/?>", re.IGNORECASE)


def media_type(sent: str, destination: str) -> str:
    """The Content-Type a captured answer is given; `destination` is the request's Sec-Fetch-Dest.

    >>> media_type("text/html; charset=GB2312", "iframe")
    'text/html; charset=GB2312'
    >>> media_type("application/xhtml+xml", ""), media_type("text/xml", "")
    ('text/html', 'text/plain')
    >>> media_type("image/svg+xml", "image"), media_type("image/svg+xml", "document")
    ('image/svg+xml', 'text/plain')
    >>> media_type("multipart/x-mixed-replace", ""), media_type("text/html; charset=utf-16", "")
    ('application/octet-stream', 'text/html')
    """
    match = _TYPE.fullmatch(sent.strip())
    kind, charset = (match[1].lower(), match[2] or "") if match else (HTML, "")
    named = f"; charset={charset}" if _CHARSET.fullmatch(charset) else ""
    if kind in (HTML, "application/xhtml+xml"):
        return HTML + named
    if kind == _SVG and destination == "image":
        return _SVG
    if kind.endswith(("/xml", "+xml", "/json", "/javascript", "/x-javascript")):
        return _TEXT + named
    return kind + named if _AS_IT_IS.fullmatch(kind) else _OTHER


def document(html: bytes) -> bytes:
    """An HTML document without links that are no plain style sheets; as long as before, unless it
    was UTF-16.

    >>> document(b'<link rel="stylesheet" href="a.css"><LINK rel=preconnect href=//b>')
    b'<link rel="stylesheet" href="a.css"><area rel=preconnect href=//b>'
    """
    if html.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        html = html.decode("utf-16", "replace").encode("utf-8-sig")
    html = html.replace(b"\x1b", b" ")
    return _LINK.sub(lambda found: found[0] if _is_style_sheet(html, found) else b"<area", html)


def _is_style_sheet(html: bytes, found: re.Match[bytes]) -> bool:
    plain = _PLAIN_LINK.match(html, found.start())
    if not plain:
        return False
    pairs = [
        (name.lower(), value) for name, value in re.findall(_ATTRIBUTE, plain[1], re.IGNORECASE)
    ]
    named = dict(pairs)
    return len(named) == len(pairs) and named.get(b"rel", b"").strip().lower() == b"stylesheet"
