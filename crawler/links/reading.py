"""From a response to the links it holds: pages, replies of list scripts, feeds, sitemaps.

What a response is, is told by its content and by how it was found, never by its host: a jcms part
comes as `text/xml` with HTML inside, a jpaas part as JSON, a sitemap as gzip under any label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from scrapy.http import Response

from archive import decode
from archive.farms.farmlinks import suspicious_links
from archive.formats import coding
from archive.model import Capture, Page
from archive.page import charset, dom
from archive.uri import join
from crawler.discover import Found, links, needs_script
from crawler.links import scripts
from crawler.links.replies import FEED_LIMIT, feed_text, reply_links
from crawler.net.fields import refresh

# A whole document says so at once; the record island of a jcms list page comes later in it.
_DOCUMENT = re.compile(r"<(?:!doctype\s+html|html|head|body|frameset)\b", re.IGNORECASE)
_DOCUMENT_REACH = 4096  # characters
SHELL_TEXT = 200  # characters outside scripts and links: a frame's footer has about 150
# What a reply can begin with: XML, JSON, a call with JSON, a plain sitemap, gzip.
_REPLY = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[<{\[]|https?://|[\w$.]{1,100}\s*\(|\x1f\x8b)")

LONGEST = 8_000_000  # characters of a page: it is read in the crawl's own process

Element = Any  # lxml ships no types


class TooLarge(Exception):
    """A page is not read for links, for reading it would hold up the crawl."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a response leads to."""

    links: tuple[Found, ...] = ()
    suspicious: frozenset[str] = frozenset()  # of the links: a link farm's, never followed
    needs_script: tuple[str, ...] = ()  # what its scripts fetch, where it has no links of its own
    fetches: tuple[str, ...] = ()  # the same where it has a menu and next to no text
    likeness: bytes = b""  # equal for two pages that differ in nothing but numbers


def read(response: Response, page: Page | None = None) -> Reading:
    """The links of a response with status 2xx; none where it is neither a page nor a reply.

    `page` is what `page_of` gave for it, where that was asked before.
    """
    found = _read(response, page or page_of(response))
    onward = refresh(response)
    if onward is None:
        return found
    others = (link for link in found.links if link.url != onward)
    return replace(found, links=(Found(onward, "", "refresh", False, None), *others))


def _read(response: Response, page: Page | None) -> Reading:
    if page is None:
        text = _reply_text(response)
        return Reading(tuple(reply_links(text, response.url)) if text else ())
    if not _DOCUMENT.search(page.text[:_DOCUMENT_REACH]):
        found = reply_links(page.text, response.url)
        if found:
            return Reading(tuple(found))
    return _of_html(page, response.url) if page.kind == "html" else Reading()


def page_of(response: Response) -> Page | None:
    """The decoded page of a response, or `None` when it is not one."""
    page = decode.decode_http(
        Capture(response.url, datetime.now(UTC), _head(response), response.body, "")
    )
    return page if isinstance(page, Page) else None


def _of_html(page: Page, url: str) -> Reading:
    parsed = dom.parse(page.text) if len(page.text) <= LONGEST else None
    if len(page.text) > LONGEST or (parsed and dom.is_too_large(parsed)):
        raise TooLarge(f"{url}: larger than pages are read for links")
    if parsed is None:
        return Reading()
    name = str(page.charset.get("chosen") or "utf-8")
    found = links(parsed.root, url, page.text, name)
    # as lxml has them, relative to the page: farms lead to other hosts, so the base is no matter
    farm = {join(url, href, name) for href in suspicious_links(parsed.root, url)}
    return Reading(
        tuple(found),
        frozenset(href for href in farm if href is not None),
        tuple(needs_script(parsed.root)),
        tuple(_fetched_by_shell(parsed.root)),
        _without_numbers(page.text),
    )


def _without_numbers(text: str) -> bytes:
    """A digest of a page in which numbers do not count."""
    data = text.encode("utf-8", "replace").translate(None, b"0123456789")
    return blake2b(data, digest_size=8).digest()


def _fetched_by_shell(root: Element) -> list[str]:
    """What the scripts of a page fetch that shows less text than an article has.

    Only a hint: a notice of one sentence with a visit counter looks the same. Whoever knows the
    site's other pages sees whether this one has any link of its own.
    """
    asked = list(scripts.asked("\n".join(each.text or "" for each in root.iter("script"))))
    if not asked:
        return []
    shown = root.xpath("string-length(normalize-space(string(.)))")
    unseen = sum(
        len("".join(each.itertext()).strip()) for each in root.iter("script", "style", "a")
    )
    return list(dict.fromkeys(asked)) if shown - unseen < SHELL_TEXT else []


def _reply_text(response: Response) -> str | None:
    """The text of what is no page by its label, where it may be a reply; unpacked in bounds."""
    if not 200 <= response.status < 300:
        return None
    content = decode.content(_head(response), response.body)
    data = content.data
    if content.limited or len(data) > FEED_LIMIT or not _REPLY.match(data[:200]):
        return None
    if coding.is_gzip(data) or data.lstrip()[:5] == b"<?xml":
        return feed_text(data)
    return charset.decode(data).text


def _head(response: Response) -> bytes:
    return b"HTTP/1.1 %d\r\n" % response.status + response.headers.to_string() + b"\r\n\r\n"
