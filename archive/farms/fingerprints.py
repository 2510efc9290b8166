"""Family N in the tree: what the machinery of mirror sites leaves in the source of its pages.

Seen on four of the seven real pages of the shared set and absent from the other three and from
every clean page (2026-11): a script `V_PATH`, blocks of class `pl_css_ganrao`, a script
`<guid>-head.js`, and empty elements of many kinds that all carry one five-character id.
"""

from __future__ import annotations

import re
from collections import defaultdict

from archive.farms import lexicon
from archive.page.nodes import Nodes

_PATH_SCRIPT = re.compile(r"\bV_PATH\s*=\s*[\"']/")
_HEAD_SCRIPT = re.compile(r"/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-head\.js$")
_RANDOM_ID = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]{5}$")
_NOISE = "pl_css_ganrao"
_GLOSS = re.compile("[\u4e00-\u9fff]\\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6} ?\\)")
GLOSSES = (
    20  # the seeds of mirrors hold 118 to 205, pages with a rare character in brackets one or two
)
_SAME_ID, _KINDS = (
    5,
    3,
)  # empty elements with one id, and kinds of them; pages repeat an id once or twice


def mirror(nodes: Nodes) -> str:
    """The fingerprints of mirror machinery, joined by "; ", or "" when there are none."""
    found = []
    for at in nodes.named("script"):
        code = nodes.texts[at] or ""
        if "V_PATH" in code and _PATH_SCRIPT.search(code):
            found.append("V_PATH script")
        elif _HEAD_SCRIPT.search(nodes.attributes[at].get("src", "")):
            found.append("guid head script")
    repeated, noise = _ids(nodes)
    if noise:
        found.append("pl_css_ganrao block")
    if repeated:
        found.append(f"random ids {repeated}")
    strong = [name for name in found if name != "guid head script"]
    return "N " + "; ".join(dict.fromkeys(found)) if strong else ""


def glossed_brand(nodes: Nodes) -> str:
    """Readings in brackets through the text (N) of a page whose title names a trade (X), or ""."""
    title = next((nodes.texts[at] or "" for at in nodes.named("title")), "")
    trade = lexicon.trade(title)
    if not trade:
        return ""
    glosses = len(_GLOSS.findall("".join(nodes.root.itertext())))
    return f"N {glosses} glosses; X the title names {trade}" if glosses >= GLOSSES else ""


def _ids(nodes: Nodes) -> tuple[str, bool]:
    kinds: dict[str, list[str]] = defaultdict(list)
    own = list(filter(None, nodes.attributes))
    if any(len(one["id"]) == 5 for one in own if "id" in one):
        for tag, one in zip(nodes.tags, nodes.attributes, strict=True):
            if len(name := one.get("id", "")) == 5 and _RANDOM_ID.match(name):
                kinds[name].append(str(tag))
    repeated = [
        n for n, tags in kinds.items() if len(tags) >= _SAME_ID and len(set(tags)) >= _KINDS
    ]
    noise = _NOISE in [one["class"] for one in own if "class" in one]
    return ", ".join(sorted(repeated)), noise
