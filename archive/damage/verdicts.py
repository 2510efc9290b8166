"""How sure a restored place of a cut text is: the margins, and what forbids a repair.

A span of shown characters between two decoders that nobody knows is the hard case: what one of them took
along or dropped leaves no trace, so without proof of the decoder such spans are only flagged.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from archive.damage.cutdoc import Kind
from archive.damage.cuts import Restored

# Margins, in nats, with what was applied on the 1,000 cuts of set A (tests/eval/cuts.py) on
# 2026-11-29, on which they were set: 394 in all, none wrong.
GAIN = 4.0  # 4 of them lie below 13
MARGIN = 3.0  # the lost bytes are all witnessed: 184
_FREE_MARGIN = 3.5  # the trail of a last hanzi is lost too, as in names: 189
_BLIND_MARGIN = 6.0  # nothing but lost bytes and marks: 1
_CLOSING_MARGIN = 3.0  # the same, but it ends a quotation that is open: 15
_ODD_MARGIN = 6.0  # with a character that its script hardly uses: 5
_LOOSE_MARGIN = 8.0  # its last byte may have been any; at 6.5 第四章 became 第四正
_OTHER_MARGIN = 1.0  # more, where the document does not show "py"
_RIVAL = 8.0  # of a way that only the other decoder shows
_BLIND_GAIN = 8.0
# An "ms" decoder may drop the rest of 三十三 (FDCA AEC8) and 二十二 (FECA AEB6) whole.
_VANISHES = re.compile("[二三]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found at one lost byte."""

    best: Restored
    margin: float
    others: tuple[Restored, ...]
    decoder: Kind | None  # of the document, where it shows

    @property
    def sure(self) -> bool:
        """Sure on its own evidence: a shown character of the span, or a quotation it ends."""
        witness = self.best.known or (self.best.closes and self.best.gain >= _BLIND_GAIN)
        return bool(witness) and self._clear

    @property
    def tells(self) -> bool:
        """Whether the place alone tells that the text was cut; `????` at a repeated mark does not."""
        return self.sure or self.best.gain >= (GAIN if self.best.known else _BLIND_GAIN)

    @property
    def sure_among_others(self) -> bool:
        """Sure enough in a document whose other cuts are proved."""
        return self.best.gain >= _BLIND_GAIN and self._clear

    @property
    def _clear(self) -> bool:
        best = self.best
        if best.broken or not self._is_shown:
            return False
        margin = _FREE_MARGIN if best.free else MARGIN
        if not best.known:
            margin = _CLOSING_MARGIN if best.closes else _BLIND_MARGIN
        if best.odd:
            margin = _ODD_MARGIN
        if best.loose:
            margin = _LOOSE_MARGIN
        if self.decoder != "py":
            margin += _OTHER_MARGIN
        return best.gain >= GAIN and self.margin >= margin

    @property
    def _is_shown(self) -> bool:
        """True if the document's decoder shows the best way; any decoder, where it is not known.

        A way that only "ms" can show serves, too, if "py" has none that comes near: something
        was dropped. The reverse is no evidence: "ms" takes along what nobody can see.
        """
        shown = self.best.decoders
        if self.decoder != "py" and (self.best.gaps or self.best.long or self.best.dropped):
            return False  # what an "ms" decoder took along or dropped there, nobody can see
        if self.decoder != "py" and _VANISHES.search(self.best.text):
            return False
        if self.decoder:
            return self.decoder in shown
        rivals = [way.gain for way in self.others if "py" in way.decoders and not way.broken]
        near = self.best.gain - max(rivals, default=-math.inf)
        return len(shown) == 2 or ("ms" in shown and near >= _RIVAL)

    @property
    def only_py(self) -> float:
        """Nats by which the best way that "py" shows is likelier than the best that "ms" shows.

        Where none of the ways is shown by one of them: as if it had one a little worse than all.
        """
        ways = [way for way in (self.best, *self.others) if not way.broken]
        least = min((way.gain for way in ways), default=0.0) - 1.0
        py = max((way.gain for way in ways if "py" in way.decoders), default=least)
        ms = max((way.gain for way in ways if "ms" in way.decoders), default=least)
        return py - ms


def confidence(verdict: Verdict, applied: bool) -> float:
    """How often the best way is right. On set A all 394 were that were applied; of those flagged in
    "py" texts 69 of 82 at 1.5 nats and more, 21 of 59 below, in others 148 of 301 and 24 of 132:
    what is not seen there, no margin shows.
    """
    if applied:
        return min(0.99, 0.94 + 0.005 * verdict.margin)
    likely, least = (0.8, 0.35) if verdict.decoder == "py" else (0.5, 0.2)
    return likely if verdict.margin >= 1.5 else least
