"""Document-sharing pages: undo the cutting into chunks, take the site's furniture out.

Such a site shows a document's bare text cut into pieces of equal length, each under a running
number, with every line end of the document turned into one blank, and puts upload data,
preview captions and recommendations around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from archive.docshare_words import Words, words
from archive.model import About, Candidate, Change
from archive.years import late_years

_MARK = re.compile(r"(?<!\n)\n++(\d{1,4})、")
_SHORTEST_CHUNK = 100
_USUAL_CHUNK = 300  # sample 003; two marks alone are only believed at this length
_SLACK = 2  # a blank at a cut may have been trimmed when the page was extracted
_INSIDE_SENTENCE = re.compile(r"[^。！？；：!?;:”）)\s]$")

_DIGITS = "一二三四五六七八九十"
_ENUMERATOR = re.compile(
    rf"[{_DIGITS}]{{1,3}}、|[{_DIGITS}]{{1,2}}是|[（(](?:[{_DIGITS}]{{1,3}}|\d{{1,2}})[)）]"
    rf"|第[{_DIGITS}\d]{{1,3}}[章节条部]|\d{{1,2}}[、.．](?!\d)"
)
_LABEL = re.compile(r"[\u4e00-\u9fff]{2,4}[:：]")  # 提纲: 正文: alone in their line
_ENDS = frozenset("。！？；!?;…”")
_LONGEST_LEAD = 30  # 一是健全工作机构。 has 9 characters; the longest in sample 003 has 17

_PAGE_RUN = re.compile(r"(?:第 ?\d+ ?页 ?[/／]? ?共 ?\d+ ?页 ?){3,}")


@dataclass(frozen=True, slots=True)
class _Mark:
    number: int
    start: int
    end: int


def join_chunks(text: str, about: About) -> Iterable[Change]:
    """Take the running numbers of equal chunks out and give the document its line ends back.

    The chunks prove themselves: numbers from 1 without a gap, and the same distance from the end
    of each mark to the start of the next. A list 1、2、3、 has no such stride and stays.
    """
    marks = _chain(text)
    if not marks:
        return
    gap = marks[1].start - marks[0].end
    for mark in marks:
        first = mark.number == 1
        evidence = f"mark {mark.number} of {len(marks)}, one every {gap} characters"
        new = "\n" if first and mark.start else ""
        yield Change(mark.start, mark.end, new, "chunk-mark", evidence, flag="doc-share")
    yield from _line_ends(text, marks)


def _chain(text: str) -> list[_Mark]:
    """The longest run of marks with constant stride, or nothing."""
    marks = [_Mark(int(m[1]), m.start(), m.end()) for m in _MARK.finditer(text)]
    best: list[_Mark] = []
    for index, mark in enumerate(marks):
        if mark.number == 1:
            chain = _follow(text, marks[index:])
            if len(chain) > len(best) and _is_proven(text, chain):
                best = chain
    return best


def _follow(text: str, marks: list[_Mark]) -> list[_Mark]:
    """The marks that count on from the first, each chunk one line: the site kept no line ends."""
    chain = marks[:1]
    for mark in marks[1:]:
        if mark.number != chain[-1].number + 1 or text.find("\n", chain[-1].end, mark.start) >= 0:
            break
        chain.append(mark)
    return chain


def _is_proven(text: str, chain: list[_Mark]) -> bool:
    """Equal strides, and at least one cut inside a sentence, as no list has it."""
    if len(chain) < 2:
        return False
    gaps = [after.start - before.end for before, after in pairwise(chain)]
    usual = max(set(gaps), key=lambda gap: (gaps.count(gap), gap))
    if (
        usual < _SHORTEST_CHUNK
        or max(gaps) - min(gaps) > _SLACK
        or 2 * gaps.count(usual) < len(gaps)
    ):
        return False
    if len(gaps) == 1 and usual != _USUAL_CHUNK:
        return False
    return any(_INSIDE_SENTENCE.search(text[max(0, m.start - 1) : m.start]) for m in chain[1:])


def _line_ends(text: str, marks: list[_Mark]) -> Iterator[Change]:
    """Blanks of the chunks that were line ends of the document.

    A line ended before an enumerator, after a sentence, after a heading (an enumerator without a
    full stop), after a bare label. It did not end after a short lead sentence with an enumerator
    (一是健全工作机构。), which official documents set in the paragraph it opens. Other blanks
    stay. The cost: an item that is one short sentence takes the paragraph after it along.
    """
    joined, places = _joined(text, marks)
    start = 0
    for match in re.finditer("[ \u00a0\u3000]+", joined):
        end, rest = match.span()
        if start < end and rest < len(joined) and _ends_line(joined, start, end, rest):
            left = places[end]
            evidence = joined[max(start, end - 8) : end]
            yield Change(left, left + 1, "\n", "lost-line-end", evidence, confidence=0.8)
            start = rest


def _joined(text: str, marks: list[_Mark]) -> tuple[str, list[int]]:
    """The chunks as one string, and where each of its characters stands in the text."""
    line_end = text.find("\n", marks[-1].end)
    ends = [mark.start for mark in marks[1:]] + [line_end if line_end >= 0 else len(text)]
    places = [at for mark, end in zip(marks, ends, strict=True) for at in range(mark.end, end)]
    return "".join(text[at] for at in places), places


def _ends_line(joined: str, start: int, end: int, rest: int) -> bool:
    """True when a line of the document ran from `start` to `end`, and the next begins at `rest`."""
    if _ENUMERATOR.match(joined, rest):
        return True
    numbered = _ENUMERATOR.match(joined, start, end) is not None
    if joined[end - 1] in _ENDS:
        lead = numbered and end - start <= _LONGEST_LEAD and joined[end - 1] == "。"
        return not lead
    return numbered or _LABEL.fullmatch(joined, start, end) is not None


def strip_furniture(text: str, about: About) -> Iterable[Change]:
    """Take a document-sharing site's own lines out, and read title and upload day from them.

    Only a page with a sure sign (upload line, 由会员分享, end of the free preview) is touched.
    Years later than the upload are flagged: such sites raise the year of old documents.
    """
    known = words()
    signs = [name for line in text.split("\n") if (name := known.sign(line))]
    if not signs:
        return
    title = _title(text) or about.title or ""
    changes = list(_furniture(text, title, known, ", ".join(signs)))
    yield from changes
    days = [c.value for change in changes for c in change.found if c.field == "published"]
    for flagged in late_years(text, int(days[0][:4])) if days else ():
        if not any(c.start <= flagged.start < c.end for c in changes):
            yield flagged


def _furniture(text: str, title: str, known: Words, signs: str) -> Iterator[Change]:
    kept = 0
    for start, end in _lines(text):
        line = text[start:end]
        rule = _rule(line, title, known)
        if known.tail(line):
            yield Change(max(0, start - 1), len(text), "", rule, signs, flag="doc-share")
            return
        if rule:
            found = _found(line, title)
            stop = min(len(text), end + 1)
            yield Change(start, stop, "", rule, signs, flag="doc-share", found=found)
        else:
            kept += 1
            yield from _inside(text, start, end, title, known, first=kept <= 2)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            yield start, end
        start = end + 1


def _title(text: str) -> str:
    """The document's name, as the site's own sentence or its preview captions give it."""
    for pattern in (r"^《(.{2,120}?)》由会员(?:分享|上传)", r"^(.{2,120}?)_第 ?\d+ ?页$"):
        match = re.search(pattern, text, re.MULTILINE)
        if match:
            return match[1].strip()
    return ""


def _rule(line: str, title: str, known: Words) -> str:
    """The name of what the line is, or nothing for a line of the document."""
    if title and line.strip() == title:
        return "title-line"
    return known.tail(line) or known.sign(line) or known.line(line)


def _found(line: str, title: str) -> tuple[Candidate, ...]:
    if title and line.strip() == title:
        return (Candidate("title", title, "line:title"),)
    uploaded = re.search(r"上传时间[:：] ?((?:19|20)\d\d-\d{1,2}-\d{1,2})", line)
    return (Candidate("published", uploaded[1], "line:upload"),) if uploaded else ()


def _inside(
    text: str, start: int, end: int, title: str, known: Words, *, first: bool
) -> Iterator[Change]:
    """Repeated titles before the text, disclaimer and page numbers after it."""
    line = text[start:end]
    if first and title and (glued := known.glued(title).match(line)):
        found = (Candidate("title", title, "line:title"),)
        stop = start + glued.end()
        yield Change(start, stop, "", "glued-title", title, flag="doc-share", found=found)
        start = stop
    last = [run for run in _PAGE_RUN.finditer(line) if not line[run.end() : run.end() + 9].strip()]
    cuts = [match.span() for match in (*known.inline(line), *last)]
    offset = end - len(line)
    for left, right in sorted(cuts):
        whole = left == 0 and not line[right:].strip()
        stop = min(len(text), offset + right + (1 if whole else 0))
        yield Change(offset + left, stop, "", "document-tail", flag="doc-share")
