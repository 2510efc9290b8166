"""Document-sharing pages: equal chunks are joined, furniture goes, ordinary pages stay."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.normalise import normalise
from archive.steps import clean, undo
from archive.text.docshare import join_chunks, strip_furniture
from archive.text.layout import lines
from tests.prose import paragraphs, sentences
from tests.shared import shared_folder

EXAMPLES = Path(__file__).parents[1] / "seeds" / "examples"
STEPS = [join_chunks, strip_furniture, lines]

TITLE = "某县2020年水利工作总结"
HEAD = f"""{TITLE}

上传人:w**** 文档编号:12345678 上传时间:2020-12-03 格式:DOC 页数:5 大小:30KB
返回 下载 相关 举报
{TITLE}_第1页
第1页 / 共5页
亲,该文档总共5页,到这儿已超出免费预览范围,如果喜欢就下载吧!
资源描述

《{TITLE}》由会员分享,可在线阅读,更多相关《{TITLE}(5页珍藏版)》请在某某文库上搜索。
"""
TAIL = """

展开阅读全文
相关资源
某某文库版权所有"""


def chunked(document: str, size: int = 300, gap: str = "\n\n") -> str:
    """The document as a sharing site shows it: one line, cut under running numbers."""
    flat = document.replace("\n", " ")
    pieces = [flat[at : at + size] for at in range(0, len(flat), size)]
    return "".join(f"{gap}{number}、{piece}" for number, piece in enumerate(pieces, 1))


def test_the_sample_comes_out_as_approved() -> None:
    text = (EXAMPLES / "003.txt").read_text(encoding="utf-8")
    cleaned = clean(text, STEPS)
    approved = (EXAMPLES / "003.clean.txt").read_text(encoding="utf-8").strip("\n")
    assert normalise(cleaned.text) == approved
    assert cleaned.flags == ("doc-share",)
    assert undo(cleaned.text, cleaned.edits) == text
    assert not [e for e in clean(cleaned.text, STEPS).edits if e.action == "applied"]


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
@pytest.mark.parametrize("size", [200, 300, 500])
@pytest.mark.parametrize("salt", range(4))
def test_equal_chunks_are_joined_without_a_trace(gap: str, size: int, salt: int) -> None:
    document = paragraphs(30, salt)
    cleaned = clean("题目" + chunked(document, size, gap), [join_chunks])
    assert cleaned.text == "题目\n" + document
    assert cleaned.flags == ("doc-share",)


def test_a_text_that_begins_with_its_first_chunk_is_joined() -> None:
    document = paragraphs(14)
    cleaned = clean(chunked(document).lstrip("\n"), STEPS)
    assert cleaned.text == document
    assert cleaned.flags == ("doc-share",)


@pytest.mark.parametrize(("count", "size"), [(4, 300), (8, 200), (12, 500)])
def test_one_or_two_chunks_are_joined_on_a_page_with_a_sure_sign(count: int, size: int) -> None:
    document = paragraphs(count)
    assert chunked(document, size).count("、") >= 1
    assert clean(HEAD + chunked(document, size) + TAIL, STEPS).text == document


@pytest.mark.parametrize(
    "document",
    [
        "1、" + paragraphs(1) + "\n2、" + paragraphs(1, 2),
        "1、" + paragraphs(2).replace("\n", ""),
        "工作安排\n1、" + paragraphs(1),
        "1、" + paragraphs(1) + "\n" + paragraphs(2, 3),
    ],
)
def test_items_of_a_shared_document_keep_their_numbers(document: str) -> None:
    assert clean(HEAD + "\n" + document + TAIL, STEPS).text == document


def test_a_blank_that_was_trimmed_at_a_cut_is_a_line_end_again() -> None:
    document = paragraphs(60)
    trimmed = "\n".join(line.rstrip(" ") for line in chunked(document).split("\n"))
    assert clean(trimmed, [join_chunks]).text == document


def test_line_ends_come_back_at_headings_and_items() -> None:
    body = sentences(24)
    document = "\n".join(
        [
            "一、基本情况",
            body[0] + body[1],
            "二、主要做法",
            "一是健全机构。" + body[2],
            "二是明确责任。" + body[3],
            "（三）落实经费",
            *body[4:],
        ]
    )
    flat = document.replace("机构。", "机构。 ").replace("责任。", "责任。 ")
    joined = clean(chunked(flat), [join_chunks]).text
    assert normalise(joined) == document


def test_blanks_inside_a_line_are_no_line_ends() -> None:
    document = "".join(sentences(20)) + "使用 Word 2010 编写,联系人 李 明 电话"
    assert clean(chunked(document), [join_chunks]).text == document


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(f"{n}、{s}" for n, s in enumerate(sentences(12), 1)),
        "\n".join(f"{n}、" + "".join(sentences(12, n))[:299] + "。" for n in range(1, 9)),
        "一、总则\n1、" + "\n2、".join(sentences(2)),
        paragraphs(20),
        "",
    ],
)
def test_a_numbered_list_is_no_row_of_chunks(text: str) -> None:
    assert not clean(text, [join_chunks]).edits


def test_furniture_goes_and_gives_title_and_upload_day() -> None:
    document = paragraphs(20)
    end = " 本文来源:网络收集与整理,如有侵权,请联系作者删除,谢谢!" + "第5页 共5页" * 4
    cleaned = clean(HEAD + chunked(f"{TITLE}Word版 {TITLE} {document}{end}") + TAIL, STEPS)
    assert cleaned.text == document
    found = {(c.field, c.value, c.origin) for c in cleaned.found}
    assert found == {("title", TITLE, "line:title"), ("published", "2020-12-03", "line:upload")}


def test_full_width_marks_are_furniture_too() -> None:
    wide = HEAD.translate(str.maketrans(",:!()", "，：！（）"))
    assert clean(wide + "\n" + paragraphs(3), STEPS).text == paragraphs(3)


OTHER_HEAD = f"""{TITLE}_第1頁
{TITLE}_第2頁
已閱讀5頁，還剩31頁未讀， 繼續免費閱讀
下載本文檔
版權說明：本文檔由用戶提供并上傳，收益歸屬內容提供方，若內容存在侵權，請進行舉報或認領
文檔簡介
"""


def test_a_traditional_mirror_of_a_sharing_site_is_one_too() -> None:
    cleaned = clean(OTHER_HEAD + chunked(paragraphs(20)), STEPS)
    assert cleaned.text == paragraphs(20)
    assert cleaned.flags == ("doc-share",)


def test_page_marks_inside_the_text_end_a_paragraph_or_vanish() -> None:
    text = OTHER_HEAD + "甲。第一页，共9页。乙很第二页，共9页。长。第三页，共9页。"
    assert clean(text, STEPS).text == "甲。\n乙很长。"


def test_labels_one_a_line_are_furniture_on_a_sharing_page() -> None:
    labels = "上传人(卖家):w**\n文档编号:77\n上传时间:2020-12-03\n格式:PPT\n页数:9\n大小:1MB\n"
    cleaned = clean(OTHER_HEAD + labels + paragraphs(3), STEPS)
    assert cleaned.text == paragraphs(3)
    assert ("published", "2020-12-03") in {(c.field, c.value) for c in cleaned.found}


@pytest.mark.parametrize("lost", [1, 3])
def test_chunks_that_lost_characters_to_damage_are_still_chunks(lost: int) -> None:
    text = chunked(paragraphs(80))
    third = text.index("3、") + 100
    damaged = text[:third] + text[third + lost :]
    joined = clean(damaged, [join_chunks]).text
    assert len(joined) == len(paragraphs(80)) - lost
    assert "\n\n" not in joined


def test_a_year_after_the_upload_is_flagged_and_stays() -> None:
    text = HEAD + "\n2023年全县完成投资三亿元。到2035年建成水网。"
    cleaned = clean(text, [strip_furniture])
    assert "2023年全县" in cleaned.text
    flagged = [(e.rule, e.old) for e in cleaned.edits if e.action == "flagged"]
    assert flagged == [("later-year", "2023")]


NOTE = "下载文件中如有侵权或不适当内容,请与我们联系,我们立即纠正。"
SITES = {  # head and foot as five kinds of sites have them
    "notes below": (
        f"甲乙文库网\n首页 换一换\n上传文档\n{TITLE}.docx\n上传人：s****7\n文档编号：1234\n格式：DOCX\n页数：4\n",
        (
            f"《{TITLE}》由会员分享，可在线阅读，更多相关《{TITLE}（4页珍藏版）》请在甲乙文库网上搜索。\n"
            f"温馨提示：\n1. 本站所有资源如无特殊说明，都需要本地电脑安装阅读器。\n2. {NOTE}\n最新文档\n某县工作要点"
        ),
    ),
    "labels": (
        f"{TITLE}_文档下载\n文档格式：.doc\n文档页数：4页\n文档热度：12\n上传于：2020-12-03\n",
        "内容提示： 全县今年完成投资。文档标签：水利\n您正在浏览第1页，共4页\n继续阅读",
    ),
    "path": (
        f"{TITLE}\n所在位置：首页 > 办公 > 总结 > {TITLE}\n文档信息\n上传于：2020-12-03\n下载积分：1000\n热度：26 收藏：0 页数：4\n",
        "分享到： 空间 微博\n阅读已结束，下载本文需要使用 1000 积分\n该文档贡献者很忙，什么也没留下。\n相似文档 评论 0条评论",
    ),
    "paid": (
        f"{TITLE}.doc\n某某文档 > 行业资料 > 总结\n2020-12-03 约3.21千字 约 4页 举报\n{TITLE}\n",
        "您可能关注的文档\n水利知识.ppt\n文档评论（0）\n1、某某网站文档一经付费（服务费），不意味着购买了该文档的版权，仅供个人学习。",
    ),
    "model texts": (
        (
            f"当前位置：首页 > 范文大全 > 工作总结 > 正文\n{TITLE}\n发布时间:2020-12-03 来源:工作总结 点击:次\n"
            f"下面是小编为大家整理的{TITLE},供大家参考。\n"
        ),
        "推荐访问：水利 总结\n上一篇：某县教育工作总结\n猜你喜欢\n最新推荐",
    ),
    "reading time": (
        f"{TITLE}\n全文共1120字，阅读约3分钟\n4.8分 1280人阅读 下载免费\n",
        "剩余2页未读，继续阅读\n下载文档到电脑，方便使用\n相关推荐\n县区总结 3页\n为你推荐",
    ),
    "upload bar": (
        f"豆丁网 文档分享 首页 | 行业资料\n{TITLE}.doc\n上传于 2020-12-03 | 24页 | 120人浏览 | 分享\n{TITLE}\n",
        "该用户其他文档\n乡镇总结.doc\n文档评论（0）\n关于豆丁 | 联系我们",
    ),
    "texts in brackets": (
        f"甲乙之家 > 工作总结 > 年度总结\n{TITLE}\n下面是小编整理的{TITLE},供大家参考。\n",
        f"以上就是小编为大家整理的全部内容，更多范文请关注甲乙之家。\n【{TITLE}】相关文章：\n1.乡镇总结\n2.县直总结",
    ),
}


@pytest.mark.parametrize("site", SITES)
def test_head_and_foot_of_other_sharing_sites_go_and_tell_the_title(site: str) -> None:
    head, foot = SITES[site]
    document = paragraphs(12)
    cleaned = clean(f"{head}{document}\n{foot}", STEPS)
    assert cleaned.text == document
    found = {(c.field, c.value) for c in cleaned.found}
    assert ("title", TITLE) in found
    if "2020-12-03" in head:
        assert ("published", "2020-12-03") in found


def test_what_closes_a_page_above_the_document_closes_nothing() -> None:
    document = paragraphs(12)
    head = HEAD.replace("资源描述", "点击查看更多>>\n资源描述\n5页\n5.0 金币\n共12页")
    head = head.replace("到这儿已超出免费预览范围", "全部预览完了")
    assert clean(head + document + TAIL, STEPS).text == document
    names = "\n".join(f"{number}号 柳河村第{number}组" for number in range(1, 30))
    assert clean(head + names, STEPS).text == names


def test_a_title_glued_to_its_document_once_goes() -> None:
    document = paragraphs(12)
    assert clean(HEAD + chunked(f"{TITLE}\n{document}") + TAIL, STEPS).text == document
    spoken = f"{TITLE} 已经印发。\n{document}"
    assert clean(HEAD + spoken + TAIL, STEPS).text == spoken


def test_a_heading_of_the_document_ends_nothing() -> None:
    text = f"{SITES['labels'][0]}{paragraphs(6)}\n相关资料\n{paragraphs(6, 1)}"
    assert clean(text, STEPS).text == f"{paragraphs(6)}\n相关资料\n{paragraphs(6, 1)}"


@pytest.mark.parametrize(
    "text",
    [
        "上传人：办公室 上传时间：2023-05-06 浏览：120\n"
        + paragraphs(3)
        + "\n格式：DOC 大小：35KB 下载：12",
        "下面是小编为大家整理的故事，供大家参考。\n" + paragraphs(3) + "\n上一篇：通知\n猜你喜欢",
        "文档编号：12 版本：3\n" + paragraphs(3),
        "本刊全文共1120字，阅读约3分钟\n" + paragraphs(3) + "\n为你推荐",
        "喜报上传于 2020-12-03 | 24页\n" + paragraphs(3) + "\n该用户其他文档",
        "1、" + paragraphs(1) + "\n2、" + paragraphs(1, 2) + "\n3、" + paragraphs(1, 3),
        paragraphs(3) + "\n以上就是小编为大家整理的防汛知识，更多资讯请关注清溪发布。",
        "下面是小编整理的故事，供大家参考。\n" + paragraphs(3) + "\n以上就是小编的采访手记。",
        paragraphs(3) + "\n【清溪要闻】\n相关文章将于近日刊出。\n【水利】相关文章三篇：已经发表。",
        paragraphs(3) + "\n以上是本站编辑整理的会议纪要。\n会议收到作文四百篇。",
        "附件下载\n格式:DOC 大小:30KB\n" + paragraphs(3),
        "返回 下载 相关\n当前位置:首页\n第1页 共2页\n" + paragraphs(3),
        "相关资源\n" + paragraphs(3) + "\n展开阅读全文\n" + paragraphs(3, 1),
        "本文来源:网络收集与整理,如有侵权,请联系作者删除",
    ],
)
def test_without_a_sure_sign_nothing_is_furniture(text: str) -> None:
    assert not clean(text, [strip_furniture]).edits


def test_gold_texts_are_left_alone() -> None:
    shared = shared_folder()
    if shared is None:
        pytest.skip("the shared pages are not here")
    for gold in sorted((shared / "data" / "pages").glob("*/gold.jsonl")):
        for row in map(json.loads, gold.read_text(encoding="utf-8").splitlines()):
            assert not clean(row.get("text") or "", [join_chunks, strip_furniture]).edits, row["id"]


@given(st.text(alphabet="\n1234、。 一二是句子上传时间:页第共", max_size=400))
def test_joining_can_be_undone(text: str) -> None:
    cleaned = clean(HEAD + text, STEPS)
    assert undo(cleaned.text, cleaned.edits) == HEAD + text


@given(st.integers(1, 40), st.sampled_from([150, 300]), st.booleans())
def test_joining_twice_changes_nothing(count: int, size: int, head: bool) -> None:
    text = (HEAD if head else "") + chunked(paragraphs(count), size)
    once = clean(text, STEPS).text
    assert not [e for e in clean(once, STEPS).edits if e.action == "applied"]


@pytest.mark.parametrize(
    "text", ["\n" * 200_000, "第1页 共1页" * 20_000 + "x", HEAD + "\n\n1、" + "a " * 100_000]
)
def test_hostile_pages_take_linear_time(text: str) -> None:
    start = time.process_time()
    clean(text, [join_chunks, strip_furniture])
    assert time.process_time() - start < 5
