"""Lists of places in plain text, where the links are already lost.

    marked_runs   M      the marker phrase and the items behind it           R1
    place_lists   P A    places in no order of provinces after the article   R3

Family letters are explained in archive/linkfarm.py.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from archive.chinese import gazetteer
from archive.chinese.variants import fold
from archive.farms import farmwords, lexicon
from archive.farms.farmitems import (
    HAN,
    LONGEST_ITEM,
    LONGEST_PLACE,
    MARKING,
    MOST_RUNS,
    PLACE,
    PROSE_MARK,
    STOPPED,
    TAG,
    Item,
    is_footer,
    items,
    marker,
    past,
    pieces,
    sentences,
    until_footer,
    whole_lines,
)
from archive.model import Change
from archive.page.pagetext import LINK

MARKED, LISTED = 5, 12  # least items, rules R1 and R3
PLACES, ALIKE = 0.85, 0.8
AHEAD = 15  # … of a list that text follows
LOOK_BACK = 120  # characters behind such a list that may speak of it
PROSE = 60  # Han characters in sentences: less is no article a list could hang on

LONGEST_LABEL = 30  # characters; those of the machinery seen have up to 22, a sentence has more
_BLANK = " \u3000\t"
_OPEN, _CLOSING = "[［【（(#*★-·", "]］】)）*★-·"  # around the names of a list
_OPENING = _BLANK + "|" + _OPEN
_SUFFIXES = "县縣市区區旗"
_MEASURE = re.compile(
    r"[\d一二三四五六七八九十百千万][^，。；\s\d]{0,3}以[上下]"
)  # 800米以上 points to no list
_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|zip|rar|wps|et|ofd|txt)\s*$", re.IGNORECASE)
_CLAUSE = re.compile("[，,；;、“”《》]")
# 友链：金阊、 with the first name, where a comma parts the names
_WITH_NAME = re.compile(r"([^、，,。]{1,20}[：:]) ?[^：:、，,。]{2,8}[、，,]")
_ENDED = re.compile("(?s:.*)[。！？!?\n]")
_SPOKEN = re.compile("[。！？!?；;：:“”《》]")


def marked_runs(text: str, about_title: str) -> Iterator[Change]:
    """The marker phrase with the short items behind it; a phrase without items is only flagged.

    Right because nobody but the machinery ends such a phrase with a colon and a list; a security
    bulletin that quotes the phrase has prose behind it and is left alone.
    """
    if not any(word in text for word in MARKING):
        return
    plain = fold(text)
    for match in islice(marker().finditer(plain), MOST_RUNS):
        run = _behind(text, match.end())
        if len(run) >= MARKED:
            start, end = whole_lines(text, match.start(), past(text, run[-1].end))
            known = gazetteer.share([item.text for item in run])
            evidence = f"M marker phrase; {len(run)} items, {known:.0%} places"
            yield Change(start, end, "", "R1-marker", evidence, 0.99, "link-farm")
        else:
            evidence = f"M alone: {len(run)} items follow"
            yield Change(*match.span(), "", "R1-marker", evidence, 0.3, applied=False)


def _behind(text: str, start: int) -> list[Item]:
    run: list[Item] = []
    for item in items(text[start : start + 20_000]):
        item = Item(item.start + start, item.end + start, item.text, item.before)
        alike = len(run) < 2 or item.before == _usual(run[1:])
        known = bool(gazetteer.codes(item.text))
        short = len(item.text) <= LONGEST_ITEM and not _SPOKEN.search(item.text)
        if not (known or (short and (alike or lexicon.spam(item.text) >= lexicon.SPAM))):
            break
        if is_footer(item.text) or (not known and not run and "\n" in text[start : item.start]):
            break
        run.append(item)
    return _without_signature(run)


def _without_signature(run: list[Item]) -> list[Item]:
    """The run without unknown lines behind a list of places: a signature stands on its own line."""
    places = gazetteer.share([item.text for item in run]) >= 0.6
    piped = any("|" in item.before for item in run[1:])
    while run and places and not piped and not gazetteer.codes(run[-1].text):
        run = run[:-1]
    return run


def _usual(run: Sequence[Item]) -> str:
    return Counter(item.before for item in run).most_common(1)[0][0]


def place_lists(text: str, title: str) -> Iterator[Change]:
    """Lists of places in no order, hanging behind a finished article.

    Two families: P (at least 12 names, 85 % known, neither by province nor by code nor by
    alphabet) and either A (behind the last sentence or behind the page's footer) or M (a short label
    before them with a word of the machinery; one of a box of links counts with A). Left alone: what
    the title or the last line announces, what follows a heading of its own, columns with data,
    places the article itself names. The cost: a farm on a page that is about lists stays, flagged.
    """
    if not holds_many_places(text):
        return
    for run in deque(_place_runs(text), MOST_RUNS):
        names = [item.text for item in run]
        if gazetteer.is_ordered(names):
            continue
        label = label_of(text, run[0].start)
        doubt = _doubt(text, run, title, label)
        start, end = _whole(text, label.start, past(text, run[-1].end))
        evidence = f"P {len(run)} places in no order; A behind the article"
        if label.kind == "machinery":
            evidence = (
                f"P {len(run)} places in no order; M {text[label.start : run[0].start].strip()}"
            )
        if doubt:
            evidence = f"P alone: {len(run)} places in no order; {doubt}"
            if doubt == "no article before it":
                yield Change(start, end, "", "R3-places", evidence, 0.3, applied=False)
        else:
            yield Change(start, end, "", "R3-places", evidence, 0.9, "link-farm")


def holds_many_places(text: str) -> bool:
    """The cheap test: enough pieces that are place names, wherever they stand, or names of one
    line without a separator."""
    found = pieces(text)
    if sum(map(text.count, _SUFFIXES)) >= LISTED and any(map(_is_run_on, found)):
        return True
    short = [piece for piece in found if len(piece) <= LONGEST_PLACE]
    return len(short) >= LISTED and gazetteer.count(short) >= LISTED


def _is_run_on(piece: str) -> bool:
    """The cheap test: as long as a list, ending like a place, with as many ends of names."""
    if len(piece) < 2 * LISTED or piece[-1] not in _SUFFIXES or PROSE_MARK.search(piece):
        return False
    return sum(map(piece.count, _SUFFIXES)) >= LISTED


def _separate(item: Item) -> Iterator[Item]:
    """An item as it is, or the names in it where links without a separator were read as one."""
    if not _is_run_on(item.text):
        yield item
        return
    start, before = 0, item.before
    while start < len(item.text):
        end = start + _first_name(item.text[start : start + LONGEST_PLACE])
        yield Item(item.start + start, item.start + end, item.text[start:end], before)
        start, before = end, ""


def _first_name(text: str) -> int:
    """The length of the longest name that stands in front; up to the first end of one, where none
    is known."""
    ends = [at for at, letter in enumerate(text, 1) if letter in _SUFFIXES and at > 1]
    known = (end for end in reversed(ends) if gazetteer.codes(text[:end]))
    return next(known, ends[0] if ends else len(text))


class _Label(NamedTuple):
    """What stands before a list on its line or on the line before: where that begins, what it is."""

    start: int
    kind: str  # machinery, boxes, links; "" where there is no such label, and the list begins at `start`


def label_of(text: str, at: int) -> _Label:
    """The label of a list that begins at `at`; a word that announces lists makes it none."""
    before = text[max(0, at - 2 * LONGEST_LABEL) : at].rstrip("\n \u3000\t|")
    ended = _ENDED.match(before)
    label = before[ended.end() if ended else 0 :].lstrip()
    if named := _WITH_NAME.fullmatch(label):
        label = named[1]
    words, plain = farmwords.words(), fold(label).lower()
    if not label or len(label) > LONGEST_LABEL or _CLAUSE.search(label):
        return _Label(at, "")
    for kind in ("machinery", "boxes", "links"):
        found = [word for word in words["leading"][kind] if word in plain]
        rest = plain.replace(max(found, key=len), "") if found else ""  # 热门城市： is no 市：
        if found and not any(word in rest for word in words["announcing"]["line"]):
            return _Label(text.rindex(label, 0, at), kind)
    return _Label(at, "")


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the brackets around its names, and its lines where it fills them."""
    while start > 0 and text[start - 1] in _OPEN:
        start -= 1
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    return whole_lines(text, start, end)


