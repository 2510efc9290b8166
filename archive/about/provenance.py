"""Does the page come from whom it says? Clones of government sites keep the old site's code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from archive.about.labels import HAN
from archive.chinese import gazetteer
from archive.domains import registered
from archive.model import Candidate, Page
from archive.uri import host_of

_FULL = "省市县区旗盟州县區縣"  # the last character of a full place name
# GB/T 2260: North 11-15, North-east 21-23, East 31-37, South 41-46, South-west 50-54, 61-65.
_PROVINCES = frozenset(
    str(code)
    for low, high in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(low, high + 1)
)
FLAG = "provenance-mismatch"
_GOVERNMENT = re.compile(f"[{HAN}]{{2,7}}[省市县区旗盟州縣區](?:人民)?政府")


def provenance_flags(root: Any, page: Page, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """`provenance-mismatch` when a page's own marks speak of different places or owners.

    Two ways to tell. SiteIDCode and the site's name: a SiteIDCode of ten digits opens with the
    GB/T 2260 code of its government (国办发〔2017〕47号), and the name must open with a full place
    name: 教育公共服务平台 and 北京路街道办事处 say nothing, and neither does a code of no province
    (66 of the 兵团). Wrong about an office that moved to another place and kept its code.

    Or SiteDomain and the name: the page lies on another registered domain than it says it does, and
    its name is that of the government of a place that never was one (松陵县人民政府). A domain that
    differs says nothing alone, for sites move and leave the tag behind. Wrong about a place the
    gazetteer does not know (it has every county and above from 1981 on) whose site moved.
    """
    code = _first(candidates, "site_id_code") or ""
    name = _first(candidates, "site_name") or ""
    domain = _first(candidates, "site_domain") or ""
    places = place_codes(name)
    elsewhere = places and not any(_agree(code, str(place)) for place in places)
    if elsewhere and re.fullmatch(r"\d{10}", code) and is_province(code[:2]):
        return (FLAG,)
    if not places and _GOVERNMENT.match(name) and _moved(domain, page.url or ""):
        return (FLAG,)
    return ()


def _moved(domain: str, url: str) -> bool:
    """Whether a page lies on another registered domain than it says."""
    said = host_of(domain if "//" in domain else f"http://{domain}") if "." in domain else ""
    here = host_of(url)
    return bool(said and here) and registered(said) != registered(here)


def place_codes(name: str) -> tuple[int, ...]:
    """The GB/T 2260 codes of the longest place the name opens with.

    >>> 610925 in place_codes("岚皋县教育体育局"), place_codes("教育公共服务平台")
    (True, ())
    """
    name = re.sub(f"[^{HAN}]", "", name).removeprefix("中国")
    for length in range(min(len(name), 11), 1, -1):
        if name[length - 1] in _FULL and (found := gazetteer.codes(name[:length])):
            return found
    return ()


def is_province(province: str) -> bool:
    """True for the first two digits of a province's code."""
    return province in _PROVINCES


def _agree(code: str, place: str) -> bool:
    """Same place, or one holds the other: 4104 (prefecture) and 410402 (its district)."""
    shorter = min(_stem(code[:6]), _stem(place), key=len)
    return code.startswith(shorter) and place.startswith(shorter)


def _stem(code: str) -> str:
    return re.sub(r"(00){1,2}$", "", code)


def _first(candidates: Sequence[Candidate], field: str) -> str | None:
    return next((c.value for c in candidates if c.field == field), None)
