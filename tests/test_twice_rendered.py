"""A page that renders its body more than once gives it once, however short the notice is.

The ways are those seen on government sites: a view for desks and one for telephones, a large
print, two elements with one id, copies for the printer, for scripts, for browsers without them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from archive.derive import derive
from archive.jsonl import as_json, edit_from_json
from archive.model import Article, Capture
from archive.steps import undo
from tests.prose import sentences

TITLE = "柳河镇秋季水利建设现场会召开"
BYLINE = "<p>来源：柳河县水利局　发布时间：2021-09-11 09:12　浏览次数：12</p>"
HEAD = f"<h2>{TITLE}</h2>{BYLINE}"
FILE = "<p>附件：<a href='/f/1.doc'>报名表.doc</a></p>"
Lines = Sequence[str]


def paragraphs(lines: Lines) -> str:
    return "".join(f"<p>　　{each}</p>" for each in lines)


def breaks(lines: Lines) -> str:
    return "<br/>".join(f"　　{each}" for each in lines)


def large(lines: Lines) -> str:
    return "".join(f"<p><span style='font-size:22px'>{each}</span></p>" for each in lines)


WAYS: dict[str, Callable[[Lines], str]] = {
    "one id twice": lambda body: (
        f"<div class='pc'><div id='zoom'>{paragraphs(body)}</div></div>"
        f"<div class='wap'><div id='zoom'>{breaks(body)}</div></div>"
    ),
    "desk and telephone": lambda body: (
        f"<div class='pc-content'>{paragraphs(body)}</div><div class='m-content'>{breaks(body)}</div>"
    ),
    "each with its own head": lambda body: (
        f"<div class='mobile'>{HEAD}{large(body)}</div><div class='pc'>{HEAD}{paragraphs(body)}</div>"
    ),
    "each with its own credit": lambda body: (
        f"<div class='a'>{paragraphs(body)}<p>责任编辑：王芳</p></div>"
        f"<div class='b'>{paragraphs(body)}<p>责任编辑：王芳</p></div>"
    ),
    "three views, one hidden": lambda body: (
        f"<div id='pare'>{paragraphs(body)}</div><div id='pare'>{large(body)}</div>"
        f"<div id='pare' style='display:none'>{paragraphs(body)}</div>"
    ),
    "hidden by a style sheet": lambda body: (
        "<style>.wap{display:none}</style>"
        f"<div class='pc'>{paragraphs(body)}</div><div class='wap'>{paragraphs(body)}</div>"
    ),
    "the first one hidden": lambda body: (
        f"<div id='zoom' style='display:none'>{paragraphs(body)}</div>"
        f"<div class='con'>{paragraphs(body)}</div>"
    ),
    "side by side in one body": lambda body: (
        f"<div id='zoom'><div>{paragraphs(body)}</div><div>{paragraphs(body)}</div></div>"
    ),
    "for the printer": lambda body: (
        f"<div class='TRS_Editor'>{paragraphs(body)}</div>"
        f"<div id='print' style='display:none'>{HEAD}{paragraphs(body)}</div>"
    ),
    "in a text area": lambda body: (
        f"<div id='zoom'>{paragraphs(body)}</div>"
        f"<textarea style='display:none'>{paragraphs(body)}</textarea>"
    ),
    "in a script": lambda body: (
        f"<div id='zoom'>{paragraphs(body)}</div>"
        f"<script>window.__DATA__={{'content':'{''.join(body)}'}}</script>"
    ),
    "for browsers without script": lambda body: (
        f"<div id='zoom'>{paragraphs(body)}</div><noscript>{paragraphs(body)}</noscript>"
    ),
}


@pytest.mark.parametrize("count", [1, 3, 12])
@pytest.mark.parametrize("way", WAYS)
def test_the_body_counts_once(way: str, count: int) -> None:
    body = sentences(count, salt=3)
    article = derived(WAYS[way](body))
    assert article.text == "\n".join(body)
    assert article.title == TITLE
    edits = [edit_from_json(each) for each in as_json(article)["edits"]]
    assert set(body) <= set(undo(article.text, edits).split("\n"))


@pytest.mark.parametrize("way", ["one id twice", "each with its own head"])
def test_what_hangs_on_both_copies_counts_once(way: str) -> None:
    body = [*sentences(3), "附件：报名表.doc"]
    page = WAYS[way](body).replace("附件：报名表.doc", FILE)
    assert [link.name for link in derived(page).attachments] == ["报名表.doc"]


def test_two_views_of_different_text_both_stay() -> None:
    first, second = sentences(3, salt=1), sentences(3, salt=2)
    page = f"<div id='zoom'>{paragraphs(first)}</div><div id='zoom'>{paragraphs(second)}</div>"
    assert derived(page).text == "\n".join([*first, *second])


def derived(body: str) -> Article:
    menu = "<a href='/'>首页</a> <a href='/xw/'>新闻</a> <a href='/zw/'>政务</a>"
    html = (
        f"<html><head><title>{TITLE}_柳河县人民政府</title></head><body><div class='nav'>{menu}</div>"
        f"<h1>{TITLE}</h1>{BYLINE}{body}"
        "<div class='foot'>主办：柳河县人民政府 湘ICP备00000000号</div></body></html>"
    )
    result = derive(
        Capture(
            "http://www.liuhe.test/xw/2021/t20210911_1.html",
            datetime(2021, 9, 12, tzinfo=UTC),
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
            html.encode(),
            "urn:uuid:1",
        )
    )
    assert isinstance(result, Article)
    return result
