"""Pages of one article become one article, whatever order they were captured in; no text is lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import parts
from archive.derive import derive
from archive.jsonl import edit_from_json, line, line_of
from archive.model import Capture
from archive.page import dom, nodes, pagination
from archive.relevance import Like, learn
from archive.steps import undo
from archive.textfiles import TextFile, joined
from archive.warcreader import ReadRecord, read
from tests.prose import paragraphs

FOLDER = "http://www.liuhe.test/xw/2021/"
START = datetime(2021, 9, 11, tzinfo=UTC)
TITLE = "柳河镇秋季水利建设现场会召开"


def page(
    number: int,
    *,
    last: int = 3,
    title: str = TITLE,
    body: str = "",
    head: str = "",
    foot: str = "",
) -> Capture:
    """A captured page of `123.html`, `123_2.html` …, with a pager that names its neighbours."""
    name = "123.html" if number == 1 else f"123_{number}.html"
    pager = "".join(
        f'<a href="{"123.html" if n == 1 else f"123_{n}.html"}">{n}</a> '
        for n in range(1, last + 1)
    )
    lines = [head, *(body or paragraphs(4, salt=number)).split("\n"), foot]
    shown = title if number == 1 else f"{title}({number})"
    html = (
        f"<html><head><title>{shown}</title></head><body><h1>{shown}</h1><div>"
        + "".join(f"<p>{each}</p>" for each in lines if each)
        + f"</div><div class='pager'>{pager if last > 1 else ''}</div></body></html>"
    )
    return Capture(
        FOLDER + name,
        START + timedelta(seconds=number),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        html.encode(),
        f"urn:uuid:{number}",
    )


def derived(*captures: Capture) -> list[str]:
    return [line(derive(capture)) for capture in captures]


def rows(lines: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The joined lines by their ids."""
    return {row["id"]: row for row in map(json.loads, joined(lines))}


THREE = derived(page(1), page(2), page(3))


def test_three_pages_are_one_article_and_two_continuations() -> None:
    found = rows(THREE)
    first = found["urn:uuid:1"]
    assert first["text"] == "\n".join(paragraphs(4, salt=number) for number in (1, 2, 3))
    assert first["title"] == TITLE
    assert "multi-page" in first["flags"]
    assert "missing-pages" not in first["flags"]
    for number in (2, 3):
        other = found[f"urn:uuid:{number}"]
        assert (other["rejected"], other["detail"]) == ("continuation", FOLDER + "123.html")


@given(st.permutations(THREE))
def test_the_order_of_capture_changes_only_the_order_of_the_lines(lines: list[str]) -> None:
    assert rows(lines) == rows(THREE)
    assert [json.loads(row)["id"] for row in joined(lines)] == [json.loads(r)["id"] for r in lines]


@given(st.permutations(THREE), st.integers(1, 3))
def test_joining_twice_changes_nothing(lines: list[str], count: int) -> None:
    once = list(joined(lines[:count]))
    assert list(joined(once)) == once


HEADS = st.sampled_from(("", "本报记者整理了各地的情况，分三页刊出。"))
FEET = st.sampled_from(("", "附：文中数据由县水利局提供，截至九月底。"))
DAMAGE = st.sampled_from(
    ("", "【打印本页】【关闭窗口】", "上一篇：关于召开现场会的通知", "責任編輯：王芳")
)


@given(st.lists(st.tuples(HEADS, FEET, DAMAGE), min_size=2, max_size=4))
def test_undone_the_article_gives_the_extracted_text_of_each_page(
    ends: list[tuple[str, str, str]],
) -> None:
    captures = [
        page(
            number, last=len(ends), head=head, foot=foot, body=paragraphs(3, number) + "\n" + damage
        )
        for number, (head, foot, damage) in enumerate(ends, 1)
    ]
    alone = [json.loads(row) for row in derived(*captures)]
    extracted = [undo(row["text"], [edit_from_json(e) for e in row["edits"]]) for row in alone]
    whole = rows(derived(*captures))["urn:uuid:1"]
    edits = [edit_from_json(edit) for edit in whole["edits"]]
    back = undo(whole["text"], edits)
    told = whole["evidence"]["multi_page"]["parts"]
    assert back == "\n".join(extracted)
    assert [back[part["start"] : part["end"]] for part in told] == extracted
    assert [part["edits"] for part in told] == [len(row["edits"]) for row in alone]
    own = [each for number in range(1, len(ends) + 1) for each in paragraphs(3, number).split("\n")]
    assert [each for each in whole["text"].split("\n") if each in own] == own


