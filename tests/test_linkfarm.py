"""The seeds, generated farms at every position, reversibility, and what a crawler must not follow."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import linkfarm
from archive.farms import farmlinks
from archive.model import About, Edit
from archive.page import dom
from archive.steps import clean, undo
from tests import farms
from tests.farms import ARTICLES, POSITIONS, URL, anchors, page, places, plain, taken
from tests.shared import shared_folder

EXAMPLES = Path(__file__).parents[1] / "seeds" / "examples"
SEED = (EXAMPLES / "004.txt").read_text(encoding="utf-8")
BODY, NAMES = SEED.split("主站蜘蛛池模板:\n")
COUNTIES = [line.strip("|") for line in NAMES.split()]
STEPS = [linkfarm.strip_link_farms]


@pytest.mark.parametrize(
    "footer",
    [
        "主站蜘蛛池模板:\n" + "|\n".join(COUNTIES) + "|",
        "主站蜘蛛池模板：\n" + "|\n".join(COUNTIES) + "|\n",
        "主站蜘蛛池模板：" + "|".join(COUNTIES),
        "友站蜘蛛池：" + " ".join(COUNTIES),
        "主站蜘蛛池模板:\n" + "\n".join(COUNTIES),
        "主站蜘蛛池模板:" + "、".join(COUNTIES),
        "".join(f'<a href="http://x{i}.com">{name}</a>|\n' for i, name in enumerate(COUNTIES)),
        "|\n".join(COUNTIES) + "|",
        "\n".join(COUNTIES),
        " ".join(COUNTIES),
        "|".join(COUNTIES),
    ],
)
def test_the_footer_of_seed_004_goes_in_every_form(footer: str) -> None:
    text, verdict, _ = plain(BODY + footer)
    assert text.rstrip() == BODY.rstrip()
    assert verdict == "infected"


@pytest.mark.parametrize("name", ["000", "001", "002", "003"])
def test_the_other_seeds_are_left_alone(name: str) -> None:
    text = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    assert plain(text)[:2] == (text, "clean")


def test_a_genuine_list_above_the_farm_stays() -> None:
    listed = "河北省（9个）\n晋州市 新乐市 路南区 路北区 古冶区 开平区 丰南区 丰润区 曹妃甸区\n山西省（4个）\n平定县 盂县 潞州区 上党区\n"
    text, _, _ = plain(listed + "主站蜘蛛池模板：\n" + "|\n".join(COUNTIES) + "|")
    assert text.rstrip() == listed.rstrip()


def test_a_signature_below_the_farm_stays() -> None:
    text, _, _ = plain(
        "县教育局召开会议。\n主站蜘蛛池模板：\n"
        + "\n".join(COUNTIES)
        + "\n云溪县教育局\n2025年6月11日"
    )
    assert text == "县教育局召开会议。\n云溪县教育局\n2025年6月11日"


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    number=st.integers(8, 48),
    position=st.sampled_from(POSITIONS),
    article=st.integers(0, len(ARTICLES) - 1),
    marker=st.sampled_from(["", "主站蜘蛛池模板：", "蜘蛛池模板:\n"]),
    separator=st.sampled_from(["|\n", " ", "&nbsp;|&nbsp;", "\n", "、"]),
    block=st.sampled_from(["{}", "<div>{}</div>", "<p>{}</p>"]),
)
def test_a_generated_county_farm_goes_and_nothing_else(
    seed: int, number: int, position: str, article: int, marker: str, separator: str, block: str
) -> None:
    rng = random.Random(seed)
    names = places(rng, number)
    injected = block.format(marker + anchors(names, rng, separator))
    text, verdict, edits = taken(page(article, **{position: injected}))
    clean_text, clean_verdict, _ = taken(page(article))
    assert "".join(text.split()) == "".join(clean_text.split())
    assert (verdict, clean_verdict) == ("infected", "clean")
    assert all(name in "".join(edit.old for edit in edits) for name in names)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    number=st.integers(12, 48),
    article=st.integers(0, len(ARTICLES) - 1),
    separator=st.sampled_from(["|\n", " ", "|", "\n"]),
)
def test_a_generated_list_behind_an_article_goes_from_text(
    seed: int, number: int, article: int, separator: str
) -> None:
    names = [n for n in places(random.Random(seed), number) if len(n) > 2]
    body = "\n".join((ARTICLES[article][0], *ARTICLES[article][1]))
    text, _, _ = plain(body + "\n" + separator.join(names))
    assert text == body or len(names) < 12


messy = st.lists(
    st.sampled_from(
        [
            *COUNTIES[:20],
            "|",
            "\n",
            " ",
            "。",
            "：",
            "主站蜘蛛池模板：",
            "澳门新葡京官网",
            "百家乐",
            "_",
            ",",
            "会议强调要抓好落实工作推进",
            "😎",
            "(yin)",
            "【",
            "】",
            "本文关键词：",
            "加微信 abc12345",
            "毕业证刻章",
            "ICP备",
            "搬家公司",
            "济南",
            "激安",
            "財布",
            "の",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(messy)
def test_every_cut_can_be_undone(text: str) -> None:
    cleaned = clean(text, STEPS)
    assert undo(cleaned.text, cleaned.edits) == text


@settings(max_examples=200, deadline=None)
@given(messy)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text, STEPS)
    assert clean(once.text, STEPS).text == once.text


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    cleaned = clean(text, STEPS, About(title=text[:10]))
    assert undo(cleaned.text, cleaned.edits) == text


def test_what_is_cut_is_named_with_its_addresses() -> None:
    source = page(
        after='<div style="display:none"><a href="http://k3k-t.com/">澳门新葡京</a> <a href="http://k4k-t.com/">百家乐</a></div>'
    )
    (edit,) = taken(source)[2]
    assert (edit.step, edit.where, edit.rule) == ("prune_link_farms", "page", "R5-hidden")
    assert "http://k3k-t.com/" in edit.old
    assert edit.new == ""
    assert edit.at > 0


SAID = "柳湾镇在白塔村召开油菜机收现场会，种粮大户和农机合作社负责人八十多人到场观摩。\n"


def test_what_shows_only_when_more_is_gone_goes_as_well() -> None:
    text, verdict, _ = plain(f"{SAID}百家乐 百家乐 澳门新葡京\n百家乐|时时彩 ")
    assert (text, verdict) == (SAID.rstrip(), "infected")


def test_hidden_text_that_is_mostly_something_else_stays() -> None:
    hidden = "学校简介 机构设置 招生信息 教务管理 百家乐 校园风光 联系我们"
    text, verdict, _ = taken(page(after=f'<div style="display:none">{hidden}</div>'))
    assert (hidden in text, verdict) == (True, "clean")


def test_a_sentence_below_hidden_names_of_a_trade_stays() -> None:
    said = "各乡镇人民政府要认真组织实施，抓好工作落实，确保群众安全。"
    names = "百家乐 皇冠体育 时时彩 澳门新葡京 百家乐平台"
    text, verdict, _ = taken(page(after=f'<div style="display:none">{names}\n{said}</div>'))
    assert (said in text, names in text, verdict) == (True, False, "infected")


def test_a_page_of_which_a_few_words_are_left_is_spam_and_one_with_its_text_is_not() -> None:
    farm = "主站蜘蛛池模板：\n" + "|\n".join(COUNTIES) + "|\n"
    assert plain(farm + "版权所有")[1] == "spam_page"
    assert plain(SAID + farm)[1] == "infected"


@pytest.mark.parametrize("bar", ["百家乐 - 足球直播", "百家乐|真人在线"])
def test_a_short_bar_goes_from_a_mirrors_page_and_from_no_other(bar: str) -> None:
    mirror = '<script>var V_PATH="/";window.onerror=function(){ return true; };</script>'
    for head, stays, said in ((mirror, False, "mirror"), ("", True, "clean")):
        text, verdict, _ = taken(page(head=head, after=f"<div>{bar}</div>"))
        assert (bar in text, verdict) == (stays, said)


def test_a_token_between_the_characters_makes_a_page_infected() -> None:
    token = Edit("strip", 0, "x", "", "inserted-token", "", 0.97, "text")
    assert linkfarm.verdict([token], SAID) == "infected"
    assert linkfarm.verdict([replace(token, rule="invisible")], SAID) == "clean"


def test_a_crawler_is_told_what_not_to_follow() -> None:
    source = page(
        after='<div style="display:none"><a href="http://a-t.com/">东城建材</a><a href="/own.html">本站</a></div>'
    )
    parsed = dom.parse(source)
    assert parsed is not None
    assert farmlinks.suspicious_links(parsed.root, URL) == {"http://a-t.com/"}


def test_hidden_is_seen_on_the_element_and_around_it() -> None:
    parsed = dom.parse(
        '<div style="display:none"><p><a href="/x">x</a></p></div><p style="text-indent:2em">y</p>'
    )
    assert parsed is not None
    assert [linkfarm.is_hidden(e) for e in parsed.root.iter("a", "p")] == [True, True, False]


def test_trusted_hosts_are_no_farm_whatever_their_number() -> None:
    rng = random.Random(3)
    names = places(rng, 30)
    block = " ".join(
        f'<a href="http://www.c{i}x{i}.gov.cn/">{name}</a>' for i, name in enumerate(names)
    )
    _, verdict, edits = taken(page(footer=block))
    assert (verdict, edits) == ("clean", ())


def test_the_shared_cases_lose_their_spam_and_nothing_else() -> None:
    folder = shared_folder()
    if folder is None:
        pytest.skip("the shared data is not here")
    from tests.eval import spam

    removed = total = 0
    for case, html, text in spam.cases(folder / "data" / "spam" / "cases"):
        for before, after, _ in (spam.run_html(html, str(case["url"])), spam.run_text(text)):
            counted, gone, lost = spam.score(case, before, after)
            assert lost == 0, case["id"]
            if case["verdict"] == "infected":
                total, removed = total + counted, removed + gone
    assert removed >= 0.99 * total


def test_farm_hosts_are_made_up() -> None:
    assert farms.host(random.Random(1)).split(".")[1].endswith("-t")
