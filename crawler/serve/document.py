"""What every page of ours has: its head, the name of the house, the search box."""

from __future__ import annotations

from crawler.serve.markup import Markup, join, tag


def document(title: str, body: Markup, *, search: bool = True, asked: str = "") -> Markup:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title if title == "方志" else f"{title} · 方志"),
        tag("link", rel="stylesheet", href="/style.css"),
    )
    top = (
        tag("header", tag("a", "方志", href="/", class_="home"), search_box(asked))
        if search
        else None
    )
    return join(Markup("<!DOCTYPE html>"), tag("html", head, tag("body", top, body), lang="zh"))


def search_box(asked: str, *, large: bool = False) -> Markup:
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
