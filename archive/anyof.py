"""Patterns for long lists of words, as a tree of their beginnings.

`a|b|c` tries every word at every place where one may begin; a tree tries each character once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_Tree = dict[str, Any]
_END = ""


def any_of(words: Iterable[str]) -> str:
    """A pattern that matches the longest of the words at a place.

    >>> any_of(["博彩", "博彩网", "百家乐"])
    '(?:博彩(?:网)?|百家乐)'
    >>> re.findall(any_of(["博彩", "博彩网", "百家乐"]), "博彩网和博彩")
    ['博彩网', '博彩']
    """
    tree: _Tree = {}
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[_END] = {}
    return _pattern(tree)


def _pattern(tree: _Tree) -> str:
    branches = []
    for character, below in tree.items():
        if character == _END:
            continue
        run = re.escape(character)
        while len(below) == 1 and _END not in below:
            character, below = next(iter(below.items()))
            run += re.escape(character)
        branches.append(run if below == {_END: {}} else run + _pattern(below))
    return f"(?:{'|'.join(branches)})" + ("?" if _END in tree else "")
