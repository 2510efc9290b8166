"""Family L: the links of a page as runs, and where they lead.

A run is a sequence of links with nothing but separators between them, all shown or all hidden.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from lxml import etree

from archive.domains import registered
from archive.farms import farmwords, hidden
from archive.farms.farmitems import ends_in_marker, is_footer
from archive.farms.hidden import Hiding
from archive.page.dom import END_MARK, Element
from archive.page.nodes import Nodes

_SEPARATORS = re.compile(r"[\s|｜¦丨、,，;；/·•\-—_:：【】\[\]()（）>»«<.…*+=~\u200b\ufeff]*")
_LONG_CLAUSE = re.compile("[\u4e00-\u9fff，、]{16}")
_OUTSIDE = frozenset(("foreign", "service"))
_SKIPPED = frozenset(
    ("script", "style", "select", "textarea", "title", "head", "template", "option")
)
_ABSOLUTE = re.compile(r"\s*(?:https?:)?//(?:[^/?#@\s]*@)?([^/?#:@\s\\]+)", re.IGNORECASE)
_MIXED = re.compile(r"[a-z]\d+[a-z]|\d[a-z]+\d")
_CONSONANTS = re.compile(r"[^aeiouy\d\-]{5,}|^[^aeiou\d\-]{4,}$")


class Link(NamedTuple):
    """An anchor with an absolute address of another site, or any other anchor."""

    element: Element
    text: str
    href: str
    host: str  # "" for links inside the site
    domain: str  # registered domain, "" for links inside the site
    kind: str  # own, trusted, service, foreign
    hidden: str | None


@dataclass(slots=True)
class Run:
    """Consecutive links, with the text in front of the first and what was seen before it."""

    links: list[Link] = field(default_factory=list)
    lead: str = ""  # text between the last link or block of text and the run
    lead_nodes: list[tuple[Element, bool]] = field(default_factory=list)  # owner, is tail
    after_footer: bool = False
    after_end: bool = False  # behind the first </html>
    before_content: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """The site a page belongs to, for telling its own links from others."""

    host: str
    domain: str


def site_of(root: Element, url: str | None) -> Site:
    """The page's own host and registered domain, from its address or from what it says."""
    host = host_of(url or "")
    if not host:
        for element, attribute in _self_names(root):
            host = host or host_of(element.get(attribute) or "")
    return Site(host, registered(host) if host else _guessed(root))


def _self_names(root: Element) -> Iterator[tuple[Element, str]]:
    for element in root.iter("link", "meta", "base"):
        if element.tag == "base" or (element.get("rel") or "").lower() == "canonical":
            yield element, "href"
        elif (element.get("property") or element.get("name") or "").lower() in {"og:url", "url"}:
            yield element, "content"


def _guessed(root: Element) -> str:
    """The domain most linked to among those the page takes scripts, pictures and styles from.

    For a saved page without an address. A farm gives the page no pictures, so it is never taken
    for the site; the cost: a page that takes nothing from its own domain calls it foreign.
    """
    used = {
        registered(host_of(element.get("src") or element.get("href") or ""))
        for element in root.iter("script", "img", "link")
    }
    linked = Counter(registered(host_of(address(anchor))) for anchor in root.iter("a"))
    both = [(times, domain) for domain, times in linked.items() if domain and domain in used]
    return max(both)[1] if both else ""


@lru_cache(maxsize=8192)
def host_of(href: str) -> str:
    """The host of an absolute http address, lower case; "" for anything else."""
    match = _ABSOLUTE.match(href) if "//" in href else None
    return match[1].lower().rstrip(".") if match else ""


def kind_of(host: str, site: Site) -> str:
    """own, trusted, service or foreign."""
    if not host or host == site.host or (site.domain and registered(host) == site.domain):
        return "own"
    if host.endswith(_trusted()):
        return "trusted"
    return "service" if registered(host) in _services() else "foreign"


@cache
def _trusted() -> tuple[str, ...]:
    trusted = farmwords.words()["trusted"]
    return (*("." + suffix for suffix in trusted["suffixes"]), *trusted["hosts"])


@cache
def _services() -> frozenset[str]:
    return frozenset(farmwords.words()["services"]["domains"])


def address(anchor: Element | Mapping[str, str]) -> str:
    """The address of an anchor, also where injected code misspells the attribute."""
    return anchor.get("href") or anchor.get("herf") or ""


