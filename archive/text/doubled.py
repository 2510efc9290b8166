"""A body that stands twice: keep the first copy.

Everything is compared over hanzi, letters and digits in one script, so that a Traditional copy
of a Simplified text and a copy with other line ends are found too. Only whole sentences are
cut; a copy in which sentences differ is flagged and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archive.about import bylines, dates
from archive.model import About, Change
from archive.normalise import fold
from archive.text import linerules
from archive.text.partcopies import part_copies, told
from archive.text.repeats import Repeat, is_doubled, longest_repeat

# A copy is at least four sentences of twelve characters on average: refrains and forms are less.
_SENTENCES = 4
_MEAN_SENTENCE = 12
_LONG = 200
_COVERAGE = 0.3  # of the document; a passage quoted twice in a long text is less
_SIMILAR = 5  # length of the grams that tell a changed sentence of the first copy
_CHANGED = 0.5  # of a sentence's grams
_LEFT_BEHIND = 0.05  # of the cut: more than that in changed sentences, and the copies are variants
_TRIES = 8  # places where a second copy may begin
_HEADING = 40  # characters of a title
_BETWEEN = 60  # characters of bylines and credits that may stand between the copies

_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;]+[”’」』）)]*|\n|$)\s*")


class _Sentence(NamedTuple):
    start: int
    end: int
    key: str  # hanzi, letters and digits in one script


@dataclass(frozen=True, slots=True)
class _Copy:
    """Sentences `second` to `stop` repeat sentences `first` to `middle`."""

    first: int
    middle: int
    second: int
    stop: int


def drop_second_copy(text: str, about: About) -> Iterable[Change]:
    """Cut every further copy of the body, with the byline or credit between the copies.

    A credit in the cut part is handed over as found metadata. Where sentences of the copies
    differ, so that pieces would stay behind, nothing is cut and the page is flagged. The cost: a
    page that repeats four or more long sentences in a row on purpose, for at least three tenths
    of its length, loses the repetition. Refrains are shorter, forms and clauses differ.
    """
    summaries = about.kind == "text"
    if not _may_be_doubled(text):
        yield from part_copies(text, summaries=summaries)
        return
    sentences = [s for s in _sentences(text) if s.key]
    if (kept := _sentences_of_one(text, sentences, about)) is not None:
        cut = _cut(text, sentences[kept:])
        yield cut
        yield from part_copies(text[: cut.start], summaries=summaries)
        return
    cuts: list[Change] = []
    while is_doubled("".join(s.key for s in sentences)):
        copy = _copy(sentences)
        if copy is None or _is_variant(sentences, copy):
            yield from list(part_copies(text, summaries=summaries)) or [_variant()]
            return
        start = copy.middle if _only_credits(text, sentences, copy, about) else copy.second
        cut = _cut(text, sentences[start : copy.stop])
        # a copy around a place where one was: it goes with all between its ends
        cuts = [one for one in cuts if not cut.start <= one.start < cut.end] + [cut]
        sentences = sentences[:start] + sentences[copy.stop :]
    yield from cuts
    # a summary above the copy that stays; what is left between two cuts is not looked at
    left = text[: min((cut.start for cut in cuts), default=len(text))]
    yield from part_copies(left, summaries=summaries)


def _may_be_doubled(text: str) -> bool:
    """The cheap test, before sentences are folded one by one: the first one stands again, as in a text
    that is nothing but copies, or the letters of the whole repeat."""
    key = fold(text)
    first = next((s.key for s in _sentences(text) if s.key), "")
    return key.find(first, len(first)) >= 0 or is_doubled(key)


def _sentences_of_one(text: str, sentences: list[_Sentence], about: About) -> int | None:
    """How many sentences the first copy has, where the text is nothing but copies of one body and
    what stands at the head or foot of each; `None` for any other text.

    A page with a view for desks and one for telephones gives such a text. Since nothing is left
    over it may be as short as one sentence. Cost: a text of two equal captions keeps one.
    """
    keys = [sentence.key for sentence in sentences]
    again = [i for i, key in enumerate(keys) if i and key == keys[0]]
    for second in again[:_TRIES]:
        end = second
        while end > 1 and _is_frame(text, sentences, end - 1, about):
            end -= 1
        at = second
        while keys[at : at + end] == keys[:end]:
            at += end
            while at < len(keys) and keys[at] != keys[0] and _is_frame(text, sentences, at, about):
                at += 1
        if at == len(keys) and _size(sentences[:end]) >= _MEAN_SENTENCE:
            return end + _signature(text, sentences, end, second)
    return None


def _signature(text: str, sentences: list[_Sentence], end: int, second: int) -> int:
    """How many lines behind the first copy are its own: a day, with the office above it, that the last
    copy ends with as well.

    A day above the title of the second copy does not stand below the last one.
    """
    for count in range(second - end, 0, -1):
        between = sentences[end : end + count]
        last = text[between[-1].start : between[-1].end].strip()
        if dates.is_signed_day(last) and [s.key for s in between] == [
            s.key for s in sentences[-count:]
        ]:
            return count
    return 0


def _is_frame(text: str, sentences: list[_Sentence], at: int, about: About) -> bool:
    """Whether a line is the title, a byline, a credit or a toolbar of a copy, or a heading right
    above one of these: the title of a copy, of which nobody told us."""
    if about.title and sentences[at].key == fold(about.title):
        return True
    line = text[sentences[at].start : sentences[at].end].strip()
    if _is_framing(line):
        return True
    below = sentences[at + 1] if at + 1 < len(sentences) else None
    is_heading = len(line) <= _HEADING and not linerules.is_sentence(line)
    return is_heading and below is not None and _is_framing(text[below.start : below.end].strip())


def _is_framing(line: str) -> bool:
    return _is_credit(line) or bool(linerules.head_rule(line))


def _variant() -> Change:
    evidence = "equal passages, but not whole equal copies"
    return Change(0, 0, "", "variant-copy", evidence, flag="doubled-body", applied=False)


def _sentences(text: str) -> Iterator[_Sentence]:
    for match in _SENTENCE.finditer(text):
        if match[0]:
            yield _Sentence(match.start(), match.end(), fold(match[0]))


def _copy(sentences: list[_Sentence]) -> _Copy | None:
    """The longest passage that stands twice, as whole sentences, if it is long enough."""
    edges = [0]
    for sentence in sentences:
        edges.append(edges[-1] + len(sentence.key))
    repeat = longest_repeat("".join(s.key for s in sentences))
    found = _whole_sentences(edges, repeat)
    size = edges[found.stop] - edges[found.second]
    enough = _SENTENCES <= found.stop - found.second <= size / _MEAN_SENTENCE
    return found if enough and size >= max(_LONG, _COVERAGE * edges[-1]) else None


def _whole_sentences(edges: list[int], repeat: Repeat) -> _Copy:
    second_end = repeat.second + repeat.length
    second = next(i for i, edge in enumerate(edges) if edge >= repeat.second)
    stop = max((i for i, edge in enumerate(edges) if edge <= second_end), default=second)
    first = max(i for i, edge in enumerate(edges) if edge <= repeat.first)
    middle = next(i for i, edge in enumerate(edges) if edge >= repeat.first + repeat.length)
    return _Copy(first, min(middle, second), second, max(stop, second))


def _only_credits(text: str, sentences: list[_Sentence], copy: _Copy, about: About) -> bool:
    """True when what stands between the copies is a credit, a day or another line of a head, a heading
    right above one, or stands elsewhere as well.

    Anything else there, such as a subheading that the first copy lost, is kept.
    """
    between = sentences[copy.middle : copy.second]
    elsewhere = {s.key for s in (*sentences[: copy.middle], *sentences[copy.second :])}
    return _size(between) <= _BETWEEN and all(
        sentences[at].key in elsewhere
        or _is_frame(text, sentences, at, about)
        or (copy.first == 0 and at + 1 == copy.second and _stands_alone(text, sentences[at]))
        for at in range(copy.middle, copy.second)
    )


def _stands_alone(text: str, sentence: _Sentence) -> bool:
    """Whether a line is a heading with a blank line behind it: the title of the second copy, which was
    taken off the first where that opens the text."""
    line = text[sentence.start : sentence.end]
    bare = len(line.strip()) <= _HEADING and not linerules.is_sentence(line.strip())
    return bare and line.count("\n") > 1 and text[: sentence.start].endswith("\n")


def _is_credit(line: str) -> bool:
    credit = bylines.trailing_credit(line)
    return bool(bylines.byline(line)) or (credit is not None and not line[: credit[0]].strip())


def _cut(text: str, cut: list[_Sentence]) -> Change:
    left, right = cut[0].start, cut[-1].end
    found = tuple(dict.fromkeys(told(text[left:right], text[:left])))
    evidence = f"{len(cut)} sentences that stand before as well"
    return Change(left, right, "", "second-copy", evidence, flag="doubled-body", found=found)


def _is_variant(sentences: list[_Sentence], copy: _Copy) -> bool:
    """True when the passage was a whole copy before somebody changed sentences at its ends.

    Then what stands before the second passage resembles what stands before the first, or what
    stands behind the second resembles what stands behind the first.
    """
    between = sentences[copy.middle : copy.second]
    changed = _resembling(between, sentences[: copy.first])
    changed += _resembling(sentences[copy.stop :], between)
    return changed > _LEFT_BEHIND * _size(sentences[copy.second : copy.stop])


def _resembling(sentences: list[_Sentence], others: list[_Sentence]) -> int:
    """Characters of long sentences whose grams mostly stand in the others."""
    key = "".join(s.key for s in others)
    known = {key[i : i + _SIMILAR] for i in range(len(key) - _SIMILAR + 1)}
    total = 0
    for sentence in sentences:
        grams = [sentence.key[i : i + _SIMILAR] for i in range(len(sentence.key) - _SIMILAR + 1)]
        same = sum(gram in known for gram in grams)
        if len(sentence.key) >= _MEAN_SENTENCE and same >= _CHANGED * len(grams):
            total += len(sentence.key)
    return total


def _size(sentences: list[_Sentence]) -> int:
    return sum(len(sentence.key) for sentence in sentences)
