"""Quotes and brackets of a line: whether each has its other half.

What a repair puts in is likelier when it opens or ends what the line leaves open.
"""

from __future__ import annotations

import re

PAIRS = {
    "”": "“",
    "’": "‘",
    "）": "（",
    "》": "《",
    "〉": "〈",
    "】": "【",
    "〕": "〔",
    "」": "「",
}
_OPENING = frozenset(PAIRS.values())
_NO_QUOTE = re.compile("[^“”‘’（）《》〈〉【】〔〕「」\n]+")


def paragraphs(line: str) -> str:
    """The line with line ends where two U+3000 (or what they were folded to) begin a paragraph."""
    return re.sub("[ \u3000]{2,}", "\n", line)


def quotes(line: str) -> str:
    """The quotes and brackets of a line, and where paragraphs begin."""
    return _NO_QUOTE.sub("", paragraphs(line))


def unbalanced(line: str) -> int:
    """Quotes and brackets without their other half."""
    open_: list[str] = []
    count = 0
    for char in line:
        if char in _OPENING:
            count += char in open_
            open_.append(char)
        elif char in PAIRS:
            if PAIRS[char] in open_:
                open_.remove(PAIRS[char])
            else:
                count += 1
    return count + len(open_)


def closes(before: str, text: str) -> bool:
    """True if the text ends with the other half of a quote or bracket that `before` has open."""
    text = text.rstrip("\n")
    return text[-1:] in PAIRS and unbalanced(before) > unbalanced(before + quotes(text))
