"""What stands around an article in layouts that the rules were not written on, and what only looks so."""

from __future__ import annotations

import json

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


COMMENTS = (
    ("老街坊", "水厂通了是好事，希望水价别涨，老人家里用水不多，交不了多少钱，请镇里多考虑考虑。"),
    ("阿明", "去年大旱那阵子挑水挑了两个月，肩膀都磨破了，现在拧开龙头就有水，真心感谢。"),
    ("小菊", "我们隔壁村什么时候能通？管网离村口只有一公里了，希望明年能排上计划。"),
)


@pytest.mark.parametrize("name", ["class='comments'", "id='pinglun'", "class='news-comment-list'"])
def test_comments_longer_than_a_short_article_go(name: str) -> None:
    said = "".join(
        f"<dt>{who} 2022-10-1{n} 09:20</dt><dd>{what}</dd>"
        for n, (who, what) in enumerate(COMMENTS)
    )
    made = _page(_paragraphs(BODY[1]), below=f"<div {name}><h3>最新评论</h3><dl>{said}</dl></div>")
    assert made.text == BODY[1]


@pytest.mark.parametrize("name", ["class='comment-article'", "class='comment'", "class='zw'"])
def test_an_article_in_an_element_named_for_comments_stays(name: str) -> None:
    said = _paragraphs(*(what for _, what in COMMENTS))
    made = _page(f"<div {name}>{said}</div>")
    assert made.text == "\n".join(what for _, what in COMMENTS)


LINKS = ("大坪村", "小河村", "云台村", "石门村")


def _links(*names: str, tag: str = "p") -> str:
    return "".join(f"<{tag}><a href='/c/{n}.html'>{x}</a></{tag}>" for n, x in enumerate(names))


