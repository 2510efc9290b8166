"""What a whole text tells about the machine that cut it: script, width, marks, decoder, words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from archive.chinese.language import canonical, model
from archive.chinese.variants import is_simplified, is_traditional
from archive.damage.gbk import MARKS, widen
from archive.damage.readings import BRACKETED, GLOSS_HERE, LETTERS

Kind = Literal["py", "ms"]  # of decoders: it keeps every byte, or takes a second one along
LOST = "?\ufffd"
_CACHE = 0.15  # weight of the document's own counts
_LONG = 12  # characters: nine of ten Traditional spans are shorter

# A lost byte before one of the marks, which stand as they were or folded to ASCII; or before a
# gloss that was written between two bytes: 局?(jǐn)?(shù)據, in "ms" decoders 局?jǐn)?shù)據.
SIGNATURE = re.compile(
    r"[?\ufffd](?:(?=[。！？，；：!?,;:])|(?<=[\u4e00-\u9fff].)(?=\(?[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,6}\)))"
)
# The gloss of a character that was none: the trail of one and the lead of the next.
GLOSS_INSIDE = re.compile(r"\(?(?P<reading>[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,6})\)")
# What shows the decoder: whether the byte after a lost one is still there.
_INSIDE = re.compile(r"[?\ufffd](?![?\ufffd。！？，；：!,;:])")
_WHOLE = 8.5  # nats per character: text costs 5 to 6, text out of step 10 and more
_SWALLOWED = re.compile(rf"[?\ufffd][{LETTERS}]+\)")
_KEPT = re.compile(rf"[?\ufffd]\([{LETTERS}]+\)|[\u3400-\u9fff]\ufffd\n")


@dataclass(frozen=True, slots=True)
class Cache:
    """What the document itself says often, as evidence for what it lost."""

    chars: Counter[str]
    pairs: Counter[str]
    size: int

    @staticmethod
    def of(text: str) -> Cache:
        """The cache of a text, counted without its glosses."""
        plain = canonical(BRACKETED.sub("", text))
        return Cache(Counter(plain), Counter(map("".join, pairwise(plain))), len(plain))

    def discount(self, left: str, char: str, cost: float) -> float:
        """What to add to the cost of `char` after `left`: 0 or less."""
        share = 0.8 * self.pairs[left + char] / (self.chars[left] + 2)
        share += 0.2 * self.chars[char] / (self.size + 1)
        return min(0.0, -math.log(math.exp(-cost) + _CACHE * share) - cost) if share else 0.0


@dataclass(frozen=True, slots=True)
class Document:
    """What holds for all spans of one text."""

    text: str
    folded: bool  # marks stand as ASCII
    traditional: bool
    marks: str  # that the tool searched for, as far as seen
    decoder: Kind | None  # where the text shows which it was
    cache: Cache
    work: list[int] = field(default_factory=lambda: [0], compare=False)  # characters weighed so far


def document(text: str) -> Document:
    """What is known of a text before any place of it is restored."""
    wide = len(re.findall("[，：；！？]", text))
    ascii_marks = len(re.findall("[\u4e00-\u9fff”》)][,:;!]|[?\ufffd][,:;!?]", text))
    glosses = len(BRACKETED.findall(text))  # only converted pages are glossed
    seen = set(_searched_for(text))
    return Document(
        text,
        folded=ascii_marks > wide,
        traditional=sum(map(is_traditional, text)) + glosses > sum(map(is_simplified, text)),
        marks="".join(m for m in MARKS if m in seen),
        decoder=_decoder(text),
        cache=Cache.of(text),
    )


def _decoder(text: str) -> Kind | None:
    """Which decoder single places of the text show; `None` where that is left to its spans.

    "py" shows one byte as lost, so the bracket behind it is still there. "ms" takes a second byte
    along, so the bracket is missing or what follows is still out of step. Whole text behind a lost
    byte proves nothing: the byte taken along may have been ASCII, as behind every 第二条 of a law.
    Wrong for "whatwg", which takes no ASCII byte along and so leaves brackets as "py" does; on 104 cuts of
    glossed texts of that decoder nothing came of it.
    """
    votes = [is_whole(text, match.end()) for match in _INSIDE.finditer(text)]
    whole, broken = votes.count(True), votes.count(False)
    kept, swallowed = len(_KEPT.findall(text)), len(_SWALLOWED.findall(text))
    if swallowed > kept or (broken > whole and not kept):
        return "ms"
    return "py" if kept and kept + whole > 4 * (broken + swallowed) else None


def is_whole(text: str, at: int) -> bool | None:
    """True if text goes on at `at` as text does, `None` if too little follows to tell."""
    follows = re.match("[^\x00-\x7f]{3,6}", BRACKETED.sub("", text[at : at + 30]))
    if not follows:
        return None
    plain = canonical(follows[0])
    return model().start("\u3000").add(plain).cost < _WHOLE * len(plain)


def _searched_for(text: str) -> Iterator[str]:
    """Marks behind a lost byte that begins a span; one soon after another may end the same span."""
    last = -_LONG
    for match in SIGNATURE.finditer(text):
        if match.start() - last >= _LONG:
            yield widen(text[match.end()])
        last = match.end()


def as_was(doc: Document, start: int, end: int) -> str:
    """What stands there, in the width it had before it was folded; glosses were ASCII."""
    shown = doc.text[start:end]
    return widen(shown) if doc.folded and not GLOSS_HERE.match(doc.text, start) else shown
