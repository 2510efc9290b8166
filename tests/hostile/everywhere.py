"""Let every file call of a whole crawl fail, in six ways, and every call of a recovery and a repair.

`python -m tests.hostile.everywhere RESULTS [WORK…]` takes an hour or two; each point is a line of
RESULTS/points.tsv, and a run that is broken off goes on behind the last. `--part 2/2` is every second
point, for two processes side by side. `--kind eio --at 117` repeats one point, `--table` counts what there is.

    crawl    thirty pages that nobody captured before: calls 1, 2, 3 … until a crawl has no more
    resume   the run after a kill in the middle of a record of the second or a later WARC file, until it
             begins a WARC file of its own: from there on it is a crawl
    catchup  the same after a kill when all pages were captured, and text was still to be derived
    repair   `check --repair` after that first kill, with a state that cannot be read and an index that lies
    shorts   short writes, as `crawl` makes one by one, every sixteenth write of sixteen crawls
    cuts     all that a kill or a power cut can leave of one crawl that was recorded (laid.py), whole: with
             kills and halves the same states as `crawl` makes, without the crawl before
    again    the same of the run after each of many kills of that crawl, fifty states each by chance, until
             it begins a WARC file of its own

After each point the next run, undisturbed, must finish; `crawls.holds` says what must be true then.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archive.uri import dedupe_key
from tests.hostile import crawls as crawling
from tests.hostile.crawls import Crawls, ends_well, goes_on, thirty_pages
from tests.hostile.forked import Ended
from tests.hostile.laid import HALF, Recording, recording, recovery

KINDS = ("kill", "half", "short", "eio", "enospc", "sync")
DEADLY = ("kill", "half")
LAID = {"cuts", "again"}
TOGETHER = 16  # short writes, which cost nothing, are made by so many runs: each every so-manieth
BEYOND = 12  # numbers in a row that a run does not come to: calls vary with the moments of commits
EACH = 50  # states of the run after one kill
Trial = Callable[[], "Tried"]


@dataclass(frozen=True, slots=True)
class Tried:
    """One point, and what came of it."""

    work: str
    kind: str
    at: int
    call: str = ""
    file: str = ""
    code: int = 0
    seconds: float = 0.0
    failed: str = ""

    def row(self) -> str:
        said = self.failed.replace("\t", " ").replace("\n", " ")[:600] or "held"
        fields = (self.work, self.kind, self.at, self.call, self.file, self.code)
        return "\t".join(map(str, (*fields, f"{self.seconds:.2f}", said))) + "\n"


class Results:
    """The points that were tried; every point is there once, the last time it was tried."""

    def __init__(self, folder: Path, part: str = "1") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"points-{part}.tsv"
        self.points: dict[tuple[str, str, int], list[str]] = {}
        for path in sorted(folder.glob("points*.tsv")):
            for line in path.read_text().splitlines():
                work, kind, at, *rest = line.split("\t")
                self.points[work, kind, int(at)] = rest

    def add(self, tried: Tried) -> None:
        with self._file.open("a") as file:
            file.write(tried.row())
        row = tried.row().rstrip("\n").split("\t")
        self.points[tried.work, tried.kind, tried.at] = row[3:]

    def table(self) -> str:
        """Points by work and kind: tried, and how many of them did not hold."""
        tried: Counter[tuple[str, str]] = Counter()
        failed: Counter[tuple[str, str]] = Counter()
        files: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for (work, kind, _), (call, file, _, _, said) in self.points.items():
            if call:
                tried[work, kind] += 1
                failed[work, kind] += said != "held"
                files[work, kind][file] += 1
        lines = [
            f"{work:8} {kind:8} {count:5} points {failed[work, kind]:3} failed  "
            + ", ".join(f"{file} {n}" for file, n in files[work, kind].most_common())
            for (work, kind), count in sorted(tried.items())
        ]
        return "\n".join([*lines, f"{tried.total()} points, {failed.total()} failed"])


@dataclass(frozen=True, slots=True)
class Work:
    """What is disturbed: where it starts from, and what it does."""

    run: Callable[..., Ended]  # crawls, holdings, and what Forked.run takes
    start: Path | None = None  # a copy of these holdings
    codes: tuple[int, ...] = (0, 3)
    recovers: bool = False  # and crawls then

    def lay(self, holdings: Path) -> None:
        if self.start is not None:
            shutil.copytree(self.start, holdings)


def repaired(crawls: Crawls, holdings: Path, **more: object) -> Ended:
    where = ("--holdings", holdings, "--sites", crawls.folder / "sites")
    return crawls.forked.run("fangzhi", "check", "--repair", *where, **more)  # type: ignore[arg-type]


def works(crawls: Crawls, folder: Path) -> dict[str, Work]:
    """The works by name; what they start from is made once and kept with the results."""
    middle, end, torn = (folder / f"start-{name}" for name in ("resume", "catchup", "repair"))
    if not middle.exists():
        _killed(crawls, middle, "half", 180, _is_torn)
    if not end.exists():
        _killed(crawls, end, "kill", 300, _is_captured)
    if not torn.exists():
        shutil.copytree(middle, torn)
        _damage(torn)
    return {
        "crawl": Work(Crawls.crawl),
        "resume": Work(Crawls.crawl, middle, recovers=True),
        "catchup": Work(Crawls.crawl, end, recovers=True),
        "repair": Work(repaired, torn, (0, 1, 3)),
    }


def _killed(crawls: Crawls, kept: Path, kind: str, at: int, is_it: Callable[[Path], bool]) -> None:
    """Keep the holdings of a crawl killed at the first call from `at` on that leaves what is wanted."""
    for number in range(at, at + 400):
        holdings = crawls.fresh()
        fault = crawls.fault(holdings, kind, number) | {"FAULT_HIT": str(crawls.folder / "hit")}
        crawls.crawl(holdings, fault=fault)
        if is_it(holdings):
            shutil.copytree(holdings, kept)
            return
        shutil.rmtree(holdings)
    raise SystemExit(f"no kill left what {kept.name} starts from")


def _is_torn(holdings: Path) -> bool:
    """A WARC file with half a record, one that is finished, and text that is not."""
    left = list((holdings / "warc").glob("*.open"))
    finished = list((holdings / "warc").glob("*.gz"))
    text = list((holdings / "text").glob("*.jsonl.open"))
    return bool(left and finished and text) and crawling.is_torn(left[0])


def _is_captured(holdings: Path) -> bool:
    pages = {
        uri.removeprefix("http://www.a.test") for _, uri in crawling.found(holdings, torn=True)
    }
    waiting = len(list((holdings / "warc").glob("*.gz*"))) - len(
        list((holdings / "text").glob("*.jsonl"))
    )
    return pages >= set(crawling.THIRTY) - {"/p.png"} and waiting > 1


def _damage(holdings: Path) -> None:
    """Make the state unreadable, and an index say what is not so."""
    state = holdings / "state.sqlite"
    data = bytearray(state.read_bytes())
    data[:100] = b"x" * 100
    state.write_bytes(data)
    index = holdings / "index" / next((holdings / "warc").glob("*.gz")).name
    index.with_name(index.name.replace(".warc.gz", ".cdxj")).write_text("a lie\n")


def try_point(crawls: Crawls, work: Work, name: str, kind: str, at: int) -> Tried:
    """Disturb a work at one call, and go on; `call` is empty where it has not so many."""
    holdings, hit = crawls.fresh(), crawls.folder / "hit"
    noted, where = crawls.folder / "noted", f"{name} {kind} {at}"
    for path in (hit, noted):
        path.unlink(missing_ok=True)
    began = time.monotonic()
    work.lay(holdings)
    fault = crawls.fault(holdings, kind, at) | {"FAULT_HIT": str(hit)}
    if name == "shorts":
        fault |= {"FAULT_EVERY": str(TOGETHER)}
    ended = work.run(crawls, holdings, fault=fault, noted=noted)
    call, file = "", ""
    if hit.exists():
        rows = hit.read_text().splitlines()
        call, path = rows[0].split("\t")
        file = _class(Path(path).relative_to(holdings)) if len(rows) == 1 else f"{len(rows)} writes"
    said = ""
    try:
        if call and kind in DEADLY:
            assert ended.code == -9, f"{where}: {ended.code}: {ended.said}"
        else:
            ends_well(where, ended, work.codes)
        if kind == "short" and not ended.code and work.run is not repaired:  # nothing to go on with
            kept = crawling.kept_so_far(holdings, noted)
            crawling.holds(crawls, holdings, where, kept, derives=True)
        elif call:
            _finish(crawls, work, holdings, where, noted)
    except AssertionError as problem:
        said = str(problem) or "assertion"
    shutil.rmtree(holdings, ignore_errors=True)
    return Tried(name, kind, at, call, file, ended.code, time.monotonic() - began, said)


def _finish(crawls: Crawls, work: Work, holdings: Path, where: str, noted: Path) -> None:
    if work.run is repaired:
        whole = crawling.whole(holdings)
        kept = crawling.kept_so_far(holdings, noted)
        again = repaired(crawls, holdings, noted=noted)
        ends_well(where, again, (0, 1))
        assert kept <= crawling.rows(holdings), f"{where}: the repaired state does not know all"
        unseen = {dedupe_key(uri) for uri in whole} - crawling.visited(holdings)
        assert not unseen, f"{where}: the frontier is not whole: {unseen}"
    goes_on(crawls, holdings, where, derives=True, noted=noted)


def _class(path: Path) -> str:
    """What sort of file a path of holdings is."""
    if path.suffix == ".torn":
        return "torn"
    if path.name.startswith("state.sqlite"):
        return "journal" if path.name.endswith("-journal") else "state"
    return path.parts[0] if path.parts else "holdings"


def calls(crawls: Crawls, work: Work) -> list[tuple[str, str]]:
    """What a work does to the disk when nothing disturbs it: calls and sorts of files, in order; of
    a run that recovers, until it begins a WARC file of its own."""
    holdings, hit = crawls.fresh(), crawls.folder / "hit"
    hit.unlink(missing_ok=True)
    work.lay(holdings)
    fault = crawls.fault(holdings, "list", 0) | {"FAULT_HIT": str(hit)}
    ended = work.run(crawls, holdings, fault=fault)
    assert ended.code in work.codes, ended.said
    rows = [line.split("\t") for line in hit.read_text().splitlines()]
    told = [(call, _class(Path(path).relative_to(holdings))) for call, path in rows]
    shutil.rmtree(holdings)
    return told[: told.index(("create", "warc"))] if work.start and work.recovers else told


def most(told: list[tuple[str, str]], kind: str) -> int:
    """How many of these calls a kind of fault applies to."""
    names = {"half": ("write",), "short": ("write",), "sync": ("sync",)}.get(kind)
    return sum(names is None or call in names for call, _ in told)


def points(
    results: Results, work: str, kinds: list[str], part: int, of: int, ends: dict[str, int]
) -> Iterator[tuple[str, int]]:
    """Kind and number of every point not tried yet, the kinds side by side; `ends` are the last of
    the kinds, where it is not where a run has no more calls."""
    unmet = Counter[str]()
    at = part
    while kinds:
        for kind in list(kinds):
            if unmet[kind] >= BEYOND or at > ends.get(kind, at):
                kinds.remove(kind)
                continue
            if (work, kind, at) not in results.points:
                yield kind, at
            known = results.points.get((work, kind, at), ["?"])
            unmet[kind] = 0 if known[0] else unmet[kind] + 1
        at += of


def try_laid(crawls: Crawls, made: Recording, name: str, number: int, way: str) -> Tried:
    """Cut the power or kill a recorded crawl once, and go on."""
    holdings, noted, began = crawls.fresh(), crawls.folder / "noted", time.monotonic()
    told = made.lay(holdings, number, way)
    noted.write_text("".join(f"{a}\t{b}\n" for a, b in zip(told[::2], told[1::2], strict=True)))
    said = ""
    try:
        goes_on(crawls, holdings, f"{name} {number} {way}", derives=True, noted=noted)
    except AssertionError as problem:
        said = str(problem) or "assertion"
    shutil.rmtree(holdings, ignore_errors=True)
    op = made.done[number] if number < len(made.done) else None
    file = _class(Path(op.path)) if op and op.what != "ack" else ""
    call = op.what if op else "end"
    return Tried(name, way, number, call, file, 0, time.monotonic() - began, said)


def laid(crawls: Crawls, results: Results, name: str, part: int, of: int) -> Iterator[Trial]:
    """Every state of `cuts` not tried yet; of `again` some of the run after each of many kills."""
    whole = recording(crawls, results.folder)
    states = whole.distinct()
    runs: Iterator[tuple[str, Recording, list[tuple[str, int]]]] = iter([(name, whole, states)])
    if name == "again":
        runs = _recoveries(crawls, results, whole, states[part % of :: of])
        part, of = 1, 1
    for about, made, found in runs:
        todo = [(way, at) for way, at in found[part % of :: of]]
        print(f"{about}: {len(found)} states", file=sys.stderr, flush=True)
        for way, at in todo:
            if (about, way, at) not in results.points:
                yield partial(try_laid, crawls, made, about, at, way)


def _recoveries(
    crawls: Crawls, results: Results, whole: Recording, states: list[tuple[str, int]]
) -> Iterator[tuple[str, Recording, list[tuple[str, int]]]]:
    for way, number in states:
        if way in ("all", HALF):
            made = recovery(crawls, results.folder, whole, number, way)
            yield f"again-{number}-{way}", made, made.distinct()[:EACH]


def run(options: argparse.Namespace) -> int:
    part, of = (int(number) for number in options.part.split("/"))
    results = Results(options.results, str(part))
    end = time.monotonic() + options.seconds
    failed = 0
    with thirty_pages() as crawls:
        known = {} if set(options.work) <= LAID else works(crawls, options.results)
        for name in options.work:
            if name == "cuts" and options.at:
                made = recording(crawls, options.results)
                return int(_tell(results, try_laid(crawls, made, name, options.at, options.kind)))
            if name in LAID:
                for trial in laid(crawls, results, name, part, of):
                    if time.monotonic() > end:
                        return failed
                    failed += _tell(results, trial())
                continue
            todo: Iterator[tuple[str, int]]
            if name == "shorts":
                todo = (
                    ("short", at)
                    for at in range(part, TOGETHER + 1, of)
                    if (name, "short", at) not in results.points
                )
            else:
                told = calls(crawls, known[name])
                counts = {kind: most(told, kind) for kind in KINDS}
                print(f"{name}: {counts}", file=sys.stderr, flush=True)
                ends = counts if known[name].recovers else {}
                kinds = options.kinds.split(",")
                todo = points(results, name, kinds, part, of, ends)
            if options.at:
                todo = iter([(options.kind, options.at)])
            for kind, at in todo:
                if time.monotonic() > end:
                    return failed
                work = known["crawl" if name == "shorts" else name]
                failed += _tell(results, try_point(crawls, work, name, kind, at))
    return failed


def _tell(results: Results, tried: Tried) -> bool:
    """Keep what came of a point, and print what did not hold; whether it did not."""
    results.add(tried)
    if tried.failed:
        print(tried.row(), end="", flush=True)
    return bool(tried.failed)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.everywhere")
    parser.add_argument("results", type=Path, help="folder of results")
    parser.add_argument("work", nargs="*", default=["crawl", "resume", "catchup", "repair", "cuts"])
    parser.add_argument("--kinds", default=",".join(KINDS), help="which kinds of fault")
    parser.add_argument("--part", default="1/1", help="2/2: every second point")
    parser.add_argument("--seconds", type=float, default=86400, help="end after so long")
    parser.add_argument("--kind", default="kill", help="with --at: this one point")
    parser.add_argument("--at", type=int, default=0)
    parser.add_argument("--table", action="store_true", help="count the points that were tried")
    options = parser.parse_args()
    if options.table:
        print(Results(options.results).table())
        return 0
    return int(run(options) > 0)


if __name__ == "__main__":
    sys.exit(main())
