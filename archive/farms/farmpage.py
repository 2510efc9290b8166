"""Link farms in a page's tree: runs of links judged by evidence of two families.

A verdict on a run names the rule, the evidence and what goes; taking it out of the tree is
archive/linkfarm.py's part.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.chinese import gazetteer
from archive.farms import lexicon
from archive.farms.farmbars import is_official
from archive.farms.farmitems import ends_in_marker
from archive.farms.linkruns import Link, Run, looks_random, trimmed

# Least links and shares of the rules: spam.md 5.3. Random hosts: half of a run; 96 % of the farm
# hosts at hand look random against 21 % of the hosts in friend-link blocks (tests/eval/spam.py).
LEAST = {"R1": 5, "R2": 8, "R4": 3, "R5": 8, "R7": 6, "R15": 8, "R16": 9}
LONGEST_NAME = 16  # longer link texts are headlines
CRIMINAL = frozenset(("gambling", "porn", "papers"))
_MARKS = re.compile("[。！？，：《》“”]")
GAZETTEER, FOREIGN, LEXICAL, RANDOM = 0.8, 0.6, 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Farm:
    """Links to take out, and why."""

    links: tuple[Link, ...]
    rule: str
    evidence: str
    confidence: float
    run: Run
    whole: bool = True  # the run with its lead; otherwise single links of it


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run of links shows, counted."""

    n: int
    outside: float  # share that leaves the site for a host not trusted
    foreign: float  # the same without portals and services
    domains: int
    hosts: int
    random: float


def judge(run: Run, speaks: frozenset[str]) -> Iterator[Farm]:
    """The farms in one run: the whole of it by the first rule that holds, or single links."""
    links = trimmed(run.links)
    marked = _marked(run, links)
    if not links and not marked and not _hijacked(run, speaks):
        return
    whole = marked or (_whole(run, links, speaks) if links else None)
    if whole:
        yield whole
        return
    singles = [link for link in links if _is_spam_link(link, speaks)] + _hijacked(run, speaks)
    singles.sort(key=run.links.index)
    if singles:
        evidence = f"X {len(singles)} of {len(run.links)} link texts listed; L they leave the site"
        yield Farm(
            tuple(singles), "R6-links", evidence, 0.9, run, whole=len(singles) == len(run.links)
        )


def _marked(run: Run, links: list[Link]) -> Farm | None:
    """The links behind a marker phrase: most leave the site, or are named like places wherever they
    lead (a pool's own pages, or its own subdomains)."""
    if not ends_in_marker(run.lead):
        return None
    until = run.links.index(links[-1]) + 1 if links else 0
    if until < LEAST["R1"] or len(links) < FOREIGN * until:
        until = len(run.links)
        if until < LEAST["R1"] or gazetteer.share([x.text for x in run.links]) < GAZETTEER:
            return None
    evidence = f"M marker phrase; {until} links"
    return Farm(tuple(run.links[:until]), "R1-marker", evidence, 0.99, run)


def _whole(run: Run, links: list[Link], speaks: frozenset[str]) -> Farm | None:
    counts = count(links)
    letters = f"L {counts.n} links, {counts.domains} domains, {counts.hosts} hosts"
    for rule in (_places, _matrix, _lexical, _hidden, _misplaced, _grid):
        found = rule(run, links, counts, speaks)
        if found:
            name, evidence, confidence = found
            return Farm(tuple(links), name, f"{evidence}; {letters}", confidence, run)
    return None


def count(links: Sequence[Link]) -> Counts:
    """Shares and numbers over the links of a run."""
    out = [link for link in links if link.kind in {"foreign", "service"}]
    hosts = {link.host for link in out}
    return Counts(
        n=len(links),
        outside=len(out) / len(links),
        foreign=sum(link.kind == "foreign" for link in links) / len(links),
        domains=len({link.domain for link in out}),
        hosts=len(hosts),
        random=sum(looks_random(host) for host in hosts) / max(1, len(hosts)),
    )


Found = tuple[str, str, float] | None


