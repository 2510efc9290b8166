"""Does the page come from whom it says? Clones of government sites keep the old site's code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from archive import gazetteer
from archive.labels import HAN
from archive.model import Candidate, Page

FLAG = "provenance-mismatch"


def provenance_flags(root: Any, page: Page, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """`provenance-mismatch` when SiteIDCode and the site's name speak of different places.

    A SiteIDCode of ten digits opens with the GB/T 2260 code of its government (国办发〔2017〕47号).
    The flag needs a place in the name: names without one (教育公共服务平台) say nothing.
    """
    code = _first(candidates, "site_id_code")
    name = _first(candidates, "site_name")
    if not code or not name or not re.fullmatch(r"\d{10}", code):
        return ()
    places = place_codes(name)
    if not places or any(_agree(code, str(place)) for place in places):
        return ()
    return (FLAG,)


def place_codes(name: str) -> tuple[int, ...]:
    """The GB/T 2260 codes of the longest place the name opens with.

    >>> 610925 in place_codes("岚皋县教育体育局"), place_codes("教育公共服务平台")
    (True, ())
    """
    name = re.sub(f"[^{HAN}]", "", name).removeprefix("中国")
    for length in range(min(len(name), 11), 1, -1):
        if found := gazetteer.codes(name[:length]):
            return found
    return ()


def _agree(code: str, place: str) -> bool:
    """Same place, or one holds the other: 4104 (prefecture) and 410402 (its district)."""
    shorter = min(_stem(code[:6]), _stem(place), key=len)
    return code.startswith(shorter) and place.startswith(shorter)


def _stem(code: str) -> str:
    return re.sub(r"(00){1,2}$", "", code)


def _first(candidates: Sequence[Candidate], field: str) -> str | None:
    return next((c.value for c in candidates if c.field == field), None)
