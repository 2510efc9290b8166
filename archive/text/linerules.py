"""What a line around an article is: head, tail, toolbar, credit. Words in seeds/vocab/furniture.toml.

A rule looks at one line; where in the text it counts is decided by archive/text/furniture.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from archive import metadata, writing
from archive.about.labels import fold, labelled
from archive.text import framewords

HEAD_LINE = 90  # characters a head line may have, one that is a breadcrumb or byline more
TAIL_LINE = 60
_GENRE = 16  # characters of a title that names a kind of document, with blanks between
_REMEMBERED = 8192  # lines whose answer is kept: frames repeat from page to page
DISCLAIMER = 300  # characters of a line of the legal foot or of small print
META_LINE = 240  # characters of a line with two labels: the site's name and toolbars stand in it
_PUNCTUATION = re.compile("[，。；：、！？“”（）《》「」『』]")
# Asked where there is none of these.
_OTHER_MARK = re.compile(f"[\u3400-\u9fff][,;:!?][\u3400-\u9fff]|{writing.STOPS}")
_SENTENCE = 12  # Han of a line of running text
_DATE = re.compile(
    r"[\[(（【|]?\s*(?:\d{4}|\d{2})\s?[-年/.．]\s?\d{1,2}\s?[-月/.．]\s?\d{1,2}\s?日?"
    r"(?:[\s　T]*星期[一二三四五六日天])?(?:[\s　T]*\d{1,2}\s?[:：时]\s?\d{1,2}(?:[:：分]\s?\d{1,2})?\s?[秒分]?)?"
    r"(?:[\s　|]*(?:星期|周)[一二三四五六日天])?\s*[\])）】|]?"
)
# （二○二四年三月十八日） under a headline; without brackets it is a signature.
_SPOKEN_DAY = re.compile(
    r"[（(][一二][〇○零ΟOО0一二三四五六七八九]{3}年[元一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日[)）]"
)
# 某某新闻网 昨天 06:58
_AGO = re.compile(
    r"(?:\S{1,16}\s{1,4})?(?:昨天|今天|前天)\s{0,3}(?:\d{1,2}:\d\d)?"  # 走进今天 is a heading
    r"|\S{1,16}(?:昨天|今天|前天)\s{0,3}\d{1,2}:\d\d"
    r"|(?:\S{1,16}\s{1,4})?\d\d-\d\d\s{1,3}\d\d:\d\d"
    r"|(?:\S{1,16}\s{1,4})?(?:刚刚|\d{1,2}(?:分钟|小时|天|个月)前)\s{0,3}(?:\d{1,2}:\d\d)?"
)
# 原创 某某发布 某某发布 2022-06-28 18:30 发表于湖南: the line below the title of a post
_POST = re.compile(
    r"(?:原创\s+)?(?:\S{1,20}\s+){1,3}\d{4}-\d{1,2}-\d{1,2}(?:\s+\d{1,2}:\d\d)?\s*(?:发表于\s?\S{2,6}|收录于\s?\S{1,20})"
)
# The labels of a form, which may be the notice's own: a guest book has others besides.
_FORM = re.compile(r"(?:[\s*]*[\u4e00-\u9fff]{2,6}[\s*]*:[\s*]*){2,}")
# A day and a few words without Chinese: 2023-03-01 and a source in Korean or Tibetan.
_FOREIGN_META = re.compile(
    r"\s*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}:\d\d(?::\d\d)?)?\b.{0,40}$"
)
# 大山市人民政府主办: whose site it is, without a colon.
_HOST = re.compile(
    r"[^，。：:由]{2,24}(?:政府|办公室|委员会|局|厅|委|中心)(?:主管)?(?:主办|承办|主办维护)"
)
# 打开某某APP，查看更多: the call of a page for telephones. 打开“浙里办”APP alone is a step of a guide.
_APP = re.compile(
    r"(?:点击|扫码|立即|请)?(?:打开|下载|安装|前往)(?:(?:app|客户端)|[^。“”]{0,14}(?:app|客户端)"
    r"[,，\s]*(?:查看|阅读|观看|浏览|体验|参与|了解|更多|继续|看|获取).{0,24})[!>\s]*"
    r"|关注[^。]{2,20}(?:公众号|微信|视频号|抖音号?)[,，\s]*(?:(?:了解|获取|查看|看)更多.{0,8})?",
    re.IGNORECASE,
)
# The clock of an audio or video player, and its speed: 00:00/02:31 1.0x
_CLOCK = re.compile(
    r"\d{1,2}:\d\d(?::\d\d)?\s*/\s*\d{1,2}:\d\d(?::\d\d)?(?:\s*\d(?:\.\d{1,2})?\s*[xX倍])?"
)
_QUANTITY = re.compile(
    r"\d\s?[台箱组套把册间辆盒袋瓶吨][)]?$"
)  # 分享式投影仪 1台, an item of a list
_DATED = re.compile(r"^\s*(?:发布|发表|更新)?(?:时间|日期)\s*[|｜丨]\s*")  # 时间 | 2023-03-16
_GOES_ON = re.compile(r"[\d“《]")  # as a Han does behind a word
# （此处已添加视频，请到某某客户端查看）, where a page shows what another cannot
_EMBEDDED = re.compile(
    "[(（]?此处(?:已添加|为|有|是)(?:视频|小程序|音频|图片|链接|纸飞机|卡片)[^。]{0,6}(?:请[到在][^。]{2,14}(?:客户端|app)[^。]{0,4}查看)?[)）]?",
    re.IGNORECASE,
)
# What stands in place of a player: 您的浏览器不支持视频播放，请升级浏览器。
_NO_PLAYER = re.compile(r"(?:您|你)的浏览器(?:版本)?(?:不支持|过低|太低|未安装)[^“”]{0,40}$")
_COLUMN = re.compile(r"\s*[·|｜]\s*[\u4e00-\u9fff]{2,8}$")  # 2023-10-23 15:12 · 社区动态
_COUNTER = re.compile(r"\d{0,3}\s*[/／]\s*\d{1,3}")
_PAGER = re.compile(
    r"(?:共\s?\d+\s?页\s{0,3})?(?:当前)?第\s?\d+\s?页\s[^。]{0,20}(?:上|下)一?页|[\[\]\d\s.…|]*[<>«»]*\s*(?:上一?|下一?|前一?|后一?|尾|末)页(?:$|[\s\]>»|\d])"
)
_ONLY_PAGE = re.compile(r"(?:\[1\]|【1】)")  # the pager of an article of one page
_LABELLED = 12  # characters in which the colon of a label stands
_WITHOUT_YEAR = re.compile(r"(?:时间|日期):\s*\d{1,2}月\d{1,2}日.*\d{1,2}[时点:]")
_WHEN = re.compile("(?:会议|活动|开会)?(?:时间|時間|日期)[:：]")
_WHERE = re.compile(
    "(?:会议|會議|活动|活動)?(?:地点|地點|参加人员|參加人員|参会人员|出席|主持人?|列席|记录)[:：]"
)
_FILE = re.compile(r"附件|附表|附：|\.(?:docx?|xlsx?|pptx?|pdf|zip|rar|wps|et|ofd|txt)\b", re.I)
_FIGURE = re.compile(r"\d")
_BETWEEN_TOOLS = re.compile(r"[\s\[\]【】〖〗（）()|｜·:：︰+,，、/>»\d+\-–—_~*]*")
# Behind a role: 责任编辑部, 初审:3月20日前, 二审:维持原判, 校对:三遍以上
_NO_CREDIT = re.compile(
    r"奖|部|室|岗|工作|培训|制度|专业|\s*:[^:]{0,12}(?:\d{1,4}[年月日]|[判裁]|以上|通过)"
)
_SENTENCE_END = frozenset("。！？；…")
# A clause of a law: 第五十条 凡正式出版的成果，其著作权和版权归属按…
_CLAUSE = re.compile(r"\s*第[一二三四五六七八九十百零〇\d]{1,7}[条條章节節款编編]")
_BRACKETED = re.compile(r"[(\[【]\s*([^()\[\]【】]{2,20})[)\]】]")


def is_sentence(line: str) -> bool:
    """Twelve Han and full-width punctuation: a line of running text (or ASCII commas in it)."""
    return _han(line) >= _SENTENCE and _is_punctuated(line)


def _is_punctuated(line: str) -> bool:
    return bool(_PUNCTUATION.search(line) or _OTHER_MARK.search(line))


@lru_cache(maxsize=_REMEMBERED)
def mass(line: str) -> int:
    """Han characters of a sentence line; 0 for any other line."""
    han = _han(line)
    return han if han >= _SENTENCE and _is_punctuated(line) else 0


def _han(line: str) -> int:
    return writing.count(line)


@lru_cache(maxsize=_REMEMBERED)
def head_rule(line: str) -> str:
    """The rule by which a line above the text belongs to the frame; "" when none says so."""
    folded = fold(line).strip()
    if len(line) <= HEAD_LINE * 2 and metadata.breadcrumb(line):
        return "breadcrumb"
    if _is_meta_line(line):
        return "meta-line"
    if len(line) > HEAD_LINE:
        return ""
    if metadata.is_empty_row(line) or (
        framewords.head().match(folded) and not _says_something(folded)
    ):
        return "head-line"
    if _AGO.fullmatch(folded):
        return "head-line"
    if ("发表于" in folded or "收录于" in folded) and _POST.fullmatch(folded):
        return "meta-line"
    if not writing.has_han(line) and _FOREIGN_META.match(line):
        return "bare-date"
    if (
        is_bare_date(_COLUMN.sub("", _DATED.sub("", line)))
        or _SPOKEN_DAY.fullmatch(line.strip())
        or _is_dated_toolbar(line)
    ):
        return "bare-date"
    if framewords.BRACKETS.sub("", folded) in framewords.whole():
        return "toolbar"
    return ""


def _says_something(line: str) -> bool:
    """Whether a line that begins like one of the frame is the text's own: a sentence without a label
    (打印机、复印机等设备须走采购流程。), or the hour of a meeting (时间：12月5日上午9时)."""
    if _WITHOUT_YEAR.match(line):
        return True
    return is_plain_text(line) and is_sentence(line) and ":" not in line[:_LABELLED]


def is_meeting(line: str, below: Sequence[str]) -> bool:
    """True for the day of a meeting, whose place or people the next line tells: the text's own.

    >>> is_meeting("时间：12月3日", ["地点：三楼会议室"]), is_meeting("时间：2025-12-03", ["来源：本站"])
    (True, False)
    """
    return bool(_WHEN.match(line)) and bool(below) and bool(_WHERE.match(below[0]))


def is_byline(line: str) -> bool:
    """True for a short line that only says who wrote it, when, or where it is from."""
    return len(line) <= TAIL_LINE and not is_plain_text(line) and metadata.is_byline(line)


def _is_meta_line(line: str) -> bool:
    """Two labels of different fields or more in one line that does not end like a sentence."""
    if len(line) > META_LINE or is_plain_text(line) or not (":" in line or "：" in line):
        return False
    fields = {found.field for found in labelled(line)}
    return len(fields) > 1 and bool(fields & {"published", "source"})


@lru_cache(maxsize=_REMEMBERED)
def tail_rule(line: str) -> str:
    """The rule by which a line below the text ends it; "" when none says so."""
    if _CLAUSE.match(line):
        return ""
    if len(line) <= DISCLAIMER and is_disclaimer(line):
        return "disclaimer"
    if len(line) > TAIL_LINE:
        return ""
    folded = fold(line).strip().lstrip("·•●■◆<>«»‹›＜＞|-—*※★▪◀▶◄►←→☜☞▲▼△▽ ")
    folded = folded.replace("（", "(").replace("）", ")")
    if inner := _BRACKETED.fullmatch(folded):
        if framewords.sentences().match(inner[1]):
            return "tail-line"
        if framewords.sections().match(inner[1]) and framewords.tail().match(inner[1]):
            return "section"
    if (found := framewords.credit().match(folded)) and not _is_about(line, folded[found.end() :]):
        return "editor-credit"
    if "编" in folded and ":" in folded and metadata.names_editor(line):
        return "editor-credit"
    if framewords.survey().match(folded):
        return "survey"
    if _FORM.fullmatch(folded) and _is_guest_book(folded):
        return "tail-line"
    if _APP.fullmatch(folded) and not is_plain_text(line):
        return "tail-line"
    if _PAGER.match(folded) or _ONLY_PAGE.fullmatch(folded):
        return "pager"
    found = framewords.tail().match(folded)
    if found is not None and (_QUANTITY.search(folded) or _begins_otherwise(folded, found)):
        return ""
    if found is None or (is_plain_text(line) and not framewords.sentences().match(folded)):
        return ""
    if _declares_its_own(folded):
        return ""
    return "section" if framewords.sections().match(folded) else "tail-line"


def _begins_otherwise(line: str, found: re.Match[str]) -> bool:
    """Whether a line begins with a word of the frame and goes on as a text: 收藏品征集范围：…"""
    wanted = framewords.only().get(found[0])
    behind = line[found.end() :]
    goes_on = writing.has_han(behind[:1]) or _GOES_ON.match(behind) is not None
    if wanted is None or not goes_on:
        return False
    return wanted.match(behind.lower()) is None


def _is_guest_book(form: str) -> bool:
    """Whether labels are those of a form to write to a site: 姓名：电话：内容：, not 申请人：日期："""
    return not framewords.guest_book().isdisjoint(label.strip(" *") for label in form.split(":"))


def _is_about(line: str, rest: str) -> bool:
    """Whether a line only begins with a role: 责任编辑部接到举报后立即核查。责任编辑奖：吴六"""
    spoken = is_plain_text(line) and is_sentence(line) and writing.has_han(rest[:1])
    return spoken or _NO_CREDIT.match(rest) is not None


def _declares_its_own(line: str) -> bool:
    """Whether a line declares something that is no matter of texts, sites or rights, so that it is
    the notice's: 声明：本结果仅对抽检样品负责。"""
    found = framewords.declares().match(line)
    said = line[found.end() :] if found else ""
    return _han(said) > 0 and not (
        framewords.disclaimer().search(said) or framewords.small_print().search(said)
    )


