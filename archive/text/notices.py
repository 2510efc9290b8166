"""Lines that a notice has in common with the foot of a site: who holds an event, where to report, how to write.

A line by itself cannot tell: 主办单位：县文化馆 closes a page, and opens what a notice says of its event. The
lines around it can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from archive import metadata
from archive.about import dates
from archive.about.labels import fold
from archive.text import linerules

_NEAR = 6  # lines below the first of them: the longest run of hosts of an event seen
_HOST = re.compile(r"(?:主办|承办|主管|协办|指导|支持)(?:单位|方|机构)?\s*:\s*\S")
# What a notice says of its event, and no foot: those have addresses, telephones and numbers.
_EVENT = re.compile(
    r"(?:活动|比赛|会议|展览|演出|讲座|培训|报名|参赛|参加|征集|评选|招募|观展|表演)(?:时间|日期|地点|对象|主题|内容|方式|要求|范围)\s*:"
    r"|(?:时间|地点|对象|主题|协办|协办单位|主讲人?|嘉宾|票价|门票)\s*:"
)
_CONTACT = re.compile(
    r"(?:(?:举报|监督|投诉|咨询|联系|受理|服务)(?:电话|邮箱|信箱|热线|地址|方式|网址|网站|人)|(?:通信|通讯|来信|邮寄|办公)地址"
    r"|电子邮箱|电子邮件|邮箱|电话|传真|邮编|邮政编码|地址|网址|联系人|乘车路线)\s*:\s*\S"
)
_TOPIC = re.compile("举报|线索|投诉|监督|反映|受理")  # of a sentence above such lines
_LEAD = re.compile(r"(?:方式|途径|渠道|如下|以下|地址)\s*:$")
_SITE = re.compile(
    r"icp|备案|备\d|网安备|标识码|版权|copyright|技术支持|许可证|不良信息|网站地图", re.IGNORECASE
)


_RIGHTS = re.compile(
    "版权|转载|轉載|版權|著作权|著作權|侵权|侵權|盗版|盜版|知识产权|知識產權|声明|聲明"
)


@lru_cache(maxsize=64)  # of a page's title it is asked for each reading
def is_about_rights(title: str) -> bool:
    """Whether a title says that its text speaks of rights, as the small print below other texts does."""
    return _RIGHTS.search(title) is not None


_CLOSES = re.compile(
    r"[\s·•●■【\[(（《<>«»|—-]*(?:[上下前后][一]?[篇条页则]|相关|延伸|热点|热门|推荐|猜你|[您你]可能|大家都|为您|往期|分享|责任?编|编辑|返回|打印|关闭"
    r"|网友|最新|全部评|查看|发表|我要|我来|版权|免责|特别声明|本文|icp|更多|原标题|扫|点击|长按|关注|欢迎|本网|声明|copyright|©|顶|踩|赞)",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"icp|备案|备\d|网安备|标识码|版权所有|copyright|许可证|不良信息|网站地图", re.IGNORECASE
)
_OURS = re.compile("本[网站报刊社文页台]|来源|转载自|立场|观点|据此操作")  # in small print
_ACTS = re.compile(
    "办理|报名|缴费|查询|填写|登记|申请|预约|进入系统"
)  # for which a notice shows its code
_LABELLED = re.compile("[\u4e00-\u9fff]{2,8}[：:].")


@lru_cache(maxsize=8192)  # the frame of a site repeats from page to page
def may_stand_inside(line: str) -> bool:
    """Whether a line that looks like the frame may be a text's own, where its element holds the text above
    and below: no toolbar, no pager, no credit of people and no word that closes a text anywhere.

    >>> may_stand_inside("技术支持电话：0739-7221234"), may_stand_inside("上一篇：春耕")
    (True, False)
    """
    folded = fold(line).strip()
    rule = linerules.tail_rule(line)
    if rule == "disclaimer":
        return not _OURS.search(folded)
    if rule not in ("tail-line", "footer", "editor-credit", "") or linerules.is_toolbar(line):
        return False
    if _FOOT.search(folded) or metadata.is_byline(line):
        return False
    if _CLOSES.match(folded) and not (folded[0] in "扫用微" and _ACTS.search(folded)):
        return False
    value = folded.partition(":")[2]
    return rule != "editor-credit" or not (value and metadata.all_names(value))


def shows_text(line: str) -> bool:
    """Whether a line proves that a text goes on above it: a sentence of its own, the day of a signature."""
    if dates.is_signed_day(line):
        return True
    return linerules.is_plain_text(line) and linerules.is_sentence(line) and not _frames(line)


def gives(line: str) -> bool:
    """Whether a line gives a value of a notice, 办理地点：县政务中心, and is none of the frame."""
    return _LABELLED.match(line) is not None and not (_frames(line) or linerules.head_rule(line))


def _frames(line: str) -> bool:
    return bool(linerules.tail_rule(line)) or linerules.is_footer(line)


def is_own(lines: Sequence[str], index: int) -> bool:
    """Whether a line like one of a site's foot is the notice's own: a host of an event whose time or
    place is told right below, or a way to report below a sentence or a heading that asks for reports.

    Cost: the foot's telephone for reports right below an article that ends with such a sentence.

    >>> lines = ["主办单位：县文化馆", "活动时间：4月8日8:00"]
    >>> is_own(lines, 0), is_own(["主办单位：县政府", "地址：青溪路1号"], 0)
    (True, False)
    """
    folded = fold(lines[index])
    if _SITE.search(folded):
        return False
    if _HOST.match(folded):
        return _is_host(lines, index)
    return _CONTACT.match(folded) is not None and _is_contact(lines, index)


def _is_host(lines: Sequence[str], index: int) -> bool:
    for line in lines[index + 1 : index + 1 + _NEAR]:
        folded = fold(line)
        if _EVENT.match(folded):
            return True
        if not _HOST.match(folded):
            return False
    return False


def _is_contact(lines: Sequence[str], index: int) -> bool:
    for at in range(index - 1, max(-1, index - 1 - _NEAR), -1):
        folded = fold(lines[at]).strip()
        if _CONTACT.match(folded) and not _SITE.search(folded):
            continue
        if _LEAD.search(folded):
            return True
        sentence = linerules.is_sentence(lines[at]) and linerules.is_plain_text(lines[at])
        return sentence and _TOPIC.search(folded) is not None
    return False
