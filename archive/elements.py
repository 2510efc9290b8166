"""What elements mean for text: which break lines, which are never shown, which are hidden."""

from __future__ import annotations

import re

from archive.dom import Element

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
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ATTACHMENT = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|ceb|rtf|zip|rar|7z)(?:[?#]|$)"
    r"|downfile|download\.(?:jsp|do)|/_content/download",
    re.IGNORECASE,
)


def is_block(element: Element) -> bool:
    """Whether the element breaks lines; an inline one that holds blocks does too."""
    tag = element.tag
    if tag not in INLINE:
        return not (isinstance(tag, str) and ":" in tag)
    return (
        tag != "a"
        and len(element) > 0
        and any(child.tag in ("p", "div", "table", "ul") for child in element)
    )


def is_hidden(element: Element) -> bool:
    """Whether the element says itself that it is not shown."""
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN.search(style))


def names_attachment(anchor: Element) -> bool:
    """True for a link to a file that is read with another program."""
    href = anchor.get("href") or ""
    return len(href) < 2000 and bool(_ATTACHMENT.search(href))
