"""What a report names one by one, beside its numbers; no more of each than a person can read.

A link farm makes up a host for every link, so what is noted of a page must not grow with the pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

NAMED = 2000
OTHERS = "others"  # what came when so many were named; no host has the name, for it is no domain


class Noted:
    """What was noted in one run."""

    def __init__(self) -> None:
        self.unreachable: dict[str, str] = {}  # seeds that brought no answer at all: why
        self.needs_script: dict[str, list[str]] = {}  # page: what its scripts fetch its items from
        self._outside: Counter[str] = Counter()  # host of links that were not followed
        self._tls: dict[str, set[str]] = {}  # host: verdicts on its certificates, failed handshakes

    def outside(self, host: str) -> None:
        """Count a link to a host outside the scope."""
        is_named = host in self._outside or len(self._outside) < NAMED
        self._outside[host if is_named else OTHERS] += 1

    def script(self, page: str, fetches: Iterable[str]) -> None:
        """Note a page that shows its items only in a browser, and what its scripts fetch."""
        if len(self.needs_script) < NAMED:
            self.needs_script[page] = list(fetches)

    def tls(self, host: str, verdicts: Iterable[str]) -> None:
        """Note what was wrong, or right, with the certificates or the handshake of a host."""
        if verdicts:
            self._tls.setdefault(host, set()).update(verdicts)

    def as_json(self) -> dict[str, Any]:
        """The entries of runs/<run>.json."""
        return {
            "tls": {host: "; ".join(sorted(told)) for host, told in sorted(self._tls.items())},
            "outside": dict(self._outside.most_common()),
            "unreachable_seeds": list(self.unreachable),
            "needs_script": self.needs_script,
        }
