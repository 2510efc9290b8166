"""`fangzhi seeds list|check`: the site definitions, and what is wrong with them."""

from __future__ import annotations

import argparse
import sys

from archive.errors import SiteDefinitionError
from archive.sites import load

DONE, WRONG_USE = 0, 2


def seeds(options: argparse.Namespace) -> int:
    """`fangzhi seeds list|check`."""
    if not options.sites.is_dir():
        raise SiteDefinitionError(options.sites, "", "no such folder")
    code = DONE
    for path in sorted(options.sites.glob("*.toml")):
        try:
            site = load(path)
        except SiteDefinitionError as error:
            print(f"fangzhi: {error}", file=sys.stderr)
            code = WRONG_USE
            continue
        if options.action == "list":
            print("\t".join([site.id, site.name, site.admin_code or "-", site.seeds[0].url]))
    if options.action == "check" and code == DONE:
        print(f"{len(list(options.sites.glob('*.toml')))} site definitions, all well-formed")
    return code
