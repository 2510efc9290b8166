"""Write seeds/vocab/readings.tsv: Mandarin readings of single characters.

    python tools/make_readings.py > seeds/vocab/readings.tsv

From pypinyin's table of single characters (MIT), which must be installed to run this, never to
use its result. A line is `reading<TAB>characters it is the first reading of<TAB>others`.
"""

from __future__ import annotations

from collections import defaultdict

from pypinyin.pinyin_dict import pinyin_dict


def main() -> None:
    first: defaultdict[str, list[str]] = defaultdict(list)
    other: defaultdict[str, list[str]] = defaultdict(list)
    for code, readings in sorted(pinyin_dict.items()):
        if 0x4E00 <= code <= 0x9FFF:
            main_reading, *more = readings.split(",")
            first[main_reading].append(chr(code))
            for reading in more:
                other[reading].append(chr(code))
    print("# Readings of single characters, from pypinyin 0.55 pinyin_dict (MIT), 2026-11-24.")
    print("# reading, characters it is the first reading of, characters it is another reading of")
    for reading in sorted({*first, *other}):
        print(f"{reading}\t{''.join(first[reading])}\t{''.join(other[reading])}-")


if __name__ == "__main__":
    main()