@pytest.mark.parametrize(
    ("announced", "listed"),
    [
        ("石桥镇辖四个行政村，点击村名可查看该村村务公开信息：", LINKS),
        ("现将近期查处的四起典型案例公布如下（点击标题看详情）：", ("某建材厂未批先建案", "某养殖场偷排污水案", "某洗车店侵占绿地案", "某工地夜间噪声扰民案")),
        ("办理低保、残疾人补贴等事项需要的表格可以在这里下载：", ("最低生活保障申请表", "残疾人两项补贴申请表", "临时救助申请表", "特困供养申请表")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tag", ["p", "li"])
def test_links_that_a_sentence_announces_are_text(
    announced: str, listed: tuple[str, ...], tag: str
) -> None:
    made = _page(f"<p>{announced}</p>" + _links(*listed, tag=tag))
    assert made.text == "\n".join((announced, *listed))


@pytest.mark.parametrize("lead", ["相关阅读：", "更多新闻：", "分享到：", "友情链接："])
def test_links_that_no_sentence_announces_are_none(lead: str) -> None:
    made = _page(
        _paragraphs(*BODY) + f"<p>{lead}</p>" + _links("山花烂漫引客来", "县委召开会议", "百日誓师")
    )
    assert made.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "box",
    [
        "<div><span>相关报道</span><a href='/1.html'>消费券今日开抢</a><a href='/2.html'>客流创新高</a></div>",
        "<p>相关新闻：<a href='/1.html'>消费券今日开抢 商圈客流创新高</a></p>",
    ],
)
def test_a_box_of_links_in_one_line_between_paragraphs_goes(box: str) -> None:
    assert _page(f"<p>{BODY[0]}</p>{box}<p>{BODY[1]}</p>").text == "\n".join(BODY)


@pytest.mark.parametrize(
    "line",
    [
        "登录网址：<a href='http://px.example.cn'>http://px.example.cn</a>",
        "附件：<a href='/u/1.pdf'>相关表格.pdf</a>",
        "相关规定见<a href='/1.html'>办法</a>第三条，请各村遵照执行。",
    ],
)
def test_a_line_with_a_link_between_paragraphs_that_is_no_box_stays(line: str) -> None:
    lines = _page(f"<p>{BODY[0]}</p><p>{line}</p><p>{BODY[1]}</p>").text.split("\n")
    assert len(lines) == 3


@pytest.mark.parametrize(
    "credits",
    [
        ("信息来源：县商务局", "发布时间：2023-03-16 09:00"),
        ("信息来源：县商务局", "发布时间：2023-03-16 09:00", "责任编辑：李强"),
        ("播放全文 00:00/02:31 1.0x",),
        ("溪河融媒 03-16 09:10",),
    ],
)
def test_day_and_player_around_a_text_are_none_of_it(credits: tuple[str, ...]) -> None:
    head = f"<h1>{TITLE}</h1>"
    around = _paragraphs(*credits)
    top = credits[0][-1] in "x0"
    made = _page((around if top else "") + _paragraphs(*BODY) + ("" if top else around), head=head)
    assert made.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "line",
    ["比分：01:32/02:31", "时间：12月5日上午9时", "日期：2022年10月9日", "每日供水 06:30-22:00"],
)
def test_a_last_line_with_a_time_of_its_own_stays(line: str) -> None:
    assert _page(_paragraphs(*BODY, line)).text == "\n".join((*BODY, line))


def test_a_day_whose_parts_a_style_sheet_sets_apart_is_read() -> None:
    parts = (
        "<div><span><em> 2023</em></span><span><em>03</em>/<em>16</em></span><span>10:22:31</span></div>"
        f"<div>来源：河西日报</div><h1>{TITLE}</h1>"
    )
    made = _page(_paragraphs(*BODY), head=parts)
    assert (made.published, made.source) == ("2023-03-16T10:22:31+08:00", "河西日报")


@pytest.mark.parametrize(
    ("meta", "wanted"),
    [
        (f"{TITLE}_南河新闻", TITLE),
        (f"县报摘要 - {TITLE}", f"县报摘要 - {TITLE}"),
        (f"{TITLE}_记者手记", f"{TITLE}_记者手记"),
    ],
)
def test_a_name_behind_a_meta_title_goes_where_the_page_shows_it_without(
    meta: str, wanted: str
) -> None:
    shown = wanted if wanted != f"县报摘要 - {TITLE}" else "县报摘要"
    head = f"<meta property='og:title' content='{meta}'><h1>{shown}</h1><p>2022-10-12 08:31</p>"
    assert _page(_paragraphs(*BODY), head=head, title=shown).title == wanted


def test_a_foreign_frame_over_the_page_is_found_in_a_wrapper_and_a_map_is_none() -> None:
    over = "<div style='position:fixed;top:0;width:100%;height:100%'>{}</div>"
    cover = over.format(
        "<iframe src='https://www.kaiyun-vip8.com' width='100%' height='100%'></iframe>"
    )
    assert _page(_paragraphs(*BODY), below=cover).verdict == "infected"
    plain = "<div style='width:100%'><iframe src='https://map.example.com/1' width='100%'></iframe></div>"
    assert _page(_paragraphs(*BODY), below=plain).verdict == "clean"


def test_a_text_in_the_state_that_an_element_carries_is_read() -> None:
    state = {
        "props": {
            "detail": {
                "title": TITLE,
                "publishTime": "2023-03-16 08:00:00",
                "content": _paragraphs(*BODY),
            }
        }
    }
    shell = f"<html><body><div id='app' data-page='{json.dumps(state, ensure_ascii=False)}'></div></body></html>"
    made = derive_file(shell.encode(), "page.html", url=URL)
    assert isinstance(made, Article)
    assert (made.text, made.title) == ("\n".join(BODY), TITLE)


def _kept(lines: tuple[str, ...], title: str = TITLE) -> None:
    made = _page(_paragraphs(*lines), title=title)
    assert made.text == "\n".join(lines)
    assert made.verdict == "clean"


@pytest.mark.parametrize(
    "lines",
    [
        ("为推动全民健身活动开展，决定举办徒步大会。", "主办单位：县体育局", "承办单位：县体育中心", "协办单位：县徒步协会", "活动时间：4月8日8:00", "活动地点：滨江公园"),
        ("现向社会公开征集养老诈骗线索。", "举报方式：", "举报电话：0739-7221234", "举报邮箱：yl@example.gov.cn", "通信地址：某某县县委政法委"),
        ("公示期间如有异议，请向县人社局反映。", "监督电话：0739-7221234", "举报邮箱：yl@example.gov.cn"),
        ("请各供应商按下列清单报价，逾期不再受理。", "打印机 3台", "收藏柜 2组", "分享式投影仪 1台", "关闭式文件柜 5组"),
        (BODY[0], "登录网址：http://px.example.cn", BODY[1]),
    ],
)  # fmt: skip
def test_lines_of_a_notice_that_look_like_a_foot_stay(lines: tuple[str, ...]) -> None:
    _kept(lines)


@pytest.mark.parametrize(
    "foot",
    [
        ("主办单位：某某县人民政府", "地址：青溪路1号", "电话：0739-7221111"),
        ("主办：某某县人民政府 技术支持：县信息中心", "地址：青溪路1号"),
        ("主办单位：某某县人民政府", "承办单位：县政府办公室", "举报电话：0739-7221111 举报邮箱：a@example.gov.cn"),
        ("版权所有：某某县人民政府", "活动时间：长期"),
    ],
)  # fmt: skip
def test_a_foot_stays_none_of_the_text(foot: tuple[str, ...]) -> None:
    assert _page(_paragraphs(*BODY), below=_paragraphs(*foot)).text == "\n".join(BODY)


def test_a_text_about_the_rights_of_texts_is_no_small_print() -> None:
    lines = (
        "各单位转载他人作品，应当注明作者姓名、作品名称及来源，未经授权不得转载。",
        "转载作品不得对标题和内容作歪曲原意的改动，侵权的应当承担法律责任。",
        "县版权局",
    )
    _kept(lines, "关于加强网络转载版权管理的通知")
    small = "声明：本网转载作品版权归原作者所有，未经授权请勿转载。"
    assert _page(_paragraphs(*BODY, small)).text == "\n".join(BODY)


def test_the_caption_of_a_table_stays_above_it() -> None:
    rows = (("乡镇", "计划招生"), ("城关镇", "90"), ("柳河镇", "97"))
    table = _table(*rows).replace("<table>", "<table><caption>2023年招生计划</caption>")
    wanted = (BODY[0], "2023年招生计划", *("\t".join(row) for row in rows))
    assert _page(f"<p>{BODY[0]}</p>{table}").text == "\n".join(wanted)


GAMES = ("新开传奇网站", "传奇私服发布网", "变态传奇手游", "天龙八部私服", "奇迹私服", "找私服")


def test_names_of_a_trade_one_below_the_other_go() -> None:
    made = _page(f"<p>{BODY[0]}</p>{'<br>'.join(GAMES)}<p>{BODY[1]}</p>")
    assert made.text == "\n".join(BODY)
    assert made.verdict == "infected"


@pytest.mark.parametrize(
    ("lead", "names"),
    [
        ("警方查处的涉嫌侵犯著作权的私服网站有：", GAMES),
        ("经公安机关侦查，下列平台均系境外赌博网站：", ("开云体育", "乐鱼体育", "华体会", "澳门新葡京", "九游体育")),
        ("皮肤科门诊诊疗下列疾病，患者可以预约：", ("白癜风", "牛皮癣", "银屑病", "尖锐湿疣", "湿疹")),
        ("登记备案的便民服务人员所在的家政服务单位：", ("平安搬家公司", "诚信开锁换锁店", "小李管道疏通部", "爱家保洁公司", "安居空调维修部")),
        ("书展推荐书目", ("传奇", "奇迹男孩", "魔兽世界观", "天龙八部", "射雕英雄传")),
        ("参赛队伍名单", ("石桥镇代表队", "白沙乡代表队", "城关镇代表队", "柳河镇代表队", "云台乡代表队")),
    ],
)  # fmt: skip
def test_names_one_below_the_other_that_a_text_speaks_of_stay(
    lead: str, names: tuple[str, ...]
) -> None:
    _kept((BODY[0], lead, *names, "以上信息由县里统一公布。"))


def test_what_says_who_made_a_text_goes_with_its_link() -> None:
    spliced = (
        "<p><strong>本文由<a href='http://www.ky-001.vip'>开云体育app</a>整理发布</strong></p>"
    )
    made = _page(spliced + _paragraphs(*BODY))
    assert (made.text, made.verdict) == ("\n".join(BODY), "infected")


@pytest.mark.parametrize(
    "table",
    [
        "<tr><td>序号</td><td>文件名称</td><td>下载</td></tr>",
        "<tr><td>图说石桥</td><td>摄制组</td></tr>",
    ],
)
def test_a_word_that_begins_like_a_role_names_nobody(table: str) -> None:
    rows = f"<table>{table}<tr><td>1</td><td>低保申请表</td><td>甲</td></tr></table>"
    assert list(_page(f"<p>{BODY[0]}</p>{rows}").authors) == []


def test_an_abstract_above_day_and_source_is_neither_title_nor_text() -> None:
    head = "<h1>春茶上市</h1><p>摘要：春茶陆续上市，茶农抢抓农时采制。</p><p>2023-03-16 08:00 来源：茶乡日报</p>"
    made = _page(_paragraphs(*BODY), head=head, title="茶乡人家|春茶上市")
    assert made.title == "春茶上市"
    assert made.text == "\n".join(BODY)


def test_a_banner_that_the_title_tag_repeats_is_not_the_title() -> None:
    site = "某某县人民政府门户网站"
    head = f"<h1>{site}</h1><p class='tt'>{TITLE}</p><p>2023-03-16 09:00 县政府办</p>"
    html = f"<html><head><title>{site}</title></head><body>{head}{_paragraphs(*BODY)}</body></html>"
    made = derive_file(html.encode(), "page.html", url=URL)
    assert isinstance(made, Article)
    assert made.title == TITLE
    label = "<p><i>2023-03-16</i></p><p><span>信息来源</span><span>县住房保障中心</span></p>"
    assert _page(_paragraphs(*BODY), head=f"<h1>{TITLE}</h1>{label}").source == "县住房保障中心"


# Lines of notices that begin with a word of the frame.
OWN = [
    "收藏证书由县博物馆颁发",
    "收藏品征集范围：民俗、民间工艺、旧照片",
    "推荐阅读书目：《乡土中国》《边城》",
    "更多精彩活动将于五一期间推出",
    "登录方式：微信搜索“某某县政务服务”",
    "登录系统后填写个人信息",
    "下一页起为附表",
    "本周气温：8至15度",
    "一周天气预报",
    "24小时值班电话：0739-7221234",
    "已有12个村完成整改",
    "已有耕地面积3.2万亩",
    "订阅方式：到当地邮局订阅",
    "广告位招租公告",
    "用户名为身份证号，初始密码为后六位",
    "扫描二维码下载报名表",
    "微信扫码缴费",
    "往期活动回顾",
    "您可能符合下列补助条件：",
    "猜你喜欢灯谜活动奖品一份",
    "大家都在问的十个医保问题",
    "二审：维持原判",
    "初审：3月20日前",
    "请您文明观赛",
]
# Lines that stand between paragraphs as a text's own, and below it as part of the frame.
INSIDE = [
    "举报电话：0739-7221234",
    "举报邮箱：jb@example.gov.cn",
    "联系我们：县政务服务中心二楼",
    "主办：县文化馆",
    "承办单位：县体育中心",
    "技术支持电话：0739-7221234",
    "关键词：乡村振兴 产业融合",
    "字体：仿宋GB2312，字号：三号",
    "浏览次数：12万次",
    "审核：县纪委监委",
    "监制：县应急管理局",
    "版权归主办方所有，作品不退还。",
    "用微信扫描下方二维码报名",
    "凡注明“代办”的，须提供委托书。",
]
NOTICE = (
    "为做好今年的各项工作，经县政府研究，现将有关事项通知如下，请各单位认真贯彻执行。",
    "各单位要提高认识，加强领导，明确责任，确保各项任务按时完成，并于月底前上报总结。",
)
SIGNED = ("县政府办公室", "2023年3月15日")


@pytest.mark.parametrize("marker", ["TRS_Editor", "nr"])
@pytest.mark.parametrize("line", [*OWN, *INSIDE])
def test_a_line_like_the_frame_in_the_middle_of_a_notice_stays(line: str, marker: str) -> None:
    for lines in ((NOTICE[0], line, NOTICE[1]), (*NOTICE, line, *SIGNED)):
        made = _page(f"<div class='{marker}'>{_paragraphs(*lines)}</div>")
        assert made.text == "\n".join(lines)


@pytest.mark.parametrize("line", OWN)
def test_a_line_that_only_begins_like_the_frame_ends_no_notice(line: str) -> None:
    lines = (*NOTICE, line)
    assert _page(_paragraphs(*lines)).text == "\n".join(lines)


@pytest.mark.parametrize(
    "line",
    [
        "上一篇：春耕备耕工作启动",
        "分享到：",
        "责任编辑：李红",
        "编辑：李红 审核：王明",
        "打印本页 关闭窗口",
        "相关阅读",
        "扫码关注某某发布",
        "猜你喜欢",
        "您可能感兴趣的内容",
        "本周热点",
        "已有3人评论",
        "收藏本页",
        "登录后参与评论",
        "更多精彩内容请关注某某融媒",
        "湘ICP备05009999号",
    ],
)
def test_a_line_of_the_frame_below_a_text_goes(line: str) -> None:
    made = _page(_paragraphs(*NOTICE, line, "某某县融媒体中心出品"))
    assert made.text == "\n".join(NOTICE)


@pytest.mark.parametrize(
    ("info", "source", "authors"),
    [
        ("发表于 2023-3-16 09:30 | 青溪日报 | 0 条评论", "青溪日报", []),
        ("青溪新闻网　2023-03-16 09:30　记者 黄平 通讯员 李红", "青溪新闻网", ["黄平", "李红"]),
        ("来源：新华社 作者：石林、李红 责编：陈静 时间：2023-03-16", "新华社", ["石林", "李红"]),
        ("来源：“青溪发布”微信公众号　2023-03-16", "“青溪发布”微信公众号", []),
        ("信息提供：县商务局　信息日期：2023-03-16", "县商务局", []),
        ("发布时间：2023-03-16　浏览：3　分享到：人人网", None, []),
        ("发布时间：2023-03-16　作者：　点击：5", None, []),
        ("2023-03-16　来源：高平市　作者：高平", "高平市", ["高平"]),
    ],
)
def test_who_and_when_are_read_of_a_line_below_the_title(
    info: str, source: str | None, authors: list[str]
) -> None:
    made = _page(_paragraphs(*BODY), head=f"<h1>{TITLE}</h1><p>{info}</p>")
    assert (made.published or "")[:10] == "2023-03-16"
    assert (made.source, list(made.authors)) == (source, authors)
    assert made.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "text", ["通讯员队伍建设要加强，记者站设在安吉。", "参加会议的有兴国、永新、安福三县。"]
)
def test_places_that_no_role_stands_before_are_no_authors(text: str) -> None:
    assert list(_page(_paragraphs(*BODY, text)).authors) == []