def is_weak_tail(line: str) -> bool:
    """True for a tail line whose words a notice uses too: 登录网址：…, 主办单位：县文化馆."""
    return bool(framewords.weak().match(fold(line).strip()))


def is_disclaimer(line: str) -> bool:
    """True for the small print under an article: whose text it is, who is not to blame."""
    folded = fold(line)
    sure = set(framewords.disclaimer().findall(folded))
    return bool(sure) and len(sure | set(framewords.small_print().findall(folded))) > 1


@lru_cache(maxsize=_REMEMBERED)
def is_toolbar(line: str) -> bool:
    """True for a line that is nothing but toolbar words, signs and figures.

    >>> is_toolbar("【打印】 【关闭】"), is_toolbar("分享到："), is_toolbar("大小 2021"), is_toolbar("关闭矿山")
    (True, True, False, False)

    A single character such as 大 or 中 is left alone: it needs two words, or one of two characters.
    """
    if len(line) > TAIL_LINE:
        return False
    folded = fold(line)
    folded = _CLOCK.sub(" ", folded) if ":" in folded else folded
    rest, count = framewords.toolbar().subn("", folded)
    if not count:
        return False
    long = max((len(m) for m in framewords.toolbar().findall(folded)), default=0)
    bare = _BETWEEN_TOOLS.fullmatch(rest)
    digits = len(_FIGURE.findall(rest))
    return bool(bare) and digits < 4 and (long > 1 or count > 2)


