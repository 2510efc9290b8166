"""What a page does behind its text: loaders, jumps by referrer, covers, comments, its title.

Findings in scripts are reports, not removals: statistics, badges and push code use the same
means. Nothing is run; numbers and escapes are decoded and looked at.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import unquote

from lxml import etree

from archive.domains import registered
from archive.farms import lexicon
from archive.farms.hidden import joined
from archive.farms.linkruns import Site, host_of, kind_of
from archive.model import Edit
from archive.page.dom import END_MARK, Element
from archive.page.nodes import Nodes

_DOES = re.compile("<script|<iframe|document.write|location")
_CALLS = (
    "write", "location", "eval", ".title", "iframe", "innerHTML", "atob", "fromCharCode", ".open(",
)  # fmt: skip
_CODES = re.compile(r"fromCharCode\s*\(([\d\s,]{20,20000})\)")
_ESCAPED = re.compile(r"""unescape\s*\(\s*['"]([^'"]{20,20000})['"]""")
_BASE64 = re.compile(r"""atob\s*\(\s*['"]([A-Za-z0-9+/=]{16,20000})['"]""")
_ADDRESS = re.compile(r"""(?:https?:)?//[\w.-]+\.[a-z]{2,}""", re.IGNORECASE)
_JUMP = re.compile(
    r"location(?:\.href|\.replace|\.assign)?\s*[=(]|window\.open|\.src\s*=", re.IGNORECASE
)
_AGENT = re.compile(r"userAgent|appVersion", re.IGNORECASE)
_REFERRER = re.compile(r"document\s*\.\s*referrer", re.IGNORECASE)
_ENGINE = re.compile(
    r"baidu|sogou|google|\bso\.com|360|bing|sm\.cn|spider|yisou|haosou", re.IGNORECASE
)
_FRAME = re.compile(r"<iframe[^>]{0,600}", re.IGNORECASE)
_COVER = re.compile(
    r"position\s*:\s*(?:fixed|absolute)|z-index\s*:\s*\d{3,}|100%[^>]*100%|100vh", re.IGNORECASE
)
_TITLE = re.compile(r"""document\s*\.\s*title\s*=\s*['"]([^'"]{2,200})""")
_COMMENTED = re.compile(
    r"""<a\b[^>]{0,300}?h(?:re|er)f\s*=\s*['"]?([^'"\s>]+)['"]?[^>]{0,300}>([^<]{0,60})""",
    re.IGNORECASE,
)
STUB = 120
_REMEMBERED = 5000  # characters; longer scripts are not kept
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"\s;]+)", re.IGNORECASE)


def findings(nodes: Nodes, site: Site, speaks: frozenset[str]) -> Iterator[Edit]:
    """Reports on scripts, frames and jumps; nothing is changed."""
    for at in nodes.named("script", "iframe", "meta"):
        element, tag = nodes.elements[at], nodes.tags[at]
        if tag == "script":
            code = nodes.texts[at] or ""
            known = _script if len(code) <= _REMEMBERED else _script.__wrapped__
            found = known(code, site, speaks)
        elif tag == "iframe":
            found = _cover(element, site)
        else:
            found = _refresh(element, site)
        if found:
            rule, evidence, confidence = found
            old = (element.text or element.get("src") or element.get("content") or "")[:2000]
            yield Edit(
                "prune_link_farms", 0, old, old, rule, evidence, confidence, "page", "flagged"
            )


Found = tuple[str, str, float] | None


@lru_cache(maxsize=512)  # the pages of a site share their scripts
def _script(code: str, site: Site, speaks: frozenset[str]) -> Found:
    if not any(call in code for call in _CALLS):  # a string is found ten times as fast as a pattern
        return None
    plain = joined(code)
    for rule in (_decoded, _cover_script, _jump, _title_swap, _written_links):
        found = rule(plain, site, speaks)
        if found:
            return found
    return None


def _foreign(text: str, site: Site) -> list[str]:
    hosts = (host_of(m[0]) for m in _ADDRESS.finditer(text))
    return [host for host in hosts if host and kind_of(host, site) == "foreign"]


def _decoded(code: str, site: Site, speaks: frozenset[str]) -> Found:
    for name, text in _hidden_sources(code):
        hosts = _foreign(text, site)
        bare = not _ADDRESS.search(text) and "eval" in code and _DOES.search(text)
        if hosts or bare:
            return "loader", f"H {name} hides {hosts[0] if hosts else text[:40]!r}", 0.9
    return None


def _hidden_sources(code: str) -> Iterator[tuple[str, str]]:
    for match in _CODES.finditer(code):
        numbers = [int(n) for n in re.findall(r"\d+", match[1]) if len(n) < 7]
        yield "fromCharCode", "".join(chr(n) for n in numbers if n < 0xD800)
    for match in _ESCAPED.finditer(code):
        if match[1].count("%") >= 4:
            yield (
                "unescape",
                unquote(re.sub(r"%u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), match[1])),
            )
    for match in _BASE64.finditer(code):
        try:
            yield "atob", base64.b64decode(match[1], validate=True).decode("latin-1")
        except binascii.Error:
            continue


def _cover_script(code: str, site: Site, speaks: frozenset[str]) -> Found:
    for frame in _FRAME.finditer(code):
        if _COVER.search(frame[0]) and _foreign(frame[0], site):
            return "cover-frame", f"H frame over the page; L {_foreign(frame[0], site)[0]}", 0.9
    return None


def _jump(code: str, site: Site, speaks: frozenset[str]) -> Found:
    lower = code.encode("utf-8", "replace").lower()  # ASCII alone: a fifth of the time
    if not any(word in lower for word in (b"referrer", b"useragent", b"appversion")):
        return None
    hosts = _foreign(code, site) if _JUMP.search(code) else []
    if not hosts:
        return None
    if _REFERRER.search(code) and len(_ENGINE.findall(code)) >= 1:
        return "referrer-jump", f"H visitors from search engines go to {hosts[0]}", 0.9
    if _AGENT.search(code) and _ENGINE.search(code) and "spider" in code.lower():
        return "agent-jump", f"H spiders or people are sent to {hosts[0]}", 0.85
    return None


def _title_swap(code: str, site: Site, speaks: frozenset[str]) -> Found:
    for match in _TITLE.finditer(code):
        text = _entities(match[1])
        trade = lexicon.trade(text)
        if trade and trade not in speaks:
            return "title-swap", f"H script sets the title; X {trade}", 0.9
        tested = _AGENT.search(code) or _REFERRER.search(code)
        if tested and _ENGINE.search(code):
            return "title-swap", "H script sets another title for search engines", 0.85
    return None


def _written_links(code: str, site: Site, speaks: frozenset[str]) -> Found:
    if "write" not in code and "innerHTML" not in code:
        return None
    links = [(host_of(m[1]), m[2]) for m in _COMMENTED.finditer(code)]
    spam = [text for host, text in links if host and lexicon.trade(text) not in {None, *speaks}]
    return (
        ("written-links", f"H links written by script; X {len(spam)} listed", 0.9) if spam else None
    )


def _cover(frame: Element, site: Site) -> Found:
    host = host_of(frame.get("src") or "")
    around = frame.getparent()
    alone = around is not None and len(around) == 1 and not "".join(around.itertext()).strip()
    outer = around.get("style") or "" if around is not None and alone else ""
    style = (
        f"{frame.get('style') or ''};{frame.get('width') or ''} {frame.get('height') or ''};{outer}"
    )
    fixed = re.search(r"position\s*:\s*(?:fixed|absolute)", style)
    if host and kind_of(host, site) == "foreign" and fixed and ("100%" in style or "100v" in style):
        return "cover-frame", f"H frame over the page; L {host}", 0.85
    return None


def _refresh(meta: Element, site: Site) -> Found:
    if (meta.get("http-equiv") or "").lower() != "refresh" or not site.domain:
        return None
    match = _REFRESH.search(meta.get("content") or "")
    host = host_of(match[1]) if match else ""
    if host and kind_of(host, site) == "foreign" and registered(host) != site.domain:
        body = meta.getroottree().find("body")
        told = len("".join(body.itertext()).strip()) if body is not None else 0
        certain = 0.85 if told >= STUB else 0.5  # a stub without text is a site that moved
        return "refresh-away", f"L the page sends its readers to {host}", certain
    return None


def comments(nodes: Nodes, site: Site, speaks: frozenset[str]) -> Iterator[tuple[Element, str]]:
    """Comments that hold links of a listed trade, with the evidence; they never reach the text."""
    for comment in map(nodes.elements.__getitem__, nodes.named(etree.Comment)):
        text = comment.text or ""
        if text == END_MARK or "<a" not in text:
            continue
        links = [(host_of(m[1]), m[2]) for m in _COMMENTED.finditer(text)]
        spam = [t for host, t in links if host and lexicon.trade(t) not in {None, *speaks}]
        if spam:
            yield comment, f"H comment; X {len(spam)} listed; L {len(links)} links"


def spam_title(
    titles: Iterable[Element], root: Element, speaks: frozenset[str]
) -> tuple[Element, str, str] | None:
    """The first title, its text without the spam segments, and why; None when it is in order.

    Two families: X (a listed word) and T (the headline or the body does not hold it).
    """
    title = next(iter(titles), None)
    text = (title.text or "") if title is not None else ""
    if lexicon.trade(text) is None:
        return None
    body = "".join("".join(h.itertext()) for h in root.iter("h1", "h2", "p"))
    parts = re.split(r"([_|\-—–,，\s]+)", text)
    spam = [
        p for p in parts[::2] if p and lexicon.trade(p) not in {None, *speaks} and p not in body
    ]
    if not spam:
        return None
    kept = [
        p for p in parts[::2] if p and lexicon.spam(p) < lexicon.SPAM and lexicon.trade(p) is None
    ]
    return title, "_".join(kept), f"X {len(spam)} segments listed; T not in the body"


def _entities(text: str) -> str:
    return re.sub(r"&#(\d{2,6});?", lambda m: chr(int(m[1])), text)