@pytest.mark.parametrize(
    "line",
    [
        "长按识别二维码关注我们",
        "点击下方卡片关注我们",
        "关注“青溪发布”公众号了解更多",
        "阅读原文",
        "阅读：1024",
        "点击：1024次",
        "本页访问量：1024",
        "您是第1024位访问者",
        "本文链接：http://www.example.gov.cn/1.html",
        "更新时间：2023-03-16",
        "（来源：青溪日报）",
        "编辑/李红",
        "文字：丁兰 图片：郑文",
        "分享让更多人看到",
        "展开全文",
        "网站纠错",
    ],
)
def test_a_closing_line_in_the_body_of_a_page_goes(line: str) -> None:
    assert _page(_paragraphs(*BODY, line)).text == "\n".join(BODY)


@pytest.mark.parametrize(
    "line",
    [
        "关注“某某税务”公众号进行缴费",
        "长按电源键三秒关机",
        "阅读：读书会的三点体会",
        "点击：“我要办”进入页面",
        "您是第一责任人，要负总责",
        "手机扫描支付须核对金额",
        "网站首页改版完成",
        "阅读原文件后签字确认",
        "文字/图片格式要求见附表",
        "编辑/校对岗位各一名",
        "展开全文检索系统建设",
        "（来源于县志）",
        "作者：丁兰",
    ],
)
def test_a_closing_line_that_a_text_says_itself_stays(line: str) -> None:
    assert _page(_paragraphs(*BODY, line)).text == "\n".join((*BODY, line))


