"""Short items between separators, and what surrounds them: sentences, footers, markers, lines."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from archive.chinese.variants import fold
from archive.farms import farmwords

MARKING = ("蜘蛛池", "感兴趣", "感興趣")  # each marker phrase holds one
LONGEST_PLACE = 14  # 双江拉祜族佤族布朗族傣族自治县 has 15 with a mark; nothing longer is an item
LONGEST_ITEM = 22
MOST_RUNS = 12  # runs judged, the last ones: a bound for hostile texts

ITEM = re.compile(
    r"(?:<[^<>\n]{0,300}>|[\s|｜¦丨、,，;；/·•_>»«]|&nbsp;)+|([^\s|｜¦丨、,，;；/·•_<>»«&]+)"
)
# … of lists of places, where brackets, dashes and stars part names too: [平定县][柞水县], 平定县-柞水县
PLACE = re.compile(
    r"(?:<[^<>\n]{0,300}>|[\s|｜¦丨、,，;；/·•_>»«\[\]［］【】\-—–~～#＃*★☆◆●■▪→]|&nbsp;)+"
    r"|([^\s|｜¦丨、,，;；/·•_<>»«&\[\]［］【】\-—–~～#＃*★☆◆●■▪→]+)"
)
SEGMENT = re.compile(
    r"(?:<[^<>\n]{0,300}>|[\s|｜¦丨、,，：:_—\-【】［］]|&nbsp;)+|([^\s|｜¦丨、,，：:_—\-【】［］<>&]+)"
)
_BORDERS = "|｜¦丨、,，;；/·•_<>»«&：:。[]［］【】-—–~～#＃*★☆◆●■▪→"  # of pieces, besides blanks
PROSE_MARK = re.compile('[。！？!?“”"《》（）()；;：:0-9０-９【】…]')
STOPPED = re.compile("[^。！？!?\\s][。！？!?]")
HAN = re.compile("[\u4e00-\u9fff]")
TAG = re.compile("<[^<>\n]{0,300}>")
_CLAUSE = re.compile("[^。！？!?\n]+[。！？!?]*")
_TAG_BEFORE = re.compile(r"<a\b[^<>\n]*>$", re.IGNORECASE)


class Item(NamedTuple):
    """A short piece of text between separators."""

    start: int
    end: int
    text: str
    before: str  # the separator in front of it, blanks folded


def items(text: str, pattern: re.Pattern[str] = ITEM) -> list[Item]:
    """The items of a text in order, each with the separator in front of it."""
    found: list[Item] = []
    gap = ""
    for match in pattern.finditer(text):
        if match[1] is None:
            gap += match[0]
        else:
            found.append(Item(match.start(), match.end(), match[1], kind(gap)))
            gap = ""
    return found


def pieces(text: str) -> list[str]:
    """What stands between separators, colons and full stops, where it has two characters or more.

    >>> pieces("地址：略阳、太康, 永")
    ['地址', '略阳', '太康']

    Exchanging the separators first and splitting at blanks takes a fifth of the time of a pattern.
    """
    for border in _BORDERS:
        if border in text:
            text = text.replace(border, " ")
    return [piece for piece in text.split() if len(piece) > 1]


@lru_cache(maxsize=1024)
def kind(gap: str) -> str:
    """What a gap between two items consists of: its signs, and whether a line ends in it."""
    plain = TAG.sub("", gap).replace("&nbsp;", " ")
    return ("\n" if "\n" in plain else "") + "".join(sorted(set(re.sub(r"\s", "", plain))))


def sentences(text: str) -> str:
    """The sentences of a text that end in a mark and hold at least eight Han characters."""
    clauses = (c for c in _CLAUSE.findall(text) if c[-1] in "。！？!?" and len(c) > 8)
    return "".join(c for c in clauses if len(HAN.findall(c)) >= 8)


def is_footer(text: str) -> bool:
    """True when the text holds words of a page's footer (ICP number, 网站标识码, …)."""
    return bool(_footer().search(text))


def has_marker(text: str) -> bool:
    """True when the text holds a phrase only the machinery writes."""
    return bool(text) and bool(marker().search(fold(text)))


def ends_in_marker(text: str) -> bool:
    """True when the text ends in a marker phrase."""
    span = marker_span(text) if any(word in text for word in MARKING) else None
    return span is not None and len(text[span[1] :].strip(" \n\t\u3000|")) == 0


def marker_span(text: str) -> tuple[int, int] | None:
    """Where the marker phrase stands in the text."""
    match = marker().search(fold(text))
    return match.span() if match else None


def until_footer(text: str) -> str:
    """The text up to the line its footer begins on."""
    match = _footer().search(text)
    return text[: text.rfind("\n", 0, match.start()) + 1] if match else text


def whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """The span, with one line end more when it covers all that its lines hold."""
    tag = _TAG_BEFORE.search(text, max(0, start - 300), start)
    start = tag.start() if tag else start
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    if text[line:start].strip() or text[end:stop].strip():
        return start, end
    if stop < len(text):
        return line, stop + 1
    return max(0, line - 1), stop


_PAST = re.compile(r"(?:[ \t]*[|｜¦丨,，、;；])?(?:</[a-zA-Z]{1,8}>[|｜]?)*")


def past(text: str, end: int) -> int:
    """The end with a separator and closing tags behind it taken in."""
    match = _PAST.match(text, end)
    return match.end() if match else end


@cache
def marker() -> re.Pattern[str]:
    """The marker phrases as one pattern."""
    return re.compile("|".join(f"(?:{m['pattern']})" for m in farmwords.words()["marker"]))


@cache
def _footer() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, farmwords.words()["footer"]["strong"])))
