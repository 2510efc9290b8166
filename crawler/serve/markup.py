"""HTML that cannot be broken by what is put into it: text is escaped, only `Markup` is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

# What HTML cannot hold, and the marks that turn the direction of text around them (CVE-2021-42574).
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_VOID = frozenset(["input", "meta", "link", "br"])


class Markup(str):
    """Finished HTML."""

    __slots__ = ()


Child = str | Iterable["Child"] | None


def text(value: str) -> Markup:
    """A string as text or attribute value; characters HTML cannot hold become U+FFFD.

    >>> text('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return Markup(escape(_ODD.sub("\ufffd", value)))


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """An element. `class_` is `class`, `_` in other names is `-`; `None` and False leave out.

    >>> tag("a", "1 < 2", href="/?a=1&b=2", class_="x")
    '<a href="/?a=1&amp;b=2" class="x">1 &lt; 2</a>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    start = f"<{name}{written}>"
    return Markup(start if name in _VOID else f"{start}{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Children one after the other, text escaped."""
    return Markup("".join(_child(child) for child in children if child is not None))


def label(chinese: str, english: str) -> Markup:
    """A label in both languages."""
    return join(chinese, " ", tag("span", english, lang="en", class_="en"))


def _child(child: Child) -> str:
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return text(child)
    return join(*child) if child is not None else ""


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'
