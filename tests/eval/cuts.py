"""Score the repair of GBK cuts: `python -m tests.eval.cuts [A|B|C|D|FOLDER] [--worst N]`.

Clean text is damaged by the machine (archive/damage/gbk.py, tests/damage.py) in every family below, the
same way at each run, and repaired. The sets:

A   golds of hosts whose sha256 begins with an even byte: the thresholds were set on them.
B   golds of the other hosts: looked at while the rules were made, so neither tuned nor unseen.
C   articles of three saved site trees that are no gold page and no near copy of one; no rule and
    no count was made from them. Failures on C are not to be looked at: only its figures are.
D   every fourth article of the two other saved trees that is no near copy of a gold or of one in C;
    defined before it was run, once. Other pages of two hosts of A or B: same house, other texts.

A folder is a set, too: every `*.txt` in it, of either script, is a text.

A spot is wrong when the text differs from what it was after an automatic repair; a place left as
it is seen, with candidates, is flagged. Needs the shared folder; its pages stay there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tarfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from archive import decode
from archive.damage import mend
from archive.damage.gbk import Decoder, fold
from archive.model import Page
from tests.damage import changed, glossed, indented, traditional
from tests.eval.run import text_of
from tests.eval.spots import Score, judge, shown_by, spots
from tests.shared import shared_folder

TREES = {
    "C": ("gxnews-static", "daozhen-trs", "sichuan-ucap"),
    "D": ("pingdingshan-channels", "cicpa-trs"),
}
_EVERY = {"C": 1, "D": 4}
_LONGEST = 1500  # characters of an article that are used
_SHORTEST = 200  # of the labelled and the saved pages


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of mirror: what it did to a text before and after the cut."""

    decoder: Decoder
    marks: str = "！？"
    script: bool = True  # converted to Traditional, and glossed
    folded: bool = False
    indented: bool = False  # paragraphs in one line, each after two U+3000


FAMILIES = {
    "hant-py": Family("py", folded=True, indented=True),  # sample 002
    "hant-py-six": Family("py", "！？，；：。"),
    "hant-ms": Family("ms", indented=True),
    "hant-ms-six": Family("ms", "！？，；：。"),
    "hans-py": Family("py", script=False, indented=True),
    "hans-py-six": Family("py", "！？，；：。", script=False, folded=True),
    "hans-ms": Family("ms", script=False, indented=True),
    "hans-ms-six": Family("ms", "！？，；：。", script=False),
    "hant-py18030": Family("py18030", indented=True),
    "hans-py18030-six": Family("py18030", "！？，；：。", script=False),
    "hant-whatwg-six": Family("whatwg", "！？，；：。"),
    "hans-whatwg": Family("whatwg", script=False, indented=True),
}


def _half(host: str) -> str:
    return "AB"[hashlib.sha256(host.encode()).digest()[0] % 2]


def articles(name: str) -> Iterator[tuple[str, str]]:
    """Name and text of every article of set A, B, C or D, or of a folder of plain texts."""
    if Path(name).is_dir():
        return ((f.name, f.read_text(encoding="utf-8")) for f in sorted(Path(name).glob("*.txt")))
    if name not in TREES:
        return _of_golds(name)
    seen = {key for row in _golds() for key in _keys(row["text"])}
    if name == "D":
        seen.update(key for _, text in _of_trees(TREES["C"], seen) for key in _keys(text))
    return islice(_of_trees(TREES[name], seen), 0, None, _EVERY[name])


def _of_golds(half: str) -> Iterator[tuple[str, str]]:
    for row in _golds():
        host = row.get("host") or row.get("site") or urlsplit(row.get("url") or "").hostname
        if _half(host or row["id"]) == half:
            yield row["id"], row["text"]


