"""Links that a crawler must not follow, and what a page itself speaks of.

A crawl asks this of every page, so nothing of what takes farms out of a page is loaded for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lxml import etree

from archive.farms import farmitems, lexicon
from archive.farms.farmpage import judge
from archive.farms.linkruns import outside, runs, site_of
from archive.page import pagetext
from archive.page.dom import Element
from archive.page.nodes import Nodes, read

LONGEST_SCRIPT = 20_000  # characters of a script or comment read for the trades it offers


def suspicious_links(root: Element, url: str | None) -> frozenset[str]:
    """The addresses a crawler must not follow: links of farms and hidden links that leave the site."""
    nodes, site = read(root), site_of(root, url)
    leaving = outside(nodes, site)
    if not leaving:
        return frozenset()
    speaks = spoken_trades(nodes, pagetext.prose(nodes), leaving)
    found: set[str] = set()
    for run in runs(nodes, site):
        found.update(link.href for link in run.links if link.hidden and link.kind == "foreign")
        for farm in judge(run, speaks):
            found.update(link.href for link in farm.links if link.kind in {"foreign", "service"})
    return frozenset(found)


def spoken_trades(
    nodes: Nodes, prose: str, leaving: Sequence[Element], words: Iterable[str] = ()
) -> frozenset[str]:
    """The trades offered by links, title or scripts that the page itself speaks of."""
    offered = "\n".join((*_offered(nodes, leaving), *words))
    trades = {trade for _, _, trade in lexicon.listed(offered)}
    if not trades:
        return frozenset()
    heads = " ".join("".join(h.itertext()) for h in nodes.root.iter("h1", "h2"))
    said = farmitems.sentences(prose) + heads
    return frozenset(trade for trade in trades if lexicon.speaks_of(said, trade))


def _offered(nodes: Nodes, leaving: Sequence[Element]) -> Iterator[str]:
    yield from ("".join(anchor.itertext()) for anchor in leaving)
    for at in nodes.named("title", "script", etree.Comment):
        text = nodes.texts[at] or nodes.elements[at].text or ""  # a comment's is in no column
        if nodes.tags[at] == "title" or "<a" in text or "document.title" in text:
            yield text[:LONGEST_SCRIPT]
