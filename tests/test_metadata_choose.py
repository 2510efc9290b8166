"""Choosing among candidates: order, conflicts, script, the document's number."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archive import metadata
from archive.chinese.variants import fold as simplify
from archive.model import Candidate

MIRRORED = "關于此事，會后對規范管理作了部署，課后服務要做好。"


def chosen(*candidates: tuple[str, str, str], text: str = "", flags: tuple[str, ...] = ()) -> dict:
    found = [Candidate(*candidate) for candidate in candidates]
    return metadata.choose(found, text, None, None, simplify, flags)[0]


def test_without_candidates_every_field_is_there_and_empty() -> None:
    fields, evidence = metadata.choose((), "", None, None, simplify)
    assert fields == {
        "title": None, "published": None, "source": None, "authors": (), "editors": (),
        "column": None, "doc_number": None, "site_id_code": None,
    }  # fmt: skip
    assert evidence == {}


def test_evidence_is_json() -> None:
    found = [Candidate("authors", "张三", "line:作者"), Candidate("authors", "李四", "meta:Author")]
    _, evidence = metadata.choose(found, "", datetime(2021, 1, 1, tzinfo=UTC), None, simplify)
    assert json.loads(json.dumps(evidence)) == {
        "authors": {
            "origin": "line:作者",
            "value": ["张三"],
            "others": [{"origin": "meta:Author", "value": "李四"}],
        }
    }


def test_published_beats_updated_and_uploaded() -> None:
    fields = chosen(
        ("published", "2021-11-02", "line:更新时间"), ("published", "2021-11-01", "line:发布时间")
    )
    assert fields["published"] == "2021-11-01"


def test_a_shown_time_completes_a_shown_day_of_the_same_date() -> None:
    fields = chosen(
        ("published", "2021-09-06", "near:发布时间"),
        ("published", "2021-09-06T10:23:00+08:00", "near:date"),
        ("published", "2021-09-06T11:00:00+08:00", "meta:PubDate"),
    )
    assert fields["published"] == "2021-09-06T10:23:00+08:00"


def test_a_time_is_taken_neither_from_a_tag_nor_for_another_time() -> None:
    day = ("published", "2021-09-06", "near:发布时间")
    for origin in ("meta:PubDate", "json-ld:datePublished", "island:date"):
        time = ("published", "2021-09-06T11:00:00+08:00", origin)
        assert chosen(day, time)["published"] == "2021-09-06"
    own = ("published", "2021-09-06T10:23:00+08:00", "near:发布时间")
    other = ("published", "2021-09-06T12:00:00+08:00", "near:date")
    assert chosen(own, other)["published"] == own[1]


def test_days_before_the_first_site_and_after_the_capture_are_none() -> None:
    captured = datetime(2026, 3, 2, 20, tzinfo=UTC)  # the third of March in Beijing
    for day, stands in (
        *(("1970-01-01", False), ("1989-12-31", False), ("1990-01-01", True)),
        *(("2026-03-03", True), ("2026-03-04", False)),
    ):
        found = [Candidate("published", day, "near:date")]
        fields, _ = metadata.choose(found, "", captured, None, simplify)
        assert fields["published"] == (day if stands else None)


def test_a_cut_title_is_not_completed_from_the_title_of_the_window() -> None:
    cut = ("title", "县政府召开常务会议研究…", "meta:ArticleTitle")
    whole = "县政府召开常务会议研究秋收工作"
    assert chosen(cut, ("title", f"{whole}_测试县人民政府", "html:title"))["title"] == cut[1]
    assert chosen(cut, ("title", whole, "heading:h1"))["title"] == whole


def test_only_those_who_disagree_are_named_and_twelve_at_most() -> None:
    agrees = [
        Candidate("title", "关于  秋收的通知", "html:title"),
        Candidate("published", "2021-09-06T10:00:00+08:00", "meta:PubDate"),
    ]
    found = [
        Candidate("title", "关于秋收的通知", "heading:h1"),
        Candidate("published", "2021-09-06", "near:date"),
        *agrees,
        *(Candidate("title", f"第{number}个标题", "heading:h2") for number in range(20)),
    ]
    _, evidence = metadata.choose(found, "", None, None, simplify)
    assert evidence["published"]["others"] == []
    named = [other["value"] for other in evidence["title"]["others"]]
    assert named == [f"第{number}个标题" for number in range(12)]


def test_a_source_beside_the_title_beats_the_tag() -> None:
    fields = chosen(("source", "思政科", "meta:ContentSource"), ("source", "清河日报", "near:来源"))
    assert fields["source"] == "清河日报"


def test_a_crumb_that_is_the_title_is_no_column() -> None:
    fields = chosen(
        ("title", "全县会议召开", "heading:h1"),
        ("column", "全县会议召开", "near:breadcrumb"),
        ("column", "工作动态", "near:breadcrumb-parent"),
    )
    assert fields["column"] == "工作动态"


def test_an_author_of_the_tags_who_is_the_editor_is_no_author() -> None:
    fields = chosen(("authors", "王小玥", "meta:Author"), ("editors", "王小玥", "near:责任编辑"))
    assert fields["authors"] == ()
    assert fields["editors"] == ("王小玥",)


@pytest.mark.parametrize(
    ("text", "mechanical"),
    [
        (MIRRORED, True),
        ("全區共200余人參加會議。會議對規范管理作了部署。", True),
        ("關於此事，會後對管理規範作了部署。", False),
        ("關於此事，中央后勤部規范了管理，共有兩百余人。", False),
        ("关于此事，会后对规范管理作了部署，课后服务要做好。", False),
        ("于洋出席會議。", False),
        ("", False),
    ],
)
def test_a_machine_leaves_the_characters_both_scripts_have(text: str, mechanical: bool) -> None:
    assert metadata.is_mechanical_traditional(text) is mechanical


def test_a_loose_mirrored_text_gets_its_writers_script_back() -> None:
    fields = chosen(
        ("source", "頂端新聞", "line:byline"), ("authors", "于春灃", "line:credit"), text=MIRRORED
    )
    assert fields["source"] == "顶端新闻"
    assert fields["authors"] == ("于春沣",)


def test_a_page_keeps_its_script_unless_it_shows_a_mirrors_damage() -> None:
    title = ("title", "全縣會議召開", "heading:h1")
    assert chosen(title, text=MIRRORED)["title"] == "全縣會議召開"
    assert chosen(title, text=MIRRORED, flags=("pinyin-gloss",))["title"] == "全县会议召开"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("会上下发了《关于印发工作方案的通知》（清政办〔2019〕17号）。", "清政办〔2019〕17号"),
        ("根据国办发〔2017〕47号，现通知如下。", None),
        ("現印發《工作方案》（清政辦〔2019〕17號），請執行。", "清政辦〔2019〕17號"),
        ("请认真落实《通知》（清政办〔2019〕17号）精神。", None),
        ("公布清政办〔2019〕17号。根据国办发〔2017〕47号制定。", "清政办〔2019〕17号"),
        (
            "清政办发〔2021〕3号\n根据国办发〔2017〕47号和省办发〔2018〕1号，现通知如下。",
            "清政办发〔2021〕3号",
        ),
        ("根据国办发〔2017〕47号和省办发〔2018〕1号，现通知如下。", None),
        ("清政办〔 2019 〕 17 号", "清政办〔2019〕17号"),
        ("第12号文件于2019年印发。", None),
        ("清人社发〔2018〕11号：关于印发方案的通知", "清人社发〔2018〕11号"),
        ("2019年3月，县政府印发了《办法》（清政办〔2019〕17号），明确了范围。", None),
        ("《办法》（清政办〔2019〕17号）同时废止。", None),
        ("现将《通知》（清政办〔2019〕17号）转发给你们，请执行。", None),
        ("为此，县政府印发《办法》（清政办〔2019〕17号），提出三点要求。", None),
    ],
)
def test_the_documents_own_number(text: str, wanted: str | None) -> None:
    assert chosen(text=text)["doc_number"] == wanted


def test_a_number_in_the_title_beats_those_in_the_text() -> None:
    fields = chosen(
        ("title", "关于做好考核工作的通知（清教函〔2020〕637号）", "heading:h1"),
        text="根据国办发〔2017〕47号，现通知如下。",
    )
    assert fields["doc_number"] == "清教函〔2020〕637号"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("新华社巴黎12月9日电（记者唐小霁）法国举行会议。\n第二段。", ("唐小霁",)),
        ("本报讯（记者 张三 通讯员 李四）昨日举行会议。", ("张三", "李四")),
        ("会议召开。\n会议指出要抓好落实。（总台记者 张小倩）", ("张小倩",)),
        ("会议召开。\n会议指出要抓好落实。\n□ 本报记者 葛小丹", ("葛小丹",)),
        ("会议召开，记者张三说要抓好落实。", ()),
    ],
)
def test_authors_are_read_from_the_text_itself(text: str, wanted: tuple[str, ...]) -> None:
    assert chosen(text=text)["authors"] == wanted
