"""Pages of one article become one: under the URL of the first, in the order of their numbers.

A page belongs to a first page when its address is a further page of that address, one names the
other in a pager (archive/page/pagination.py), and site, column and title are the same. Joining works on
the lines of one text file after all are derived, so it does not depend on the order of capture:

    first page         its text and those of the others, `evidence.multi_page`, flag `multi-page`
    the others         a rejection `continuation`, its detail the URL of the first
    a missing page     flag `missing-pages` on the first; what is there is joined
    no first page      the others stay articles of their own; with `--min-relevance` those that are
                       like the examples

`evidence.multi_page` has the `parts`, each with its capture, the number of its `edits` (they stand
page by page, then those of the joining) and the span of its extracted text in the undone text;
and the numbers `missing`. Edits made on a page's HTML keep their place in that page.

Pages whose captures lie in different WARC files of the holdings are not joined: each text file
stands for itself. A list of loose files, and WARC files named together, are one text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, takewhile
from typing import Any

from archive.jsonl import edit_as_json, edit_from_json
from archive.lowtext import is_low
from archive.model import FIELDS, About, Change, Reason
from archive.steps import Step, clean, undo
from archive.uri import dedupe_key

MOST = 200  # pages of one article: longer ones are books
LONGEST = 16 * 2**20  # bytes of lines that become one: a book of 200 long pages has less
MARK = '"pages":{'  # no line without this text has a place in an article
# The number of the page behind a title: (2), （2/3）, 第2页, _2.
_PAGE_MARK = re.compile(
    r"\s*(?:[（(\[【]\s*第?\s*[\d一二三四五六七八九十]{1,3}\s*[页頁]?(?:\s*[/／]\s*\d{1,3})?\s*[)）\]】]"
    r"|第\s*[\d一二三四五六七八九十]{1,3}\s*[页頁]|[_-]\d{1,3})\s*$"
)
_VERDICTS = ("clean", "infected", "mirror", "spam_page", "cloaked")  # from harmless to worst
UNLIKE = "not_similar"  # in the evidence of a further page: what it would be rejected for alone
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What joining has to know of a line that is a page of a longer article."""

    at: int  # where the line stands
    size: int  # of the line in bytes
    family: tuple[str, str]  # site, key of the first page's address
    number: int
    named: frozenset[int]
    title: str
    column: str
    when: tuple[str, str]  # captured, id
    is_unlike: bool = False  # not to be kept for its own sake


@dataclass(frozen=True, slots=True)
class Whole:
    """The pages of one article in order, the first page first, and the numbers that are not there."""

    parts: tuple[Part, ...]
    missing: tuple[int, ...]


def part_of(row: Row, at: int, size: int) -> Part | None:
    """The part a line is, if it may be joined; a line that was joined is none."""
    if "rejected" in row or "multi_page" in row["evidence"]:
        return None
    place = row["evidence"]["extraction"].get("pages")
    if place is None:
        return None
    from archive import normalise

    return Part(
        at,
        size,
        (row["site"] or "", dedupe_key(place["first"])),
        place["number"],
        frozenset(place["named"]),
        normalise.fold(_PAGE_MARK.sub("", row["title"] or "")),
        row["column"] or "",
        (row["captured"] or "", row["id"]),
        UNLIKE in row["evidence"],
    )


