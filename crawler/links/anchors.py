"""What stands around a link: is it shown, what does it say, which day does its list item carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from archive.about import dates

Element = Any  # lxml ships no types

# Shown to nobody: told in the markup itself, or moved out of the window, or without size.
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}px"
    r"|font-size\s*:\s*0(?![.\d])|(?<![\w-])(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|!|$)(?=.*overflow\s*:\s*hidden)"
    r"|overflow\s*:\s*hidden.*(?<![\w-])(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|!|$)|opacity\s*:\s*0(?![.\d])",
    re.IGNORECASE | re.DOTALL,
)
_ITEMS = frozenset(("li", "tr", "dd", "dl"))
_CLIMB = 4  # elements from an anchor to its list item; the saved trees need 3 (2026-11)
PIECES = 40  # text nodes read of one item: a real item has under ten
_TEXT = 300  # characters of text kept
LONGEST_NOTE = 200  # characters of a link text that are noted; titles of notices reach 120
_MONTH_DAY = re.compile(
    r"(?<![\d.:/-])(?P<month>1[0-2]|0?[1-9])\s?[-/.月]\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?日?(?![\d.:/-])"
)
_DIGIT = re.compile(r"\d")
_DATE_ONLY = re.compile(r"[\s\d:：./\-\[\]()年月日]+")
_DATE_LENGTH = 40
_DATE_BEHIND = re.compile(r"[(（\[【]([\d\s:：./\-年月日]{5,30})[)）\]】]\s*$")
_CLOSING = tuple(")）]】")
_CUT = re.compile(r"(?:…+|\.{3,}|⋯+)$")


def announcement(text: str) -> str:
    """The text of a link as a note can hold it: one line, bounded.

    >>> announcement("关于做好\\n防汛工作的  通知\\ud800")
    '关于做好 防汛工作的 通知'
    """
    plain = text[: 4 * LONGEST_NOTE].encode("utf-8", "ignore").decode("utf-8").replace("\x7f", " ")
    return " ".join("".join(c if c >= " " else " " for c in plain).split())[:LONGEST_NOTE].strip()


def hides(element: Element) -> bool:
    """Whether an element's own markup takes it and what it holds out of sight."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _UNSEEN.search(style[:1000]))


def text_of(anchor: Element) -> str:
    """What a link says: its text; its `title` where the text is cut short or absent; else the
    picture's `alt`."""
    return said_by(anchor, list(islice(anchor.itertext(), PIECES)))


def said_by(anchor: Element, pieces: list[str]) -> str:
    """`text_of` an anchor whose first texts were read."""
    text = _joined(pieces)
    title = _joined([anchor.get("title") or ""])
    if title and (not text or _CUT.search(text)):
        return title
    if text:
        return text
    return _joined(image.get("alt") or image.get("title") or "" for image in anchor.iter("img"))


class ItemDays:
    """The days list items carry, each item read once: it may hold thousands of links."""

    def __init__(self) -> None:
        self._around: dict[Element, str] = {}  # keeps the elements alive, so that they stay equal

    def of(self, anchor: Element, url: str) -> str | None:
        """The day the list item of a link carries, `YYYY-MM-DD`.

        Read outside of links, so that a date in a title does not count, else where the
        link has a date apart from its words. A day without year takes the year of the link's address
        (`t20201124_…`), else `XXXX-MM-DD`. None where the item carries no day, or several that
        differ: then it may be an event's.
        """
        item = _item(anchor)
        if item not in self._around:
            self._around[item] = _outside_links(item)
        around = self._around[item] or " ".join(_own_dates(anchor))
        if not around:
            return None
        days = {found.day.isoformat() for found in dates.find(around)}
        if days:
            return days.pop() if len(days) == 1 else None
        short = {(int(m["month"]), int(m["day"])) for m in _MONTH_DAY.finditer(around)}
        return _with_year(*short.pop(), url) if len(short) == 1 else None


def _outside_links(item: Element) -> str:
    """The start of an item's text that may hold a day, without what its links say."""
    pieces = []
    for element in islice(item.iter(), PIECES):
        if element is not item and element.tail and element.tail.strip():
            pieces.append(element.tail)
        if isinstance(element.tag, str) and element.text and not _in_link(element, item):
            pieces.append(element.text)
    text = " ".join(piece[:_TEXT] for piece in pieces)[: 2 * _TEXT]
    return text if _DIGIT.search(text) else ""


def _in_link(element: Element, item: Element) -> bool:
    for _ in range(_CLIMB):
        if element is None or element is item:
            return False
        if element.tag == "a":
            return True
        element = element.getparent()
    return False


def _own_dates(anchor: Element) -> Iterator[str]:
    """Pieces of a link that are a date as a whole, or end with one in brackets."""
    for piece in islice(anchor.itertext(), PIECES):
        if len(piece) < _DATE_LENGTH and _DATE_ONLY.fullmatch(piece):
            yield piece
        elif piece.rstrip()[-1:] in _CLOSING and (
            behind := _DATE_BEHIND.search(piece[-_DATE_LENGTH:])
        ):
            yield behind[1]


def _with_year(month: int, day: int, url: str) -> str:
    year = (dates.url_date(url) or "XXXX")[:4]
    return f"{year}-{month:02}-{day:02}"


def _item(anchor: Element) -> Element:
    """The nearest list item or table row around a link, else its parent."""
    parent = anchor.getparent()
    element = parent
    for _ in range(_CLIMB):
        if element is None:
            break
        if element.tag in _ITEMS:
            return element
        element = element.getparent()
    return anchor if parent is None else parent


def _joined(pieces: Iterator[str] | list[str]) -> str:
    return " ".join(" ".join(pieces)[: 4 * _TEXT].split())[:_TEXT]
