"""Years that a text cannot know: later than its upload or capture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.model import Change

_YEAR = re.compile(r"(?<![\d.])(20\d\d)年(?!底前|前|远景|规划)")
_AIM = re.compile(r"[到至]$")  # 到2035年 names an aim


def late_years(text: str, year: int) -> Iterator[Change]:
    """Flags on years later than `year`, the day the text was uploaded or captured.

    A plan names later years as well (到2035年), so the flag says what stands there and no more.
    """
    for match in _YEAR.finditer(text):
        if int(match[1]) > year and not _AIM.search(
            text[max(0, match.start() - 1) : match.start()]
        ):
            evidence = f"published in {year} or before"
            yield Change(*match.span(1), "", "later-year", evidence, 0.7, applied=False)
