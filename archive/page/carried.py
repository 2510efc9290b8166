"""The article that a page carries for its scripts and does not show: put where a reader would see it.

Some systems print the body into a hidden textarea, a script of a text type, or the state of a page
(`window.__NUXT__`, `window.data = {content: "<p>…"}`) and let a script copy it into an empty element.
Only asked where the page shows no sentence. A text is markup, or stands beside a title, for scripts
hold hints and small print too. A list carries summaries the same way: of several texts of like size
the one is taken whose title the page's <title> names, else none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from archive import writing
from archive.about import islands
from archive.about.labels import HAN, words
from archive.about.sitename import html_title, squeezed
from archive.chinese.anyof import any_of
from archive.model import Candidate
from archive.page import dom
from archive.page.dom import Element
from archive.page.elements import is_hidden
from archive.page.literals import is_template, unescaped
from archive.page.nodes import Nodes

LEAST = 40  # Han of running text that make a body, as in archive/page/ways.py
SHOWN = 12  # Han of sentences: a page that shows one speaks for itself
_LIKE = 0.3  # of the longest text: what a second one must hold to make the page a list
_LONGEST = 2_000_000  # characters of one script or textarea that are read
_MOST = 200  # texts of one page
_NEAR = 4000  # characters around a text in which its object's other values stand
_HAN = re.compile(f"[{HAN}]")
_SENTENCE = re.compile("[，。；！？]")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MARKED = re.compile(r"<(?:p|br|div|span|table|section|h\d)\b", re.IGNORECASE)
_STRING = r"""(?s:"((?:[^"\\]|\\.)*+)"|'((?:[^'\\]|\\.)*+)'|`((?:[^`\\]|\\.)*+)`)"""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text the page carries, where, and what stands beside it."""

    markup: str
    han: int
    place: Element
    title: str = ""
    told: tuple[Candidate, ...] = ()


def show(tree: Nodes, shown: int) -> tuple[Candidate, ...] | None:
    """Put the carried article into the tree; what its object says of it, `None` where there is none.

    `shown` is the Han of sentences that the page shows. The tree must be read again afterwards.
    """
    if shown >= SHOWN:
        return None
    found = sorted(_texts(tree), key=lambda text: -text.han)
    found = [text for text in found if text.title or _MARKED.search(text.markup)]
    distinct = [text for text in found if text.markup != found[0].markup]
    if distinct and distinct[0].han >= _LIKE * found[0].han:
        whole = squeezed(html_title(tree))
        found = [t for t in found if len(squeezed(t.title)) > 3 and squeezed(t.title) in whole]
    if not found:
        return None
    _put(tree, found[0])
    return found[0].told


def _texts(tree: Nodes) -> Iterator[_Text]:
    for at in tree.named("textarea"):
        yield from _text("".join(tree.elements[at].itertext()), tree.elements[at])
    for at in tree.named("script"):
        source, kind = tree.texts[at] or "", tree.attributes[at].get("type", "").lower()
        if len(source) < LEAST or len(source) > _LONGEST or not _may_hold(source):
            continue
        if kind.startswith("text/") and "javascript" not in kind:
            yield from _text(source, tree.elements[at])
        elif kind in ("", "application/json", "application/ld+json") or "javascript" in kind:
            yield from _of_data(source, tree.elements[at])
    yield from _of_attributes(tree)


def _of_attributes(tree: Nodes) -> Iterator[_Text]:
    """The texts of state that an element carries: <div id="app" data-page='{"content": …}'>."""
    for at, attributes in enumerate(tree.attributes):
        for name, value in attributes.items():
            if len(value) >= LEAST and name.startswith(("data-", ":")) and '"' in value:
                yield from _of_data(value[:_LONGEST], tree.elements[at])


def _may_hold(source: str) -> bool:
    """The cheap test: Han enough for a body, or escapes that may stand for them."""
    return "\\u" in source or "&#" in source or writing.han(source) >= LEAST


def _text(source: str, place: Element) -> Iterator[_Text]:
    markup = html.unescape(source) if "&lt;p" in source or "&lt;div" in source else source
    plain = _TAG.sub("", markup)
    count = len(_HAN.findall(plain))
    if count >= LEAST and _SENTENCE.search(plain) and not is_template(markup):
        yield _Text(markup, count, place)


def _of_data(source: str, place: Element) -> Iterator[_Text]:
    """The texts of objects in a script, JSON or not."""
    for count, match in enumerate(_keyed("text").finditer(source)):
        if count >= _MOST:
            return
        value = _plain(match)
        for text in _text(value, place) if len(value) >= LEAST else ():
            near = _beside(source, match)
            yield replace(text, title=near.get("title", ""), told=tuple(_candidates(near)))


def _beside(source: str, match: re.Match[str]) -> dict[str, str]:
    """The values that stand nearest to a text, of those before it first."""
    before = source[max(0, match.start() - _NEAR) : match.start()]
    behind = source[match.end() : match.end() + _NEAR]
    found: dict[str, str] = {}
    for field in ("title", "published", "source", "authors"):
        values = [_plain(m) for m in _keyed(field).finditer(before)][-1:]
        values = values or [_plain(m) for m in _keyed(field).finditer(behind)][:1]
        if values and values[0].strip():
            found[field] = _TAG.sub("", values[0]).strip()
    return found


def _candidates(near: dict[str, str]) -> Iterator[Candidate]:
    yield from islands.told(
        near.get("title"), near.get("published"), near.get("source"), near.get("authors")
    )


def _put(tree: Nodes, text: _Text) -> None:
    """Show the text at its place; where that is not shown, at the end of the body."""
    markup = text.markup if "<" in text.markup else _paragraphs(text.markup)
    parsed = dom.parse(f"<div>{markup}</div>")
    body = next(iter(tree.named("body")), None)
    if parsed is None or body is None:
        return
    piece = next(parsed.root.iter("div"))
    around = [*text.place.iterancestors()]
    if tree.elements[body] in around and not any(is_hidden(e.attrib) for e in around):
        text.place.addnext(piece)
        piece.tail, text.place.tail = text.place.tail, None
    else:
        tree.elements[body].append(piece)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{line}</p>" for line in text.splitlines())


def _plain(match: re.Match[str]) -> str:
    return unescaped(next((each for each in match.groups() if each), ""))


@cache
def _keyed(field: str) -> re.Pattern[str]:
    """A string behind a key of the field, in JSON or script."""
    keys = any_of(words("data", field))
    return re.compile(rf"""(?<![\w$])["']?{keys}["']?\s{{0,5}}[:=]\s{{0,5}}{_STRING}""")
