"""Where pages lead: anchors, scripts, pagers of each CMS family, replies, feeds, saved trees."""

from __future__ import annotations

import gzip
import tarfile
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.page import dom
from crawler.discover import Found, links, needs_script
from crawler.links.lists import list_name, page_number
from crawler.links.replies import feed_text, reply_links
from crawler.links.scripts import written
from crawler.links.traps import shape, trap
from tests.shared import shared_folder

URL = "http://www.qinghe.test/xw/index.html"


def found(source: str, url: str = URL) -> list[Found]:
    parsed = dom.parse(source)
    return links(parsed.root, url, source) if parsed else []


def one(source: str, url: str = URL) -> Found:
    (only,) = found(source, url)
    return only


def urls(source: str, url: str = URL, rel: str | None = None) -> list[str]:
    return [
        link.url.removeprefix("http://www.qinghe.test")
        for link in found(source, url)
        if rel in (None, link.rel)
    ]


def test_a_list_item_gives_address_title_and_day() -> None:
    source = (
        '<ul><li><a href="./202109/t20210911_1.html" title="清河县召开教育工作会议">清河县召开…</a>'
        "<span>2021-09-11</span></li></ul>"
    )
    assert one(source) == Found(
        "http://www.qinghe.test/xw/202109/t20210911_1.html",
        "清河县召开教育工作会议",
        "link",
        False,
        "2021-09-11",
    )


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("[2021-09-11 10:23]", "2021-09-11"),
        ("2021/09/11", "2021-09-11"),
        ("2021年9月11日", "2021-09-11"),
        ("[2021.09.11]", "2021-09-11"),
        ("09-10", "2021-09-10"),  # the year of the address
        ("9月10日", "2021-09-10"),
        ("", None),
        ("2021-09-11 至 2021-10-01", None),
    ],
)
def test_the_day_of_a_list_item_is_read(shown: str, day: str | None) -> None:
    item = f'<li><a href="./202109/t20210911_1.html">会议</a> <span>{shown}</span></li>'
    assert one(item).list_date == day


def test_a_day_without_any_year_stays_without() -> None:
    assert one('<li><a href="/c/1.html">会议</a><span>12-31</span></li>').list_date == "XXXX-12-31"


def test_a_date_in_the_title_is_not_the_item_s() -> None:
    item = '<li><a href="/c/1.html">关于2020年9月1日停水的通知</a><span>2020-08-30</span></li>'
    assert one(item).list_date == "2020-08-30"


@pytest.mark.parametrize(
    "inside", ["<h3>会议</h3><span>2021-09-11</span>", "<h3>会议(2021-09-11)</h3><p>开会</p>"]
)
def test_a_day_may_stand_in_the_link_itself(inside: str) -> None:
    assert one(f'<div><a href="/c/1.html">{inside}</a></div>').list_date == "2021-09-11"


def test_what_is_no_page_is_dropped() -> None:
    anchors = "".join(
        f'<a href="{href}">x</a>'
        for href in ("javascript:;", "mailto:a@b.test", "tel:1", "", "http://[x", "file:///a")
    )
    assert found(anchors + '<a name="top">x</a>') == []


def test_base_href_is_honoured() -> None:
    assert urls('<base href="/gov/"><a href="a.html">x</a>') == ["/gov/a.html"]
    assert urls('<base href="javascript:"><a href="a.html">x</a>') == ["/xw/a.html"]


@pytest.mark.parametrize(
    "block",
    [
        '<div style="display:none;">{}</div>',
        '<div style="DISPLAY : NONE"><p><span>{}</span></p></div>',
        "<div style='visibility: hidden'>{}</div>",
        "<div hidden>{}</div>",
        '<div style="position:absolute;left:-9999px">{}</div>',
        '<div style="height:1px;overflow:hidden">{}</div>',
    ],
)
def test_a_hidden_block_marks_its_links(block: str) -> None:
    assert one(block.format('<a href="http://spam.test/">x</a>')).hidden
    assert not one('<div style="display:block"><a href="http://b.test/">x</a></div>').hidden


