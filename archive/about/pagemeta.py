"""What an HTML page says about its article outside the text: meta tags, headings, the lines
under the title, scripts, JSON-LD, the 政府信息公开 table.

Nothing is chosen here. Origins: `meta:<name>`, `build:<name>` (a time of page generation),
`heading:…`, `html:title`, `near:<…>` for the window after the title, `late:<…>` for labels
further down, `script:<variable>`, `json-ld:<key>`, `island:<key>`, `table:<label>`, `url`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import pairwise

from archive import writing
from archive.about import (
    dates,
    gkml,
    headline,
    islands,
    mirrored,
    names,
    scriptmeta,
    sitename,
    sources,
    titles,
)
from archive.about.labels import HAN, fold, words
from archive.model import Candidate, Page
from archive.page.blocks import Block, visible_blocks
from archive.page.nodes import Nodes

WINDOW = 14  # blocks after the title that may hold its byline, swept 6-20 on 400 pages
_DAY_LONG = 8  # characters of the shortest day
_GAP = 15  # blocks between two paragraphs of one body: a table or a row of pictures
_PARAGRAPH = 40  # Han characters of a paragraph of the body
_PUNCTUATION = re.compile("[，。；]")
_CREDITS = 4  # blocks below the body that may name its author
_FOOTER = 80  # last blocks of a page that may print its site code
_SITE_CODE = re.compile(r"(?:网站)?标识码\s*[:]?\s*(\d{10}|bm\d{8})(?!\d)")
_BADGE = re.compile(r"[?&]site_?[cC]ode=(\d{10}|bm\d{8})(?!\d)")
_BADGE_SOURCE = re.compile(r"site_?[cC]ode=(?:\d{10}|bm\d{8})")  # in the page's source
_BLANKS = re.compile(r"\s\s*")
_MARKUP = re.compile(r"</?(?:div|br|p|span|b|strong|font|sup|sub)\b[^<>]{0,80}>")
_TEMPLATE = re.compile(r"\$\{|<%|\{\{|\[!--|\{\$|<\$")  # what the page's program did not fill in
_NUMBER_LINE = 40  # characters of a line that is a document's number
_NUMBER_LABEL = re.compile(
    r"^\s*[\[【(（]?(?:发文字号|文件编号|文件字号|发文文号|文\s*号|字\s*号)\s*[\]】]?\s*:"
)
_EARLY = ("line:date", "line:beside-date", "line:byline")  # say it above the text or not at all
_LATE = 120  # blocks after the title searched for labels that no window held


def from_page(nodes: Nodes, page: Page) -> tuple[Candidate, ...]:
    """Every metadata candidate of the page, those of the visible page first."""
    scripts = scriptmeta.scripts(nodes)
    metas, blocks, whole = meta_tags(nodes), visible_blocks(nodes), sitename.html_title(nodes)
    marks = [mirrored.MARK] if mirrored.is_glossed(block.text for block in blocks) else []
    if marks:
        blocks = [block._replace(text=mirrored.without_glosses(block.text)) for block in blocks]
        whole = mirrored.without_glosses(whole)
        metas = {name: mirrored.without_glosses(value) for name, value in metas.items()}
    heads = titles.title_candidates(blocks, metas, whole)
    at = titles.title_block(blocks, heads)
    found = [
        *marks,
        *gkml.table(blocks),
        *_window(blocks, at, heads[0][0].value if heads else ""),
        *_late(blocks, at),
        *_after_body(blocks, at),
        *(candidate for candidate, _ in heads),
        *_from_metas(metas),
        *_footer_code(blocks),
        *(_badge_code(nodes) if _may_be_badged(page.text) else ()),
        *scriptmeta.from_scripts(scripts),
        *islands.from_islands(scripts, blocks),
    ]
    day = dates.url_date(page.url) if page.url else None
    if day:
        found.append(Candidate("published", day, "url"))
    return tuple(dict.fromkeys(found))


def meta_tags(nodes: Nodes) -> dict[str, str]:
    """Meta names in lower case with their first usable content.

    The first occurrence wins: included headers and footers bring a second <head> with the names
    of their own (UCAP: ColumnName=公共头 on 225 of 262 pages).
    """
    tags: dict[str, str] = {}
    for meta in map(nodes.attributes.__getitem__, nodes.named("meta")):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop")
        if not name:
            continue
        key = _BLANKS.sub(" ", name).strip().lower()
        key = "others" if key == "others" and "others" not in tags else key
        tags.setdefault(key, _content(meta.get("content", "")))
    return {key: value for key, value in tags.items() if value}


def _content(value: str) -> str:
    value = _BLANKS.sub(" ", _MARKUP.sub("", html.unescape(value[:2000]))).strip()
    if fold(value) in _placeholders() or _TEMPLATE.search(value):
        return ""
    return value


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(map(fold, words("reject", "placeholder")))


def _from_metas(metas: dict[str, str]) -> Iterator[Candidate]:
    built = _build_time(metas)
    for name, value in _fields(metas, "published"):
        day = dates.parse(value)
        if day:
            origin = "build" if built and _close(day, built) else "meta"
            yield Candidate("published", day, f"{origin}:{name}")
    for name, value in _fields(metas, "source"):
        plain = re.sub(rf"^(?:{_source_labels()})\s*[:：]\s*", "", value)
        source = sources.source_value(plain)
        if source:
            yield Candidate("source", source, f"meta:{name}")
    for name, value in _fields(metas, "authors"):
        for author in filter(names.is_name, names.names(value[:80])):
            yield Candidate("authors", author, f"meta:{name}")
    for field in ("column", "site_id_code", "site_name", "site_domain"):
        for name, value in _fields(metas, field):
            yield Candidate(field, value[:80], f"meta:{name}")


def _fields(metas: dict[str, str], field: str) -> Iterator[tuple[str, str]]:
    for name in words("meta", field):
        if value := metas.get(name.lower()):
            yield name, value


@cache
def _source_labels() -> str:
    return "来源|來源|信息来源|文章来源|稿源"


def _build_time(metas: dict[str, str]) -> datetime | None:
    for value in metas.values():
        if any(word in value for word in words("meta", "build")):
            day = dates.parse(re.sub(f"^[{HAN}: ：]+", "", value))
            return _moment(day) if day else None
    return None


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=dates.BEIJING)


def _close(day: str, built: datetime) -> bool:
    """Within ten minutes of the page's generation: UCAP fills PubDate with the build time."""
    return "T" in day and abs((_moment(day) - built).total_seconds()) < 600


