"""Score the removal of pinyin glosses: `python -m tests.eval.glosses [A|B|C|D|FOLDER]`.

Clean text is glossed as the mirrors do it (tests/damage.py), every third converted character, in
every style below, and stripped. A gloss that stays, and any other change, is counted. The same text
without glosses must not be touched at all. Sets as in tests/eval/cuts.py.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from archive.damage import gloss
from tests.damage import bare, full_width, glossed, numbered, traditional
from tests.eval.cuts import articles, glossed_by, passage
from tests.eval.spots import applied

STYLES: dict[str, tuple[str, Callable[[str], str]]] = {
    "toned": ("{}({})", str),
    "wide": ("{}（{}）", str),
    "toneless": ("{}({})", bare),
    "spaced": ("{}({}) ", bare),
    "inner blank": ("{}({} )", str),
    "square": ("{}[{}]", str),
    "half folded": ("{}（{})", str),
    "twice": ("{0}({1})({1})", bare),
    "numbered": ("{}({})", numbered),
    "ü as v": ("{}({})", partial(numbered, umlaut="v")),
    "ü as u": ("{}({})", lambda reading: bare(reading).replace("v", "u")),
    "decomposed": ("{}({})", partial(unicodedata.normalize, "NFD")),
    "phonetic letters": ("{}({})", lambda reading: reading.translate({97: "ɑ", 103: "ɡ"})),
    "full width": ("{}（{}）", full_width),
}


_FEW = 8


def score(name: str, every: int = 1) -> dict[str, Counter[str]]:
    """For each style: glosses, removed, texts, whole (texts that are as they were), touched."""
    scores: dict[str, Counter[str]] = {style: Counter() for style in STYLES}
    for key, text in list(articles(name))[::every]:
        clean = traditional(passage(text))
        for style, (form, spelling) in STYLES.items():
            scores[style] += _of_text(clean, key, form, spelling)
    return scores


def _of_text(clean: str, key: str, form: str, spelling: Callable[[str], str]) -> Counter[str]:
    damaged = glossed(clean, glossed_by(key), form, spelling)
    changes = list(gloss.strip(damaged))
    after = applied(damaged, 0, len(damaged), changes)
    touched = len(list(gloss.strip(clean)))
    count = sum(c in glossed_by(key) for c in clean)
    if count < _FEW and not changes:  # too few to tell a tool from a person
        return Counter(texts=1, few=1, glosses_of_few=count, touched=touched)
    whole = after == clean
    return Counter(texts=1, glosses=count, removed=len(changes), whole=whole, touched=touched)


def main() -> None:
    """Print one line per style."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", nargs="?", default="B")
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    for style, counts in score(args.set, args.every).items():
        print(
            f"{Path(args.set).name} {style:16} " + "  ".join(f"{k} {v}" for k, v in counts.items())
        )


if __name__ == "__main__":
    main()
