"""Captures of sites that the folder of site definitions does not know: told, once for each site."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from archive.formats.records import Damage
from archive.replay import Replayed
from crawler.commands.terminal import printable


class Undefined:
    """Says which sites are derived without the definition that their crawl had: their lines name no site."""

    def __init__(self, sites: Container[str], folder: Path) -> None:
        self._sites, self._folder = sites, folder
        self._told: set[str] = set()

    def over(self, found: Iterable[Replayed | Damage]) -> Iterator[Replayed | Damage]:
        """The same captures, passed on."""
        for one in found:
            if isinstance(one, Replayed) and one.site and one.site not in self._sites:
                self._tell(one.site)
            yield one

    def _tell(self, site: str) -> None:
        if site in self._told:
            return
        self._told.add(site)
        said = f"not defined in {self._folder}: derived without; --sites names its folder"
        print(f"fangzhi: {printable(site)}: {said}", file=sys.stderr)
