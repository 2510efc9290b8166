"""The visible blocks of a page in document order, each with the element it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "tr",
        "ul",
        "ucaptitle",
        "ucapcontent",
        "publishtime",
    ]
)
_SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "iframe",
        "select",
        "option",
        "button",
        "textarea",
        "template",
        "head",
        "title",
        "svg",
        "object",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "ucaptitle"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LONGEST = 4000  # characters kept of one block: more than any line read here needs


@dataclass(frozen=True, slots=True)
class Block:
    """One run of text between two block borders."""

    text: str
    tag: str  # of the nearest block element
    names: str  # class and id of that element and its parent, lower case
    linked: bool  # stands wholly inside links


def visible_blocks(root: Any) -> list[Block]:
    """Every block of text a reader sees; scripts, forms' choices and hidden parts left out.

    Walks without recursion, so depth costs nothing.
    """
    return list(_walk(root))


def _walk(root: Any) -> Iterator[Block]:
    pieces: list[str] = []
    state = {"size": 0, "linked": 0}
    stack: list[Any] = []
    links = 0

    def flush() -> Iterator[Block]:
        text = re.sub(r"[ \t\r\n\f\xa0]+", " ", "".join(pieces)).strip()
        plain = len(text) - state["linked"]
        if text:
            yield _block(text, stack[-1] if stack else root, plain < 0.2 * len(text))
        pieces.clear()
        state.update(size=0, linked=0)

    def add(text: str | None) -> None:
        if text and state["size"] < _LONGEST:
            pieces.append(text)
            state["size"] += len(text)
            state["linked"] += len(text.strip()) if links else 0

    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event in ("comment", "pi"):
            add(element.tail)
            continue
        tag = element.tag
        block = tag in _BLOCKS and not (tag == "br" and _in_heading(stack))
        if event == "start":
            if tag == "script":
                add(written_by(element.text or ""))
            if tag in _SILENT or _is_hidden(element):
                walker.skip_subtree()
                stack.append(None)
                continue
            if block:
                yield from flush()
                stack.append(element)
            links += tag == "a"
            add(element.text if tag != "br" else " ")
        else:
            if stack and stack[-1] is None:
                stack.pop()
            else:
                if block:
                    yield from flush()
                    stack.pop()
                links -= tag == "a"
            add(element.tail if element is not root else None)
    yield from flush()


_LITERAL = re.compile(
    r"""(?:var|let|const)\s+(\w{1,30})\s*=\s*(?:'([^'\n]{0,80})'|"([^"\n]{0,80})")"""
)
_WRITE = re.compile(r"document\.write(?:ln)?\(([^\n]{1,300}?)\)\s*(?:;|\n|}|\Z)")
_TERM = re.compile(r"""'([^']*)'|"([^"]*)"|(\w+)""")
_LONGEST_SCRIPT = 1500  # characters; what writes a date or a source is short, lists are long


def written_by(script: str) -> str:
    """The text a short script writes in its place from its own string literals.

    >>> written_by("var wzly='县人社局'; if(wzly!=''){document.write('来源：'+wzly+'&emsp;');}")
    ' 来源：县人社局 '

    Templates of TRS print date and source so. Nothing is run: literals are joined, and a write
    that needs anything else, or an empty literal, is left out.
    """
    if len(script) > _LONGEST_SCRIPT or "document.write" not in script:
        return ""
    known = {name: one or two for name, one, two in _LITERAL.findall(script)}
    out = []
    for expression in _WRITE.findall(script):
        terms = [one or two or known.get(name, "") for one, two, name in _TERM.findall(expression)]
        named = any(name in known for _, _, name in _TERM.findall(expression))
        if named and all(terms) and not re.search(r"[()]", re.sub(_TERM, "", expression)):
            out.append(re.sub(r"<[^>]*>|&(?:emsp|nbsp|ensp);?", " ", "".join(terms)))
    return f" {' '.join(out)} ".replace("  ", " ") if out else ""


def _in_heading(stack: list[Any]) -> bool:
    """A line end inside a heading does not end it; it only separates words."""
    return bool(stack) and stack[-1] is not None and stack[-1].tag in _HEADINGS


def _is_hidden(element: Any) -> bool:
    if element.tag in ("html", "body"):
        return False
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _block(text: str, element: Any, linked: bool) -> Block:
    parent = element.getparent()
    marks = [element.get("class"), element.get("id")]
    if parent is not None:
        marks += [parent.get("class"), parent.get("id")]
    return Block(text, element.tag, " ".join(filter(None, marks)).lower()[:200], linked)
