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

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Literal

from archive.farms import (
    farmbars,
    farmitems,
    farmprose,
    farmscripts,
    farmtext,
    fingerprints,
    hidden,
    lexicon,
)
from archive.farms.farmgate import may_hold_farm
from archive.farms.farmlinks import spoken_trades
from archive.farms.farmpage import Farm, judge
from archive.farms.linkruns import Site, outside, runs, site_of
from archive.farms.uproot import uproot
from archive.model import About, Change, Edit
from archive.page import pagetext
from archive.page.dom import Element, drop
from archive.page.nodes import Nodes, read

Verdict = Literal["clean", "infected", "mirror", "spam_page", "cloaked"]

RULES = (
    farmtext.marked_runs,
    farmtext.place_lists,
    farmbars.matrices,
    *farmprose.FIRST,
    farmbars.keyword_bars,
    *farmprose.LAST,
)
STEP = "prune_link_farms"
ROUNDS = 4
# Findings that call a whole page spam, where taking words out would leave a hole.
QUARANTINE = frozenset(("brand-subject", "noise-page", "reflected-search", "foreign-shop"))
SURE = 0.85  # confidence from which a finding that changed nothing still makes a page infected


def strip_link_farms(text: str, about: About) -> Iterable[Change]:
    """The removal of injected blocks that stand in the text itself.

    The rules run again on what is left, so that cleaning twice changes nothing. Text taken from
    a page is not judged by the places alone: `prune` has seen whether they were links.
    """
    left, marks = text, list[int]()
    done: list[Change] = []
    for _ in range(ROUNDS):
        found = _round(left, about)
        if found and not marks:
            marks = list(range(len(text) + 1))
        done += (_mapped(change, marks) for change in found)
        applied = [change for change in found if change.applied]
        if not applied:
            break
        left, marks = _without(left, marks, applied)
    return _merged(done)


def _without(text: str, marks: Sequence[int], cuts: Sequence[Change]) -> tuple[str, list[int]]:
    """The text without the cut spans, and for each place of it the place in the first text."""
    pieces: list[str] = []
    kept: list[int] = []
    read = 0
    for cut in (*cuts, None):
        end = cut.start if cut else len(text)
        pieces.append(text[read:end])
        kept += marks[read:end]
        read = cut.end if cut else end
    return "".join(pieces), [*kept, marks[-1]]


def _round(text: str, about: About) -> list[Change]:
    rules = (rule for rule in RULES if rule is not farmtext.place_lists or about.kind != "html")
    found = chain.from_iterable(rule(text, about.title or "") for rule in rules)
    taken: list[Change] = []  # in order of their place, none over another
    for change in found:
        at = bisect_left(taken, change.start, key=lambda c: c.start)
        clear = at == 0 or taken[at - 1].end <= change.start
        if clear and (at == len(taken) or change.end <= taken[at].start):
            taken.insert(at, change)
    return taken


def _mapped(change: Change, marks: Sequence[int]) -> Change:
    return replace(
        change,
        start=marks[change.start],
        end=marks[change.end - 1] + 1 if change.end > change.start else marks[change.end],
    )


def _merged(changes: Sequence[Change]) -> list[Change]:
    """One change for each stretch: a later one that reaches over an earlier one takes it in."""
    applied: list[Change] = []
    for change in sorted((c for c in changes if c.applied), key=lambda c: (c.start, -c.end)):
        if applied and change.start < applied[-1].end:
            end = max(applied[-1].end, change.end)
            applied[-1] = replace(applied[-1], end=end)
        else:
            applied.append(change)
    flagged: dict[tuple[int, int, str], Change] = {
        (c.start, c.end, c.rule): c for c in changes if not c.applied
    }
    return [*applied, *flagged.values()]


def prune(nodes: Nodes, url: str | None) -> tuple[Edit, ...]:
    """Take the injected blocks out of the tree, in place; what was taken and what was found.

    Text that belongs to the page stays, also where it follows a removed node. An edit with
    action "flagged" is a finding: nothing was changed. After any other `nodes` are outdated.
    """
    root = nodes.root
    site = site_of(root, url)
    leaving = outside(nodes, site)
    words = hidden.wordy(nodes)
    prose = pagetext.prose(nodes)
    speaks = spoken_trades(nodes, prose, leaving, (text for _, text in words))
    edits = [_mirror_edit(nodes), *farmscripts.findings(nodes, site, speaks)]
    edits += _loose_places(root, prose)
    edits += _mirror_bars(root) if edits[0] else []
    if any(edit.action == "applied" for edit in edits if edit):
        nodes = read(root)
    farms = _farms(nodes, site, leaving, speaks)
    comments = list(farmscripts.comments(nodes, site, speaks))
    order = _ordinals(root) if farms or comments else {}
    for farm in farms:
        at = order.get(farm.links[0].element, 0)
        old = uproot(farm)
        edits.append(Edit(STEP, at, old, "", farm.rule, farm.evidence, farm.confidence, "page"))
    for comment, evidence in comments:
        old = comment.text or ""
        drop(comment)
        edits.append(Edit(STEP, order[comment], old, "", "R5-comment", evidence, 0.95, "page"))
    edits += _hidden_words(root, words, speaks)
    edits += _title(_titles(nodes, root, edits), root, speaks)
    return tuple(edit for edit in edits if edit)


