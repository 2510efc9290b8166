"""Whether a page can hold a link farm at all: what the rules of archive/farms/farmpage.py ask of any run.

A walk over the links, with where each leads and how it is hidden, is a twentieth of the time of a
page. Every question here is about the page as a whole and weaker than that of the rule it stands for, so a
page that is let go holds no farm (tests/test_cheap_questions.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.chinese import gazetteer
from archive.domains import registered
from archive.farms import lexicon
from archive.farms.farmbars import is_official
from archive.farms.farmitems import MARKING
from archive.farms.linkruns import address, host_of, looks_random
from archive.page.dom import Element
from archive.page.nodes import Nodes

FEW = 5  # links that leave: the least a rule without a listed word asks for
_PLACES = 4  # of the 8 links of R2, 0.8 are places and 0.6 leave: 0.4 are and do both
_ENDINGS = 4  # of the 6 links of R7, 0.8 have an ending and 0.7 leave for hosts of their own
_DOMAINS = 8  # R5 without a listed word
_RANDOM = 2  # half of the 4 hosts of R5; R15 and R16 ask for 4


def may_hold_farm(nodes: Nodes, leaving: Sequence[Element]) -> bool:
    """False where no rule can hold. `leaving` are the links that lead out of the site."""
    if _holds_marker(nodes):
        return True
    if len(leaving) < FEW:
        return any(lexicon.trade("".join(anchor.itertext())) for anchor in leaving)
    if lexicon.listed("\n".join(_texts(nodes))):
        return True
    hosts = {host_of(address(anchor.attrib)) for anchor in leaving}
    if len(set(map(registered, hosts))) >= _DOMAINS or sum(map(looks_random, hosts)) >= _RANDOM:
        return True
    return _names_places([_text(anchor) for anchor in leaving])


def _names_places(texts: Sequence[str]) -> bool:
    """Whether link texts are places (R2), or places with endings of which one repeats (R7)."""
    if sum(bool(gazetteer.codes(text)) for text in texts) >= _PLACES:
        return True
    split = filter(None, map(gazetteer.split_place, texts))
    endings = [ending for _, ending in split if len(ending) >= 3 and not is_official(ending)]
    return len(endings) >= _ENDINGS and len(set(endings)) < len(endings)


def _texts(nodes: Nodes) -> Iterator[str]:
    """The texts of all links."""
    for at in nodes.named("a"):
        bare = nodes.ends[at] == at + 1
        yield " ".join((nodes.texts[at] or "").split()) if bare else _text(nodes.elements[at])


def _text(anchor: Element) -> str:
    return " ".join("".join(anchor.itertext()).split())


def _holds_marker(nodes: Nodes) -> bool:
    """The cheap test: a word of each marker phrase stands in the body."""
    for body in nodes.named("body")[:1]:
        texts = "\n".join(filter(None, (*nodes.texts[body:], *nodes.tails[body:])))
        return any(map(texts.__contains__, MARKING))
    return False
