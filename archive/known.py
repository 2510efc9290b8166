"""Which lines a site's memory knows as its frame."""

from __future__ import annotations

import re

from archive.model import SiteMemory

PAGES = 5  # a site with fewer says nothing yet
SEEN = 3  # pages a line must stand on …
SHARE = 0.25  # … and the share of the site's pages; both from knowledge 7.5
SHARE_INSIDE = 0.6  # of the pages, where the line stands inside the run of sentences
INSIDE = "¶"  # before a line that was seen inside that run

_BLANK = re.compile(r"\s+")
_DIGIT = re.compile(r"\d")
_TELLS = re.compile("[。，；\t]")


def fold_line(line: str) -> str:
    """A line without blanks, its digits all 0: `今天是2021年9月6日` of every day is one line.

    Those of a sentence or of a row of a table stay: bulletins of weather, prices and stocks differ in
    nothing else. The cost: a counter in a sentence (您是第38位访客，欢迎再来) is not known for frame.
    """
    bare = _BLANK.sub("", line)
    return bare if _TELLS.search(line) else _DIGIT.sub("0", bare)


def is_furniture(memory: SiteMemory, line: str) -> bool:
    """True when the line stands on enough of the site's pages to belong to its frame.

    Inside the run of sentences a site repeats true text: closings, signatures, the same call
    every year. There it takes most of the pages. Days are nobody's frame.
    """
    if memory.pages < PAGES:
        return False
    key = fold_line(line)
    outside = memory.lines.get(key, 0)
    both = outside + memory.lines.get(INSIDE + key, 0)
    share = SHARE_INSIDE * memory.pages
    return outside >= max(SEEN, SHARE * memory.pages) or both >= max(SEEN, share)