@pytest.mark.parametrize("wrap", ["<div>{}</div>", "<ul>{}</ul>"])
@pytest.mark.parametrize(
    "item", ["<div><a href='/x/{0}.html'>{1}</a></div>", "<li><a href='/x/{0}.html'>{1}</a></li>"]
)
def test_a_box_of_links_between_paragraphs_costs_none_of_them(wrap: str, item: str) -> None:
    names = (
        "山花烂漫引客来",
        "县委召开常委会会议",
        "三中举行百日誓师",
        "清明祭扫英烈",
        "小菌菇撑起致富伞",
        "反诈宣传进社区",
    )
    box = wrap.format("".join(item.format(n, name) for n, name in enumerate(names)))
    made = _page(f"<p>{BODY[1]}</p>{box}<p>{BODY[0]}</p>")
    assert made.text == "\n".join((BODY[1], BODY[0]))


def test_names_of_clinics_one_below_the_other_go_and_those_of_a_ward_stay() -> None:
    names = ("白癜风医院", "癫痫病医院", "男科医院排名", "治疗牛皮癣", "无痛人流医院")
    listed = "<br>".join(names)
    assert _page(f"<p>{BODY[0]}</p>{listed}<p>{BODY[1]}</p>").text == "\n".join(BODY)
    ward = "患者可在下列科室就诊，费用由医保按规定报销。"
    _kept((BODY[0], ward, *names, "就诊时请携带身份证。"))


