"""What happened in a run, by reason, in numbers that add up.

    requested = articles + rejections by reason + unchanged + views + failures by reason + pending

`requested` counts exchanges: every request handed to the network, robots.txt, redirects and
retries included, and every URL still queued when the run ended. A URL that was never asked
for is counted beside them, once for each reason (`scope`: once for each link):

    scope, depth             outside the site, or further from the seed than `max_depth`
    robots                   refused by robots.txt
    hidden, link-farm        to another host where no reader sees it; one of a farm's links
    trap: …                  crawler/links/traps.py says which; `shape`: too many of one script;
                             `same text`: of a page whose text came too often, the links
    attachment               the definition says `attachments = false`
    beyond-list, pagination  the seed's `kind` or `pagination` says no (crawler/links/follow.py)
    max-pages, list ended    further pages of a list (crawler/links/lists.py)
    interrupted              further pages of a list that a stopped crawl did not come to
    redirect: …              a loop, or no location
    links unreadable         a page whose links could not be read
    error                    a URL that could not be asked for: the message says why
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Report:
    """Counts of one run, kept up to date while it goes on."""

    requested: int = 0
    captured: int = 0  # responses durable in warc/
    articles: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0  # revisits: 304, or the bytes of the capture before
    views: int = 0  # second looks, which are no captures: crawler/views.py
    underived: int = 0  # captured in a run that was told not to derive
    not_requested: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    queued: int = 0

    @property
    def pending(self) -> int:
        """Requested, and without an outcome yet."""
        return self.requested + self.queued - self.finished

    @property
    def finished(self) -> int:
        outcomes = self.articles + self.unchanged + self.views + self.underived
        return outcomes + self.rejected.total() + self.failed.total()

    def count(self, line: Mapping[str, Any]) -> None:
        """Count one derived line."""
        self._add(line, 1)

    def recount(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Count a line in another form: as the article of all its pages, or as one of them."""
        self._add(before, -1)
        self._add(after, 1)

    def _add(self, line: Mapping[str, Any], by: int) -> None:
        if "rejected" in line:
            self.rejected[line["rejected"]] += by
            return
        self.articles += by
        self.verdicts[line["verdict"]] += by
        for flag in line["flags"]:
            self.flags[flag] += by

    def as_json(self) -> dict[str, Any]:
        """The numbers as `runs/<run>.json` holds them."""
        return {
            "requested": self.requested + self.queued,
            "captured": self.captured,
            "articles": self.articles,
            "rejected": dict(sorted((+self.rejected).items())),
            "unchanged": self.unchanged,
            "views": self.views,
            "failed": dict(sorted(self.failed.items())),
            "not_derived": self.underived,
            "pending": self.pending,
            "not_requested": dict(sorted(self.not_requested.items())),
            "verdicts": dict(sorted((+self.verdicts).items())),
            "flags": dict(sorted((+self.flags).items())),
        }


def table(report: dict[str, Any]) -> str:
    """The report for a terminal, one outcome a row."""
    rows: list[tuple[str, int]] = [("requested", report["requested"])]
    rows += [("  articles", report["articles"])]
    rows += [(f"  rejected: {reason}", n) for reason, n in report["rejected"].items()]
    rows += [("  unchanged", report["unchanged"])] if report["unchanged"] else []
    rows += [("  second looks", report["views"])] if report["views"] else []
    rows += [(f"  failed: {reason}", n) for reason, n in report["failed"].items()]
    rows += [("  captured, not derived", report["not_derived"])] if report["not_derived"] else []
    rows += [("  pending", report["pending"])]
    rows += [("captures in warc/", report["captured"])]
    # Cron mails the table alone; a run whose state could not be read at its end has no events.
    told = Counter(event["event"] for event in report.get("events", ()))
    rows += [(f"pages {event}", n) for event, n in sorted(told.items())]
    rows += [(f"not requested: {why}", n) for why, n in report["not_requested"].items()]
    rows += [(f"verdict {verdict}", n) for verdict, n in report["verdicts"].items()]
    rows += [(f"flag {flag}", n) for flag, n in report["flags"].items()]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {number:>8,}" for name, number in rows]
    lines += [f"alarm {a['site']}: {a['figure']}: {a['reason']}" for a in report["alarms"]]
    return "\n".join(lines)
