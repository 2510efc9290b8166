"""What an HTML page says about its article outside the text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import metadata
from archive.chinese.variants import fold as simplify
from archive.derive import derive_file
from archive.model import Article, Page
from archive.page import dom, nodes

BODY = "<p>清河县教育局召开全县教育工作会议，总结去年工作，部署今年任务。县委常委、副县长李明出席会议并讲话，各中小学校长参加。</p>"


def read(html: str, url: str | None = None, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    parsed = dom.parse(html)
    assert parsed is not None
    candidates = metadata.from_page(nodes.read(parsed.root), Page(html, "html", url))
    return metadata.choose(
        candidates, more.pop("text", ""), more.pop("captured", None), url, simplify
    )


def page(head: str = "", above: str = "", body: str = BODY, below: str = "") -> str:
    return f"<html><head>{head}</head><body>{above}{body}{below}</body></html>"


def test_government_tags_are_read_and_the_first_one_counts() -> None:
    fields, evidence = read(
        page(
            '<meta name="SiteIDCode" content="4305250016 "><meta name="ColumnName" content="工作动态">'
            '<meta name="ArticleTitle" content="全县教育&lt;div&gt;工作会议召开">'
            '<meta name="PubDate" content="2021-09-06 10:23"><meta name="ContentSource" content="县教育局">',
            below='<meta name="ColumnName" content="公共头"><meta name="SiteIDCode" content="1">',
        )
    )
    assert fields["title"] == "全县教育工作会议召开"
    assert fields["published"] == "2021-09-06T10:23:00+08:00"
    assert fields["source"] == "县教育局"
    assert (fields["column"], fields["site_id_code"]) == ("工作动态", "4305250016")
    assert evidence["published"]["origin"] == "meta:PubDate"


def test_placeholders_of_a_template_are_missing_values() -> None:
    fields, _ = read(
        page(
            '<meta name="SiteIDCode" content="政府网站标识码"><meta name="ColumnName" content="${column}">'
            '<meta name="ArticleTitle" content=" "><meta name="PubDate" content="">'
        )
    )
    assert fields["site_id_code"] is None
    assert fields["column"] is None
    assert fields["published"] is None


def test_a_lone_heading_is_the_title_where_the_title_tag_names_the_site() -> None:
    tag = "<title>清河县人民政府网</title>"
    fields, _ = read(page(tag, above="<h3>全县教育工作会议召开</h3><p>2021-09-06 10:23</p>"))
    assert fields["title"] == "全县教育工作会议召开"


def test_a_heading_in_english_is_a_title_and_a_menu_is_none() -> None:
    tag = "<title>News</title>"
    head = "<h1>What Defines the Accountant of Tomorrow?</h1><p>2021-09-06 10:23</p>"
    fields, _ = read(page(tag, above=f"<h1>首页 新闻 公开 服务 互动 数据</h1>{head}"))
    assert fields["title"] == "What Defines the Accountant of Tomorrow?"


def test_a_part_of_the_title_tag_that_the_page_shows_alone_is_the_title() -> None:
    tag = "<title>李明-某某省教育厅-某某省公共服务平台网站</title>"
    fields, _ = read(page(tag, above="<p>李明</p><p>二级巡视员</p>"))
    assert fields["title"] == "李明"


def test_an_office_names_who_wrote_for_it() -> None:
    fields, _ = read(page(), text="全县教育工作会议圆满结束。（县教育局 李明）")
    assert fields["authors"] == ("李明",)
    fields, _ = read(page(), text="全县教育工作会议圆满结束。（县教育局安全科）")
    assert fields["authors"] == ()


def test_the_displayed_day_beats_the_tag_and_the_tag_is_recorded() -> None:
    fields, evidence = read(
        page(
            '<meta name="PubDate" content="2020-09-26 04:33:47">',
            "<h1>四川省普通高校名单公布</h1><div>发布时间：2020-06-05 10:40 来源：县教育局</div>",
        )
    )
    assert fields["published"] == "2020-06-05T10:40:00+08:00"
    assert {"origin": "meta:PubDate", "value": "2020-09-26T04:33:47+08:00"} in evidence[
        "published"
    ]["others"]


def test_the_time_of_page_generation_is_no_publication() -> None:
    fields, _ = read(
        page(
            '<meta name="PubDate" content="2020-09-26 04:33:47">'
            '<meta name="others" content="页面生成时间 2020-09-26 04:33:50">',
            "<h1>全县教育工作会议召开</h1>",
        )
    )
    assert fields["published"] is None


def test_a_day_after_the_capture_is_not_believed() -> None:
    html = page(
        '<meta name="PubDate" content="2021-03-01">',
        "<h1>全县教育工作会议召开</h1><p>2022-01-01 10:00</p>",
    )
    fields, _ = read(html, captured=datetime(2021, 6, 1, tzinfo=UTC))
    assert fields["published"] == "2021-03-01"


def test_a_signature_below_the_body_is_no_publication() -> None:
    fields, _ = read(
        page(
            above="<h1>关于召开教育工作会议的通知</h1>",
            below="<p>清河县教育局</p><p>2021年9月6日</p>",
        )
    )
    assert fields["published"] is None
    assert fields["source"] is None


def test_the_url_gives_the_day_when_nothing_else_does() -> None:
    fields, evidence = read(
        page(above="<h1>全县教育工作会议召开</h1>"), "http://x.test/202109/t20210906_123.html"
    )
    assert fields["published"] == "2021-09-06"
    assert evidence["published"]["origin"] == "url"


def test_literals_that_a_script_writes_count_as_shown() -> None:
    fields, evidence = read(
        page(
            above="<h1>全县教育工作会议召开</h1><div>发布时间：<script>var pubdata='2017年08月11日';"
            "if(pubdata!=''){document.write(pubdata);}</script> 字体：大 中 小<script>var wzly='县人社局';"
            "if(wzly!=''){document.write('文章来源：'+wzly+'&emsp;');}</script></div>"
        )
    )
    assert fields["published"] == "2017-08-11"
    assert fields["source"] == "县人社局"
    assert evidence["published"]["origin"] == "near:发布时间"


def test_an_empty_literal_writes_nothing() -> None:
    fields, _ = read(
        page(
            above="<h1>全县教育工作会议召开</h1><div>发布时间：2021-09-06<script>var wzly='';"
            "if(wzly!=''){document.write('文章来源：'+wzly);}</script></div><div>字号：大</div>"
        )
    )
    assert fields["source"] is None


def test_json_ld_and_islands_are_read() -> None:
    fields, _ = read(
        page(
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"全县教育工作会议召开",'
            '"datePublished":"2021-09-06T02:23:00Z","author":[{"name":"张小三"}]}</script>'
        )
    )
    assert fields["title"] == "全县教育工作会议召开"
    assert fields["published"] == "2021-09-06T10:23:00+08:00"
    assert fields["authors"] == ("张小三",)
    fields, evidence = read(
        page(
            '<script>window.__DATA__={"articleTitle":"全县教育工作会议召开","publishTime":1630895000000}</script>'
        )
    )
    assert fields["title"] == "全县教育工作会议召开"
    assert fields["published"] == "2021-09-06T10:23:20+08:00"
    assert evidence["published"]["origin"] == "island:publishTime"


@pytest.mark.parametrize(
    "script",
    [
        "[" * 100_000,
        '{"@type":"NewsArticle","author":' * 5000,
        '{"@graph":[[[[1]]]]}',
        "nul",
        '"\\ud800"',
    ],
)
def test_hostile_json_ld_is_survived(script: str) -> None:
    read(
        page(
            f'<script type="application/ld+json">{script}</script>', "<h1>全县教育工作会议召开</h1>"
        )
    )


def test_deep_nesting_costs_no_recursion() -> None:
    fields, _ = read("<h1>全县教育工作会议召开</h1>" + "<div>" * 3000 + "来源：县教育局")
    assert fields["title"] == "全县教育工作会议召开"


TITLES = [
    (page("<title>全县教育工作会议召开_新闻_清河县人民政府</title>", "<div>全县教育工作会议召开</div>")),
    (page("<title>清河县人民政府网-教育动态</title>", "<h1>全县教育工作会议召开</h1>")),
    (page("<title>清河县人民政府网-教育动态</title>", "<div>全县教育工作会议召开</div><div>2021-09-06 10:23</div>")),
    (page("<title>彩票投注平台</title>", "<h1>全县教育工作会议召开</h1>")),
    (page("<title>全县教育工作会议召开 - 清河新闻网</title>")),
    (page("<title>清河新闻网--教育--全县教育工作会议召开</title>", "<div>全县教育工作会议召开</div>")),
    (page("<title>全县教育工作会…_清河网</title>", "<h2>全县教育工作会议召开</h2>")),
    (page('<meta name="ArticleTitle" content="全县教育工作会…"><title>清河网</title>', "<h1>全县教育工作会议召开</h1>")),
    (page('<meta property="og:title" content="清河网"><meta property="og:site_name" content="清河网">', "<h1>全县教育工作会议召开</h1>")),
    (page("<title>全县教育工作会议召开-清河网</title>", "<h1>清河县人民政府门户网站</h1><div class=title>全县教育<br>工作会议召开</div>")),
    (page(above="<div>首页 > 教育动态</div><div>全县教育工作会议召开</div><div>| 21-09-06 | 【大 中 小】</div>")),
]  # fmt: skip


WAY = "<title>全县教育工作会议召开-清河网</title>"
TITLES += [
    page(WAY, "<div>首页 / 新闻 / 全县教育工作会议召开</div><div>全县教育工作会议召开</div>"),
    page(WAY, "<div>首页 / 新闻 / 全县教育工作会议召开</div>"),
    page(WAY, "<p>当前位置：首页 - 全县教育工作会议召开</p><div>全县教育工作会议召开</div>"),
    page(WAY, "<h1><a href=/a>全县教育工作会议召开</a></h1>"),
    page(WAY, "<div>标题：全县教育工作会议召开</div><h3>全县教育工作会议召开</h3>"),
]


@pytest.mark.parametrize("html", TITLES)
def test_the_title_is_the_heading_of_the_article(html: str) -> None:
    assert read(html)[0]["title"] == "全县教育工作会议召开"


def test_traditional_pages_keep_their_titles() -> None:
    html = page("<title>全縣教育工作會議召開 - 某某報</title>", "<h1>全縣教育工作會議召開</h1>")
    for text in ("會後對規範作了說明。於是散會。", "會后對規范管理作了部署，關于此事。"):
        assert read(html, text=text)[0]["title"] == "全縣教育工作會議召開"


TABLE = """<table><tr><td>索 &nbsp;引 号：</td><td>11430525/2021-00426</td><td>分类：</td><td>通知</td></tr>
<tr><td>发文机关：</td><td>清河县人民政府</td><td>成文日期：</td><td>2021年01月27日</td></tr>
<tr><td>标　　题：</td><td>关于印发工作方案的通知</td></tr>
<tr><td>发文字号：</td><td>清政办〔2021〕1号</td><td>发布日期：</td><td>2021年01月28日</td></tr>
<tr><td>有 效 性：</td><td>有效</td></tr></table>"""


def test_the_information_table_is_read_with_padded_labels() -> None:
    fields, evidence = read(page(above=TABLE))
    assert fields["title"] == "关于印发工作方案的通知"
    assert fields["published"] == "2021-01-28"
    assert fields["source"] == "清河县人民政府"
    assert fields["doc_number"] == "清政办〔2021〕1号"
    assert evidence["index_number"]["value"] == "11430525/2021-00426"
    assert evidence["written"]["value"] == "2021-01-27"
    assert evidence["validity"]["value"] == "有效"


@pytest.mark.parametrize(
    ("name", "domain", "url", "flags"),
    [
        ("松陵县人民政府", "www.qinghe.gov.cn", "http://ssl.com/1.html", ("provenance-mismatch",)),
        ("松陵县人民政府", "www.qinghe.gov.cn", "http://jyj.qinghe.gov.cn/1.html", ()),
        ("清河县人民政府", "www.qinghe.gov.cn", "http://new.gov.cn/1.html", ()),
        ("政务公开网", "www.qinghe.gov.cn", "http://ssl.com/1.html", ()),
        ("松陵县人民政府", "", "http://ssl.com/1.html", ()),
        ("松陵县人民政府", "www.qinghe.gov.cn", None, ()),
    ],
)
def test_a_government_of_no_place_on_a_domain_that_is_not_its_own_is_flagged(
    name: str, domain: str, url: str | None, flags: tuple[str, ...]
) -> None:
    html = page(
        f'<meta name="SiteName" content="{name}"><meta name="SiteDomain" content="{domain}">'
    )
    parsed = dom.parse(html)
    assert parsed is not None
    source = Page(html, "html", url=url)
    found = metadata.from_page(nodes.read(parsed.root), source)
    assert metadata.provenance_flags(parsed.root, source, found) == flags


def test_two_labels_make_no_table() -> None:
    fields, _ = read(page(above="<p>文号：</p><p>清政办〔2021〕1号</p>"))
    assert fields["doc_number"] is None


@pytest.mark.parametrize(
    ("code", "name", "flags"),
    [
        ("4104000017", "岚皋县教育体育局", ("provenance-mismatch",)),
        ("6109250003", "岚皋县教育体育局", ()),
        ("6109000003", "岚皋县人民政府", ()),
        ("5100000016", "四川省教育厅", ()),
        ("4104000017", "教育公共服务平台", ()),
        ("bm05000001", "岚皋县教育体育局", ()),
    ],
)
def test_a_code_of_another_place_is_flagged(code: str, name: str, flags: tuple[str, ...]) -> None:
    html = page(f'<meta name="SiteIDCode" content="{code}"><meta name="SiteName" content="{name}">')
    parsed = dom.parse(html)
    assert parsed is not None
    source = Page(html, "html")
    found = metadata.from_page(nodes.read(parsed.root), source)
    assert metadata.provenance_flags(parsed.root, source, found) == flags


PIECES = st.sampled_from(
    ["<h1>", "</h1>", "<div>", "</div>", "<br>", "来源：", "2021-09-06", "张三", "<td>", "首页 > ", "<title>",
     "</title>", "<script>var ly='县局';document.write(ly)</script>", "<meta name=PubDate content=2021>", "标题：",
     "全县会议", "&#12;", "<!--", "-->", "<p style='display:none'>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_no_page_breaks_the_reader(pieces: list[str]) -> None:
    parsed = dom.parse("".join(pieces))
    if parsed is not None:
        html = Page("".join(pieces), "html", "http://x.test/a.html")
        found = metadata.from_page(nodes.read(parsed.root), html)
        assert metadata.from_page(nodes.read(parsed.root), html) == found
        metadata.choose(found, "", None, None, simplify)


def test_a_glossed_mirror_is_read_without_its_glosses_and_in_its_writers_script() -> None:
    body = (
        "<p>"
        + "清河縣教育局召開會(huì)議,關(guān)于學(xué)校課后服務(wù)對(duì)規范管理作了部署。" * 3
        + "</p>"
    )
    fields, _ = read(
        page(
            "<title>全縣教育會(huì)議召開 - 某某網</title>",
            "<h1>全縣教育會(huì)議召開</h1><div>發(fā)布時(shí)間：2021-09-06 來源：清河日報(bào)</div>",
            body,
        ),
        text="清河縣教育局召開會議,關于學校課后服務對規范管理作了部署。".replace("於", "于"),
    )
    assert fields["title"] == "全县教育会议召开"
    assert fields["published"] == "2021-09-06"
    assert fields["source"] == "清河日报"


def test_a_source_that_is_the_next_label_is_no_source() -> None:
    fields, _ = read(page(above="<h1>全县教育工作会议召开</h1><div>来源：所属栏目：国内新闻</div>"))
    assert fields["source"] is None


LEAD = "清河县教育局召开全县教育工作会议，总结去年工作，部署今年任务，副县长出席会议并讲话。"
OTHER = "县住建局召开老旧小区改造推进会，分管负责同志通报了进展情况，并就下一步工作提出要求。"


@pytest.mark.parametrize(
    "script",
    [
        '<script id="__NEXT_DATA__" type="application/json">{"list":[{"title":"老旧小区改造推进会召开","content":"<p>OTHER</p>"}],"detail":@@}</script>',
        "<script>window.__INITIAL_STATE__=@@;(function(){})()</script>",
        "<script>var detail = @@;</script>",
    ],
)
def test_the_data_of_the_shown_article_is_found(script: str) -> None:
    data = (
        '{"title":"全县教育工作会议召开","publishTime":1630895000000,"source":{"name":"清河日报"},'
        f'"author":"张小三","content":"<p>{LEAD}</p>"}}'
    )
    html = page(
        "<title>清河头条</title>",
        body=f"<p>{LEAD}</p>",
        below=script.replace("OTHER", OTHER).replace("@@", data),
    )
    fields, evidence = read(html)
    assert fields["title"] == "全县教育工作会议召开"
    assert fields["published"] == "2021-09-06T10:23:20+08:00"
    assert fields["source"] == "清河日报"
    assert fields["authors"] == ("张小三",)
    assert evidence["title"]["origin"] == "data:title"


def test_the_data_of_another_article_is_not_taken() -> None:
    data = f'{{"title":"老旧小区改造推进会召开","content":"<p>{OTHER}</p>"}}'
    fields, _ = read(page(body=f"<p>{LEAD}</p>", below=f"<script>window.__S__={data}</script>"))
    assert fields["title"] is None


@pytest.mark.parametrize("data", ['{"a":' * 50_000, "{" * 50_000, '{"title": undefined}', "{}"])
def test_hostile_data_is_survived(data: str) -> None:
    read(page(below=f"<script>window.__S__={data}</script>"))


def test_a_further_page_has_the_title_of_its_article() -> None:
    html = page("<title>全县教育工作会议召开(2)-清河网</title>", "<h1>全县教育工作会议召开(2)</h1>")
    assert read(html, "http://x.test/a/104_2.html")[0]["title"] == "全县教育工作会议召开"
    assert read(html, "http://x.test/a/104.html")[0]["title"] == "全县教育工作会议召开(2)"


SIDE = "".join(
    f'<li><a href="/xw/{n}.html">县委召开第{n}次常委会会议研究近期重点工作</a><span>2023-11-0{n}</span></li>'
    for n in range(1, 9)
)
BOX = f'<div class="left"><h3>热门文章</h3><ul>{SIDE}</ul></div>'


def described(main: str, title: str, box: str = BOX) -> dict[str, object]:
    source = f"<html><head><meta charset='utf-8'><title>{title}</title></head><body>{box}{main}</body></html>"
    url = "http://www.qinghe.gov.cn/xw/202312/t20231204_1.html"
    found = derive_file(source.encode(), "a.html", url=url)
    assert isinstance(found, Article)
    return {"title": found.title, "published": found.published, "source": found.source}


def test_neither_title_nor_day_is_taken_from_a_box_of_other_articles() -> None:
    """A title that only <title> says, in a page whose box of links comes first."""
    body = "<p>根据有关规定，现将2023年冬修水利项目的中标结果公示如下，公示期为五天。</p>" * 3
    signed = "<p>清河县水利局</p><p>2023年12月4日</p>"
    main = f'<div id="vsb_content"><h1>公示</h1>{body}{signed}</div>'
    found = described(main, "冬修水利项目中标公示")
    assert (found["title"], found["published"]) == ("冬修水利项目中标公示", "2023-12-04")
    found = described(
        main, "冬修水利项目中标公示", BOX.replace("<span>", " <b>").replace("</span>", "</b>")
    )
    assert (found["title"], found["published"]) == ("冬修水利项目中标公示", "2023-12-04")


def test_a_letter_and_its_answer_are_described_by_their_table() -> None:
    rows = {
        "信件编号": "2023120401",
        "来信标题": "关于龙潭镇渠道清淤的咨询",
        "来信时间": "2023-12-02",
        "来信内容": "村口的渠道淤塞三年了，每年春灌都缺水，请问什么时候能安排清淤？",
        "答复单位": "县水利局",
        "答复时间": "2023-12-08",
        "答复内容": "您反映的渠道已列入今年冬修计划，预计12月底前完成清淤，感谢您的关心。",
    }
    table = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows.items())
    assert described(f'<div class="mail"><table>{table}</table></div>', "信件详情") == {
        "title": "关于龙潭镇渠道清淤的咨询",
        "published": "2023-12-02",  # as their PubDate has it
        "source": "县水利局",
    }
