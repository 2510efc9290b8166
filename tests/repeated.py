"""A site that serves the same bytes under several addresses, crawled twice."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from tests.answering import Answer, Asked, answering, article, define
from tests.commands import adds_up, fangzhi, report

HOST = "twice.test"
PAGES = ("/a/1.html", "/b/1.html")  # one article in two columns, the second with a validator
FILES = ("/a/annex.pdf", "/b/annex.pdf")
OTHER_TYPE = "/c/annex.pdf"  # the same bytes, said to be something else
SHORT = ("/a/short.html", "/b/short.html")
_TEXT = "测试县召开春耕生产工作会议，部署水利设施和农机检修，要求各乡镇抓好落实。"
BODY = article("测试县部署春耕", paragraph=_TEXT * 6)
ANNEX = b"%PDF-1.4\n" + bytes(range(256)) * 16


def answer(asked: Asked) -> Answer:
    tag = f'"{hashlib.md5(asked.path.encode(), usedforsecurity=False).hexdigest()}"'
    if asked.path == "/":
        return article("首页", *PAGES, *FILES, OTHER_TYPE, *SHORT)
    if asked.path == PAGES[1]:
        if asked.fields.get("if-none-match") == tag:
            return Answer(304, fields=(("ETag", tag),))
        return Answer(body=BODY.body, fields=(("ETag", tag),))
    if asked.path in PAGES:
        return BODY
    if asked.path in FILES or asked.path == OTHER_TYPE:
        kind = "application/octet-stream" if asked.path == OTHER_TYPE else "application/pdf"
        return Answer(body=ANNEX, type=kind)
    if asked.path in SHORT:
        return Answer(body="<p>稿件不存在</p>".encode())
    return Answer(404)


def crawled(folder: Path, times: int = 2) -> tuple[Path, list[dict[str, Any]]]:
    """The holdings of so many crawls, and their reports."""
    sites, holdings = define(folder / "sites", HOST), folder / "h"
    reports = []
    with answering(answer) as web:
        for _ in range(times):
            where = ("--sites", sites, "--holdings", holdings, "--proxy", web.proxy)
            done = fangzhi("crawl", *where)
            assert done.returncode == 0, done.stderr[-2000:]
            reports.append(report(holdings))
            assert adds_up(reports[-1])
    return holdings, reports
