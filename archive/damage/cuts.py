"""GBK mis-cuts put together again: archive/damage/gbk.py tells how they come about.

A span begins at a lost byte shown as `?` before a mark. From there the shown characters are
turned back into bytes and paired one byte earlier (archive/damage/rejoin.py). The language model ranks
the results, quotes and brackets must balance, and the machine, run forward on a result, must
show exactly what is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.chinese.language import Scorer, canonical
from archive.damage.cutdoc import GLOSS_INSIDE, LOST, SIGNATURE, Document, Kind, as_was
from archive.damage.gbk import MARKS, Decoder, cut, fold, widen
from archive.damage.quotes import closes, paragraphs, quotes, unbalanced
from archive.damage.readings import BRACKETED, GLOSS_HERE, GLOSS_REST
from archive.damage.rejoin import LONGEST_DROPPING, ODD, ended, is_rare

_LIKELY = 4.0  # nats of gain: below, a way is not applied whatever else may have been
_DROPS = 2  # dropped pairs in one span
_UNBALANCED = 4.0  # nats for a quote or bracket without its other half
_TERM = 4.0  # nats for a sentence end in a quotation of a word or two: “六保” is none
_WAYS = 4
_REST = 500  # characters on the right in which quotes are matched
_CONTEXT = 6  # characters on the right that help to judge
# Decoders that keep every byte, and those that take a second one along.
_KINDS: dict[Kind, tuple[Decoder, ...]] = {"py": ("py", "py18030"), "ms": ("ms", "whatwg")}
_EMPTY = re.compile("[“‘《〈（「][。，、；：！？”’》〉）」]")
_SHORT_TERM = re.compile("[“‘][\u4e00-\u9fff]{1,5}[。！？][”’]")


@dataclass(frozen=True, slots=True)
class Restored:
    """One way to put a span together: `text` for what is seen from `start` to `end`."""

    start: int
    end: int
    text: str  # full width
    cost: float
    seen: float  # cost of the same stretch as it is seen
    known: int  # shown characters that carry bytes, besides the mark
    free: int  # lost bytes besides the first, with no gloss to witness them
    odd: bool  # it has a character that its script hardly uses, or one the decoder took along
    loose: bool  # its last byte is lost and stood before ASCII, which allows any value
    dropped: bool  # it has characters of which nothing is seen, and no quote that speaks for it
    gaps: bool  # it has lost bytes after the first, with no gloss to witness them
    broken: bool  # what follows is no text of its script: the span must go on
    decoders: frozenset[Kind]  # that show it as it is seen
    closes: bool  # it ends a quotation that the line has open: a witness too

    @property
    def long(self) -> bool:
        """True if it is longer than what is searched for dropped pairs."""
        return self.end - self.start > LONGEST_DROPPING

    @property
    def gain(self) -> float:
        """Nats by which it is likelier than what is seen."""
        return self.seen - self.cost


def ways(doc: Document, at: int, line: str, context: Scorer) -> list[Restored]:
    """Ways to restore the span whose lost byte is shown at `at`, likeliest first, all proved.

    `line` is the restored text of the line so far, `context` its scorer.
    """
    found = _found(doc, at, line, context, 0)
    if doc.decoder != "py" and found and _may_be_applied(found[0]):
        found += _found(doc, at, line, context, _DROPS)
        found.sort(key=lambda way: (-way.gain, way.text))
    return list({way.text: way for way in reversed(found[: 2 * _WAYS])}.values())[::-1]


def _may_be_applied(way: Restored) -> bool:
    return way.gain >= _LIKELY and not way.long


def _found(doc: Document, at: int, line: str, context: Scorer, drops: int) -> list[Restored]:
    before = quotes(line)
    rights: dict[int, tuple[str, str]] = {}
    found: list[Restored] = []
    for state, end in ended(doc, at, context, drops):
        if end not in rights:
            rights[end] = _right(doc.text, end)
        near, rest = rights[end]
        cost = state.scorer.add(canonical(near)).cost if near else state.scorer.cost
        cost += _UNBALANCED * unbalanced(before + quotes(state.text) + rest)
        cost += _TERM * bool(_SHORT_TERM.search(line[-_CONTEXT:] + state.text))
        cost += ODD * bool(_EMPTY.search(line[-1:] + state.text))
        cost += ODD * (len(state.text) - len(state.text.rstrip("\u3000")) == 1)
        cost += _UNBALANCED * (doc.text[end - 1] in LOST and "@" <= doc.text[end : end + 1] <= "~")
        seen = context.add(canonical(doc.text[at:end] + near)).cost
        seen += _UNBALANCED * unbalanced(before + quotes(doc.text[at:end]) + rest)
        found.append(
            Restored(
                start=at,
                end=end,
                text=state.text,
                cost=cost,
                seen=seen,
                known=state.known,
                free=state.free,
                odd=is_rare(doc.traditional, state.text) or state.text[-1] == "\n",
                loose=_is_loose(doc, end) and state.text[-1] != "(",
                dropped=state.drops > 0 and quotes(state.text).strip() == "",
                gaps=any(c in LOST for c in doc.text[at + 1 : end]) and state.text[-1] != "(",
                broken=_is_broken(doc, near),
                decoders=frozenset(),
                closes=closes(before, state.text),
            )
        )
    found.sort(key=lambda way: (-way.gain, way.text))
    return list(_proved(doc, line, found))


def _is_loose(doc: Document, end: int) -> bool:
    before_ascii = " " <= doc.text[end : end + 1] <= "~" and not GLOSS_HERE.match(doc.text, end)
    return doc.text[end - 1] in LOST and before_ascii


def _right(text: str, end: int) -> tuple[str, str]:
    """What follows a span in its line, without glosses: next characters, and up to the next span."""
    stop = text.find("\n", end, end + _REST)
    line = text[end : stop + 1 if stop >= 0 else end + _REST]
    span = SIGNATURE.search(line)
    line = GLOSS_REST.sub("", line[: span.start()] if span else line, count=1)
    rest = paragraphs(BRACKETED.sub("", line))
    return rest[:_CONTEXT], quotes(rest)


def _proved(doc: Document, line: str, found: list[Restored]) -> Iterator[Restored]:
    """The ways whose text the machine cuts into what is seen; at most four."""
    texts: set[str] = set()
    for way in found[:40]:
        if way.text not in texts and (decoders := _shown_by(doc, line, way)):
            texts.add(way.text)
            yield replace(way, decoders=decoders)
            if len(texts) == _WAYS:
                return


def _shown_by(doc: Document, line: str, way: Restored) -> frozenset[Kind]:
    """The decoders that make of the way what is seen."""
    if GLOSS_INSIDE.match(doc.text, way.start + 1):
        return frozenset(_KINDS)  # not a cut: the reading of the gloss is the proof
    return frozenset(
        kind
        for kind, those in _KINDS.items()
        if any(_is_shown_by(d, doc, line, way) for d in those)
    )


def _is_shown_by(decoder: Decoder, doc: Document, line: str, way: Restored) -> bool:
    left = widen(line[-1:]) if doc.folded else line[-1:]
    right = as_was(doc, way.end, way.end + 2)
    if doc.folded and doc.text[way.end : way.end + 1] == " ":
        right = doc.text[way.end : way.end + 2]
    seen = doc.text[way.start : way.end + 1].replace("\ufffd", "?")
    own = widen(doc.text[way.start + 1])
    for marks in (doc.marks, own, own + right[:1] if right[:1] in MARKS else own):
        shown = cut(left + way.text + right, marks, decoder)
        shown = (fold(shown) if doc.folded else shown).replace("\ufffd", "?")
        if shown[len(left) :].startswith(seen):
            return True
    return False


def _is_broken(doc: Document, near: str) -> bool:
    """True if what follows a span is no text of its script: the span goes on."""
    return is_rare(doc.traditional, "".join(c for c in near if "\u4e00" <= c <= "\u9fff"))
