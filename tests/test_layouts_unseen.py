"""What stands around an article in layouts that the rules were not written on, and what only looks so."""

from __future__ import annotations

import pytest

from archive.derive import derive_file
from archive.model import Article

TITLE = "石桥镇三座水厂通水"
BODY = (
    "10月9日，记者从石桥镇政府获悉，该镇今年新建的三座村级水厂全部投入使用，一万二千名村民告别了挑水吃的日子。",
    "石桥镇地处石灰岩山区，地表水渗漏严重，遇上连晴天气，村民要到三公里外的河边挑水。",
)
URL = "http://www.example.gov.cn/xw/202210/t20221012_11.html"


def _page(inside: str, *, title: str = TITLE, head: str = "", below: str = "") -> Article:
    html = (
        f"<html><head><meta charset='utf-8'><title>{title}_要闻_某某县人民政府</title></head><body>"
        f"<div class='nav'><a href='/'>首页</a><a href='/xw/'>要闻</a></div>"
        f"{head or f'<h1>{title}</h1><p>发布时间：2022-10-12 08:31　来源：县水利局</p>'}"
        f"<div class='zw'>{inside}</div>{below}<p>某某县人民政府主办　湘ICP备05009999号</p></body></html>"
    )
    found = derive_file(html.encode(), "page.html", url=URL)
    assert isinstance(found, Article), found
    return found


def _paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


@pytest.mark.parametrize(
    ("credits", "authors"),
    [
        (("来源：云水报社",), []),
        (("来源：云水报社", "作者：丁兰 郑文", "编辑：李红"), ["丁兰", "郑文"]),
        (("来源：云水县融媒体中心", "记者：曾艳 编辑：李洁 责编：袁方 审核：郭敏"), ["曾艳"]),
        (("文字：丁兰 摄影：郑文 编辑：李红", "来源：云水发布"), ["丁兰", "郑文"]),
        (("（记者 吕晓 摄影报道）",), ["吕晓"]),
    ],
)
def test_source_and_author_that_close_a_text_are_metadata(
    credits: tuple[str, ...], authors: list[str]
) -> None:
    made = _page(_paragraphs(*BODY, *credits))
    assert made.text == "\n".join(BODY)
    assert list(made.authors) == authors


@pytest.mark.parametrize(
    "line",
    [
        "来源：一是财政拨款，二是自筹",
        "数据来源：国家统计局",
        "饮用水来源：清溪水库",
        "作者：丁兰",
        "记者：您怎么看这次改革？",
        "资金来源：县级财政",
        "编辑部电话：0739-7221100",
        "编辑岗位：2名",
        "来源、去向、用途都要登记在册",
        "供稿单位要按时报送信息。",
        "线索来源：群众来信；办理期限：十五日",
        "主编：负责全书统稿。编辑：负责核对。",
    ],
)
def test_a_last_line_that_speaks_of_sources_or_editors_stays(line: str) -> None:
    assert _page(_paragraphs(*BODY, line)).text == "\n".join((*BODY, line))


def test_a_source_in_the_middle_of_a_text_stays() -> None:
    lines = (BODY[0], "来源：县志办公室", BODY[1])
    assert _page(_paragraphs(*lines)).text == "\n".join(lines)


@pytest.mark.parametrize(
    "chrome",
    [
        "<p>您对本页面内容是否满意？</p><p>感谢您的评价，我们将不断改进工作。</p>",
        "<h3>共享此文章：</h3><ul><li><a href='#'>微信</a></li></ul>",
        "<div>打赏作者</div>",
        "<h4>更多问答</h4><ul><li><a href='/2.html'>供水政策问答（第二期）</a> 2024-04-20</li></ul>",
        "<h3>解读材料</h3><ul><li><a href='/3.html'>一图读懂：农村饮水安全办法</a></li></ul>",
    ],
)
def test_a_widget_or_a_box_of_one_link_goes_with_its_heading(chrome: str) -> None:
    assert _page(_paragraphs(*BODY) + chrome).text == "\n".join(BODY)


@pytest.mark.parametrize(
    "section",
    [
        ("<h3>联系方式</h3><p>供水热线：0739-7221100。</p>", ("联系方式", "供水热线：0739-7221100。")),
        (
            "<h3>附件</h3><p><a href='/u/1.docx'>村级水厂名单.docx</a></p>",
            ("附件", "村级水厂名单.docx"),
        ),
        ("<h3>石桥镇水利站</h3>", ("石桥镇水利站",)),
        ("<p>您对本次供水有意见的，请向镇政府反映。</p>", ("您对本次供水有意见的，请向镇政府反映。",)),
        ("<p>打赏主播的钱，家长能要回来吗？</p>", ("打赏主播的钱，家长能要回来吗？",)),
    ],
)  # fmt: skip
def test_a_last_heading_or_question_of_the_text_stays(section: tuple[str, tuple[str, ...]]) -> None:
    assert _page(_paragraphs(*BODY) + section[0]).text == "\n".join((*BODY, *section[1]))


