"""Injected spam: what machines hang on pages, found by evidence of two families, taken out.

Families (every evidence string begins with their letters):

    M marker phrase     L links: foreign, many hosts, random names    P place names, out of order
    X lexical           H hidden                                      A position
    R repetition        N noise between the characters                T alien to title and text

Nothing goes on one family alone, except M, and never on X with nothing beside it. Two
detectors: `prune` on the tree, where the links are the best evidence, and `strip_link_farms`
on text, where they are lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from lxml import etree

from archive import farmprose, farmscripts, farmtext, fingerprints, hidden, lexicon
from archive.dom import Element
from archive.farmpage import Farm, judge
from archive.linkruns import Link, Site, address, foreign_count, host_of, kind_of, runs, site_of
from archive.model import About, Change, Edit
from archive.uproot import uproot

Verdict = Literal["clean", "infected", "mirror", "spam_page", "cloaked"]

RULES = (
    farmtext.marked_runs,
    farmtext.place_lists,
    farmtext.matrices,
    farmtext.keyword_bars,
    *farmprose.RULES,
)
STEP = "prune_link_farms"
# Findings that call a whole page spam, where taking words out would leave a hole.
QUARANTINE = frozenset(("brand-subject", "noise-page", "reflected-search", "foreign-shop"))
SURE = 0.85  # confidence from which a finding that changed nothing still makes a page infected


def strip_link_farms(text: str, about: About) -> Iterable[Change]:
    """The removal of injected blocks that stand in the text itself."""
    return _without_overlap(chain.from_iterable(rule(text, about.title or "") for rule in RULES))


def _without_overlap(changes: Iterable[Change]) -> Iterator[Change]:
    taken: list[Change] = []
    for change in changes:
        if all(change.end <= t.start or change.start >= t.end for t in taken):
            taken.append(change)
            yield change


def prune(root: Element, url: str | None) -> tuple[Edit, ...]:
    """Take the injected blocks out of the tree, in place; what was taken and what was found.

    Text that belongs to the page stays, also where it follows a removed node. An edit with
    action "flagged" is a finding: nothing was changed.
    """
    site = site_of(root, url)
    speaks = _speaks(root, site)
    edits = [_mirror_edit(root), *(edit for _, edit in farmscripts.findings(root, site, speaks))]
    farms = list(_farms(root, site, speaks))
    order = (
        _ordinals(root)
        if farms or any(True for _ in farmscripts.comments(root, site, speaks))
        else {}
    )
    for farm in farms:
        at = order.get(farm.links[0].element, 0)
        old = uproot(farm)
        edits.append(Edit(STEP, at, old, "", farm.rule, farm.evidence, farm.confidence, "page"))
    edits += _hidden_comments(root, site, speaks, order)
    edits += _title(root, speaks)
    return tuple(edit for edit in edits if edit)


def _farms(root: Element, site: Site, speaks: frozenset[str]) -> Iterator[Farm]:
    if foreign_count(root, site) < 1 and not _has_marker(root):
        return
    for run in runs(root, site, hidden.hiding(root)):
        yield from judge(run, speaks)


def _has_marker(root: Element) -> bool:
    body = root.find("body")
    return body is not None and farmtext.has_marker("".join(body.itertext()))


def _speaks(root: Element, site: Site) -> frozenset[str]:
    """The trades whose words stand in links, title or scripts and whose matter the page speaks of."""
    offered = "\n".join(_offered(root, site))
    trades = {trade for _, _, trade in lexicon.listed(offered)}
    if not trades:
        return frozenset()
    texts = root.xpath("//body//text()[not(parent::a or parent::script or parent::style)]")
    prose = farmtext.sentences("\n".join(texts))
    heads = " ".join("".join(h.itertext()) for h in root.iter("h1", "h2"))
    return frozenset(trade for trade in trades if lexicon.speaks_of(prose + heads, trade))


def _offered(root: Element, site: Site) -> Iterator[str]:
    for anchor in root.iter("a"):
        if kind_of(host_of(address(anchor)), site) in {"foreign", "service"}:
            yield "".join(anchor.itertext())
    for element in root.iter("title", "script", etree.Comment):
        if (
            element.tag == "title"
            or "<a" in (element.text or "")
            or "title" in (element.text or "")
        ):
            yield element.text or ""


def _ordinals(root: Element) -> dict[Element, int]:
    return {element: number for number, element in enumerate(root.iter())}


def _mirror_edit(root: Element) -> Edit | None:
    evidence = fingerprints.mirror(root)
    return Edit(STEP, 0, "", "", "mirror", evidence, 0.95, "page", "flagged") if evidence else None


def _hidden_comments(
    root: Element, site: Site, speaks: frozenset[str], order: dict[Element, int]
) -> Iterator[Edit]:
    for comment, evidence in list(farmscripts.comments(root, site, speaks)):
        old = comment.text or ""
        comment.drop_tree()
        yield Edit(STEP, order.get(comment, 0), old, "", "R5-comment", evidence, 0.95, "page")


def _title(root: Element, speaks: frozenset[str]) -> Iterator[Edit]:
    found = farmscripts.spam_title(root, speaks)
    if found:
        title, new, evidence = found
        old, title.text = title.text, new
        yield Edit(STEP, _ordinals(root)[title], old, new, "spam-title", evidence, 0.9, "page")


def is_hidden(element: Element) -> bool:
    """True when the element or one around it is hidden by tag, attribute or inline style."""
    return hidden.Hiding().how(element) is not None


def suspicious_links(root: Element, url: str | None) -> frozenset[str]:
    """The addresses a crawler must not follow: links of farms and hidden links that leave the site."""
    site = site_of(root, url)
    if foreign_count(root, site) < 1:
        return frozenset()
    speaks = _speaks(root, site)
    found: set[str] = set()
    for run in runs(root, site, hidden.hiding(root)):
        found.update(link.href for link in run.links if link.hidden and link.kind == "foreign")
        for farm in judge(run, speaks):
            found.update(link.href for link in farm.links if link.kind in {"foreign", "service"})
    return frozenset(found)


def verdict(edits: Sequence[Edit], text: str, flags: Sequence[str] = ()) -> Verdict:
    """What the page is, by what was taken out of it and found in it.

    Words that cannot be taken out without a hole, or nothing left but spam: spam_page. The
    marks of mirror machinery in the source: mirror. Anything injected: infected. A page that
    only answers differently to different visitors needs two captures: see `views_differ`.
    """
    rules = {edit.rule for edit in edits}
    if rules & QUARANTINE or (
        _own(edits, applied=True) and not farmtext.sentences(text) and len(text) < 30
    ):
        return "spam_page"
    if "mirror" in rules:
        return "mirror"
    if "cloaked-view" in rules or "cloaked" in flags:
        return "cloaked"
    sure = any(edit.confidence >= SURE for edit in _own(edits, applied=False))
    tokens = any(edit.rule == "inserted-token" for edit in edits)
    return "infected" if _own(edits, applied=True) or sure or tokens else "clean"


def _own(edits: Sequence[Edit], *, applied: bool) -> list[Edit]:
    ours = {STEP, strip_link_farms.__name__}
    action = "applied" if applied else "flagged"
    return [edit for edit in edits if edit.step in ours and edit.action == action]


__all__ = ["Link", "is_hidden", "prune", "strip_link_farms", "suspicious_links", "verdict"]


def _replace_at(edit: Edit, at: int) -> Edit:
    return replace(edit, at=at)
