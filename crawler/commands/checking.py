"""`fangzhi check`: archive files, or the whole holdings, judged; `--repair` makes index and state
again."""

from __future__ import annotations

import argparse
import json
import sys
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from archive import rebuild
from archive.check import Checker
from archive.checks import checkholdings
from archive.checks.checkpanel import opinions
from archive.checks.rules import Finding, Severity
from archive.holdings import Holdings
from crawler import refill
from crawler.codes import DONE, FAILED, WRONG_USE
from crawler.commands.standardin import archives
from crawler.commands.terminal import printable

_ENGINES = {"pywb": "pywb", "replayweb": "ReplayWeb.page"}


def check(options: argparse.Namespace) -> int:
    """`fangzhi check`: 1 when something is wrong, with `--strict` also for warnings."""
    if options.repair and options.file:
        print("fangzhi: --repair is for holdings; a file is never changed", file=sys.stderr)
        return WRONG_USE
    if options.repair:
        with rebuild.repairing(options.holdings) as (holdings, done):
            _say_rebuilt(done)
            visits = refill.refill(holdings, options.sites)
        print(f"fangzhi: {visits:,} visits of the frontier made again", file=sys.stderr)
    checker = Checker()
    show = _Lines(notes=options.notes) if not options.json else _Json()
    for finding in _findings(options, checker):
        show.add(finding)
    show.end(checker)
    wrong = checker.tally.count(Severity.ERROR)
    wrong += checker.tally.count(Severity.WARNING) if options.strict else 0
    return FAILED if wrong else DONE


def _findings(options: argparse.Namespace, checker: Checker) -> Iterator[Finding]:
    if not options.file:
        holdings = Holdings(options.holdings)
        try:
            yield from checkholdings.check(holdings, checker)
        finally:
            holdings.close()
        return
    with archives(options.file) as files:
        for path in files:
            yield from checker.file(path)
    yield from checker.finish()


class _Show(ABC):
    """What every form of output needs."""

    def __init__(self) -> None:
        self._codes: dict[str, set[str]] = defaultdict(set)  # by file

    def add(self, finding: Finding) -> None:
        self._codes[finding.file].add(finding.code)

    @abstractmethod
    def end(self, checker: Checker) -> None:
        """Say what the whole came to."""

    def _panel(self) -> Iterator[dict[str, Any]]:
        """What other tools are expected to say, and why: one row a judge and reason."""
        rows: dict[tuple[str, bool, str, str], list[str]] = defaultdict(list)
        for file, codes in self._codes.items():
            for said in opinions(codes):
                rows[(said.judge, said.complains, said.code, said.why)].append(file)
        for (judge, complains, code, why), files in rows.items():
            yield {
                "judge": judge,
                "complains": complains,
                "code": code,
                "why": why,
                "files": len(files),
            }


class _Json(_Show):
    """One object a finding, and one at the end with the sums."""

    def add(self, finding: Finding) -> None:
        super().add(finding)
        about = {
            "file": finding.file,
            "offset": finding.offset,
            "end": finding.end or None,
            "record": finding.record or None,
            "url": finding.uri or None,
            "severity": finding.severity,
            "code": finding.code,
            "problem": finding.problem,
            "advice": finding.rule.advice,
            "breaks": list(finding.rule.breaks),
        }
        print(json.dumps(about, ensure_ascii=False))

    def end(self, checker: Checker) -> None:
        tally = checker.tally
        summary = {
            "files": tally.files,
            "records": dict(tally.records),
            "findings": dict(tally.findings),
            "lost_bytes": tally.lost,
            "captures": tally.captures,
            "unreplayable": dict(tally.unreplayable),
            "panel": list(self._panel()),
        }
        print(json.dumps({"summary": summary}, ensure_ascii=False))


class _Lines(_Show):
    """For people: one line a finding, the advice where its code comes up first."""

    def __init__(self, *, notes: bool) -> None:
        super().__init__()
        self._notes = notes
        self._advised: set[str] = set()
        self._untold = 0

    def add(self, finding: Finding) -> None:
        super().add(finding)
        if finding.severity == Severity.NOTE and not self._notes:
            self._untold += 1
            return
        place = f" at byte {finding.offset:,}" if finding.offset or finding.record else ""
        if finding.code in ("damaged", "torn", "zeros"):
            place = f" bytes {finding.offset:,} to {finding.end:,}"
        about = f" <{finding.uri[:200]}>" if finding.uri else ""
        head = f"{finding.file}{place}: {finding.severity}: {finding.code}"
        print(printable(f"{head}: {finding.problem}{about}"))
        if finding.code not in self._advised:
            self._advised.add(finding.code)
            print(f"    {finding.rule.advice}")

    def end(self, checker: Checker) -> None:
        tally = checker.tally
        counts = ", ".join(f"{tally.count(s):,} {s}s" for s in Severity)
        records = ", ".join(f"{n:,} {printable(kind)}" for kind, n in tally.records.most_common())
        print(f"{tally.files:,} files, {tally.records.total():,} records ({records}): {counts}")
        if self._untold:
            print(f"{self._untold:,} notes not shown; --notes shows them")
        if tally.lost:
            print(f"{tally.lost:,} bytes hold no readable record")
        for engine, name in _ENGINES.items():
            shown = max(0, tally.captures - tally.unreplayable[engine])
            if tally.captures:
                print(f"{shown:,} of {tally.captures:,} captures replay in {name}")
        for row in self._panel():
            verb = "complains" if row["complains"] else "says nothing"
            print(f"{row['judge']} {verb} ({row['code']}, {row['files']:,} files): {row['why']}")


def _say_rebuilt(done: rebuild.Rebuilt) -> None:
    for name in done.finished:
        print(f"fangzhi: {name}: finished; a dead process had left it open", file=sys.stderr)
    if done.aside:
        print(f"fangzhi: state.sqlite is damaged: put aside as {done.aside}", file=sys.stderr)
    print(
        f"fangzhi: {len(done.index):,} index files and {done.rows:,} rows of the state made again",
        file=sys.stderr,
    )
