"""The name of a source out of the value behind its label."""

from __future__ import annotations

import re
from functools import cache

from archive.about import dates
from archive.about.labels import HAN, bare_words, fold, label_words, words
from archive.chinese import gazetteer

_EDGES = "[]【】|:：;；,，。╱/（( \u3000\xa0"
_ACCOUNTS = ("公众号", "微信号", "客户端", "微博", "视频号", "抖音号")
_ACCOUNT = re.compile("[“”]")  # “青溪发布”微信公众号
_LONGEST = 40  # characters; the longest source of 93 golds has 25


def source_value(value: str) -> str | None:
    """The name of a source out of a raw value, or None when it is no name of anybody.

    >>> source_value("《人民日报》 2021年09月06日 第1版"), source_value("网易版权所有")
    ('《人民日报》', None)
    >>> source_value("中国新闻社(北京)"), source_value("所属栏目：国内新闻")
    ('中国新闻社', None)

    Ends at a blank (templates put the next item there) unless Latin letters stand on both sides
    of it; the cost is a source with a blank inside, which loses its second part.
    """
    value = re.sub(
        r"^(?:摘自|转自|轉自|转载自|轉載自|(?:信息|文章|稿件|新闻)来源(?=.{3}))[:：]?",
        "",
        value.strip(),
    ).strip(_EDGES)
    value = re.split(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", value)[0]
    found = next(dates.find(value), None)
    value = value[: found.start] if found else value
    head, *rest = re.split("[:：]", value, maxsplit=1)
    if rest and fold(head).replace(" ", "") in label_words():
        return None
    value = _without_place(_without_tools(head.strip(_EDGES)))
    return None if _is_nobody(value) else value


def _is_nobody(value: str) -> bool:
    """True for clauses, labels, and the words templates put where a source is missing."""
    folded = fold(value)
    if not 2 <= len(value) <= _LONGEST or not re.search(f"[{HAN}A-Za-z]", value):
        return True
    spoken = _ACCOUNT.sub("", value) if value.endswith(_ACCOUNTS) else value
    if re.search("[。，！？；“”…]", spoken) or folded in label_words():
        return True
    inside = any(word in folded for word in _rejected("within"))
    return inside or folded.lower().startswith(_rejected("source"))


def _without_tools(value: str) -> str:
    """县人社局打印关闭: the buttons behind a source, where a template sets no blank between."""
    while (tool := next(filter(value.endswith, bare_words("other")), "")) and len(value) > len(
        tool
    ):
        value = value[: -len(tool)].rstrip(_EDGES)
    return value


def _without_place(value: str) -> str:
    """中国中新社(北京): the place of the office is not the name."""
    match = re.fullmatch(r"(.{2,30}?)\s*[（(]([^（()）]{2,4})[)）]", value)
    return match[1] if match and gazetteer.codes(match[2]) else value


@cache
def _rejected(key: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in words("reject", key))
