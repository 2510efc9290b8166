"""Links that a list makes by script: functions called, numbers chosen, data carried, addresses built."""

from __future__ import annotations

import pytest

from archive.page import dom
from crawler.discover import links

HOST = "http://www.example.gov.cn"


def _found(page: str, path: str) -> dict[str, tuple[str, str, str | None]]:
    parsed = dom.parse(page)
    assert parsed is not None
    found = links(parsed.root, HOST + path, page)
    return {link.url.removeprefix(HOST): (link.rel, link.text, link.list_date) for link in found}


def test_a_pager_that_calls_a_function_of_the_page_is_followed() -> None:
    found = _found(
        "<a href=\"javascript:gopage(2)\">下一页</a><a onclick='gopage(9);return false' href='#'>尾页</a>"
        '<script>function gopage(n){ window.location.href="list.jsp?cid=5&page="+n; }</script>',
        "/list.jsp?cid=5",
    )
    assert found["/list.jsp?cid=5&page=2"][0] == found["/list.jsp?cid=5&page=9"][0] == "pager"


def test_an_item_that_calls_a_function_keeps_its_title_and_day() -> None:
    found = _found(
        "<li><a href=\"javascript:void(0)\" onclick=\"show('77','tz')\">关于停水的通知</a><i>2024-01-05</i></li>"
        "<script>var show = function(id, kind){ window.open('/info/'+kind+'.do?id='+id); }</script>",
        "/list.do",
    )
    assert found["/info/tz.do?id=77"] == ("link", "关于停水的通知", "2024-01-05")


def test_what_a_call_does_not_say_makes_no_link() -> None:
    found = _found(
        '<a onclick="show(this)">一</a><a onclick="show(id())">二</a><a onclick="none(3)">三</a>'
        "<script>function show(id){ location.href='/info.do?id='+id; }</script>",
        "/list.do",
    )
    assert found == {}


def test_a_select_of_page_numbers_is_a_pager() -> None:
    found = _found(
        "<select onchange=\"window.location='list.asp?cid=5&page='+this.options[this.selectedIndex].value\">"
        '<option value="1">1</option><option value="2">2</option></select>',
        "/list.asp?cid=5",
    )
    assert found["/list.asp?cid=5&page=2"][0] == "pager"


@pytest.mark.parametrize(
    ("path", "script", "last"),
    [
        ("/news/list_12.html", "count:120,limit:15,jump:function(o){location.href='/news/list_12_'+o.curr+'.html'}", "/news/list_12_8.html"),
        ("/news/list_12_3.html", "count:120,limit:15,jump:function(o){location.href='/news/list_12_'+o.curr+'.html'}", "/news/list_12_8.html"),
        ("/list.php?cid=7", "function go(){ location.href='list.php?cid=7&page='+box.value; } // 共4页", "/list.php?cid=7&page=4"),
    ],
)  # fmt: skip
def test_an_address_with_an_unknown_number_is_that_of_further_pages(
    path: str, script: str, last: str
) -> None:
    pagers = [url for url, (rel, _, _) in _found(f"<script>{script}</script>", path).items()]
    assert pagers[-1] == last


@pytest.mark.parametrize(
    ("path", "script"),
    [
        ("/search.jsp", "function find(){ location.href='/search.jsp?key='+box.value; }"),
        ("/news/show_123.html", "function other(id){ location.href='/news/show_'+id+'.html'; }"),
        ("/xw/", "function other(id){ location.href='/bm/index_'+id+'.html'; }"),
    ],
)
def test_an_unknown_that_counts_no_pages_of_this_list_makes_no_link(path: str, script: str) -> None:
    assert _found(f"<script>{script}</script>", path) == {}


def test_items_in_data_and_markup_that_scripts_show_are_links() -> None:
    found = _found(
        r"""<script>var list=[{"title":"关于放假的通知","url":"\/xw\/202401\/1.html","date":"2024-01-02"}];</script>
        <script id="__NEXT_DATA__" type="application/json">{"list":[{"title":"\u4e8c\u6708","href":"/xw/2.html"}]}</script>
        <textarea style="display:none"><ul><li><a href="/xw/3.html">三月工作</a></li></ul></textarea>
        <script type="text/html"><li><a href="{{d.url}}">{{d.title}}</a></li></script>
        <li data-url="/xw/4.html">四月工作<span>2024-04-01</span></li><p data-url="/api/hits?id=3"></p>""",
        "/xw/",
    )
    assert found == {
        "/xw/202401/1.html": ("link", "关于放假的通知", "2024-01-02"),
        "/xw/2.html": ("link", "二月", None),
        "/xw/3.html": ("link", "三月工作", None),
        "/xw/4.html": ("link", "四月工作 2024-04-01", "2024-04-01"),
    }


def test_a_page_that_only_jumps_when_it_is_loaded_leads_there() -> None:
    assert _found("<body onload=\"top.location='main.asp'\"></body>", "/") == {
        "/main.asp": ("refresh", "", None)
    }


@pytest.mark.parametrize(
    "page",
    [
        "<a onclick=\"go('²')\">二</a><script>function go(n){location='list_'+(n-1)+'.html'}</script>",
        '<script>createPageHTML(²³, 0, "index", "shtml");</script>',
        '<script>createPageHTML("②", 0, "index", "shtml");</script>',
    ],
)
def test_a_digit_that_is_no_number_costs_no_other_link(page: str) -> None:
    assert "/xw/1.html" in _found(f"<a href='1.html'>通知</a>{page}", "/xw/index.shtml")
