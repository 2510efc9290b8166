"""Days in Chinese pages: the forms they are written in, and the opening sentence's day.

All times are Beijing time (+08:00), the only civil time of mainland pages; Hong Kong, Macau and
Taiwan keep the same offset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

BEIJING = timezone(timedelta(hours=8))
_FIRST_YEAR = 1990  # no Chinese site is older; earlier days on a page are history

_TIME = (
    r"(?P<hour>[01]?\d|2[0-3])\s?[:：时]\s?(?P<minute>[0-5]\d)(?:\s?[:：分]\s?(?P<second>[0-5]\d))?"
)
_GAP = r"(?:\s{0,3}|T|\s?[-,，(（/]\s?|\s?星期[一二三四五六日天]\s?|\s?(?:上午|下午)\s?)"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_TAIL = rf"(?:\s?[日号])?(?:{_GAP}{_TIME}(?!\d(?!\.\d*万)))?"
_FULL = re.compile(
    r"(?P<year>(?:19|20)(?<![\d.]..)\d\d)\s?(?P<mark>[年/.\-－—])\s?(?P<month>1[0-2]|0?[1-9])\s?[月/.\-－—]\s?"
    rf"(?:{_DAY}(?![\d月])|(?P<day2>3[01]|[12]\d|0[1-9])(?=[012]\d[:：])){_TAIL}"
)
_ROC = re.compile(
    rf"(?:民国|民國)\s?(?P<roc>1?\d\d)\s?年\s?(?P<month>1[0-2]|0?[1-9])\s?月\s?{_DAY}(?!\d)\s?日"
)
_NUMERALS = "〇○零ΟOО0一二三四五六七八九"
_SPOKEN = re.compile(
    rf"(?P<year>[一二][{_NUMERALS}]{{3}})年(?P<month>十[一二]?|元|[一二三四五六七八九])月"
    r"(?P<day>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])日"
)
# 202309/1110:23:31, the parts of which a style sheet sets apart (the header of Xinhua's pages).
_PARTED = re.compile(
    r"(?<![\d.])(?P<year>20\d\d)\s{0,3}(?P<month>1[0-2]|0[1-9])\s?/\s?(?P<day>3[01]|[12]\d|0[1-9])\s{0,3}"
    r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)(?!\d)"
)
_SHORT = re.compile(
    rf"(?<![\d\-./])(?P<short>[0-3]\d)[-/](?P<month>1[0-2]|0[1-9])[-/]{_DAY}(?![\d\-./]){_TAIL}"
)
# A year, the era, or month and day behind a year of two figures.
_SIGNS = re.compile(
    rf"[12民一二0-3](?:(?<=[12])[09]\d\d|(?<=民)[国國]|(?<=[一二])[{_NUMERALS}]{{3}}年|(?<=[0-3])\d[-/])"
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
)

_SIGNED = re.compile(
    r"[（(]?(?:\d{4}年\d{1,2}月\d{1,2}日|[一二三四五六七八九〇○ОO0零]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)[)）]?"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A day written in a text, with the time of day when one follows."""

    start: int
    end: int
    day: date
    at: time | None


def is_signed_day(line: str) -> bool:
    """True for a day written out and alone in its line, as it closes an official text.

    >>> is_signed_day("2020年10月12日"), is_signed_day("二○二○年十月十二日"), is_signed_day("2020-10-12")
    (True, True, False)
    """
    return len(line) < 20 and bool(_SIGNED.fullmatch("".join(line.split())))


def find(text: str) -> Iterator[Found]:
    """Days with a year, in order: 2021-09-11 10:23, 2021年9月11日, 民國110年…, 二〇二一年….

    >>> [str(x.day) for x in find("发布时间：2021年9月6日 10:23，15-03-27")]
    ['2021-09-06']
    """
    matches = [m for p in _forms(text) for m in p.finditer(text)]
    for match in sorted(matches, key=lambda m: m.start()):
        found = _found(match)
        if found:
            yield found


def may_hold_day(text: str) -> bool:
    """False for a text without what every day of `find` and `find_short` holds, in any part of it."""
    return _SIGNS.search(text) is not None


def _forms(text: str) -> Iterator[re.Pattern[str]]:
    """The forms whose signs the text holds: most lines have none, and `in` is cheap to ask."""
    if "20" in text or "19" in text:
        yield _FULL
        if "/" in text and ":" in text:
            yield _PARTED
    if "民" in text:
        yield _ROC
    if "年" in text:
        yield _SPOKEN


def find_short(text: str) -> Found | None:
    """A day with a two-digit year, `15-03-27`, as some older templates show it.

    Only asked of short lines under a title: elsewhere it may be a score or an article number.
    """
    match = _SHORT.search(text) if "-" in text or "/" in text else None
    return _found(match) if match else None


