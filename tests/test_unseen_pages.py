"""Whole pages of mechanisms the rules were not written on, and pages that look like them."""

from __future__ import annotations

import json

import pytest

from archive.derive import derive_file
from archive.model import Article
from tests.farms import ARTICLES

LINES = ARTICLES[0][1]
BODY = "\n".join(LINES)
SHARE = '<div>分享到：<a href="#">微信</a> <a href="#">微博</a></div><a href="/2.html">下一篇</a>'
FOOT = "<p>主办单位：青溪县人民政府办公室</p><p>湘ICP备05009999号-1</p>"
PLACES = [
    "山阳县",
    "金秀县",
    "武冈市",
    "扎赉特旗",
    "寿县",
    "凤山县",
    "宜良县",
    "神池县",
    "大足区",
    "泰来县",
    "仁寿县",
    "靖安县",
    "通海县",
    "嘉黎县",
    "横峰县",
    "滦平县",
    "汶川县",
    "宁国市",
    "兴海县",
    "东明县",
]


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def page(body: str, title: str = "林场工人守山三十年", head: str = "") -> str:
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><h1>{title}</h1>'
        f'<div>发布时间：2021-05-12</div><div class="content">{body}</div>{SHARE}{FOOT}</body></html>'
    )


def article(html: str) -> Article:
    made = derive_file(html.encode(), "page.html")
    assert isinstance(made, Article)
    return made


@pytest.mark.parametrize("farm", [paragraphs(*PLACES), f"<p>友情链接：{'|'.join(PLACES)}</p>"])
def test_links_of_the_frame_behind_a_list_of_places_do_not_shield_it(farm: str) -> None:
    made = article(page(paragraphs(*LINES) + farm))
    assert made.text == BODY
    assert made.verdict == "infected"


@pytest.mark.parametrize(
    "closing", ["以下县市获评优秀：", "获评优秀的县市名单公布在下。", "结对的二十个县如下。"]
)
def test_a_list_of_places_that_is_announced_stays_before_the_links_of_the_frame(
    closing: str,
) -> None:
    made = article(page(paragraphs(*LINES, closing, *PLACES)))
    assert made.text == "\n".join((BODY, closing, *PLACES))
    assert made.verdict == "clean"


def test_a_list_of_places_that_a_sentence_follows_stays() -> None:
    closing = "各县要认真总结经验，再接再厉。"
    made = article(page(paragraphs(*LINES, *PLACES, closing)))
    assert made.text == "\n".join((BODY, *PLACES, closing))


def test_a_headline_read_as_latin_1_is_read_again_and_kept_as_served_beside_it() -> None:
    title = "石桥镇油茶丰收在望"
    served = title.encode("gbk").decode("latin-1")
    made = article(page(paragraphs(*LINES), served))
    assert made.title == title
    assert any(other["value"] == served for other in made.evidence["title"]["others"])


@pytest.mark.parametrize("title", ["Café à Paris：两地师生云上交流", "石桥镇油茶丰收在望"])
def test_a_headline_that_is_no_mojibake_stays(title: str) -> None:
    assert article(page(paragraphs(*LINES), title)).title == title


@pytest.mark.parametrize(
    "leak",
    [
        "[img]http://img.qx.test/a.jpg[/img]",
        "[IMG=3,4]/u/a.php?b=1&amp;amp;c=2[/IMG]",
        "[!--news.page--]",
    ],
)
def test_forum_pictures_and_unfilled_fields_of_a_template_go(leak: str) -> None:
    assert article(page(paragraphs(*LINES, leak))).text == BODY


@pytest.mark.parametrize(
    "line",
    [
        "论坛里贴图要写作[img]图片地址[/img]，两边不能有空格。",
        "空格写作&amp;nbsp;，不要用全角空格代替缩进。",
    ],
)
def test_markup_that_a_sentence_names_stays(line: str) -> None:
    made = article(page(paragraphs(*LINES, line)))
    assert made.text == "\n".join((BODY, line.replace("&amp;", "&")))


def test_a_photographer_under_every_picture_stays_and_one_behind_the_text_is_a_credit() -> None:
    captions = ("游客在林场拍照。（杨青山 摄）", "工人在采摘松果。（杨青山 摄）")
    assert article(page(paragraphs(*LINES, *captions))).text == "\n".join((BODY, *captions))
    one = article(page(paragraphs(*LINES, captions[0])))
    assert one.text == "\n".join((BODY, "游客在林场拍照。"))


def test_the_body_in_linked_data_is_the_article_of_a_page_that_shows_none() -> None:
    data = {"@type": "NewsArticle", "headline": "林场工人守山三十年", "articleBody": BODY}
    script = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    made = article(f'<html><head>{script}</head><body><div id="root"></div></body></html>')
    assert made.title == "林场工人守山三十年"
    assert made.text == BODY
