"""Steps that take the page's frame off the two ends of a text, and what it says as metadata.

The rules work on lines and on any extractor's output; measured, rules of this kind alone lift
trafilatura on government articles from F1 0.975 to 0.995. Every line taken out is read for
metadata first (`Change.found`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from archive import metadata
from archive.about import dates, docnumber
from archive.about.sitename import squeezed
from archive.known import is_furniture
from archive.model import About, Candidate, Change
from archive.text import linerules, notices, plainlines

HEAD_LINES = 12  # lines above the text that may belong to the frame, knowledge 7.1
_SECTION = 0.25  # of the sentences: what follows a heading 相关链接 and holds more is the article's
_FOOT = 6  # last lines of a text that may be its foot
_HEAD_OF = ("meta-line", "byline", "info-row")  # what stands right below a title


class _Line(NamedTuple):
    text: str  # stripped
    start: int
    end: int  # of the line in the text, without its line end
    indent: int  # blanks before its text


# 登录网址：…, 主办单位：…, with a value; 关键词：… closes a text.
_GIVES = re.compile(
    r"(?:登录|登錄|主办|主辦|承办|承辦|主管|技术支持|技術支持|联系我们)[^：:，。]{0,8}[：:]\s*\S"
)
_CONTACT = re.compile(r"(?:联系我们|聯[系繫]我們)[：:]\s*[\d(（]")  # a library's telephone
_ABSTRACT = re.compile("(?:内容|內容|本文)?(?:摘要|提要|导读|導讀|核心提示)[：:]")
_PHOTOGRAPHER = re.compile("[摄攝]")


@dataclass(frozen=True, slots=True)
class Cut:
    """A line that belongs to the frame, by its number and the rule."""

    index: int
    rule: str


def strip_head(text: str, about: About) -> Iterable[Change]:
    """Breadcrumb, title, byline and toolbar above the text go.

    Within the first lines, up to the last that a rule names and before the first sentence. Cost:
    an article that opens with `时间：…` or `作者：…` as its own first lines loses them (to the
    ledger and the metadata); a subtitle above the byline goes with it.
    """
    lines = _lines(text)
    cuts = head_cuts([line.text for line in lines], about.title, about.inside)
    above = sum(len(lines[cut.index].text) for cut in cuts if cut.rule == "above-head-line")
    below = sum(len(line.text) for line in lines[cuts[-1].index + 1 if cuts else 0 :])
    if about.kind == "text" and cuts and (not below or above > below):
        # What stands above the last head line is the text, as in a poem that ends with 作者： and a list
        # of names that ends with 编辑：.
        cuts = [cut for cut in cuts if cut.rule != "above-head-line"]
    else:
        told = _with_title(lines, cuts, about)
        cuts = told if told != cuts else cuts + _lone_title(text, lines, cuts, about)
    yield from _changes(text, lines, cuts)


def strip_tail(text: str, about: About) -> Iterable[Change]:
    """What follows the text goes: editor credits, neighbours, related links, the legal foot.

    Counts once half of the sentences have passed, so a heading 相关链接 early in a text stays.
    Lines that name an attachment are kept. Cost: an article whose last section opens with such
    a word as a line of its own under 60 characters loses that section.
    """
    lines = _lines(text)
    cuts = tail_cuts([line.text for line in lines], about.title, about.inside)
    yield from _changes(text, lines, cuts)
    yield from _trailing_credit(text, lines, {cut.index for cut in cuts})


def strip_toolbars(text: str, about: About) -> Iterable[Change]:
    """Lines of nothing but toolbar words go, wherever they stand, and captions of video players."""
    lines = _lines(text)
    yield from _changes(text, lines, toolbar_cuts([line.text for line in lines]))
    for index in plainlines.page_numbers([line.text for line in lines]):
        above, line = lines[index - 1], lines[index]
        below = lines[index + 1] if index + 1 < len(lines) else None
        start, end = _span(text, line.start, line.end)
        if below and plainlines.goes_on(above.text, below.text):
            start, end = above.start + above.indent + len(above.text), below.start + below.indent
        yield Change(start, end, "", "page-number", line.text, 0.9)


def trim_known_edges(text: str, about: About) -> Iterable[Change]:
    """Lines that the site shows on many pages go, from both ends up to the first other line.

    Never in the middle: true sentences recur too (closings, salutations). What the cut uncovers
    is looked at by the rules of the steps before, until nothing more goes; so a second cleaning
    finds nothing. Cost: a notice that begins or ends with a line which a quarter of the site's
    pages hold outside their text loses it.
    """
    lines = _lines(text)
    kept = list(range(len(lines)))
    while True:
        texts = [lines[index].text for index in kept]
        cuts = _next_cuts(texts, about)
        for cut in cuts:
            yield from _changes(text, lines, [Cut(kept[cut.index], cut.rule)])
        gone = {cut.index for cut in cuts}
        kept = [index for place, index in enumerate(kept) if place not in gone]
        if not cuts:
            return


def _next_cuts(texts: Sequence[str], about: About) -> list[Cut]:
    return (
        edge_cuts(texts, about)
        or toolbar_cuts(texts)
        or head_cuts(texts, about.title, about.inside)
        or tail_cuts(texts, about.title, about.inside)
    )


def toolbar_cuts(lines: Sequence[str]) -> list[Cut]:
    """The lines that belong to a toolbar, a gallery or a player in the middle of the text.

    The counter of a gallery, `/58`, is a fraction by itself: it goes with the toolbar below it.
    """
    cuts = []
    for index, line in enumerate(lines):
        if len(line) > linerules.TAIL_LINE:
            continue
        if linerules.is_toolbar(line):
            if index and linerules.is_counter(lines[index - 1]):
                cuts.append(Cut(index - 1, "toolbar"))
            cuts.append(Cut(index, "toolbar"))
        elif linerules.is_player_caption(line):
            cuts.append(Cut(index, "player"))
    return cuts


def head_cuts(lines: Sequence[str], title: str | None, inside: Collection[str] = ()) -> list[Cut]:
    """The lines of the frame at the head of a text; those `inside` are its own."""
    wanted = squeezed(title or "")
    last, named = -1, {}
    rows = _info_rows(lines)
    for index, line in enumerate(lines):
        rule = "info-row" if index in rows else _head_rule(line, wanted)
        rule = "" if line in inside else rule
        if rule and linerules.is_meeting(line, lines[index + 1 : index + 2]):
            break
        if rule:
            last, named[index] = index, rule
        elif index - last > HEAD_LINES or (
            _opens_text(line, lines[index + 1 : index + 2]) and not _is_abstract(lines, index)
        ):
            break
    return [Cut(i, named.get(i, "above-head-line")) for i in range(last + 1)]


def _info_rows(lines: Sequence[str]) -> frozenset[int]:
    """The first rows with cells, where they are those of the page's information table: every other cell
    is a label of it, three different ones at least. Its values are metadata already.

    Cost: a table of a text that opens it, with three columns named so (名称, 分类, 主题) and no other.
    """
    rows: list[int] = []
    labels: set[str] = set()
    for index, line in enumerate(lines[:HEAD_LINES]):
        found = metadata.row_labels(line)
        if not found and rows:
            break
        if found:
            rows.append(index)
            labels.update(found)
    return frozenset(rows) if len(labels) >= metadata.ENOUGH else frozenset()


def _head_rule(line: str, title: str) -> str:
    if title and len(line) < 200 and squeezed(line) == title:
        return "title"
    return linerules.head_rule(line) or ("byline" if linerules.is_byline(line) else "")


def _is_abstract(lines: Sequence[str], index: int) -> bool:
    """Whether a line is the abstract that a template prints above day and source: 摘要：…"""
    below = lines[index + 1 : index + 2]
    return _ABSTRACT.match(lines[index]) is not None and any(_head_rule(x, "") for x in below)


def _opens_text(line: str, below: Sequence[str]) -> bool:
    """A sentence, a salutation, a paragraph: what follows it is the text. Titles end in neither, but for
    those that ask or call, right above the line of day and source."""
    if line.endswith(("！", "？")) and len(line) <= linerules.HEAD_LINE // 2 and below:
        return linerules.head_rule(below[0]) not in ("meta-line", "head-line")
    if line.endswith(("：", ":", "。", "！", "？", "；")):
        return True
    return linerules.is_sentence(line) and len(line) > linerules.HEAD_LINE


def tail_cuts(
    lines: Sequence[str], title: str | None = None, inside: Collection[str] = ()
) -> list[Cut]:
    """The lines of the frame at the end of a text.

    A cut makes the text shorter, so that half of it may end before another tail line: cut again,
    until what is left stays as it is.
    """
    kept = list(range(len(lines)))
    cuts: list[Cut] = []
    rights = notices.is_about_rights(title or "")
    while more := _one_cut([lines[index] for index in kept], rights, inside) or _closing(
        lines, kept, cuts
    ):
        cuts += [Cut(kept[cut.index], cut.rule) for cut in more]
        gone = {cut.index for cut in more}
        kept = [index for place, index in enumerate(kept) if place not in gone]
    return sorted(cuts, key=lambda cut: cut.index)


def _closing(lines: Sequence[str], kept: Sequence[int], cuts: Sequence[Cut]) -> list[Cut]:
    """The last line, by its place in `kept`, where it only says where the text is from, or who wrote
    it between such a line and an editor's credit: 来源：…, 作者：… above 编辑：….

    An author alone stays, as under a poem. Cost: the source of a table that ends the text.
    """
    if len(kept) < 2:
        return []
    last = kept[-1]
    credited = any(cut.index == last + 1 and cut.rule == "editor-credit" for cut in cuts)
    credited = credited or metadata.is_source(lines[kept[-2]])
    is_credit = metadata.is_source(lines[last], authors=credited)
    return [Cut(len(kept) - 1, "editor-credit")] if is_credit else []


def _one_cut(lines: Sequence[str], rights: bool, inside: Collection[str]) -> list[Cut]:
    first = max(0, len(lines) - _FOOT)
    foot = [at for at in range(first, len(lines)) if _is_foot(lines[at])]
    masses = [linerules.mass(line) for line in lines]
    if sum(masses) == sum(masses[at] for at in foot):  # a list or table: every line counts
        masses = [len(line) for line in lines]
    if len(foot) < len(lines):
        for at in foot:  # 上一篇：… says nothing of the text
            masses[at] = 0
    total, seen = sum(masses), 0
    for index, line in enumerate(lines):
        if 2 * seen >= total and (index or total == 0):
            rule = linerules.tail_rule(line) or ("footer" if linerules.is_footer(line) else "")
            own = (
                not rule
                or line in inside
                or (rule == "section" and total - seen > _SECTION * total)
                or (
                    linerules.is_weak_tail(line) and total - seen - masses[index] > _SECTION * total
                )
                or (rule in ("tail-line", "footer") and _is_inside(lines, index))
                or (rule in ("tail-line", "footer") and notices.is_own(lines, index))
                or (rule in ("tail-line", "disclaimer") and _goes_on(lines, index))
                or (rights and rule == "disclaimer" and linerules.is_plain_text(line))
            )
            if not own:
                return _from(lines, index, rule)
        seen += masses[index]
    return []


def _is_foot(line: str) -> bool:
    return bool(linerules.tail_rule(line)) or linerules.is_footer(line)


def _is_inside(lines: Sequence[str], index: int) -> bool:
    """Whether a tail line stands in a notice: it is signed with its day further down, or the line gives
    an address or an office (登录网址：…) and sentences of the text follow."""
    if not linerules.is_weak_tail(lines[index]):
        return False
    below = lines[index + 1 :]
    if _CONTACT.match(lines[index]) and not any(map(_is_foot, below)):
        return True
    if any(dates.is_signed_day(line) for line in below):
        return True
    return _GIVES.match(lines[index]) is not None and any(map(_is_own_sentence, below))


def _goes_on(lines: Sequence[str], index: int) -> bool:
    """Whether a tail line is a sentence and sentences of the text follow it."""
    if not linerules.is_plain_text(lines[index]):
        return False
    return any(map(_is_own_sentence, lines[index + 1 :]))


def _is_own_sentence(line: str) -> bool:
    is_sentence = linerules.is_plain_text(line) and linerules.is_sentence(line)
    return is_sentence and not linerules.tail_rule(line)


def _from(lines: Sequence[str], start: int, rule: str) -> list[Cut]:
    cuts = [Cut(start, rule)]
    for index in range(start + 1, len(lines)):
        if linerules.names_file(lines[index]) and not linerules.tail_rule(lines[index]):
            continue
        cuts.append(Cut(index, linerules.tail_rule(lines[index]) or "below-tail-line"))
    return cuts


def edge_cuts(lines: Sequence[str], about: About) -> list[Cut]:
    """The lines at both ends that the site's memory knows."""
    memory = about.memory
    if memory is None:
        return []
    first = 0
    while first < len(lines) and is_furniture(memory, lines[first]):
        first += 1
    last = len(lines)
    while last > first and is_furniture(memory, lines[last - 1]):
        last -= 1
    return [Cut(i, "site-memory") for i in (*range(first), *range(last, len(lines)))]