@cache
def _golds() -> list[dict[str, str]]:
    rows = []
    for path in sorted(_data().glob("pages/*/gold.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        rows += [row for row in map(json.loads, lines) if row.get("text")]
    return rows


def _of_trees(trees: Iterable[str], seen: set[str]) -> Iterator[tuple[str, str]]:
    """The articles of saved trees that are no near copies; `seen` grows by their lines."""
    for name in trees:
        with tarfile.open(_data() / "sites" / f"{name}.tar.xz") as tar:
            files = sorted((m for m in tar if m.isfile()), key=lambda m: m.name)
            for member in files:
                if not member.name.endswith((".html", ".htm", ".shtml")):
                    continue
                file = tar.extractfile(member)
                assert file is not None
                page = decode.decode_file(file.read(), member.name, f"http://{member.name}")
                text = text_of(page, None) if isinstance(page, Page) else ""
                keys = _keys(text)
                # Half of the long lines known: the same notice again, or another copy of a gold.
                if keys and 2 * sum(key in seen for key in keys) < len(keys):
                    seen.update(keys)
                    yield member.name, text


def _keys(text: str) -> list[str]:
    lines = ("".join(filter(str.isalnum, line)) for line in text.splitlines())
    return [line[:30] for line in lines if len(line) >= 20]


def _data() -> Path:
    shared = shared_folder()
    if shared is None:
        raise SystemExit("the shared folder is not here")
    return shared / "data"


def passage(text: str) -> str:
    """The first lines of a text, 1,500 characters at most, in characters that GBK has."""
    text = "".join(c for c in text if c.isascii() or c.encode("gbk", "ignore")).replace("\r", "")
    kept, size = [], 0
    for line in (line.strip() for line in text.split("\n")):
        if line and size + len(line) <= _LONGEST:
            kept.append(line)
            size += len(line)
    return "\n".join(kept)


def before_the_cut(text: str, family: Family, salt: str) -> str:
    """A clean text as the mirror had it: converted, glossed, its paragraphs joined."""
    if family.script:
        text = glossed(traditional(text), glossed_by(salt))
    return indented(text) if family.indented else text


@cache
def glossed_by(salt: str) -> frozenset[str]:
    """The third of the converted characters that a mirror glosses, another one for each text."""
    digests = ((c, hashlib.sha256((salt + c).encode()).digest()[0]) for c in changed())
    return frozenset(c for c, digest in digests if digest < 85)


def damages(name: str, text: str, turn: int, each: int) -> Iterator[tuple[str, str]]:
    """Family and text before the cut of each damage an article goes through."""
    families = list(FAMILIES)
    for step in range(min(each, len(families))):
        family = families[(turn + step * 3) % len(families)]
        yield family, before_the_cut(passage(text), FAMILIES[family], name)


def scored(clean: str, family: Family) -> Score:
    """How the repair does on one text."""
    shown = shown_by(clean, family.marks, family.decoder)
    damaged = "".join(s[0] for s in shown)
    found = spots(clean, shown)
    if family.folded:
        damaged = fold(damaged)
    return judge(clean, damaged, found, mend.restore(damaged))


def score(name: str, every: int = 1, each: int = 1) -> dict[str, Score]:
    """The score of every family on a set, or on every so many of its articles.

    Each article goes through `each` of the families, in turn.
    """
    scores = {family: Score() for family in FAMILIES}
    shortest = 0 if Path(name).is_dir() else _SHORTEST
    kept = [(k, t) for k, t in articles(name) if len(t) >= shortest]
    for turn, (key, text) in enumerate(kept[::every]):
        for family, clean in damages(key, text, turn, each):
            scores[family].add(scored(clean, FAMILIES[family]))
    return scores


def in_all(scores: dict[str, Score]) -> Score:
    """The sum over the families."""
    total = Score()
    for each in scores.values():
        total.add(each)
    return total


def main() -> None:
    """Print one line per family and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", nargs="?", default="A")
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--each", type=int, default=1, help="families that a text goes through")
    args = parser.parse_args()
    if args.worst and args.set in TREES:
        parser.error("failures on C and D are not to be looked at")
    start = time.monotonic()
    scores = score(args.set, args.every, args.each)
    for name, each in [*scores.items(), ("all", in_all(scores))]:
        print(f"{Path(args.set).name} {name:16} {each.row()}")
    print(f"{time.monotonic() - start:.0f} s")
    for line in sorted(in_all(scores).failures, reverse=True)[: args.worst]:
        print(line)


if __name__ == "__main__":
    main()
