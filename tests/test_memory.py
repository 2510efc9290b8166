"""A site's memory is data: the same pages give the same bytes, and it says what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import memory
from archive.holdings import Holdings
from archive.model import Page
from archive.page.pagelines import page_lines
from crawler.commands.loose import _taught
from crawler.commands.spread import LESSONS

pages = st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=8)


@given(pages)
def test_what_is_written_is_what_is_read(kept: list[list[str]]) -> None:
    learned = memory.learn("zz.test", kept)
    assert memory.from_json(memory.to_json(learned)) == learned


@given(pages, st.randoms(use_true_random=False))
def test_the_order_of_pages_does_not_matter(kept: list[list[str]], shuffler: object) -> None:
    moved = list(kept)
    shuffler.shuffle(moved)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert memory.learn("zz.test", moved) == memory.learn("zz.test", kept)


def test_a_changed_line_is_noticed() -> None:
    text = memory.to_json(memory.learn("zz.test", [["页脚"]] * 5))
    with pytest.raises(ValueError, match="digest"):
        memory.from_json(text.replace("页脚", "页眉"))


def test_lines_of_every_day_are_one_line() -> None:
    learned = memory.learn("zz.test", [[f"今天是 2021年9月{day}日"] for day in range(1, 7)])
    assert memory.is_furniture(learned, "今天是2022年1月3日")


def test_bulletins_that_differ_in_their_figures_alone_are_text() -> None:
    pages = [
        [f"{day}日白天晴，最高气温{day + 9}℃，西北风{day % 3 + 2}级。", f"猪肉\t{day + 20}.5元"]
        for day in range(1, 9)
    ]
    learned = memory.learn("zz.test", pages)
    assert not any(memory.is_furniture(learned, line) for page in pages for line in page)
    constant = memory.learn("zz.test", [["地址：人民路8号，邮编：050000"]] * 8)
    assert memory.is_furniture(constant, "地址：人民路8号，邮编：050000")


def test_a_quarter_of_the_pages_makes_furniture() -> None:
    learned = memory.learn("zz.test", [["页脚"]] * 3 + [["另一行"]] + [[]] * 8)
    assert memory.is_furniture(learned, "页脚")
    assert not memory.is_furniture(learned, "另一行")


def test_text_inside_the_sentences_needs_most_pages() -> None:
    closing = "¶特此公告，请广大群众相互转告。"
    few = memory.learn("zz.test", [[closing]] * 5 + [[]] * 5)
    most = memory.learn("zz.test", [[closing]] * 7 + [[]] * 3)
    assert not memory.is_furniture(few, closing[1:])
    assert memory.is_furniture(most, closing[1:])


def test_disjoint_sets_of_pages_can_be_merged() -> None:
    one, two = ([["页脚", "菜单"]] * 4, [["页脚"]] * 3)
    merged = memory.merge(memory.learn("zz.test", one), memory.learn("zz.test", two))
    assert merged == memory.learn("zz.test", [*one, *two])


def test_the_article_is_told_from_its_frame() -> None:
    text = "".join(
        f"<p>第{n}项工作已经完成，全县上下齐心协力，成效明显，群众满意。</p>"
        for n in "一二三四五六"
    )
    source = f"<body><ul><li><a href=/>首页</a></li></ul><div>{text}</div><p>网站地图</p></body>"
    lines = page_lines(Page(source, "html"))
    assert "首页" in lines
    assert "网站地图" in lines
    assert sum(line.startswith("¶第") for line in lines) == 6


def test_a_site_gets_its_own_memory_and_not_that_of_one_named_alike(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    holdings = Holdings(tmp_path)
    own = memory.learn("dongkou", [["a"], ["a"]])
    holdings.keep_memory(own)
    holdings.keep_memory(memory.learn("dongkou-lyj", [["b"], ["b"]]))
    assert holdings.find_memory("dongkou") == own
    assert holdings.find_memory("dong") is None


def test_a_memory_of_years_has_the_frame_and_not_the_headlines_beside_it() -> None:
    known = memory.learn("zz.test", [["某县人民政府", "版权所有"]] * 20)
    for number in range(300):
        day = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in f"{number:03}")
        beside = [f"{day}镇的消息{place}" for place in "东西南北"]
        page = ["某县人民政府", "版权所有", *(beside if number % 2 else beside[:2])]
        known = memory.merge(known, memory.learn("zz.test", [page] * 2 + [page[:2]] * 18))
    assert known.pages == 20 + 300 * 20
    assert set(known.lines) == {"某县人民政府", "版权所有"}


def test_the_frame_of_a_relaunched_site_is_learned_however_long_its_history_is() -> None:
    known = memory.learn("zz.test", [["旧版页头"]] * 1000)
    for _ in range(20):
        known = memory.merge(known, memory.learn("zz.test", [["新版页头"]] * 6 + [["别的"]] * 4))
        assert "新版页头" in known.lines
    assert known.lines["新版页头"] == 120
    for _ in range(60):
        known = memory.merge(known, memory.learn("zz.test", [["新版页头"]] * 10))
    assert memory.is_furniture(known, "新版页头")


few = st.lists(st.lists(st.sampled_from(["页头", "版权", "甲", "乙"]), max_size=3), max_size=12)


@given(few, few)
def test_what_two_sets_of_pages_have_as_their_frame_both_together_have(
    first: list[list[str]], second: list[list[str]]
) -> None:
    one, two = (memory.learn("zz.test", kept) for kept in (first, second))
    both = memory.merge(one, two)
    assert both.pages == len(first) + len(second)
    for line in {line for page in (*first, *second) for line in page}:
        if memory.is_furniture(one, line) and memory.is_furniture(two, line):
            assert memory.is_furniture(both, line)


def test_a_list_of_pages_teaches_by_no_more_of_a_host_than_memory_holds(tmp_path: Path) -> None:
    """Of a long one every second page, to its end; and what holds no page teaches nothing."""
    asked: list[dict[str, Any]] = []
    for number in range(LESSONS + 1):
        page = tmp_path / f"{number}.html"
        line = "<p>今年县里种的树比往年多</p>" if number in (0, LESSONS) else ""
        page.write_text(f"<html><body><p>某县人民政府门户网站</p>{line}</body></html>", "utf-8")
        asked.append({"file": str(page), "url": f"http://a.test/{number}.html", "captured": None})
    asked.append({"file": str(tmp_path), "url": "http://folder.test/", "captured": None})
    learned = _taught(asked, 2)
    assert set(learned) == {"a.test"}
    assert learned["a.test"].pages == LESSONS // 2 + 1
    assert sorted(learned["a.test"].lines.values()) == [2, LESSONS // 2 + 1]
