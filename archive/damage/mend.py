"""Which GBK mis-cuts of a document are put together, and which are only pointed at.

Applied: a way that is much likelier than what is seen (`GAIN` in archive/damage/verdicts.py) and clearly likelier than the
next way; how clearly depends on what witnesses there are (`_clear` there). A span of nothing but lost
bytes and marks (`???`) has no witness but a quotation it ends; without that it is applied only in
a document with other, proved cuts. All others keep what is seen, carry a flag and their best
readings as alternatives.

Which decoder it was, single places show (archive/damage/cutdoc.py) or the spans together (`_are_py`).
Where neither shows one that keeps every byte, a span that is long, has lost bytes inside or needs
a dropped character is only flagged: what the other decoder took along, nobody can see. That costs
much of Simplified text, where such spans are the rule, and most of the `?` runs.

Wrong where a character is missing and the rest is good Chinese: 然而，醫院 was read as 然而醫院 before
that rule. Figures: `python -m tests.eval.cuts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from archive.chinese.language import Scorer, canonical, model
from archive.damage import gloss
from archive.damage.cutdoc import GLOSS_INSIDE, SIGNATURE, Document, document, is_whole
from archive.damage.cuts import Restored, ways
from archive.damage.gbk import fold
from archive.damage.quotes import paragraphs
from archive.damage.readings import BRACKETED
from archive.damage.verdicts import MARGIN, Verdict, confidence
from archive.model import Change

# A document shows "py" if its spans together are that many nats likelier read so, none counted for
# more than _VOTE, that many of them by _SOME, and no span the other way by as much. On set A no
# text of an "ms" decoder came above 6.
_PY = 10.0
_VOTE = 6.0
_SOME = 2.0
_VOTES = 2
_CERTAIN = 8.5  # of one span alone; none of 32 texts of an "ms" decoder came above 6.2
_OPENING = 3  # characters by which spans that begin alike are known
_NUMERALS = dict.fromkeys(map(ord, "二三四五六七八九十百"), "一")
_PROVED = 2  # applied spans that make a document one of a cutting mirror
_RUN = 3  # lost bytes in a row: the span begins at one of the last
_MOST = (
    500  # places tried in a text: a bound for hostile ones; real pages have 8 in 1,000 characters
)
# Characters weighed in a text, after which its further places are only looked at. A cut place takes about
# 12,000 a pass; at 7 to 12 microseconds each this is three to five seconds of CPU. The worst of 107 texts of 200 to 1,900
# characters, with up to 20 places each, took 190,000 (2026-11).
_WORK = 400_000
_PASSES = 6
_LINE = 2000  # characters of a line in which quotes are matched
_LEFT = 12  # characters on the left that help to judge


def restore(text: str) -> list[Change]:
    """The repair of every mis-cut that is sure, a flag on every other one.

    A repaired place is evidence for the next, and so is a text without glosses: repeated until
    nothing more is sure, so that cleaning the result again finds nothing to do. A text with more
    damage than `_WORK` and `_PASSES` allow is left with flags.
    """
    places = sum(1 for _ in SIGNATURE.finditer(text))
    if places > _MOST:
        at = next(SIGNATURE.finditer(text)).start()
        seen = f"{places} places, too many to try"
        return [Change(at, at + 1, "", "gbk-cut", seen, 0.5, "gbk-cut", applied=False)]
    if not places:
        return []
    work = [0]
    changes = {change.start: change for change in _once(text, work)}
    for _ in range(_PASSES if changes else 0):
        shown, origin = _repaired(text, changes.values())
        more = [c for c in _once(shown, work) if c.applied and _moved(c, origin)]
        if not more:
            break
        for change in (_moved(c, origin) or c for c in more):
            inside = range(change.start, change.end)
            changes = {at: c for at, c in changes.items() if at not in inside}
            changes[change.start] = change
    return list(changes.values())


def _repaired(text: str, changes: Iterable[Change]) -> tuple[str, list[int]]:
    """The text with what is applied so far and without glosses, and where its characters were."""
    shown, origin = _apply(text, list(range(len(text))), changes)
    return _apply(shown, origin, gloss.strip(shown))


def _apply(text: str, origin: list[int], changes: Iterable[Change]) -> tuple[str, list[int]]:
    for change in sorted(changes, key=lambda c: c.start, reverse=True):
        if change.applied:
            text = text[: change.start] + change.new + text[change.end :]
            origin[change.start : change.end] = [-1] * len(change.new)
    return text, origin


def _moved(change: Change, origin: list[int]) -> Change | None:
    """The change against the text before repairs; `None` if it touches what they made."""
    places = origin[change.start : change.end]
    if -1 in places:
        return None
    return replace(change, start=places[0], end=places[-1] + 1)


def _once(text: str, work: list[int]) -> Iterator[Change]:
    doc, verdicts = _judged(replace(document(text), work=work))
    proved = sum(v.sure for v in verdicts)
    tried = [range(v.best.start, v.best.end) for v in verdicts]
    left = [m.start() for m in SIGNATURE.finditer(text) if not any(m.start() in t for t in tried)]
    left = [at for at in left if _is_place(doc, at)]
    broken = [at for at in left if is_whole(text, at + 2) is False]
    cutting = broken or any(v.tells for v in verdicts)
    for verdict in verdicts:
        applied = verdict.sure or (proved >= _PROVED and verdict.sure_among_others)
        if applied or cutting:
            yield _change(doc, verdict, applied)
    for at in left if cutting else ():
        seen = "as at places of this text that were cut, and no way to restore it was found"
        if at in broken:
            seen = "what follows is out of step, and no way to restore it was found"
        yield Change(at, at + 2, "", "gbk-cut", seen, 0.5, "gbk-cut", applied=False)


def _judged(doc: Document) -> tuple[Document, list[Verdict]]:
    """The document with its decoder, which its spans may show, and the verdicts."""
    verdicts = list(_verdicts(doc))
    if doc.decoder is None and _are_py(doc, verdicts):
        doc = replace(doc, decoder="py")
        verdicts = list(_verdicts(doc))
    return doc, verdicts


def _are_py(doc: Document, verdicts: list[Verdict]) -> bool:
    """True if the spans together show a decoder that keeps every byte.

    A span counts if it is short, certain in itself and followed by a wide character or a line end:
    before ASCII an "ms" decoder takes a digit or a space along as if nothing had been there. Spans
    that begin alike count once, as every 第二条 of a law; a line end is evidence each time.
    """
    votes: dict[object, float] = {}
    certain = False
    for verdict in verdicts:
        best = verdict.best
        if verdict.only_py < -_SOME:
            return False
        after = doc.text[best.end : best.end + 1]
        if best.long or verdict.margin < MARGIN or " " <= after <= "~":
            continue
        alike = best.text.replace("\u3000", "").translate(_NUMERALS)[:_OPENING]
        key = alike if after.strip() else best.end
        votes[key] = max(min(_VOTE, verdict.only_py), votes.get(key, 0.0))
        certain = certain or verdict.only_py >= _CERTAIN
    some = sum(vote > _SOME for vote in votes.values())
    return certain or (sum(votes.values()) >= _PY and some >= _VOTES)


def _verdicts(doc: Document) -> Iterator[Verdict]:
    done = 0
    line = ""  # of the restored text
    for run in re.finditer(r"[?\ufffd]+", doc.text):
        last = range(max(run.start(), run.end() - _RUN), run.end())
        begins = [at for at in last if SIGNATURE.match(doc.text, at)]
        if run.start() < done or not begins:
            continue
        line = _line(line + doc.text[done : run.start()])
        tried = [v for at in begins if (v := _try(doc, at, line))]
        done = run.start()
        if tried:
            verdict = max(tried, key=lambda v: v.best.gain)
            yield verdict
            shown = doc.text[done : verdict.best.start] + verdict.best.text
            line, done = line + shown if verdict.sure else line, verdict.best.end


def _line(text: str) -> str:
    """The last line of a text without its glosses."""
    text = paragraphs(text[-_LINE:])
    return BRACKETED.sub("", text[text.rfind("\n") + 1 :])


def _is_place(doc: Document, at: int) -> bool:
    """Whether the mark after a lost byte is of the width that the text has it in, or wide."""
    wide = not doc.text[at + 1].isascii()
    return doc.folded or wide or GLOSS_INSIDE.match(doc.text, at + 1) is not None


def _is_folded(doc: Document, at: int) -> bool:
    """Whether the marks of a place were folded: some pages have ASCII commas of their own."""
    return doc.folded and doc.text[at + 1].isascii()


def _try(doc: Document, at: int, line: str) -> Verdict | None:
    if not _is_place(doc, at):
        return None
    doc = replace(doc, folded=_is_folded(doc, at))
    found = ways(doc, at, line, _context(line)) if doc.work[0] < _WORK else []
    if not found:
        return None
    best, *others = found
    margin = best.gain - others[0].gain if others else 10.0
    return Verdict(best, margin, tuple(others), doc.decoder)


def _context(line: str) -> Scorer:
    left = line[-_LEFT:]
    before = line[-_LEFT - 1 : -_LEFT] or "\n"
    start = model().start(canonical(before))
    return start.add(canonical(left)) if left else start


def _change(doc: Document, verdict: Verdict, applied: bool) -> Change:
    best = verdict.best
    return Change(
        best.start,
        best.end,
        shown(doc, best) if applied else "",
        "gbk-cut",
        f"gain {best.gain:.1f}, margin {verdict.margin:.1f} nats",
        confidence(verdict, applied),
        "gbk-cut",
        applied,
        tuple(shown(doc, way) for way in ((() if applied else (best,)) + verdict.others)),
    )


def shown(doc: Document, way: Restored) -> str:
    """The restored text in the document's own width; two U+3000 begin a paragraph."""
    text = re.sub("\u3000{2,}", "\n", way.text)
    return fold(text) if _is_folded(doc, way.start) else text
