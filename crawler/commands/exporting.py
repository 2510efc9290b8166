"""`fangzhi export`: the holdings, or a part of them, as one WACZ, CSV or JSON lines file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive import selection, textfiles, wacz
from archive.errors import HoldingsError
from archive.formats.originals import is_new
from archive.formats.records import Damage, ReadRecord
from archive.holdings import Holdings, unwritten, write_pieces
from archive.warc import parse_date
from crawler.codes import DONE, FAILED, WRONG_USE
from crawler.commands import table

STDOUT = Path("-")
Form = Callable[[bytes, Mapping[str, Any]], bytes]


def export(options: argparse.Namespace) -> int:
    """`fangzhi export`: write the file, say what it holds and what it could not hold."""
    try:
        choice = selection.Choice(
            frozenset(options.site),
            selection.period(options.since)[0] if options.since else None,
            selection.period(options.until)[1] if options.until else None,
        )
    except ValueError as error:
        print(f"fangzhi: --from, --to: {error}", file=sys.stderr)
        return WRONG_USE
    if options.csv is not None:
        return _export_lines(options.holdings, options.csv, choice, table.HEAD, _as_row)
    if options.jsonl is not None:
        return _export_lines(options.holdings, options.jsonl, choice, b"", _as_it_is)
    if options.wacz == STDOUT or _is_special(options.wacz):
        print("fangzhi: --wacz: a package is written to a file, not to a pipe", file=sys.stderr)
        return WRONG_USE
    title = options.title or ", ".join(options.site) or "fangzhi"
    software = f"fangzhi {version('fangzhi')}"
    holdings = Holdings(options.holdings)
    done = wacz.export(holdings, options.wacz.resolve(), choice, title=title, software=software)
    _say(done)
    size = options.wacz.stat().st_size
    print(
        f"{options.wacz}: {size:,} bytes, {done.warcs} WARC files, {done.captures:,} captures, "
        f"{done.pages:,} pages, {done.articles:,} of them articles"
    )
    return FAILED if done.damage else DONE


def _export_lines(
    root: Path, target: Path, choice: selection.Choice, head: bytes, form: Form
) -> int:
    """Write the chosen articles of the stored text in the order of capture, to a file or, where that is
    `-`, to stdout."""
    count = 0
    holdings = Holdings(root)
    missing = _say_missing(holdings, choice)

    def chosen(line: bytes, row: Mapping[str, Any]) -> bytes:
        return form(line, row) if _is_chosen(row, choice) else b""

    def pieces() -> Iterator[bytes]:
        nonlocal count
        yield head
        for path in sorted(holdings.folder("text").glob("*.jsonl")):
            for piece in filter(None, textfiles.rows(path, chosen)):
                count += 1
                yield piece
        # In a pipe nothing is an answer, too, where all is derived.
        if not count and (missing or target != STDOUT):
            raise HoldingsError(f"{root}: no article fits, nothing to export")

    if target == STDOUT:
        for piece in pieces():
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return DONE
    try:
        if _is_special(target):
            with target.open("wb") as out:
                out.writelines(pieces())
        else:
            write_pieces(target.resolve(), pieces())
    except BrokenPipeError:  # who reads from it has enough
        raise
    except OSError as error:
        raise unwritten(target, error) from error
    print(f"{target}: {count:,} articles", file=sys.stderr if _is_special(target) else sys.stdout)
    return DONE


def _is_special(target: Path) -> bool:
    """Whether a file is none that can be replaced by another: a pipe, a terminal, a device."""
    return target.exists() and not (target.is_file() or target.is_dir())


def _as_row(_line: bytes, row: Mapping[str, Any]) -> bytes:
    return table.encoded(row)


def _as_it_is(line: bytes, _row: Mapping[str, Any]) -> bytes:
    return line


def _say_missing(holdings: Holdings, choice: selection.Choice) -> bool:
    """Say which WARC files with chosen captures have no text; whether there is one."""
    warcs = holdings.warcs()
    without = textfiles.unfinished(warcs, holdings.folder("text"))
    with selection.Selection(without, choice) as chosen:
        without = [path for path in without if any(map(_is_captured, chosen.records(path)))]
    still_open = [path.name for path in warcs if not path.name.endswith(".gz")]
    _say(wacz.Exported(still_open=still_open, without_text=[path.name for path in without]))
    return bool(without)


def _is_captured(record: ReadRecord | Damage) -> bool:
    """Whether a record is one that has a line of text."""
    return isinstance(record, ReadRecord) and (record.type == "response" or is_new(record))


def _is_chosen(row: Mapping[str, Any], choice: selection.Choice) -> bool:
    """Whether a stored line is an article of the chosen sites and time."""
    if "rejected" in row or (choice.sites and row["site"] not in choice.sites):
        return False
    moment = parse_date(row["captured"])
    early = choice.since is not None and moment < choice.since
    return not early and (choice.until is None or moment < choice.until)


def _say(done: wacz.Exported) -> None:
    for name in done.still_open:
        print(f"fangzhi: {name}: a crawl is writing it: left out", file=sys.stderr)
    for name in done.without_text:
        print(f"fangzhi: {name}: no text; `fangzhi replay --write` derives it", file=sys.stderr)
    for lost in done.damage:
        where = f"{lost.file}: bytes {lost.start:,} to {lost.end:,}"
        print(f"fangzhi: {where}: {lost.problem}: left out", file=sys.stderr)
