"""What a worker process runs: derive the capture at a place of the archive.

Any `concurrent.futures.Executor` can run it; the archive folder, the site definitions and the
site memories of the run are given to a process once, when it starts.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from pathlib import Path

from archive.model import SiteMemory
from archive.replay import derive_at
from archive.sites import Site
from archive.warcwriter import OPEN


@dataclass(slots=True)
class _Run:
    folder: Path = Path()
    sites: dict[str, Site] = field(default_factory=dict)
    memories: dict[str, SiteMemory] = field(default_factory=dict)


_RUN = _Run()


def start(folder: Path, sites: dict[str, Site], memories: dict[str, SiteMemory]) -> None:
    """Set up a worker process; an interrupt is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _RUN.folder, _RUN.sites, _RUN.memories = folder, sites, memories


def derive_place(file: str, offset: int, site: str | None) -> str:
    """The JSON line of the capture at `offset` of a WARC file of the run's archive."""
    path = _RUN.folder / f"{file}{OPEN}"
    return derive_at(path, offset, _RUN.sites.get(site or ""), _RUN.memories.get(site or ""))
