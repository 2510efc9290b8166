"""Score the removal of pinyin glosses: `python -m tests.eval.glosses [A|B|C|D]`.

Clean text is glossed as the mirrors do it (tests/damage.py), every third converted character, in
four styles, and stripped. A gloss that stays, and any other change, is counted. The same text
without glosses must not be touched at all. Sets as in tests/eval/cuts.py.
"""

from __future__ import annotations

import argparse
from collections import Counter

from archive import gloss
from tests.damage import glossed, traditional
from tests.eval.cuts import articles, glossed_by, passage
from tests.eval.spots import applied

STYLES = {
    "toned": ("{}({})", True),
    "wide": ("{}（{}）", True),
    "toneless": ("{}({})", False),
    "spaced": ("{}({}) ", False),
}


def score(name: str, every: int = 1) -> dict[str, Counter[str]]:
    """For each style: glosses, removed, texts, whole (texts that are as they were), touched."""
    scores: dict[str, Counter[str]] = {style: Counter() for style in STYLES}
    for key, text in list(articles(name))[::every]:
        clean = traditional(passage(text))
        for style, (form, tones) in STYLES.items():
            scores[style] += _of_text(clean, key, form, tones)
    return scores


def _of_text(clean: str, key: str, form: str, tones: bool) -> Counter[str]:
    damaged = glossed(clean, glossed_by(key), form, tones=tones)
    changes = list(gloss.strip(damaged))
    after = applied(damaged, 0, len(damaged), changes)
    count = sum(c in glossed_by(key) for c in clean)
    if not changes:  # too few to tell a tool
        return Counter(texts=1, undecided=1, glosses_undecided=count)
    removed = len(changes)
    touched = len(list(gloss.strip(clean)))
    return Counter(texts=1, glosses=count, removed=removed, whole=after == clean, touched=touched)


def main() -> None:
    """Print one line per style."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", nargs="?", default="B")
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    for style, counts in score(args.set, args.every).items():
        print(f"{args.set} {style:9} " + "  ".join(f"{k} {v}" for k, v in counts.items()))


if __name__ == "__main__":
    main()
