"""Document-sharing pages: undo the cutting into chunks, take the site's furniture out.

Such a site shows a document's bare text cut into pieces of equal length, each under a running
number, with every line end of the document turned into one blank, and puts upload data,
preview captions and recommendations around it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from archive.model import About, Candidate, Change
from archive.steps import apart
from archive.text.docshare_words import Words, readable, words
from archive.text.years import late_years

_MARK = re.compile(r"\n(?<!\n\n)\n*+(\d{1,4})、")  # begins with what is found fastest
_FIRST = "1、"
_SHORTEST_CHUNK = 100
_USUAL_CHUNK = 300  # sample 003 and pages of 163wenku.com and renrendoc.com
_LOSS = 20  # characters that repair or damage may have taken from a chunk of that length
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
# 第一页，共36页。 glued behind the text of each page, where slides and PDF files were shared.
_PAGE_MARK = re.compile(rf"第 ?(?:[{_DIGITS}百]{{1,5}}|\d{{1,4}}) ?页, ?共 ?(\d{{1,4}}) ?页[。.]?")
_TITLES = (
    re.compile(r"^《(.{2,120}?)》由会员(?:分享|上传)", re.MULTILINE),
    re.compile(r"^(.{2,120}?)_第 ?\d+ ?页$", re.MULTILINE),
    re.compile(
        r"^.{0,12}(?:整理|收集|分享)的(.{4,80}?),(?:供大家|供您|希望|欢迎|仅供)", re.MULTILINE
    ),
)
_DAY = r"((?:19|20)\d\d-\d{1,2}-\d{1,2})"
_UPLOADED = re.compile(
    rf"(?:(?:上传(?:时间|日期|于)|发布时间) ?:|上传于) ?{_DAY}|^{_DAY} 约 ?[\d.]+ ?[千万]?字"
)
_SUFFIX = re.compile(
    r"(?:[_-](?:文档下载|免费下载|图文|豆丁网?|道客巴巴|文库))*(?:\.(?:docx?|pdf|pptx?|wps|txt))?$"
)
_SENTENCE = re.compile("[。！？!?;]")
_HEAD_LINES, _LONGEST_TITLE = 5, 80
# A box stands behind the document where that has so many characters of prose, and what follows so
# small a share of them. Set by the written pages of tests/test_docshare.py, whose notes at the foot are 0.15.
_DOCUMENT, _AFTER = 150, 0.3


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
    usual = _usual(marks)
    joined, places = _joined(text, marks, usual)
    line_ends = dict(_line_ends(joined, places))
    for mark in marks:
        new = "\n" if mark.start in line_ends or (mark.number == 1 and mark.start) else ""
        evidence = f"mark {mark.number} of {len(marks)}, one every {usual} characters"
        yield Change(mark.start, mark.end, new, "chunk-mark", evidence, flag="doc-share")
    for place in line_ends.keys() - {mark.start for mark in marks}:
        yield Change(place, place + 1, "\n", "lost-line-end", line_ends[place], confidence=0.8)


def _chain(text: str) -> list[_Mark]:
    """The longest run of marks with constant stride, or nothing."""
    marks = [_Mark(int(m[1]), m.start(), m.end()) for m in _MARK.finditer(text)]
    if text.startswith(_FIRST):  # a text that begins with its document
        marks.insert(0, _Mark(1, 0, len(_FIRST)))
    best: list[_Mark] = []
    for index, mark in enumerate(marks):
        if mark.number == 1:
            chain = _follow(text, marks[index:])
            if len(chain) > len(best) and (_is_proven(text, chain) or _is_short(text, chain)):
                best = chain
    return best


def _is_short(text: str, chain: list[_Mark]) -> bool:
    """One or two chunks of a short document, on a page with a sure sign: too few for a stride, but no list
    has a 1、 without a 2、, nor an item that ends inside a sentence.

    Cost: a shared document that is one line and has one item numbered so.
    """
    if len(chain) > 2 or text.find(f"\n{len(chain) + 1}、", chain[-1].end) >= 0:
        return False
    cut = chain[-1].start if len(chain) == 2 else 0
    inside = not cut or _INSIDE_SENTENCE.search(text[max(0, cut - 1) : cut]) is not None
    far = not cut or cut - chain[0].end >= _SHORTEST_CHUNK
    line = text[chain[0].end :].partition("\n")[0]
    run_on = len(re.findall("[。！？；] ", line)) > 0
    return inside and far and run_on and is_shared_document(text.split("\n"))


def _follow(text: str, marks: list[_Mark]) -> list[_Mark]:
    """The marks that count on from the first, each chunk one line: the site kept no line ends."""
    chain = marks[:1]
    for mark in marks[1:]:
        if mark.number != chain[-1].number + 1 or text.find("\n", chain[-1].end, mark.start) >= 0:
            break
        chain.append(mark)
    return chain


def _gaps(chain: list[_Mark]) -> list[int]:
    return [after.start - before.end for before, after in pairwise(chain)]


def _usual(chain: list[_Mark]) -> int:
    gaps = _gaps(chain) or [0]
    return max(set(gaps), key=lambda gap: (gaps.count(gap), gap))


def _is_proven(text: str, chain: list[_Mark]) -> bool:
    """Equal strides, and at least one cut inside a sentence, as no list has it."""
    if len(chain) < 2:
        return False
    gaps, usual = _gaps(chain), _usual(chain)
    loss = _LOSS if usual == _USUAL_CHUNK else _SLACK
    if usual < _SHORTEST_CHUNK or not all(-loss <= gap - usual <= _SLACK for gap in gaps):
        return False
    if 2 * gaps.count(usual) < len(gaps) or (len(gaps) == 1 and usual != _USUAL_CHUNK):
        return False
    return any(_INSIDE_SENTENCE.search(text[max(0, m.start - 1) : m.start]) for m in chain[1:])


def _line_ends(joined: str, places: list[int]) -> Iterator[tuple[int, str]]:
    """Places of blanks that were line ends of the document, with the words before them.

    A line ended before an enumerator, after a sentence, after a heading (an enumerator without a
    full stop), after a bare label. It did not end after a short lead sentence with an enumerator
    (一是健全工作机构。), which official documents set in the paragraph it opens. Other blanks
    stay. The cost: an item that is one short sentence takes the paragraph after it along.
    """
    start = 0
    for match in re.finditer("[ \u00a0\u3000]+", joined):
        end, rest = match.span()
        if start < end and rest < len(joined) and _ends_line(joined, start, end, rest):
            yield places[end], joined[max(start, end - 8) : end]
            start = rest


def _joined(text: str, marks: list[_Mark], usual: int) -> tuple[str, list[int]]:
    """The chunks as one string, and where each of its characters stands in the text.

    A chunk that is one character short lost a blank at its end when the page was extracted: the
    blank comes back, in the place of the mark behind it.
    """
    line_end = text.find("\n", marks[-1].end)
    ends = [mark.start for mark in marks[1:]] + [line_end if line_end >= 0 else len(text)]
    pieces: list[str] = []
    places: list[int] = []
    for mark, end in zip(marks, ends, strict=True):
        pieces.append(text[mark.end : end])
        places.extend(range(mark.end, end))
        if usual - end + mark.end == 1 and end < ends[-1]:
            pieces.append(" ")
            places.append(end)
    return "".join(pieces), places


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
    page = _Page(text, readable(text), words())
    if not page.signs:
        return
    changes = apart(_furniture(page, page.title or about.title or page.heading))
    yield from changes
    days = [c.value for change in changes for c in change.found if c.field == "published"]
    for flagged in late_years(text, int(days[0][:4])) if days else ():
        if not any(c.start <= flagged.start < c.end for c in changes):
            yield flagged


def is_shared_document(lines: Iterable[str]) -> bool:
    """Whether the lines of a page hold a sure sign of a document-sharing site."""
    return bool(words().found_in(readable("\n".join(lines))))


@dataclass(frozen=True, slots=True)
class _Page:
    """The text as published, and as the patterns read it; offsets are the same."""

    text: str
    readable: str
    words: Words

    @property
    def signs(self) -> str:
        return ", ".join(self.words.found_in(self.readable))

    @property
    def title(self) -> str:
        """The document's name, as the site's own sentence or its preview captions give it."""
        for pattern in _TITLES:
            if match := pattern.search(self.readable):
                return self.text[slice(*match.span(1))].strip()
        return ""

    @property
    def heading(self) -> str:
        """The name in one of the first lines that is a file's, or that another line or way says again; or
        the first line, where one of the site's stands right below it."""
        lines = [self.text[start:end].strip() for start, end in self.lines()]
        names = Counter(_stem(line.rpartition(">")[2].lstrip()) for line in lines)
        for line in lines[:_HEAD_LINES]:
            name = _stem(line)
            told = names[name] > 1 or name != line
            if told and 4 <= len(name) <= _LONGEST_TITLE and "。" not in name:
                return name
        first, *below = [self.readable[slice(*at)].strip() for at in islice(self.lines(), 2)]
        bare = 4 <= len(first) <= _LONGEST_TITLE and not _SENTENCE.search(first)
        return (
            lines[0]
            if bare and below and not self.is_site(first) and self.is_site(below[0])
            else ""
        )

    def is_site(self, line: str) -> bool:
        """Whether a line is one of the site's own."""
        known = self.words
        return bool(known.sign(line) or known.line(line) or known.is_upload_data(line))

    @property
    def totals(self) -> frozenset[str]:
        """Page totals that stand in three page marks: 第一页，共36页。"""
        counted = Counter(match[1] for match in _PAGE_MARK.finditer(self.readable))
        return frozenset(total for total, count in counted.items() if count >= 3)

    def lines(self) -> Iterator[tuple[int, int]]:
        for match in re.finditer(r"[^\n]+", self.text):
            if match[0].strip():
                yield match.span()