def _table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def test_the_table_above_a_letter_is_metadata_and_its_first_label_no_title() -> None:
    rows = _table(
        ("信件编号", "20231107003", "信件类型", "投诉"),
        ("写信人", "王**", "写信时间", "2023-11-07 21:14"),
    )
    head = f"<h2>关于解放路路灯不亮的问题</h2>{rows}"
    made = _page(_paragraphs(*BODY), title="信件详情", head=head)
    assert made.text == "\n".join(BODY)
    assert made.title == "关于解放路路灯不亮的问题"
    assert made.published == "2023-11-07T21:14:00+08:00"


@pytest.mark.parametrize(
    "rows",
    [
        (("名称", "规格", "数量"), ("水泵", "三寸", "2")),
        (("名称", "石桥水厂"), ("地址", "石桥村二组")),
        (("标题", "作者", "票数"), ("山乡", "丁兰", "12")),
        (("分类", "主题", "人数"), ("养殖", "蜜蜂", "30")),
        (("单位", "发文字号", "名称"), ("水利局", "一号", "办法")),
        (("时间", "内容"), ("9时", "开幕")),
    ],
)
def test_a_table_that_opens_a_text_stays(rows: tuple[tuple[str, ...], ...]) -> None:
    wanted = ["\t".join(row) for row in rows]
    assert _page(_table(*rows) + _paragraphs(*BODY)).text == "\n".join((*wanted, *BODY))


@pytest.mark.parametrize(
    "number", ["松政规〔2019〕6号", "文号：松政规〔2019〕6号", "（松政规〔2019〕6号）"]
)
def test_a_number_below_the_title_is_the_documents(number: str) -> None:
    head = f"<h1>{TITLE}</h1><div>{number}</div><p>2019-11-25 11:03　松坪县林业局</p>"
    assert _page(_paragraphs(*BODY), head=head).doc_number == "松政规〔2019〕6号"


def test_a_linked_number_or_one_in_a_sentence_below_the_title_is_anothers() -> None:
    head = (
        f"<h1>{TITLE}</h1><div><a href='/1.html'>松政规〔2019〕6号</a></div>"
        "<p>2019-11-25 11:03</p><p>根据松政规〔2019〕7号，制定本方案。</p>"
    )
    assert _page(_paragraphs(*BODY), head=head).doc_number is None


@pytest.mark.parametrize(
    "below", ["发布时间：2023-01-05　来源：县水利局", "2023-01-05 09:10　县水利局"]
)
def test_a_title_of_two_characters_stands_above_its_day(below: str) -> None:
    lines = (*BODY, "周德茂同志治丧小组", "2023年1月5日")
    made = _page(_paragraphs(*lines), title="讣告", head=f"<div>讣告</div><div>{below}</div>")
    assert made.title == "讣告"
    assert (made.published or "").startswith("2023-01-05")


def test_a_reporter_behind_the_day_and_a_button_behind_the_source_are_told_apart() -> None:
    head = f"<h1>{TITLE}</h1><div>青溪日报 2023-12-21 08:20 记者 邱云</div>"
    made = _page(_paragraphs(*BODY), head=head)
    assert (made.source, list(made.authors)) == ("青溪日报", ["邱云"])
    glued = "<p><span>时间：2024-01-18</span><span>来源：县人社局</span><span>打印</span></p>"
    assert _page(_paragraphs(*BODY), head=f"<h1>{TITLE}</h1>{glued}").source == "县人社局"


def test_a_text_that_scripts_show_is_read_beside_a_long_title_and_the_addresses_of_the_foot() -> (
    None
):
    title = "青溪县人民政府办公室关于印发《农村饮水安全管理办法》的通知"
    head = f"<h1>{title}</h1><p>发布时间：2022-10-12 08:31</p>"
    escaped = "".join(f"&lt;p&gt;{line}&lt;/p&gt;" for line in BODY)
    below = (
        f"<textarea style='display:none'>{escaped}</textarea>"
        "<p>主办：青溪县人民政府 承办：青溪县人民政府办公室 地址：青溪路1号</p>"
    )
    made = _page("", title=title, head=head, below=below)
    assert made.text == "\n".join(BODY)
    assert "carried-text" in made.flags


FRONT = (
    "开云体育官网入口为您提供最新开云app下载、体育投注、真人娱乐、电子游艺、彩票游戏，注册即送彩金。",
    "乐鱼体育，华体会，爱游戏体育，一站式娱乐平台注册，信誉保证，欢迎您的加入！",
)


def test_a_betting_sites_own_front_is_a_spam_page() -> None:
    assert _page(_paragraphs(*FRONT), title="开云体育官方网站登录入口").verdict == "spam_page"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("警惕开云体育等赌博平台", (*FRONT, "以上均为境外赌博网站的广告，请勿参与。")),
        ("开云体育案一审宣判", (*FRONT, "法院认为，被告人开设赌场，情节严重，判处有期徒刑三年。")),
        ("两男子推广乐鱼体育被查处", ("民警查获的手机里存有乐鱼体育、华体会、开云体育、爱游戏体育的图标。",)),
        ("石桥镇三座水厂通水", (*BODY, FRONT[1])),
        ("新葡京酒店举办慈善晚宴", (*BODY, "晚宴由新葡京酒店主办。")),
        ("全县开展体育场馆安全检查", BODY),
    ],
)  # fmt: skip
def test_a_page_that_tells_of_betting_sites_is_none_of_their_fronts(
    title: str, lines: tuple[str, ...]
) -> None:
    assert _page(_paragraphs(*lines), title=title).verdict != "spam_page"
