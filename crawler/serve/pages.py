"""Our own pages: what is held, what was found, one capture beside its text, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from archive.catalogue import Held, Listed, Totals
from crawler.serve import reading
from crawler.serve.markup import Markup, join, label, tag
from crawler.serve.timeline import kinds, readable, timeline

VIEWS = {
    "both": ("并排", "Side by side"),
    "text": ("文本", "Text"),
    "clean": ("净文", "Clean"),
    "page": ("网页", "Page"),
    "ledger": ("台账", "Ledger"),
}
KINDS = {
    "first": ("首次", "first"),
    "changed": ("有变", "changed"),
    "same": ("未变", "unchanged"),
    "moved": ("转向", "redirect"),
    "gone": ("失败", "error"),
}
VERDICTS = {
    "clean": ("无侵入", "clean"),
    "infected": ("有侵入链接", "infected"),
    "mirror": ("镜像站", "mirror"),
    "spam_page": ("垃圾页", "spam page"),
    "cloaked": ("伪装", "cloaked"),
}
LISTED = 200  # captures listed below the time line


def page_link(url: str, **more: str) -> str:
    """Where the captures of a URL are shown."""
    return "/page?" + urlencode({"url": url, **more})


def home(totals: Totals, newest: Sequence[Listed], still_open: int) -> Markup:
    """What the holdings have, and what came in last."""
    numbers = [
        _number(totals.captures, "次捕获", "captures"),
        _number(totals.pages, "个网址", "addresses"),
        _number(totals.articles, "篇文章", "articles"),
    ]
    span = f"{readable(totals.first)[:10]} — {readable(totals.last)[:10]}" if totals.first else ""
    waiting = (
        tag(
            "p",
            label(f"{still_open} 个文件正在写入，完成后可见", "files are being written"),
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
            _search_box("", large=True),
            class_="hero",
        ),
        tag("section", numbers, class_="numbers"),
        tag("p", span, class_="quiet center"),
        waiting,
        tag("h2", label("最近捕获", "Latest captures")) if newest else None,
        _list(newest),
    )
    return _document("方志", body, search=False)


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
    return _document(f"检索 {asked}", body, asked=asked)


def missing(what: str) -> Markup:
    """Nothing is held under that name."""
    body = tag(
        "main",
        tag("h2", label("不在馆藏中", "Not in the holdings")),
        tag("p", tag("code", what)),
    )
    return _document("不在馆藏中", body)


def capture(
    captures: Sequence[Held],
    shown: Held,
    result: Mapping[str, Any] | None,
    *,
    frame: str,
    view: str,
) -> Markup:
    """One capture: its place in time, its text with what was removed, the page in a frame."""
    view = view if view in VIEWS else "both"
    title = (result or {}).get("title") or shown.url
    tabs = [
        tag(
            "a",
            label(*names),
            href=_at(shown, view=name),
            aria_current="page" if name == view else None,
        )
        for name, names in VIEWS.items()
    ]
    panels: list[Markup] = []
    if view in ("both", "text"):
        panels.append(tag("article", reading.body(result), class_="text"))
    if view == "clean":
        panels.append(tag("article", reading.clean(result), class_="text"))
    if view == "ledger":
        panels.append(tag("article", reading.ledger(result), class_="text wide"))
    if view in ("both", "page"):
        panels.append(_frame(shown, frame))
    body = tag(
        "main",
        tag("h1", title, class_="title"),
        _about(shown, result),
        timeline(captures, shown, _at) if len(captures) > 1 else None,
        _legend(captures) if len(captures) > 1 else None,
        tag("nav", _neighbours(captures, shown), tag("span", tabs, class_="tabs"), class_="bar"),
        tag("div", panels, class_=f"panels {view}"),
        _captures(captures, shown),
        class_="full",
    )
    return _document(title, body)


def changes(
    old: Held, new: Held, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Markup:
    """What differs between the texts of two captures."""
    ends = [tag("a", readable(one.stamp), href=_at(one)) for one in (old, new)]
    body = tag(
        "main",
        tag("h2", label("变化", "Changes")),
        tag("p", tag("code", new.url), class_="address"),
        tag("p", ends[0], " → ", ends[1]),
        tag("article", reading.difference(before, after), class_="text wide"),
    )
    return _document("变化", body)


def _at(capture: Held, **more: str) -> str:
    return page_link(capture.url, at=capture.stamp, **more)


def _about(shown: Held, result: Mapping[str, Any] | None) -> Markup:
    """What is known about the capture and the article, in two lines."""
    row = result or {}
    verdict = VERDICTS.get(str(row.get("verdict")))
    facts = [
        tag("span", f"发布 {_time(row['published'])}") if row.get("published") else None,
        tag("span", f"来源 {row['source']}") if row.get("source") else None,
        tag("span", label(*verdict), class_=f"badge {row['verdict']}") if verdict else None,
        [tag("span", str(flag), class_="badge flag") for flag in row.get("flags", ())],
    ]
    shown_at = tag("span", label("捕获", "captured"), f" {readable(shown.stamp)}")
    status = tag("span", f"HTTP {shown.status}") if shown.status else None
    return join(
        tag("p", tag("code", shown.url), class_="address"),
        tag("p", shown_at, status, facts, class_="facts"),
    )


def _time(published: str) -> str:
    """Day, and hour and minute where the page gave them; the clock of the page, +08:00."""
    return published[:16].replace("T", " ")


def _frame(shown: Held, frame: str) -> Markup:
    """The captured page: another origin, sandboxed here as well as by its own policy.

    The name is the one pywb gives links that asked for a new window, so they lead back here.
    """
    return tag(
        "iframe",
        src=frame,
        sandbox="",
        name="___wb_replay_top_frame",
        title=f"捕获的网页 Captured page {shown.url}",
        referrerpolicy="no-referrer",
        loading="lazy",
        class_="page",
    )


def _neighbours(captures: Sequence[Held], shown: Held) -> Markup:
    at = captures.index(shown)
    before = captures[at - 1] if at else None
    after = captures[at + 1] if at + 1 < len(captures) else None
    compare = (
        tag(
            "a",
            label("与前次比较", "Compare"),
            href="/changes?"
            + urlencode({"url": shown.url, "old": before.stamp, "new": shown.stamp}),
        )
        if before
        else None
    )
    return tag(
        "span",
        tag("a", label("← 前次", "earlier"), href=_at(before), rel="prev") if before else None,
        tag("span", f"{at + 1} / {len(captures)}", class_="quiet"),
        tag("a", label("后次", "later →"), href=_at(after), rel="next") if after else None,
        compare,
        class_="steps",
    )


def _legend(captures: Sequence[Held]) -> Markup:
    seen = dict.fromkeys(kinds(captures))
    return tag(
        "p",
        [tag("span", label(*KINDS[kind]), class_=f"key {kind}") for kind in KINDS if kind in seen],
        class_="legend quiet",
    )


def _captures(captures: Sequence[Held], shown: Held) -> Markup:
    """Every capture, newest first, with the record it stands in."""
    pairs = list(zip(captures, kinds(captures), strict=True))[::-1]
    rows = [
        tag(
            "tr",
            tag("td", tag("a", readable(one.stamp), href=_at(one))),
            tag("td", label(*KINDS[kind]), class_=kind),
            tag("td", str(one.status or "—")),
            tag("td", one.mime),
            tag("td", tag("code", f"{one.file} @ {one.offset}")),
            tag("td", tag("code", one.digest[:23])),
            class_="shown" if one == shown else None,
        )
        for one, kind in pairs[:LISTED]
    ]
    names = (
        ("时间", "Time"),
        ("内容", "Content"),
        ("状态", "Status"),
        ("类型", "Type"),
        ("记录", "Record"),
        ("摘要", "Digest"),
    )
    head = tag("tr", [tag("th", label(*name)) for name in names])
    return tag(
        "details",
        tag("summary", label(f"全部捕获（{len(captures)}）", "All captures")),
        tag("table", tag("thead", head), tag("tbody", rows), class_="captures"),
        open=len(captures) > 1,
    )


def _list(found: Sequence[Listed]) -> Markup:
    rows = [
        tag(
            "li",
            tag("a", one.title or one.url, href=page_link(one.url), class_="name"),
            tag("span", one.url, class_="url") if one.title else None,
            tag(
                "span",
                tag("span", f"发布 {_time(one.published)}") if one.published else None,
                tag("span", label(f"{one.captures} 次", "captures")),
                tag("span", f"捕获 {readable(one.last)[:16]}"),
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


def _search_box(asked: str, *, large: bool = False) -> Markup:
    return tag(
        "form",
        tag(
            "input",
            type="search",
            name="q",
            value=asked,
            maxlength=500,
            aria_label="检索 Search",
            placeholder="标题或网址 Title or address",
            autofocus=large,
        ),
        tag("button", "检索"),
        action="/search",
        class_="search large" if large else "search",
        role="search",
    )


def _document(title: str, body: Markup, *, search: bool = True, asked: str = "") -> Markup:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title if title == "方志" else f"{title} · 方志"),
        tag("link", rel="stylesheet", href="/style.css"),
    )
    top = (
        tag("header", tag("a", "方志", href="/", class_="home"), _search_box(asked))
        if search
        else None
    )
    return join(Markup("<!DOCTYPE html>"), tag("html", head, tag("body", top, body), lang="zh"))
