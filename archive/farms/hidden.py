"""What a page hides from people: inline style, style sheet, script, tags nobody sees.

Static only: a rule of an outside style sheet is not seen. Hidden is a clue, never a verdict:
tabs, menus, city pickers and skip links are hidden too, and hold no foreign links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from archive.page.dom import Element
from archive.page.nodes import Nodes

_FAR = r"-\d{3,}(?:\.\d+)?\s*(?:px|em|pt|%)?"
_STYLE: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (name, word, re.compile(pattern, re.IGNORECASE))
    for name, word, pattern in (  # the word is in every text the pattern finds
        ("display:none", "display", r"display\s*:\s*none"),
        ("visibility:hidden", "visibility", r"visibility\s*:\s*(?:hidden|collapse)"),
        ("opacity:0", "opacity", r"opacity\s*:\s*0?(?:\.0+)?(?![.\d])\s*(?:[;!]|$)"),
        (
            "font-size",
            "font-size",
            r"font-size\s*:\s*(?:0(?:\.\d+)?|1(?:px|pt))\s*(?:px|pt|em|rem|%)?\s*(?:[;!}]|$)",
        ),
        (
            "line-height",
            "line-height",
            r"line-height\s*:\s*[01](?:px|pt)?\s*(?:[;!}]|$)(?=.*overflow|.*font-size|.*color)",
        ),
        ("text-indent", "text-indent", rf"text-indent\s*:\s*{_FAR}"),
        (
            "off-screen",
            "-",
            rf"(?:^|[;{{\s])(?:left|top|right|bottom|margin-left|margin-top)\s*:\s*{_FAR}",
        ),
        ("clip", "clip", r"clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%"),
        (
            "no size",
            "overflow",
            r"(?:^|[;{\s])(?:max-)?(?:width|height)\s*:\s*[01](?:px|pt)?\s*(?:[;!}]|$).*overflow\s*:\s*hidden",
        ),
        (
            "no size",
            "overflow",
            r"overflow\s*:\s*hidden.*[;{\s](?:max-)?(?:width|height)\s*:\s*[01](?:px|pt)?\s*(?:[;!}]|$)",
        ),
        ("behind", "z-index", r"z-index\s*:\s*-\d"),
        ("scaled away", "transform", r"transform\s*:\s*scale\(\s*0\s*\)"),
    )
)
_COLOUR = re.compile(r"(?:^|[;{\s])color\s*:\s*([#\w(),.]+)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s*:\s*([#\w(),.]+)", re.IGNORECASE)
_NAME = re.compile(r"^\s*(?:[a-z]+\d?)?([.#])([\w-]+)\s*$", re.IGNORECASE)
_BY_ID = re.compile(
    r"""getElementById\(\s*['"]([\w-]+)['"]\s*\)\s*\.\s*style\s*\.\s*"""
    r"""(?:display\s*=\s*['"]none|visibility\s*=\s*['"]hidden|(?:left|top|textIndent)\s*=\s*['"]-\d{3})"""
)
_BY_QUERY = re.compile(
    r"""\$\(\s*['"]#([\w-]+)['"]\s*\)\s*\.\s*(?:hide\(\s*\)|css\(\s*['"]display['"]\s*,\s*['"]none)"""
)
_JOIN = re.compile(r"""(['"])\s*\+\s*\1""")
_WRITTEN = re.compile(r"document\s*\.\s*write(?:ln)?\s*\((.{0,2000}?)\)\s*(?:;|$|<)", re.DOTALL)
_OPENED = re.compile(
    r"<(div|span|p|ul|table|font|marquee|center|dl|section)\b([^>]*)>", re.IGNORECASE
)
LONGEST_STYLE = 2000
MOST_STYLED, MOST_HIDDEN = 20_000, 400  # elements looked at: a bound for hostile pages
LONGEST_BAR = 6000  # characters; longer hidden blocks are tabs with articles
_NO_WORDS = frozenset(("script", "style", "input"))
_TINY = 5  # pixels: a marquee of 5 shows nothing; HLSpider lists width=5, height=1


@dataclass(frozen=True, slots=True)
class Hiding:
    """What one page's style sheets and scripts hide."""

    names: Mapping[str, str] = field(default_factory=dict)  # ".class" or "#id" -> how
    wrapped: Mapping[Element, str] = field(default_factory=dict)  # between two document.write

    def how(self, element: Element, known: dict[Element, str | None] | None = None) -> str | None:
        """How the element or one around it is hidden; None when it shows.

        `known` keeps what was found for elements on the way up, for many calls on one tree.
        """
        path: list[Element] = []
        reason: str | None = None
        while element is not None and reason is None:
            if known is not None and element in known:
                reason = known[element]
                break
            path.append(element)
            reason = self.wrapped.get(element) or own(element) or self._named(element)
            element = element.getparent()
        if known is not None:
            known.update(dict.fromkeys(path, reason))
        return reason

    def _named(self, element: Element) -> str | None:
        if not self.names:
            return None
        name = element.get("id")
        if name is not None and (found := self.names.get("#" + name)):
            return found
        for word in (element.get("class") or "").split():
            if found := self.names.get("." + word):
                return found
        return None


def own(element: Element) -> str | None:
    """How the element itself is hidden by its tag, attributes or inline style."""
    return _own(element.tag, element.attrib) if isinstance(element.tag, str) else None


def _own(tag: str, attributes: Mapping[str, str]) -> str | None:
    if tag == "noscript":
        return "noscript"
    if tag == "marquee" and _tiny_marquee(attributes):
        return "marquee"
    if "hidden" in attributes:
        return "hidden attribute"
    style = attributes.get("style")
    return by_style(style[:LONGEST_STYLE]) if style else None


def wordy(nodes: Nodes) -> list[tuple[Element, str]]:
    """The elements of the body that are hidden by themselves and hold text, outermost first."""
    found: list[tuple[Element, str]] = []
    inside: set[int] = set()
    for at in islice(_styled(nodes), MOST_STYLED):
        if nodes.parents[at] in inside or len(found) >= MOST_HIDDEN:
            inside.add(at)
        elif _own(nodes.tags[at], nodes.attributes[at]) and nodes.tags[at] not in _NO_WORDS:
            inside.add(at)
            text = "".join(nodes.elements[at].itertext())
            if 4 <= len(text.strip()) <= LONGEST_BAR:
                found.append((nodes.elements[at], text))
    return found


def _styled(nodes: Nodes) -> Iterator[int]:
    """The elements of the body that may hide themselves."""
    for body in nodes.named("body")[:1]:
        for at in sorted({*nodes.styled, *nodes.named("noscript", "marquee")}):
            if body < at < nodes.ends[body]:
                yield at


@lru_cache(maxsize=4096)
def by_style(style: str) -> str | None:
    """How a declaration block hides; None when it does not.

    >>> by_style("position:absolute;left:-9999px"), by_style("text-indent:2em"), by_style("font-size:1px")
    ('off-screen', None, 'font-size')
    """
    lower = style.lower()
    for name, word, pattern in _STYLE:
        if word in lower and pattern.search(style):
            return name
    if "background" not in lower:
        return None
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    if colour and ground and _hex(colour[1]) == _hex(ground[1]):
        return "same colour"
    return None


def _hex(colour: str) -> str:
    plain = {"white": "#ffffff", "black": "#000000"}.get(colour.lower(), colour.lower())
    return "#" + "".join(c * 2 for c in plain[1:]) if re.fullmatch("#[0-9a-f]{3}", plain) else plain


def _tiny_marquee(attributes: Mapping[str, str]) -> bool:
    sizes = (attributes.get("height"), attributes.get("width"))
    return any(
        size
        and re.fullmatch(r"\s*\d{1,3}(?:px)?\s*", size)
        and int(re.sub(r"\D", "", size)) <= _TINY
        for size in sizes
    )


def hiding(root: Element) -> Hiding:
    """What the style sheets and scripts of the page hide."""
    names: dict[str, str] = {}
    for sheet in root.iter("style"):
        names.update(_of_sheet(sheet.text or ""))
    wrapped: dict[Element, str] = {}
    for script in root.iter("script"):
        code = script.text or ""
        if "none" in code or "hide" in code or "-9" in code:
            for match in (*_BY_ID.finditer(code), *_BY_QUERY.finditer(code)):
                names[f"#{match[1]}"] = "script"
        if "write" in code and opens_hidden(code):
            wrapped.update((sibling, "document.write") for sibling in _until_closed(script))
    return Hiding(names, wrapped)


def _of_sheet(sheet: str) -> Iterable[tuple[str, str]]:
    for block in sheet.split("}"):
        selectors, _, declarations = block.rpartition("{")
        reason = by_style(declarations[:LONGEST_STYLE]) if selectors else None
        for selector in selectors.rpartition("{")[2].split(",") if reason else ():
            name = _NAME.match(selector)
            if name and reason:
                yield name[1] + name[2], reason


def joined(code: str) -> str:
    """Script source with split strings put together: '<di' + 'v>' becomes '<div>'."""
    return _JOIN.sub("", code) if "+" in code else code


def opens_hidden(code: str) -> bool:
    """True when a script writes a hidden opening tag and does not close it itself."""
    for match in _WRITTEN.finditer(joined(code)):
        opened = _OPENED.search(match[1])
        if opened and f"</{opened[1].lower()}" not in match[1].lower():
            style = opened[2].replace("\\", "")
            if by_style(style.replace("'", '"')) or "marquee" in opened[1].lower():
                return True
    return False


def _until_closed(script: Element) -> Iterable[Element]:
    for sibling in script.itersiblings():
        if sibling.tag == "script" and re.search(r"<\s*\\?/", joined(sibling.text or "")):
            return
        yield sibling