def test_lines_that_every_page_repeats_at_its_ends_stand_once() -> None:
    head, foot = "本报记者整理了各地的情况，分三页刊出。", "文中数据由县水利局提供，截至九月底。"
    found = rows(derived(*(page(number, head=head, foot=foot) for number in (1, 2, 3))))
    text = found["urn:uuid:1"]["text"].split("\n")
    assert (text.count(head), text.count(foot)) == (1, 1)
    assert (text[0], text[-1]) == (head, foot)


def test_pages_of_comments_under_one_body_add_nothing() -> None:
    body = paragraphs(5)
    found = rows(derived(*(page(number, body=body) for number in (1, 2, 3))))
    assert found["urn:uuid:1"]["text"] == body


def test_a_page_that_is_not_there_is_flagged_and_the_rest_joined() -> None:
    found = rows([THREE[0], THREE[2]])
    first = found["urn:uuid:1"]
    assert {"multi-page", "missing-pages"} <= set(first["flags"])
    assert first["evidence"]["multi_page"]["missing"] == [2]
    assert first["text"] == "\n".join(paragraphs(4, salt=number) for number in (1, 3))


def test_a_first_page_alone_says_that_pages_are_missing() -> None:
    alone, before = rows(THREE[:1])["urn:uuid:1"], json.loads(THREE[0])
    assert alone["evidence"]["multi_page"]["missing"] == [2, 3]
    assert [*before["flags"], "missing-pages"] == alone["flags"]
    kept = ("flags", "evidence")
    assert {k: v for k, v in alone.items() if k not in kept} == {
        k: v for k, v in before.items() if k not in kept
    }


def test_pages_without_their_first_stay_articles() -> None:
    assert list(joined(THREE[1:])) == THREE[1:]


def test_another_title_is_another_article() -> None:
    other = derived(page(2, title="关于调整城区公交线路的通告"))
    found = rows([THREE[0], *other])
    assert "rejected" not in found["urn:uuid:2"]
    assert "multi-page" not in found["urn:uuid:1"]["flags"]


def test_another_column_or_site_is_another_article() -> None:
    for key in ("column", "site"):
        changed = [json.loads(row) | {key: str(at)} for at, row in enumerate(THREE)]
        assert not any("rejected" in row for row in rows([line_of(r) for r in changed]).values())


def test_every_second_capture_of_a_page_goes_to_the_second_of_the_first() -> None:
    again = [json.loads(row) for row in THREE]
    for row in again:
        row["captured"], row["id"] = row["captured"].replace("2021", "2022"), row["id"] + "b"
    found = rows([*THREE, *map(line_of, again)])
    for mark in ("", "b"):
        told = found[f"urn:uuid:1{mark}"]["evidence"]["multi_page"]["parts"]
        assert [part["id"] for part in told] == [f"urn:uuid:{n}{mark}" for n in (1, 2, 3)]


def test_an_article_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LONGEST", len(THREE[0].encode()) + len(THREE[1].encode()) + 99)
    found = rows(THREE)
    assert found["urn:uuid:1"]["evidence"]["multi_page"]["missing"] == [3]
    assert "text" in found["urn:uuid:3"]


def test_what_is_no_line_passes_at_once_and_lines_before_the_first_page_too() -> None:
    other = derived(page(1, last=1))
    stream = joined([*other, None, *THREE])
    assert next(stream) == other[0]
    assert next(stream) is None


def test_a_text_file_holds_the_joined_lines_and_one_conversion_for_each_article(
    tmp_path: Path,
) -> None:
    other = derived(page(7, last=1))
    lines = [THREE[1], *other, THREE[0], THREE[2]]
    changed: list[tuple[str, str]] = []
    text = TextFile(tmp_path, "a.warc.gz")
    for each in lines:
        text.add(each)
    text.close(lambda before, after: changed.append((before["id"], after["id"])))
    assert (tmp_path / "a.jsonl").read_text("utf-8").splitlines() == list(joined(lines))
    assert [before for before, _ in changed] == [f"urn:uuid:{n}" for n in (2, 1, 3)]
    records = [
        record
        for record in read(tmp_path / "a-text.warc.gz")
        if isinstance(record, ReadRecord) and record.type == "conversion"
    ]
    named = {(r.get("WARC-Refers-To") or "").strip("<>"): r.block.read().decode() for r in records}
    articles = [row for row in rows(lines).values() if "rejected" not in row]
    assert named == {row["id"]: row["text_norm"] for row in articles}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-text.warc.gz", "a.jsonl"]


HARVEST = "全县秋粮收割已过八成，农机合作社投入联合收割机，水稻小麦烘干入库。\n种粮大户说今年亩产超过去年。"
SCHOOLS = "全县召开双减工作会议，研究校外培训机构治理。\n要求减轻学生作业负担，学校开展课后服务。"