def wholes(parts: Iterable[Part]) -> list[Whole]:
    """Every article of several pages, in the order of their first pages; of two captures of a page the
    earlier goes to the earlier capture of the first page."""
    families: dict[tuple[str, str], dict[int, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for part in sorted(parts, key=lambda part: part.when):
        families[part.family][part.number].append(part)
    found = [whole for pages in families.values() for whole in _of_family(pages)]
    return sorted(found, key=lambda whole: whole.parts[0].at)


def _of_family(pages: Mapping[int, Sequence[Part]]) -> Iterator[Whole]:
    for visit, first in enumerate(pages.get(0, ())):
        kept = [first]
        for number in sorted(pages):
            part = pages[number][visit] if len(pages[number]) > visit else first
            if part is not first and _belongs(part, kept) and _fits(part, kept):
                kept.append(part)
        numbers = {part.number for part in kept}
        named = frozenset[int]().union(*(part.named for part in kept))
        missing = () if visit else tuple(sorted(named - numbers))
        if len(kept) > 1 or missing:
            yield Whole(tuple(kept), missing)


def _belongs(part: Part, kept: Sequence[Part]) -> bool:
    first = kept[0]
    if part.title != first.title or (part.column and first.column and part.column != first.column):
        return False
    return any(part.number in other.named or other.number in part.named for other in kept)


def _fits(part: Part, kept: Sequence[Part]) -> bool:
    """Whether an article may grow by a page: what a server sends without end is not one article."""
    return len(kept) < MOST and part.size + sum(p.size for p in kept) <= LONGEST


def joined(rows: Sequence[Row], missing: Sequence[int]) -> dict[str, Any]:
    """The line of an article from the lines of its pages, the first page first.

    `undo` on it gives the extracted texts of the pages, a line end between two of them. Metadata
    are the first page's; what it does not say is taken from the next page that does.
    """
    from archive import normalise

    parts, edits = [], []
    start = shift = 0
    for row in rows:
        length = len(undo(row["text"], [edit_from_json(edit) for edit in row["edits"]]))
        parts.append(_named(row) | {"start": start, "end": start + length})
        edits += [_shifted(edit, shift) for edit in row["edits"]]
        start, shift = start + length + 1, shift + len(row["text"]) + 1
    pages = [row["text"].split("\n") for row in rows]
    cleaned = clean("\n".join(row["text"] for row in rows), (_joining(pages),))
    edits += map(edit_as_json, cleaned.edits)
    return {
        **_metadata(rows),
        "text": cleaned.text,
        "text_norm": normalise.normalise(cleaned.text),
        "lang": normalise.script(cleaned.text),
        "text_digest": normalise.digest(cleaned.text),
        "relevance": max(
            (r["relevance"] for r in rows if r["relevance"] is not None), default=None
        ),
        "attachments": _links(rows, "attachments"),
        "images": _links(rows, "images"),
        "verdict": max((row["verdict"] for row in rows), key=_VERDICTS.index),
        "flags": _flags(rows, missing, cleaned.text),
        "edits": edits,
        "evidence": _evidence(rows) | {"multi_page": {"parts": parts, "missing": list(missing)}},
    }


def continuation(row: Row, first: str | None) -> dict[str, Any]:
    """The rejection that stands for a page whose text went to the article at `first`."""
    return _rejected(row, Reason.CONTINUATION, first or "")


def unlike(row: Row) -> dict[str, Any]:
    """The rejection of a page that is not like the examples and whose article is not there."""
    return _rejected(row, Reason.NOT_SIMILAR, row["evidence"][UNLIKE])


def _rejected(row: Row, reason: Reason, detail: str) -> dict[str, Any]:
    kept = {key: row[key] for key in ("id", "input", "url", "captured")}
    return kept | {"rejected": reason.value, "detail": detail}


def _named(row: Row) -> dict[str, Any]:
    kept = {key: row[key] for key in ("id", "url", "captured", "payload_digest", "warc")}
    return kept | {"edits": len(row["edits"])}


def _shifted(edit: Row, by: int) -> dict[str, Any]:
    return {**edit, "at": edit["at"] + by} if edit.get("where") != "page" else dict(edit)


def _joining(pages: Sequence[Sequence[str]]) -> Step:
    """The step that takes out what the pages have in common at their ends, and empty pages.

    What every page repeats at its head stays on the first, at its foot on the last. A second copy
    of a whole page (comments have pagers too) is all head. Cost: a true line that opens the
    first page and another, or closes the last and another.
    """
    ours = [page[_common(page, pages[0]) if number else 0 :] for number, page in enumerate(pages)]
    cuts: list[str] = []  # the rule for each line of the joined text, "" where it stays
    for page, own in zip(pages, ours, strict=True):
        foot = _common(own[::-1], ours[-1][::-1]) if own is not ours[-1] else 0
        cuts += ["repeated-head"] * (len(page) - len(own))
        cuts += ["empty-page" if own == [""] else ""] * (len(own) - foot)
        cuts += ["repeated-foot"] * foot

    def join_pages(text: str, about: About) -> Iterator[Change]:
        lines = text.split("\n")
        ends = list(accumulate(len(line) + 1 for line in lines))
        for is_cut, run in groupby(range(len(lines)), key=lambda line: bool(cuts[line])):
            which = list(run)
            start, end = ends[which[0]] - len(lines[which[0]]) - 1, ends[which[-1]]
            if end > len(text):  # the last line: the line end before it goes
                start, end = max(0, start - 1), len(text)
            if is_cut:
                yield Change(start, end, "", cuts[which[0]], text[start:end].strip()[:80])

    return join_pages


def _common(lines: Sequence[str], others: Sequence[str]) -> int:
    """How many lines two pages begin with alike."""
    pairs = zip(lines, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _metadata(rows: Sequence[Row]) -> dict[str, Any]:
    return dict(rows[0]) | {field: _telling(rows, field)[field] for field in FIELDS}


def _telling(rows: Sequence[Row], field: str) -> Row:
    """The first page that says a field; the first page where none does."""
    return next((row for row in rows if row[field]), rows[0])


def _evidence(rows: Sequence[Row]) -> dict[str, Any]:
    said = {field: _telling(rows, field)["evidence"] for field in FIELDS}
    return dict(rows[0]["evidence"]) | {f: told[f] for f, told in said.items() if f in told}


def _links(rows: Sequence[Row], key: str) -> list[Row]:
    found: dict[str, Row] = {}
    for link in (link for row in rows for link in row[key]):
        found.setdefault(link["url"], link)
    return list(found.values())


def _flags(rows: Sequence[Row], missing: Sequence[int], text: str) -> list[str]:
    flags = dict.fromkeys(flag for row in rows for flag in row["flags"])
    if not is_low(text):
        flags.pop("low-text", None)
    flags |= {"multi-page": None} if len(rows) > 1 else {}
    flags |= {"missing-pages": None} if missing else {}
    return list(flags)