def _places(run: Run, links: list[Link], counts: Counts, speaks: frozenset[str]) -> Found:
    names = [link.text for link in links]
    known = gazetteer.share(names)
    if counts.n < LEAST["R2"] or known < GAZETTEER or counts.outside < FOREIGN:
        return None
    many = max(5, counts.n // 2)
    if counts.foreign >= FOREIGN and (counts.domains >= many or counts.hosts >= many):
        return "R2-places", f"P {known:.0%} places", 0.98
    if counts.foreign < FOREIGN and not gazetteer.is_ordered(names) and counts.domains >= 3:
        return "R2-places", f"P {known:.0%} places in no order, on portals", 0.85
    return None


def _matrix(run: Run, links: list[Link], counts: Counts, speaks: frozenset[str]) -> Found:
    split = [gazetteer.split_place(link.text) for link in links]
    endings = [
        found[1]
        for found in split
        if found and len(found[1]) >= 3 and (lexicon.trade(found[1]) or not is_official(found[1]))
    ]
    if counts.n < LEAST["R7"] or len(endings) < GAZETTEER * counts.n or counts.foreign < FOREIGN:
        return None
    kinds = len(set(endings))
    if kinds > max(2, len(endings) // 3) or counts.hosts < 0.7 * counts.n:
        return None
    return "R7-matrix", f"P places x {kinds} endings", 0.96


def _lexical(run: Run, links: list[Link], counts: Counts, speaks: frozenset[str]) -> Found:
    texts = [link.text for link in links]
    kinds = Counter(filter(None, map(lexicon.trade, texts)))
    if (
        counts.n < LEAST["R4"]
        or counts.outside < 1
        or not kinds
        or kinds.most_common(1)[0][0] in speaks
    ):
        return None
    share = lexicon.share(texts)
    listed = sum(kinds.values()) / counts.n
    if share < LEXICAL or listed < 0.25:
        return None
    return "R4-lexical", f"X {share:.0%} spam words ({listed:.0%} listed)", 0.97


def _hidden(run: Run, links: list[Link], counts: Counts, speaks: frozenset[str]) -> Found:
    how = links[0].hidden
    if not how:
        return None
    listed = [link for link in links if lexicon.trade(link.text) not in {None, *speaks}]
    criminal = any(lexicon.trade(link.text) in CRIMINAL for link in listed)
    if (criminal or len(listed) >= 0.3 * counts.n) and counts.outside >= LEXICAL:
        return "R5-hidden", f"H {how}; X {len(listed)} listed", 0.98
    fronts = sum(urlsplit(link.href).path in {"", "/"} for link in links) / counts.n
    if counts.n < 2 or min(counts.foreign, fronts, counts.domains / counts.n) < LEXICAL:
        return None
    if counts.domains >= LEAST["R5"] or (counts.n >= 5 and counts.random >= RANDOM):
        return "R5-hidden", f"H {how}; front pages of {counts.domains} foreign sites", 0.88
    return None


def _misplaced(run: Run, links: list[Link], counts: Counts, speaks: frozenset[str]) -> Found:
    place = _place(run)
    many = counts.domains if place.startswith("before") else max(counts.domains, counts.hosts)
    spread = many >= GAZETTEER * counts.n
    if not place or counts.n < LEAST["R15"] or counts.foreign < 0.95 or not spread:
        return None
    return (
        ("R15-misplaced", f"A {place}; {counts.random:.0%} random hosts", 0.85)
        if counts.random >= RANDOM
        else None
    )


def _grid(run: Run, links: list[Link], counts: Counts, speaks: frozenset[str]) -> Found:
    if counts.n < LEAST["R16"] or counts.foreign < 0.95 or counts.hosts < GAZETTEER * counts.n:
        return None
    ends = Counter(link.text[-2:] for link in links)
    starts = Counter(link.text[:3] for link in links)
    grid = all(min(ends[link.text[-2:]], starts[link.text[:3]]) >= 2 for link in links)
    if not grid or counts.random < RANDOM or any(is_official(link.text) for link in links):
        return None
    return "R16-grid", f"R {len(starts)} names x {len(ends)} endings", 0.85


def _place(run: Run) -> str:
    if run.after_end:
        return "behind </html>"
    if run.after_footer:
        return "behind the footer"
    return "before the first content" if run.before_content else ""


def _hijacked(run: Run, speaks: frozenset[str]) -> list[Link]:
    """Links of one run to trusted hosts that are named like a betting site, three at least."""
    found = [
        link
        for link in run.links
        if link.kind == "trusted" and len(link.text) <= LONGEST_NAME
        if lexicon.trade(link.text) in CRIMINAL - speaks and not _MARKS.search(link.text)
    ]
    return found if len(found) >= LEAST["R4"] else []


def _is_spam_link(link: Link, speaks: frozenset[str]) -> bool:
    # Clinics and removal firms buy adverts in newspapers; betting and pornography do not.
    if link.kind not in {"foreign", "service"} or len(link.text) > LONGEST_NAME:
        return False
    trade = lexicon.trade(link.text)
    return trade in CRIMINAL and trade not in speaks and not _MARKS.search(link.text)