def _after_body(blocks: list[Block], at: int | None) -> Iterator[Candidate]:
    """Labelled authors in the few lines below the last paragraph, where some templates put them."""
    if at is None:
        return
    long = (i for i in range(at + 1, len(blocks)) if len(blocks[i].text) >= _PARAGRAPH)
    body = [index for index in long if _is_body(blocks[index])]
    last = next((a for a, b in pairwise([*body, len(blocks)]) if b - a > _GAP), None)
    if last is None:
        return
    for block in blocks[last + 1 : last + 1 + _CREDITS]:
        for candidate in headline.read_line(block.text) if not block.linked else ():
            if candidate.field == "authors":
                yield _after(candidate)


def _footer_code(blocks: list[Block]) -> Iterator[Candidate]:
    """The site's code as its footer prints it."""
    for block in blocks[-_FOOTER:]:
        match = _SITE_CODE.search(fold(block.text)) if _is_coded(block.text) else None
        if match:
            yield Candidate("site_id_code", match[1], "footer:网站标识码")
            break


def _may_be_badged(source: str) -> bool:
    at = source.find("ode=")
    return at >= 0 and _BADGE_SOURCE.search(source, max(0, at - 6)) is not None


def _badge_code(nodes: Nodes) -> Iterator[Candidate]:
    """The site's code as its error-report badge carries it."""
    for at in nodes.named("a"):
        href = nodes.attributes[at].get("href", "")[:300]
        if match := _BADGE.search(href) if "ode=" in href else None:
            yield Candidate("site_id_code", match[1], "badge:site_code")
            break


def _is_coded(text: str) -> bool:
    return "码" in text or "碼" in text


def _behind_title(text: str, title: str) -> str:
    """What a heading says behind the title: templates of PHPCMS set day and source inside <h1>."""
    end = text.find(title) + len(title) if title else 0
    return text[end:].strip() if title and title in text and len(text) - end >= _DAY_LONG else ""


