"""Write seeds/vocab/areas.tsv from the areacodes data (CC0-1.0) and the rows below.

    python tools/make_areas.py RESULT.csv > seeds/vocab/areas.tsv

`RESULT.csv` is the summary table of yescallop/areacodes: every GB/T 2260 name of 1981-2024.
A line is `name<TAB>codes`, codes joined by commas; a short form carries a third column `short`.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

# Divisions the table of the ministry names only as wholes. Codes: GB/T 2260 prefixes 71, 81, 82
# and a running number of our own, needed only to tell provinces apart.
BEYOND = {
    "71": "台北市 新北市 桃园市 台中市 台南市 高雄市 基隆市 新竹市 嘉义市 新竹县 苗栗县 彰化县"
    " 南投县 云林县 嘉义县 屏东县 宜兰县 花莲县 台东县 澎湖县 金门县 连江县 台北县 桃园县"
    " 台中县 台南县 高雄县",
    "81": "中西区 湾仔区 东区 南区 油尖旺区 深水埗区 九龙城区 黄大仙区 观塘区 荃湾区 屯门区"
    " 元朗区 北区 大埔区 西贡区 沙田区 葵青区 离岛区",
    "82": "花地玛堂区 圣安多尼堂区 大堂区 望德堂区 风顺堂区 嘉模堂区 圣方济各堂区 路氹城",
}
PEOPLES = [
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
    "各",
]
SUFFIX = re.compile(
    "(特别行政区|自治区|自治州|自治县|自治旗|联合旗|行政区|行政委员会|办事处|工农区|地区|林区|矿区"
    "|新区|特区|前旗|后旗|中旗|左旗|右旗|省|县|区|市|旗|盟|州)$"
)
PEOPLE = re.compile(
    "(" + "|".join(sorted((p + "族" for p in PEOPLES), key=len, reverse=True)) + ")$"
)
BANNER = re.compile("[前后中左右]旗$")


def short_form(name: str) -> str | None:
    """The name without its administrative suffix and peoples; None when nothing usable is left.

    >>> short_form("景谷傣族彝族自治县"), short_form("金秀瑶族自治县"), short_form("彰武县")
    ('景谷', '金秀', '彰武')
    >>> short_form("城区") is None
    True
    """
    stem = SUFFIX.sub("", name) if not BANNER.search(name) else name
    while PEOPLE.search(stem):
        stem = PEOPLE.sub("", stem)
    for people in ("蒙古", "哈萨克", "柯尔克孜"):  # 博尔塔拉蒙古自治州: without 族
        if stem.endswith(people) and len(stem) > len(people) + 1:
            stem = stem[: -len(people)]
    return stem if 2 <= len(stem) <= 4 and stem != name else None


def rows(table: Path) -> Iterator[tuple[str, str]]:
    """Every (name, code) of the table, then the divisions beyond it."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield row["名称"], row["代码"]
    for prefix, names in BEYOND.items():
        for number, name in enumerate(names.split(), 1):
            yield name, f"{prefix}{number:04d}"


def main(table: str) -> None:
    full: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    for name, code in rows(Path(table)):
        full.setdefault(name, set()).add(code)
        stem = short_form(name)
        if stem:
            short.setdefault(stem, set()).add(code)
    print(
        "# Place names of GB/T 2260, 1981-2024: yescallop/areacodes @ eed219a, CC0-1.0, 2026-11-24."
    )
    print(
        "# Taiwan, Hong Kong and Macau divisions and the short forms were added for this project."
    )
    print("# Written by tools/make_areas.py; do not edit.")
    for name, codes in sorted(full.items()):
        print(f"{name}\t{','.join(sorted(codes))}")
    for name, codes in sorted(short.items()):
        if name not in full:
            print(f"{name}\t{','.join(sorted(codes))}\tshort")


if __name__ == "__main__":
    main(sys.argv[1])
