"""What deriving costs by set and by tree, beside trafilatura on the same pages, in one run.

    python -m tests.bench.deriving [--every N]

CPU milliseconds a page over every Nth page of each shared set and each saved site tree, in the
order of the files. Each program runs in a process of its own, after a warm-up on a fifth of the
pages: bytes of HTML to JSON line here; there to text, as `trafilatura.extract` does with its
defaults, and to JSON with metadata. No site memory. Only ratios mean anything elsewhere.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from tests.bench import corpus
from tests.bench.measuring import contend
from tests.shared import shared_folder

CONTENDERS = ("fangzhi", "trafilatura_default", "trafilatura_metadata")


def report(scratch: Path, every: int) -> None:
    """Print the table: pages, milliseconds of each program, and how many times ours they are."""
    shared = shared_folder()
    if shared is None:
        print("derive: left out, there is no ../shared with pages")
        return
    kinds = {"all sets": dict(corpus.sets(shared)), "all trees": dict(corpus.trees(shared))}
    groups = [
        (kind, name, p[::every]) for kind, named in kinds.items() for name, p in named.items()
    ]
    corpus.put(scratch, [page for *_, pages in groups for page in pages], "pages")
    each = [iter(contend("extracting", one, scratch).said["each"]) for one in CONTENDERS]
    print(f"{'':<24}{'pages':>7}{'derive':>9}{'text':>9}{'JSON':>9}{'times':>8}{'times':>7}")
    totals = {kind: [0.0] * (1 + len(CONTENDERS)) for kind in kinds}
    for kind, name, pages in groups:
        row = [len(pages), *(sum(islice(one, len(pages))) for one in each)]
        _say(name, row)
        totals[kind] = [a + b for a, b in zip(totals[kind], row, strict=True)]
    for kind, row in totals.items():
        _say(kind, row)


def _say(name: str, row: Sequence[float]) -> None:
    """A group's pages and the CPU seconds of each program."""
    pages, *took = row
    each = "".join(f"{1000 * cpu / pages:>9.2f}" for cpu in took)
    text, full = (cpu / took[0] for cpu in took[1:])
    print(f"{name:<24}{pages:>7.0f}{each}{text:>8.2f}{full:>7.2f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, metavar="N", help="page of each set")
    with tempfile.TemporaryDirectory() as folder:
        report(Path(folder), parser.parse_args().every)