def _forms(items: tuple[str, ...], linked: bool) -> dict[str, tuple[str, list[str]]]:
    """Markup of a list in the ways editors set it, and the lines it should give."""
    told = [f"<a href='/x/{n}.html'>{item}</a>" if linked else item for n, item in enumerate(items)]
    rows = "".join(f"<tr><td>{n}</td><td>{item}</td></tr>" for n, item in enumerate(told, 1))
    numbered = [f"{n}\t{item}" for n, item in enumerate(items, 1)]
    return {
        "p": ("".join(f"<p>{item}</p>" for item in told), [*items]),
        "li": (f"<ul>{''.join(f'<li>{item}</li>' for item in told)}</ul>", [*items]),
        "br": (f"<p>{'<br>'.join(told)}</p>", [*items]),
        "td": (f"<table>{''.join(f'<tr><td>{item}</td></tr>' for item in told)}</table>", [*items]),
        "rows": (f"<table>{rows}</table>", numbered),
        "line": (f"<p>{'、'.join(told)}</p>", ["、".join(items)]),
    }


ITEMS = {
    "places": ("嘉祥县", "东兰县", "普格县", "安图县", "渑池县", "会昌县", "青阳县", "利津县", "涡阳县", "玛曲县", "岳池县", "镇巴县", "松滋市"),
    "names": ("张伟", "王芳", "李娜", "刘洋", "陈静", "杨帆"),
    "shops": ("惠民药房 人民路18号 7221133", "康泰大药房 解放街46号 7221806", "同济堂 站前路9号 7229911"),
    "services": ("搬家：平安搬家队 13800000001", "开锁：王师傅 13800000002", "管道疏通：李师傅 13800000003"),
    "days": ("2023-03-18 义务植树活动", "2023-03-19 法律咨询活动", "2023-03-20 春季读书会", "2023-03-21 健康讲座"),
    "addresses": ("http://www.dxrs.gov.cn", "http://www.cpta.com.cn", "http://zscx.osta.org.cn"),
    "offices": ("嘉祥县人民政府", "东兰县人民政府", "普格县人民政府", "安图县人民政府", "渑池县人民政府"),
    "firms": ("湖南云创科技有限公司", "长沙数智信息有限公司", "邵阳博远传媒有限公司"),
}  # fmt: skip
LEAD = "为方便群众了解有关情况，现将有关内容公布如下，请相互转告。"
CLOSE = "以上内容如有变动，将另行公告，敬请留意。"


