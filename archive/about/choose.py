"""One value for each field, with the reason and whoever disagreed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from archive.about import dates
from archive.about.bylines import in_text
from archive.about.docnumber import document_number
from archive.about.labels import fold, label_rank
from archive.about.mirrored import without_glosses
from archive.about.script import is_mechanical_traditional, is_traditional_text
from archive.about.sitename import squeezed, tokens
from archive.damage import mojibake
from archive.model import FIELDS, Candidate

# Origins in order of trust; a prefix ends with ":" . What the reader sees near the title beats
# what the template says about itself: PubDate was another day than the displayed one on 11 of 26
# UCAP pages, the displayed day was never wrong where it could be checked.
_ORDER: dict[str, tuple[str, ...]] = {
    "title": (
        "layout:", "meta:ArticleTitle", "meta:", "heading:below-number", "heading:in-title", "data:", "line:", "heading:h1",
        "table:", "json-ld:", "html:title", "heading:above-date", "island:", "script:",
        "heading:above-day", "heading:h2", "heading:lone", "html:",
    ),
    "published": (
        "layout:", "label-1", "table:", "date", "label-2", "above:", "data:", "script:", "json-ld:",
        "meta:", "island:", "late-1", "url", "late-2",
    ),
    "source": (
        "layout:", "label-1", "beside-date", "data:", "script:", "above:", "byline", "credit", "meta:",
        "label-2", "table:", "late-1", "island:",
    ),
    "authors": (
        "layout:", "label-1", "byline", "credit", "text:", "after:", "above:", "data:", "meta:", "script:", "json-ld:",
    ),
    "editors": ("layout:", "label-1", "credit", "byline", "text:", "late-1", "above:"),
    "column": ("layout:", "meta:", "breadcrumb", "breadcrumb-parent"),
    "site_id_code": ("meta:", "footer:", "badge:"),
    "doc_number": ("layout:", "table:", "title:", "line:", "text:"),
}  # fmt: skip
# Flags of damage that only mirror machinery does.
_MIRROR = frozenset(("pinyin-gloss", "gbk-cut", "mirror"))
_MANY = ("authors", "editors")
_CUT = re.compile(r"\s*(?:…+|\.{2,}|。{2,})\s*$")
_ENDS_CUT = frozenset("….。")


def choose(
    candidates: Sequence[Candidate],
    text: str,
    captured: datetime | None,
    url: str | None,
    simplify: Callable[[str], str],
    flags: Sequence[str] = (),
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The article's metadata, and for each field where it came from and who disagreed.

    Values are as published. Only where Traditional is a machine's work on a mainland text
    they are given in Simplified, as their writer wrote them: for a loose text where it
    `is_mechanical_traditional`; for an HTML page where it or `flags` show a mirror's damage,
    which only such machinery does. A page without damage keeps its script, since the Big5
    gateways of Xinhua and the portals of Hong Kong convert the same way and are publishers
    (2 of the 104 Traditional pages of zh_daniel; no other page passes the test).
    """
    offered = _offered(candidates, text, captured, url, simplify, flags)
    fields: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    for field in FIELDS:
        ranked = _ranked(field, offered)
        value, reason = _many(ranked) if field in _MANY else _one(field, ranked)
        fields[field] = value
        if reason:
            evidence[field] = reason
    evidence.update(_extra(offered))
    return fields, evidence


def _is_of_page(candidate: Candidate) -> bool:
    return candidate.origin.startswith(("html:", "heading:", "meta:"))


def _from_url(url: str | None) -> list[Candidate]:
    day = dates.url_date(url) if url else None
    return [Candidate("published", day, "url")] if day else []


def _offered(
    candidates: Sequence[Candidate],
    text: str,
    captured: datetime | None,
    url: str | None,
    simplify: Callable[[str], str],
    flags: Sequence[str],
) -> list[Candidate]:
    """Every usable candidate, those of text and URL too, in the script they are to be given in."""
    offered = [*_reread(candidates), *_from_url(url)]
    offered += document_number(offered, text)
    offered += in_text(text)
    offered = [_whole_article(c, url) if c.field == "title" else c for c in offered]
    offered = [c for c in offered if _is_possible(c, captured)]
    mirrored = _MIRROR.intersection(flags) or any(c.field == "mirror" for c in candidates)
    if mirrored:
        offered = [replace(c, value=without_glosses(c.value)) for c in offered]
    loose = not any(_is_of_page(c) for c in candidates)
    if (mirrored and is_traditional_text(text)) or (loose and is_mechanical_traditional(text)):
        offered = [replace(c, value=simplify(c.value)) for c in offered]
    return _without_editors(_without_titles(offered))


