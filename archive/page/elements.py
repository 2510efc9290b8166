"""What elements mean for text: which break lines, which are never shown, which are hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

# fmt: off
INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
    "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "nobr", "q", "rb",
    "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
))
SILENT = frozenset((
    "applet", "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "map",
    "math", "noframes", "noscript", "object", "option", "script", "select", "style", "svg",
    "template", "textarea", "title", "video",
))
# fmt: on
HOLDS_BLOCKS = frozenset(("p", "div", "table", "ul"))  # an inline element that holds one is none
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ATTACHMENT = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|ceb|rtf|zip|rar|7z)(?:[?#]|$)"
    r"|downfile|download\.(?:jsp|do)|/_content/download"
)


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Whether an element with these attributes says itself that it is not shown."""
    if "hidden" in attributes:
        return True
    return "style" in attributes and _hides(attributes["style"])


@lru_cache(maxsize=4096)  # a page has few styles, each on many elements
def _hides(style: str) -> bool:
    return _HIDDEN.search(style) is not None


def names_attachment(anchor: Mapping[str, str]) -> bool:
    """True for a link with these attributes to a file that is read with another program."""
    href = anchor.get("href", "")
    return len(href) < 2000 and _is_attachment(href)


@lru_cache(maxsize=8192)  # the pages of a site share most of their links
def _is_attachment(href: str) -> bool:
    return _ATTACHMENT.search(href.lower()) is not None
