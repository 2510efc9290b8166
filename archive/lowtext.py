"""How short a text is too short."""

from __future__ import annotations

import re

LOW_TEXT = 30  # Han characters
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
