"""Scripts, styles, placeholders and watermarks that leaked into a text go; code that it speaks of stays."""

from __future__ import annotations

import time

import pytest

from archive.derive import derive_file
from archive.model import Article
from archive.steps import undo
from archive.text import sourcelines
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


SOURCES = (
    "<script>\nvar title = 'x';\ndocument.write('<div id=\"ad\"></div>');\n</script>",
    '  <style type="text/css">\np{margin:0}\n</style>  ',
    ".TRS_Editor P{margin-top:0;line-height:1.75;font-family:宋体;}",
    ".pgc-img img{max-width:100%;height:auto}\n.pgc-img {\n  margin: 0 auto;\n}",
    "{{article.more}}\n<%= ad.middle %>",
    "${content.next}\n{$copyright}",
    '<iframe src="http://ad.example" width="0" height="0"></iframe>',
    "<title>县水利局召开会议</title>",
    "(function(){\n  var bp = document.createElement('script');\n  bp.src = '//push.js';\n  // 百度推送\n})();",
    'window._share={"common":{"text":""},"share":{}};with(document)0[(getElementsByTagName(\'head\')[0])];',
    '{"code":200,"data":{"id":17},"msg":"ok"}',
    "</script>\n</body>\n</html>",
    "<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->",
)


@pytest.mark.parametrize("source", SOURCES)
def test_source_between_paragraphs_goes(source: str) -> None:
    first, second, third = ARTICLES[0][1]
    assert text_of(f"{first}\n{second}\n{source}\n{third}").strip() == BODY
    assert text_of(f"{source}\n\n{first}\n{source}\n{second}\n{third}\n{source}\n").strip() == BODY


def test_source_below_a_leaked_tag_goes_and_an_element_below_a_heading() -> None:
    first, second, third = ARTICLES[0][1]
    leaked = f"{first}<br/>\n.p1{{margin:0;}}\n{second}<br/>\n<!-- ad -->\n{third}<br/>"
    assert text_of(leaked).strip() == BODY
    assert text_of(f"{first}\n二、活动情况\n<script>ad();</script>\n{second}") == (
        f"{first}\n二、活动情况\n{second}"
    )


def test_an_element_inside_a_line_goes_and_the_line_stays() -> None:
    first, second, third = ARTICLES[0][1]
    assert text_of(f"{first}<script>ad('x');</script>\n{second}<!-- 1 -->\n{third}") == BODY


@pytest.mark.parametrize(
    "lines",
    [
        "可以在页面里写上\np{margin-bottom:16px;line-height:1.75;}\n图片就不会挨在一起。",
        "学生做了一道题：\nvar x = 1;\n答案写在黑板上。",
        "第一步，打开网页制作软件。\n.title{color:red;}\n第二步，保存文件。",
        "县局提醒：软件漏洞要及时修补，网站代码如下的要删除。\n<script>document.write('x');</script>\n请立即自查。",
        "Dear Sir,\nYours (truly)\nQ=420m3/h, H=15m;",
        "泵房设备已经安装。\n离心泵(Q=420m3/h,H=15m)6台;\n消毒器(UV)2套。",
        "Excel中求和的公式是这样写的。\n=SUM(A1:A9)\n按回车键即可。",
        "票价表已经更新。\n$5 (children), $10 (adults);\n外国游客可以刷卡。",
        "选手得分如下。\n{A组} 95\n{B组} 88",
        "联系邮箱已经启用。\n<lib@example.gov.cn>;\n<tea@example.gov.cn>;\n欢迎来信。",
        "信息技术课的作业是读懂三行程序。\nvar a = 1;\nvar b = 2;\n下周一交。",
        "集合的写法如下。\nA={x|x>1};\nB={x|x<5};\n求它们的交集。",
    ],
)
def test_lines_like_source_that_a_text_means_stay(lines: str) -> None:
    assert text_of(f"{BODY}\n{lines}\n{BODY[:40]}。") == f"{BODY}\n{lines}\n{BODY[:40]}。"


@pytest.mark.parametrize(
    "text", ["<script", "<!--", "{\n", "<style>", "var a;\n", "a{b:c}", "${a} "]
)
def test_hostile_source_takes_linear_time(text: str) -> None:
    for filled in (text * 40_000, f"{BODY}\n" + text * 40_000 + f"\n{BODY}"):
        started = time.process_time()
        list(sourcelines.strip(filled))
        assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\n下列代码输出变量：\n{{{{ name }}}}",
        f"{BODY}\n第三题\nvar x = 1;\n请写出结果。",
        f"{BODY}\n参加夏令营的同学学习HTML。\n<script>document.write(1);</script>",
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
