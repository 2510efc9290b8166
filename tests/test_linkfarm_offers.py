"""Offers by what they sell, lists of places with other signs and at other places, and their like."""

from __future__ import annotations

import random

import pytest

from tests.farms import ARTICLES, places, plain

BODY = "\n".join(ARTICLES[0][1])
NAMES = places(random.Random("offers"), 20)


@pytest.mark.parametrize(
    "bar",
    [
        "开元棋牌官网|天天棋牌下载|金花棋牌大厅|斗地主赢现金|捕鱼赢话费|炸金花透视",
        "彩神8登录_500彩票购彩大厅_必中彩票官方下载_快三计划在线_大小单双稳赢技巧",
        "澳门天天开好彩,澳门一肖一码100%准,管家婆免费资料大全,香港二四六开奖结果",
        "亚洲精品久久久久久国产麻豆传媒黄色网站在线观看",
        "新葡京官网登录-亚博体育下载-开云中国入口",
        "ＰＧ电子官网 开云体育ａｐｐ ＡＧ真人平台",
        "代开增值税专用发票 代开餐饮住宿票 电话13800138000 先验后付 税点优惠",
        "身份证贷款 黑户秒下款 征信花可贷 急用钱加V：xjd9988",
        "办本科毕业证 学位证办理 代办驾驶证 快速出证 加QQ 3344556677",
        "论文代写 毕业论文代做 本科论文降重 作业代做 Q：88231764",
        "代写论文加薇❤lunwen8866，价格优惠，先写后付。",
        "【最新福利】注册即送58元彩金，点击www.k8889.example领取，客服QQ2233445566。",
    ],
)
def test_an_offer_goes_by_what_it_sells_wherever_it_stands(bar: str) -> None:
    for text in (f"{BODY}\n{bar}", f"{bar}\n{BODY}"):
        left, verdict, _ = plain(text)
        assert (left.strip(), verdict) == (BODY, "infected")


@pytest.mark.parametrize(
    "line",
    [
        "社区为行动不便的老人提供上门服务，联系电话：0411-84567890。",
        "学位证办理咨询电话：0371-12345678。",
        "遗失补办毕业证明的校友请提前预约，电话：0371-12345678。",
        "全省政府网站集约化站群系统已经上线，技术服务电话：0551-62999999。",
        "纪录展线上展厅免费在线观看，网址：https://www.museum.example/zt。",
        "本次评选严禁刷票，监督电话：0371-12345678。",
        "急用钱的企业可申请应急周转金，咨询电话：0371-12345678。",
        "律师为困难群众免费代写诉状，电话：0371-12345678。",
        "代写起诉状、代写答辩状、代写上诉状、代写申请书",
        "上门服务 预约服务 延时服务 帮办代办 代写文书",
        " ".join(name + "政府网站" for name in NAMES),
        "抽查不合格的网站：\n" + "\n".join(name + "人民政府网站" for name in NAMES),
        "、".join(name + "教育网站" for name in NAMES) + "。",
        "\n".join(name + "门户网站" for name in NAMES),
    ],
)
def test_what_offices_offer_the_public_stays(line: str) -> None:
    text = f"{BODY}\n{line}\n{BODY}"
    left, _, _ = plain(text)
    assert left == text


@pytest.mark.parametrize("joint", ["-", " - ", "] [", "】【", " ★ ", "/", "~", "—"])
def test_places_go_whatever_sign_parts_them(joint: str) -> None:
    opened = {"] [": "[", "】【": "【"}.get(joint, "")
    closed = {"] [": "]", "】【": "】"}.get(joint, "")
    assert plain(f"{BODY}\n{opened}{joint.join(NAMES)}{closed}")[:2] == (BODY, "infected")


def test_places_without_a_word_about_them_go_from_above_and_between_paragraphs() -> None:
    first, rest = BODY.split("\n", 1)
    listed = " ".join(NAMES)
    for text in (f"{listed}\n{BODY}", f"{first}\n{listed}\n{rest}"):
        assert plain(text)[:2] == (BODY, "infected")


@pytest.mark.parametrize("ending", ["seo", "网站推广", "品牌策划", "代运营"])
def test_places_with_what_sellers_of_pages_sell_go(ending: str) -> None:
    names = [name + ending for name in NAMES[:10]]
    assert plain(f"{BODY}\n{' '.join(names)}")[:2] == (BODY, "infected")


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\n" + "\n".join(f"{name}代表队" for name in NAMES),
        f"{BODY}\n销售网点：\n" + " ".join(f"{name}专卖店" for name in NAMES),
        f"{' '.join(NAMES)}\n二十个县市结成文化旅游联盟\n{BODY}",
        f"加开列车途经车站如下。\n{' '.join(NAMES)}\n{BODY}",
        f"{BODY}\n{'、'.join(NAMES)}\n以上地区请注意防范。{BODY}",
        """县公安局反诈中心发布典型案例
刘某看到“黑户秒下款”的短信，添加QQ 3322114455后被骗2.4万元。
张某搜索“代写论文”，加微信xiezuo9988后转账800元，对方失联。""",
        f"{BODY}\n公积金贷款 小额贷款 身份证贷款 贴息贷款",
        f"税务局调整办税服务厅时间\n{BODY}\n代开增值税专用发票业务咨询电话：0791-86543210。",
        "评长篇小说《河岸》\n小说写一个少妇守着渡口。这位少妇的原型是他的祖母。\n“裸体的河床”“丝袜厂”多次出现。",
        f"老年大学招生\n书法班 国画班 声乐班 棋牌班 太极拳班\n{BODY}",
    ],
)
def test_what_reads_like_an_offer_and_is_none_stays(text: str) -> None:
    assert plain(text)[:2] == (text, "clean")
