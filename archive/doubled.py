"""A body that stands twice: keep the first copy.

Found with 11-grams, cut with whole sentences, both over hanzi, letters and digits in one script,
so that a Traditional copy of a Simplified text is found too. Only a second copy that is made of
the first one's sentences is cut; a copy that differs is flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive import bylines
from archive.model import About, Candidate, Change
from archive.variants import fold

# Swept on 104 doubled and 300 clean documents: exact, two-script and truncated copies found
# 104, 104 and 103 times, no clean document.
_GRAM = 11
_PLACES = 8  # of one 11-gram or sentence that are remembered
_APART = 150  # between the two places of an 11-gram
_DRIFT = 60  # of the distance, within one chain
_GAP = 250  # between two matches of one chain
_MATCHED = 200
_COVERAGE = 0.3
_DENSITY = 0.6
_SENTENCES = 4
_MEAN_SENTENCE = 12
_LEFT_BEHIND = 0.1  # of the cut: more than that, and the copies are variants
_BETWEEN = 60  # characters of bylines and credits that may stand between the copies

_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;]+[”’」』）)]*|\n|$)\s*")
_LETTER = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    key: str  # hanzi, letters and digits, Simplified


@dataclass(frozen=True, slots=True)
class _Run:
    """Sentences `first` … repeat as sentences `second` …, `length` of them."""

    first: int
    second: int
    length: int


@dataclass(slots=True)
class _Chain:
    """Equal 11-grams at about one distance."""

    distance: int
    first: int
    last: int
    matches: int = 1

    def is_enough(self, length: int) -> bool:
        dense = self.matches >= _DENSITY * (self.last - self.first + 1)
        return dense and self.matches >= max(_MATCHED, _COVERAGE * length)


def drop_second_copy(text: str, about: About) -> Iterable[Change]:
    """Cut every further copy of the body, with the byline or credit between the copies.

    A credit in the cut part is handed over as found metadata. Where sentences of the copies
    differ, so that pieces would stay behind, nothing is cut and the page is flagged. The cost: a
    page that repeats four or more long sentences in a row on purpose, for at least three tenths
    of its length, loses the repetition. Refrains are shorter, forms and clauses differ.
    """
    sentences = [s for s in _sentences(text) if s.key]
    cuts: list[Change] = []
    while _is_doubled("".join(s.key for s in sentences)):
        run = _longest_run(sentences)
        if run is None or not _is_copy(sentences, run):
            break
        start, stop = _span(text, sentences, run)
        cuts.append(_cut(text, sentences, start, stop, run))
        sentences = sentences[:start] + sentences[stop:]
    else:
        if not cuts:
            return
        if _left_behind(sentences) <= _LEFT_BEHIND * sum(c.end - c.start for c in cuts):
            yield from cuts
            return
    evidence = "equal passages, but not whole equal copies"
    yield Change(0, 0, "", "variant-copy", evidence, flag="doubled-body", applied=False)


def _cut(text: str, sentences: list[_Sentence], start: int, stop: int, run: _Run) -> Change:
    left, right = sentences[start].start, sentences[stop - 1].end
    evidence = f"{run.length} sentences repeat those from {sentences[run.first].start} on"
    found = tuple(dict.fromkeys(_credits(text[left:right])))
    return Change(left, right, "", "second-copy", evidence, flag="doubled-body", found=found)


def _credits(cut: str) -> Iterator[Candidate]:
    """What bylines and credits in the cut part say."""
    for line in cut.split("\n"):
        yield from bylines.byline(line)
        credit = bylines.trailing_credit(line)
        if credit:
            yield from credit[1]


def _left_behind(sentences: list[_Sentence]) -> int:
    """Characters of long sentences that still stand a second time."""
    seen: set[str] = set()
    repeated = 0
    for sentence in sentences:
        if len(sentence.key) >= _MEAN_SENTENCE and sentence.key in seen:
            repeated += len(sentence.key)
        seen.add(sentence.key)
    return repeated


def _sentences(text: str) -> Iterator[_Sentence]:
    for match in _SENTENCE.finditer(text):
        if match[0]:
            key = "".join(_LETTER.findall(fold(match[0])))
            yield _Sentence(match.start(), match.end(), key)


def _is_doubled(key: str) -> bool:
    """True when a chain of equal 11-grams covers enough of the document, densely enough."""
    if len(key) < 2 * _MATCHED:
        return False
    places: dict[str, list[int]] = {}
    chains: dict[int, _Chain] = {}  # by distance, in steps of the allowed drift
    for place in range(len(key) - _GRAM + 1):
        earlier = places.setdefault(key[place : place + _GRAM], [])
        for other in earlier:
            if place - other >= _APART:
                chain = _extend(chains, place, place - other)
                if chain.is_enough(len(key)):
                    return True
        if len(earlier) < _PLACES:
            earlier.append(place)
    return False


def _extend(chains: dict[int, _Chain], place: int, distance: int) -> _Chain:
    step = distance // _DRIFT
    for near in (step, step - 1, step + 1):
        chain = chains.get(near)
        if chain and place - chain.last <= _GAP and abs(distance - chain.distance) <= _DRIFT:
            chain.matches += place > chain.last
            chain.last = place
            return chain
    chains[step] = _Chain(distance, place, place)
    return chains[step]


def _longest_run(sentences: list[_Sentence]) -> _Run | None:
    """The longest run of sentences that stands twice without overlap, by characters."""
    places: dict[str, list[int]] = {}
    best, best_size = None, 0
    for second, sentence in enumerate(sentences):
        for first in places.get(sentence.key, [])[:_PLACES]:
            if first and sentences[first - 1].key == sentences[second - 1].key:
                continue  # inside a run that was measured from its start
            run = _grow(sentences, first, second)
            size = sum(len(s.key) for s in sentences[first : first + run.length])
            if size > best_size and _is_long(run, size):
                best, best_size = run, size
        places.setdefault(sentence.key, []).append(second)
    return best


def _grow(sentences: list[_Sentence], first: int, second: int) -> _Run:
    length = 0
    while (
        first + length < second
        and second + length < len(sentences)
        and sentences[first + length].key == sentences[second + length].key
    ):
        length += 1
    return _Run(first, second, length)


def _is_long(run: _Run, size: int) -> bool:
    return run.length >= _SENTENCES and size >= _MATCHED and size >= _MEAN_SENTENCE * run.length


def _is_copy(sentences: list[_Sentence], run: _Run) -> bool:
    """True when the run is most of what the chain found: a whole copy, not a part of a variant."""
    size = sum(len(s.key) for s in sentences[run.first : run.first + run.length])
    return size >= _COVERAGE * sum(len(s.key) for s in sentences)


def _span(text: str, sentences: list[_Sentence], run: _Run) -> tuple[int, int]:
    """The sentences to cut: the second copy, and a byline or credit before it.

    What stands between the copies and is neither credit nor repeated, such as a subheading that
    the first copy lost, is kept.
    """
    middle = run.first + run.length
    between = sentences[middle : run.second]
    elsewhere = {s.key for s in sentences[:middle]} | {s.key for s in sentences[run.second :]}
    short = sum(len(s.key) for s in between) <= _BETWEEN
    if short and all(s.key in elsewhere or _is_credit(text[s.start : s.end]) for s in between):
        return middle, run.second + run.length
    return run.second, run.second + run.length


def _is_credit(line: str) -> bool:
    credit = bylines.trailing_credit(line)
    return bool(bylines.byline(line)) or (credit is not None and not line[: credit[0]].strip())
