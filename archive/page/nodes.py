"""The nodes of a tree in document order, what every reader asks of them as columns.

A page is read many times: for spam, for metadata, for its lines. lxml answers every question
with a new Python object and walks in its XPath engine as slowly, so each question is asked once
for all nodes, and the readers run over lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from archive.page.dom import Element
from archive.page.elements import is_hidden

NO_ELEMENT = frozenset((etree.Comment, etree.PI, etree.Entity))
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Nodes:
    """The columns of one tree, true until the tree is changed.

    Node 0 is the root; comments and processing instructions are nodes too.
    """

    elements: Sequence[Element]
    tags: Sequence[Any]  # names; lxml's own mark for what is no element
    texts: Sequence[str | None]  # before the first child; none for what is no element
    tails: Sequence[str | None]  # behind the node, before the next one of its parent
    attributes: Sequence[Mapping[str, str]]
    styled: Sequence[int]  # those with a style or the attribute `hidden`
    hidden: frozenset[int]  # those that say themselves that they are not shown
    by_tag: Mapping[Any, Sequence[int]]
    parents: Sequence[int]  # the node that holds a node; -1 for the root
    ends: Sequence[int]  # the first node behind all that a node holds
    steps: Sequence[int]  # a walk over the tree: `i` where node i begins, `~i` where it ends
    opens: Sequence[int]  # the place of `i` in `steps`
    closes: Sequence[int]  # the place of `~i`: a walk that skips what a node holds goes on there

    @property
    def root(self) -> Element:
        """The element everything stands in."""
        return self.elements[0]

    def named(self, *tags: Any) -> list[int]:
        """The nodes of these tags, in document order."""
        found = [at for tag in tags for at in self.by_tag.get(tag, ())]
        return sorted(found) if len(tags) > 1 else found


def read(root: Element) -> Nodes:
    """The nodes of the tree as it is now."""
    elements = list(root.iter())
    tags = [element.tag for element in elements]
    attributes = [dict(items) if (items := element.items()) else _NONE for element in elements]
    styled = [at for at, own in enumerate(attributes) if "style" in own or "hidden" in own]
    by_tag: dict[Any, list[int]] = {tag: [] for tag in dict.fromkeys(tags)}
    for at, tag in enumerate(tags):
        by_tag[tag].append(at)
    texts = [element.text for element in elements]
    for at in [at for mark in NO_ELEMENT for at in by_tag.get(mark, ())]:
        texts[at] = None
    tails = [element.tail for element in elements]
    tails[0] = None
    return Nodes(
        elements,
        tags,
        texts,
        tails,
        attributes,
        styled,
        frozenset(at for at in styled if is_hidden(attributes[at])),
        by_tag,
        *_shape([len(element) for element in elements]),
    )


def _shape(counts: Sequence[int]) -> tuple[list[int], ...]:
    """Parents, ends, steps, opens and closes, from the number of children of every node."""
    parents: list[int] = []
    opens: list[int] = []
    steps: list[int] = []
    ends, closes = list(range(1, len(counts) + 1)), [0] * len(counts)
    around: list[tuple[int, int]] = []  # open nodes, each with the children it still waits for
    parent, missing = -1, 1
    for at, count in enumerate(counts):
        parents.append(parent)
        opens.append(len(steps))
        steps.append(at)
        if count:
            around.append((parent, missing - 1))
            parent, missing = at, count
            continue
        closes[at] = len(steps)
        steps.append(~at)
        missing -= 1
        while not missing and around:
            closes[parent], ends[parent] = len(steps), at + 1
            steps.append(~parent)
            parent, missing = around.pop()
    return parents, ends, steps, opens, closes