def test_a_link_also_shown_openly_is_not_hidden() -> None:
    assert not one('<p hidden><a href="/a/">x</a></p><a href="/a/">x</a>').hidden


def test_hidden_unclosed_anchors_stay_in_their_block() -> None:
    source = '<div style="display:none"><a href="http://a.test/">甲<a><a href="http://b.test/">乙<a></div><a href="/c">丙</a>'
    assert [link.hidden for link in found(source)] == [True, True, False]


@pytest.mark.parametrize(
    ("markup", "rel"),
    [
        ('<area href="/a.html">', "area"),
        ('<iframe src="/a.html"></iframe>', "iframe"),
        ('<meta http-equiv="Refresh" content="0;URL=/a.html">', "refresh"),
        ("<meta http-equiv=refresh content=\"0; url='/a.html'\">", "refresh"),
        ('<script>location.href="/a.html"</script>', "refresh"),
        ("<script>window.location.replace('/a.html');</script>", "refresh"),
        ("<p onclick=\"window.open('/a.html')\">x</p>", "link"),
        ("<script>document.write('<a href=\"/a.html\">x</a>')</script>", "link"),
        ('<link rel="alternate" type="application/rss+xml" href="/a.html">', "feed"),
        ('<a href="/a.html">下一页</a>', "pager"),
        ('<a href="/a.html">[ 下页 ]</a>', "pager"),
        ('<a href="/a.html">公告</a>', "link"),
        ('<a herf="/a.html">公告</a>', "link"),
        ('<option value="/a.html">公告</option>', "link"),
    ],
)
def test_every_kind_of_link_is_found_and_named(markup: str, rel: str) -> None:
    link = one(markup)
    assert (link.url, link.rel) == ("http://www.qinghe.test/a.html", rel)


@pytest.mark.parametrize(
    "href",
    [
        "/W02021.pdf",
        "P02021.DOC",
        "/a.jpg",
        "/module/download/downfile.jsp?classid=0&filename=a.pdf",
        "a.ofd?x=1",
    ],
)
def test_files_are_attachments(href: str) -> None:
    assert one(f'<a href="{href}">附件</a>').rel == "attachment"


def test_the_next_page_of_an_article_is_not_a_list_page() -> None:
    article = "http://www.qinghe.test/xw/202109/t20210911_1.html"
    assert urls('<script>createPageHTML(2,0,"t20210911_1","html")</script>', article, "next") == [
        "/xw/202109/t20210911_1_1.html"
    ]
    dede = "http://www.qinghe.test/a/2021/0911/123.html"
    assert urls('<a href="123_2.html">下一页</a>', dede, "next") == ["/a/2021/0911/123_2.html"]
    assert urls(
        '<a href="list_12_2.html">下一页</a>', "http://www.qinghe.test/a/list_12_1.html", "pager"
    )


def test_numbers_under_an_article_are_its_pages_and_under_a_list_the_list_s() -> None:
    numbers = '<a href="{0}_2.html">2</a><a href="{0}_3.html">[3]</a><a href="/9.html">9</a>'
    article = "http://www.qinghe.test/2021-09/11/c_111421282.html"
    assert [x.rel for x in found(numbers.format("c_111421282"), article)] == [
        "next",
        "next",
        "link",
    ]
    column = "http://www.qinghe.test/channels/18404.html"
    assert [x.rel for x in found(numbers.format("18404"), column)] == ["pager", "pager", "link"]


def test_names_in_written_links_are_looked_up() -> None:
    script = """var str = ""; var str_1 = "./t20170808_2.html"; var title = '调研';
        if (str == "") { document.write('<a href="'+str_1+'" title="'+title+'">'+title+'</a>'); }"""
    assert [(link.href, link.text) for link in written(script)] == [("./t20170808_2.html", "调研")]


