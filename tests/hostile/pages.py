"""Pages made to break a reader: each has the article, so that what comes out can be judged.

One function per page, named after what it does; `pages()` gives them all. Row names are those of
the fault list in docs/promises.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

SENTENCE = "会议强调，要把防汛备汛各项工作抓细抓实，确保人民群众生命财产安全。"
BODY = "".join(
    f"<p>{text}</p>"
    for text in (
        "本报讯 11月20日，清河县召开今冬明春水利建设工作会议，县水利局和各乡镇负责同志参加会议。",
        "会议听取了重点工程进展情况的汇报，研究了下一阶段的任务安排和资金保障。",
        SENTENCE,
        "会议要求，各乡镇要按照职责分工，倒排工期，挂图作战，按时完成年度建设任务。",
    )
)
Page = Callable[[], bytes]


def document(body: str = "", before: str = "", after: str = "", head: str = "") -> bytes:
    title = "<title>清河县召开水利建设工作会议</title>"
    inner = (
        f"<h1>清河县召开水利建设工作会议</h1>{before}<div class=content>{BODY}{body}</div>{after}"
    )
    page = f"<!doctype html><html><head><meta charset=utf-8>{title}{head}</head><body>{inner}</body></html>"
    return page.encode("utf-8", "surrogatepass")


def nested(tag: str, depth: int, closed: bool = True) -> bytes:
    return document(before=f"<{tag}>" * depth, after=f"</{tag}>" * depth * closed)


def stacked_marks() -> bytes:
    return document(body="<p>é" + "\u0301\u0316" * 80_000 + "</p>")


def forbidden_characters() -> bytes:
    raw = "\x00\x01\x0b\x0c\x1f\ufffe" + "&#0;&#1;&#12;&#x1f;&#xD800;&#x110000;&#99999999999;"
    return document(body=f"<p>{raw}</p>", before=raw)


def gbk_with_a_stray_byte() -> bytes:
    page = document().decode().replace("charset=utf-8", "charset=gb2312").encode("gbk")
    at = page.index("今冬".encode("gbk"))
    return page[:at] + b"\xff" + page[at:]


def says_utf8_is_gbk() -> bytes:
    return document().decode().encode("gb18030")


def half_utf8_half_gbk() -> bytes:
    return document() + "<p>版权所有 清河县人民政府办公室</p>".encode("gbk")


def utf16_without_a_mark() -> bytes:
    return document().decode().encode("utf-16-le")


def entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE h [<!ENTITY e0 "x">{entities}]>'.encode() + document(body="&e11;")


def entity_from_a_file() -> bytes:
    return b'<!DOCTYPE h [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + document(body="<p>&x;</p>")


def json_ld(data: str) -> bytes:
    return document(head=f'<script type="application/ld+json">{data}</script>')


def bad_dates() -> bytes:
    days = ("2024-13-45", "0000-00-00", "9999-99-99", "二〇二四年十三月", "٢٠٢٤-٠١-٠١", "民國百年")
    return document(before="".join(f"<span class=time>发布时间：{day}</span>" for day in days))


def many_dates() -> bytes:
    return document(after="<p>" + " 2024-01-01" * 30_000 + "</p>")


def pages() -> Iterator[tuple[str, Page]]:
    """Every page by its name."""
    for tag, depth in (
        ("div", 300),
        ("div", 10_000),
        ("div", 100_000),
        ("ul", 2_000),
        ("table", 500),
    ):
        yield f"H1-nested-{tag}-{depth}", lambda tag=tag, depth=depth: nested(tag, depth)
    for tag in ("font", "b", "a", "span"):
        yield f"H1-unclosed-{tag}", lambda tag=tag: nested(tag, 10_000, closed=False)
    short = "<p>短。</p>"
    yield "H2-short-paragraphs", lambda: document(after=short * 20_000)
    yield "H2-breaks", lambda: document(after="行。<br>" * 25_000)
    yield "H2-cells", lambda: document(after=f"<table>{'<tr><td>一<td>二' * 20_000}</table>")
    yield "H2-options", lambda: document(after=f"<select>{'<option>县' * 20_000}</select>")
    yield (
        "H2-attributes",
        lambda: document(after=f"<p {' '.join(f'a{n}=1' for n in range(20_000))}>"),
    )
    yield "H3-one-line", lambda: document(after=f"<p>{'长' * 1_500_000}</p>")
    yield "H3-one-word", lambda: document(after=f"<p>{'a7' * 500_000}</p>")
    yield "H3-one-attribute", lambda: document(after=f'<img src="data:,{"A" * 5_000_000}">')
    yield "H3-blanks", lambda: document(after=" \u3000\xa0" * 300_000)
    yield "H3-less-than", lambda: document(after="<" * 200_000)
    yield "H4-forbidden", forbidden_characters
    yield "H4-surrogates", lambda: document(body="<p>\ud800\udfff</p>")
    yield "H5-stray-byte", gbk_with_a_stray_byte
    yield "H5-lie", says_utf8_is_gbk
    yield "H5-mixed", half_utf8_half_gbk
    yield "H5-utf16", utf16_without_a_mark
    yield "H6-marks", stacked_marks
    yield "H6-expanding", lambda: document(body=f"<p>{'ﷺ' * 50_000}</p>")
    yield (
        "H6-bidi",
        lambda: document(body="<p>\u202e\u2066倒序\u2069\u202c\u200b\u200d\U000e0041</p>"),
    )
    yield "H7-deep", lambda: json_ld("[" * 200_000)
    yield "H7-digits", lambda: json_ld('{"datePublished":' + "9" * 50_000 + "}")
    yield "H7-types", lambda: json_ld('{"headline":[{}],"author":7,"datePublished":{"a":null}}')
    yield "H8-bomb", entity_bomb
    yield "H8-file", entity_from_a_file
    yield "H9-impossible", bad_dates
    yield "H9-flood", many_dates
    yield (
        "H10-links",
        lambda: document(
            after="".join(f"<a href=//s{n}.example/{n}.html>友情{n}</a>" for n in range(10_000))
        ),
    )
    yield "H11-plaintext", lambda: document(before="<plaintext>")
    yield "H11-comment", lambda: document(before="<!-- " + "- " * 50_000)
    yield "H11-script", lambda: document(before="<script>" + "x=1;" * 20_000)
    yield "H11-template", lambda: document(before="<template>" * 500)
    calls = "location", "function" + " " * 200_000, "function b(){location" * 20_000
    yield "H11-functions", lambda: document(before=f"<script>{''.join(calls)}</script>")
    yield "H11-rules", lambda: document(body="<p>a{" + ":" * 100_000)
    endless = "function a" + " " * 400_000 + "function b(){location" * 20_000
    yield "H11-functions", lambda: document(before=f"<script>{endless}</script>")