def _window(blocks: list[Block], at: int | None, title: str) -> Iterator[Candidate]:
    """What the lines around the title say, up to the first paragraph of the body.

    Bare days and bylines count only before that paragraph: after it a lone day is the notice's own.
    """
    if at is None:
        return
    before = blocks[max(0, at - 3) : at]
    for candidate in headline.read_line(_behind_title(blocks[at].text, title)):
        yield _near(candidate)
    body = False
    for offset, block in enumerate(blocks[at + 1 : at + 1 + WINDOW]):
        if not body and _is_body(block):
            body = True
        text = _joined(blocks, at + 1 + offset)
        for candidate in headline.read_labels(text) if body else headline.read_line(text):
            is_day = titles.is_bare_day(candidate)
            is_entry = is_day and titles.is_entry(blocks, at + 1 + offset)
            if body and candidate.field == "authors":
                if headline.names_editor(text):
                    yield _after(candidate)
            elif not is_entry:
                yield _near(candidate)
        if not (body or block.linked):
            yield from _own_number(text)
        if not body:
            yield from _alone(blocks, at + 1 + offset)
    for block in before:
        yield from _own_number(block.text)  # of a red head, above the title
        for candidate in headline.read_line(block.text):
            if candidate.field == "column":
                yield _near(candidate)
            elif candidate.origin not in _EARLY:
                yield replace(candidate, origin="above:" + candidate.origin[5:])
            elif candidate.field == "published" and _is_dated(candidate, block.text):
                yield replace(candidate, origin="above:date")


def _own_number(text: str) -> Iterator[Candidate]:
    """The document's number that is all of a line at the title, with or without its label."""
    if len(text) <= _NUMBER_LINE and text.rstrip("）) ")[-1:] in ("号", "號"):
        bare = _NUMBER_LABEL.sub("", fold(text)).strip(" （）()")
        if gkml.DOC_NUMBER.fullmatch(bare):
            start = fold(text).index(bare)
            yield Candidate("doc_number", text[start : start + len(bare)], "line:number")


def _is_dated(candidate: Candidate, text: str) -> bool:
    """A day above the title counts with its time, or alone in its line as e-papers set it."""
    found = next(dates.find(text), None)
    alone = found is not None and len(text) - (found.end - found.start) <= 6
    return "T" in candidate.value or (alone and not re.search("今天|今日|現在|现在", text))


def _alone(blocks: list[Block], at: int) -> Iterator[Candidate]:
    """A block that is only a medium's name, next to a block with the day."""
    text = blocks[at].text.strip("[]【】 ")
    if not 3 <= len(text) <= 14 or not names.names_medium(text) or re.search(r"[\s：:]", text):
        return
    beside = [(i, blocks[i].text) for i in (at - 1, at + 1) if 0 <= i < len(blocks)]
    days = [(i, next(dates.find(x), None)) for i, x in beside if len(x) < 40]
    # An office above a bare day is a signature, not a source.
    if any(day and (day.at or i < at) for i, day in days):
        value = sources.source_value(text)
        if value:
            yield Candidate("source", value, "near:beside-date")


def _near(candidate: Candidate) -> Candidate:
    return replace(candidate, origin=candidate.origin.replace("line:", "near:", 1))


def _after(candidate: Candidate) -> Candidate:
    return replace(candidate, origin=candidate.origin.replace("line:", "after:", 1))


def _joined(blocks: list[Block], at: int) -> str:
    """A block's text, with the next one's when the block ends with a label and a colon."""
    text = blocks[at].text
    if len(text) <= 12 and text.rstrip().endswith((":", "：")) and at + 1 < len(blocks):
        return f"{text} {blocks[at + 1].text[:60]}"
    return text


def _is_body(block: Block) -> bool:
    text = block.text
    if len(text) < _PARAGRAPH or _PUNCTUATION.search(text) is None:
        return False
    # Most paragraphs show it at once.
    return writing.han(text[: 2 * _PARAGRAPH]) >= _PARAGRAPH or writing.han(text) >= _PARAGRAPH


def _late(blocks: list[Block], at: int | None) -> Iterator[Candidate]:
    start = 0 if at is None else at + 1 + WINDOW
    for index in range(start, min(len(blocks), start + _LATE * (1 + (at is None)))):
        if len(blocks[index].text) > 200 or blocks[index].linked:
            continue
        text = _joined(blocks, index)
        for candidate in headline.read_labels(text):
            if candidate.field == "authors" and headline.names_editor(text):
                yield _after(candidate)
            elif candidate.origin != "line:breadcrumb":
                yield replace(candidate, origin=candidate.origin.replace("line:", "late:", 1))
    if at is not None:
        for block in blocks[max(0, at - 12) : max(0, at - 3)]:
            yield from map(_near, headline.columns(block.text))