@pytest.mark.parametrize(
    "script",
    [
        "for (var i = 0; i < 9; i++) document.write('<a href=\"index_'+i+'.html\">'+i+'</a>')",
        "location.href = '/search?key=' + key;",
        "location.href = url;",
        "// document.write('<a href=\"/old.html\">')",
        "/* document.write('<a href=\"/old.html\">') */",
        "document.write('<a href=\"' + next(1) + '\">x</a>')",
        "if (location.href == '/a.html') x();",
    ],
)
def test_what_only_running_a_script_tells_is_not_guessed(script: str) -> None:
    assert list(written(script)) == []


def test_a_string_that_is_a_bracket_ends() -> None:
    script = "location.href = 'x'; a = '('; b = \"[\" + '(' + ')'; document.write('<a href=y>');"
    assert [link.href for link in written(script)] == ["x", "y"]


@given(st.lists(st.sampled_from(["'('", "'['", "(", ")", "[", "+", "=", "a", "'<a href=x>'", ";"])))
def test_every_script_is_read_to_its_end(tokens: list[str]) -> None:
    assert isinstance(list(written("location " + " ".join(tokens))), list)


@given(st.text(alphabet="\"'`+/*\\()[]=<a href.location\n") | st.text())
def test_no_script_is_too_broken_to_read(script: str) -> None:
    assert isinstance(list(written("location" + script)), list)


@given(st.text(alphabet="<>a href='\"/=:?#&;日期2021-09scriptmetbo ") | st.text())
def test_no_page_is_too_broken_to_read(source: str) -> None:
    assert all(link.url.startswith("http") for link in found(source))


def test_trs_numbers_pages_from_zero() -> None:
    script = '<script>createPageHTML(4, {}, "index", "html");</script>'
    assert urls(script.format(0)) == ["/xw/index_1.html", "/xw/index_2.html", "/xw/index_3.html"]
    assert urls(script.format(1), "http://www.qinghe.test/xw/index_1.html")[0] == "/xw/index_2.html"
    assert urls(script.format(3), "http://www.qinghe.test/xw/index_3.html") == []
    assert urls(script.format(0), "http://www.qinghe.test/xw/")[0] == "/xw/index_1.html"


def test_a_template_that_prints_page_one_everywhere_leads_on() -> None:
    script = '<script>createPageHTML(9, 0, "index", "html");</script>'
    assert urls(script, "http://www.qinghe.test/xw/index_4.html") == [
        "/xw/index_5.html",
        "/xw/index_6.html",
    ]


def test_trs_counts_in_the_page_too() -> None:
    script = "<script>var currentPage = 0;//所在页\nvar countPage = 3//共多少页</script>"
    assert urls(script) == ["/xw/index_1.html", "/xw/index_2.html"]
    counted = (
        '<script>var m_nRecordCount = "41"; var m_nPageSize = 20; var m_nCurrPage = 0;'
        'var m_sPageName = "index"; var m_sPageExt = "htm";</script>'
    )
    assert urls(counted) == ["/xw/index_1.htm", "/xw/index_2.htm"]


def test_ucap_numbers_pages_from_one() -> None:
    script = "<script>window.onload=function(){createPageHTML('page_div',3, 1,'xwzx_list','shtml',45);}</script>"
    assert urls(script, "http://www.qinghe.test/c1/xwzx_list.shtml") == [
        "/c1/xwzx_list_2.shtml",
        "/c1/xwzx_list_3.shtml",
    ]


def test_a_pager_that_is_commented_out_or_absurd_costs_little() -> None:
    assert urls('<script>\n//createPageHTML(5, 0, "index", "html")\n</script>') == []
    assert len(urls('<script>createPageHTML(99999, 0, "index", "html")</script>')) == 1000


def test_vsb_counts_down_and_its_next_link_is_followed() -> None:
    source = (
        '<span class="p_next"><a href="xwdt/6.htm">下页</a></span><a href="xwdt/1.htm">尾页</a>'
    )
    assert urls(source, "http://www.qinghe.test/xwdt.htm", "pager") == [
        "/xwdt/6.htm",
        "/xwdt/1.htm",
    ]


