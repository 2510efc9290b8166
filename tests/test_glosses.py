"""How far the tool of a page reaches decides about readings behind rare characters."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from archive.chinese.variants import fold
from archive.damage import gloss
from archive.damage.readings import is_reading, readings, spelled
from archive.repair import strip_pinyin_glosses
from archive.steps import clean
from tests.damage import bare, changed, full_width, glossed, numbered, traditional
from tests.eval.spots import applied
from tests.farms import ARTICLES

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


def test_a_measure_word_that_everybody_can_read_has_its_gloss_from_the_tool() -> None:
    clean = page("基礎", "张山", "\n事故發生在D棟門口，1棟A座無人受傷。")
    assert stripped(glossed(clean, COMMON + "棟")) == clean


def test_a_short_notice_whose_glosses_end_its_words_is_a_tools() -> None:
    clean = traditional(
        "记者彭岩锋报道：公司已确认，停产多时。晚间，存款账户被冻结，货款尚未冻结。公众认为应当结案。"
    )
    assert stripped(glossed(clean, "鋒認時間戶結眾")) == clean


@pytest.mark.parametrize("style", ["{}({})", "{}（{}）"])
def test_a_list_that_a_person_wrote_keeps_its_readings_where_the_tool_wrote_a_second_one(
    style: str,
) -> None:
    metals = [*"鋰鈉鎂鋁鈣鈦鉻錳鐵鈷鎳銅鋅"]
    clean = traditional("实验室备有下列样品：") + "、".join(
        style.format(metal, readings(metal)[0]) for metal in metals
    )
    assert stripped(glossed(clean, "鋰鈉鎂鐵鋅", style)) == clean


def test_a_page_converted_back_to_simplified_keeps_none_of_its_glosses() -> None:
    clean = page("基础", "张山", "\n據說種子的價格確實不錯，黨員發現頭髮整齊。") * 2
    damaged = fold(glossed(clean, COMMON + "據種價確黨髮"))
    assert "据(jù)" in damaged
    assert "发(fà)" in damaged
    assert stripped(damaged) == fold(clean)


def test_a_tool_with_a_table_of_its_own_is_known_by_what_it_always_writes() -> None:
    clean = page("基础", "张山", "\n校長說，長跑隊隊長的特長是長跑。")
    damaged = glossed(clean, COMMON.replace("為", "")).replace("長", "長(cháng)")
    assert readings("長")[0] != "cháng"
    assert stripped(damaged.replace("為", "為(wéi)")) == clean


@pytest.mark.parametrize(
    "kept",
    [
        *(
            "電流為500毫安(ma)",
            "全縣生產總值(GDP)增長",
            "通車里程300公里(km)",
            "指數(CPI)上升",
            "北京大學(PKU)",
        ),
        *(
            "縣長單(shàn)某",
            "音樂(yuè)的樂，快樂(lè)的樂",
            "魏彧（yù）",
            "饕餮(tāo tiè)",
            "大埔(bù)",
            "六安(lù ān)",
        ),
        *(
            "學習(xuéxí)",
            "縣(county)",
            "學(study)",
            "會(a)",
            "辦(x)",
            "第1(yī)項",
            "W(xué)",
            "學(5)",
            "學(:)",
        ),
    ],
)
@pytest.mark.parametrize("style", ["{}({})", "{}（{}）", "{}[{}]"])
@pytest.mark.parametrize("spelling", [str, bare, numbered, full_width])
def test_brackets_of_a_person_stay_beside_glosses_of_any_style(
    kept: str, style: str, spelling: Callable[[str], str]
) -> None:
    clean = page("基础", "张山") + "\n"
    assert stripped(glossed(clean + kept, COMMON, style, spelling)) == clean + kept


@pytest.mark.parametrize("char", sorted(map(chr, range(0x4E00, 0x4F00))))
def test_every_spelling_of_a_reading_is_that_reading(char: str) -> None:
    for reading in readings(char):
        toned = any(c in reading for c in "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ")
        assert spelled(full_width(reading)) == reading
        for umlaut in ("ü", "u:", "v"):
            assert spelled(numbered(reading, umlaut)) == reading or not toned
            assert is_reading(spelled(numbered(reading, umlaut)), char)
        assert is_reading(bare(reading), char)
        assert is_reading(bare(reading).replace("v", "u"), char)


WORDED = (
    "县交通(jiāotōng)运输局组织应急演练(yǎnliàn)，演练(yǎnliàn)持续两小时。交通(jiāotōng)警察检查设备(shèbèi)运行，"
    "设备(shèbèi)全部合格。交通(jiāotōng)恢复后，演练(yǎnliàn)结束。备用设备(shèbèi)留在现场，六安(lù ān)来的队员也参加了。"
)


def test_a_word_that_stands_once_loses_its_reading_where_the_tool_is_proved() -> None:
    text = WORDED + "教育(jiàoyù)部门贯彻(guànchè)落实，记者到台州(tāi zhōu)采访。"
    assert clean(text, [strip_pinyin_glosses]).text.endswith(
        "教育部门贯彻落实，记者到台州(tāi zhōu)采访。"
    )


def test_the_readings_a_tool_wrote_behind_words_go_and_a_persons_stay() -> None:
    text = clean(WORDED, [strip_pinyin_glosses]).text
    assert "(lù ān)" in text
    assert text == re.sub(r"\([^ )]*\)", "", WORDED)


@pytest.mark.parametrize(
    "text",
    [
        "生词：交通(jiāotōng)、演练(yǎnliàn)、设备(shèbèi)、隧道(suìdào)、气象(qìxiàng)、培训(péixùn)、公路(gōnglù)、冬季(dōngjì)。",
        "“你好(nǐhǎo)”是第一课的问候语。老师说“谢谢(xièxie)”，学生答“不客气(bú kèqi)”。再见(zàijiàn)也要学。",
        "石碑上刻着“隩隅(yùyú)”二字。隩隅(yùyú)意为水边的角落。",
    ],
)
def test_words_that_a_person_explains_keep_their_readings(text: str) -> None:
    assert clean(text, [strip_pinyin_glosses]).text == text


NUMBERED = {"家长": "jia1 zhang3", "水利": "shui3 li4"}


def worded(text: str) -> str:
    for word, reading in NUMBERED.items():
        text = text.replace(word, f"{word}({reading})")
    return text


def test_a_few_readings_with_numbers_behind_usual_words_are_a_tools() -> None:
    body = "\n".join(ARTICLES[0][1])
    assert worded(body).count("(") == 3
    assert clean(worded(body), [strip_pinyin_glosses]).text == body


@pytest.mark.parametrize("style", ["{}{}", "{} {}", "{} {} "])
@pytest.mark.parametrize("spelling", [str, numbered])
@pytest.mark.parametrize("chars", ["學書會長國縣門", "會縣"])
def test_readings_without_brackets_go(
    style: str, spelling: Callable[[str], str], chars: str
) -> None:
    body = traditional("\n".join([*ARTICLES[0][1], *ARTICLES[1][1]]))
    shown = glossed(body, chars, style, spelling)
    assert shown != body
    assert clean(shown, [strip_pinyin_glosses]).text == body


@pytest.mark.parametrize("style", ["{}({})", "{}（{}）", "{}{}"])
def test_no_gloss_stays_for_a_title_and_frame_that_the_tool_did_not_reach(style: str) -> None:
    body = traditional("\n".join(line for _, lines in ARTICLES for line in lines))
    frame = "雲溪縣組織開展夏季防溺水宣傳\n雲溪縣機收現場會在白塔村舉行\n"  # most stand once in the body
    shown = frame + glossed(body, changed(), style)
    assert clean(shown, [strip_pinyin_glosses]).text == frame + body


def test_a_figure_behind_a_reading_without_brackets_is_the_texts() -> None:
    body = "偏南風2到3級，陣風7級，風力4級，氣溫3到5度，風5日減弱。"
    shown = glossed(body, "風氣級減", "{}{}")
    assert "風fēng7級" in shown
    assert clean(shown, [strip_pinyin_glosses]).text == body


LESSONS = (
    "同学们跟我读：妈mā，麻má，马mǎ，骂mà，这是四个声调。妈mā是第一声，麻má是第二声，马mǎ是第三声，骂mà是第四声。",
    "多音字练习：重zhòng要、重chóng复，长cháng短、长zhǎng大，还hái是、还huán书，行xíng走、银行háng，为wéi人、为wèi了。",
    "床chuáng前qián明míng月yuè光guāng，\n疑yí是shì地dì上shàng霜shuāng。",
    "床 chuáng 前 qián 明 míng 月 yuè 光 guāng ，\n疑 yí 是 shì 地 dì 上 shàng 霜 shuāng 。",
    "元素歌里难读的字：锂lǐ、钠nà、镁měi、铝lǚ、硅guī、铍pí、氩yà、铬gè、锰měng。",
    "石笏hù乡、垭yā口村、黄泥坳ào村、溆xù水，这些地名用字外地人常读错，民政局在标志上加注拼音。",
    "锂 lǐ 电池项目落户我县。锂 lǐ 是最轻的金属，锂 lǐ 的读音与理相同。",
    "普通话pǔtōnghuà水平测试将于5月举行，普通话pǔtōnghuà成绩分三级六等，拼音pīnyīn部分占十分。",
    "小区a1栋、b2栋、c3栋居民请注意，d4栋停水，e1号楼、f2号楼已恢复。",
    "学 xue2、习 xi2、国 guo2、家 jia1、学 xue2、校 xiao4 是本课六个生字，学生要会写会读。",
    "学xue2习xi2拼音输入法时，先输入字母再按数字选声调，例如国guo2、书shu1、习xi2。",
    "café里的客人说法语，résumé是简历，naïve是天真，点了一杯latté，在où街逛了一圈。",
    "乐lè于助人；音乐yuè；乐yào山乐水；快乐lè，乐lè观，奏乐yuè，乐lè意，乐yuè器，乐lè园，乐yuè曲。",
    "生字表：學xué、會huì、國guó、書shū、門mén、馬mǎ、鳥niǎo、魚yú、龍lóng。請同學們抄寫三遍，學xué字注意寶蓋。",
    "課文注釋：學xué而時習xí之，不亦說yuè乎。有朋自遠方來，不亦樂lè乎。人不知而不慍yùn，不亦君子乎。",
    "学习(xue2 xi2)一词出自论语。小学教育(jiao4 yu4)课上，学生听写教育(jiao4 yu4)、学习(xue2 xi2)，老师讲拼音。",
    "六安(lu4 an1)市位于安徽，六安(lu4 an1)瓜片产于六安(lu4 an1)一带。",
    "会议(meeting)在北京(Beijing)召开，会议(meeting)邀请北京(Beijing)代表，三(san1)楼为会场。",
)


@pytest.mark.parametrize("text", LESSONS)
def test_readings_of_a_lesson_stay_with_and_without_brackets(text: str) -> None:
    letters = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
    bracketed = re.sub(
        rf"(?<=[一-龥]) ?([{letters}]{{1,6}}[1-4]?) ?(?=[一-龥，。、；：]|$)", r"(\1)", text
    )
    for shown in (text, bracketed):
        assert clean(shown, [strip_pinyin_glosses]).text == shown
