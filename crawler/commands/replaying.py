"""`fangzhi replay`: the archive derived again, printed, compared or written."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from archive import limits, memory, textfiles, worker
from archive.errors import HoldingsError
from archive.formats.opening import records
from archive.formats.originals import Originals
from archive.formats.records import Damage, ReadRecord
from archive.formats.segments import joined
from archive.holdings import Holdings
from archive.replay import Replayed, captures, captures_in, is_capture
from archive.sites import load_folder
from archive.state import State
from archive.textfiles import TextFile
from crawler.codes import DONE, FAILED
from crawler.commands.comparing import Comparison
from crawler.commands.passing import Passing
from crawler.commands.resuming import Written, derived_by
from crawler.commands.spread import LESSONS, Spread
from crawler.commands.standardin import archives
from crawler.commands.stored import Stored
from crawler.commands.table import Printer, printer
from crawler.commands.terminal import printable
from crawler.commands.undefined import Undefined
from crawler.derived import lines
from crawler.executors import Workers, opened
from crawler.sandbox import Work


def replay(options: argparse.Namespace) -> int:
    """`fangzhi replay`: derive named WARC files, or the whole holdings, again."""
    limits.give_back()
    out = printer(as_csv=options.csv)
    sites = load_folder(options.sites) if options.sites.is_dir() else {}
    start = partial(worker.start, options.holdings / "warc", sites, {})
    learns = bool(options.file or options.learn)  # and takes none that is noted
    memories = None if learns else options.holdings / "memory"
    undefined = Undefined(sites, options.sites, memories)
    with opened(options.executor, options.workers, start) as sandbox:
        if options.file:
            beside = Holdings(options.holdings) if options.holdings.is_dir() else None
            with archives(options.file) as files:
                return _replay_files(
                    files, sandbox, Originals(beside.place if beside else None), undefined, out
                )
        if not Holdings(options.holdings).warcs():  # own would make a folder of that name
            raise HoldingsError(f"{options.holdings}: no WARC files, nothing to derive")
        holdings = Holdings(options.holdings, own=options.write or options.learn)
        try:
            learned = _learn(holdings, sandbox) if options.learn else {}
            written = _written(holdings, sandbox, options.sites, learned) if options.write else None
            shown = None if options.diff else out
            return _replay_holdings(holdings, sandbox, learned, written, undefined, shown)
        finally:
            holdings.close()


def _replay_files(
    files: Sequence[Path],
    sandbox: Workers,
    originals: Originals,
    undefined: Undefined,
    out: Printer,
) -> int:
    """Derive archive files of anybody; segmented records may go on in the next file, and revisits
    refer to one before, or to the holdings."""
    kinds: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    passing = Passing(files)
    found = passing.over(captures_in(joined(_records(files, kinds, originals)), originals))
    found = undefined.over(found)
    for text in textfiles.joined(lines(found, sandbox, _no_memory, like=False)):
        if isinstance(text, Damage):
            outcomes["damage"] += 1
            _say(text)
        else:
            outcomes["rejected" if "rejected" in json.loads(text) else "articles"] += 1
            out(text)
    passing.end()
    kinds["page"] += originals.found
    kinds["revisit"] -= originals.found
    print(f"fangzhi: {_account(kinds, outcomes)}", file=sys.stderr)
    _say_missing(originals)
    return FAILED if outcomes["damage"] else DONE


def _records(
    files: Sequence[Path], kinds: Counter[str], originals: Originals
) -> Iterator[ReadRecord | Damage]:
    """Every record of the files; a file that cannot be opened is damage. Counts what is no page."""
    for path in files:
        originals.reading(path)
        try:
            for found in records(path):
                if isinstance(found, ReadRecord):
                    kinds["page" if is_capture(found) else found.type[:40] or "untyped"] += 1
                yield found
        except FileNotFoundError:
            yield Damage(str(path), 0, 0, "no such file", "no-file")
        except OSError as problem:
            yield Damage(str(path), 0, 0, problem.strerror or str(problem), "no-file")


def _account(kinds: Counter[str], outcomes: Counter[str]) -> str:
    """One line in which every record has its place."""
    others = {kind: count for kind, count in kinds.most_common() if kind != "page" and count}
    told = f"{kinds.total():,} records: {outcomes['articles']:,} articles"
    told += f", {outcomes['rejected']:,} rejected, {sum(others.values()):,} not pages"
    told += (
        f" ({', '.join(f'{count:,} {kind}' for kind, count in others.items())})" if others else ""
    )
    return told + (f"; {outcomes['damage']:,} times damage" if outcomes["damage"] else "")


def _replay_holdings(
    holdings: Holdings,
    sandbox: Workers,
    learned: Mapping[str, str],
    written: Written | None,
    undefined: Undefined,
    out: Printer | None,
) -> int:
    """Derive the holdings, file by file; with `written` their text is replaced. Without `out`, what
    differs from the stored text is printed instead of the lines."""

    def find(site: str, noted: str | None) -> str | None:
        return learned.get(site, noted)

    code = DONE
    compared = Comparison()
    originals = Originals(holdings.place)
    warcs = list(holdings.warcs())
    passing = Passing(warcs)
    for path in warcs:
        if written is not None and path.name in written.names:
            passing.skip(path)
            if out is not None:
                for line in _text(holdings, path):
                    out(line)
            continue
        found = undefined.over(passing.over(captures(path, originals)))
        with _sink(holdings, path, written) as text, Stored(_text_of(holdings, path)) as stored:
            for row in textfiles.joined(_kept(lines(found, sandbox, find), text)):
                if isinstance(row, Damage):
                    code = FAILED
                    _say(row)
                    continue
                if out is not None:
                    out(row)
                    continue
                new = json.loads(row)
                _show(compared.add(stored.take(new["id"]), new))
            for gone in stored.left() if out is None else ():
                _show(compared.add(gone, None))
        if text is not None and written is not None:
            written.add(path.name)
    passing.end()
    if written is not None:
        written.end()
    if out is None:
        print("\n".join(compared.summary()), file=sys.stderr)
    _say_missing(originals)
    return code


@contextmanager
def _sink(holdings: Holdings, path: Path, written: Written | None) -> Iterator[TextFile | None]:
    """The text file a replay replaces, once it is complete; nothing when it only prints."""
    if written is None or not path.name.endswith(".gz"):
        yield None
        return
    with TextFile(holdings.folder("text"), path.name) as text:
        yield text


def _kept(rows: Iterable[str | Damage], text: TextFile | None) -> Iterator[str | Damage]:
    """The lines as derived, which a text file joins by itself."""
    for row in rows:
        if text is not None and isinstance(row, str):
            text.add(row)
        yield row


def _text_of(holdings: Holdings, path: Path) -> Path:
    """Where the text of a WARC file lies, if it has one."""
    return holdings.folder("text") / f"{path.name.partition('.warc.gz')[0]}.jsonl"


def _text(holdings: Holdings, path: Path) -> Iterator[str]:
    """The stored lines of a WARC file."""
    kept = _text_of(holdings, path)
    if kept.exists():
        with kept.open(encoding="utf-8", newline="\n") as file:
            yield from (row.removesuffix("\n") for row in file)


def _written(
    holdings: Holdings, sandbox: Workers, sites: Path, learned: Mapping[str, str]
) -> Written:
    """What a replay that was broken off has written, if this one derives by the same."""
    derivation = next(sandbox.in_order([worker.derivation]))
    written = Written(holdings.folder("text"), derived_by(str(derivation), sites, learned))
    if written.names:
        count = len(written.names)
        print(f"fangzhi: {count:,} files were written by a replay broken off", file=sys.stderr)
    return written


def _learn(holdings: Holdings, sandbox: Workers) -> dict[str, str]:
    """What the captures of each site in the holdings have in common, saved; the digest of each.

    Of a site with more than `LESSONS` captures it is learned from so many, from its first to its last.
    """
    asked: deque[tuple[str, int]] = deque()
    pages: defaultdict[str, Spread[list[str]]] = defaultdict(lambda: Spread(LESSONS))
    originals = Originals(holdings.place)

    def works() -> Iterator[Work]:
        for path in holdings.warcs():
            for replayed in captures(path, originals):
                if not isinstance(replayed, Replayed) or not replayed.site:
                    continue
                if (place := pages[replayed.site].number()) is not None:
                    asked.append((replayed.site, place))
                    yield partial(worker.capture_lines, replayed.capture)

    for told in sandbox.in_order(works()):
        site, place = asked.popleft()
        if isinstance(told, str) and (found := json.loads(told)) is not None:
            pages[site].keep(place, found)
    learned = [memory.learn(site, spread.kept) for site, spread in pages.items() if spread.kept]
    for one in learned:
        holdings.keep_memory(one)
    return {one.site: one.digest for one in learned}


def _show(found: str) -> None:
    if found:
        print(found)


def _say_missing(originals: Originals) -> None:
    if originals.missing:
        print(
            f"fangzhi: {originals.missing:,} revisits of pages whose payload is in none of the files",
            file=sys.stderr,
        )


def _say(damage: Damage) -> None:
    place = f": bytes {damage.start:,} to {damage.end:,}" if damage.end else ""
    print(f"fangzhi: {damage.file}{place}: {printable(damage.problem)}", file=sys.stderr)


def _no_memory(site: str, noted: str | None) -> str | None:
    return None


def print_run(root: Path, run: str, asked: Collection[str], out: Printer) -> None:
    """Print the lines of the captures of one run, from text/; of robots.txt only where it was asked for."""
    state = State(root / "state.sqlite")
    wanted = {known.record_id: known.location.file for known in state.captures(run)}
    state.close()
    for name in sorted(set(wanted.values())):
        path = root / "text" / f"{name.partition('.warc.gz')[0]}.jsonl"
        if not path.exists():  # a run that only captured
            continue
        with path.open(encoding="utf-8", newline="\n") as rows:
            for row in rows:
                told = json.loads(row)
                by_itself = told["url"].endswith("/robots.txt") and told["url"] not in asked
                if told["id"] in wanted and not by_itself:
                    out(row.removesuffix("\n"))
