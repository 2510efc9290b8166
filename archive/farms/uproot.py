"""Taking a farm out of the tree and leaving everything else where it was."""

from __future__ import annotations

import re

from archive.farms.farmitems import has_marker, marker_span
from archive.farms.farmpage import Farm
from archive.page.dom import Element, drop

_BLANK = re.compile(r"[\s|｜¦丨、,，;；/·•\-—_:：【】\[\]>»«<.…*+=~\u200b\ufeff]*")
_LABEL = re.compile(r"[\s|]*[^\s：:。，|]{2,8}\s*[：:]?[\s|]*")
# 本文由 <a>…</a> 整理发布
_BY, _DONE = (
    re.compile("本[文站页]由"),
    re.compile(r"\s*(?:独家)?(?:整理|发布|提供|编辑|收集|转载)+[。！]?"),
)
_HOLDS = frozenset(
    ("img", "input", "video", "table", "object", "embed", "form", "select", "iframe")
)


def uproot(farm: Farm) -> str:
    """Remove the farm's links, the separators between them and the emptied elements around.

    Comes back: the removed text, one link a line with its address.
    """
    removed = [f"{link.text} ({link.href})" for link in farm.links]
    last = farm.links[-1].element
    if farm.whole:
        lead = _lead(farm)
        removed = lead + removed
        if lead and _BY.fullmatch(lead[0]) and (rest := _DONE.match(last.tail or "")):
            removed.append(rest[0])
            last.tail = (last.tail or "")[rest.end() :] or None
    for link in farm.links:
        inside = farm.whole and link.element is not last
        _drop(link.element, inside)
    return "\n".join(removed)


def _drop(anchor: Element, blank_tail: bool) -> None:
    tail = anchor.tail or ""
    if blank_tail and _BLANK.fullmatch(tail):
        anchor.tail = None
    else:
        anchor.tail = re.sub(r"^(?:\s*[|｜¦丨、,，;；])+", "", tail) or None
    parent = anchor.getparent()
    if parent is None:
        return
    drop(anchor)
    while parent is not None and _is_empty(parent):
        above = parent.getparent()
        if above is None or parent.tag in {"body", "html", "td", "th"}:
            return
        drop(parent)
        parent = above


def _is_empty(element: Element) -> bool:
    if any(anchor.get("href") for anchor in element.iter("a")):
        return False
    if any(child.tag in _HOLDS for child in element.iter() if child is not element):
        return False
    texts = (node for node in element.iter() if isinstance(node.tag, str))
    shown = "".join(
        (n.text or "") * (n.tag not in {"script", "style"}) + (n.tail or "") * (n is not element)
        for n in texts
    )
    return bool(_BLANK.fullmatch(shown))


def _lead(farm: Farm) -> list[str]:
    """Cut the marker phrase, or a label that stands alone before the links; what was cut."""
    for owner, tail in reversed(farm.run.lead_nodes):
        text = (owner.tail if tail else owner.text) or ""
        if not text.strip():
            continue
        cut = marker_span(text) if has_marker(text) else None
        if cut is None and _LABEL.fullmatch(text) and farm.rule != "R15-misplaced":
            cut = (0, len(text))
        if cut is None:
            return []
        kept = text[: cut[0]] + text[cut[1] :]
        if tail:
            owner.tail = kept or None
        else:
            owner.text = kept or None
        return [text[cut[0] : cut[1]].strip()]
    return []
