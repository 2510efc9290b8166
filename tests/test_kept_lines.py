"""Lines of notices that look like a page's frame, damage or another kind of page stay."""

from __future__ import annotations

import time

import pytest

from archive.damage.wordgloss import word_glosses
from archive.derive import derive_file
from archive.jsonl import line as as_line
from archive.model import About
from archive.pipeline import STEPS
from archive.steps import clean
from tests.farms import ARTICLES

BODY = "\n".join(ARTICLES[0][1])


def derived(text: str) -> str:
    return clean(text, STEPS, About(kind="html")).text


@pytest.mark.parametrize(
    "form",
    [
        "姓名：　　性别：\n单位：　　职务：\n参会人员请于5月3日前将回执传真至县政府办公室。",
        "申请人：　　　　日期：\n审核人：　　　　日期：\n大山县医疗保障局",
    ],
)
def test_a_form_of_a_notice_ends_no_text(form: str) -> None:
    assert form.split("\n")[-1] in derived(f"{BODY}\n{form}")
    assert "：" in derived(f"{BODY}\n{form}").split("\n")[-2]


@pytest.mark.parametrize("form", ["姓名：电话：内容：", "昵称：　验证码："])
def test_the_form_of_a_guest_book_ends_it(form: str) -> None:
    assert derived(f"{BODY}\n{form}\n提交") == derived(BODY)


@pytest.mark.parametrize("opening", ["就在刚刚", "时间回到3天前", "喜讯传来\n就在刚刚"])
def test_words_of_time_that_open_a_text_are_no_head(opening: str) -> None:
    assert derived(f"{opening}\n{BODY}").startswith(opening)


@pytest.mark.parametrize("app", ["打开“浙里办”APP", "下载国家反诈中心APP"])
def test_a_step_that_opens_an_app_ends_no_guide(app: str) -> None:
    assert derived(f"{BODY}\n{app}\n点击“参保登记”\n填写信息提交").endswith("填写信息提交")


@pytest.mark.parametrize("column", ["计划总结", "公文公告", "讲话精神", "心得体会"])
def test_a_column_of_an_office_makes_no_collection_of_model_texts(column: str) -> None:
    file = "附件：2024年重点工作任务分解表.docx"
    assert file in derived(f"当前位置：首页 > 政务公开 > {column}\n{BODY}\n{file}\n大山县人民政府")


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize("line", ["25°C", "São Paulo", "München"])
def test_latin_beside_repaired_lines_stays(charset: str, line: str) -> None:
    damaged = "\n".join(each.encode(charset).decode("latin-1") for each in ARTICLES[0][1])
    assert line in derived(f"{damaged}\n{line}\n{BODY}").split("\n")


def test_a_short_line_beside_repaired_ones_is_read_as_they_are() -> None:
    text = f"{BODY}\n2025年"
    assert derived(text.encode("gb18030").decode("latin-1")) == text


def test_a_carried_body_may_go_on_behind_a_line_end() -> None:
    body = "<p>" + ARTICLES[0][1][0] + "\\\n</p><p>" + ARTICLES[0][1][1] + "</p>"
    page = f'<title>通知</title><body><script>var d={{title:"关于开展巡查的通知",content:"{body}"}};</script>'
    made = as_line(derive_file(page.encode(), "a.html"))
    assert ARTICLES[0][1][1][:12] in made


def test_glosses_of_many_words_cost_no_more_than_their_text_is_long() -> None:
    def cost(text: str) -> float:
        begun = time.process_time()
        word_glosses(text)
        return time.process_time() - begun

    text = "交通(jiāotōng)运输(yùnshū)部门(bùmén)" * 600
    cost(text)
    assert cost(text * 4) < 8 * cost(text)
