"""What nearly every derivation loads, loaded: modules, the language model, public suffixes, patterns.

Imported by the server that the workers of a crawl are forked from, so that it is done once, beside
the start of the crawl, and a worker that takes another's place begins with it. A page is derived
instead of a list kept of what that needs.
"""

from __future__ import annotations

import gc
from contextlib import suppress

_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>某县召开防汛工作会议</title></head><body>
<div><a href="/">首页</a><a href="/xw/">新闻</a><a href="http://www.example.com/">链接</a></div>
<h1>某县召开防汛工作会议</h1><p>发布时间：2026-11-29 08:00 来源：某县人民政府</p><div>
<p>11月28日上午，某县召开防汛工作会议，总结今年的防汛工作，部署明年的任务。县长出席会议并讲话。</p>
<p>会议指出，各乡镇、各部门要提高认识，落实责任，加强巡查，确保人民群众的生命财产安全。</p>
</div></body></html>"""


def _load() -> None:
    from archive.derive import derive_file

    url = "http://www.example.gov.cn/xw/202611/t20261129_1.html"
    derive_file(_PAGE.encode(), "ready.html", url=url, captured=None, site=None, memory=None)
    gc.collect()
    gc.freeze()  # workers share what is here: a collection need not look at it, nor copy its pages


# What fails here, a broken installation as a rule, fails again in the worker that needs it, which
# says so of its page; here it would end the server, and every page would be told to have ended two workers.
with suppress(Exception):
    _load()
