"""Lists of places behind labels of all kinds, without separators, and with endings that differ."""

from __future__ import annotations

import random

import pytest

from tests.farms import ARTICLES, page, places, plain, taken

BODY = "\n".join(ARTICLES[0][1])
MACHINERY = (
    "站群系统出租",
    "百度蜘蛛池出租 24小时在线",
    "泛目录程序 v2.1",
    "SEO快排：",
    "最新入池：/a/1024.html\n",
    "【站群】",
)


@pytest.mark.parametrize("label", MACHINERY)
@pytest.mark.parametrize("separator", [" ", "|", "\n", "、"])
@pytest.mark.parametrize("seed", range(4))
def test_places_in_no_order_behind_a_word_of_the_machinery_go_with_it(
    label: str, separator: str, seed: int
) -> None:
    names = places(random.Random(f"{label}{seed}"), 20)
    text, verdict, _ = plain(f"{BODY}\n{label} {separator.join(names)}")
    assert (text.rstrip(), verdict) == (BODY, "infected")


@pytest.mark.parametrize("label", ["友情链接：", "城市分站：", "热门城市 ", "TAG标签|"])
def test_a_box_of_links_of_such_places_goes_from_behind_the_article(label: str) -> None:
    names = places(random.Random(label), 30)
    text, verdict, _ = plain(f"{BODY}\n{label}{' '.join(names)}")
    assert (text.rstrip(), verdict) == (BODY, "infected")


def test_places_behind_the_files_of_a_notice_go() -> None:
    names = places(random.Random("files"), 24)
    notice = f"{BODY}\n附件：\n1.报名表.doc"
    text, verdict, _ = plain(f"{notice}\n{'|'.join(names)}")
    assert (text.rstrip(), verdict) == (notice, "infected")
    kept = f"{BODY}\n附件：\n参会县名单\n{'|'.join(names)}"
    assert plain(kept)[0] == kept


@pytest.mark.parametrize("label", ["站群：\n", "友情链接\n", "热门城市：", ""])
@pytest.mark.parametrize("ending", ["刻章", "开锁", "开锁公司", "搬家", "seo优化"])
def test_a_matrix_of_short_trades_goes_with_the_label_above_it(label: str, ending: str) -> None:
    drawn = places(random.Random(ending), 60)
    names = [f"{name.rstrip('县市区旗')}{ending}" for name in drawn if name[-1] in "县市旗"][:20]
    text, verdict, _ = plain(f"{BODY}\n{label}{'|'.join(names)}")
    assert (text.rstrip(), verdict) == (BODY, "infected")


@pytest.mark.parametrize("label", ["友情链接：\n", "友链：", "【站长推荐】\n"])
@pytest.mark.parametrize("separator", ["、", "，", "|", " "])
def test_a_box_of_links_goes_from_between_paragraphs_however_its_names_are_parted(
    label: str, separator: str
) -> None:
    names = places(random.Random(label), 18)
    first, second, third = ARTICLES[0][1]
    second = second.replace("三十套", "三十套以下")  # a word of announcing inside a sentence
    text, verdict, _ = plain(f"{first}\n{second}\n{label}{separator.join(names)}\n{third}")
    assert (text, verdict) == (f"{first}\n{second}\n{third}", "infected")


NEAR = places(random.Random("near"), 18)


@pytest.mark.parametrize(
    "lines",
    [
        "今年暑期热门城市：\n" + "、".join(NEAR),
        "友情支持单位：\n" + "、".join(NEAR),
        "友情链接：\n" + "、".join(NEAR[:12]),
        "友情链接：" + "、".join(NEAR) + "等地的政府网站已经改版。",
        "站长推荐的线路经过" + "、".join(NEAR),
        "结为友好县的有：\n" + "、".join(NEAR),
        "合作城市：\n" + "、".join(NEAR),
        "参赛的有：" + "，".join(NEAR),
        "服务城市：" + "、".join(NEAR),
        "推荐城市\n" + "、".join(NEAR),
    ],
)
def test_lists_between_paragraphs_that_are_no_box_of_links_stay(lines: str) -> None:
    first, *others = ARTICLES[0][1]
    text = "\n".join([first, lines, *others])
    assert plain(text)[0] == text


@pytest.mark.parametrize("measure", ["海拔800米以上", "35周岁以下", "三级以上"])
def test_a_measure_points_to_no_list(measure: str) -> None:
    names = places(random.Random(measure), 18)
    body = BODY.replace("八百余份", f"{measure}八百余份").replace("加活动", f"加{measure}活动")
    assert plain(f"{'/'.join(names)}\n{body}")[:2] == (body, "infected")
    ended = f"{body}本次活动面向{measure}人员。"
    text, verdict, _ = plain(f"{ended}\n{'|'.join(names)}")
    assert (text.rstrip(), verdict) == (ended, "infected")


@pytest.mark.parametrize(
    "bar", ["（开云体育官方入口 kaiyun体育app下载 乐鱼体育登录）", "(久久精品 国产精品 亚洲无码)"]
)
def test_a_bar_in_brackets_goes_from_between_paragraphs(bar: str) -> None:
    first, *others = ARTICLES[0][1]
    text, verdict, _ = plain("\n".join([first, bar, *others]))
    assert (text, verdict) == (BODY, "infected")