def outside(nodes: Nodes, site: Site) -> list[Element]:
    """The anchors that lead to foreign or service hosts."""
    found = []
    for at in nodes.named("a"):
        href = address(nodes.attributes[at])
        host = host_of(href) if "//" in href else ""
        if host and kind_of(host, site) in _OUTSIDE:
            found.append(nodes.elements[at])
    return found


def looks_random(host: str) -> bool:
    """True for a host name no person would choose: digits inside, no vowels.

    Chinese sites abbreviate by initials (hnxxw), so this is a share over a run, never a verdict.
    """
    label = registered(host).split(".")[0].lower()
    return bool(len(label) >= 4 and (_MIXED.search(label) or _CONSONANTS.search(label)))


def runs(nodes: Nodes, site: Site) -> Iterator[Run]:
    """The runs of links that hold one to another site or follow a marker phrase, in document order."""
    hiding: Hiding | None = None
    known: dict[Element, str | None] = {}
    walk = _Walk(nodes)
    for anchors in walk.over():
        is_own = all(kind_of(host_of(anchor.href), site) == "own" for anchor in anchors)
        if is_own and not ends_in_marker(anchors[0].lead):
            continue
        hiding = hiding or hidden.hiding(nodes.root)
        run: Run | None = None
        for anchor in anchors:
            element = nodes.elements[anchor.at]
            link = _link(element, anchor, walk.text(anchor.at), site, hiding.how(element, known))
            if run is None or bool(run.links[-1].hidden) != bool(link.hidden):
                if run is not None:
                    yield run
                run = Run([], anchor.lead, walk.owners(anchor), *anchor.behind)
            run.links.append(link)
        if run is not None:
            yield run


def _link(element: Element, anchor: _Anchor, text: str, site: Site, how: str | None) -> Link:
    host = host_of(anchor.href)
    return Link(element, text, anchor.href, host, registered(host), kind_of(host, site), how)


class _Anchor(NamedTuple):
    """A link as the walk meets it; most are the site's own and never looked at again."""

    at: int
    href: str
    lead: str  # the text between the link before and this one
    gap: list[tuple[str, int]]  # its pieces, and the steps they stand at
    behind: tuple[bool, bool, bool]  # the footer, the first </html>, no content yet


class _Walk:
    """One pass over the tree, gathering anchors with nothing but separators between them."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.found: list[list[_Anchor]] = []
        self.gap: list[tuple[str, int]] = []
        self.footer = self.end = self.content = False

    def over(self) -> list[list[_Anchor]]:
        nodes = self.nodes
        place, last = 0, len(nodes.steps)
        while place < last:
            at = nodes.steps[place]
            place += 1
            if at >= 0:
                tag, text = nodes.tags[at], nodes.texts[at]
                if tag == "a":
                    self._link(at)
                if tag == "a" or tag in _SKIPPED:
                    place = nodes.closes[at]
                    continue
                if tag is etree.Comment and nodes.elements[at].text == END_MARK:
                    self.end = True
            else:
                text = nodes.tails[~at]
            if text:
                self.gap.append((text, at))
                if len(text) >= 6 and not text.isspace():
                    self.footer = self.footer or is_footer(text)
                    self.content = self.content or (
                        "。" in text and bool(_LONG_CLAUSE.search(text))
                    )
        return self.found

    def _link(self, at: int) -> None:
        href = address(self.nodes.attributes[at])
        if not href and not self.text(at):
            return
        if not self.footer:
            text = self.text(at)
            self.footer = len(text) >= 5 and is_footer(text)
        lead = "".join([text for text, _ in self.gap])
        behind = (self.footer, self.end, not self.content)
        if not self.found or not _SEPARATORS.fullmatch(lead):
            self.found.append([])
        self.found[-1].append(_Anchor(at, href, lead, self.gap, behind))
        self.gap = []

    def text(self, at: int) -> str:
        """The text of a link, its blanks folded."""
        if self.nodes.ends[at] == at + 1:
            return " ".join((self.nodes.texts[at] or "").split())
        return " ".join("".join(self.nodes.elements[at].itertext()).split())

    def owners(self, anchor: _Anchor) -> list[tuple[Element, bool]]:
        """The nodes that hold the text before a link, and whether it is their tail."""
        elements = self.nodes.elements
        return [(elements[~at if at < 0 else at], at < 0) for _, at in anchor.gap]


def trimmed(links: Sequence[Link]) -> list[Link]:
    """The links from the first that leaves the site to the last, trusted ones at the ends left out."""
    out = [number for number, link in enumerate(links) if link.kind in _OUTSIDE]
    return list(links[out[0] : out[-1] + 1]) if out else []
