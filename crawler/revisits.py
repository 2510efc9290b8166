"""When a URL is due again, from what its visit brought."""

from __future__ import annotations

from crawler.frontier import Lease, Visit

DAY = 86_400.0


def next_visit(lease: Lease, visit: Visit, now: float) -> tuple[float, str]:
    """The moment the next visit is due, and the history the frontier keeps for the one after."""
    return now + DAY, lease.history
