"""The frame comes off both ends of a text, says what it knows, and the article stays whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import memory
from archive.model import About, SiteMemory
from archive.steps import Step, clean, undo
from archive.text import furniture, layout, linerules

STEPS: tuple[Step, ...] = (
    furniture.strip_head,
    furniture.strip_tail,
    furniture.strip_toolbars,
    furniture.trim_known_edges,
    layout.lines,
)
BODY = (
    "11月3日上午，全县秋冬农田水利建设现场会在柳河镇召开，县长林建国出席并讲话。",
    "会议指出，各乡镇要抢抓农闲时机，尽早开工，确保春灌前完成渠道清淤任务。",
    "会前，与会人员察看了柳河、青石两处工地。",
)
TEXT = "\n".join(BODY)


def found(text: str, about: About | None = None) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for candidate in clean(text, STEPS, about).found:
        out.setdefault(candidate.field, []).append(candidate.value)
    return out


@pytest.mark.parametrize(
    "head",
    [
        "所在位置：首页 > 乡镇动态 > 正文",
        "所在位置:首頁 > 鄉鎮動態 > 正文",
        "来源：柳河县水利局 发布时间：2021-11-04 09:12 浏览次数： 次",
        "【字体：大 中 小】",
        "2021-11-04 09:12",
        "| 21-11-04 | 【大 中 小】【打印】【关闭】",
        "[柳河县人民政府] 发布时间：2021-11-04 来源：水利局 字号：[大 中 小] 打印",
        "柳河日報 高嵩 通訊員 高慧恒",
        "发文字号：〔〕号\n发文机关：\n成文日期：",
    ],
)
def test_a_head_line_goes(head: str) -> None:
    assert clean(f"{head}\n{TEXT}", STEPS).text == TEXT


@pytest.mark.parametrize(
    "tail",
    [
        "上一篇：关于召开现场会的通知",
        "【打印本页】【关闭窗口】",
        "责任编辑：王芳",
        "扫一扫在手机打开当前页",
        "[1] [2] 下一页",
        "（微信扫描分享）",
        "主办单位：柳河县人民政府 ICP备案：湘ICP备00000000号 网站标识码：4300000000",
        "声明：凡注明“转载自其他媒体”的作品，不代表本网赞同其观点。",
    ],
)
def test_a_tail_line_and_what_follows_go(tail: str) -> None:
    assert clean(f"{TEXT}\n{tail}\n友情链接", STEPS).text.strip() == TEXT


def test_what_is_taken_out_is_read_first() -> None:
    text = f"所在位置:首頁 > 文字頭條 > 正文\n頂端新聞·河南商報 高嵩 通訊員 高慧恒\n{TEXT}(編輯 施尚景)"
    cleaned = clean(text, STEPS)
    assert cleaned.text == TEXT
    fields = {(c.field, c.value) for c in cleaned.found}
    assert fields >= {
        ("column", "文字頭條"),
        ("source", "頂端新聞·河南商報"),
        ("authors", "高慧恒"),
        ("editors", "施尚景"),
    }


def test_names_in_the_last_brackets_are_authors() -> None:
    cleaned = clean(f"{TEXT}(魏彧 米哲 于春灃)", STEPS)
    assert cleaned.text == TEXT
    assert [c.value for c in cleaned.found] == ["魏彧", "米哲", "于春灃"]


def test_a_title_alone_above_a_plain_text_is_its_title() -> None:
    cleaned = clean(f"全县农田水利建设现场会召开\n\n{TEXT}", STEPS)
    assert cleaned.text.strip() == TEXT
    assert found(f"全县农田水利建设现场会召开\n\n{TEXT}") == {
        "title": ["全县农田水利建设现场会召开"]
    }


@pytest.mark.parametrize("below", ["", "——县长到柳河镇调研\n"])
def test_the_line_above_day_and_source_is_the_title_of_a_plain_text(below: str) -> None:
    head = "当前位置：首页 > 政务要闻\n全县农田水利现场会召开\n"
    text = f"{head}{below}时间：2023-06-19 09:12 来源：县融媒体中心\n{TEXT}"
    about = About(kind="text")
    assert clean(text, STEPS, about).text == TEXT
    assert found(text, about)["title"] == ["全县农田水利现场会召开"]
    assert "title" not in found(text, About(title="别的", kind="text"))


@pytest.mark.parametrize("name", ["讣　告", "通 知", "公告：", "停水通知", "公　　示"])
@pytest.mark.parametrize("below", ["", "各乡镇人民政府：\n"])
def test_the_name_of_a_kind_of_document_above_it_is_its_title(name: str, below: str) -> None:
    text = f"{name}\n{below}{TEXT}\n柳河镇人民政府\n2022年1月9日"
    cleaned = clean(text, STEPS)
    assert cleaned.text == text.partition("\n")[2]
    told = {(c.field, c.value) for c in cleaned.found}
    assert told == {("title", "".join(name.split()).rstrip("："))}


@pytest.mark.parametrize(
    "text",
    [
        f"公告栏\n{TEXT}",
        f"通知\n答复\n{TEXT}",
        f"{TEXT}\n讣告\n{TEXT}",
        "公示\n张三\n李四\n王五",
        "决定\n是时候出发了",
        f"柳河镇通知\n{TEXT}",
        f"一、通知\n{TEXT}",
        f"通知要求，各村立即行动。\n{TEXT}",
        f"（公告）\n{TEXT}",
        "声明",
    ],
)
def test_a_line_that_only_speaks_of_a_kind_of_document_stays(text: str) -> None:
    assert clean(text, STEPS).text == text


@pytest.mark.parametrize(
    "title",
    [
        "关于开展秋冬农田水利建设的通知",
        "柳河镇人民政府关于划定禁渔区的通告（第二号）",
        "柳河镇人民政府办公室\n关于印发水利工程管护办法的通知",
        "柳河县水利工程管护办法",
        "柳河县人民法院公告",
        "2021年柳河县国民经济和社会发展统计公报",
        "致全镇农民朋友的倡议书",
    ],
)
@pytest.mark.parametrize("below", ["", "各村民委员会：\n"])
def test_the_title_of_an_official_document_needs_no_blank_line(title: str, below: str) -> None:
    cleaned = clean(f"{title}\n{below}{TEXT}", STEPS)
    assert cleaned.text == f"{below}{TEXT}"
    assert [c.value for c in cleaned.found if c.field == "title"] == [title.rpartition("\n")[2]]


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY[0]}\n柳河县水利工程管护办法\n{TEXT}",
        f"柳河县水利局公告栏位置\n{TEXT}",
        f"关于水利，我想说三点通知\n{TEXT}",
        "关于水的歌\n柳河的水\n清又清",
        f"会议传达了《关于开展秋冬农田水利建设的通知》。\n{TEXT}",
        f"一、关于水利建设的意见\n{TEXT}",
        "柳河县水利工程管护办法\n目录\n总则\n附则",
        f"关于开展秋冬农田水利建设的通知：\n{TEXT}",
        f"关于水利建设的通知，请各村传达\n{TEXT}",
        f"你见过柳河的清晨吗？\n{TEXT}",
    ],
)
def test_first_lines_that_are_no_title_of_a_document_stay(text: str) -> None:
    assert clean(text, STEPS).text == text


ROWS = (
    "索引号：000014349/2021-00102\n发文字号：柳政办发〔2021〕27号\n成文日期：2021年10月26日\n有效性：有效",
    "索引号：4308220012/2021-01234　发布机构：柳河县人民政府办公室\n文号：柳政办发〔2021〕27号　成文日期：2021-10-26\n名称：关于水利建设的通知　主题分类：水利",
    "主题分类：水利 | 发文机关：柳河县人民政府办公室 | 发文字号：柳政办发〔2021〕27号\n公开范围：公开\n废止日期：",
)


@pytest.mark.parametrize("rows", ROWS)
def test_the_information_table_above_a_plain_text_goes_and_is_read(rows: str) -> None:
    text = f"{rows}\n柳河县人民政府办公室关于水利建设的通知\n各乡镇人民政府：\n{TEXT}"
    assert clean(text, STEPS).text == f"各乡镇人民政府：\n{TEXT}"
    assert "柳政办发〔2021〕27号" in found(text)["doc_number"]


@pytest.mark.parametrize(
    "text",
    [
        f"名称：柳河豆腐\n{TEXT}",
        f"名称：柳河豆腐\n产地：柳河镇\n规格：每箱二十块\n{TEXT}",
        f"主题：农田水利\n概述：全县共有渠道一百条\n来信内容：渠道何时清淤\n{TEXT}",
        f"来信人：张先生\n来信内容：渠道淤塞，请问何时清淤\n答复内容：年底完成\n{TEXT}",
        f"{TEXT}\n索引号：1\n发文字号：柳政办发〔2021〕27号\n成文日期：2021年10月26日",
        f"请各村登记时写明名称：渠道；分类：干渠；主题：清淤。\n{TEXT}",
    ],
)
def test_labels_of_a_text_are_no_information_table(text: str) -> None:
    assert clean(text, STEPS).text == text


PAGED = [*BODY, *(line.replace("柳河", "青石") for line in BODY)]


@pytest.mark.parametrize("style", ["— {} —", "-{}-", "第 {} 页 共 3 页", "第{}页"])
def test_page_numbers_of_a_printed_document_go(style: str) -> None:
    one, two, three = (style.format(number) for number in (1, 2, 3))
    text = "\n".join([*PAGED[:2], one, *PAGED[2:4], two, *PAGED[4:], three])
    assert clean(text, STEPS).text == "\n".join(PAGED)
    long = "各乡镇要组织农技人员到田间地头开展技术指导和服务工作并"
    broken = "\n".join([*PAGED[:2], long, one, "及时报送进度。", *PAGED[2:], two])
    assert clean(broken, STEPS).text == "\n".join([*PAGED[:2], f"{long}及时报送进度。", *PAGED[2:]])


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["— 1 —", *BODY, "— 2 —", *BODY]),
        "\n".join([*BODY, "— 1 —", *BODY, "— 2 —", BODY[0]]),
        "\n".join([*BODY, "-1-", *BODY, "-3-"]),
        "\n".join([*BODY, "— 1 —"]),
        "\n".join([*BODY, "第1页见附图", BODY[0], "第2页见附表"]),
        "\n".join([*BODY, "1", BODY[0], "2"]),
        "\n".join([*BODY, "比分：", "1-1", BODY[0], "2-2"]),
        "\n".join(["第1页", "第2页", *BODY]),
        "\n".join([*BODY, "第2页", BODY[0], "第1页"]),
        "\n".join([*BODY, "第1页", BODY[0], "第3页"]),
    ],
)
def test_numbers_that_count_no_pages_stay(text: str) -> None:
    assert clean(text, STEPS).text == text


def test_the_line_of_a_post_and_the_title_that_asks_above_it_go() -> None:
    post = "原创 柳河发布 柳河发布 2022-06-28 18:30 发表于湖南"
    text = f"柳河，你来过吗？\n{post}\n{TEXT}\n阅读量：300"
    assert clean(text, STEPS).text.strip() == TEXT
    assert found(text)["title"] == ["柳河，你来过吗？"]


def test_keywords_with_a_quarter_of_the_sentences_below_end_nothing() -> None:
    text = f"摘要：{BODY[0]}\n{BODY[1]}\n关键词：水利；渠道\n{BODY[1]}\n{BODY[2]}"
    assert clean(text, STEPS).text == text


def test_a_title_alone_above_a_salutation_is_one() -> None:
    text = f"在全县水利工作会议上的讲话\n\n同志们：\n{TEXT}"
    assert clean(text, STEPS).text == f"同志们：\n{TEXT}"
    assert found(text)["title"] == ["在全县水利工作会议上的讲话"]


@pytest.mark.parametrize(
    "below", ["2022-03-04 10:11", "来源：柳河县融媒体中心", "2022年3月4日\n来源：柳河县融媒体中心"]
)
@pytest.mark.parametrize("label", ["", "标题：", "题目: "])
@pytest.mark.parametrize("banner", ["", "柳河县人民政府门户网站\n首页 | 政务公开 | 互动交流\n"])
def test_the_line_above_a_day_or_a_source_alone_is_the_title(
    below: str, label: str, banner: str
) -> None:
    text = f"{banner}{label}全县农田水利现场会召开\n{below}\n{TEXT}"
    assert clean(text, STEPS).text == TEXT
    assert found(text)["title"] == ["全县农田水利现场会召开"]


@pytest.mark.parametrize(
    "arrow", ["◀上一篇 水库除险\n▶下一篇 渠道清淤", "←上一篇：水库除险", "▲ 上一条 水库"]
)
def test_neighbours_behind_arrows_go(arrow: str) -> None:
    assert clean(f"{TEXT}\n{arrow}", STEPS).text.strip() == TEXT


LISTS = (
    "2021年度全镇优秀党员名单\n柳河村：田茂林、石玉兰（女，苗族）、向长生\n青石村：李先华、吴起凤、邓和平\n镇直机关：王 强、张宏伟、陈 静（女）",
    "柳河小学作息时间\n7:50—8:10　晨读\n8:20—9:00　第一节\n9:10—9:50　第二节\n自5月5日起执行。",
    "柳河大桥恢复通车\n11月30日，柳河大桥维修加固工程完工，恢复通车。",
    "11月5日农产品零售价格（元/斤）\n大米　2.6\n菜籽油　9.5\n猪后腿肉　16",
    "柳河谣\n柳河流水清又清\n照见对岸种田人\n一锄一镰刻日月\n一犁一耙写乾坤",
)
FEET = (
    "编辑：黎晓\n审核：向阳\n监制：谭志坚",
    "声明：本网站转载此文仅为传递信息，版权归原作者所有，如有侵权请联系删除。",
    "主办单位：柳河镇人民政府办公室 网站标识码：4308220001\n湘公网安备43082202000001号",
    "上一篇：县城老旧小区改造开工\n下一篇：我县举行消防演练",
    "网站地图 | 联系我们 | 关于本站\n版权所有：柳河镇人民政府 技术支持：某某科技",
)


@pytest.mark.parametrize("text", LISTS)
@pytest.mark.parametrize("foot", FEET)
def test_a_text_without_sentences_loses_its_foot_and_nothing_else(text: str, foot: str) -> None:
    assert clean(f"{text}\n{foot}", STEPS).text.strip() == text
    head = "首页 > 新闻中心 > 正文\n2022-03-04 10:11 来源：柳河融媒\n"
    assert clean(f"{head}{text}\n{foot}", STEPS).text.strip() == text


@pytest.mark.parametrize("line", ["原标题：柳河的慢时光", "（原標題：柳河的慢時光）"])
def test_the_title_that_another_site_gave_a_plain_text_is_told(line: str) -> None:
    assert clean(f"{line}\n{TEXT}", STEPS).text == TEXT
    assert found(f"{line}\n{TEXT}")["title"][0] in ("柳河的慢时光", "柳河的慢時光")
    page = About(kind="html")
    assert clean(f"{line}\n{TEXT}", STEPS, page).text == f"{line}\n{TEXT}"


def test_gazette_and_number_of_an_official_document_go_with_its_title() -> None:
    title = "关于开展秋冬农田水利建设的通知"
    head = f"柳河县人民政府公报\n2021年第4期（总第38期）\n{title}\n柳政办发〔2021〕27号"
    text = f"{head}\n各乡镇人民政府：\n{TEXT}"
    assert clean(text, STEPS).text == f"各乡镇人民政府：\n{TEXT}"
    assert found(text)["title"] == [title]
    assert found(text)["doc_number"] == ["柳政办发〔2021〕27号"]


@pytest.mark.parametrize(
    "line",
    [
        "（此处已添加视频，请到今日头条客户端查看）",
        "此处为视频",
        "举报/反馈",
        "共1页 当前第1页 首页 上一页 下一页 尾页",
    ],
)
def test_lines_of_another_program_go(line: str) -> None:
    assert clean(f"{TEXT}\n{line}", STEPS).text.strip() == TEXT


@pytest.mark.parametrize(
    "text",
    [
        f"{TEXT}\n联系我们：6219988\n读者群：587654321\n地址：文化路6号",
        "柳河县图书馆开馆时间\n周一闭馆\n周二至周日　8:30—17:30\n联系我们：6219988\n地址：文化路6号",
        f"{TEXT}\n此处已添加护栏三百米，请过往行人注意。",
        f"{TEXT}\n举报/反馈电话：6219988（工作日）。",
        f"柳河县水利局\n渠道清淤\n{TEXT}",
    ],
)
def test_contacts_and_words_of_a_notice_stay(text: str) -> None:
    assert clean(text, STEPS).text == text


def test_the_known_title_is_not_text() -> None:
    about = About("html", title="全县现场会召开")
    assert clean(f"全县现场会召开\n{TEXT}", STEPS, about).text == TEXT


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "各乡镇人民政府：\n" + TEXT + "\n特此通知。\n柳河县人民政府办公室\n2021年11月3日",
        "一、总体要求\n" + TEXT + "\n二、保障措施\n" + BODY[1],
        TEXT + "\n附件：1.任务分解表.doc\n2.联系人名单.xls",
        "编辑部的故事要从四十年前说起，那时的柳河还没有铁路。\n" + TEXT,
        TEXT + "\n相关部门负责人参加会议。",
        "主办单位为县文化馆，承办单位为各乡镇文化站，全县四十支队伍参加比赛。\n" + TEXT,
        TEXT + "\n本周全县以晴天为主，适宜施工。",
        "相关链接\n" + TEXT,
        TEXT + "\n相关链接\n" + "\n".join(BODY[::-1]),
        TEXT + "\n登录网址：www.lh.test\n初始密码：abc\n请按时登录。\n柳河县水利局\n2021年11月3日",
        TEXT + "\n主办单位：柳河县文化馆\n地点：县体育场\n二〇二一年十一月三日",
    ],
)
def test_an_article_is_left_alone(text: str) -> None:
    assert clean(text, STEPS).edits == ()


def memory_of(lines: list[str], pages: int = 8) -> SiteMemory:
    return memory.learn("zz.test", [lines] * pages)


def test_a_law_that_speaks_of_rights_is_no_disclaimer() -> None:
    law = (
        f"{TEXT}\n第五十条 成果的著作权和版权归属按《中华人民共和国著作权法》办理。\n"
        "第五十一条 成果可以声明作者，未经许可不得转载。\n第五十二条 本办法自发布之日起施行。"
    )
    assert clean(law, STEPS).text == law


def test_a_document_number_above_the_text_is_read() -> None:
    assert found(f"清政办发〔2021〕3号\n来源：柳河县水利局\n{TEXT}")["doc_number"] == [
        "清政办发〔2021〕3号"
    ]


def test_known_lines_go_from_the_ends_only() -> None:
    known = memory_of(["柳河要闻", "欢迎访问柳河", BODY[1]])
    text = f"柳河要闻\n{BODY[0]}\n{BODY[1]}\n{BODY[2]}\n欢迎访问柳河"
    assert clean(text, STEPS, About("html", memory=known)).text.strip() == TEXT


def test_a_young_memory_says_nothing() -> None:
    known = memory_of(["柳河要闻"], pages=4)
    text = f"柳河要闻\n{TEXT}"
    assert clean(text, STEPS, About("html", memory=known)).text == text


lines = st.lists(
    st.sampled_from(
        [
            *BODY,
            "来源：水利局 2021-11-04",
            "责任编辑：王芳",
            "上一篇：通知",
            "相关链接",
            "打印 关闭",
            "柳河要闻",
            "附件：名单.doc",
            "一、要求",
            "2021年11月3日",
            "首页 > 要闻",
            "",
            "(编辑 施尚景)",
            "会议结束。(编辑 王芳)",
        ]
    ),
    max_size=12,
)


@settings(max_examples=300)
@given(lines, st.sampled_from([None, memory_of(["柳河要闻", "一、要求"])]))
def test_every_cut_can_be_undone(parts: list[str], known: SiteMemory | None) -> None:
    text = "\n".join(parts)
    cleaned = clean(text, STEPS, About("text", memory=known))
    assert undo(cleaned.text, cleaned.edits) == text


@settings(max_examples=300)
@given(lines, st.sampled_from([None, memory_of(["柳河要闻", "一、要求"])]))
def test_cutting_twice_cuts_nothing(parts: list[str], known: SiteMemory | None) -> None:
    about = About("text", memory=known)
    once = clean("\n".join(parts), STEPS, about)
    again = clean(once.text, STEPS, about)
    assert [e for e in again.edits if e.action == "applied"] == []


@given(st.text(max_size=80))
def test_rules_answer_any_line(line: str) -> None:
    assert isinstance(linerules.head_rule(line) + linerules.tail_rule(line), str)


@pytest.mark.parametrize(
    "inset",
    [
        "/58\n图集已浏览完毕\n重新浏览",
        "3 / 12\n上一张 下一张",
        "T + -",
        "柳河镇沟渠清淤现场（来源：柳河视频）",
    ],
)
def test_a_gallery_or_player_inside_the_text_goes(inset: str) -> None:
    text = "\n".join((BODY[0], inset, *BODY[1:]))
    cleaned = clean(text, STEPS)
    assert cleaned.text == TEXT
    assert undo(cleaned.text, cleaned.edits) == text


@pytest.mark.parametrize(
    "line",
    [
        "1/3",
        "柳河镇沟渠清淤现场（王芳摄）",
        "重新浏览了三处工地的账目",
        "数据（来源：县统计局）",
        "会上播放了警示片（视频）。",
    ],
)
def test_a_line_that_only_looks_like_a_gallery_stays(line: str) -> None:
    text = "\n".join((BODY[0], line, *BODY[1:]))
    assert clean(text, STEPS).text == text


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("声明：本结果仅对抽检样品负责。", True),
        ("郑重声明：我县从未授权任何机构收取报名费。", True),
        ("声明：本网转载内容不代表本网立场。", False),
        ("特别声明：以上作品的版权归原作者所有。", False),
    ],
)
def test_a_notice_may_declare_something_and_a_site_disclaims(line: str, stays: bool) -> None:
    assert (line in clean(f"{TEXT}\n{line}", STEPS).text) == stays


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        ("打印机、复印机等办公设备的采购须走政府采购流程。", ()),
        ("时间：12月5日上午9时", ("地点：县政府三楼会议室",)),
    ],
)
def test_what_begins_like_the_frame_and_says_something_stays_above_the_text(
    first: str, rest: tuple[str, ...]
) -> None:
    text = "\n".join((first, *rest, *BODY))
    assert clean(text, STEPS).text == text
    assert clean(f"时间：2023-12-05 09:12\n打印 关闭\n{TEXT}", STEPS).text == TEXT


def test_a_sentence_that_begins_like_the_frame_ends_no_text_that_goes_on() -> None:
    middle = "扫描二维码关注县图书馆公众号可以预约下一期活动，名额满了为止。"
    last = "活动由县文旅局主办，县图书馆承办，欢迎各界人士踊跃参加。"
    assert clean(f"{TEXT}\n{middle}\n{last}", STEPS).text == f"{TEXT}\n{middle}\n{last}"
    assert clean(f"{TEXT}\n{middle}", STEPS).text == TEXT


@pytest.mark.parametrize(
    "line", ["走进今天", "大山县的昨天、今天", "下载国家反诈中心APP，开启来电预警"]
)
def test_headings_and_calls_of_the_text_are_no_frame(line: str) -> None:
    assert not linerules.head_rule(line)
    assert not linerules.tail_rule(line)