def _place_runs(text: str) -> Iterator[list[Item]]:
    run: list[Item] = []
    unknown = 0
    for item in chain.from_iterable(map(_separate, items(text, PLACE))):
        if len(item.text) <= LONGEST_PLACE + 2 and gazetteer.codes(item.text):
            run.append(item)
            unknown = 0
        elif run and unknown < 2 and len(item.text) <= 6 and not PROSE_MARK.search(item.text):
            run.append(item)
            unknown += 1
        else:
            yield from _trimmed(run)
            run, unknown = [], 0
    yield from _trimmed(run)


def _trimmed(run: list[Item]) -> Iterator[list[Item]]:
    while run and not gazetteer.codes(run[-1].text):
        run = run[:-1]
    if len(run) >= LISTED and gazetteer.share([item.text for item in run]) >= PLACES:
        yield run


def _doubt(text: str, run: Sequence[Item], title: str, label: _Label) -> str:
    before, after = text[: label.start].rstrip(_OPENING), text[run[-1].end :]
    if label.kind == "machinery":
        return "" if _ends_free(after) else "inside a sentence"
    separators = Counter(item.before for item in run[1:])
    if separators.most_common(1)[0][1] < ALIKE * (len(run) - 1):
        return "mixed separators"
    if not _stands_free(before, after, separators.most_common(1)[0][0]):
        return "inside a sentence"
    footed = is_footer(before)
    # Links of the frame, 分享到 and 下一篇, stand for no sentence after the list.
    if not footed and STOPPED.search(until_footer(after).replace(LINK, "")):
        return _doubt_ahead(before, after, run, title, boxed=label.kind == "boxes")
    prose = sentences(before)
    if len(HAN.findall(prose)) < PROSE:
        return "no article before it"
    if _announced(before, prose, title, footed):
        return "announced"
    if any(len(item.text) > 2 and item.text in prose for item in run):
        return "places the article names"
    return ""


