"""Lines of the frame in wordings of other makers, and lines of the text that look like them."""

from __future__ import annotations

import pytest

from archive.derive import derive_file
from archive.model import Article
from tests.farms import ARTICLES

BODY = "\n".join(ARTICLES[0][1])


def text_of(text: str | bytes) -> str:
    made = derive_file(text.encode() if isinstance(text, str) else text, "notice.txt")
    assert isinstance(made, Article)
    return made.text


@pytest.mark.parametrize(
    "line",
    [
        "位置导航 > 首页 > 部门动态 > 详情",
        "当前栏目：镇街快讯",
        "首页｜要闻｜镇街｜正文",
        "A＋ A－ 朗读本文 收藏本页 繁简切换",
        "语音阅读 | 大字版 | 无障碍浏览 | 打印",
        "分享给好友： 微信 微博 QQ 钉钉",
    ],
)
def test_a_toolbar_or_breadcrumb_goes_from_above(line: str) -> None:
    assert text_of(f"{line}\n{BODY}") == BODY


@pytest.mark.parametrize(
    "line",
    [
        "本文编辑：小鱼　监制：老马",
        "前一则：县里召开秋收会议\n后一则：市里部署防汛",
        "<<上一条 关于停电的通知\n>>下一条 关于停水的通知",
        "« 上一文章：无\n» 下一文章：油茶丰收",
        "【相关阅读】\n我县启动防滑演练\n冬季行车注意事项",
        "您对本页面信息是否满意？ 非常满意 满意 一般 不满意",
        "点赞 35　收藏 12　转发 7",
        "转发至：微信好友 朋友圈 QQ空间",
    ],
)
def test_a_credit_or_a_way_on_goes_from_below(line: str) -> None:
    assert text_of(f"{BODY}\n{line}") == BODY


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑部接到举报后立即核查，撤下不实稿件两篇。",
        "版权所有人可向法院申请诉前保全，法院应当在四十八小时内作出裁定。",
        "上一篇报道刊发后，读者来信不断，编辑部选登其中三封。",
        "位置偏远曾是该镇发展的最大短板，如今高速公路通到了村口。",
    ],
)
def test_a_sentence_that_begins_like_a_frame_stays(line: str) -> None:
    for text in (f"{BODY}\n{line}", f"{line}\n{BODY}"):
        assert text_of(text) == text


def test_a_poem_that_ends_with_its_poet_keeps_its_lines() -> None:
    poem = "登山\n石阶三百级\n松风送我行\n回头云在下\n前路日方明"
    assert text_of(f"{poem}\n作者：县文联 林一山") == poem


def test_latin_1_read_twice_and_short_lines_beside_it_are_read_right() -> None:
    text = f"{BODY}\n县教育局\n2025年9月28日"
    once = text.encode().decode("latin-1")
    assert text_of(once) == text_of(once.encode().decode("latin-1")) == text


def test_undeclared_big5_is_told_by_its_bytes() -> None:
    text = (
        "南區圖書分館昨日舉行啟用典禮，館內設有親子閱覽室與長者讀報區，預計每日可服務讀者六百人次。"
    )
    assert text_of(text.encode("big5")) == text
    assert text_of(text.encode("gbk")) == text
    assert text_of(BODY.encode("gbk")) == BODY


def test_the_minutes_of_a_meeting_keep_their_day() -> None:
    text = f"会议纪要\n时间：12月3日\n地点：三楼会议室\n参加人员：张三、李四、王五\n{BODY}"
    assert text_of(text) == text
