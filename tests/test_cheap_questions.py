"""Questions asked before the costly ones must never change an answer."""

from __future__ import annotations

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from archive import normalise
from archive.about import docnumber, gkml, headline, labels, scriptmeta
from archive.about.gkml import DOC_NUMBER
from archive.about.labels import fold
from archive.about.sitename import squeezed, tokens
from archive.chinese import gazetteer, lang, opencc_tables, punctuation, variants
from archive.chinese.anyof import any_of
from archive.farms.farmgate import FEW, may_hold_farm
from archive.farms.farmpage import judge
from archive.farms.linkruns import outside, runs, site_of
from archive.model import About
from archive.page import dom
from archive.page.nodes import read
from archive.text import doubled, layout, repeats, spun

PIECES = (
    "来源：", "來 源:", "作者", "记者", "李小明", "王五", "人民日报", "2021-09-06 10:23", "15-03-27",
    "二〇二一年九月六日", "首页", " > ", "当前位置：", "新闻动态", "（", "）", "[", "】", "|", " ", "\u3000",
    "责任编辑：", "发布时间", "，", "。", "浏览", "：", "阳政办〔2019〕17号", "會議", "ＡＢ",
)  # fmt: skip
lines = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
puts = sorted(spun._put_words()[0])
contexts = sorted(spun._contexts()[0])
spun_texts = st.lists(st.sampled_from([*puts, *contexts, "的", "工作"]), max_size=12).map("".join)
scripts = st.lists(
    st.sampled_from(
        ["pubdata", "source", "ly", "=", ":", " ", "'", '"', "县人社局", "1630894980", "x"]
    ),
    max_size=12,
).map("".join)


@given(lines)
def test_labels_of_a_line_are_all_but_its_bare_days_and_bylines(line: str) -> None:
    dropped = ("line:date", "line:beside-date", "line:byline")
    expected = {c for c in headline.read_line(line) if c.origin not in dropped}
    assert set(headline.read_labels(line)) == expected


@given(lines)
def test_columns_of_a_line_are_those_that_the_whole_reading_finds(line: str) -> None:
    found = [c for c in headline.read_line(line) if c.field == "column"]
    assert list(dict.fromkeys(headline.columns(line))) == found


@given(lines | st.text())
def test_folding_keeps_the_length_and_squeezing_keeps_the_tokens(line: str) -> None:
    assert len(fold(line)) == len(line)
    assert squeezed(line) == "".join(tokens(fold(line)))


@given(lines)
def test_every_document_number_holds_its_figures(line: str) -> None:
    assert not DOC_NUMBER.search(line) or docnumber._FIGURES.search(line)


@given(scripts)
def test_every_script_variable_holds_the_hint(script: str) -> None:
    assert not scriptmeta._variable().search(script) or scriptmeta._hint().search(script)


@given(spun_texts)
def test_contexts_are_found_as_one_search_through_the_text_finds_them(text: str) -> None:
    pattern = spun._contexts()[1]
    places = [match.start() for match in spun._put_words()[1].anywhere(text)]
    found = [match.span() for match in spun._matches(pattern, text, places)]
    assert found == [match.span() for match in pattern.finditer(text)]


@given(st.text(alphabet="會会著着𠮷㐂于於发發a。"))
def test_evidence_counts_every_character_of_one_script(text: str) -> None:
    traditional, simplified = lang.evidence(text)
    assert (traditional, simplified) == tuple(
        sum(lang.evidence(character)[side] for character in text) for side in (0, 1)
    )


def test_only_one_character_folds_to_the_one_of_a_site_code() -> None:
    every = "".join(map(chr, range(0x3000, 0x10000)))
    pairs = zip(every, variants.fold(every), strict=True)
    assert {character for character, new in pairs if new == "码"} == set("码碼")


@given(st.text(alphabet="會Σσςα。’a博彩Ａ﹕⼀İ_ \u200b"))
def test_folding_one_by_one_is_folding_the_whole(text: str) -> None:
    assert normalise.fold(text) == normalise._folded(text)


@settings(deadline=None)  # the same
@given(st.text(alphabet="會议の𠮷于着a"))
def test_a_text_without_traditional_characters_has_no_evidence_of_them(text: str) -> None:
    assert lang.has_traditional(text) == (lang.evidence(text)[0] > 0)


