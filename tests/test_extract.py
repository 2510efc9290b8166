"""The article comes out of a page whole, without the page's frame, whatever built the page."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import extract, memory
from archive.model import Extraction, Page, Reason, Rejection
from archive.page.pagelines import page_lines
from archive.sites import Layout

URL = "http://www.lh.test/xwdt/202111/t20211104_5589341.html"
PARAGRAPHS = (
    "11月3日上午，全县秋冬农田水利建设现场会在柳河镇召开，县长林建国出席会议并讲话，各乡镇主要负责人参加。",
    "会议指出，农田水利是农业的命脉，各乡镇要抢抓农闲时机，尽早开工，确保春灌前完成渠道清淤任务。",
    "会议要求，要强化质量监督，严格资金管理，让每一分钱都用在刀刃上，让群众看得见、得实惠。",
    "会前，与会人员实地察看了柳河、青石两处工地，听取了施工单位的情况介绍。",
)
TITLE = "全县秋冬农田水利建设现场会召开"
BODY = "".join(f"<p>　　{p}</p>" for p in PARAGRAPHS)
MENU = "<ul>" + "".join(f"<li><a href=/{i}/>栏目{i}</a></li>" for i in "一二三四五六七八") + "</ul>"
LATEST = (
    "<ul>"
    + "".join(
        f'<li><a href="/t{i}.html">关于做好第{i}批项目申报工作的通知</a><span>2021-10-{i}</span></li>'
        for i in range(10, 20)
    )
    + "</ul>"
)
FOOT = "<div>主办单位：柳河县人民政府 地址：人民路1号<br>湘ICP备00000000号 网站标识码：4300000000</div>"


def html(inner: str, title: str = TITLE) -> str:
    return f"<html><head><title>{title}-柳河县政府</title></head><body>{inner}</body></html>"


def article(body: str) -> str:
    head = f"<h1>{TITLE}</h1><p>来源：水利局 发布时间：2021-11-04 字号：大 中 小</p>"
    return html(f"{MENU}<div>{head}{body}<p>上一篇：<a href=/a>通知</a></p></div>{LATEST}{FOOT}")


def extracted(source: str, url: str | None = URL, **more: object) -> Extraction:
    answer = extract.extract(Page(source, "html", url), more.get("layout"), more.get("memory"))  # type: ignore[arg-type]
    assert isinstance(answer, Extraction), answer
    return answer


def rejected(source: str, url: str | None = "http://www.lh.test/xwdt/") -> Reason:
    answer = extract.extract(Page(source, "html", url), None, None)
    assert isinstance(answer, Rejection), answer
    return answer.rejected


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{BODY}</div>",
        f"<div class=TRS_Editor>{BODY}</div>",
        f"<div id=UCAP-CONTENT><ucapcontent>{BODY}</ucapcontent></div>",
        f"<!--ZJEG_RSS.content.begin-->{BODY}<!--ZJEG_RSS.content.end-->",
        "<div>" + "<br><br>".join(PARAGRAPHS) + "</div>",
        "<table><tr><td>" + "</td></tr><tr><td>".join(PARAGRAPHS) + "</td></tr></table>",
        "<div>"
        + "".join(f"<span style='font-size:16px'>{p}<br></span>" for p in PARAGRAPHS)
        + "</div>",
        "<div><div>" + "</div><div>".join(PARAGRAPHS) + "</div></div>",
        f"<div id=js_content style='visibility: hidden'>{BODY}</div>",
    ],
)
def test_the_body_is_found_in_any_markup(body: str) -> None:
    lines = extracted(article(body)).text.split("\n")
    assert [line for line in lines if line in PARAGRAPHS] == list(PARAGRAPHS)
    assert not any("ICP备" in line or "栏目" in line or "项目申报" in line for line in lines)


def test_every_tab_of_an_interpretation_is_text() -> None:
    tabs = "".join(
        f"<div class=tab{' style=display:none' if n else ''}><p>{p}</p></div>"
        for n, p in enumerate(PARAGRAPHS)
    )
    assert extracted(article(f"<div>{tabs}</div>")).text.count("。") >= len(PARAGRAPHS)


def test_what_hides_alone_stays_hidden() -> None:
    hidden = "<div class=x style=display:none><p>隐藏的一句话，没有人看得见，也不是正文。</p></div>"
    assert "没有人看得见" not in extracted(article(f"<div>{BODY}{hidden}</div>")).text


def test_a_notice_that_is_a_picture_keeps_the_picture() -> None:
    answer = extracted(article("<div><img src=tujie.jpg></div>"))
    assert [i.url.rsplit("/", 1)[1] for i in answer.images] == ["tujie.jpg"]


def test_a_line_end_in_the_source_is_no_blank_between_han() -> None:
    wrapped = BODY.replace("农田水利是", "农田水利\n   是")
    assert PARAGRAPHS[1] in extracted(article(f"<div>{wrapped}</div>")).text


def test_signature_and_salutation_belong_to_the_notice() -> None:
    notice = "<p>各乡镇人民政府：</p>" + BODY + "<p>柳河县水利局</p><p>2021年11月3日</p>"
    lines = extracted(article(f"<div>{notice}</div>")).text.split("\n")
    assert "各乡镇人民政府：" in lines
    assert "柳河县水利局" in lines
    assert "2021年11月3日" in lines


def test_a_table_of_data_keeps_rows_and_cells() -> None:
    rows = "".join(
        f"<tr><td>{n}</td><td>{2021000 + n}</td><td>{70 + n}.5</td></tr>" for n in range(9)
    )
    table = f"<table><tr><td>序号</td><td>准考证号</td><td>成绩</td></tr>{rows}</table>"
    lines = extracted(article(table)).text.split("\n")
    assert "序号\t准考证号\t成绩" in lines
    assert "8\t2021008\t78.5" in lines


def test_a_notice_of_one_line_is_text() -> None:
    source = article("<div><p>县图书馆11月8日闭馆一天。</p></div>")
    assert "县图书馆11月8日闭馆一天。" in extracted(source).text.split("\n")


def test_an_attachment_is_a_link_with_its_address_and_name() -> None:
    files = "<p><a href='./P020211104.doc'>任务分解表.doc</a></p><p><a href='/module/download/downfile.jsp?filename=2a.pdf'>实施方案</a></p>"
    answer = extracted(article(f"<div>{BODY}{files}</div>"))
    assert [(a.url, a.name, a.type) for a in answer.attachments] == [
        ("http://www.lh.test/xwdt/202111/P020211104.doc", "任务分解表.doc", "doc"),
        ("http://www.lh.test/module/download/downfile.jsp?filename=2a.pdf", "实施方案", "pdf"),
    ]


def test_a_dead_link_of_trs_still_names_its_file() -> None:
    file = "<p><a href='javascript:;' oldsrc='W0202111.pdf'>实施方案</a></p>"
    answer = extracted(article(f"<div>{BODY}{file}</div>"))
    assert [a.url for a in answer.attachments] == ["http://www.lh.test/xwdt/202111/W0202111.pdf"]


def test_a_page_with_nothing_but_a_file_is_flagged_not_rejected() -> None:
    answer = extracted(article("<div><p><a href='fj.pdf'>附件：预算公开表.pdf</a></p></div>"))
    assert answer.attachments[0].url.endswith("/fj.pdf")
    assert "attachment-only" in answer.flags


def test_pictures_of_the_article_are_kept_and_the_frame_s_are_not() -> None:
    body = f"<div>{BODY}<p><img src=W0202111.jpg alt=现场></p></div>"
    answer = extracted(article(body).replace(MENU, "<img src=/logo.png>" + MENU))
    assert [(i.url, i.name) for i in answer.images] == [
        ("http://www.lh.test/xwdt/202111/W0202111.jpg", "现场")
    ]


def test_what_follows_a_premature_end_is_still_read() -> None:
    source = f"<html><body><div>首页</div></body></html><div>{BODY}</div></body></html>"
    assert PARAGRAPHS[-1] in extracted(source).text


@pytest.mark.parametrize("tag", ["div", "font", "b", "a", "blockquote"])
def test_depth_beyond_the_parser_costs_no_text(tag: str) -> None:
    answer = extracted(html(f"<{tag}>" * 10_000 + BODY))
    assert PARAGRAPHS[0] in answer.text


def test_a_layout_says_where_the_body_stands() -> None:
    source = article(f"<div class=zw><p>短讯一则。</p><p class=tip>提示</p></div><div>{BODY}</div>")
    layout = Layout(date(2030, 1, 1), body="div.zw", title="h1", remove=".tip")
    answer = extracted(source, layout=layout)
    assert answer.text == "短讯一则。"
    assert answer.evidence["by"] == "layout"
    assert answer.candidates[0].origin == "layout:title"


def test_memory_keeps_the_frame_out_of_a_short_notice() -> None:
    odd = "<div><p>温馨提示：本站内容来自各乡镇上报，欢迎广大群众提出意见，谢谢。</p></div>"

    def source(text: str) -> str:
        return html(f"{odd}<h1>{TITLE}</h1><div><p>{text}</p></div>{odd}")

    pages = [page_lines(Page(source(p), "html")) for p in PARAGRAPHS * 2]
    answer = extracted(source("11月8日停水一天。"), memory=memory.learn("lh", pages))
    assert answer.text.split("\n")[-1] == "11月8日停水一天。"


def test_agreement_is_kept_as_evidence() -> None:
    evidence = extracted(article(f"<div class=TRS_Editor>{BODY}</div>")).evidence
    assert evidence["container"] == "TRS WCM .TRS_Editor"
    assert evidence["agreement"] > 0.9


def test_a_list_of_dated_links_is_no_article() -> None:
    assert rejected(html(MENU + LATEST + FOOT, "通知公告")) is Reason.LIST_PAGE


@pytest.mark.parametrize(
    "entry",
    [
        "<li><span><a href=/{0}>{1}</a></span><p class=tip>{1}</p>2021-10-{0}</li>",
        "<li><a href=/{0}>10-{0} {1}</a></li>",
    ],
    ids=["its text repeated below", "the day in front"],
)
def test_entries_of_a_list_may_be_written_in_other_ways(entry: str) -> None:
    entries = "".join(entry.format(i, f"关于{i}号工地复工的答记者问") for i in range(10, 20))
    source = html(f"{MENU}<p>在线访谈</p><ul>{entries}</ul>{FOOT}", "在线访谈")
    assert rejected(source, "http://www.lh.test/zxft.html") is Reason.LIST_PAGE


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<meta http-equiv=refresh content='0;url=./ywyw/'><p>跳转</p>", Reason.REDIRECT),
        ("<script>location.href='/index.html'</script>", Reason.REDIRECT),
        ("<html><title>404</title><p>您访问的页面不存在</p>", Reason.SOFT_404),
        ("<p>您的请求疑似攻击行为，已被网站管理员设置拦截！</p>", Reason.BLOCK_PAGE),
        ("<script>$_ts=window['$_ts'];</script>", Reason.BLOCK_PAGE),
        ("<html><body><img src=a.png></body></html>", Reason.NO_TEXT),
        ("", Reason.NO_TEXT),
    ],
)
def test_what_is_no_article_says_why(source: str, expected: Reason) -> None:
    assert rejected(source) is expected


def test_an_article_about_firewalls_is_an_article() -> None:
    body = (
        BODY.replace("农田水利", "防火墙")
        + "<p>访问被拦截时，请完成验证后再试，网站防火墙会自动放行。</p>"
    )
    assert "请完成验证" in extracted(article(f"<div>{body}</div>")).text


def test_a_page_is_read_the_same_twice() -> None:
    source = article(f"<div>{BODY}</div>")
    assert extracted(source) == extracted(source)


pieces = st.lists(
    st.sampled_from(
        ["<div>", "</div>", "<p>", "<a href=/x>", "</a>", "<table><tr><td>", "</table>", "<!--", "-->",
         "<script>", "</html>", "&#12;", "\0", "<td>", "<li>", "<h1>", "<br>", PARAGRAPHS[0], "首页 > 要闻",
         "2021-11-04", "<style>p{}", "<div style=display:none>", "<ucapcontent>", "\ud800", "]]>", "<svg>"]
    ),
    max_size=30,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(pieces)
def test_any_markup_gives_an_answer(parts: list[str]) -> None:
    page = Page("".join(parts), "html", URL)
    assert isinstance(extract.extract(page, None, None), Extraction | Rejection)
    assert isinstance(page_lines(page), list)
