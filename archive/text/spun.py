"""Spun text: words put for others by a rewriting program. Flagged, never rewritten.

What was published stays. The flag names the words that show it, and what they most likely stood
for, so that a reader can judge.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from archive import vocab
from archive.chinese import language
from archive.chinese.anyof import Listed, any_of
from archive.chinese.variants import fold
from archive.errors import VocabularyError
from archive.model import About, Change
from archive.text.years import late_years

# Four kinds of put words in 1,500 characters: sample 003 has 12 and more in every window; the
# most in 450 gold texts is 2, in 1,210 further pages of five government sites 3 (2026-11-24).
_WINDOW = 1500
_TYPES = 4
_STRONG = 4.0  # nats that make a place count; 3 nats would leave no distance to clean pages
_GAIN = 1.0  # nats that name a place of a page that is spun; 67 of 68 right in sample 003
_SURE = 0.95
_LIKELY = 0.8
_MOST = 2000  # places looked at on one page; a text of more is no article
_CONTEXT = 5  # characters on each side

# xx市, XX县, ××镇: a name taken out by the uploader.
_ANONYMISED = re.compile(r"(?<![A-Za-z×])(?:[xX]{2,4}|×{2,4})(?=[省市县区镇乡村局校])")


@dataclass(frozen=True, slots=True)
class _Pair:
    original: str
    put: str


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    pair: _Pair
    evidence: str
    confidence: float
    strong: bool


def flag_spun(text: str, about: About) -> Iterable[Change]:
    """Flags on every word that shows rewriting, when four different ones stand close together.

    A single put word proves nothing (领先, 接着 and 支配 are good Chinese), so a word counts only
    beside a neighbour that proves it, or where the language model finds the original much
    likelier; and only kinds are counted, not places. The cost: short texts, lightly spun ones,
    and programs with another list of words pass unseen.
    """
    folded = fold(text)
    hits = sorted(_hits(folded), key=lambda hit: hit.start)
    if not _is_spun([hit for hit in hits if hit.strong]):
        return
    for hit in hits:
        yield Change(
            hit.start,
            hit.end,
            "",
            "spun-word",
            hit.evidence,
            confidence=hit.confidence,
            flag="spun",
            applied=False,
            alternatives=(hit.pair.original,),
        )
    yield from _anonymised(folded)
    if about.captured:
        yield from late_years(folded, about.captured.year)


def _is_spun(hits: list[_Hit]) -> bool:
    first = 0
    for last, hit in enumerate(hits):
        while hit.end - hits[first].start > _WINDOW:
            first += 1
        if len({h.pair.put for h in hits[first : last + 1]}) >= _TYPES:
            return True
    return False


def _hits(folded: str) -> Iterator[_Hit]:
    """Put words with what speaks for the original, the proven ones first; none where too few kinds
    stand together for a page to be spun."""
    places = [(match.start(), match[0]) for match in _put_words()[1].anywhere(folded)]
    if not _close_together(places):
        return
    sure = list(_certain(folded, [start for start, _ in places]))
    yield from sure
    if _may_be_spun(folded, sure):
        yield from _likely(folded, {hit.start for hit in sure})


def _may_be_spun(folded: str, sure: list[_Hit]) -> bool:
    """Whether enough kinds can count. The model is slow, so it is asked kind by kind, and no longer
    when too few are left together that may."""
    found = [(match.start(), match[0]) for match in islice(_put_words()[1].finditer(folded), _MOST)]
    if len({put for _, put in found}) < _TYPES:
        return False
    found += [(hit.start, hit.pair.put) for hit in sure]
    places: dict[str, list[int]] = {}
    for start, put in _close_together(found):
        places.setdefault(put, []).append(start)
    kinds = {hit.pair.put for hit in sure}
    left = {(start, put) for put, starts in places.items() for start in starts}
    for put in sorted(places.keys() - kinds, key=lambda put: (len(places[put]), put)):
        if not any(_best(folded, start, put)[0] >= _STRONG for start in places[put]):
            left.difference_update([(start, put) for start in places[put]])
            if not _close_together(left):
                return False
    return bool(left)


def _close_together(found: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """The places beside which enough kinds stand to make a page spun."""
    ordered = sorted(set(found))
    kept: list[tuple[int, str]] = []
    counted: Counter[str] = Counter()
    first = read = 0
    for last, (start, put) in enumerate(ordered):
        counted[put] += 1
        while start + len(put) - ordered[first][0] > _WINDOW:
            counted[ordered[first][1]] -= 1
            first += 1
        if sum(map(bool, counted.values())) >= _TYPES:
            kept += ordered[max(first, read) : last + 1]
            read = last + 1
    return kept


def _certain(folded: str, places: Iterable[int]) -> Iterator[_Hit]:
    """Put words beside a neighbour that proves them; `places` are those of all put words."""
    contexts, pattern = _contexts()
    for match in islice(_matches(pattern, folded, places), _MOST):
        pair, offset = contexts[match[0]]
        start = match.start() + offset
        yield _Hit(start, start + len(pair.put), pair, match[0], _SURE, strong=True)


def _matches(
    pattern: re.Pattern[str], folded: str, places: Iterable[int]
) -> Iterator[re.Match[str]]:
    """`pattern.finditer(folded)`, asked only where a put word stands inside the context.

    The pattern has several hundred contexts, the put words are under a hundred.
    """
    read = 0
    for start in sorted({place - lead for place in places for lead in _leads()}):
        match = pattern.match(folded, start) if start >= read else None
        if match:
            yield match
            read = match.end()


@cache
def _leads() -> frozenset[int]:
    return frozenset(offset for _, offset in _contexts()[0].values())


def _likely(folded: str, taken: set[int]) -> Iterator[_Hit]:
    """Other places of the put words where the language model prefers the original."""
    for match in islice(_put_words()[1].finditer(folded), _MOST):
        if match.start() in taken:
            continue
        gain, pair = _best(folded, match.start(), match[0])
        if gain >= _GAIN:
            evidence = f"{gain:.1f} nats for {pair.original}"
            yield _Hit(*match.span(), pair, evidence, _LIKELY, strong=gain >= _STRONG)


def _best(folded: str, start: int, put: str) -> tuple[float, _Pair]:
    """The original that gains most over a put word, and the nats it gains."""
    gains = ((_gain(folded, start, start + len(put), pair), pair) for pair in _put_words()[0][put])
    return max(gains, key=lambda found: found[0])


def _gain(folded: str, start: int, end: int, pair: _Pair) -> float:
    """Nats the original gains over the put word from its neighbours alone."""
    left = language.canonical(folded[max(0, start - _CONTEXT) : start])
    right = language.canonical(folded[end : end + _CONTEXT])
    before = language.model().start().add(left)
    put = before.add(language.canonical(pair.put) + right).cost
    return put - before.add(language.canonical(pair.original) + right).cost - _alone(pair)


@cache
def _alone(pair: _Pair) -> float:
    cost = language.model().cost
    return cost(pair.put) - cost(pair.original)


def _anonymised(folded: str) -> Iterator[Change]:
    for match in _ANONYMISED.finditer(folded):
        evidence = "the name was taken out before publication"
        yield Change(*match.span(), "", "anonymised-name", evidence, 0.9, applied=False)


@cache
def _contexts() -> tuple[dict[str, tuple[_Pair, int]], re.Pattern[str]]:
    """Each context with its pair and the place of the put word in it; one pattern for all."""
    table = vocab.toml("spun")
    vocab.only("spun", table, ("evidence", "day", "pair"))
    contexts: dict[str, tuple[_Pair, int]] = {}
    for number, row in enumerate(table["pair"], 1):
        vocab.only("spun", row, ("original", "put", "contexts"), f"pair {number}")
        pair = _Pair(row["original"], row["put"])
        for context in row["contexts"]:
            word = context.replace("～", pair.put)
            if context.count("～") != 1 or context == "～" or word in contexts:
                raise VocabularyError(vocab.folder() / "spun.toml", f"pair {number}", context)
            contexts[word] = (pair, context.index("～"))
    return contexts, re.compile(any_of(contexts))


@cache
def _put_words() -> tuple[dict[str, list[_Pair]], Listed]:
    """Each put word with its pairs; where they stand in a text. None begins with another."""
    pairs: dict[str, list[_Pair]] = {}
    for pair in dict.fromkeys(pair for pair, _ in _contexts()[0].values()):
        pairs.setdefault(pair.put, []).append(pair)
    return pairs, Listed(pairs)
