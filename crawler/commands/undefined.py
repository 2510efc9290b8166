"""Captures of sites that the folder of site definitions does not know, and of which the memory is gone
that they were derived with: told, once for each site."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from archive.formats.records import Damage
from archive.holdings import kept_memory
from archive.replay import Replayed
from crawler.commands.terminal import printable


class Undefined:
    """Says which sites are derived without the definition that their crawl had: their lines name no site.
    With `memory`, the folder of site memories, also of which one is not there: their text may differ.
    Raises `HoldingsError` of one that cannot be read."""

    def __init__(self, sites: Container[str], folder: Path, memory: Path | None = None) -> None:
        self._sites, self._folder, self._memory = sites, folder, memory
        self._told: set[str] = set()

    def over(self, found: Iterable[Replayed | Damage]) -> Iterator[Replayed | Damage]:
        """The same captures, passed on."""
        for one in found:
            if isinstance(one, Replayed) and one.site and one.site not in self._sites:
                said = f"not defined in {self._folder}: derived without; --sites names its folder"
                self._tell(one.site, said)
            if isinstance(one, Replayed) and self._memory and one.site and one.memory:
                self._look_for(self._memory, one.site, one.memory)
            yield one

    def _look_for(self, folder: Path, site: str, digest: str) -> None:
        if f"{site} {digest}" in self._told:
            return
        self._told.add(f"{site} {digest}")
        if kept_memory(folder, site, digest) is None:
            self._tell(site, f"its memory {digest[:16]} is not in {folder}: derived without")

    def _tell(self, site: str, said: str) -> None:
        line = f"fangzhi: {printable(site)}: {printable(said)}"
        if line not in self._told:
            self._told.add(line)
            print(line, file=sys.stderr)