def _lone_title(text: str, lines: Sequence[_Line], cuts: Sequence[Cut], about: About) -> list[Cut]:
    """The lines of a title that stands alone above a plain text, where nothing told the title yet."""
    at = len(cuts)
    if about.title or about.kind != "text" or at + 1 >= len(lines):
        return []
    blank = text[lines[at].end : lines[at + 1].start].count("\n") > 1
    shown = [line.text for line in lines[: at + 5]]
    rules = plainlines.lone_title(shown, at, blank=blank)
    return [Cut(at + place, rule) for place, rule in enumerate(rules)]


def _with_title(lines: Sequence[_Line], cuts: list[Cut], about: About) -> list[Cut]:
    """The cuts, that of a title told: the short line right above the first line of day and source in
    a plain text, where nothing told the title yet. A subtitle (——…) is passed over."""
    below = next((i for i, cut in enumerate(cuts) if cut.rule in _HEAD_OF), 0) or next(
        (i for i, cut in enumerate(cuts) if _dates_text(lines[cut.index].text, cut)), 0
    )
    if about.title or about.kind != "text":
        return cuts
    for at in range(below - 1, -1, -1):
        line = lines[cuts[at].index].text
        if cuts[at].rule != "above-head-line":
            break
        if not (line.startswith(("—", "-", "（", "(")) or docnumber.number_of(line)):
            is_title = plainlines.is_title(line)
            told = [Cut(cuts[at].index, "title-above")] if is_title else cuts[at : at + 1]
            return [*cuts[:at], *told, *cuts[at + 1 :]]
    return cuts


