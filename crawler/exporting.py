"""`fangzhi export`: the holdings, or a part of them, as one WACZ file."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version

from archive import selection, wacz
from archive.holdings import Holdings

DONE, FAILED, WRONG_USE = 0, 1, 2


def export(options: argparse.Namespace) -> int:
    """`fangzhi export`: write the WACZ, say what it holds and what it could not hold."""
    try:
        choice = selection.Choice(
            frozenset(options.site),
            selection.period(options.since)[0] if options.since else None,
            selection.period(options.until)[1] if options.until else None,
        )
    except ValueError as error:
        print(f"fangzhi: --from, --to: {error}", file=sys.stderr)
        return WRONG_USE
    title = options.title or ", ".join(options.site) or "fangzhi"
    software = f"fangzhi {version('fangzhi')}"
    holdings = Holdings(options.holdings)
    done = wacz.export(holdings, options.wacz, choice, title=title, software=software)
    _say(done)
    size = options.wacz.stat().st_size
    print(
        f"{options.wacz}: {size:,} bytes, {done.warcs} WARC files, {done.captures:,} captures, "
        f"{done.pages:,} pages, {done.articles:,} of them articles"
    )
    return FAILED if done.damage else DONE


def _say(done: wacz.Exported) -> None:
    for name in done.still_open:
        print(f"fangzhi: {name}: a crawl is writing it: left out", file=sys.stderr)
    for name in done.without_text:
        print(f"fangzhi: {name}: no text; `fangzhi replay --write` derives it", file=sys.stderr)
    for lost in done.damage:
        where = f"{lost.file}: bytes {lost.start:,} to {lost.end:,}"
        print(f"fangzhi: {where}: {lost.problem}: left out", file=sys.stderr)
