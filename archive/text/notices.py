"""Lines that a notice has in common with the foot of a site: who holds an event, where to report, how to write.

A line by itself cannot tell: 主办单位：县文化馆 closes a page, and opens what a notice says of its event. The
lines around it can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def is_about_rights(title: str) -> bool:
    """Whether a title says that its text speaks of rights, as the small print below other texts does."""
    return _RIGHTS.search(title) is not None


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