def _dates_text(line: str, cut: Cut) -> bool:
    """Whether a line of the head tells day or source of the text: 来源：县水利局, 2022-03-04."""
    fields = ("published", "source")
    return cut.rule == "bare-date" or (
        cut.rule == "head-line" and any(c.field in fields for c in metadata.read_line(line))
    )


def _trailing_credit(text: str, lines: Sequence[_Line], cut: set[int]) -> Iterator[Change]:
    """A credit in brackets behind a sentence: `(編輯 施尚景)`, `(魏彧 米哲 于春灃)`.

    Looked for in the last paragraph that is a sentence and in every line below it, so that
    attachments and signatures may follow. Cost: names of people in the last brackets of a text
    that are no credit, such as a list of winners behind the last full stop.
    """
    kept = [line for i, line in enumerate(lines) if i not in cut]
    for line in reversed(kept):
        credit = metadata.trailing_credit(line.text)
        if credit is not None:
            at, found = credit
            if _is_caption(line.text[at:], kept):
                return
            start, end = line.start + line.indent + at, line.end
            if at == 0:
                start, end = _span(text, line.start, line.end)
            yield Change(
                start, end, "", "trailing-credit", text[start:end].strip()[:80], found=found
            )
        if (credit is None or credit[0] > 0) and linerules.is_sentence(line.text):
            return


