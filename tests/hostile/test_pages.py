"""Every hostile page: seconds, not minutes; megabytes, not gigabytes; an article or a reason."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from archive import limits
from crawler.sandbox import Sandbox
from tests.hostile import exhaust, measure, pages
from tests.shared import shared_folder

# The article stands inside a construct that is never closed, where a browser shows no article.
SWALLOWED = {"H11-comment", "H11-script", "H11-template"}
# Pages of the shared kit that hold no article, or hold it where nobody sees it.
NONE_THERE = {
    *("empty", "only_ws", "not_html_png", "soft404", "sitemap_bomb", "sitemap_xxe", "xml_bomb"),
    *("table_20k_rows", "big5", "comment_unclosed", "comment_open_flood", "script_unclosed"),
}
LARGE = {"text_1line_20MB", "text_1line_50MB", "paras_20MB", "wide_p_1M", "wide_div_500k"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(2, exhaust.prepare) as running:
        yield running


def told(sandbox: Sandbox, name: str, data: bytes) -> dict[str, Any]:
    """What the worker says of a page; within the limits, whatever it says."""
    found: dict[str, Any] = json.loads(sandbox.submit(measure.derive, name, data).result(120))
    assert found["cpu"] < limits.SECONDS, found["cpu"]
    assert found["resident"] < limits.MEMORY, found["resident"]
    told = (found["rejected"] and found["detail"]) or "low-text" in (found["flags"] or ())
    assert found["text"] or told, "silently empty"
    return found


@pytest.mark.parametrize("name", [name for name, _ in pages.pages()])
def test_a_hostile_page_is_bounded_and_keeps_its_article(sandbox: Sandbox, name: str) -> None:
    found = told(sandbox, name, dict(pages.pages())[name]())
    if name in SWALLOWED:
        assert found["text"] or "low-text" in found["flags"]
    else:
        assert not found["rejected"], found["detail"]
        assert pages.SENTENCE in found["text"]


@pytest.mark.parametrize("name", [name for name, _ in pages.pages()])
def test_the_links_of_a_hostile_page_are_looked_for_in_bounded_time(
    sandbox: Sandbox, name: str
) -> None:
    data = dict(pages.pages())[name]()
    assert json.loads(sandbox.submit(measure.links, data).result(120)) < limits.SECONDS


def kit() -> Any:
    folder = shared_folder()
    if folder is None:
        pytest.skip("the shared kit of hostile inputs is not here")
    sys.path.insert(0, str(folder / "tools/hostile"))
    import make_hostile

    return make_hostile


def test_every_page_of_the_kit_is_bounded_and_keeps_its_article(sandbox: Sandbox) -> None:
    sentence = "会议强调"
    lost = []
    for name, page in kit().HTML.items():
        found = told(sandbox, f"{name}.html", page())
        if name not in NONE_THERE and sentence not in (found["text"] or ""):
            lost.append((name, found["rejected"]))
    assert not lost


@pytest.mark.soak
def test_pages_of_many_megabytes_are_bounded_and_never_silently_empty(sandbox: Sandbox) -> None:
    for name, page in kit().BIG.items():
        found = told(sandbox, f"{name}.html", page())
        assert found["rejected"] in (None, "resource-limit"), name
        assert (found["rejected"] == "resource-limit") >= (name in LARGE)


def test_the_same_page_gives_the_same_line_whatever_came_before(sandbox: Sandbox) -> None:
    page = pages.document()
    every = [sandbox.submit(measure.derive, "a.html", page) for _ in range(5)]
    rows = [json.loads(one.result(60)) for one in every]
    assert len({(row["text"], row["rejected"]) for row in rows}) == 1