def _loose_places(root: Element, prose: str) -> list[Edit]:
    """Cut lists of places that are no links, by the rule for text."""
    if not farmtext.holds_many_places(prose):
        return []
    return _cut_text(root, farmtext.place_lists)


def _mirror_bars(root: Element) -> list[Edit]:
    """Cut keyword bars from a page that a mirror machine made (families N, X and T)."""
    return _cut_text(root, partial(farmbars.keyword_bars, machine=True))


def _cut_text(root: Element, rule: Callable[[str, str], Iterable[Change]]) -> list[Edit]:
    """Apply a rule for text to the text of the page as it stands in the tree."""
    pieces = pagetext.pieces(root)
    text = pagetext.joined(pieces)
    heading = " ".join("".join(h.itertext()) for h in root.iter("title", "h1"))
    edits = []
    for change in [change for change in rule(text, heading) if change.applied]:
        pagetext.cut(pieces, change.start, change.end)
        old = text[change.start : change.end]
        edits.append(
            Edit(STEP, 0, old, "", change.rule, change.evidence, change.confidence, "page")
        )
    return edits


def _farms(
    nodes: Nodes, site: Site, leaving: Sequence[Element], speaks: frozenset[str]
) -> list[Farm]:
    if not may_hold_farm(nodes, leaving):
        return []
    return [farm for run in runs(nodes, site) for farm in judge(run, speaks)]


def _hidden_words(
    root: Element, words: Sequence[tuple[Element, str]], speaks: frozenset[str]
) -> Iterator[Edit]:
    """Hidden elements that hold little but names of a trade, with or without links: H and X."""
    order: dict[Element, int] = {}
    for element, text in words:
        if lexicon.trade(text) is None:
            continue
        segments = [s for s in farmbars.segments(text) if lexicon.trade(s) not in speaks]
        named = [s for s in segments if lexicon.trade(s)]
        inside = element.getroottree().getroot() is root and element.getparent() is not None
        if not inside or not named or len(named) < 0.5 * len(segments) or farmitems.sentences(text):
            continue
        order = order or _ordinals(root)
        at, how = order[element], hidden.own(element)
        drop(element)
        evidence = f"H {how}; X {len(named)} of {len(segments)} segments listed"
        yield Edit(STEP, at, text, "", "R5-words", evidence, 0.95, "page")


def _ordinals(root: Element) -> dict[Element, int]:
    return {element: number for number, element in enumerate(root.iter())}


def _mirror_edit(nodes: Nodes) -> Edit | None:
    evidence = fingerprints.mirror(nodes) or fingerprints.glossed_brand(nodes)
    return Edit(STEP, 0, "", "", "mirror", evidence, 0.95, "page", "flagged") if evidence else None


def _titles(nodes: Nodes, root: Element, edits: Sequence[Edit | None]) -> Iterable[Element]:
    """The title elements, from the columns where they still hold."""
    if any(edit.action == "applied" for edit in edits if edit):
        return list(root.iter("title"))
    return [nodes.elements[at] for at in nodes.named("title")]


def _title(titles: Iterable[Element], root: Element, speaks: frozenset[str]) -> Iterator[Edit]:
    found = farmscripts.spam_title(titles, root, speaks)
    if found:
        title, new, evidence = found
        old, title.text = title.text, new
        yield Edit(STEP, _ordinals(root)[title], old, new, "spam-title", evidence, 0.9, "page")


def is_hidden(element: Element) -> bool:
    """True when the element or one around it is hidden by tag, attribute or inline style."""
    return hidden.Hiding().how(element) is not None


def verdict(edits: Sequence[Edit], text: str) -> Verdict:
    """What the page is, by what was taken out of it and found in it.

    Words that cannot be taken out without a hole, or nothing left but spam: spam_page. The
    marks of mirror machinery in the source: mirror. Anything injected: infected. Whether a page is
    cloaked only the link to it can show: archive/cloaking.py.
    """
    rules = {edit.rule for edit in edits}
    if rules & QUARANTINE or (
        _own(edits, applied=True) and not farmitems.sentences(text) and len(text) < 30
    ):
        return "spam_page"
    if "mirror" in rules:
        return "mirror"
    sure = any(edit.confidence >= SURE for edit in _own(edits, applied=False))
    tokens = any(edit.rule == "inserted-token" for edit in edits)
    return "infected" if _own(edits, applied=True) or sure or tokens else "clean"


def _own(edits: Sequence[Edit], *, applied: bool) -> list[Edit]:
    ours = {STEP, strip_link_farms.__name__}
    action = "applied" if applied else "flagged"
    return [edit for edit in edits if edit.step in ours and edit.action == action]