JPAGE = """<div id="5460"></div><script type="text/xml"><datastore>
<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=1&columnid=1229&unitid=5460"></a>]]></nextgroup>
<recordset><record><![CDATA[<li><a href="/art/2021/9/11/art_1229_1.html" title="会议">会…</a><span>2021-09-11</span></li>]]></record>
</recordset></datastore></script><script>jQuery("#5460").jpage({totalRecord:40,perPage:15});</script>"""


def test_jcms_gives_its_island_and_its_proxy() -> None:
    island = found(JPAGE)
    assert ("会议", "2021-09-11") in [(link.text, link.list_date) for link in island]
    pages = [link.url for link in island if link.rel == "pager"]
    assert [urlsplit(page).query.partition("&page=")[2].split("&")[0] for page in pages] == [
        "2",
        "3",
    ]
    assert all("unitid=5460" in page for page in pages)


def test_jcms_parameters_are_read_from_the_call_too() -> None:
    script = """<script>$("#1").jpage({proxyUrl:'/module/web/jpage/dataproxy.jsp', totalRecord:31, perPage:15,
        ajaxParam:{col:1, appid:1, webid:'96', columnid:60096, unitid:'212860'}});</script>"""
    assert urls(script)[0] == (
        "/module/web/jpage/dataproxy.jsp?col=1&appid=1&webid=96&columnid=60096&unitid=212860"
        "&page=2&startrecord=16&endrecord=30&perpage=15"
    )


def test_a_jcms_reply_gives_items_and_the_next_page() -> None:
    reply = (
        "<datastore><totalrecord>40</totalrecord><recordset><record><![CDATA[<li>"
        "<a href='/art/2021/9/11/art_1229_2.html'>会议</a></li>]]></record></recordset></datastore>"
    )
    proxy = "http://www.qinghe.test/module/web/jpage/dataproxy.jsp?unitid=1&page={}&perpage=15"
    assert [link.rel for link in reply_links(reply, proxy.format(2))] == ["link", "pager"]
    assert [link.rel for link in reply_links(reply, proxy.format(3))] == ["link"]
    assert reply_links("<datastore><recordset></recordset></datastore>", proxy.format(2)) == []


def test_jpaas_asks_for_pages_in_param_json() -> None:
    script = (
        '<script url="/api-gateway/jpaas-publish-server/front/page/build/unit" '
        "queryData=\"{'webId':'9','pageId':'77','parseType':'bulidstatic','pageType':'column','tagId':'list','tplSetId':'S'}\"></script>"
    )
    request = one(script)
    assert request.rel == "pager"
    assert "paramJson=%7B%22pageNo%22%3A1%2C%22pageSize%22%3A%2215%22%7D" in request.url
    reply = '{"success":true,"data":{"html":"<li><a href=\\"/art/2026/art_0a.html\\">题</a></li>"}}'
    item, following = reply_links(reply, request.url)
    assert item.url.endswith("/art/2026/art_0a.html")
    assert "%22pageNo%22%3A2" in following.url
    assert reply_links('{"success":true,"data":{"html":""}}', following.url) == []


def test_a_json_list_gives_items_and_the_pages_it_counts() -> None:
    reply = '{"totalpage":3,"infolist":[{"title":"<b>题</b>","link":"/a/1.shtml","pubtime":"2024-01-02 10:00"}]}'
    item, *pages = reply_links(
        reply, "http://a.test/szinf/info/getInfoCommon/?currpage=1&channelid=5"
    )
    assert (item.url, item.text, item.list_date) == ("http://a.test/a/1.shtml", "题", "2024-01-02")
    assert [page.url for page in pages] == [
        "http://a.test/szinf/info/getInfoCommon/?currpage=2&channelid=5",
        "http://a.test/szinf/info/getInfoCommon/?currpage=3&channelid=5",
    ]


def test_a_list_script_s_request_is_made_for_page_one() -> None:
    script = """<script>var id = '5057ae';
        function load(n) { $.get('/szinf/info/getInfoCommon/?pagesize=15&currpage=' + n + '&channelid=' + id, show); }</script>"""
    assert urls(script, rel="pager") == [
        "/szinf/info/getInfoCommon/?pagesize=15&currpage=1&channelid=5057ae"
    ]