RANDOM_HOSTS = [f"www.x{number}q{number}z.com" for number in range(1, 10)]
PLAIN_HOSTS = [
    f"www.{word}.com" for word in ["aba", "ebe", "ibi", "obo", "ubu", "ada", "ede", "idi"]
]
SITE_HOSTS = ["www.example.gov.cn", "www.own.cn"]
PLACES = ["彰武县", "金秀", "双江", "景谷", "略阳", "永春", "太康", "临汾"]
NAMES = (
    PLACES,
    [f"{place}甲乙丙" for place in PLACES],
    ["红叶论坛", "东山小站", "小镇故事", "红叶小站"],
    ["红叶论坛", "澳门新葡京", "彰武县"],
)
farm_links = st.tuples(
    st.sampled_from(
        [RANDOM_HOSTS, PLAIN_HOSTS, PLAIN_HOSTS[:5], RANDOM_HOSTS + PLAIN_HOSTS + SITE_HOSTS]
    ),
    st.sampled_from(NAMES),
    st.permutations(range(9)),
    st.integers(5, 10),
).map(
    lambda drawn: [
        (drawn[0][at % len(drawn[0])], drawn[1][at % len(drawn[1])])
        for at in (drawn[2] * 2)[: drawn[3]]
    ]
)


@settings(max_examples=300, deadline=None)  # the first example reads the public suffixes
@given(farm_links, st.booleans())
def test_a_page_that_is_let_go_holds_no_farm(links: list[tuple[str, str]], is_hidden: bool) -> None:
    anchors = "|".join(f"<a href='http://{host}/'>{name}</a>" for host, name in links)
    style = "display:none" if is_hidden else ""
    tree = dom.parse(f"<html><body><div style='{style}'>{anchors}</div></body></html>")
    assert tree is not None
    nodes = read(tree.root)
    site = site_of(tree.root, "http://www.own.cn/1.html")
    leaving = outside(nodes, site)
    farms = [farm for run in runs(nodes, site) for farm in judge(run, frozenset())]
    assert may_hold_farm(nodes, leaving) or not farms or len(leaving) < FEW


@given(
    st.lists(st.sampled_from(["索引号", "索 引 号", "[", "】", ":", " ", "名称", "的", "发文日期"]))
)
def test_a_line_without_label_and_colon_holds_no_row(pieces: list[str]) -> None:
    line = "".join(pieces)
    assert gkml._labelled().search(line) or not gkml._inline().search(line)


def test_traditional_characters_beyond_the_first_plane_are_evidence() -> None:
    rare = [chr(code) for code in opencc_tables.load().characters if code > 0xFFFF]
    known = [character for character in rare if lang.evidence(character) == (1, 0)]
    assert known


@given(st.lists(st.sampled_from(["乾县", "乾縣", "彰武縣", "金秀", "科技处", "會議"]), max_size=8))
def test_places_counted_at_once_are_those_found_one_by_one(names: list[str]) -> None:
    assert gazetteer.count(names) == sum(bool(gazetteer.codes(name)) for name in names)


@given(st.lists(st.text("ab博", min_size=1, max_size=4), min_size=1, max_size=6), st.text("ab博c"))
def test_a_tree_of_words_finds_what_the_longest_first_list_finds(
    words: list[str], text: str
) -> None:
    listed = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    assert re.findall(any_of(words), text) == re.findall(listed, text)


@given(st.text(alphabet="a\x00\x0b\x1f\n文\ufffe\uffff\ud800") | st.text())
def test_bytes_tell_whether_a_character_is_forbidden(source: str) -> None:
    assert (dom._encoded(source) is None) == bool(dom._FORBIDDEN.search(source))


@given(lines)
def test_labels_are_tried_only_where_one_begins_and_all_are_found(line: str) -> None:
    folded, pattern = fold(line), labels._label_pattern()[0]
    spans = [match.span() for match in labels._matches(pattern, folded)]
    assert spans == [match.span() for match in pattern.finditer(folded)]


@given(lines)
def test_a_line_that_may_not_date_has_no_day(line: str) -> None:
    if not headline.may_date(line):
        assert not [c for c in headline.read_line(line) if c.field == "published"]