def _found(match: re.Match[str]) -> Found | None:
    parts = match.groupdict()
    try:
        day = date(_year(parts), _month(parts["month"]), _day(parts.get("day") or parts["day2"]))
    except ValueError:
        return None
    at = None
    if parts.get("hour"):
        at = time(int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
    return Found(match.start(), match.end(), day, at)


def _year(parts: dict[str, str | None]) -> int:
    if roc := parts.get("roc"):
        return 1911 + int(roc)
    if short := parts.get("short"):
        return 2000 + int(short)
    digits = parts["year"] or ""
    return int("".join(_digit(char) for char in digits))


def _digit(char: str) -> str:
    return (
        char
        if char.isascii() and char.isdigit()
        else str("零一二三四五六七八九".find(char) % 11 % 10)
    )


def _month(text: str | None) -> int:
    return 1 if text == "元" else _day(text)


def _day(text: str | None) -> int:
    if not text or text.isdigit():
        return int(text or 0)
    tens, ten, ones = text.rpartition("十")
    number = "零一二三四五六七八九".index(ones) if ones else 0
    if not ten:
        return number
    return ("零一二三四五六七八九".index(tens) if tens else 1) * 10 + number


def iso(found: Found) -> str:
    """`2021-09-11T10:23:00+08:00`, or `2021-09-11` when no time is shown.

    Midnight to the second is what a template prints for "no time" (seen on 吉林 xxgk), so it
    counts as none; the cost is an article truly published at midnight.
    """
    if found.at is None or found.at == time(0):
        return found.day.isoformat()
    return datetime.combine(found.day, found.at, BEIJING).isoformat()


def parse(value: str) -> str | None:
    """The first day of a metadata value in the form of `iso`, or None.

    >>> parse("2019-09-07T09:59:22+08:00"), parse("1630894980000"), parse("20200907"), parse("09-07")
    ('2019-09-07T09:59:22+08:00', '2021-09-06T10:23:00+08:00', '2020-09-07', None)
    """
    value = value.strip()[:100]
    return _zoned(value) or _epoch(value) or _first(value)


def _first(value: str) -> str | None:
    found = next(find(value), None)
    if found is None:
        match = _COMPACT.match(value)
        found = _found(match) if match else find_short(value)
    return iso(found) if found else None


def _zoned(value: str) -> str | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)", value):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = moment.astimezone(BEIJING).replace(microsecond=0)
    return iso(Found(0, 0, moment.date(), moment.time()))


def _epoch(value: str) -> str | None:
    if not re.fullmatch(r"\d{10}(\d{3})?", value):
        return None
    seconds = int(value[:10])
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING)
    if moment.year < _FIRST_YEAR + 5:
        return None
    return iso(Found(0, 0, moment.date(), moment.time()))


_BEHIND_PATH = re.compile(r"[?#].*")
# /2020-09/01/, /2021/9/11/, /202109/11/, /202009/t20200911_1.html, /art/2021/9/11/, /20210911/
_IN_URL = (
    re.compile(r"/t(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)_\d"),
    re.compile(r"/(?P<year>(?:19|20)\d\d)[-_/](?P<month>[01]?\d)[-_/](?P<day>[0-3]?\d)(?=[/_.-])"),
    re.compile(r"/(?P<year>20\d\d)(?P<month>[01]\d)/(?P<day>[0-3]\d)/"),
    re.compile(r"/(?P<year>20\d\d)/(?P<month>[01]\d)(?P<day>[0-3]\d)(?=[/_.-])"),
    re.compile(r"[/_](?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?=[/_.-])"),
)


@lru_cache(maxsize=64)  # asked twice of a page
def url_date(url: str) -> str | None:
    """The day in a URL's path, `t20201124_…`, `/2020-09/01/`, `/2021/9/11/`, or None.

    On 99 government pages it was the displayed day on 95 and later on 4 (site migration).
    """
    path = _BEHIND_PATH.sub("", url)
    for pattern in _IN_URL:
        for match in pattern.finditer(path):
            found = _found(match)
            if found and found.day.year >= _FIRST_YEAR:
                return iso(found)
    return None


_DATELINE = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)\s?年\s?)?(?<![\d第])(?P<month>1[0-2]|0?[1-9])\s?月\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号號]"
)


def dateline(text: str) -> str | None:
    """The first day, with month and day, that the first paragraph names: when it happened.

    `XXXX-11-30` when no year stands with it. Right for news, whose first paragraph says when;
    wrong where that paragraph first cites an older decision: a day with a year before the
    paragraph's first bare day is such a citation only in law texts, so the first is taken.

    >>> dateline("11月30日上午,郑州市召开会议。"), dateline("本报讯 2021年9月6日,全市会议召开。")
    ('XXXX-11-30', '2021-09-06')
    >>> dateline("提纲:\\n自7月7日起") is None
    True
    """
    paragraph = next((line for line in text.split("\n") if line.strip()), "")
    for match in _DATELINE.finditer(paragraph):
        year, month, day = match["year"], int(match["month"]), int(match["day"])
        try:
            date(int(year) if year else 2000, month, day)
        except ValueError:
            continue
        return f"{year or 'XXXX'}-{month:02d}-{day:02d}"
    return None
