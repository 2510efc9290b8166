"""A capture becomes an article, or a rejection with its reason: the pipeline on one screen.

    capture ─► decode ─► extract ─► steps ─► metadata ─► normalise ─► Article | Rejection

Pure: no network, no clock, no chance. The same capture, site definition, site memory and
commit give the same bytes. `DERIVATION` is raised by every change that alters any output.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from archive import cloaking, decode, extract, linkfarm, metadata, normalise
from archive.lowtext import is_low
from archive.model import (
    About,
    Article,
    Capture,
    Extraction,
    Location,
    Page,
    Reason,
    Rejection,
    SiteMemory,
)
from archive.page import pageclass
from archive.parts import UNLIKE
from archive.pipeline import STEPS
from archive.relevance import Like, below, compared
from archive.sites import Layout, Site, layout_on
from archive.steps import Cleaned, clean

DERIVATION = 4
_BEIJING = timezone(timedelta(hours=8))
_CUT = {"length", "time", "disconnect", "unspecified"}  # WARC 1.1, 5.13


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where the bytes came from, as every line says it."""

    id: str
    input: str
    url: str | None
    captured: datetime | None
    payload_digest: str | None
    warc: Location | None = None
    announced: str = ""
    searched: str = ""


def derive(
    capture: Capture,
    *,
    site: Site | None = None,
    memory: SiteMemory | None = None,
    like: Like | None = None,
) -> Article | Rejection:
    """The article of one capture, or why there is none."""
    origin = _Origin(
        capture.record_id,
        capture.input,
        capture.target_uri,
        capture.date,
        capture.payload_digest,
        capture.warc,
        capture.announced,
        capture.searched,
    )
    if urlsplit(capture.target_uri).path == "/robots.txt":
        return _reject(origin, Reason.NOT_AN_ARTICLE, "robots.txt")
    truncated = (f"truncated-{capture.truncated}",) if capture.truncated in _CUT else ()
    result = _from_page(decode.decode_http(capture), origin, site, memory, truncated)
    return result if like is None or isinstance(result, Rejection) else _scored(result, like)


def derive_file(
    data: bytes,
    name: str,
    *,
    url: str | None = None,
    captured: datetime | None = None,
    site: Site | None = None,
    memory: SiteMemory | None = None,
) -> Article | Rejection:
    """The article of a loose .html, .html.gz or .txt file; its id is the digest of its bytes."""
    digest = hashlib.sha256(data).hexdigest()
    origin = _Origin(f"urn:sha256:{digest}", name, url, captured, f"sha256:{digest}")
    return _from_page(decode.decode_file(data, name, url, captured), origin, site, memory)


def _from_page(
    page: Page | Rejection,
    origin: _Origin,
    site: Site | None,
    memory: SiteMemory | None,
    flags: tuple[str, ...] = (),
) -> Article | Rejection:
    extraction = page if isinstance(page, Rejection) else _extract(page, site, memory)
    if isinstance(page, Rejection) or isinstance(extraction, Rejection):
        assert isinstance(extraction, Rejection)
        return _reject(origin, extraction.rejected, extraction.detail)
    about = About(
        page.kind,
        origin.url,
        origin.captured,
        metadata.title_of(extraction.candidates),
        memory,
        extraction.inside,
    )
    cleaned = clean(extraction.text, STEPS, about)
    if not cleaned.text and not _is_notice(extraction, about):
        return _reject(origin, Reason.NO_TEXT, "nothing is left of the page but its frame")
    if is_low(cleaned.text) and _is_form(extraction, cleaned, about):
        return _reject(origin, Reason.NOT_AN_ARTICLE, "a few words, no day and no file")
    return _article(page, extraction, cleaned, origin, site, memory, flags)


def _scored(article: Article, like: Like) -> Article | Rejection:
    """An article with its relevance; a rejection where that is not enough.

    A further page of an article only says so, because it belongs to its first page, whatever that
    one is about; archive/parts.py rejects it where there is none.
    """
    relevance = round(like.examples.score_text(compared(article.title, article.text_norm)), 4)
    place = article.evidence["extraction"].get("pages")
    if relevance >= like.least:
        return replace(article, relevance=relevance)
    lack = below(relevance, like.least)
    if place and place["number"]:
        return replace(article, relevance=relevance, evidence={**article.evidence, UNLIKE: lack})
    who = (article.id, article.input, article.url, article.captured)
    return Rejection(*who, Reason.NOT_SIMILAR, lack)


