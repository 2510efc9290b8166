"""Site memory: the lines that repeat across the pages of one site.

Learned from captures and saved; an argument of `derive`, never hidden state. Measured: only
applied from the two ends of a text inwards it lifts short notices from F1 0.81 to 0.91, while
applied to every line it eats true sentences that recur (recall 0.99 to 0.96).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping

from archive.known import SHARE, fold_line, is_furniture
from archive.model import SiteMemory

__all__ = ["fold_line", "from_json", "is_furniture", "learn", "merge", "to_json"]

_LONGEST = 400  # characters; longer lines are text
_KEPT = 2  # a line seen on fewer pages is not saved
# Of the pages, as a share. Five site trees read five times over in runs of 10 and 20: the same frame with
# 0, 1, 2 and 5 %; lines of the largest 294, 126, 76, 43 (2026-11).
_LEAST = 0.01


def learn(site: str, pages: Iterable[Iterable[str]]) -> SiteMemory:
    """What the pages of a site have in common: on how many of them each line stands."""
    seen: Counter[str] = Counter()
    count = 0
    for lines in pages:
        count += 1
        seen.update({fold_line(line) for line in lines if len(line) <= _LONGEST} - {""})
    return _memory(site, count, seen)


def merge(before: SiteMemory, new: SiteMemory) -> SiteMemory:
    """The memory of two disjoint sets of pages of one site, the second one newer.

    Lines that stood on a single page of a set were not saved and count as none there. Of a site that
    is visited for years nearly all lines are headlines that stood beside a few articles of one day:
    what is on less than `_LEAST` of all pages is dropped, so that a memory grows with the frame and
    not with the visits. A line on as many of the new pages as a frame is on stays, or the frame
    of a relaunched site were never learned. The cost: a line that is rare for long and then
    everywhere is known later, by `_LEAST` of the pages.
    """
    pages = before.pages + new.pages
    both = Counter(before.lines) + Counter(new.lines)
    least, frame = _LEAST * pages, SHARE * new.pages
    kept = {k: n for k, n in both.items() if n >= least or new.lines.get(k, 0) >= frame}
    return _memory(before.site, pages, kept)


def to_json(memory: SiteMemory) -> str:
    """The canonical form: one way to write it, digest included."""
    kept = {"site": memory.site, "pages": memory.pages, "lines": dict(memory.lines)}
    return _canonical({**kept, "digest": memory.digest})


def from_json(text: str) -> SiteMemory:
    """The memory that `to_json` wrote; `ValueError` when the digest does not fit the lines."""
    row = json.loads(text)
    memory = _memory(row["site"], row["pages"], row["lines"])
    if memory.digest != row["digest"]:
        raise ValueError(f"site memory of {memory.site}: the digest does not fit its lines")
    return memory


def _memory(site: str, pages: int, seen: Mapping[str, int]) -> SiteMemory:
    lines = {line: seen[line] for line in sorted(seen) if seen[line] >= _KEPT}
    body = _canonical({"site": site, "pages": pages, "lines": lines})
    return SiteMemory(
        site, pages, lines, hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()
    )


def _canonical(row: Mapping[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