def is_counter(line: str) -> bool:
    """True for the place in a gallery, `3/58`, or its length alone, `/58`; a fraction looks the
    same, so it counts only beside a toolbar."""
    return bool(_COUNTER.fullmatch(line.strip()))


@lru_cache(maxsize=_REMEMBERED)
def is_player_caption(line: str) -> bool:
    """True for the line under a video player: a title and the player's credit in brackets.

    A picture's caption has no such credit. Cost: a heading that cites a video in brackets.
    """
    return len(line) <= TAIL_LINE and bool(
        framewords.player().search(fold(line).rstrip())
        or _EMBEDDED.fullmatch(fold(line).strip())
        or _NO_PLAYER.match(line)
    )


@lru_cache(maxsize=_REMEMBERED)
def is_footer(line: str) -> bool:
    """True for a line with the words of a site's legal foot: two of them, or one in a short line.

    A line that ends like a sentence is none: articles speak of permits and hotlines too.
    """
    if len(line) > DISCLAIMER or is_plain_text(line):
        return False
    if line.rstrip().endswith("办") and _HOST.fullmatch(fold(line).strip()):
        return True
    found = set(framewords.footer().findall(fold(line)))
    if not found:
        return False
    return len(found) > 1 or (len(line) <= TAIL_LINE and not re.search("[，。；]", line))


