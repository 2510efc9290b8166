"""Pages about captures: one beside its text in the row of its times, what changed between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from archive.catalogue import Held
from crawler.serve import reading
from crawler.serve.document import document
from crawler.serve.markup import Markup, join, label, tag
from crawler.serve.reading import VERDICTS, page_link, published
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
# Types a frame without scripts can show; a PDF viewer is a script.
_SHOWN = ("text/", "image/", "application/xhtml", "warc/revisit", "unk")
LISTED = 200  # captures listed below the time line


def capture(
    captures: Sequence[Held],
    shown: Held,
    result: Mapping[str, Any] | None,
    *,
    frame: str,
    payload: str,
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
        panels.append(_frame(shown, frame, payload))
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
    return document(title, body)


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
    return document("变化", body)


def _at(capture: Held, **more: str) -> str:
    return page_link(capture.url, at=capture.stamp, **more)


def _about(shown: Held, result: Mapping[str, Any] | None) -> Markup:
    """What is known about the capture and the article, in two lines."""
    row = result or {}
    verdict = VERDICTS.get(str(row.get("verdict")))
    facts = [
        tag("span", f"发布 {published(row['published'])}") if row.get("published") else None,
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


def _frame(shown: Held, frame: str, payload: str) -> Markup:
    """The captured page: another origin, sandboxed here as well as by its own policy.

    The name is the one pywb gives links that asked for a new window, so they lead back here. What
    a sandboxed frame cannot show is offered as a file.
    """
    if not shown.mime.startswith(_SHOWN):
        return tag(
            "div",
            tag(
                "p",
                label("此类文件不在页中显示", "Files of this type are not shown here"),
                class_="quiet",
            ),
            tag(
                "p",
                tag("code", shown.mime),
                "  ",
                tag("a", label("下载原件", "Download as captured"), href=payload),
            ),
            class_="text",
        )
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