def _doubt_ahead(before: str, after: str, run: Sequence[Item], title: str, *, boxed: bool) -> str:
    """What speaks for a list that text follows, above an article or between its paragraphs.

    Such a list is the machine's where it is long, has a line of its own, no comma of prose (or is `boxed`,
    below the label of a box of links), and nothing around it speaks of a list or of its places. Cost: a caption or picker of that kind.
    """
    whole = before.strip() + after
    last = before.rstrip().rsplit("\n", 1)[-1]
    alone = (
        before.rstrip(_OPENING)[-1:] in ("", "\n") and after.lstrip(_BLANK + _CLOSING)[:1] == "\n"
    )
    spoken = Counter(item.before for item in run[1:]).most_common(1)[0][0]
    if len(run) < AHEAD or not alone or (set(spoken) & set("、,，;；\n") and not boxed):
        return "not at the end"
    if last and last[-1] not in "。！？":
        return "not at the end"
    prose = sentences(whole)
    if len(HAN.findall(prose)) < PROSE:
        return "not at the end"
    words = farmwords.words()["announcing"]
    heading = fold(title or _first_line(before or after))
    # what announces a list stands right above it: its label, where it has one
    near, next_ = (
        _MEASURE.sub("", fold(part))
        for part in ("" if boxed else last, until_footer(after)[:LOOK_BACK])
    )
    announced = any(word in heading for word in words["title"]) or any(
        word in text for word in words["line"] for text in (near, next_)
    )
    back = any(word in next_ for word in words["back"])
    named = any(len(item.text) > 2 and item.text in prose for item in run)
    return "announced" if announced or back or named else ""


def _stands_free(before: str, after: str, separator: str) -> bool:
    left = before.rstrip(_OPENING)
    piped = "|" in separator or "｜" in separator
    starts = (
        not left
        or left[-1] in "\n>"
        or (piped and left[-1] in "。！？”）")
        or is_footer(left[-60:])
    )
    return starts and (piped or _ends_free(after))


def _ends_free(after: str) -> bool:
    rest = TAG.sub("", after).lstrip(_BLANK + _CLOSING)
    return not rest or rest[0] in "\n|｜"


def _announced(before: str, prose: str, title: str, footed: bool) -> bool:
    if before.rstrip(" \n|").endswith(("：", ":")):
        return True
    if footed:
        return False
    words = farmwords.words()["announcing"]
    heading = fold(title or _first_line(before))
    last = before.rstrip().rsplit("\n", 1)[-1]
    ended = last.rstrip(" |").endswith(("。", "！", "？", ">", "”", "）")) or _FILE.search(last)
    if not ended and not _signed(before):
        return True
    near = _MEASURE.sub("", fold(prose[-80:]))
    return any(word in heading for word in words["title"]) or any(w in near for w in words["line"])


def _first_line(before: str) -> str:
    lines = [line for line in before.split("\n") if line.strip()][:6]
    return " ".join(line for line in lines if len(line) <= 60 and not line.rstrip().endswith("。"))


_SIGNED = re.compile(r"(\d{1,4}\s*[年月日.\-/]\s*\d{0,2}\s*[月日.\-/]?\s*\d{0,2}\s*日?|[)）])\s*$")


def _signed(before: str) -> bool:
    """True when the text before ends like a signed article: a date, or a credit in brackets."""
    return bool(_SIGNED.search(before.rstrip()[-40:]))