@lru_cache(maxsize=_REMEMBERED)
def is_frame_line(line: str) -> bool:
    """True for a tail line, a line of the legal foot or a toolbar that is no sentence."""
    if is_plain_text(line):
        return False
    return bool(tail_rule(line)) or is_footer(line) or is_toolbar(line)


def is_genre(line: str) -> bool:
    """True for a line that is the name of a kind of document and nothing else.

    >>> is_genre("讣　告"), is_genre("公告："), is_genre("公告栏")
    (True, True, False)
    """
    return len(line) <= _GENRE and "".join(fold(line).split()).rstrip(":") in framewords.genres()


def is_plain_text(line: str) -> bool:
    """True for a line that ends like a sentence: no credit, whatever it begins with."""
    return line.rstrip()[-1:] in _SENTENCE_END


@lru_cache(maxsize=_REMEMBERED)
def names_file(line: str) -> bool:
    """True for a line that names an attachment."""
    folded = fold(line)
    return ("附" in folded or "." in folded) and bool(_FILE.search(folded))


def is_frame_name(names: str) -> bool:
    """True when a class or id (lower case, blanks between) has a word of the page's frame."""
    return bool(framewords.frame().search(names))


def is_bare_date(line: str) -> bool:
    """True when a line is nothing but a day or a moment."""
    return len(line) < 60 and _is_date(line)


@lru_cache(maxsize=_REMEMBERED)  # a line is asked for its value, its neighbours and the frame
def _is_date(line: str) -> bool:
    return bool(_DATE.fullmatch(line.strip()))


def has_day(line: str) -> bool:
    """True for a line that begins or ends with a day, as entries of a list do."""
    ends = line[:24] + "\n" + line[-24:]
    return bool(_FIGURE.search(ends) and _ENTRY.search(ends))


_ENTRY = re.compile(
    r"(?m)^[\[(（]?(?:(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|\d\d[-/]\d\d[\])）\s])|(?:\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d\d:\d\d(?::\d\d)?)?[\])）]?\s*$"
)


def _is_dated_toolbar(line: str) -> bool:
    """`| 15-03-27 | 【大 中 小】【打印】【关闭】`: a day and toolbar words."""
    if len(line) > TAIL_LINE or not _FIGURE.search(line):
        return False
    rest = framewords.BRACKETS.sub(" ", framewords.toolbar().sub(" ", fold(line))).strip()
    return rest != fold(line).strip() and is_bare_date(rest)
