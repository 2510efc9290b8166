"""Where a text was cut, and what a repair made of each place.

The machine of archive/damage/gbk.py is run again here with the byte range of every shown character kept.
A character that is shown as it was, from the bytes it had, is in step; what lies between two that
are in step is a spot. Nothing of the repair is used to find the spots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive.damage.gbk import Decoder, character, cut, fold, is_user_defined
from archive.model import Change

Shown = tuple[str, int, int]  # a shown character, the first of its bytes, the one after them


@dataclass(frozen=True, slots=True)
class Spot:
    """A range of the damaged text and the range of the clean text it stands for."""

    start: int
    end: int
    clean_start: int
    clean_end: int


@dataclass(slots=True)
class Score:
    """Counts of spots, and what was wrong, for a person to read."""

    spots: int = 0
    detected: int = 0
    restored: int = 0
    wrong: int = 0
    flagged: int = 0  # left as it is seen, with candidates
    among: int = 0  # of those, with the right text among the candidates
    stray: int = 0  # changes and flags where nothing was cut
    failures: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another score in."""
        for name in ("spots", "detected", "restored", "wrong", "flagged", "among", "stray"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.failures += other.failures

    def row(self) -> str:
        """The counts and shares in one line."""
        n = self.spots or 1
        return (
            f"{self.spots:5} spots  detected {self.detected:5} ({self.detected / n:6.2%})  restored"
            f" {self.restored:5} ({self.restored / n:6.2%})  wrong {self.wrong:3}"
            f" ({self.wrong / n:5.2%})  flagged {self.flagged:5}, right among the candidates"
            f" {self.among:5}  stray {self.stray}"
        )


def shown_by(text: str, marks: str, decoder: Decoder) -> list[Shown]:
    """What `cut(text, marks, decoder)` shows, each character with its bytes."""
    data = text.encode("gbk", "replace")
    found: dict[int, str] = {}  # where a mark was found, in the order of the search
    pieces = [(0, len(data))]
    for mark in marks:
        needle = mark.encode("gbk")
        pieces = [part for piece in pieces for part in _split(data, piece, needle, mark, found)]
    shown: list[Shown] = []
    for start, end in pieces:
        shown += _decoded(data, start, end, decoder)
        if end in found:
            shown.append((found[end], end, end + 2))
    assert "".join(s[0] for s in shown) == cut(text, marks, decoder)
    return shown


def _split(
    data: bytes, piece: tuple[int, int], needle: bytes, mark: str, found: dict[int, str]
) -> Iterator[tuple[int, int]]:
    start, end = piece
    while (at := data.find(needle, start, end)) >= 0:
        yield start, at
        found[at] = mark
        start = at + 2
    yield start, end


def _decoded(data: bytes, start: int, end: int, decoder: Decoder) -> Iterator[Shown]:
    keeps, wide = decoder in ("py", "py18030"), decoder in ("py18030", "whatwg")
    at = start
    while at < end:
        lead = data[at]
        if lead < 0x80 or (lead == 0x80 and not keeps):
            yield ("€" if lead == 0x80 else chr(lead)), at, at + 1
            at += 1
            continue
        trail = data[at + 1] if at + 1 < end else None
        char = character(lead, trail, wide) if trail is not None else None
        own = trail is not None and is_user_defined(lead, trail)
        if char is not None:
            yield char, at, at + 2
        elif keeps or (wide and trail is not None and trail < 0x80):
            yield ("\ufffd" if wide else "?"), at, at + 1
            at += 1
            continue
        elif not own:
            yield ("\ufffd" if wide else "?"), at, min(at + 2, end)
        at += 2


def spots(text: str, shown: Sequence[Shown]) -> list[Spot]:
    """The ranges of the shown text that are not as they were."""
    clean: dict[tuple[int, int], tuple[int, str]] = {}
    byte = 0
    for number, char in enumerate(text):
        size = len(char.encode("gbk", "replace"))
        clean[byte, byte + size] = number, char
        byte += size
    out: list[Spot] = []
    last, last_clean = 0, 0  # what follows the last character in step
    for at, (char, start, end) in enumerate([*shown, ("", byte, byte)]):
        number, was = clean.get((start, end), (len(text) if start == byte else -1, ""))
        if number >= 0 and char == was:
            if at > last or number > last_clean:
                out.append(Spot(last, at, last_clean, number))
            last, last_clean = at + 1, number + 1
    return out


def judge(clean: str, damaged: str, found: Sequence[Spot], changes: Sequence[Change]) -> Score:
    """What the changes made of each spot; changes that touch one another are judged together."""
    score = Score()
    for spot_group, change_group in _groups(found, changes):
        made = [change for change in change_group if change.applied]
        if not spot_group:
            score.stray += 1
            if made:
                score.wrong += 1
                score.failures.append(_failure("stray", damaged, change_group[0], ""))
            continue
        _count(score, clean, damaged, spot_group, change_group, made)
    return score


def _count(
    score: Score,
    clean: str,
    damaged: str,
    spot_group: Sequence[Spot],
    changes: Sequence[Change],
    made: Sequence[Change],
) -> None:
    number = len(spot_group)
    score.spots += number
    score.detected += number * bool(changes)
    start = min([spot_group[0].start, *(c.start for c in changes)])
    end = max([spot_group[-1].end, *(c.end for c in changes)])
    before = spot_group[0].clean_start - (spot_group[0].start - start)
    after = spot_group[-1].clean_end + (end - spot_group[-1].end)
    want = same(clean[before:after])
    if made:
        if same(applied(damaged, start, end, made)) == want:
            score.restored += number
        else:
            score.wrong += number
            score.failures.append(_failure("wrong", damaged, made[0], clean[before:after]))
    elif changes:
        score.flagged += number
        tried = (
            damaged[start : c.start] + way + damaged[c.end : end]
            for c in changes
            for way in c.alternatives
        )
        score.among += number * any(same(text) == want for text in tried)
    else:
        missed = Change(start, end, "", "", "", 0.0)
        score.failures.append(_failure("missed", damaged, missed, clean[before:after]))


def _groups(
    found: Sequence[Spot], changes: Sequence[Change]
) -> Iterator[tuple[list[Spot], list[Change]]]:
    items: list[Spot | Change] = sorted([*found, *changes], key=lambda i: (i.start, i.end))
    group: list[Spot | Change] = []
    end = -1
    for item in items:
        if group and item.start >= end:
            yield _parted(group)
            group = []
        group.append(item)
        end = max(end, item.end) if len(group) > 1 else item.end
    if group:
        yield _parted(group)


def _parted(group: Sequence[Spot | Change]) -> tuple[list[Spot], list[Change]]:
    return (
        [item for item in group if isinstance(item, Spot)],
        [item for item in group if isinstance(item, Change)],
    )


def applied(text: str, start: int, end: int, changes: Sequence[Change]) -> str:
    """The text from `start` to `end` after the changes, which lie inside."""
    out, at = "", start
    for change in sorted(changes, key=lambda c: c.start):
        out += text[at : change.start] + change.new
        at = change.end
    return out + text[at:end]


def same(text: str) -> str:
    """What is compared: width and the kind of a paragraph break are no difference."""
    return re.sub(r"\s*(?:\n|[ \u3000]{2})\s*", "\n", fold(text))


def _failure(kind: str, damaged: str, change: Change, want: str) -> str:
    left = damaged[max(0, change.start - 10) : change.start]
    seen, right = damaged[change.start : change.end], damaged[change.end : change.end + 8]
    return f"{kind}: {left}[{seen}]{right} made {change.new!r} was {want!r} {change.evidence}"
