"""Pages in the manner of systems that no page of the shared sets is from, written for these claims."""

from __future__ import annotations

import json

import pytest

from archive.derive import derive_file
from archive.model import Article, Rejection

HOST = "http://www.example.gov.cn"
BODY = (
    "<p>夜幕降临，南湖古镇灯火通明，游客乘着摇橹船在水巷中穿行。</p>"
    "<p>六月以来，古镇推出夜游、夜市等二十余项活动，日均客流量突破一万五千人次。</p>"
)
TEXT = (
    "夜幕降临，南湖古镇灯火通明，游客乘着摇橹船在水巷中穿行。\n"
    "六月以来，古镇推出夜游、夜市等二十余项活动，日均客流量突破一万五千人次。"
)


def _article(body: str, path: str = "/xw/202507/t20250702_11.html", title: str = "") -> Article:
    found = _derived(body, path, title)
    assert isinstance(found, Article), found
    return found


def _derived(body: str, path: str, title: str = "") -> Article | Rejection:
    page = (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head><body>{body}</body></html>"
    )
    return derive_file(page.encode(), "page.html", url=HOST + path)


@pytest.mark.parametrize(
    "carrier",
    [
        f"<textarea style='display:none'>{BODY}</textarea>",
        f"<script type='text/html'>{BODY}</script>",
        f'<script>window.pageData = {{"content": "{BODY.replace("<", "&lt;")}"}};</script>',
        f'<script>window.__NUXT__=(function(a){{return {{content:"{BODY.replace("<", chr(92) + "u003C")}",hits:a}}}}(12));</script>',
    ],
)  # fmt: skip
def test_an_article_that_only_scripts_show_is_read(carrier: str) -> None:
    shell = f"<h1>古镇夜游经济升温</h1><p>2025-07-02 08:00</p><div id='app'></div>{carrier}<p>版权所有</p>"
    found = _article(shell, title="古镇夜游经济升温")
    assert (found.text, found.title) == (TEXT, "古镇夜游经济升温")
    assert "carried-text" in found.flags


def test_rare_characters_that_json_writes_as_two_escapes_are_kept() -> None:
    body = json.dumps(BODY.replace("古镇", "\U00020bb7镇"))  # a character beyond the basic plane
    found = _article(f'<script>window.pageData = {{"content": {body}}};</script>', title="夜游")
    assert "\U00020bb7镇" in (found.text or "")
    assert "\ufffd" not in (found.text or "")


def test_the_object_that_carries_an_article_tells_its_metadata() -> None:
    data = f'{{id:1,title:"古镇夜游经济升温",source:"南湖融媒体中心",publishTime:"2025-07-02 08:00:00",content:"{BODY}"}}'
    script = f"<script>window.__NUXT__={{data:[{data}]}}</script>"
    found = _article("<div>加载中</div>" + script)
    assert (found.title, found.source) == ("古镇夜游经济升温", "南湖融媒体中心")
    assert found.published == "2025-07-02T08:00:00+08:00"


@pytest.mark.parametrize(
    "hint",
    [
        "<textarea>请文明发言，遵守国家法律法规，不得发布违法信息，评论内容不代表本站立场，违规评论将被删除，感谢您的配合。</textarea>",
        '<script>var tips={"content":"本网站使用辅助工具，您可以通过快捷键打开，系统将为您朗读页面内容，如有疑问，请联系管理员，祝您生活愉快。"}</script>',
    ],
)
def test_what_scripts_hold_beside_a_short_notice_is_not_its_text(hint: str) -> None:
    notice = "因管道检修，5月4日8时至17时河西片区停气。"
    assert _article(f"<h1>停气通知</h1><p>2023-05-03</p><div>{notice}</div>{hint}").text == notice


def test_the_summaries_that_a_list_carries_are_no_article() -> None:
    items = ",".join(
        f'{{"title":"第{i}条消息","content":"{BODY.replace("二十", f"第{i}批")}"}}'
        for i in range(3)
    )
    found = _derived(f"<p>加载中</p><script>var list=[{items}];</script>", "/xw/list.html", "新闻")
    assert isinstance(found, Rejection)


def test_a_list_of_headlines_with_their_first_sentences_is_a_list() -> None:
    items = "".join(
        f"<h3><a href='/yw/{i}.html'>西山区第{i}批重点项目开工建设</a></h3>"
        f"<p>西山区第{i}批重点项目集中开工仪式举行，总投资{i}亿元，区领导出席并宣布开工，各部门负责人参加活动。</p>"
        for i in range(8)
    )
    assert isinstance(_derived(items, "/yw/"), Rejection)


