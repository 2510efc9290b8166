"""What the lines around a text say: labels, bylines, credits, breadcrumbs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import metadata
from archive.about import labels, names
from archive.model import Candidate


def said(line: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for candidate in metadata.read_line(line):
        out.setdefault(candidate.field, []).append(candidate.value)
    return out


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("来源：清河日报", {"source": ["清河日报"]}),
        ("來源:清河日報", {"source": ["清河日報"]}),
        ("信息来源: 县教育局 浏览次数：12", {"source": ["县教育局"]}),
        ("來\u2003源︰清河日報", {"source": ["清河日報"]}),
        ("来源CSDN| 作者李小明| 3条评论", {"source": ["CSDN"], "authors": ["李小明"]}),
        ("稿源：清河新闻网(北京)", {"source": ["清河新闻网"]}),
        ("来　源：[ 清河晚报 ]", {"source": ["清河晚报"]}),
        ("发布时间：2021-09-06 10:23", {"published": ["2021-09-06T10:23:00+08:00"]}),
        ("發佈日期：2021年9月6日", {"published": ["2021-09-06"]}),
        ("上传时间:2021-11-01 格式:DOC", {"published": ["2021-11-01"]}),
        (
            "2021-09-06 10:23 清河日报",
            {"published": ["2021-09-06T10:23:00+08:00"], "source": ["清河日报"]},
        ),
        ("责任编辑：王小玥", {"editors": ["王小玥"]}),
        ("（責任編輯：王小玥 李明）", {"editors": ["王小玥", "李明"]}),
        ("作者：赵  培", {"authors": ["赵培"]}),
        ("本报记者 张小三 通讯员 李小四", {"authors": ["张小三", "李小四"]}),
        ("清河新闻记者 张小三", {"authors": ["张小三"], "source": ["清河新闻"]}),
        ("文/张小三", {"authors": ["张小三"]}),
        ("当前位置： 首页 > 新闻中心 > 教育动态 > 正文", {"column": ["教育动态", "新闻中心"]}),
        ("[首页] >> 新闻动态 >> 教育要闻", {"column": ["教育要闻", "新闻动态"]}),
    ],
)
def test_a_head_line_is_read(line: str, wanted: dict[str, list[str]]) -> None:
    assert said(line) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "全县“双减”工作会议召开",
        "图片来源：清河县委宣传部供图的资料",
        "凡本网注明“来源：清河新闻网”的作品，均为本网合法拥有版权",
        "记者：您怎么看这次改革的意义？",
        "来源：网络收集与整理",
        "来源：网易版权所有",
        "来源：发布时间：",
        "来源：",
        "首页 新闻 政务 服务 互动 关于我们",
        "今天是2021年9月6日 星期一",
        "2019年全县脱贫攻坚工作取得决定性成就，2020年将乘势而上；各部门要担当。",
        "",
    ],
)
def test_a_line_that_says_nothing_gives_nothing(line: str) -> None:
    fields = said(line)
    assert "source" not in fields or line.startswith("图片")
    assert "authors" not in fields
    assert "published" not in fields or line.startswith("今天")


def test_a_byline_without_labels_gives_medium_and_names() -> None:
    found = metadata.read_line("頂端新聞·河南商報 高嵩 通訊員 高慧恒")
    assert found == (
        Candidate("source", "頂端新聞·河南商報", "line:byline"),
        Candidate("authors", "高嵩", "line:byline"),
        Candidate("authors", "高慧恒", "line:byline"),
    )


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("来源：清河日报　发布时间：2021-09-06　作者：张三", True),
        ("2021-09-06 10:23 来源：清河日报", True),
        ("清河日报 张小三 通讯员 李小四", True),
        ("记者 刘小涛", True),
        ("9月6日，全县教育工作会议召开。", False),
        ("教育工作", False),
        ("记者从县教育局获悉", False),
        ("", False),
    ],
)
def test_is_byline(line: str, wanted: bool) -> None:
    assert metadata.is_byline(line) is wanted


@pytest.mark.parametrize(
    ("paragraph", "field", "wanted"),
    [
        ("会议还作了部署。(編輯 施尚景)", "editors", ["施尚景"]),
        ("会议还作了部署。（责任编辑：施尚景）", "editors", ["施尚景"]),
        ("各区负责同志参加。(魏彧 米哲 于春灃)", "authors", ["魏彧", "米哲", "于春灃"]),
        ("各区负责同志参加。（记者 张三 通讯员 李四）", "authors", ["张三", "李四"]),
        ("各区负责同志参加。（本报记者张三、李四）", "authors", ["张三", "李四"]),
        ("各区负责同志参加。（张小三）", "authors", ["张小三"]),
        ("各区负责同志参加。【记者 张三】", "authors", ["张三"]),
    ],
)
def test_a_credit_at_the_end_is_found_with_its_place(
    paragraph: str, field: str, wanted: list[str]
) -> None:
    found = metadata.trailing_credit(paragraph)
    assert found is not None
    start, candidates = found
    assert paragraph[start] in "(（【"
    assert [c.value for c in candidates if c.field == field] == wanted


@pytest.mark.parametrize(
    "paragraph",
    [
        "会议结束。(完)",
        "联系电话12345(办公室)",
        "全县各乡镇（街道）",
        "参加会议的有三人（张三 李四 王五）",
        "本办法自发布之日起施行。（高新区 经开区）",
        "通过了决定。（2021年9月6日）",
        "",
    ],
)
def test_other_brackets_at_the_end_stay(paragraph: str) -> None:
    assert metadata.trailing_credit(paragraph) is None


@given(st.text(alphabet="来源：记者 张三编辑（）()|>首页2021-09-6。，来 　王", max_size=80))
def test_no_line_breaks_the_readers(line: str) -> None:
    for candidate in metadata.read_line(line):
        assert candidate.value.strip()
    metadata.is_byline(line)
    found = metadata.trailing_credit(line)
    assert found is None or 0 <= found[0] < len(line)


@given(st.text(max_size=60))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(labels.fold(text)) == len(text)


@pytest.mark.parametrize("token", ["张小三", "王五", "欧阳修竹", "买买提·艾山", "于春灃", "司马光"])
def test_names_are_names(token: str) -> None:
    assert names.is_name(token)


@pytest.mark.parametrize(
    "token", ["安徽", "高新区", "记者", "方言", "黄河", "金融", "一二三", "宁夏"]
)
def test_words_and_places_are_no_names(token: str) -> None:
    assert not names.is_name(token)


def test_a_name_with_he_inside_is_one_name() -> None:
    assert names.names("张和平、李四") == ("张和平", "李四")
