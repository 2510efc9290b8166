"""How short a text is too short."""

from __future__ import annotations

import re

# Han characters below which an article is flagged low-text: the shortest notices with gold text
# have 30 (zh_gov_short, 2026-11); what has fewer is a caption, a file list or a failed reading.
LOW_TEXT = 30
_HEAD = 200  # characters that nearly always hold so many
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")
_WORD = re.compile(r"[^\W\d_]{2,}")  # of a page in another language, one for a Han character


def is_low(text: str) -> bool:
    """Whether a text is too short to be believed whole."""
    if _han(text[:_HEAD]) >= LOW_TEXT or (han := _han(text)) >= LOW_TEXT:
        return False
    return han + len(_WORD.findall(_HAN.sub(" ", text))) < LOW_TEXT


def _han(text: str) -> int:
    return sum(map(len, _HAN.findall(text)))
