"""Which sites a crawl was asked for, and whether it may begin as the one it says it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from archive.errors import SiteDefinitionError
from archive.sites import Site, load_folder, may_be_hurried
from archive.uri import host_of


def chosen(folder: Path, names: Sequence[str], *, is_named: bool) -> dict[str, Site]:
    """The named definitions of a folder by id; all of them without names.

    `is_named`: whether who crawls can be reached, or sends everything through a proxy that it
    answers for. Raises `SiteDefinitionError` for an unknown site, an empty folder, a wrong
    definition, and a real site that would be crawled by somebody it cannot reach.
    """
    known = load_folder(folder)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SiteDefinitionError(folder, ", ".join(unknown), _no_such(unknown[0], known))
    if not known:
        raise SiteDefinitionError(folder, "", "no site definitions here")
    sites = {name: known[name] for name in names or known}
    if not is_named:
        _may_stay_unnamed(folder, sites.values())
    return sites


def _no_such(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=3)
    hint = f" (did you mean {' or '.join(close)}?)" if close else ""
    return f"no such site{hint}; see `fangzhi seeds list`"


def _may_stay_unnamed(folder: Path, sites: Iterable[Site]) -> None:
    real = [s.id for s in sites for x in s.seeds if not may_be_hurried(host_of(x.url))]
    if real:
        problem = "set FANGZHI_CONTACT to a page or address where its owner can reach you"
        raise SiteDefinitionError(folder / f"{real[0]}.toml", "seed", problem)
