"""Damage done to a text before we got it, undone: the steps, in the order they run.

Each step has one cheap look first; a clean text costs only that. What is sure is applied, what
is not is flagged with its alternatives. The mechanisms stand in files of their own: mojibake,
markup, mend (with cuts and gbk), gloss, inserted.
"""

from __future__ import annotations

from collections.abc import Iterable

from archive.damage import gloss, inserted, markup, mend, mojibake
from archive.model import About, Change
from archive.text import sourcelines


def fix_mojibake(text: str, about: About) -> Iterable[Change]:
    """Lines decoded with the wrong character set, decoded with the right one.

    Must run first: every other step reads characters.
    """
    return mojibake.fix(text)


def strip_leaked_source(text: str, about: About) -> Iterable[Change]:
    """Scripts, styles and placeholders around the text and between its paragraphs: taken out.

    Before leaked markup is decoded, which leaves a text with a script in it alone.
    """
    return sourcelines.strip(text)


def decode_leaked_markup(text: str, about: About) -> Iterable[Change]:
    """HTML shown as text: a paragraph end becomes a line end, an entity its character.

    Before the other repairs, which read lines.
    """
    return markup.decode(text)


def strip_inserted_tokens(text: str, about: About) -> Iterable[Change]:
    """Watermarks inside words, placeholders never filled, invisible characters: taken out.

    Before the cuts and glosses: a zero-width character would part a gloss from its character.
    """
    return inserted.strip(text)


def restore_gbk_cuts(text: str, about: About) -> Iterable[Change]:
    """Characters cut in two by a search in GBK bytes, put together again.

    Before any change of script or width: both change the bytes it needs.
    """
    return mend.restore(text)


def strip_pinyin_glosses(text: str, about: About) -> Iterable[Change]:
    """`學(xué)` becomes 學 in a document that was glossed by a machine.

    After the cuts: a gloss may stand on a restored character, and it helps to restore it.
    """
    return gloss.strip(text)
