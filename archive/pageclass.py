"""What kind of page this is: an article, or the reason why it is none.

An article must never be lost here, so every class but the article needs positive evidence, and
a page with an article's worth of running text in one place is an article whatever else it is.
"""

from __future__ import annotations

import re

from archive import blockpages, linerules, span
from archive.dom import Element
from archive.flow import Flow
from archive.model import Page, Reason

FEW_HAN = 12  # of a whole page: less is no text at all
MUCH_HAN = 120  # of running text in one place: an article
_FRAME_TAGS = frozenset(("footer", "nav", "aside"))
_FRAME_SHARE = 0.5  # of the page's sentences: what holds that is no part of the frame

_REFRESH = re.compile(r"\s*(\d{1,4})[^;,]{0,20}[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_LOCATION = re.compile(
    r"\blocation(?:\.href)?\s*=\s*[\"']([^\"'<>]{1,300})[\"']"
    r"|\blocation\.(?:replace|assign)\(\s*[\"']([^\"'<>]{1,300})[\"']"
)

Told = tuple[Reason, str]


def mark_frame(flow: Flow) -> None:
    """Mark the lines that stand in footer, nav, aside or in what is named like a part of the frame."""
    mass = span.good_mass(flow.lines)
    for element, (first, last) in flow.spans.items():
        small = mass[last] - mass[first] < _FRAME_SHARE * mass[-1]
        if first < last and small and not flow.lines[first].noisy and _is_frame(element):
            for line in flow.lines[first:last]:
                line.noisy = True


def _is_frame(element: Element) -> bool:
    if element.tag in _FRAME_TAGS:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(names) > 1 and linerules.is_frame_name(names[:200].lower())


def classify(page: Page, root: Element, flow: Flow, title: str | None) -> Told | None:
    """The reason why the page is no article; `None` for one that may be."""
    total = sum(line.han for line in flow.lines)
    if sign := blockpages.sign(page.text):
        return Reason.BLOCK_PAGE, sign
    if total < MUCH_HAN and (target := refresh_target(root)):
        return Reason.REDIRECT, target
    if total < FEW_HAN and (target := script_target(page.text)):
        return Reason.REDIRECT, target
    if not flow.lines:
        return Reason.NO_TEXT, "no visible text"
    return None


def refresh_target(root: Element) -> str:
    """Where a meta refresh sends the reader within half a minute; "" for nowhere."""
    for element in root.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.match(element.get("content") or "")
            if found and int(found[1]) <= 30:
                return found[2].strip()
    return ""


def script_target(source: str) -> str:
    """Where a script sends the reader; "" for nowhere. Only for pages that show nothing else."""
    found = _LOCATION.search(source[:200_000])
    return (found[1] or found[2]) if found else ""
