"""Scripts, styles, placeholders and watermarks that leaked into a text go; code that it speaks of stays."""

from __future__ import annotations

import pytest

from archive.derive import derive_file
from archive.model import Article
from archive.steps import undo
from tests.farms import ARTICLES

BODY = "\n".join(ARTICLES[0][1])


def text_of(text: str) -> str:
    made = derive_file(text.encode(), "notice.txt")
    assert isinstance(made, Article)
    assert undo(made.text, made.edits) == text
    return made.text


@pytest.mark.parametrize(
    "line",
    [
        "<script>var _hmt=_hmt||[];(function(){var hm=1;})();</script>",
        "<style>\n.TRS_Editor p{margin:0}\n</style>",
        ".TRS_Editor P{margin-top:0;margin-bottom:0;}.TRS_Editor DIV{line-height:1.5;}",
        "var title=document.title;function share(){window.open('http://x.example');}",
        "<!-- 正文 -->",
        "{{ article.source }} {{ article.date | formatDate }}",
        '${news.author} <%=rs("hits")%>',
        "$title$",
    ],
)
def test_source_above_and_below_a_text_goes(line: str) -> None:
    assert text_of(f"{line}\n{BODY}\n{line}").strip() == BODY


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\n下列代码输出变量：\n{{{{ name }}}}",
        f"{BODY}\n第三题\nvar x = 1;\n请写出结果。",
        "已知 a<b 且 b>c，求证 a+c<2b。设 x<y，则 -x>-y。\n不等式组 {x>1, x<5} 的整数解为 2、3、4。",
        f"{BODY}\n建设5G网络、推广5G应用、开通5G基站，PM2.5浓度、PM2.5均值、PM2.5指数均下降。",
    ],
)
def test_code_and_signs_that_the_text_speaks_of_stay(text: str) -> None:
    assert text_of(text) == text


def test_a_token_that_parts_words_again_and_again_goes() -> None:
    marked = "".join(
        f"{line[:2]}，组w7xkR织活w7xkR动，宣w7xkR传到位。" for line in ("今天", "明天")
    )
    assert text_of(f"{BODY}\n{marked}") == f"{BODY}\n{marked.replace('w7xkR', '')}"


def test_two_ends_of_paragraphs_without_a_beginning_are_line_ends() -> None:
    assert text_of(BODY.replace("\n", "</h3>")) == BODY
