"""Invented pages of a local government, as many as asked: the same number gives the same page."""

from __future__ import annotations

import random

from tests.prose import sentences

_COLUMNS = (
    "政务要闻",
    "通知公告",
    "部门动态",
    "乡镇之窗",
    "政策解读",
    "信息公开",
    "办事指南",
    "互动交流",
)
_TITLES = ("召开{}工作推进会", "开展{}专项检查", "关于做好{}工作的通知", "举办{}业务培训班")
WHOLE = 8  # KiB from which on a page holds a whole article
_MATTERS = ("防汛抗旱", "安全生产", "乡村振兴", "义务教育", "林长制", "医疗保障", "秋收秋种")


def title(number: int) -> str:
    """The headline of a page."""
    matter = _MATTERS[number % len(_MATTERS)]
    return f"青山县{_TITLES[number % len(_TITLES)].format(matter)}（第{number}期）"


def page(number: int, links: tuple[str, ...] = (), kib: int = 24) -> bytes:
    """One article in the frame of its site, about `kib` KiB, with links to other pages; below `WHOLE`
    a notice of some lines."""
    rng = random.Random(number)
    day = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    menu = "".join(f'<li><a href="/c{i}/">{name}</a></li>' for i, name in enumerate(_COLUMNS))
    body = sentences(rng.randint(8, 40) if kib >= WHOLE else rng.randint(2, 5), salt=number)
    text = "".join(f"<p>　　{''.join(body[i : i + 3])}</p>\n" for i in range(0, len(body), 3))
    more = "".join(
        f'<li><a href="{link}" title="{link}">{title(number + i)}</a><span>{day}</span></li>\n'
        for i, link in enumerate(links)
    )
    start = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title(number)}-青山县人民政府'
        f'</title>\n<meta name="ArticleTitle" content="{title(number)}">\n<meta name="PubDate" '
        f'content="{day} 08:30"></head><body>\n<div class="top"><ul>{menu * 4}</ul></div>\n'
        f'<div class="main"><h1>{title(number)}</h1>\n<div class="info">发布时间：{day} 08:30　'
        f'来源：县政府办公室</div>\n<div class="TRS_Editor">{text}</div></div>\n<ul>{more}</ul>\n'
    )
    end = '<div class="footer">青山县人民政府主办　备案号：XICP备00000000号</div></body></html>'
    size = len((start + end).encode())
    script = "".join(
        f"var v{rng.randrange(10**9)}={i};\n" for i in range(max(0, kib * 1024 - size) // 20)
    )
    return f"{start}<script>\n{script}</script>{end}".encode()
