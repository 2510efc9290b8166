"""The columns of a tree say what lxml says when it is asked node by node."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.page import dom, pagetext
from archive.page.nodes import NO_ELEMENT, Nodes, read

PIECES = (
    "<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<a href='x'>", "</a>", "<br>", "<ul>", "<li>",
    "</ul>", "<table>", "<tr>", "<td>", "</table>", "<!--c-->", "<script>s()</script>", "<o:p>",
    "<p style='display: none'>", "<i hidden>", "文", " ", "\n", "第二，", "</body></html>", "&lt;",
)  # fmt: skip
pages = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map("".join)


def parsed(source: str) -> Nodes:
    found = dom.parse(f"<body>{source}x")
    assert found is not None
    return read(found.root)


@given(pages)
def test_columns_are_what_lxml_answers_for_every_node(source: str) -> None:
    nodes = parsed(source)
    for at, element in enumerate(nodes.root.iter()):
        assert nodes.elements[at] is element
        assert nodes.tags[at] == element.tag
        assert nodes.attributes[at] == dict(element.items())
        assert nodes.texts[at] == (None if element.tag in NO_ELEMENT else element.text)
        assert nodes.tails[at] == (None if at == 0 else element.tail)


@given(pages)
def test_parents_and_ends_are_those_of_the_tree(source: str) -> None:
    nodes = parsed(source)
    for at, element in enumerate(nodes.elements):
        parent = nodes.parents[at]
        assert (nodes.elements[parent] if parent >= 0 else None) is element.getparent()
        assert nodes.elements[at : nodes.ends[at]] == list(element.iter())


@given(pages)
def test_steps_go_through_the_tree_as_lxml_walks_it(source: str) -> None:
    nodes = parsed(source)
    walked = []
    for event, element in etree.iterwalk(nodes.root, events=("start", "end", "comment")):
        at = nodes.elements.index(element)
        walked += {"start": [at], "end": [~at], "comment": [at, ~at]}[event]
    assert nodes.steps == walked
    assert [nodes.steps[place] for place in nodes.opens] == list(range(len(nodes.elements)))
    assert [~nodes.steps[place] for place in nodes.closes] == list(range(len(nodes.elements)))


@given(pages)
def test_hidden_nodes_are_those_with_the_attribute_or_the_style(source: str) -> None:
    nodes = parsed(source)
    found = nodes.root.xpath("descendant-or-self::*[@hidden or contains(@style, 'none')]")
    assert sorted(nodes.hidden) == [nodes.elements.index(element) for element in found]


@given(pages)
def test_prose_is_every_text_outside_links_and_scripts(source: str) -> None:
    nodes = parsed(source)
    found = nodes.root.xpath("//body//text()[not(parent::a or parent::script or parent::style)]")
    assert pagetext.prose(nodes) == "\n".join(found)