@pytest.mark.parametrize(
    "line",
    [
        "（足球 篮球 乒乓球 羽毛球）",
        "（体育彩票 福利彩票 便民服务）",
        "（县体育馆 县文化馆 县图书馆）",
        "（办证窗口 咨询窗口 投诉窗口）",
        "（记者 张三 通讯员 李四）",
        "（云溪县 柳湾镇 白塔村）",
        "毕业证、学位证遗失的，可到教务处办理毕业证明书，咨询微信公众号：云溪职院。",
        "宽带先办后付，关注微信公众号“云溪广电”即可办理，客服微信：yunxi10010。",
        "警方查获“高仿证件、一比一高仿、加微信bz88661234”等小广告三百余张，刑拘二人。",
        "专业办证大厅设在一楼，电话：0744-6213580。",
    ],
)
def test_brackets_and_certificates_of_a_notice_stay(line: str) -> None:
    first, *others = ARTICLES[0][1]
    text = "\n".join([first, line, *others])
    assert plain(text)[0] == text


@pytest.mark.parametrize("seed", range(8))
def test_names_run_together_are_read_one_by_one(seed: int) -> None:
    drawn = places(random.Random(seed), 90)
    names = [name for name in drawn if name[-1] in "县市区旗" and name[-2:] != "地区"][:40]
    text, verdict, _ = plain(f"{BODY}\n{''.join(names)}")
    assert (text.rstrip(), verdict) == (BODY, "infected")


@pytest.mark.parametrize("seed", range(8))
def test_a_matrix_with_offices_and_papers_among_its_trades_goes_whole(seed: int) -> None:
    drawn = random.Random(seed)
    endings = ["新闻网", "网站建设", "招聘网", "seo优化", "搬家公司"]
    names = [f"{name}{drawn.choice(endings)}" for name in places(drawn, 40)]
    text, verdict, _ = plain(f"{BODY}\n{' '.join(names)}")
    assert (text.rstrip(), verdict) == (BODY, "infected")


@pytest.mark.parametrize(
    "bar",
    ["澳门新葡京官网_葡京娱乐场app下载_真人在线开户", "精品国产-久久综合-手机在线观看视频"],
)
def test_a_bar_of_three_names_two_of_them_listed_goes(bar: str) -> None:
    assert plain(f"{BODY}\n{bar}\n{ARTICLES[0][0]}")[0] == f"{BODY}\n{ARTICLES[0][0]}"


NAMES = places(random.Random("kept"), 24)


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\n附：参会县（市、区）名单\n" + "\n".join(NAMES),
        f"{BODY}\n推荐名单：" + " ".join(NAMES),
        f"{BODY}\n链接最多的县：" + "、".join(NAMES),
        f"本次网络清理共发现蜘蛛池、站群系统涉及{'、'.join(NAMES)}等地网站，已通报整改。\n{BODY}",
        f"{BODY}\n网信部门提醒：站群系统和泛目录程序会占用服务器资源，请各地自查。",
        f"{BODY}\n" + "\n".join(f"{name}融媒体中心" for name in NAMES),
        f"{BODY}\n" + " ".join(f"{name}人民政府" for name in NAMES),
        f"{BODY}\n分县（市、区）结果：\n" + "\n".join(f"{n}\t{i}" for i, n in enumerate(NAMES)),
        f"参会的有{''.join(NAMES[:4])}等地的代表。\n{BODY}",
        f"{BODY}\n体育彩票 福利彩票 便民服务",
    ],
)
def test_lists_of_places_that_an_article_gives_stay(text: str) -> None:
    assert plain(text)[0] == text


def test_what_looks_like_names_run_together_costs_no_time() -> None:
    """One pass, whatever is repeated: a match is found or given up where a name would end."""
    for piece in ("市", "县市", "平定县", "某" * 9 + "县", "东" * 12):
        text = BODY + "\n" + piece * (40_000 // len(piece)) + "。"
        assert plain(text)[1] in ("clean", "infected")


def test_the_marker_phrase_condemns_links_to_the_pools_own_pages_too() -> None:
    names = places(random.Random("own"), 20)
    links = "|".join(f'<a href="/{7 * n}.html">{name}</a>' for n, name in enumerate(names))
    text, verdict, edits = taken(page(after=f"<div>主站蜘蛛池模板：{links}</div>"))
    assert verdict == "infected"
    assert [edit.rule for edit in edits] == ["R1-marker"]
    assert not any(name in text for name in names)
    own = "".join(f'<a href="/{7 * n}/">{name}</a>' for n, name in enumerate(names))
    assert taken(page(after=f"<div>下辖区县：{own}</div>"))[1] == "clean"


def test_a_bar_of_names_in_brackets_goes_with_its_brackets() -> None:
    bar = "【澳门新葡京官网】【亚博体育app下载】【开元棋牌】【欧博会员登录】【必威体育】"
    assert plain(f"{BODY}\n{bar}")[0].rstrip() == BODY
    kept = "【县域新闻】【政务公开】【办事服务】【互动交流】【专题专栏】"
    assert plain(f"{BODY}\n{kept}")[0] == f"{BODY}\n{kept}"
