"""Titles: what the tags say, what the page shows, and where on the page it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from archive import dates, headline
from archive.blocks import Block
from archive.labels import words
from archive.model import Candidate

_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[A-Za-z0-9]+")
# A site's name is cut off at these when a blank or the end of a name stands on the right side.
_CUT = re.compile(
    r"\s*(?:[-—–－]{2,}|[_＿|｜│丨]|\s[-—–－·•:»>]\s|::+|-(?=[^-]*$)|–(?=[^–]*$)|—(?=[^—]*$))\s*"
)
_HEADING = re.compile(r"title|\btit\b|headline|biaoti|\bbt\d?\b|\bh1\b")
_MAX = 150

Ranked = tuple[Candidate, Block | None]


def tokens(text: str) -> tuple[str, ...]:
    """The Han characters and the runs of letters and digits of a text, lower case."""
    return tuple(_TOKEN.findall(text.lower()))


def title_candidates(root: Any, blocks: Sequence[Block], metas: dict[str, str]) -> list[Ranked]:
    """Titles with the block each was read from, best first within each origin."""
    whole = re.sub(r"\s+", " ", _html_title(root))[:400].strip()
    out: list[Ranked] = [
        (Candidate("title", metas[name.lower()][:300], f"meta:{name}"), None)
        for name in words("meta", "title")
        if name.lower() in metas
    ]
    inside = _in_title(blocks, whole)
    if inside:
        out.append((Candidate("title", inside.text, "heading:in-title"), inside))
    for origin, block in (*_headings(blocks), *_above_date(blocks)):
        out.append((Candidate("title", block.text, origin), block))
    if whole and whole not in words("reject", "placeholder"):
        out.append((Candidate("title", cut_site_name(whole), "html:title"), None))
    return out


def _html_title(root: Any) -> str:
    for element in root.iter("title"):
        parent = element.getparent()
        if parent is not None and parent.tag in ("head", "html", "body", "meta"):
            text = "".join(element.itertext()).strip()
            if text:
                return text
    return ""


def cut_site_name(title: str) -> str:
    """A <title> without the names of column and site behind it.

    >>> cut_site_name("全市会议召开_新闻中心_某某网"), cut_site_name("全市会议召开 - 某某县政府")
    ('全市会议召开', '全市会议召开')

    The first part is kept, and the next as well while what is kept has under four tokens.
    """
    kept = ""
    at = 0
    for match in _CUT.finditer(title):
        kept = title[: match.start()].strip()
        at = match.end()
        if len(tokens(kept)) >= 4:
            return kept
    return title.strip() if at == 0 or len(tokens(kept)) < 4 else kept


def _in_title(blocks: Sequence[Block], whole: str) -> Block | None:
    """The block whose text opens <title>, or the longest one contained in it."""
    title = "".join(tokens(whole))
    best: tuple[tuple[int, int, int], Block] | None = None
    for index, block in enumerate(blocks):
        if not 4 <= len(block.text) <= _MAX or re.search(r"[>»]", block.text):
            continue
        own = "".join(tokens(block.text))
        if len(own) < 4 or own not in title:
            continue
        score = (title.startswith(own) and not block.linked, len(own), -index)
        if not block.linked and (best is None or score > best[0]):
            best = (score, block)
    return best[1] if best else None


def _headings(blocks: Sequence[Block]) -> Iterator[tuple[str, Block]]:
    for tag in ("h1", "ucaptitle", "h2"):
        for block in blocks:
            if block.tag == tag and not block.linked and _is_title_text(block.text):
                yield f"heading:{'h1' if tag != 'h2' else 'h2'}", block
                break


def _is_title_text(text: str) -> bool:
    return len(tokens(text)) >= 4 and len(text) <= _MAX and not headline.read_line(text)


def _above_date(blocks: Sequence[Block]) -> Iterator[tuple[str, Block]]:
    """The block before the first line that holds a day with a time, or a labelled day."""
    for index, block in enumerate(blocks[1:], 1):
        if len(block.text) > 160 or block.linked:
            continue
        if any(c.field == "published" for c in headline.read_line(block.text)):
            for before in reversed(blocks[max(0, index - 3) : index]):
                if _is_title_text(before.text) and not before.linked and not _is_noise(before.text):
                    yield "heading:above-date", before
                    return
            found = next(dates.find(block.text), None)
            if found and found.at:
                return


def _is_noise(text: str) -> bool:
    return bool(re.search(r"今天是|欢迎|登录|注册|\s.*\s.*\s", text))


def title_block(blocks: Sequence[Block], heads: Sequence[Ranked]) -> int | None:
    """Where the title stands among the blocks: the window of the byline opens there."""
    for candidate, block in heads:
        if block is not None and candidate.origin != "heading:h2":
            return next(i for i, b in enumerate(blocks) if b is block)
        wanted = "".join(tokens(candidate.value))[:40]
        if len(wanted) < 4 or candidate.origin.startswith("html"):
            continue
        for index, seen in enumerate(blocks):
            if not seen.linked and len(seen.text) <= 2 * _MAX:
                own = "".join(tokens(seen.text))
                if own.startswith(wanted) or (len(own) >= 8 and wanted.startswith(own)):
                    return index
    return None