@pytest.mark.parametrize(("wanted", "articles"), [(HARVEST, ["urn:uuid:1"]), (SCHOOLS, [])])
def test_further_pages_are_kept_for_the_sake_of_the_first_and_not_for_their_own(
    tmp_path: Path, wanted: str, articles: list[str]
) -> None:
    like = Like(learn([wanted, FOLDER]), 0.5)
    pages = (page(1, body=HARVEST, title="秋粮收割"), page(2, body=TITLE, title="秋粮收割"))
    lines = [line(derive(each, like=like)) for each in pages]
    found = rows(lines)
    assert [name for name, row in found.items() if "text" in row] == articles
    counted = Counter(row.get("rejected") for row in map(json.loads, lines))
    text = TextFile(tmp_path, "a.warc.gz")
    for each in lines:
        text.add(each)
    changed: list[tuple[Any, Any]] = []
    text.close(lambda *both: changed.append((both[0].get("rejected"), both[1].get("rejected"))))
    counted.subtract(before for before, _ in changed)
    counted.update(after for _, after in changed)
    assert rows((tmp_path / "a.jsonl").read_text("utf-8").splitlines()) == found
    assert +counted == Counter(row.get("rejected") for row in found.values())
    if articles:
        assert found["urn:uuid:1"]["text"].endswith(TITLE)
        assert found["urn:uuid:1"]["relevance"] >= 0.5
        assert found["urn:uuid:2"]["rejected"] == "continuation"
    else:
        assert {row["rejected"] for row in found.values()} == {"not-similar"}
        assert all(row["detail"].endswith("is below 0.5") for row in found.values())
        assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize(
    ("url", "markup", "number", "named"),
    [
        ("a/123.html", "<a href='123_2.html'>下一页</a>", 0, (2,)),
        ("a/123_2.html", "<a href='123.html'>上一页</a><a href='123_3.html'>3</a>", 2, (0, 3)),
        ("a/n1-1.html", "<a href='n1-1-2.html'>[2]</a>", 0, (2,)),
        (
            "a/t2021_69.shtml",
            "<script>createPageHTML(3, 0, 't2021_69', 'shtml')</script>",
            0,
            (1, 2),
        ),
        (
            "a/t2021_69_1.shtml",
            "<script>createPageHTML(3,1,'t2021_69','shtml')</script>",
            1,
            (0, 2),
        ),
        (
            "a/content.shtml",
            "<script>createPageHTML('p',3,1,'content','shtml',9)</script>",
            0,
            (2, 3),
        ),
        ("show.php?id=5", "<a href='?id=5&page=2'>2</a>", 0, (2,)),
        ("show.php?id=5&page=3", "<a href='show.php?page=2&id=5'>上一页</a>", 3, (2,)),
        ("a/123.html", "<select><option value='123_2.html'>第2页：经过</option></select>", 0, (2,)),
    ],
)
def test_a_page_knows_its_place_in_the_article(
    url: str, markup: str, number: int, named: tuple[int, ...]
) -> None:
    found = place(url, markup)
    assert found is not None
    assert (found.number, found.named) == (number, named)


@pytest.mark.parametrize(
    ("url", "markup"),
    [
        ("a/123.html", "<a href='124.html'>下一页</a>"),  # the next article
        ("a/123_2.html", "<a href='124.html'>下一页</a><a href='122_2.html'>上一页</a>"),
        ("a/123.html", "<a href='123_2.html'>另一篇报道</a>"),
        ("a/2020-11-24.html", "<a href='2020-11-25.html'>后一天</a>"),
        ("a/t2021_69.html", "<script>createPageHTML(1, 0, 't2021_69', 'html')</script>"),
        ("a/t2021_69.html", "<script>\n//createPageHTML(3, 0, 't2021_69', 'html')</script>"),
        ("a/t2021_69.html", "<script>createPageHTML(9, 0, 'index', 'html')</script>"),
        ("show.php?id=5", "<a href='show.php?id=6&page=2'>2</a>"),
    ],
)
def test_a_neighbour_or_a_list_is_no_page_of_the_article(url: str, markup: str) -> None:
    assert place(url, markup) is None


def test_a_digit_that_is_no_number_counts_no_pages() -> None:
    calls = [f'<script>createPageHTML({said}, 0, "123", "html");</script>' for said in ("²³", "3")]
    found = place("123.html", "\n".join(calls))
    assert found is not None
    assert found.named == (1, 2)


@given(st.text(), st.text())
def test_any_address_and_page_have_an_answer(url: str, source: str) -> None:
    place(url, source)


def place(url: str, markup: str) -> pagination.Place | None:
    parsed = dom.parse(f"<body>{markup}</body>")
    assert parsed is not None
    return pagination.place(nodes.read(parsed.root), markup, f"http://a.test/{url}")
