"""Pages that lead to captures: the first one, results of a search, nothing found."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from archive.catalogue import Listed, Totals
from crawler.serve.document import document, search_box
from crawler.serve.markup import Markup, label, tag
from crawler.serve.reading import VERDICTS, page_link, published
from crawler.serve.timeline import readable


def home(totals: Totals, newest: Sequence[Listed], still_open: int) -> Markup:
    """What the holdings have, and what came in last."""
    numbers = [
        _number(totals.captures, "次捕获", "captures"),
        _number(totals.pages, "个网址", "addresses"),
        _number(totals.articles, "篇文章", "articles"),
    ]
    days = dict.fromkeys(readable(stamp)[:10] for stamp in (totals.first, totals.last) if stamp)
    waiting = (
        tag(
            "p",
            label(
                f"{still_open} 个文件正在写入，已显示其现有内容",
                "files are being written: shown so far",
            ),
            class_="quiet",
        )
        if still_open
        else None
    )
    body = tag(
        "main",
        tag(
            "section",
            tag("h1", "方志"),
            tag(
                "p", label("地方政务网页馆藏", "Archive of local-government pages"), class_="quiet"
            ),
            search_box("", large=True),
            class_="hero",
        ),
        tag("section", numbers, class_="numbers"),
        tag("p", " — ".join(days), class_="quiet center"),
        waiting,
        tag("h2", label("最近捕获", "Latest captures")) if newest else None,
        _list(newest),
    )
    return document("方志", body, search=False)


def results(asked: str, found: Sequence[Listed], page: int, *, more: bool) -> Markup:
    """What a search found."""
    steps = [
        tag("a", "← 上页", href="/search?" + urlencode({"q": asked, "page": page - 1}), rel="prev")
        if page > 1
        else None,
        tag("a", "下页 →", href="/search?" + urlencode({"q": asked, "page": page + 1}), rel="next")
        if more
        else None,
    ]
    nothing = tag("p", label("没有找到", "Nothing found"), class_="quiet")
    body = tag(
        "main",
        tag("h2", label("检索", "Search"), "：", asked),
        _list(found) if found else nothing,
        tag("nav", steps, class_="steps"),
    )
    return document(f"检索 {asked}", body, asked=asked)


def missing(what: str) -> Markup:
    """Nothing is held under that name."""
    body = tag(
        "main",
        tag("h2", label("不在馆藏中", "Not in the holdings")),
        tag("p", tag("code", what)),
    )
    return document("不在馆藏中", body)


def _list(found: Sequence[Listed]) -> Markup:
    rows = [
        tag(
            "li",
            tag("a", one.title or one.url, href=page_link(one.url), class_="name"),
            tag("span", one.url, class_="url") if one.title else None,
            tag(
                "span",
                tag("span", f"发布 {published(one.published)}") if one.published else None,
                tag("span", label(f"{one.captures} 次", "captures")),
                tag("span", f"捕获 {readable(one.last)[:16]} UTC"),
                tag("span", label(*VERDICTS[one.verdict]), class_=f"badge {one.verdict}")
                if one.verdict in VERDICTS and one.verdict != "clean"
                else None,
                class_="facts",
            ),
        )
        for one in found
    ]
    return tag("ol", rows, class_="found")


def _number(value: int, chinese: str, english: str) -> Markup:
    return tag("div", tag("b", f"{value:,}"), label(chinese, english))