@pytest.mark.parametrize(
    "sentence",
    [
        "སློབ་གྲྭ་འདིར་སློབ་ཁང་ཉི་ཤུ་དང་དཔེ་མཛོད་ཁང་། ཚོད་ལྟ་ཁང་སོགས་ཡོད་པ་རེད།",
        "يېقىندا، ناھىيەلىك ئىككىنچى ئوتتۇرا مەكتەپنىڭ يېڭى ئوقۇتۇش بىناسى قۇرۇلۇشى تاماملىنىپ، ئىشقا كىرىشتۈرۈلدى.",
        "ᠳᠣᠯᠣᠭᠠᠨ ᠰᠠᠷ᠎ᠠ ᠶᠢᠨ ᠠᠷᠪᠠᠨ ᠡᠳᠦᠷ ᠬᠣᠰᠢᠭᠤᠨ ᠤ ᠨᠠᠭᠠᠳᠤᠮ ᠨᠡᠭᠡᠭᠡᠵᠦ᠂ ᠨᠢᠭᠡ ᠮᠢᠩᠭ᠎ᠠ ᠭᠠᠷᠤᠢ ᠮᠠᠯᠴᠢᠨ ᠣᠷᠣᠯᠴᠠᠪᠠ᠃",
        "ꉬꀋꎭ，ꆀꊨꏓꌠꀋꉬꂿꄷꀕꌠꅉꀕ，ꌃꄧꂷꄉꎭꃀꁧꀋꉬꄷꊨꏓꌠ。",
        "2월 28일, 연강현은 봄철 농사준비 사업회의를 열고 종자와 비료 등 농사물자 준비상황을 점검하였다.",
    ],
)
def test_pages_in_the_languages_of_autonomous_regions_keep_their_text(sentence: str) -> None:
    title = sentence[: len(sentence) // 2].strip()
    page = f"<p><a href='/'>首页</a></p><h1>{title}</h1><p>2023-06-12 10:20</p><div>{sentence}</div><p>藏ICP备05000001号</p>"
    found = _article(page)
    assert (found.text, found.title) == (sentence, title)
    assert found.published == "2023-06-12T10:20:00+08:00"


@pytest.mark.parametrize(
    ("whole", "body", "title"),
    [
        ("市长信箱-南湖市人民政府", "<a>市长信箱</a><h3>滨河路路灯不亮的问题</h3><table><tr><td>来信时间</td><td>2024-03-12 21:14</td></tr><tr><td>答复单位</td><td>市城市管理局</td></tr><tr><td>答复时间</td><td>2024-03-15</td></tr></table>", "滨河路路灯不亮的问题"),
        ("西山日报-清明茶抢“鲜”上市", "<p>清明茶抢“鲜”上市</p><p>2022-02-13</p>", "清明茶抢“鲜”上市"),
        ("讣告_通知公告_河西县老干部局", "<h1>讣　告</h1><p>2015-11-02</p>", "讣　告"),
        ("河西县人民政府文件", "<p>河西县人民政府文件</p><p>河政发〔2006〕11号</p><p>河西县人民政府关于加强</p><p>农村公路养护管理的通知</p>", "河西县人民政府关于加强农村公路养护管理的通知"),
        ("某某县人民政府", "<div>县图书馆恢复开放</div><p>时间：2020-05-20 10:11</p>", "县图书馆恢复开放"),
        ("公告查看", "<p>主题：关于调整作息时间的通知</p><p>发布时间：2010-6-1 9:00</p>", "关于调整作息时间的通知"),
        ("海港區公所-最新消息-里民活動中心整修公告", "<h2>里民活動中心整修公告</h2><p>2024-03-18</p>", "里民活動中心整修公告"),
    ],
)  # fmt: skip
def test_titles_of_mail_boxes_newspapers_red_heads_and_short_ones(
    whole: str, body: str, title: str
) -> None:
    assert _article(body + BODY + "<p>主办：某某县人民政府办公室</p>", title=whole).title == title


def test_a_heading_that_holds_day_and_source_tells_both() -> None:
    heading = (
        "<h1>我区部署宣传月活动<br><span>2019-04-18 16:30:05　来源：区金融办　点击：87</span></h1>"
    )
    found = _article(heading + BODY, title="我区部署宣传月活动 - 政务要闻 - 东山区")
    assert (found.title, found.source) == ("我区部署宣传月活动", "区金融办")
    assert found.published == "2019-04-18T16:30:05+08:00"


def test_the_credits_of_a_post_with_strokes_for_colons_are_credits() -> None:
    post = f"<h1>古镇夜游经济升温</h1><div id='js_content' style='visibility:hidden'><p>点击上方蓝字关注我们</p>{BODY}<p>END</p><p>来源｜南湖融媒</p><p>编辑｜陈小妹</p><p>校对丨王芳　审核丨李强</p></div>"
    found = _article(post)
    assert (found.text, found.editors, found.source) == (TEXT, ("陈小妹",), "南湖融媒")


def test_references_in_a_short_marked_body_are_kept() -> None:
    links = "".join(
        f"<p><a href='{i}.html'>{i}.关于支持企业的第{i}项措施</a></p>" for i in range(1, 5)
    )
    body = f"<h1>惠企政策一览</h1><p>发布时间：2023-02-03</p><div class='TRS_Editor'><p>现将本季度惠企政策汇总如下，点击标题查看全文。</p>{links}<p>如有疑问，请拨打12345热线咨询。</p></div>"
    assert len(_article(body).text.split("\n")) == 6


def test_a_picture_that_is_the_whole_article_is_kept() -> None:
    body = "<h1>一图读懂政府工作报告</h1><p>发布时间：2022-01-28 来源：县政府办公室</p><div class='TRS_Editor'><p><img src='W1.jpg'></p></div><p>【打印】</p>"
    assert len(_article(body, title="一图读懂政府工作报告").images) == 1


@pytest.mark.parametrize(
    "chrome",
    [
        "<p>打开西山融媒APP，查看更多精彩内容</p>",
        "<p>原文地址：http://www.example.gov.cn/show.jsp?id=5521</p>",
        "<p>以上信息对您有帮助吗？有帮助 没有帮助</p>",
        "<p>(原标题：古镇夜游升温)</p>",
        "<h3>我要提意见</h3><p>姓名：电话：内容：</p>",
        "<h4>往期视频</h4><p><a href='1'>新闻联播第一期</a></p><p><a href='2'>新闻联播第二期</a></p><p><a href='3'>新闻联播第三期</a></p>",
        "<p>大山市人民政府主办</p>",
        "<p>[1]</p>",
    ],
)
def test_what_stands_below_an_article_and_is_none_of_it_goes(chrome: str) -> None:
    head = "<h1>古镇夜游经济升温</h1><p>发布时间：2025-07-02 08:00 来源：南湖日报</p>"
    assert _article(head + BODY + chrome).text == TEXT
