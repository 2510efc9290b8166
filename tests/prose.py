"""Invented official prose for tests: as long as asked, no sentence twice."""

from __future__ import annotations

_PLACES = ("清溪乡", "白沙镇", "石桥村", "南湖区", "青山县", "柳河镇", "东岭村", "云台乡")
_WORKS = ("水渠", "道路", "校舍", "林地", "卫生室", "供电线路", "图书室", "养老院")
_STEPS = (
    "已经完成前期勘察，计划在年底以前交付使用",
    "由驻村干部带队逐户走访，登记了各户的困难",
    "邀请专家到现场查看，提出了五条改进办法",
    "把责任落到每个小组，每周公布一次进度",
    "得到群众普遍欢迎，报名参加的有数百人",
    "比去年同期提前两周，质量经检验全部合格",
    "安排专门资金，账目在公示栏里逐笔列出",
)


def sentences(count: int, salt: int = 0) -> list[str]:
    """`count` different sentences; another `salt` gives others."""
    return [_sentence(number + 1000 * salt) for number in range(count)]


def _sentence(number: int) -> str:
    place = _PLACES[number % 8]
    work = _WORKS[number // 8 % 8]
    step = _STEPS[number % 7]
    return f"{place}第{number + 1}项{work}工程{step}。"


def paragraphs(count: int, salt: int = 0) -> str:
    """`count` lines of two sentences each."""
    pairs = sentences(2 * count, salt)
    return "\n".join("".join(pairs[i : i + 2]) for i in range(0, 2 * count, 2))