@given(
    st.lists(
        st.sampled_from(["〔", "）", "、", "“", "”", "。", "’", "中文", "ab", " "]), max_size=12
    )
)
def test_one_rule_for_blanks_does_what_three_in_a_row_do(pieces: list[str]) -> None:
    text = re.sub(" +", " ", "".join(pieces)).strip(" ")
    expected = re.sub(" ?([，。、；：？！]) ?", r"\1", text)
    expected = re.sub("(?<=[（《〈【〔「『]) | (?=[）》〉】〕」』])", "", expected)
    expected = re.sub(
        "(?<=[“‘]) (?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff。！？]) (?=[”’])", "", expected
    )
    assert punctuation._NO_BLANK.sub("", text) == expected


@given(st.integers(0, 2**32), st.integers(220, 700))
def test_a_text_that_stands_twice_repeats_enough_where_it_is_asked(seed: int, size: int) -> None:
    letters = random.Random(seed)
    once = "".join(chr(letters.randrange(0x4E00, 0x5200)) for _ in range(size))
    assert repeats.is_doubled(once + once)
    assert not repeats.is_doubled(once + once[::-1])


@settings(deadline=None)  # the first example reads the places
@given(
    st.lists(
        st.sampled_from(["略阳搬家公司", "永春管道疏通", "会议通知", "太康", "，"]), max_size=12
    )
)
def test_pieces_that_begin_with_no_place_hold_no_repeated_endings(pieces: list[str]) -> None:
    for piece in pieces:
        found = gazetteer.split_place(piece)
        if found and len(found[0]) > 1:
            assert gazetteer.may_begin_with_places([piece]) == 1


@given(
    st.lists(
        st.sampled_from(["会议通知。", "第二行", "\n", " ", "\u3000\u3000", "\u2028"]), max_size=8
    )
)
def test_a_text_that_is_laid_out_has_no_blank_to_change(pieces: list[str]) -> None:
    text = "".join(pieces)
    changes = [c for b in layout._BLANKS.finditer(text) for c in layout._blank(text, *b.span())]
    if layout._is_laid_out(text):
        assert not changes


@given(
    st.lists(
        st.sampled_from(["阳政办", "〔2019〕", "[ 2019 ] 第", " 17", "12345", "号", "號"]),
        max_size=6,
    )
)
def test_numbers_of_documents_are_found_where_they_end(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert docnumber._holds_figures(text) == bool(docnumber._FIGURES.search(text))


@settings(deadline=None)  # the first example reads the classes of characters
@given(
    st.lists(
        st.sampled_from(["会议指出。", "大家鼓掌。", "會議指出。", "（", "\n", "Σ"]), max_size=8
    )
)
def test_a_text_that_may_not_be_doubled_has_no_second_copy(pieces: list[str]) -> None:
    text = "".join(pieces)
    if not doubled._may_be_doubled(text):
        sentences = [s for s in doubled._sentences(text) if s.key]
        assert doubled._sentences_of_one(text, sentences, About()) is None
        assert not repeats.is_doubled("".join(s.key for s in sentences))


@settings(deadline=None)  # the first example reads the variants
@given(lines, st.sampled_from(["xg", "", "x，"]))
def test_lines_are_folded_alike_with_and_without_a_table(line: str, more: str) -> None:
    by_table = (line + more).translate(labels._folding())
    assert fold(line + more) == labels._with_colons(by_table)


@settings(deadline=None)  # slow by itself: every window is tried
@given(st.lists(st.tuples(st.integers(0, 6000), st.sampled_from("甲乙丙丁戊")), max_size=40))
def test_put_words_left_out_stand_beside_too_few_kinds(found: list[tuple[int, str]]) -> None:
    kept = set(spun._close_together(found))
    for start, put in set(found) - kept:
        for first, _ in found:
            near = {k for at, k in found if first <= at and at + len(k) - first <= spun._WINDOW}
            inside = first <= start and start + len(put) - first <= spun._WINDOW
            assert not inside or len(near) < spun._TYPES


def test_characters_fold_one_by_one_as_in_four_steps() -> None:
    for char in map(chr, (*range(0x10000), 0x1D400, 0x20BB7, 0x2B4E7, 0x1F600)):
        assert normalise._fold(char) == normalise._folded(char)