@pytest.mark.parametrize("form", ["p", "li", "br", "td", "rows", "line"])
@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("name", ITEMS)
def test_lists_of_a_notice_stay_however_they_are_set(name: str, linked: bool, form: str) -> None:
    markup, lines = _forms(ITEMS[name], linked)[form]
    assert _page(f"<p>{LEAD}</p>{markup}<p>{CLOSE}</p>").text == "\n".join((LEAD, *lines, CLOSE))
    assert _page(f"<p>{LEAD}</p>{markup}").text == "\n".join((LEAD, *lines))
    assert _page(f"<div class='TRS_Editor'>{markup}</div>").text == "\n".join(lines)


def test_links_below_a_title_that_no_system_marks_are_no_text() -> None:
    assert _page(_links("山花烂漫引客来", "县委召开会议", "百日誓师")).text == ""


TITLES = (
    "县商务局开展以旧换新政策宣传",
    "“小网格”托起“大民生”",
    "Q&A：医保报销怎么办？",
    "2023年1—2月全县经济运行情况",
    "招聘启事",
    "讣告",
)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize(
    "tag",
    [
        "某某县人民政府-{}",
        "某某县人民政府",
        "{}-某某县人民政府门户网站",
        "{}_要闻_某某县人民政府",
        "要闻 - {}",
        "详情页",
    ],
)
@pytest.mark.parametrize(
    "below", ["发布时间：2023-03-16 来源：县政府办", "2023-03-16 09:30 县政府办"]
)
def test_the_title_is_told_from_the_name_of_the_site(title: str, tag: str, below: str) -> None:
    html = (
        f"<html><head><title>{tag.format(title)}</title></head><body><div class='logo'>某某县人民政府</div>"
        f"<h1>{title}</h1><p>{below}</p><div class='c'>{_paragraphs(*NOTICE, *SIGNED)}</div></body></html>"
    )
    made = derive_file(html.encode(), "page.html", url=URL)
    assert isinstance(made, Article)
    assert made.title == title
    assert made.text == "\n".join((*NOTICE, *SIGNED))


