"""Where content management systems put the body: markers as data, candidates as line spans.

A marker alone proves nothing. They are nested, repeated, empty, and on one TRS site the footer
stands in TRS_Editor as well; whoever asks decides by the sentence mass that a span holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from archive import vocab
from archive.errors import VocabularyError
from archive.page.dom import Element
from archive.page.elements import is_hidden
from archive.page.flow import Flow

_REMEMBERED = 200  # characters of names; longer ones are not kept
_KEYS = {"name", "evidence", "classes", "ids", "tags", "comments"}


@dataclass(frozen=True, slots=True)
class Container:
    """Lines [first, last) that a marker of a CMS family holds."""

    family: str
    marker: str
    first: int
    last: int


def containers(flow: Flow) -> list[Container]:
    """Every marked body of the page, in document order, the outer before the inner."""
    found = [*_elements(flow), *_between_comments(flow)]
    return sorted(found, key=lambda c: (c.first, -c.last))


def marker(tag: str, attributes: Mapping[str, str]) -> tuple[str, str] | None:
    """Family and marker of an element that is marked as a body."""
    name, names = attributes.get("id", ""), attributes.get("class", "")
    marked = _marker if len(name) + len(names) <= _REMEMBERED else _marker.__wrapped__
    return marked(tag, name.strip(), names, attributes.get("itemprop") == "articleBody")


@lru_cache(maxsize=4096)  # the pages of a site share their names
def _marker(tag: str, name: str, names: str, is_article: bool) -> tuple[str, str] | None:
    tables = _tables()
    if family := tables["tags"].get(tag):
        return family, f"<{tag}>"
    if name and (family := tables["ids"].get(name) or _prefixed(name)):
        return family, f"#{name}"
    for word in names.split()[:20]:
        if family := tables["classes"].get(word):
            return family, f".{word}"
    return ("schema.org", "itemprop=articleBody") if is_article else None


def is_body(element: Element) -> bool:
    """True for an element that a CMS marks as the body."""
    return marker(element.tag, element.attrib) is not None


def is_shown(element: Element) -> bool:
    """True for a hidden element whose text a reader can reach: a body, a panel of tabs."""
    return is_body(element) or _is_panel(element)


def _is_panel(element: Element) -> bool:
    """A hidden brother of a shown element with the same tag and class, holding sentences, no links.

    Interpretations of policies are set so, one question a tab. A link farm hides alone and holds
    links. Cost: a hidden variant of a paragraph, as some editors leave, is read as text.
    """
    parent, names = element.getparent(), (element.get("class") or "").split()
    if parent is None or not names or next(element.iterdescendants("a"), None) is not None:
        return False
    if not re.search("[\u3400-\u9fff].*[，。；]", "".join(element.itertext())[:5000]):
        return False
    near = (
        *islice(element.itersiblings(element.tag), _NEAR),
        *islice(element.itersiblings(element.tag, preceding=True), _NEAR),
    )
    return any(names[0] in (b.get("class") or "").split() and not is_hidden(b.attrib) for b in near)


_NEAR = 12  # brothers looked at on each side; no bar of tabs has more


def _elements(flow: Flow) -> Iterator[Container]:
    tags = _tables()["tags"]
    for element, (first, last) in flow.spans.items():
        tag, attributes = flow.named(element)
        told = last > first and (attributes or tag in tags)
        if told and (found := marker(tag, attributes)):
            yield Container(*found, first, last)


def _between_comments(flow: Flow) -> Iterator[Container]:
    for opening, closing, family in _tables()["comments"]:
        start: int | None = None
        for text, line in flow.comments:
            if start is None and opening in text and closing not in text:
                start = line
            elif start is not None and closing in text:
                if line > start:
                    yield Container(family, f"<!--{opening}-->", start, line)
                start = None


def _prefixed(name: str) -> str | None:
    return next((f for p, f in _tables()["prefixes"] if name.startswith(p)), None)


@cache
def _tables() -> Mapping[str, Any]:
    tables: dict[str, Any] = {"tags": {}, "ids": {}, "classes": {}, "comments": [], "prefixes": []}
    for family in vocab.toml("cms")["family"]:
        if set(family) != _KEYS:
            problem = f"a family needs exactly {', '.join(sorted(_KEYS))}"
            raise VocabularyError(vocab.folder() / "cms.toml", str(family.get("name")), problem)
        name = family["name"]
        for key in ("tags", "classes"):
            tables[key].update(dict.fromkeys(family[key], name))
        for word in family["ids"]:
            if word.endswith("*"):
                tables["prefixes"].append((word[:-1], name))
            else:
                tables["ids"][word] = name
        tables["comments"] += [(first, last, name) for first, last in family["comments"]]
    return tables
