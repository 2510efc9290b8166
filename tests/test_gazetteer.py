"""Place names: what is known, what order says, what stands behind a place."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from archive import vocab
from archive.chinese import gazetteer

EXAMPLES = Path(__file__).parents[1] / "seeds" / "examples"


def full_names() -> list[tuple[int, str]]:
    rows = [line.split("\t") for line in vocab.lines("areas.tsv")]
    return [(int(row[1].split(",")[0]), row[0]) for row in rows if len(row) == 2]


def test_every_name_of_the_footer_of_seed_004_is_known() -> None:
    footer = (EXAMPLES / "004.txt").read_text(encoding="utf-8").split("主站蜘蛛池模板:")[1]
    names = [line.strip("|") for line in footer.split()]
    assert len(names) == 41
    assert [name for name in names if not gazetteer.codes(name)] == []
    assert not gazetteer.is_ordered(names)


def test_short_forms_and_traditional_forms_are_known() -> None:
    assert gazetteer.codes("金秀") == gazetteer.codes("金秀瑶族自治县")
    assert gazetteer.codes("彰武縣") == gazetteer.codes("彰武县")
    assert not gazetteer.codes("新闻中心")


def test_sorted_lists_pass_as_published() -> None:
    rng = random.Random(1)
    rows = full_names()
    for _ in range(300):
        chosen = sorted(rng.sample(rows, rng.randint(12, 40)))
        assert gazetteer.is_ordered([name for _, name in chosen])


def test_random_lists_do_not_pass() -> None:
    rng = random.Random(2)
    names = [name for _, name in full_names()]
    passed = sum(gazetteer.is_ordered(rng.sample(names, rng.randint(12, 40))) for _ in range(1000))
    assert passed <= 2


def test_a_list_in_the_order_of_the_alphabet_passes() -> None:
    cities = "鞍山市 安庆市 安阳市 保定市 包头市 蚌埠市 成都市 长春市 大连市 大同市 佛山市 福州市 广州市 哈尔滨市"
    assert gazetteer.is_ordered(cities.split())


@given(st.text(alphabet="彰武县金秀市搬家公司区县ab 縣", max_size=12))
def test_what_is_split_is_the_whole(text: str) -> None:
    found = gazetteer.split_place(text)
    assert found is None or "".join(found) == text