def _is_caption(credit: str, lines: Sequence[_Line]) -> bool:
    """Whether a photographer's credit stands under several pictures: each is its caption's."""
    if not _PHOTOGRAPHER.search(credit):
        return False
    return sum(line.text.endswith(credit) for line in lines) > 1


@lru_cache(maxsize=4)  # three steps in a row see one text, where they take nothing off it
def _lines(text: str) -> tuple[_Line, ...]:
    """The lines of a text that hold anything."""
    out = []
    at = 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            indent = len(raw) - len(raw.lstrip())
            out.append(_Line(stripped, at, at + len(raw), indent))
        at += len(raw) + 1
    return tuple(out)


def _changes(text: str, lines: Sequence[_Line], cuts: Iterable[Cut]) -> Iterator[Change]:
    for cut in sorted(cuts, key=lambda cut: cut.index):
        line = lines[cut.index]
        start, end = _span(text, line.start, line.end)
        yield Change(start, end, "", cut.rule, line.text[:80], 0.9, found=_found(line.text, cut))


def _span(text: str, start: int, end: int) -> tuple[int, int]:
    """A line with one line end: the one after it, or before it when it is the last."""
    if end < len(text):
        return start, end + 1
    return start, end


def _found(line: str, cut: Cut) -> tuple[Candidate, ...]:
    if cut.rule in ("title-alone", "title-above"):
        return (Candidate("title", plainlines.title_of(line), "line:title"),)
    if cut.rule in (
        "below-tail-line",
        "site-memory",
        "footer",
        "tail-line",
        "section",
        "survey",
        "pager",
        "disclaimer",
        "toolbar",
        "player",
        "title",
    ):
        return ()
    if rows := metadata.row_values(line, least=1 if cut.rule == "info-row" else 2):
        return rows
    if number := docnumber.number_of(line):
        return (Candidate("doc_number", number, "line:number"),)
    return metadata.read_line(line)
