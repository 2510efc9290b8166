"""What a single line before or after an article says about it.

Every value is a candidate with its origin; choosing among them is archive/about/choose.py's.
Origins: `line:<label>` for a labelled value, `line:byline`, `line:credit`, `line:breadcrumb`,
`line:date` for a bare day, `line:beside-date` for a medium that stands beside one.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from archive import writing
from archive.about import bylines, dates, names, sources
from archive.about.labels import HAN, Labelled, fold, labelled, words
from archive.model import Candidate

_CRUMB = re.compile(r"\s*(?:>>|>|»|›|→|＞|/|／|\\|-|－|—|\||｜|·|::|\s{2,})\s*")
_CRUMB_SIGN = re.compile(
    "[:：﹕∶︰︓>＞»›→\\]】]"
)  # every breadcrumb has one behind its first words
_PAPER = re.compile(r"《([^《》\s]{2,14}报)》\s*[（(]\s*第\s*\w{1,3}\s*版")  # and its day between
_MOMENT = re.compile(r"(?<=\s)\d\d-\d\d\s{1,3}\d\d:\d\d$")  # 溪河融媒 03-16 09:10
_BARE = 60  # characters of a line without a label whose day is that of the article
_CRUMBS = 8  # of a way from the home page; a menu has more
_LONGEST = 400  # characters of a meta line with its toolbar, measured on 450 pages


@lru_cache(maxsize=4096)  # a line is read for the title, the window and the frame
def read_line(line: str) -> tuple[Candidate, ...]:
    """Every field a head or tail line speaks of; nothing for a title or a sentence.

    >>> [(c.field, c.value) for c in read_line("發佈時間：2021-09-06 10:23　來　源：天津日報　浏览：3")]
    [('published', '2021-09-06T10:23:00+08:00'), ('source', '天津日報')]
    >>> [(c.field, c.value) for c in read_line("所在位置:首頁 > 文字頭條 > 正文")]
    [('column', '文字頭條')]
    """
    line = line.strip()
    if not line or len(line) > _LONGEST:
        return ()
    found = labelled(line)
    values = [candidate for label in found for candidate in _from_label(label)]
    values += _column(line)
    if not any(c.field == "published" for c in values):
        values += _bare_date(line, found)
    elif not any(x.field == "source" for x in found) and len(line) <= _BARE:
        values += _behind_dated(line)
    if not any(c.field in ("authors", "editors") for c in values):
        values += bylines.byline(line) or _bracketed(line) or _behind_day(line)
    return tuple(dict.fromkeys(values))


def _behind_day(line: str) -> tuple[Candidate, ...]:
    """The byline of a short line that holds the day as well: 青溪日报 2023-12-21 08:20 记者 邱云."""
    asked = len(line) <= 2 * _BARE and writing.has_han(line)  # as every role and medium has
    day = next(dates.find(line), None) if asked else None
    if day is None:
        return ()
    found = bylines.byline(f"{line[: day.start]} {line[day.end :]}")
    return tuple(c for c in found if c.field == "authors")


def may_date(line: str) -> bool:
    """False for a line in which `read_line` finds no day: it has no sign of one, or it is long and has
    no label."""
    line = line.strip()
    return dates.may_hold_day(line) and (len(line) <= _BARE or bool(labelled(line)))


@lru_cache(maxsize=4096)
def read_labels(line: str) -> tuple[Candidate, ...]:
    """What `read_line` reads, without bare days and bylines: of lines away from the title."""
    line = line.strip()
    if not line or len(line) > _LONGEST:
        return ()
    values = [candidate for label in labelled(line) for candidate in _from_label(label)]
    values += _column(line)
    if not any(c.field in ("authors", "editors") for c in values):
        credit = _bracketed(line)
        values += credit if credit and not bylines.byline(line) else ()
    return tuple(dict.fromkeys(values))


def columns(line: str) -> list[Candidate]:
    """What `read_line` reads of breadcrumbs: the column and the one above it."""
    line = line.strip()
    return _column(line) if len(line) <= _LONGEST else []


def _bracketed(line: str) -> tuple[Candidate, ...]:
    """A line that is nothing but a credit in brackets."""
    if line[0] not in "（([【" or len(line) > 80 or not re.fullmatch(r"[（(\[【].*[)）\]】]", line):
        return ()
    inner = line[1:-1]
    plain = names.names(inner, strict=True)
    return bylines.credit(inner) or tuple(
        Candidate("authors", name, "line:credit") for name in plain if len(plain) > 1
    )


def _from_label(label: Labelled) -> list[Candidate]:
    origin = f"line:{label.label}"
    if label.field == "published":
        day = _day(label.value)
        if day is None and label.label == "发布" and names.names_medium(label.value):
            return [Candidate("source", label.value, "line:发布单位")]  # 发布：县气象局
        return [Candidate("published", day, origin)] if day else []
    if label.field == "source":
        source = sources.source_value(label.value)
        return [Candidate("source", source, origin)] if source else []
    if label.field in ("authors", "editors"):
        found = names.labelled_names(label.label, label.value)
        return [Candidate(label.field, name, origin) for name in found]
    return []


def _day(value: str) -> str | None:
    head = value[:40].lstrip(" [【(（|")
    for found in dates.find(head):
        return dates.iso(found) if found.start <= 2 else None
    short = dates.find_short(head)
    return dates.iso(short) if short and short.start == 0 else None


def _bare_date(line: str, found: tuple[Labelled, ...]) -> list[Candidate]:
    """A day that is most of a short line, and the medium beside it.

    Between labels the day stands before the first or behind the value of one that takes no day.
    """
    if len(line) > 120 or (len(line) > _BARE and not found):
        return []
    day = next(dates.find(line), None) or dates.find_short(line)
    if day is None:
        moment = _MOMENT.search(line) if len(line) <= _BARE and not found else None
        return _beside(line[: moment.start()]) if moment else []
    rest = (line[: day.start] + " " + line[day.end :]).strip()
    if not found and (re.search("[。；！？]", rest) or len(re.findall(f"[{HAN}]", rest)) > 24):
        return []
    if any(x.field == "other" and x.start < day.start < x.end for x in found):
        return []
    out = [Candidate("published", dates.iso(day), "line:date")]
    if not any(x.field == "source" for x in found):
        out += _beside(rest)
    return out


def _behind_dated(line: str) -> list[Candidate]:
    """The medium right behind a labelled day: 发表于 2023-3-16 09:30 | 青溪日报."""
    day = next(dates.find(line), None)
    rest = re.split(r"\s*[|｜丨]\s*|\s+", line[day.end :].lstrip(" |｜丨")) if day else []
    return _beside(rest[0]) if rest else []


def _beside(rest: str) -> list[Candidate]:
    if paper := _PAPER.match(rest):
        return [Candidate("source", paper[1], "line:beside-date")]
    for token in re.split(r"[\s|｜丨\[\]【】]+", rest)[:4]:
        if token and len(token) <= 16 and ":" not in fold(token) and names.names_medium(token):
            value = sources.source_value(token)
            if value:
                return [Candidate("source", value, "line:beside-date")]
    return []


def _column(line: str) -> list[Candidate]:
    named = [crumb for crumb in map(_crumb, breadcrumb(line)) if fold(crumb) not in _skipped()]
    named = [crumb for crumb in named if len(crumb) >= 2 and "。" not in crumb]
    out = [Candidate("column", crumb, "line:breadcrumb") for crumb in named[-1:]]
    # The last crumb may be the title; whoever chooses knows it and takes the one before.
    return out + [Candidate("column", crumb, "line:breadcrumb-parent") for crumb in named[-2:-1]]


def _crumb(text: str) -> str:
    """A crumb without what stands behind it in its line: 要闻 正文, 其他 字号：大 中 小."""
    found = labelled(text)
    head = text[: found[0].start] if found and found[0].start else text
    first, *rest = re.split(r"[\s\u3000]+", head.strip())
    return first if rest and all(fold(word) in _skipped() for word in rest) else head.strip()


@cache
def _skipped() -> frozenset[str]:
    return frozenset(map(fold, (*words("breadcrumb", "home"), *words("breadcrumb", "skip"))))


@cache
def _lead() -> re.Pattern[str]:
    leads = sorted(map(fold, words("breadcrumb", "lead")), key=len, reverse=True)
    spaced = "|".join(" {0,3}".join(lead) for lead in leads)
    return re.compile(rf"[\s·:>\[【]*(?:{spaced})\s*(?:是|为)?\s*[:>\]】]\s*")


@cache
def _home() -> re.Pattern[str]:
    homes = "|".join(sorted(map(fold, words("breadcrumb", "home")), key=len, reverse=True))
    return re.compile(rf"\s*\[?\S{{0,12}}?(?:{homes})\]?\s*(?:>>|>|»|›|→|＞)")


def breadcrumb(line: str) -> tuple[str, ...]:
    """The crumbs of a breadcrumb line, without its lead-in; empty when it is none.

    >>> breadcrumb("[首页] >> 新闻动态 >> 教育要闻"), breadcrumb("首页 关于我们 联系我们")
    (('首页', '新闻动态', '教育要闻'), ())

    Needs 当前位置: or a way from the home page with signs between.
    """
    if not _CRUMB_SIGN.search(line):
        return ()
    folded = fold(line)
    lead = _lead().match(folded)
    if not lead and not _home().match(folded):
        return ()
    body = line[lead.end() :] if lead else line
    crumbs = [crumb.strip(" []【】:：>＞") for crumb in _CRUMB.split(body[:300])]
    crumbs = [crumb for crumb in crumbs if crumb]
    return tuple(crumbs) if 1 < len(crumbs) <= _CRUMBS and all(len(c) <= 80 for c in crumbs) else ()


def is_byline(line: str) -> bool:
    """True when the whole line only says who wrote it, when, or where it is from.

    >>> is_byline("頂端新聞·河南商報 高嵩 通訊員 高慧恒"), is_byline("来源：新华社 2021-09-06 10:23")
    (True, True)
    >>> is_byline("记者：您怎么看这次改革？"), is_byline("9月6日，全市“双减”工作会议召开。")
    (False, False)
    """
    line = line.strip()
    if not line or len(line) > 120 or re.search(r"[。？！?!]", line):
        return False
    found = labelled(line)
    if not found:
        values = read_line(line)
        return any(c.field in ("authors", "source") for c in values)
    if found[0].start > 0 and not _is_filler(line[: found[0].start]):
        return False
    return all(len(x.value) <= 40 for x in found) and bool(read_line(line))


def names_editor(line: str) -> bool:
    """True for a line of nothing but credits that names an editor: 记者：李四 编辑：张三."""
    found = labelled(line)
    opens = bool(found) and found[0].start == 0
    return opens and any(label.field == "editors" for label in found) and is_byline(line)


def is_source(line: str, *, authors: bool = False) -> bool:
    """True for a line of nothing but 来源： and a name, 发布时间： and a day, or 记者： and names; with
    `authors` also for one of 作者：, as it stands under poems too.

    >>> is_source("来源：云水报社"), is_source("来源：一是拨款，二是自筹"), is_source("作者：丁兰")
    (True, False, False)
    """
    line = line.strip("（）()[]【】 ")
    if len(line) > _BARE or re.search("[，、；。]", line):
        return False
    found = labelled(line)
    if not found or found[0].start or not is_byline(line):
        return False
    if not {label.field for label in found} <= {"source", "authors", "published"}:
        return False
    if not authors and any(label.label.endswith(("作者", "文")) for label in found):
        return False
    days = ("line:发布", "line:发表", "line:更新")
    return any(c.field != "published" or c.origin.startswith(days) for c in read_line(line))


def all_names(value: str) -> bool:
    """Whether a value is nothing but names of people: 张三 李四."""
    return bool(names.names(value, strict=True))


def _is_filler(text: str) -> bool:
    return bool(next(dates.find(text), None)) or len(re.findall(f"[{HAN}]", text)) <= 12
