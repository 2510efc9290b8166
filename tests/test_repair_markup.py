"""Leaked tags and entities, inserted tokens, wrong decoding: what is undone, and what is only named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.damage import mojibake
from archive.damage.gbk import decode
from archive.model import Change
from archive.repair import decode_leaked_markup, fix_mojibake, strip_inserted_tokens
from archive.steps import clean


def decoded(text: str) -> str:
    return clean(text, [decode_leaked_markup]).text


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("<p>第一段。</p><p>第二段。</p>", "第一段。\n第二段。"),
        ("<!--StartFragment--><p>第一段。</p><!--EndFragment-->", "\n第一段。\n"),
        ("<!--[if gte mso 9]><p>第一段。</p><![endif]--><p>第二段。</p>", "\n第一段。\n\n第二段。"),
        ('<p style="a: b"> 第一段。</h3> <p style="a: b"> 第二段。</h3>', "第一段。\n第二段。"),
        ("第一段。<br />第二段。<br>\n第三段。", "第一段。\n第二段。\n第三段。"),
        ('<span style="color: red">重要</span>通知<strong>全文</strong>', "重要通知全文"),
        ("&lt;p&gt;第一段。&lt;/p&gt;&lt;p&gt;第二段。&lt;/p&gt;", "第一段。\n第二段。"),
        (
            '会议强调<blockquote id="pl83f"><tr id="pl83f"></tr></blockquote>，要抓好落实。',
            "会议强调\n，要抓好落实。",
        ),
        ("&ldquo;双减&rdquo;工作&nbsp;推进&amp;nbsp;会", "“双减”工作\u00a0推进\u00a0会"),
        ("&#20013;&#x56fd;&amp;#25919;&#24220;", "中国政府"),
        ("《关于&lt;意见&gt;的通知》", "《关于<意见>的通知》"),
        ("&nbsp&nbsp第一段。\n&emsp2021年。", "\u00a0\u00a0第一段。\n\u20032021年。"),
        ("<p>第一段。<p>第二段。<p>第三段。", "第一段。\n第二段。\n第三段。"),
        (
            r"\u3000\u3000第一段。\r\n\u3000\u3000第二段。\n",
            "\u3000\u3000第一段。\n\u3000\u3000第二段。\n",
        ),
        (r"\u7b2c\u4e00\u6bb5", "第一段"),
    ],
)
def test_markup_shown_as_text_is_decoded(shown: str, text: str) -> None:
    assert decoded(shown) == text


@pytest.mark.parametrize(
    "text",
    [
        '前台显示出“<p style="text-indent:2em">”“&nbsp;”等字样，影响阅读。',
        "文稿里出现「<br>」和「&emsp;」，请先清除格式。",
        "空格写成“&#12288;”，换行写成“<br/>”。",
        r"文件存放在D:\new\table\name目录，备份在E:\news\text目录，请勿改动C:\temp。",
        r"共享路径为\\192.168.1.5\news，账号找信息中心要。",
        r"公式中的\nabla、\nu、\theta、\tau都要用斜体。",
        r"换行符写作\n，制表符写作\t。",
        "网址带参数http://a.example/?a=1&nbsp=2&ensp=3，照抄即可。",
        "见表<p>，检验结果p<0.05，<p>下同，<p>见后。",
        "甲方<乙方，乙方<丙方，丙方>丁方。",
    ],
)
def test_markup_that_a_text_quotes_stays(text: str) -> None:
    assert decoded(text) == text


def test_a_blank_line_above_the_first_paragraph_stays() -> None:
    assert decoded("标题\n\n<p>第一段。</p>\n<p>第二段。</p>") == "标题\n\n第一段。\n第二段。"


def test_a_tag_inside_an_unfinished_one_is_not_taken_out_of_it() -> None:
    once = decoded('第一段。\n<a hr<table>ef="http://a.test/" target="_blank">大荔县</a>')
    assert "<table>" in once
    assert decoded(once) == once


def test_a_lone_tag_without_attributes_is_no_evidence() -> None:
    assert decoded("见表<p>，下同。") == "见表<p>，下同。"


def stripped(text: str) -> str:
    return clean(text, [strip_inserted_tokens]).text


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("全市工作qqwrSEO靠我y.dat会议召开，部署SEO靠我任务。", "全市工作会议召开，部署任务。"),
        ("作者：[db:作者] 来源：{标签:来源}", "作者： 来源："),
        ("\ufeff政\u200b府\u00ad网\u2060站", "政府网站"),
        ("记者[注：化名]、编号{A.1}、{比例:3}", "记者[注：化名]、编号{A.1}、{比例:3}"),
    ],
)
def test_inserted_tokens_are_taken_out(shown: str, text: str) -> None:
    assert stripped(shown) == text


def test_private_use_is_only_named() -> None:
    cleaned = clean("会议\ue0de结束", [strip_inserted_tokens])
    assert cleaned.text == "会议\ue0de结束"
    assert cleaned.flags == ("private-use",)


SENTENCE = "全县教育工作会议在县政府举行，副县长出席会议并讲话。"
WHOLE = "中国人民政府关于教育工作通知"  # its UTF-8 bytes are GBK pairs, every one


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (SENTENCE.encode("gb18030").decode("latin-1"), SENTENCE),
        (SENTENCE.encode("utf-8").decode("latin-1"), SENTENCE),
        (WHOLE.encode("utf-8").decode("gb18030"), WHOLE),
        ("标题\n" + SENTENCE.encode("gbk").decode("latin-1") + "\n2021", f"标题\n{SENTENCE}\n2021"),
        (
            "\ufeff"
            + SENTENCE.encode("gbk").decode("latin-1")
            + "\n"
            + WHOLE.encode().decode("gb18030"),
            f"\ufeff{SENTENCE}\n{WHOLE}",
        ),
    ],
)
def test_a_line_decoded_with_the_wrong_character_set_is_decoded_again(
    wrong: str, right: str
) -> None:
    assert clean(wrong, [fix_mojibake]).text == right


def test_a_line_that_lost_bytes_to_the_wrong_decoding_is_named_with_its_likely_text() -> None:
    wrong = "".join(decode(part.encode("utf-8"), "py") for part in (SENTENCE, "工作"))
    (edit,) = clean(wrong, [fix_mojibake]).edits
    assert edit.action == "flagged"
    assert "全县教育工作会" in edit.alternatives[0]


def test_what_cannot_be_brought_back_is_named() -> None:
    cleaned = clean("锟斤拷锟斤拷会议锟斤拷召开", [fix_mojibake])
    assert cleaned.text == "锟斤拷锟斤拷会议锟斤拷召开"
    assert cleaned.flags == ("replaced-characters",)
    assert clean("会议要求，各乡镇要落实责�。", [fix_mojibake]).flags == cleaned.flags
    assert clean("锅里的油烫烫烫，小心。", [fix_mojibake]).flags == ()


@given(st.text(alphabet="全县教育工作会议召开，。“”（）《》、1０aé ", max_size=60))
def test_chinese_is_never_taken_for_mojibake(text: str) -> None:
    assert not [c for c in mojibake.fix(text) if isinstance(c, Change) and c.applied]


def test_a_notice_on_hidden_links_keeps_the_code_it_quotes() -> None:
    text = (
        "近期部分网站被植入暗链，写法如下。\n"
        '<div style="display:none"><a href="http://spam.example/">某某彩</a></div>\n'
        "各单位发现后应断网处置。"
    )
    assert clean(text, [decode_leaked_markup]).text == text