def _reread(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates read with the right character set; as served, a title stands behind its repair."""
    out: list[Candidate] = []
    for candidate in candidates:
        value = mojibake.reread(candidate.value)
        if value != candidate.value:
            out.append(replace(candidate, value=value))
        if value == candidate.value or candidate.field not in _MANY:
            out.append(candidate)
    return out


def _whole_article(title: Candidate, url: str | None) -> Candidate:
    """The title of a further page, `123_2.html`, without that page's number: 标题(2)."""
    number = (
        re.search(r"\s*[（(](\d{1,2})[)）]$", title.value) if title.value[-1:] in "）)" else None
    )
    page = re.search(r"[_-](\d{1,2})\.\w{3,5}$", url or "") if number else None
    if page and number and page[1] == number[1]:
        return replace(title, value=title.value[: number.start()])
    return title


def title_of(candidates: Sequence[Candidate]) -> str | None:
    """The title `choose` would take from these candidates, as published."""
    ranked = _ranked("title", candidates)
    return mojibake.reread(_fuller(ranked[0], ranked).value) if ranked else None


def _without_titles(offered: Sequence[Candidate]) -> list[Candidate]:
    """Crumbs that are the title itself, or its beginning, name no column."""
    titles = {squeezed(c.value) for c in offered if c.field == "title"}
    return [
        c
        for c in offered
        if c.field != "column" or not any(t.startswith(squeezed(c.value)) for t in titles if t)
    ]


def _without_editors(offered: Sequence[Candidate]) -> list[Candidate]:
    """Authors of the tags who are the page's editors: many CMS fill Author with who typed it in."""
    editors = {c.value for c in offered if c.field == "editors"}
    return [
        c
        for c in offered
        if c.field != "authors" or c.value not in editors or not c.origin.startswith("meta:")
    ]


def _is_possible(candidate: Candidate, captured: datetime | None) -> bool:
    """No day after the capture, none before the first Chinese site."""
    if candidate.field != "published":
        return bool(candidate.value.strip())
    day = candidate.value[:10]
    last = captured.astimezone(dates.BEIJING).date().isoformat() if captured else "2100-01-01"
    return "1990-01-01" <= day <= last


def _ranked(field: str, offered: Iterable[Candidate]) -> list[Candidate]:
    ranked = [(_rank(field, c.origin), c) for c in offered if c.field == field]
    kept = [each for each in ranked if each[0] < len(_ORDER[field])]
    return [c for _, c in sorted(kept, key=lambda each: each[0])]


@lru_cache(maxsize=1024)  # the pages of a site offer from the same places
def _rank(field: str, origin: str) -> int:
    kind, order = _kind(origin), _ORDER[field]
    for rank, entry in enumerate(order):
        if kind == entry or origin == entry or (entry.endswith(":") and origin.startswith(entry)):
            return rank
    return len(order)


def _kind(origin: str) -> str:
    """`label-1`, `label-2` for labelled values near the title, `late-…` further down, else its name."""
    place, _, name = origin.partition(":")
    if place not in ("line", "near", "late"):
        return origin
    if name in ("date", "byline", "credit", "beside-date") or name.startswith("breadcrumb"):
        return name
    rank = label_rank(name)
    return f"{'late' if place == 'late' else 'label'}-{rank}"


def _one(field: str, ranked: list[Candidate]) -> tuple[str | None, dict[str, Any] | None]:
    if not ranked:
        return None, None
    best = ranked[0]
    if field == "title":
        best = _fuller(best, ranked)
    if field == "published":
        best = _with_time(best, ranked)
    others = [c for c in ranked if not _agrees(field, best.value, c.value)]
    return best.value, _reason(best.origin, best.value, others)


def _agrees(field: str, one: str, other: str) -> bool:
    if field == "published":
        return one[:10] == other[:10]
    return tokens(fold(one)) == tokens(fold(other))


def _fuller(best: Candidate, ranked: list[Candidate]) -> Candidate:
    """The whole title where the best one was cut: it ends with … or inside a quotation."""
    cut = _CUT.sub("", best.value) if best.value.rstrip()[-1:] in _ENDS_CUT else best.value
    own = tokens(cut)
    open_quote = best.value.count("“") > best.value.count("”")
    for other in ranked:
        longer = tokens(other.value)
        if len(longer) <= len(own) or longer[: len(own)] != own or other.origin.startswith("html:"):
            continue
        if cut != best.value or open_quote or other.origin == "heading:in-title":
            return other
    return best


def _with_time(best: Candidate, ranked: list[Candidate]) -> Candidate:
    """The same day with its time, where a less trusted place shows one."""
    if "T" in best.value:
        return best
    same = [c for c in ranked if "T" in c.value and c.value[:10] == best.value]
    return next(
        (c for c in same if not c.origin.startswith(("build:", "meta:", "json-ld:", "island:"))),
        best,
    )


def _many(ranked: list[Candidate]) -> tuple[tuple[str, ...], dict[str, Any] | None]:
    """All names of the best place; names another place adds are recorded, not joined."""
    if not ranked:
        return (), None
    order = ranked[0].origin
    place = [c for c in ranked if _same_place(c.origin, order)]
    chosen = tuple(dict.fromkeys(c.value for c in place))
    others = [c for c in ranked if c.value not in chosen]
    return chosen, _reason(order, list(chosen), others)


def _same_place(one: str, other: str) -> bool:
    near = ("line:", "near:", "after:")
    return one == other or (one.startswith(near) and other.startswith(near))


def _reason(origin: str, value: Any, others: Iterable[Candidate]) -> dict[str, Any]:
    listed = dict.fromkeys((c.origin, c.value) for c in others)
    return {
        "origin": origin,
        "value": value,
        "others": [{"origin": o, "value": v} for o, v in list(listed)[:12]],
    }


def _extra(offered: Sequence[Candidate]) -> dict[str, Any]:
    """Fields the article has no key for: index number, validity, day of writing, site name."""
    out: dict[str, Any] = {}
    for candidate in offered:
        if candidate.field in ("index_number", "validity", "written", "site_name"):
            out.setdefault(candidate.field, _reason(candidate.origin, candidate.value, ()))
    return out
