"""Where things lie, and who owns them.

    holdings/
      warc/<stem>.warc.gz             `.open` while a living process writes it
      text/<stem>.jsonl               one Article or Rejection per line, in the order of capture
      text/<stem>-text.warc.gz        conversion records, never indexed for replay
      index/<stem>.cdxj               where records lie, by URL
      memory/<site>-<digest>.json     lines that repeat across a site's captures
      memory/_like-<digest>.json      the examples a run compared its articles with
      runs/<run>.json                 one report per run
      state.sqlite                    acknowledged captures; can be rebuilt from warc/
      .repair                         while a state that was missing is made again

One process owns a holdings folder at a time, by a kernel lock that dies with it.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from archive import cdxj, memory, ownership, relevance, warcwriter
from archive.errors import (
    FangzhiError,
    HoldingsDamaged,
    HoldingsError,
    HoldingsInUse,
    WriteFailed,
)
from archive.formats import message, originals
from archive.formats.records import ReadRecord
from archive.model import Location, SiteMemory
from archive.relevance import Examples
from archive.state import DISK_FAILS, Acknowledged, State, is_of_query
from archive.warc import parse_date, warc_date
from archive.warcreader import read

T = TypeVar("T")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")  # a site's id (archive/sites.py), a digest
RUN_FIELD = "isPartOf"  # of a warcinfo record: the run that wrote the file (DCMI)
_INFO_LIMIT = 1 << 20  # bytes of a warcinfo record
_REPAIR = ".repair"
_ASIDE = ".broken"  # behind the name of a state that was put aside
FOLDERS = ("warc", "text", "index", "memory", "runs")


class Holdings:
    """An opened holdings folder.

    With `own` true this process becomes its one owner and what a dead owner left behind is
    finished first; raises `HoldingsInUse` when a living one has it, `HoldingsError` when the
    folder cannot be used, `WriteFailed` when the disk is full or fails. A state that is made again
    belongs to whoever `repairs` until `repaired` is said: a crawl with half of it would ask for
    every page, and nobody could tell later what had been missing. Whoever repairs has its every page
    read, and where one is damaged the state is put aside, under the same lock, for a new one.
    """

    def __init__(self, root: Path, *, own: bool = False, repairs: bool = False) -> None:
        self.root = root
        self.aside = ""  # name of a damaged state that was put aside
        self._lock = -1
        self.recovered: list[warcwriter.Recovered] = []
        try:
            if own:
                self._become_owner()
                self._mark_repair(begins=repairs)
            elif not root.is_dir():
                raise HoldingsError(f"{root}: no such holdings folder")
        except HoldingsError:
            self._let_go()
            raise
        except OSError as error:
            self._let_go()
            kind = WriteFailed if error.errno in DISK_FAILS else HoldingsError
            raise kind(f"{root}: {error.strerror or error}") from error
        try:
            self.state = self._state(repairs=repairs) if own else None
        except BaseException:
            self._let_go()
            raise
        if self.state is not None and (left := self._unindexed()):
            try:
                self.state.add_missing(chain.from_iterable(map(acknowledged_in, left)))
            except WriteFailed as error:
                self.close()
                if type(error.__cause__) is sqlite3.DatabaseError:  # damaged, not the disk's doing
                    raise HoldingsDamaged(str(error)) from error
                raise
            except BaseException:
                self.close()
                raise

    def folder(self, name: str) -> Path:
        """One of `FOLDERS`."""
        return self.root / name

    def warcs(self) -> list[Path]:
        """Every WARC file in the order of capture, those still being written last."""
        files = self.folder("warc").glob("*.warc.gz*")
        return sorted(f for f in files if f.name.endswith((".warc.gz", ".warc.gz.open")))

    def warc(self, name: str) -> Path:
        """The file of that final name, wherever it stands now; it may still be `.open`."""
        path = self.folder("warc") / name
        return path if path.exists() else path.with_name(name + warcwriter.OPEN)

    def place(self, record_id: str) -> tuple[Path, Location] | None:
        """File and place of the response or revisit with this id, if the state was told of it.

        Reads the last commit, whoever owns the holdings. Raises `HoldingsError` where a state is there
        and cannot be read: what it knows is not missing."""
        path = self.root / "state.sqlite"
        state = path.resolve().as_uri()
        query = "SELECT file, offset, length FROM captures WHERE record_id = ?"
        try:
            with closing(sqlite3.connect(f"{state}?mode=ro", uri=True, timeout=10)) as db:
                row = db.execute(query, (record_id,)).fetchone()
        except sqlite3.Error as error:
            if not path.exists() or is_of_query(error):
                return None
            raise HoldingsError(f"{path}: {error}; `fangzhi check` says more") from error
        return (self.warc(row[0]), Location(*row)) if row else None

    def find_memory(self, site: str, digest: str | None = None) -> SiteMemory | None:
        """The site memory of that digest, or the newest one of the site."""
        if digest:
            return kept_memory(self.folder("memory"), site, digest)
        named = re.compile(re.escape(site) + r"-[0-9a-f]{16}\.json")  # no other that begins alike
        found = self.folder("memory").glob(f"{site}-*.json")
        kept = (path for path in found if named.fullmatch(path.name))
        newest = max(kept, key=lambda p: (p.stat().st_mtime_ns, p.name), default=None)
        return _kept(newest, memory.from_json) if newest else None

    def keep_memory(self, learned: SiteMemory) -> Path:
        """Save a site memory under its digest; older ones stay."""
        path = self.folder("memory") / f"{learned.site}-{learned.digest[:16]}.json"
        write_whole(path, memory.to_json(learned).encode("utf-8"))
        return path

    def keep_examples(self, examples: Examples) -> Path:
        """Save what a run compares its articles with, under its digest; older ones stay."""
        path = _examples_file(self.folder("memory"), examples.digest)
        write_whole(path, relevance.to_json(examples).encode("utf-8"))
        return path

    def write_report(self, run: str, report: Mapping[str, Any]) -> Path:
        """Write `runs/<run>.json`."""
        path = self.folder("runs") / f"{run}.json"
        write_whole(path, (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
        return path

    def index_finished(self) -> int:
        """Write the index of every finished WARC file that has none; how many there were."""
        left = self._unindexed()
        for path in left:
            self.write_index(path)
        return len(left)

    def write_index(self, path: Path) -> None:
        """Write the index of a finished WARC file."""
        write_pieces(self.folder("index") / cdxj.index_name(path), cdxj.sorted_index(path))

    def repaired(self) -> None:
        """The state is whole again: anybody may use it."""
        (self.root / _REPAIR).unlink(missing_ok=True)

    def close(self) -> None:
        if self.state is not None:
            self.state.close()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _state(self, *, repairs: bool) -> State:
        path = self.root / "state.sqlite"
        try:
            state = State(path)
            if not repairs:
                return state
            try:
                found = state.damage()
            except BaseException:
                state.close()
                raise
            if not found:
                return state
            state.close()
        except HoldingsDamaged:
            if not repairs:
                raise
        self._put_aside(path)
        return State(path)

    def _put_aside(self, state: Path) -> None:
        number = sum(1 for _ in self.root.glob(f"{state.name}{_ASIDE}*"))
        aside = state.with_name(f"{state.name}{_ASIDE}{number or ''}")
        mark_repair(self.root)
        os.replace(state, aside)
        # Not before: a state that stays, without its journal, would be opened with half a commit.
        for journal in self.root.glob(f"{state.name}-*"):
            journal.unlink()
        self.aside = aside.name

    def _mark_repair(self, *, begins: bool) -> None:
        """Note that a state is made again, before it is; refuse one that is not yet whole."""
        mark = self.root / _REPAIR
        if not begins and mark.exists():
            problem = "a repair was broken off; `fangzhi check --repair` finishes it"
            raise HoldingsError(f"{self.root}: {problem}")
        if begins and not (self.root / "state.sqlite").exists() and self.warcs():
            mark_repair(self.root)

    def _unindexed(self) -> list[Path]:
        """Finished WARC files without an index: a run or a recovery died behind their last record, so
        the state may not know of all of them."""
        finished = [path for path in self.warcs() if path.name.endswith(".gz")]
        return [path for path in finished if not self._index_of(path).exists()]

    def _index_of(self, path: Path) -> Path:
        return self.folder("index") / cdxj.index_name(path)

    def _become_owner(self) -> None:
        ownership.keep_others_out()
        made = [folder for folder in (self.root, *self.root.parents) if not folder.exists()]
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in made:
            with suppress(PermissionError):  # to look into the folder it was made in
                warcwriter.sync_folder(folder.parent)
        kept = (self.folder(name) for name in (*FOLDERS, "state.sqlite"))
        ownership.refuse_foreign([self.root, *kept])
        self._lock = os.open(self.root / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HoldingsInUse(f"{self.root}: in use by another fangzhi process") from error
        for name in FOLDERS:
            self.folder(name).mkdir(exist_ok=True)
        warcwriter.sync_folder(self.root)  # nothing in a folder is safe before its name is
        self.recovered = warcwriter.recover(self.folder("warc"))


def kept_memory(folder: Path, site: str, digest: str) -> SiteMemory | None:
    """The site memory of that digest. Both names come from a WARC file, which anybody may have
    written: what is no plain name is not looked for."""
    if not (_PLAIN.fullmatch(site) and _PLAIN.fullmatch(digest)):
        return None
    path = folder / f"{site}-{digest[:16]}.json"
    return _kept(path, memory.from_json) if path.exists() else None


def kept_examples(folder: Path, digest: str) -> Examples | None:
    """The examples of that digest, which comes from a WARC file as well."""
    path = _examples_file(folder, digest)
    if not (_PLAIN.fullmatch(digest) and path.exists()):
        return None
    return _kept(path, relevance.from_json)


def _kept(path: Path, read: Callable[[str], T]) -> T:
    """What a file of memory/ holds. Raises `HoldingsError`: without it pages are derived otherwise."""
    try:
        return read(path.read_text("utf-8"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        remedy = "take it from a copy, or remove it: then pages are derived without"
        raise HoldingsError(f"{path}: cannot be read ({error}); {remedy}") from error


def _examples_file(folder: Path, digest: str) -> Path:
    return folder / f"_like-{digest[:16]}.json"  # a site's id does not begin so


def acknowledged_in(path: Path) -> Iterator[Acknowledged]:
    """What the state says of the responses and revisits of a WARC file.

    Their run is the one its warcinfo record names, `""` where it names none.
    """
    run = ""
    for record in read(path) if path.exists() else ():
        if isinstance(record, ReadRecord) and record.type == "warcinfo":
            run = run_of(record)
        if isinstance(record, ReadRecord) and record.type in ("response", "revisit"):
            yield acknowledged(record, run)


def acknowledged(record: ReadRecord, run: str) -> Acknowledged:
    """What the state says of a response or revisit."""
    revisit = record.type == "revisit"
    head = record.block.read(message.HEAD_LIMIT)
    status = message.status(head[: message.head_length(head)])
    place = replace(record.location, file=record.location.file.removesuffix(warcwriter.OPEN))
    return Acknowledged(
        record.id,
        (record.get("WARC-Target-URI") or "").strip("<>"),
        warc_date(parse_date(record.get("WARC-Date") or "")),
        run,
        status or (304 if revisit else 0),
        place,
        record.get("WARC-Payload-Digest") or "",
        (record.get("WARC-Refers-To") or "").strip("<>") if revisit else "",
        is_new=originals.is_new(record),
    )


def run_of(warcinfo: ReadRecord) -> str:
    """The run a warcinfo record names, `""` where it names none."""
    rows = warcinfo.block.read(_INFO_LIMIT).splitlines()
    pairs = (row.decode("utf-8", "replace").partition(":") for row in rows)
    return next((value.strip() for name, _, value in pairs if name == RUN_FIELD), "")


def mark_repair(root: Path) -> None:
    """Note that the state of a holdings folder is made again, until `Holdings.repaired`. Raises `OSError`."""
    write_whole(root / _REPAIR, b"")


def unwritten(path: Path, error: OSError) -> FangzhiError:
    """What is said of a file that could not be written; `WriteFailed` where the disk is full or fails."""
    kind = WriteFailed if error.errno in DISK_FAILS else FangzhiError
    return kind(f"{path}: {error.strerror or error}")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all. Raises `OSError`."""
    write_pieces(path, (data,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """The same of a file that comes in pieces."""
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)  # it would only fill the disk further
        raise
    warcwriter.sync_folder(path.parent)
