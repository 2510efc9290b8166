"""How alike a text is to a few examples: what `--like` ranks and keeps by.

Rocchio's method without its negative half: a text is the set of its pairs of neighbouring
characters, each weighted by its information in general Chinese (-log of its probability in
seeds/vocab/language.txt); texts are compared by cosine, half with the centre of the examples and
half with the nearest of them, so that examples of two topics do not blur into none.

Right for any topic, because nothing is trained for one: words that all official prose shares
(会议, 工作) carry little information, 双减 or 防汛 much. Wrong where texts of one kind share no
words (媒体报道, what others wrote of us), and for texts of a few dozen characters. Only Chinese
characters count, so nothing is compared by its Latin letters or digits.

Measured 2026-11 on the saved site trees, five pages of a column as examples and the rest of
the site to rank. Tuned on two of them (mean average precision 0.62, area under the curve 0.91):
counting a pair once or as often as it stands (0.47), trigrams besides (0.56), weights to the
power 0.5 to 2, centre or nearest alone (0.60), log-likelihood ratios (0.38), and an official
background besides the general one (0.60). On two other trees, looked at once: mean average precision 0.48
and area 0.85 among 8 % of the site's pages; at 0.5 the columns keep 0.40 of their pages, and 0.59
of what is kept is theirs (most columns are no topics: 通知公告, 要闻). With `seeds/examples` the
95th percentile of 291 portal news is below 0.07, and what an education bureau published on
reform meetings comes first. About 1 ms for 1,000 characters, 12 µs for an anchor.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive.chinese import language
from archive.chinese.language import canonical
from archive.model import Reason

_HAN = re.compile("[\u3400-\u9fff]+")
MOST = 14.0  # nats; a pair the model never met is a name or a new word, and 12 to 30 made no odds
NEAREST = 0.5  # weight of the nearest example beside the centre; swept 0 to 1
CONTEXT = 0.3  # weight of what stands around an anchor beside its text

# The cosine that is `relevance` 0.5: EVEN for one example, growing with their number because
# the centre of many has a little of everything. Where the best F lay for 1, 2, 3, 5 and 8
# examples on the two trees (0.14, 0.16, 0.17, 0.19, 0.19).
EVEN, GROWTH, LARGEST = 0.14, 1 / 6, 20
STEEP = 3.0  # of the curve around it
ANCHOR_EVEN = 0.06  # an anchor has few pairs to share with a text


@dataclass(frozen=True, slots=True)
class Examples:
    """What is kept of the example texts; picklable, so that worker processes can score."""

    texts: tuple[str, ...]  # as compared, sorted: enough to learn the same again
    digest: str  # sha256 hex over them, to name them by
    centre: Mapping[str, float]  # of unit length
    each: tuple[Mapping[str, float], ...]

    def score_text(self, text: str) -> float:
        """How alike a text is to the examples, 0 to 1; a title may stand as its first line.

        0.5 is the middle between pages of the examples' kind and other pages of one site.
        Compare `text_norm` of articles: simplified as well as traditional examples do.
        """
        found = _vector(text)
        nearest = max((_cosine(found, example) for example in self.each), default=0.0)
        cosine = (1 - NEAREST) * _cosine(found, self.centre) + NEAREST * nearest
        return _relevance(cosine, EVEN * min(len(self.each) or 1, LARGEST) ** GROWTH)

    def score_anchor(self, text: str, context: str = "") -> float:
        """How likely a link leads to a text like the examples, 0 to 1, for ranking links.

        `context` is what the page says around it: the heading of the list, the breadcrumb. A
        link without text scores by its context alone.
        """
        cosine = (1 - CONTEXT) * _short_cosine(text, self.centre)
        cosine += CONTEXT * _short_cosine(context, self.centre)
        return _relevance(cosine, ANCHOR_EVEN)


@dataclass(frozen=True, slots=True)
class Like:
    """What the articles of a run are to be like. An argument of `derive`."""

    examples: Examples
    least: float = 0.0  # an article of less relevance is rejected


def compared(title: str | None, text_norm: str) -> str:
    """What of an article is compared: its title is its most telling line."""
    return f"{title}\n{text_norm}" if title else text_norm


def below(relevance: float, least: float) -> str:
    """The detail of a rejection `not-similar`."""
    return f"{relevance} is below {least}"


def told(row: Mapping[str, Any]) -> float | None:
    """The relevance that a line tells, of an article or of one rejected for it."""
    if row.get("rejected") == Reason.NOT_SIMILAR:
        return float(row["detail"].partition(" ")[0])
    found: float | None = row.get("relevance")
    return found


def learn(texts: Iterable[str]) -> Examples:
    """The model of example texts, whatever their order; texts without Chinese are left out."""
    vectors = {text: _vector(text) for text in sorted(set(texts))}
    kept = {text: vector for text, vector in vectors.items() if vector}
    centre: defaultdict[str, float] = defaultdict(float)
    for vector in kept.values():
        for pair, weight in vector.items():
            centre[pair] += weight
    digest = hashlib.sha256("\0".join(kept).encode("utf-8", "replace")).hexdigest()
    return Examples(tuple(kept), digest, _of_unit_length(centre), tuple(kept.values()))


def to_json(examples: Examples) -> str:
    """The examples as a file that a replay can learn them from again."""
    row = {"digest": examples.digest, "texts": examples.texts}
    return json.dumps(row, ensure_ascii=False, indent=1)


def from_json(text: str) -> Examples:
    """The examples that `to_json` wrote; `ValueError` when the digest does not fit the texts."""
    row = json.loads(text)
    examples = learn(row["texts"])
    if examples.digest != row["digest"]:
        raise ValueError("examples: the digest does not fit the texts")
    return examples


def _vector(text: str) -> dict[str, float]:
    """The text's pairs and their information, of unit length."""
    known = _information()
    return _of_unit_length({pair: known.get(pair, MOST) for pair in _pairs(text)})