def _furniture(page: _Page, title: str) -> Iterator[Change]:
    kept, signs, totals = 0, page.signs, page.totals
    lines = list(page.lines())
    rules = [_rule(page, start, end, title) for start, end in lines]
    prose = [0 if rule else _prose(page, *at) for at, rule in zip(lines, rules, strict=True)]
    before, behind, read = 0, sum(prose), 0
    for (start, end), rule, mass in zip(lines, rules, prose, strict=True):
        line = page.readable[start:end]
        behind -= mass
        ended = before >= _DOCUMENT and behind <= _AFTER * before
        before += mass
        # 点击查看更多 stands above the document, too
        passed = before > behind or (before == behind and start > len(page.text) / 2)
        tail = page.words.tail(line) if passed else ""
        closing = tail or (page.words.closes(line) if ended else "")
        if closing:
            cut, found = max(read, start - 1), _upload_day(line)
            yield Change(cut, len(page.text), "", closing, signs, flag="doc-share", found=found)
            return
        if rule:
            found = (_title_found(title),) if rule == "title-line" else _upload_day(line)
            stop = min(len(page.text), end + 1)
            yield Change(start, stop, "", rule, signs, flag="doc-share", found=found)
            read = stop
        else:
            kept += 1
            yield from _inside(page, start, end, title if kept <= 2 else "", totals)


