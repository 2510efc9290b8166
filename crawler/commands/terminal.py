"""Text of strangers shown on a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""The text on one line, unable to move the cursor or turn the direction of writing.

    >>> printable("a\n\x1b[2J\u202eb 县")
    'a\\x0a\\x1b[2J\\x202eb 县'
    """
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
