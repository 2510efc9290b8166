"""trafilatura's reading of a page, for the pages on which our own readings disagree.

It finds nearly everything and too much (recall 0.98, precision 0.82 on 887 Chinese pages), which
makes it a poor extractor here and a good voter. It costs two to three times everything else, so
it is asked only where it can decide something, and without the second and third extractor it
compares itself with: they take half of its time and change the score of no set of pages.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from configparser import ConfigParser
from functools import cache

from archive.page import span
from archive.page.dom import Element
from archive.page.flow import Flow

STACK = 30  # marks on one letter that any writing needs at most (UAX 15, stream-safe text)
LINES = 3000  # of a page; its time grows faster than the page
# Where marks are; whole scripts too, so that the search costs little on Chinese and Latin text.
_MARKS = re.compile(
    f"[\u0300-\u1fff\u20d0-\u20ff\ua66f-\uabff\ufb1e\ufe20-\ufe2f\U00010000-\U0001efff]{{{STACK},}}"
)
_TOKENS = re.compile(r"[\W_]+")
# An English length decides at 250 whether it tries again; 40 is better on four of six sets.
_MIN_SIZE = "40"


def ranges(root: Element, flow: Flow) -> tuple[tuple[int, int], ...]:
    """The run of lines that trafilatura keeps; empty when it keeps nothing or is not asked."""
    if len(flow.lines) > LINES or any(_is_stacked(line.text) for line in flow.lines):
        return ()
    import trafilatura  # a fifth of the time of starting, for one page in twenty

    text = trafilatura.extract(
        _copied(root), fast=True, include_comments=False, deduplicate=False, config=_config()
    )
    kept = _TOKENS.sub("", text or "")
    if not kept:
        return ()
    run = span.best_run([_worth(line.text, kept) for line in flow.lines])
    return (run,) if run[0] < run[1] else ()


def _copied(root: Element) -> Element:
    """A copy of the tree in the classes of lxml.html, which trafilatura asks for. Nodes take those of
    the document that they are moved to, when they are met next."""
    from lxml import html as lxml_html

    copied = lxml_html.Element(root.tag, dict(root.attrib))
    copied.text = root.text
    copied.extend(list(copy.deepcopy(root)))
    return copied


def _is_stacked(text: str) -> bool:
    """Whether more combining marks stand in a row than a text has: trafilatura composes letters
    (NFC), in a time that grows with the square of the run (160,000 marks: 45 s, Python 3.11;
    cpython 149079)."""
    return any(
        "1" * STACK in "".join("01"[unicodedata.combining(c) > 0] for c in run)
        for run in _MARKS.findall(text)
    )


def _worth(line: str, kept: str) -> float:
    bare = _TOKENS.sub("", line)
    return float(len(bare)) if bare in kept else -float(len(bare))


@cache
def _config() -> ConfigParser:
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", _MIN_SIZE)
    return config
