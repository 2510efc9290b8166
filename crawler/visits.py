"""What the frontier hands out and takes back: leads, leases, and what a visit brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from archive.state import Acknowledged


@dataclass(frozen=True, slots=True)
class Lead:
    """A URL to ask for, and how it was found."""

    url: str
    via: str | None  # the page it was found on
    hops: str  # from the seed, see crawler/links/follow.py
    site: str
    seed: int  # which of the site's seeds
    run: str | None = None  # the list it is a page of, and which waits for it
    linked: bool = False  # by an anchor, not reckoned from a count
    text: str = ""  # what the link says: archive.cloaking.announcement


@dataclass(frozen=True, slots=True)
class Lease:
    """A URL handed out, with what is known of it from earlier visits."""

    id: int
    lead: Lead
    host: str
    tries: int = 0  # failed ones in this visit
    again: Mapping[str, Any] = field(default_factory=dict)  # cookies and chain of a redirect
    visits: int = 0
    status: int = 0  # of the visit before
    original: str = ""  # record id of the response that holds its last 200 answer
    etag: str = ""
    modified: str = ""
    history: str = ""
    kind: str = ""
    failures: int = 0
    visited: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit brought."""

    capture: Acknowledged | None  # None: no answer came
    unchanged: bool = False  # 304, or the bytes of the original again
    etag: str = ""
    modified: str = ""
    found: int = 0  # links nobody knew
    was_read: bool = True  # its links are in the frontier
    ages: tuple[float, ...] = ()  # of the items it dates as a list does: seconds at its capture

    @property
    def status(self) -> int:
        return self.capture.status if self.capture else 0


class Schedule(Protocol):
    """When a URL is due again, by the wall clock, and the history to keep of it."""

    def visited(self, lease: Lease, visit: Visit, now: float) -> tuple[float, str]:
        """After an answer."""

    def derived(
        self, site: str, history: str, kind: str, changed: bool
    ) -> tuple[float, str] | None:
        """Once it is known what the page is, and whether its text changed."""
