"""How far the tool of a page reaches decides about readings behind rare characters."""

from __future__ import annotations

import pytest

from archive import gloss
from tests.damage import glossed, traditional
from tests.eval.spots import applied

NEWS = (
    "全县学习会议要求，各单位领导干部要认真学习，把学习成果用于实际工作，为群众解决问题。\n"
    "会议指出，学校要办好，农业要发展，各乡镇要抓紧时间，把这项工作办好，为发展打下{}。\n"
    "县长{}主持会议，各单位领导参加学习。"
)
COMMON = "學習會議領導單為問題發農業進時間辦實際認這項"
UNCOMMON = "驅嶺躍綢龕鑿"


def stripped(text: str) -> str:
    return applied(text, 0, len(text), list(gloss.strip(text)))


def page(word: str, name: str, more: str = "") -> str:
    return traditional(NEWS.format(word, name)) + more


def test_a_rare_character_of_a_usual_word_has_its_gloss_from_the_tool() -> None:
    clean = page("基础", "张山")
    assert stripped(glossed(clean, COMMON + "礎")) == clean


def test_a_name_keeps_its_reading_where_the_tool_glosses_common_characters_only() -> None:
    clean = page("坚实后盾", "于春灃", "\n山嶺之間，驅車前往，人人踴躍，絲綢如水，石龕新鑿。")
    kept = clean.replace("灃", "灃(fēng)")
    assert stripped(glossed(clean, COMMON + "灃")) == kept


def test_a_name_loses_its_gloss_where_the_tool_glosses_uncommon_characters_too() -> None:
    clean = page("坚实后盾", "于春灃", "\n山嶺之間，驅車前往，人人踴躍，絲綢如水，石龕新鑿。")
    assert stripped(glossed(clean, COMMON + UNCOMMON + "灃")) == clean


@pytest.mark.parametrize("reading", ["魏彧(yù)", "饕餮(tāo tiè)"])
def test_a_name_keeps_its_reading_where_a_person_explains_other_characters(reading: str) -> None:
    clean = page("坚实后盾", "于春灃", "\n山嶺之間，驅車前往，人人踴躍，絲綢如水，石龕新鑿。")
    kept = clean.replace("灃", "灃(fēng)") + f"\n{reading}"
    assert stripped(glossed(clean, COMMON + UNCOMMON + "灃") + f"\n{reading}") == kept


def test_three_glosses_in_the_words_of_a_notice_are_a_tools() -> None:
    clean = traditional("关于放假的通知：全县放假三天，反对形式主义，注意安全。")
    assert stripped(glossed(clean, "關縣義")) == clean


def test_three_characters_of_a_lesson_are_not() -> None:
    lesson = traditional("本课生字：义、县、关。") + "\n義(yì)\n縣(xiàn)\n關(guān)"
    assert stripped(lesson) == lesson
