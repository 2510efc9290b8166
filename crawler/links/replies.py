"""Links in what is not a page: the replies list scripts ask for, feeds, sitemaps.

Pure functions from decoded text to links, and the address of the next part where the reply is
one of several. XML is read without entities, external parts or network.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from archive import vocab
from archive.about import dates
from archive.uri import join
from crawler.discover import LINK_LIMIT, Found, described, fragment_links
from crawler.links import pagers

FEED_LIMIT = 50 * 2**20  # bytes of an unpacked sitemap: the size the protocol allows (sitemaps.org)

# Possessive and atomic, for a reply is read in the crawl's own process: with two ways to read one
# declaration, or one comment, 200 bytes of them would take hours.
_JSONP = re.compile(r"^[\w$.]{1,100}\s*+\((.*)\)\s*+;?\s*+$", re.DOTALL)
_FEED_ROOT = re.compile(
    r"^\s*+(?:<\?[^>]{0,500}\?>|(?><!--.{0,2000}?-->)|\s++)*+"
    r"<(?:\w+:)?(rss|feed|RDF|urlset|sitemapindex)\b",
    re.DOTALL,
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
# Goes before parsing, and every entity it declares with it.
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,300}(?:\[[^\]]{0,20000}\]\s*)?>")
_ADDRESS = re.compile(r"(?:https?://|//|/|\.{1,2}/)\S+|[\w%./-]+\.s?html?(?:\?\S*)?", re.IGNORECASE)
_TOTAL = re.compile(
    r'"(?:total(?:_?(?:count|records?|num|row|rows))?|record_?count)"\s*:\s*"?(\d{1,8})', re.I
)
_TOTAL_PAGES = re.compile(
    r'"(?:total_?pages?|page_?count|pages|page_?total)"\s*:\s*"?(\d{1,6})', re.I
)


def reply_links(source: str, url: str) -> list[Found]:
    """The links of a list script's reply, a feed or a sitemap, with the next part of the same
    list as `pager`; nothing where the text is none of these."""
    text = _DOCTYPE.sub("", source.lstrip("\ufeff \t\r\n"), count=1)
    if _FEED_ROOT.match(text):
        return _absolute(_feed(text), url)
    if "<record>" in text and ("<recordset>" in text or "dataproxy.jsp" in url):
        items = [link for record in pagers.records(text) for link in fragment_links(record)]
        return _absolute([*items, *_next(text, url, len(items))], url)
    if text[:1] in ("{", "[") or _JSONP.match(text):
        items = list(_json(text))
        return _absolute([*items, *_next(text, url, len(items))], url)
    if text.startswith(("http://", "https://")) and "<" not in text:
        return _absolute([(line.strip(), _item("", None)) for line in text.splitlines()], url)
    return []


def feed_text(body: bytes) -> str | None:
    """The text of a feed or sitemap as stored on a server, gunzipped where it is `.gz`.

    `None` where it cannot be unpacked or is larger than a sitemap may be.
    """
    if body[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=31)
        try:
            body = unpacker.decompress(body, FEED_LIMIT)
        except zlib.error:
            return None
        if unpacker.unconsumed_tail:
            return None
    declared = re.search(rb"""^.{0,200}?encoding\s*=\s*["']([\w-]+)""", body[:300], re.DOTALL)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    try:
        return body.decode("gb18030" if name.startswith("gb") else name, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _feed(text: str) -> Iterator[tuple[str, Found]]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return
    for element in root.iter() if root is not None else ():
        with suppress(
            UnicodeDecodeError
        ):  # `&#xD800;`, which lxml lets through and cannot give back
            match _local(element):
                case "item" | "entry":
                    yield _feed_item(element)
                case "url" | "sitemap" as kind:
                    yield _map_item(element, "feed" if kind == "sitemap" else "link")


def _map_item(element: Any, rel: str) -> tuple[str, Found]:
    fields = {_local(child): (child.text or "").strip() for child in element}
    item = _item("", _day(fields.get("lastmod", "")))
    return fields.get("loc", ""), replace(item, rel=rel)


def _feed_item(element: Any) -> tuple[str, Found]:
    fields: dict[str, str] = {}
    for child in element:
        name, text = _local(child), (child.text or "").strip()
        if name == "link" and child.get("href") and child.get("rel", "alternate") == "alternate":
            text = child.get("href")
        if name == "guid" and (child.get("isPermaLink") == "false" or not text.startswith("http")):
            continue
        if text:
            fields.setdefault(name, text)
    day = next(
        (fields[name] for name in ("pubDate", "published", "date", "updated") if name in fields), ""
    )
    return fields.get("link") or fields.get("guid", ""), _item(fields.get("title", ""), _day(day))


def _json(text: str) -> Iterator[tuple[str, Found]]:
    """Addresses in the items of a JSON list, and links in HTML its values hold."""
    wrapped = _JSONP.match(text)
    try:
        stack = [json.loads(wrapped[1] if wrapped else text)]
    except (ValueError, RecursionError):
        return
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            yield from _json_item(value)
            stack.extend(
                reversed([each for each in value.values() if isinstance(each, list | dict | str)])
            )
        elif isinstance(value, str) and "<a" in value and "href" in value:
            yield from fragment_links(value)


def _json_item(item: dict[str, Any]) -> Iterator[tuple[str, Found]]:
    names = vocab.toml("discover")["api"]
    fields = {str(key).lower(): value for key, value in item.items()}
    title = next((fields[n] for n in names["titles"] if isinstance(fields.get(n), str)), "")
    day = next((str(fields[n]) for n in names["dates"] if isinstance(fields.get(n), str | int)), "")
    for name in names["links"]:
        address = fields.get(name)
        if isinstance(address, str) and _ADDRESS.fullmatch(address.strip()):
            yield address, _item(title, _day(day))
            return


def _next(text: str, url: str, items: int) -> Iterator[tuple[str, Found]]:
    """The parts of the list that follow the part `url` asked for; none after an empty part."""
    if items:
        yield from (
            (address, Found("", "", "pager", False, None))
            for address in _following(text, url, items)
        )


def _following(text: str, url: str, items: int) -> Iterator[str]:
    current = pagers.page_parameter(url)
    if "dataproxy.jsp" in url and current:
        address, _, query = url.partition("?")
        pairs = dict(pair.partition("=")[::2] for pair in query.split("&") if "=" in pair)
        size = pairs.get("perpage", "")
        size_said = int(size) if size.isdecimal() and int(size) else items
        yield from pagers.dataproxy(
            address, pairs, current[1], size_said, pagers.total_records(text)
        )
    elif request := pagers.next_unit(url):
        yield request
    elif current:
        pages, total = _TOTAL_PAGES.search(text), _TOTAL.search(text)
        last = int(pages[1]) if pages else -(-int(total[1]) // items) if total else None
        yield from pagers.query_pages(url, current, last)


def _absolute(items: Any, url: str) -> list[Found]:
    found: dict[str, Found] = {}
    for href, link in items:
        target = join(url, href) if href else None
        if target and target not in found and len(found) < LINK_LIMIT:
            found[target] = described(replace(link, url=target), url)
    return list(found.values())


def _item(title: str, day: str | None) -> Found:
    return Found(
        "", " ".join(re.sub("<[^<>]{0,300}>", "", title).split())[:300], "link", False, day
    )


def _day(text: str) -> str | None:
    """The day in Beijing of a feed's or reply's date; an hour at +08:00 where no zone is given."""
    if re.match(r"[A-Za-z]{3},|\d{1,2} [A-Za-z]{3} ", text):
        try:
            moment = parsedate_to_datetime(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(dates.BEIJING).date().isoformat()
        except (ValueError, OverflowError):
            return None
    parsed = dates.parse(text) if text else None
    return parsed[:10] if parsed else None


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""
