"""What lines of a plain text are, which has no markup: its title, and the page numbers of a printed document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.about import docnumber
from archive.text import linerules

_TITLE = 60  # characters of a title that stands alone
_OFFICIAL = 90  # … of an official document's
_NO_TITLE = re.compile(r"[。：:，,；;！？…]$|^[一二三四五六七八九十\d（(]+[、.．)）]")
_AMONG_HEAD = re.compile(r"[。：:，,；;…]$|^[一二三四五六七八九十\d（(]+[、.．)）]")  # 你来过吗？
_LABEL = re.compile("(?:文章|新闻|新聞|原)?(?:标题|標題|题目|題目)[：:] ?")
_ORIGINAL = re.compile("[（(]?原(?:标题|標題)[：:][^。]{4,60}")  # what another site titled the text
_NOTE = r"(?:[（(][^（）()。]{1,20}[)）])?"
_ABOUT = re.compile(
    r"[^，。；：:！？\s]{0,40}关于[^，。；：:！？]{4,70}的?"
    rf"(?:通知|公告|通告|通报|公示|意见|方案|办法|决定|批复|复函|函|报告|请示|规定|细则|说明|解读|答复|公开信|倡议书|议案|纪要){_NOTE}"
)
_NAMED = re.compile(
    rf"[^，。；：:！？\s]{{2,30}}(?:公告|通告|公报|讣告|启事|声明|公示|倡议书|感谢信|慰问信|公约|章程|条例|办法|细则){_NOTE}"
)
_ALONE = "title-alone"
_ABOVE = 2  # lines above the title of an official document
_HEADED = re.compile(
    r"[^，。；：:！？\s]{3,30}(?:政府|办公室|委员会|局|厅|委|院|中心|总队|支队|大队|公报|文件)|\d{4}年第\d{1,3}期(?:[（(]总第?\d{1,4}期[)）])?"
)

# — 3 —, 第 3 页 共 8 页
_PAGE = re.compile(
    r"[—–\-－·～~]{1,2}\s?(\d{1,3})\s?[—–\-－·～~]{1,2}|第\s?(\d{1,3})\s?页(?:[,，/／\s]{0,3}共\s?\d{1,3}\s?页)?"
)
_BROKEN = re.compile(r"[\u4e00-\u9fff，、]{20}$")  # a line that a page ended
_NUMBERED = re.compile(r"[一二三四五六七八九十\d（(第]+[、.．)）条章]")


def lone_title(lines: Sequence[str], at: int, *, blank: bool) -> tuple[str, ...]:
    """The rules of the lines from `at` on that are a title and what belongs to it; none where none begins.

    A short line without an end, a `blank` line behind it; the name of a kind of document (讣　告), 原标题：…; the title
    of an official document (关于…的通知, …管理办法), its office or gazette above it, its number below it.
    Below the latter two stands a sentence or salutation. Clean text has no blank lines, so the first is never
    found in it; cost of the others: a text that begins with the title of a document it then gives loses that
    line to the metadata.
    """
    line, follower = lines[at], lines[at + 1]
    if (linerules.is_genre(line) or _ORIGINAL.fullmatch(line)) and _opens(follower):
        return (_ALONE,)
    above = 0
    while above < _ABOVE and at + above + 1 < len(lines) and not _opens(lines[at + above + 1]):
        if not _HEADED.fullmatch(lines[at + above]):
            break
        above += 1
    title = at + above
    if title + 1 < len(lines) and _is_official(lines[title]):
        numbered = docnumber.number_of(lines[title + 1]) and title + 2 < len(lines)
        below = title + 2 if numbered else title + 1
        if _opens(lines[below]):
            return (*("above-head-line",) * above, _ALONE, *("head-line",) * bool(numbered))
    alone = blank and 4 <= len(line) <= _TITLE and _opens(follower)
    return (_ALONE,) if alone and not _NO_TITLE.search(line) else ()


def is_title(line: str) -> bool:
    """Whether a line right above one of day and source may be the title; it may ask."""
    return 4 <= len(line) <= _TITLE and not _AMONG_HEAD.search(line)


def title_of(line: str) -> str:
    """The title that such a line tells: without a label, a kind of document without its blanks.

    >>> title_of("标题：县水利局召开会议"), title_of("讣　告")
    ('县水利局召开会议', '讣告')
    """
    if linerules.is_genre(line):
        return "".join(line.split()).rstrip("：:")
    return _LABEL.sub("", line.strip("（()）") if _ORIGINAL.fullmatch(line) else line)


def _opens(line: str) -> bool:
    return linerules.is_sentence(line) or line[-1] in "：:"


def _is_official(line: str) -> bool:
    is_short = len(line) <= _OFFICIAL and not _NO_TITLE.search(line)
    return is_short and bool(_ABOUT.fullmatch(line) or _NAMED.fullmatch(line))


def page_numbers(lines: Sequence[str]) -> list[int]:
    """The lines that are nothing but page numbers of a printed document, by their place.

    They count on by one and stand below text. Numbers between dashes are those of pages where the last
    one ends the text; else they may be those of chapters.
    """
    found = [(i, m) for i, m in enumerate(map(_PAGE.fullmatch, lines)) if m]
    if len(found) < 2 or not any(map(linerules.mass, lines[: found[0][0]])):
        return []
    numbers = [int(match[1] or match[2]) for _, match in found]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return []
    is_foot = all(match[2] for _, match in found) or found[-1][0] == len(lines) - 1
    return [index for index, _ in found] if is_foot else []


def goes_on(above: str, below: str) -> bool:
    """Whether a page ended inside a paragraph, so that the line above its number goes on below."""
    return bool(_BROKEN.search(above)) and not _NUMBERED.match(below)
