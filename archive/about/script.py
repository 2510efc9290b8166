"""Is a Traditional text Traditional by its writer, or by a machine?

Mirrors convert a mainland text character by character and leave the characters that exist in
both scripts: 于, 后, 里, 范, 余 stay where a writer of Traditional puts 於, 後, 裡, 範, 餘.
"""

from __future__ import annotations

import re

from archive.chinese.variants import is_traditional

# Places where Traditional writing must have the other character: 關於, 今後, 規範, 兩百餘.
_LEFT = re.compile(
    "[关關对對由至等位属屬基终終鉴鑒处處善勇敢便利有用低高大小早晚忠限在建成陷]于|于[20-9一二三四五是此今我其]"
    "|[之以今最前先随隨事然落课課会會赛賽战戰年月日天]后|后[来來续續期果方面]"
    "|[规規模示防师師典]范|范[围圍畴疇本例]|[0-9十百千万萬]余|余[人名年个個次家元]"
    "|[这這那哪心家城手村]里"
)
_WRITTEN = re.compile("[於後裡裏餘範]")
_SHARE = 0.15  # of characters; Simplified text with quotations has under 0.02
_ENOUGH = 2  # of the marks; one may be a name (于洋) or a slip


def is_mechanical_traditional(text: str) -> bool:
    """True when the text is Traditional by a machine's hand: a mirror of a mainland page.

    >>> is_mechanical_traditional("關于雙減工作,會后對規范管理作了部署")
    True
    >>> is_mechanical_traditional("關於減負工作，會後對管理規範作了部署")
    False

    One 於, 後, 裡, 餘 or 範 speaks for a writer. The cost: short mirrors without two marks keep
    Traditional metadata, and so do those of converters that know words (OpenCC s2t).
    """
    marks = len(_LEFT.findall(text))
    return marks >= _ENOUGH and not _WRITTEN.search(text) and is_traditional_text(text)


def is_traditional_text(text: str) -> bool:
    """True when the running text is in Traditional characters, whoever put it so."""
    han = re.findall("[\u4e00-\u9fff]", text)
    # A quarter to a third of the running characters of Traditional text differ from Simplified.
    return bool(han) and sum(map(is_traditional, han)) >= _SHARE * len(han)