@pytest.mark.parametrize(
    "title", ["青溪县教育局", "县政务服务中心", "关于成立县防汛指挥部", "某某县人民医院"]
)
def test_a_page_about_an_office_has_its_name_for_a_title(title: str) -> None:
    assert _page(_paragraphs(*BODY), title=title).title == title


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("", "------分隔线----------------------------"),
        ("", "〖打印本页〗 〖关闭窗口〗"),
        ("您的浏览器不支持视频播放，请升级浏览器或安装Flash插件。", ""),
        ("2023-10-23 15:12 · 社区动态", ""),
    ],
)
def test_rulers_buttons_and_hints_of_old_templates_go(above: str, below: str) -> None:
    lines = (above, *BODY, below)
    made = _page(_paragraphs(*filter(None, lines)), head=f"<h1>{TITLE}</h1>")
    assert made.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "line",
    [
        "分隔线施划方案已经批准",
        "你的浏览器收藏夹可以导出，操作步骤见附页",
        "2023-10-23 · 县委召开会议并部署下一阶段重点工作",
    ],
)
def test_lines_that_only_resemble_them_stay(line: str) -> None:
    assert line in _page(_paragraphs(BODY[0], line, BODY[1])).text.split("\n")


def test_an_office_behind_the_label_of_a_day_is_the_source() -> None:
    head = f"<h1>{TITLE}</h1><p>发布：县气象局 时间：2024-11-18 17:00</p>"
    made = _page(_paragraphs(*BODY), head=head)
    assert (made.source, made.published) == ("县气象局", "2024-11-18T17:00:00+08:00")
