"""Family X: how much a short text reads like the words spam sells.

A hard list names the trades (seeds/vocab/linkfarm.toml); a small model of character n-grams
(seeds/vocab/lexicon.tsv, trained by tools/train_lexicon.py on text written for this project)
covers what no list can keep up with. Neither ever removes anything alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from archive import vocab
from archive.chinese.anyof import Listed
from archive.chinese.variants import fold
from archive.farms import farmwords

LONGEST_KEPT = 64  # longer texts are not remembered
SPAM = 0.7  # the mean score of a keyword bar; bars measured >= 0.73, other lines <= 0.27


def spam(text: str) -> float:
    """0 to 1: how much a link text or a segment reads like spam, by list or model."""
    return 1.0 if trade(text) else score(text)


def share(texts: Sequence[str]) -> float:
    """The share of `texts` that read like spam."""
    return sum(spam(text) >= SPAM for text in texts) / len(texts) if texts else 0.0


def trade(text: str) -> str | None:
    """The trade of the first listed word in `text`; None when it holds no listed word.

    >>> trade("澳门新葡京官网"), trade("縣人民政府")
    ('gambling', None)
    """
    return _first(_listed, text)


def offer(text: str) -> str | None:
    """The trade of the first word in `text` that is listed, or that offers use among others.

    >>> offer("秒下款"), trade("秒下款")
    ('jobs', None)
    """
    return _first(_offered, text)


def listed(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where listed words stand in `text`: start, end, trade."""
    # They are among those of offers, and of an article's text both are asked.
    return _all(_listed, text) if offers(text) else ()


def offers(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where words of offers stand in `text`, the listed ones among them: start, end, trade."""
    return _all(_offered, text)


def speaks_of(text: str, kind: str) -> bool:
    """True when `text` itself is about that trade: then its words are no sign of injection."""
    return bool(_topic(kind).search(fold(text)))


def heading(text: str) -> str:
    """The first line of a text, which says what it is about; "" where that line is an offer."""
    line = text.lstrip()[:200].split("\n", 1)[0]
    return "" if offers(line) else line


@lru_cache(maxsize=4096)
def score(text: str) -> float:
    """The model's probability that `text`, a link text or segment, is spam.

    Measured on links of clean pages and of spam cases: tests/eval/spam.py.
    """
    weights = _weights()
    plain = f"^{_plain(text).strip()}$"
    total = weights[""]
    seen = {plain[i : i + n] for n in (1, 2, 3, 4) for i in range(len(plain) - n + 1)}
    total += sum(weights.get(gram, 0.0) for gram in sorted(seen)) / math.sqrt(len(seen))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _plain(text: str) -> str:
    plain = fold(text).replace("\u0130", "i").lower()  # whose lower case are two characters
    return plain.translate(_NARROW) if _WIDE.search(plain) else plain


_WIDE = re.compile("[０-９ａ-ｚ]")
_NARROW = {
    ord(w): ord(w) - 0xFEE0
    for w in "０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
}


@dataclass(frozen=True, slots=True)
class _Words:
    """Words with the trade of each."""

    trades: Mapping[str, str]
    places: Listed


@cache
def _listed() -> _Words:
    trades = _of("hard")
    return _Words(MappingProxyType(trades), Listed(trades))


@cache
def _offered() -> _Words:
    trades = _of("offer") | _of("hard")
    return _Words(MappingProxyType(trades), Listed(trades))


def _of(kind: str) -> dict[str, str]:
    return {term: entry["trade"] for entry in farmwords.words()[kind] for term in entry["terms"]}


def _first(words: Callable[[], _Words], text: str) -> str | None:
    read = _remembered if len(text) <= LONGEST_KEPT else _remembered.__wrapped__
    return read(words, text)


@lru_cache(maxsize=8192)
def _remembered(words: Callable[[], _Words], text: str) -> str | None:
    word = words().places.first(_plain(text))
    return words().trades[word] if word else None


@lru_cache(maxsize=8)
def _all(words: Callable[[], _Words], text: str) -> tuple[tuple[int, int, str], ...]:
    known = words()
    found = known.places.finditer(_plain(text))
    return tuple((m.start(), m.end(), known.trades[m[0]]) for m in found)


@cache
def _topic(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, farmwords.words()["topics"][kind])))


@cache
def _weights() -> Mapping[str, float]:
    rows = (line.split("\t") for line in vocab.lines("lexicon.tsv"))
    return MappingProxyType({("" if gram == "bias" else gram): float(w) for gram, w in rows})
