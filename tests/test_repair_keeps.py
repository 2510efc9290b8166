"""What must stay as it is: every line of the list of hard negatives, and clean text of any kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.damage.gbk import fold
from archive.repair import strip_inserted_tokens
from archive.steps import clean, undo
from tests.damage import traditional
from tests.shared import shared_folder
from tests.test_repair import STEPS

KEPT = {
    "dictionary page": "學(xué)：獲得知識。古文中，學又與校連用，大學、小學、學問都是學字的詞。\n"
    "習(xí)：練習。習字、習慣、溫習、複習、習題，都含有習字。\n"
    "數(shù)：數目；又讀數(shǔ)，數一數。數學、數字、數據。",
    "textbook with pinyin on every character": "學(xué)而(ér)時(shí)習(xí)之(zhī)，不(bù)亦(yì)說(yuè)乎(hū)？"
    "有(yǒu)朋(péng)自(zì)遠(yuǎn)方(fāng)來(lái)，不(bù)亦(yì)樂(lè)乎(hū)？",
    "the same, Simplified": "学(xué)而(ér)时(shí)习(xí)之(zhī)，不(bù)亦(yì)说(yuè)乎(hū)？"
    "有(yǒu)朋(péng)自(zì)远(yuǎn)方(fāng)来(lái)，不(bù)亦(yì)乐(lè)乎(hū)？",
    "rare names": "縣委書記魏彧(yù)、縣長于春灃(fēng)、副縣長趙翀(chōng)出席會議，會議由李骎(qīn)主持。",
    "places": "大埔(bù)、甪(lù)直、涪(fú)陵、蚌埠(bèng bù)、番(pān)禺等地代表參加了會議。",
    "list of metals, each once": "實驗室備有鋰(lǐ)、鈉(nà)、鎂(měi)、鋁(lǚ)、鈣(gài)、鈦(tài)、鉻(gè)、錳(měng)、"
    "鐵(tiě)、鈷(gǔ)、鎳(niè)、銅(tóng)、鋅(xīn)等樣品。",
    "new words of a lesson, each once": "本课生字：\n爱(ài)\n国(guó)\n学(xué)\n习(xí)\n书(shū)\n读(dú)\n写(xiě)\n画(huà)\n笔(bǐ)",
    "two readings explained": "“樂”字有两读：音樂(yuè)的樂，快樂(lè)的樂。樂府的樂读樂(yuè)。",
    "abbreviations": "全县地区生产总值(GDP)增长6%，居民消费价格指数(CPI)上涨2%，公路通车里程达到300公里(km)。",
    "a university": "北京大学(PKU)与清华大学(THU)联合举办了本次活动。",
    "bylines and names in brackets": "(记者 张三 通讯员 李四)全县召开了工作会议。(赵六 钱七 孙八)",
    "question marks of a form": "合计：???元。联系人：张??，电话：138????1234。",
    "unknown dates": "该碑立于1949年?月，编号〔19??〕?号，19??年重修。",
    "a question before Latin": "你会用吗?Word和Excel都可以。",
    "a question before quotes": "什么是“双减”?“双减”是指减轻作业负担和校外培训负担。",
    "marks in a row": "真的吗??!太好了?！大家都说好?!",
    "an address with a query": "详见 http://www.example.gov.cn/s?id=1&name=a&copy=2?b=3, 欢迎访问。",
    "question marks for lost spaces": "中图分类号：R473.5? ? ?文献标识码：A? ? ?文章编号：1004-7484",
    "refrain of a song": "黄河黄河我的家，\n风吹浪打不怕它。\n黄河黄河我的家，\n风吹浪打不怕它。",
    "clauses of a law": "第一条 有下列情形之一的，责令改正。\n第二条 有下列情形之一的，责令改正。",
    "a list": "1、加强领导。\n2、落实责任。\n3、强化督查。",
    "words that conversion gets wrong": "乾隆年间，著名学者钱锺书与于先生谈宫商角徵羽，成效显著，说了什么？",
    "Traditional and Japanese in a Simplified page": "横幅上写着“國語課堂”，日本客人说：ありがとうございます、東京です。",
    "English, telephone, e-mail": "Contact: Zhang San (zhang), Tel. 0512-12345678, zhang.san@example.com; see <Annual Report 2020>?",
    "a document title in angle brackets": "印发《关于贯彻落实<关于进一步减轻负担的意见>实施方案》的通知，<通知>全文附后。",
    "a bulletin with code": '漏洞示例：&lt;script&gt;alert(1)&lt;/script&gt;，攻击者可注入<p style="x">&nbsp;</p>。',
    "a lesson about tags": "段落使用<p>标签，换行使用<br>标签，写法见教材。",
    "bold print that was shown four times over": "信賴利益如何發生如何發生如何發生如何發生????))))之問題之問題之問題之問題,,,,說明如下。",
    "mathematics": "当 a<b 且 c>d 时，x<y>z 不成立；R&D 经费增长，AT&T 公司参会。",
    "accents": "Café à Paris, naïve façade, Ñandú: Señor Müller’s résumé; température −5 °C ± 2 €",
    "emoji and joiners": "欢迎👨\u200d👩\u200d👧参加，می\u200cخواهم",
}


def applied(text: str) -> list[tuple[str, str, str]]:
    return [(e.rule, e.old, e.new) for e in clean(text, STEPS).edits if e.action == "applied"]


@pytest.mark.parametrize("name", KEPT)
def test_legitimate_text_stays(name: str) -> None:
    assert applied(KEPT[name]) == []


@pytest.mark.parametrize("name", KEPT)
def test_legitimate_text_is_not_called_damaged(name: str) -> None:
    assert clean(KEPT[name], STEPS).flags == ()


@pytest.mark.parametrize("name", KEPT)
def test_legitimate_text_stays_when_its_marks_are_folded(name: str) -> None:
    assert applied(fold(KEPT[name])) == []


def test_glosses_go_and_legitimate_brackets_beside_them_stay() -> None:
    text = (
        "學(xué)校領(lǐng)導(dǎo)魏彧(yù)指出,學(xué)習(xí)要務(wù)實,指數(shù)(CPI)上升,"
        "領(lǐng)導(dǎo)小組(組長李四)負責,學(xué)生習(xí)題減少,數(shù)據(jù)公開,據(jù)實上報。"
    )
    assert clean(text, STEPS).text == (
        "學校領導魏彧(yù)指出,學習要務實,指數(CPI)上升,"
        "領導小組(組長李四)負責,學生習題減少,數據公開,據實上報。"
    )


def gold_texts() -> Iterator[str]:
    shared = shared_folder()
    if shared is None:
        pytest.skip("the shared pages are not here")
    for path in sorted(shared.glob("data/pages/*/gold.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record: dict[str, Any] = json.loads(line)
            if record.get("text"):
                yield record["text"]


def test_no_clean_page_is_changed() -> None:
    assert [edit for text in gold_texts() for edit in applied(text)] == []


def test_no_clean_page_is_changed_when_its_marks_are_folded() -> None:
    assert [edit for text in gold_texts() for edit in applied(fold(text))] == []


def test_no_clean_page_is_changed_when_it_is_traditional() -> None:
    assert [edit for text in gold_texts() for edit in applied(traditional(text))] == []


pieces = st.sampled_from(
    [
        "政府",
        "學(xué)",
        "網(wǎng)",
        "學(xué)校",
        "?！半p",
        "?! ×謱W",
        "?",
        "！",
        "，",
        "“",
        "”",
        "<p>",
        "</h3>",
        "<br/>",
        "&nbsp;",
        "&amp;lt;",
        "\u3000",
        "\n",
        " ",
        "\u200b",
        "\ue000",
        "[db:作者]",
        "ÖÐ¹ú¹Ø",
        "锛屼腑",
        "�",
    ]
)
messy = st.lists(pieces, max_size=14).map("".join)


@settings(deadline=None)
@given(messy)
def test_every_repair_can_be_undone(text: str) -> None:
    cleaned = clean(text, STEPS)
    assert undo(cleaned.text, cleaned.edits) == text


@settings(deadline=None)
@given(messy)
@example("\u200bÖÐ¹ú¹ØÖÐ¹ú¹Ø")
@example("政府</h3>ÖÐ¹ú¹ØÖÐ¹ú¹Ø<p>")
@example("[db:作者]ÖÐ¹ú¹ØÖÐ¹ú¹Ø")
@example("ÖÐ¹ú\u00ad¹ØÖÐ¹ú¹Ø")
@example("ÖÐ¹ú\u200b¹Ø&amp;lt;ÖÐ¹ú¹Ø")
def test_repairing_twice_changes_nothing(text: str) -> None:
    assert applied(clean(text, STEPS).text) == []


def test_a_quantity_that_stands_between_a_verb_and_its_noun_stays() -> None:
    text = "早晨起床后喝200ml水，有助于健康。午饭后喝200ml水，可以帮助消化。睡前再喝200ml水，防止缺水。"
    assert clean(text, [strip_inserted_tokens]).text == text
