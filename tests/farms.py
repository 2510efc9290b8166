"""Newly written pages and generated farms for the link-farm tests."""

from __future__ import annotations

import random
from collections.abc import Sequence

from lxml import etree

from archive import linkfarm, vocab
from archive.model import About, Edit
from archive.page import dom, nodes
from archive.steps import clean

URL = "http://www.yunxi-example.gov.cn/xwzx/2025/0611/4711.html"

# (title, paragraphs): written for these tests.
ARTICLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "云溪县组织开展夏季防溺水宣传",
        (
            "6月11日，云溪县教育局会同水利、公安等部门在柳湾镇开展防溺水宣传，沿河六个村的学生家长参加活动。",
            "志愿者向家长讲解了溺水急救要领，发放倡议书八百余份，并在重点水域补设警示牌四十二块、救生绳三十套。",
            "县教育局有关负责人表示，暑假期间将继续落实巡查值守制度，守护孩子们的平安假期。",
        ),
    ),
    (
        "柳湾镇油菜机收现场会在白塔村举行",
        (
            "5月20日上午，柳湾镇在白塔村召开油菜机收现场会，种粮大户和农机合作社负责人八十多人到场观摩。",
            "农技人员演示了分段收割和秸秆还田技术，并就减损增效回答了农户的提问。",
            "今年全镇种植油菜一万二千亩，预计亩产一百八十公斤，比上年略有增加。",
        ),
    ),
    (
        "县图书馆调整周末开放时间",
        (
            "为方便读者借阅，自本月起，县图书馆周末开放时间延长至晚上九时，少儿阅览室同步延长。",
            "馆内新购图书三千余册，增设自助借还设备两台，读者可凭身份证办理借阅手续。",
        ),
    ),
)
NAV = (
    '<div class="nav"><a href="/">首页</a> <a href="/xwzx/">新闻中心</a> '
    '<a href="/zwgk/">政务公开</a> <a href="/hdjl/">互动交流</a></div>'
)
FOOTER = (
    "<p>主办：云溪县人民政府办公室</p><p><a href='https://beian.miit.gov.cn/'>湘ICP备00000000号</a> "
    "网站标识码：0000000000 <a href='/map.html'>网站地图</a></p>"
)
POSITIONS = ("top", "before", "inside", "after", "footer", "end")


def page(
    article: int = 0,
    *,
    title: str | None = None,
    head: str = "",
    extra: Sequence[str] = (),
    **at: str,
) -> str:
    """A clean page with HTML put in at the named positions."""
    heading, paragraphs = ARTICLES[article]
    body = "\n".join(f"<p>{p}</p>" for p in (*paragraphs, *extra))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title or heading}</title>{head}</head>
<body>{at.get("top", "")}
{NAV}<h1>{at.get("heading", heading)}</h1>
{at.get("before", "")}<div class="article" id="zoom">{body}{at.get("inside", "")}</div>
{at.get("after", "")}<div class="footer">{FOOTER}{at.get("footer", "")}</div>
</body></html>{at.get("end", "")}"""


def host(rng: random.Random) -> str:
    letters = "bcdfghjkmnpqrstvwxyz23456789"
    name = "".join(rng.choice(letters) for _ in range(rng.randint(5, 9)))
    return f"www.{name}-t.{rng.choice(('com', 'net', 'cn', 'top', 'xyz', 'com.cn'))}"


def places(rng: random.Random, number: int) -> list[str]:
    names = [line.split("\t")[0] for line in vocab.lines("areas.tsv")]
    return rng.sample([name for name in names if 2 <= len(name) <= 9], number)


def anchors(texts: Sequence[str], rng: random.Random, separator: str = "|\n") -> str:
    made = [f'<a href="http://{host(rng)}/" target="_blank">{text}</a>' for text in texts]
    return separator.join(made) + (separator if separator.startswith("|") else "")


def words(element: dom.Element) -> str:
    """All visible text of a tree, block elements on lines of their own."""
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        silent = node.tag in {"script", "style", "head", "title"}
        if event == "start":
            inline = node.tag in {"a", "span", "em", "b", "font"}
            pieces += ["" if inline else "\n", "" if silent else node.text or ""]
        else:
            pieces += ["\n" if node.tag in {"p", "div", "li", "h1", "td"} else "", node.tail or ""]
    return "".join(pieces)


def taken(source: str, url: str | None = URL) -> tuple[str, str, tuple[Edit, ...]]:
    """Text left after both detectors, verdict, edits."""
    parsed = dom.parse(source)
    assert parsed is not None
    edits = linkfarm.prune(nodes.read(parsed.root), url)
    cleaned = clean(words(parsed.root), [linkfarm.strip_link_farms], About("html", url))
    edits += cleaned.edits
    return cleaned.text, linkfarm.verdict(edits, cleaned.text), edits


def plain(text: str) -> tuple[str, str, tuple[Edit, ...]]:
    """The same for text alone."""
    cleaned = clean(text, [linkfarm.strip_link_farms], About())
    return cleaned.text, linkfarm.verdict(cleaned.edits, cleaned.text), cleaned.edits