@pytest.mark.parametrize(
    "script",
    [
        "fetch('/api/list.json').then(show)",
        "$.ajax({type:'POST', url: '/api/list.json'})",
        "var x = new XMLHttpRequest(); x.open('GET', '/api/list.json')",
        "axios.get('/api/list.json')",
    ],
)
def test_an_empty_shell_is_told_with_what_it_fetches(script: str) -> None:
    source = f'<a href="/">首页</a><div id="list"></div><script>{script}</script>'
    parsed = dom.parse(source)
    assert parsed is not None
    assert needs_script(parsed.root) == ["/api/list.json"]
    assert urls(source) == ["/"]


def test_a_page_that_shows_its_list_is_no_shell() -> None:
    parsed = dom.parse(
        '<a href="/1">a</a><a href="/2">b</a><a href="/3">c</a><script>fetch("/api/hit")</script>'
    )
    assert parsed is not None
    assert needs_script(parsed.root) == []


def test_circles_are_recognised() -> None:
    assert trap("http://a.test/" + "x" * 3000) == "long"
    assert trap("http://a.test/" + "/".join(map(str, range(30)))) == "deep"
    assert trap("http://a.test/a/b/a/b/a/b/index.html") == "repeats"
    assert trap("http://a.test/?" + "&".join(f"a{n}=1" for n in range(60))) == "parameters"
    assert trap("http://www.qinghe.test/xw/gzdt/202109/t20210911_1.html") is None
    assert shape("http://a.test/r?date=2021-09-11") == shape("http://a.test/r?date=2021-09-12")
    assert shape("http://a.test/1.html") is None


def test_ilist_counts_in_its_query() -> None:
    source = "<p>共3页</p>"
    assert urls(source, "http://www.qinghe.test/info/iList.jsp?cat_id=7") == [
        "/info/iList.jsp?cat_id=7&cur_page=2",
        "/info/iList.jsp?cat_id=7&cur_page=3",
    ]


RSS = """<?xml version="1.0" encoding="gb2312"?>
<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>清河</title><link>http://www.qinghe.test/</link>
<item><title>会议&b;&x;</title><link>/xw/1.html</link><pubDate>Fri, 10 Sep 2021 20:00:00 GMT</pubDate></item>
<item><title>公告</title><guid>http://www.qinghe.test/xw/2.html</guid></item></channel></rss>"""


def test_a_feed_gives_its_items_and_expands_nothing() -> None:
    text = feed_text(RSS.encode("gb2312"))
    assert text == RSS
    assert reply_links(text, "http://www.qinghe.test/rss.xml") == [
        Found("http://www.qinghe.test/xw/1.html", "会议", "link", False, "2021-09-11"),
        Found("http://www.qinghe.test/xw/2.html", "公告", "link", False, None),
    ]


def test_an_entry_of_a_feed_that_cannot_be_read_costs_no_other() -> None:
    bad = "<item><title>会</title><link>/xw/&#xD800;.html</link></item>"
    late = (
        f"<item><link>/xw/3.html</link><pubDate>Fri, 10 Sep {'9' * 20} 20:00 GMT</pubDate></item>"
    )
    feed = RSS.replace("<item>", bad + late + "<item>", 1)
    assert [(x.url[-6:], x.list_date) for x in reply_links(feed, "http://a.test/rss.xml")] == [
        ("3.html", None),
        ("1.html", "2021-09-11"),
        ("2.html", None),
    ]
    lost = "<url><loc>http://a.test/&#xDC00;</loc></url><url><loc>http://a.test/1.html</loc></url>"
    found = reply_links(f"<urlset>{lost}</urlset>", "http://a.test/sitemap.xml")
    assert [x.url for x in found] == ["http://a.test/1.html"]


@pytest.mark.parametrize("said", ["1e999", "[" * 1500, "null", "²"])
def test_an_address_that_counts_pages_by_no_number_is_a_link_like_others(said: str) -> None:
    address = f'http://www.qinghe.test/part?paramJson={{"pageNo":{said}}}'
    [link] = found(f"<a href='{address}'>下一页</a>")
    assert page_number(link.url) is None
    assert list_name(link.url)