def _is_notice(extraction: Extraction, about: About) -> bool:
    """Whether a page without text is an article all the same: it carries files or pictures, or
    it has a title at an article's address (a headline that is the whole notice)."""
    named = about.title is not None and pageclass.url_shape(about.url) == "article"
    return bool(extraction.attachments or extraction.images) or named


def _is_form(extraction: Extraction, cleaned: Cleaned, about: About) -> bool:
    """Whether a page says next to nothing: a search form, a portal's hub, a page that loads.

    Only at an address that is no article's, where no day is told and no file is offered. Wrong for
    a notice of under twelve Han at such an address whose page dates nothing.
    """
    if about.url is None or pageclass.url_shape(about.url) == "article":
        return False
    told = (*extraction.candidates, *cleaned.found)
    holds = extraction.attachments or extraction.images or pageclass.holds_text(cleaned.text)
    return not holds and not any(c.field == "published" for c in told)


def _extract(page: Page, site: Site | None, memory: SiteMemory | None) -> Extraction | Rejection:
    if page.kind == "text":
        return Extraction(page.text)
    return extract.extract(page, _layout(page, site), memory)


def _article(
    page: Page,
    extraction: Extraction,
    cleaned: Cleaned,
    origin: _Origin,
    site: Site | None,
    memory: SiteMemory | None,
    flags: tuple[str, ...],
) -> Article:
    low = ("low-text",) if is_low(cleaned.text) else ()
    raised = dict.fromkeys((*page.flags, *extraction.flags, *cleaned.flags, *low, *flags))
    fields, evidence = metadata.choose(
        (*extraction.candidates, *cleaned.found),
        cleaned.text,
        origin.captured,
        origin.url,
        normalise.simplify,
        tuple(raised),
    )
    text_norm = normalise.normalise(cleaned.text)
    edits = (*extraction.edits, *cleaned.edits)
    verdict: str = linkfarm.verdict(edits, cleaned.text)
    swapped = cloaking.swapped(
        origin.announced,
        page.text,
        fields["title"] or "",
        cleaned.text,
        is_spam=verdict == "spam_page",
    ) or cloaking.sent_away(
        origin.searched, origin.url or "", page.text, fields["title"] or "", cleaned.text
    )
    return Article(
        id=origin.id,
        input=origin.input,
        url=origin.url,
        captured=origin.captured,
        site=site.id if site else None,
        payload_digest=origin.payload_digest,
        warc=origin.warc,
        **fields,
        dateline=metadata.dateline(text_norm),
        evidence={"charset": page.charset, "extraction": extraction.evidence, **evidence},
        lang=normalise.script(cleaned.text),
        text=cleaned.text,
        text_norm=text_norm,
        text_digest=normalise.digest(cleaned.text),
        relevance=None,
        attachments=extraction.attachments,
        images=extraction.images,
        verdict=cloaking.RULE if swapped and verdict != "mirror" else verdict,
        flags=tuple(raised),
        edits=(*edits, swapped) if swapped else edits,
        derivation=_derivation(memory),
    )


def _layout(page: Page, site: Site | None) -> Layout | None:
    if site is None:
        return None
    day = page.captured.astimezone(_BEIJING).date() if page.captured else date.max
    return layout_on(site, day)


def _derivation(memory: SiteMemory | None) -> Mapping[str, Any]:
    return {**versions(), "memory": memory.digest if memory else None}


@cache
def versions() -> dict[str, Any]:
    """Number of the derivation, and versions of what it uses."""
    return {
        "number": DERIVATION,
        "trafilatura": importlib.metadata.version("trafilatura"),
        "opencc": normalise.data_version(),
    }


def _reject(origin: _Origin, reason: Reason, detail: str) -> Rejection:
    return Rejection(origin.id, origin.input, origin.url, origin.captured, reason, detail)
