"""`fangzhi seeds list|check`: the site definitions, what is due, and what is wrong with them."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import SiteDefinitionError
from archive.sites import load
from crawler.codes import DONE, WRONG_USE
from crawler.commands.due import due


def seeds(options: argparse.Namespace) -> int:
    """`fangzhi seeds list|check`.

    A line of the list is id, name, admin code, first seed, and when the site is due by the
    holdings: `now`, a moment in UTC, `-` where nothing of it ever is. What was never crawled
    is due now.
    """
    if not options.sites.is_dir():
        raise SiteDefinitionError(options.sites, "", "no such folder")
    code, sites = DONE, []
    paths = sorted(options.sites.glob("*.toml"))
    if not paths:
        raise SiteDefinitionError(options.sites, "", "no site definitions here")
    for path in paths:
        try:
            sites.append(load(path))
        except SiteDefinitionError as error:
            print(f"fangzhi: {error}", file=sys.stderr)
            code = WRONG_USE
    if options.action == "list":
        when = _due(options.holdings, [site.id for site in sites])
        for site in sites:
            row = [site.id, site.name, site.admin_code or "-", site.seeds[0].url, when[site.id]]
            print("\t".join(row))
    if options.action == "check" and code == DONE:
        print(f"{len(sites)} site definitions, all well-formed")
    return code


def _due(holdings: Path, sites: Collection[str]) -> dict[str, str]:
    """When each site is due, to be shown."""
    if not (holdings / "state.sqlite").exists():
        return dict.fromkeys(sites, "now")
    now = datetime.now(UTC)
    try:
        moments = due(holdings, sites)
    except sqlite3.Error as error:
        print(f"fangzhi: {holdings}: {error}", file=sys.stderr)
        return dict.fromkeys(sites, "?")
    return {
        site: "-" if moment is None else "now" if moment <= now else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        for site, moment in moments.items()
    }