def test_atom_and_sitemaps_are_read() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>题</title>'
        '<link rel="alternate" href="/1.html"/><updated>2021-09-11T01:00:00+08:00</updated></entry></feed>'
    )
    assert [(x.url, x.list_date) for x in reply_links(atom, "http://a.test/atom.xml")] == [
        ("http://a.test/1.html", "2021-09-11")
    ]
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>'
        "<loc>http://a.test/s1.xml.gz</loc></sitemap></sitemapindex>"
    )
    assert [x.rel for x in reply_links(index, "http://a.test/sitemap.xml")] == ["feed"]
    urlset = (
        "<urlset><url><loc>http://a.test/1.html</loc><lastmod>2021-09-11</lastmod></url></urlset>"
    )
    assert [x.rel for x in reply_links(urlset, "http://a.test/sitemap.xml")] == ["link"]


def test_a_packed_sitemap_is_unpacked_within_a_limit() -> None:
    assert feed_text(gzip.compress(b"<urlset/>")) == "<urlset/>"
    assert feed_text(b"\x1f\x8bnot gzip at all") is None
    assert feed_text(gzip.compress(b" " * (51 * 2**20))) is None


@given(st.text(alphabet='{}[]":,a1<>/recordfeed &;') | st.text())
def test_no_reply_is_too_broken_to_read(source: str) -> None:
    assert isinstance(reply_links(source, "http://a.test/x?page=1"), list)


def test_deep_json_is_no_danger() -> None:
    assert reply_links("[" * 100_000, "http://a.test/x") == []


@dataclass
class Walk:
    """What following the links of a saved tree reached."""

    files: set[Path] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)  # page links whose file is not in the tree
    hidden_elsewhere: set[str] = field(default_factory=set)  # hosts only hidden blocks name


def walk(folder: Path) -> Walk:
    """Breadth first from the home page, within the host."""
    host = f"{folder.name}.test"
    walked, todo, seen = Walk(), deque([f"http://{host}/"]), {f"http://{host}/"}
    while todo:
        url = todo.popleft()
        file = file_of(folder, urlsplit(url).path)
        if file is None:
            walked.missing.add(url)
            continue
        walked.files.add(file)
        for link in found(file.read_text(encoding="utf-8", errors="replace"), url):
            if urlsplit(link.url).netloc != host:
                walked.hidden_elsewhere.update([urlsplit(link.url).netloc] if link.hidden else [])
            elif link.rel != "attachment" and link.url not in seen:
                seen.add(link.url)
                todo.append(link.url)
    return walked


def file_of(folder: Path, path: str) -> Path | None:
    target = folder / unquote(path).lstrip("/")
    names = ("index.html", "index.htm", "index.shtml")
    candidates = [target / name for name in names] if target.is_dir() else [target]
    return next((each for each in candidates if each.is_file()), None)


# `missing` counts page links whose file is not in the tree; most are further pages of lists that
# were never saved (14, 0, 488, 173, 0 of them).
@pytest.mark.parametrize(
    ("name", "files", "missing", "hidden_elsewhere"),
    [
        ("daozhen-trs", 239, 31, 37),
        ("pingdingshan-channels", 454, 22, 37),
        ("sichuan-ucap", 262, 489, 0),
        ("cicpa-trs", 417, 257, 0),
        ("gxnews-static", 92, 0, 37),
    ],
)
def test_a_saved_site_is_reached_whole(
    tmp_path: Path, name: str, files: int, missing: int, hidden_elsewhere: int
) -> None:
    shared = shared_folder()
    if shared is None:
        pytest.skip("the saved sites are not here")
    with tarfile.open(shared / "data" / "sites" / f"{name}.tar.xz") as tree:
        tree.extractall(tmp_path, filter="data")
    walked = walk(tmp_path / name)
    assert (
        len(walked.files) == sum(each.is_file() for each in (tmp_path / name).rglob("*")) == files
    )
    assert len(walked.missing) == missing
    assert len(walked.hidden_elsewhere) == hidden_elsewhere