def _pairs(text: str) -> dict[str, None]:
    """Every pair of neighbouring characters once, in the order of first sight."""
    runs = _HAN.findall(canonical(text))
    return dict.fromkeys(run[i : i + 2] for run in runs for i in range(len(run) - 1))


def _of_unit_length(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {pair: weight / length for pair, weight in weights.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[pair] for pair, weight in one.items() if pair in other)


def _short_cosine(text: str, centre: Mapping[str, float]) -> float:
    """As `_cosine` of the text's vector, in one walk: a page has hundreds of links."""
    known, shared, squares = _information(), 0.0, 0.0
    for pair in _pairs(text):
        weight = known.get(pair, MOST)
        squares += weight * weight
        shared += weight * centre.get(pair, 0.0)
    return shared / math.sqrt(squares) if shared else 0.0


def _relevance(cosine: float, even: float) -> float:
    return 1 / (1 + (even / cosine) ** STEEP) if cosine > 0 else 0.0


@cache
def _information() -> dict[str, float]:
    """Information of every pair of characters the language model knows, in nats.

    A pair stands inside words, or where one word ends and the next begins. About one second,
    once a process, and only where texts are compared.
    """
    model = language.model()
    chance: defaultdict[str, float] = defaultdict(float)
    ends: defaultdict[str, float] = defaultdict(float)
    for char, cost in model.alone.items():
        ends[char] += math.exp(-model.first.get(char, math.inf) - cost)
    for word, cost in model.words.items():
        likely = math.exp(-model.first.get(word[0], math.inf) - cost)
        ends[word[-1]] += likely
        for start in range(len(word) - 1):
            chance[word[start : start + 2]] += likely
    for pair, cost in model.pairs.items():
        chance[pair] += ends[pair[0]] * math.exp(-cost)
    total = math.log(math.fsum(chance.values()))
    return {
        pair: min(MOST, total - math.log(likely))
        for pair, likely in chance.items()
        if likely > 0 and _HAN.fullmatch(pair)
    }
