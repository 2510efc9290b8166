"""Searches that skip to what they look for must find what the plain ones find."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from archive import writing
from archive.about import dates, docnumber
from archive.about.gkml import DOC_NUMBER
from archive.chinese import lang, punctuation
from archive.chinese.anyof import Listed, any_of
from archive.damage import cutdoc, inserted, mojibake, readings
from archive.farms import farmitems, lexicon
from archive.page import pagination
from archive.text import docshare, layout, spun

DAYS = (
    "2021-09-06",
    "15-03-27",
    "二〇二一年九月六日",
    "民國110年9月6日",
    "1",
    "年",
    " ",
    "／",
    "19",
    "的",
)
lines = st.lists(st.sampled_from(DAYS), max_size=6).map("".join)
# No deadlines: the first example reads tables or the language model.
puts = sorted(spun._put_words()[0])
contexts = sorted(spun._contexts()[0])
spun_texts = st.lists(st.sampled_from([*puts, *contexts, "的", "工作"]), max_size=12).map("".join)


@settings(deadline=None)
@given(
    st.sets(st.text("ab博彩百网", min_size=2, max_size=4), min_size=1),
    st.text("ab博彩百网会"),
)
def test_listed_words_are_found_as_one_search_through_the_text_finds_them(
    words: set[str], text: str
) -> None:
    listed, pattern = Listed(words), re.compile(any_of(words))
    places = [match.start() for match in listed.anywhere(text)]
    assert [m.span() for m in listed.finditer(text)] == [m.span() for m in pattern.finditer(text)]
    assert places == [at for at in range(len(text)) if pattern.match(text, at)]
    assert listed.first(text) == next((m[0] for m in pattern.finditer(text)), None)


@given(
    st.sets(st.text("来源号", min_size=1, max_size=4), min_size=1),
    st.text("来源号 :"),
    st.sampled_from(["", " {0,2}:", "(?=[^来]|$)"]),
)
def test_padded_words_are_found_as_a_choice_of_them_the_longest_first_finds_them(
    words: set[str], text: str, behind: str
) -> None:
    choice = "|".join(" {0,2}".join(word) for word in sorted(words, key=len, reverse=True))
    found = re.finditer(any_of(words, " {0,2}") + behind, text)
    assert [m.span() for m in found] == [
        m.span() for m in re.finditer(f"(?:{choice}){behind}", text)
    ]


def test_han_are_told_by_their_upper_byte_as_by_a_pattern_but_for_hexagrams() -> None:
    pattern = re.compile(f"[{writing.HAN}\u4dc0-\u4dff]")
    every = [chr(code) for code in (*range(0x10000), 0x20BB7, 0x1F600, 0x10FFFF)]
    assert all(writing.han(char) == len(pattern.findall(char)) for char in every)
    assert writing.han("".join(every)) == len(pattern.findall("".join(every)))


def test_words_looked_for_by_a_pair_have_two_characters_and_put_words_no_other_in_front() -> None:
    puts = spun._put_words()[0]
    assert min(map(len, (*lexicon._offered().trades, *puts))) >= 2
    assert not [put for put in puts for other in puts if put != other and put.startswith(other)]


@settings(deadline=None)
@given(spun_texts)
def test_too_few_kinds_of_put_words_make_no_page_spun(text: str) -> None:
    places = [(match.start(), match[0]) for match in spun._put_words()[1].anywhere(text)]
    hits = list(spun._certain(text, [start for start, _ in places]))
    hits += spun._likely(text, {hit.start for hit in hits})
    strong = sorted((hit for hit in hits if hit.strong), key=lambda hit: hit.start)
    assert spun._close_together(places) or not spun._is_spun(strong)


BORDERED = st.lists(
    st.sampled_from(["略阳搬家公司", "太康", "湖南", "会", "，", "、", " ", "\n", "。", "-", "【"]),
    max_size=30,
)


@settings(deadline=None)
@given(BORDERED.map("".join) | st.text())
def test_pieces_are_what_stands_between_borders(text: str) -> None:
    between = r"[^\s|｜¦丨、,，;；/·•_<>»«&：:。\[\]［］【】\-—–~～#＃*★☆◆●■▪→]{2,}"
    assert farmitems.pieces(text) == re.findall(between, text)


SIGNS = (
    "\ue000",
    "\ufeff",
    "ÖÐ¹ú",
    "é",
    "?",
    "？",
    "，",
    "\ufffd",
    "会",
    "會(huì)",
    "(hui)",
    "\n",
    "1、",
    "A1",
)
signed = st.lists(st.sampled_from(SIGNS), max_size=12).map("".join)


@settings(deadline=None)
@given(signed)
def test_patterns_that_are_skipped_to_find_what_the_plain_ones_find(text: str) -> None:
    letters = "a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ"
    plain = {
        cutdoc.SIGNATURE: rf"[?\ufffd](?=[。！？，；：!?,;:])|(?<=[\u4e00-\u9fff])[?\ufffd](?=\(?[{letters}]{{1,6}}\))",
        docshare._MARK: r"(?<!\n)\n++(\d{1,4})、",
        inserted._PRIVATE: "[\ue000-\uf8ff]+",
        inserted._INVISIBLE: f"{inserted._INVISIBLE_SIGN}+",
        mojibake._LATIN: f"{mojibake._LATIN_SIGN}{{4}}",
    }
    for pattern, usual in plain.items():
        ends = [match.end() for match in pattern.finditer(text)]
        assert ends == [match.end() for match in re.finditer(usual, text)]


@settings(deadline=None)
@given(signed)
def test_every_gloss_is_opened(text: str) -> None:
    assert readings.OPENED.search(text) or not readings.GLOSS.search(text)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["2019", "年", "7", "月", "12", "日", " ", "\u00a0", "于"])).map(
        "".join
    )
)
def test_every_date_with_a_blank_has_it_beside_a_unit(text: str) -> None:
    dates = punctuation.SPACED_DATE.finditer(text)
    assert layout._SPACED.search(text) or not any(re.search("[ \u00a0]", d[0]) for d in dates)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["阳政办", "〔2019〕", "17号", " ", "根据", "，", "（2020）", "8號"])
    ).map("".join)
)
def test_numbers_are_found_around_their_figures_as_one_search_finds_them(text: str) -> None:
    found = [match.span() for match in docnumber._matches(text)]
    assert found == [match.span() for match in DOC_NUMBER.finditer(text)]


@settings(deadline=None)
@given(st.text(alphabet="會议の于ab ЖⅣ", max_size=60))
def test_the_script_of_a_plainly_chinese_text_needs_no_counting(text: str) -> None:
    if lang._is_plainly_chinese(text):
        counted = {tag for tag, pattern in lang._OTHER if pattern.search(text)}
        assert not counted
        assert not lang._KANA.search(text)
        assert 9 * lang._count(lang._HAN, text) >= len(text)


@settings(deadline=None)
@given(lines)
def test_every_day_has_its_sign_also_in_a_part_of_a_line(line: str) -> None:
    for start in range(len(line)):
        part = line[start:]
        found = next(dates.find(part), None) or dates.find_short(part)
        assert found is None or dates.may_hold_day(line)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["createPage", "HTML", "x", "_", " ", "(2, 0)", "中", "."])))
def test_calls_of_a_pager_are_found_as_words(pieces: list[str]) -> None:
    source = "".join(pieces)
    usual = r"\bcreatePage\w{0,14}\s*\(([^()]{0,300})\)"
    assert pagination._CALL.findall(source) == re.findall(usual, source)