def _rule(page: _Page, start: int, end: int, title: str) -> str:
    """The name of what the line is, or nothing for a line of the document."""
    line, known = page.readable[start:end], page.words
    if title and _stem(page.text[start:end]) == title:
        return "title-line"
    upload = "upload-label" if known.is_upload_data(line) else ""
    return known.tail(line) or known.sign(line) or upload or known.line(line)


def _prose(page: _Page, start: int, end: int) -> int:
    """Characters of a line of the document that holds a sentence."""
    told = _SENTENCE.search(page.readable, start, end)
    return end - start if told and not page.words.closes(page.readable[start:end]) else 0


def _stem(line: str) -> str:
    """A line without what the site puts behind a document's name: .docx, _文档下载."""
    return _SUFFIX.sub("", line.strip())


def _title_found(title: str) -> Candidate:
    return Candidate("title", title, "line:title")


def _upload_day(line: str) -> tuple[Candidate, ...]:
    uploaded = _UPLOADED.search(line)
    day = uploaded and (uploaded[1] or uploaded[2])
    return (Candidate("published", day, "line:upload"),) if day else ()


def _inside(
    page: _Page, start: int, end: int, title: str, totals: frozenset[str]
) -> Iterator[Change]:
    """Repeated titles before the text, disclaimer and page numbers in it and after it."""
    if title and (glued := page.words.glued(title).match(page.text, start, end)):
        found = (_title_found(title),)
        yield Change(*glued.span(), "", "glued-title", title, flag="doc-share", found=found)
        start = glued.end()
    line = page.readable[start:end].rstrip()
    for match in (*page.words.inline(line), *_page_runs(line)):
        left, right = match.span()
        whole = left == 0 and right == len(line)
        stop = min(len(page.text), start + right + (1 if whole else 0))
        yield Change(start + left, stop, "", "document-tail", flag="doc-share")
    for match in _PAGE_MARK.finditer(line):
        if match[1] in totals:
            new = "\n" if line[match.start() - 1 : match.start()] in _ENDS else ""
            left, right = (start + offset for offset in match.span())
            yield Change(left, right, new, "page-mark", flag="doc-share")


def _page_runs(line: str) -> Iterator[re.Match[str]]:
    """Page numbers of the document's foot, three and more in a row at the line's end."""
    for run in _PAGE_RUN.finditer(line):
        if run.end() == len(line):
            yield run
