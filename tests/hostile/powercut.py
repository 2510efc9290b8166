"""What a disk may hold after a power cut, from a recording of all that was done to it.

faults.c writes down every write, truncation, sync, rename, removal and new name. At a cut, what was
synced is there: the bytes of a file up to its last fsync, the names of a folder up to the folder's. Of all
later changes any part may be there, and in any order: POSIX promises nothing of them. The ways
of `WAYS` are the corners of that and chance between them; bytes are torn at `BLOCK`.

Stricter than ext4 and XFS are, which keep names in order and write a file before its first fsync
returns its name. Not modelled: a disk that says it has synced and has not.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = (
    512  # bytes; SQLite and we assume that a disk tears nothing smaller (sqlite.org, atomic commit)
)
WAYS = ("nothing", "all", "names", "torn", "chance")


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that was done."""

    what: str  # write, truncate, sync, create, mkdir, rename, unlink, ack
    inode: int
    at: int
    path: str
    other: str  # what a renamed file was called
    data: bytes


def recorded(log: Path, root: Path) -> list[Op]:
    """What faults.c wrote down, in order; paths below `root`, `""` is the root itself."""
    data, at, found = log.read_bytes(), 0, []
    while at < len(data):
        end = data.index(b"\n", at)
        what, inode, place, size, path, other = data[at:end].decode().split("\t")
        start = end + 1
        at = start + (int(size) if what in ("write", "ack") else 0)
        names = [name.removeprefix(str(root)).removeprefix("/") for name in (path, other)]
        found.append(Op(what, int(inode), int(place), *names, data[start:at]))
    return found


@dataclass(slots=True)
class _File:
    """A file: what was done to its bytes, and how much of that is certain."""

    done: list[Op] = field(default_factory=list)
    certain: int = 0
    is_folder: bool = False


@dataclass(slots=True)
class _Folder:
    """A folder: the names made, moved and removed in it, and how many of these are certain."""

    done: list[tuple[str | None, str | None, int]] = field(default_factory=list)  # old, new, file
    certain: int = 0


class Disk:
    """A disk with an empty folder, and what is done in it."""

    def __init__(self) -> None:
        self._files: list[_File] = []
        self._number: dict[int, int] = {}  # inode: its file now
        self._folders: dict[str, _Folder] = {"": _Folder()}
        self.acknowledged: list[str] = []

    def do(self, op: Op) -> None:
        """Take note of one thing that was done."""
        if op.what == "ack":
            self.acknowledged += op.data.decode().split()
        elif op.what in ("create", "mkdir"):
            if not op.path:
                return  # where the holdings lie is not theirs
            self._number[op.inode] = len(self._files)
            self._files.append(_File(is_folder=op.what == "mkdir"))
            if op.what == "mkdir":
                self._folders[op.path] = _Folder()
            self._rename(op, None, op.path)
        elif op.what == "rename":
            self._rename(op, op.other, op.path)
        elif op.what == "unlink":
            self._rename(op, op.path, None)
        elif op.what == "sync" and op.path in self._folders:
            self._folders[op.path].certain = len(self._folders[op.path].done)
        else:
            file = self._files[self._number[op.inode]]
            if op.what == "sync":
                file.certain = len(file.done)
            else:
                file.done.append(op)

    def left(self, way: str, chance: random.Random, folder: str = "") -> dict[str, bytes | None]:
        """What may be there when the power is cut now: bytes of files by path, None of folders."""
        found: dict[str, bytes | None] = {}
        for name, number in self._names(folder, way, chance).items():
            file, path = self._files[number], f"{folder}/{name}".removeprefix("/")
            found[path] = None if file.is_folder else _content(file, way, chance)
            if file.is_folder:
                found |= self.left(way, chance, path)
        return found

    def lay(self, target: Path, way: str, chance: random.Random) -> None:
        """Make that at `target`."""
        lay(self.left(way, chance), target)

    def moved(self, inodes: Mapping[str, int], folder: str = "") -> None:
        """Go on with what was laid by the way `all`, where files have these inodes: as after a kill, what
        was not synced is in memory still, and no more certain than before."""
        for name, number in self._names(folder, "all", random.Random(0)).items():
            path = f"{folder}/{name}".removeprefix("/")
            self._number[inodes[path]] = number
            if self._files[number].is_folder:
                self.moved(inodes, path)

    def _rename(self, op: Op, old: str | None, new: str | None) -> None:
        folder = self._folders[(new or old or "").rpartition("/")[0]]
        names = [name and name.rpartition("/")[2] for name in (old, new)]
        folder.done.append((names[0], names[1], self._number.get(op.inode, -1)))

    def _names(self, root: str, way: str, chance: random.Random) -> dict[str, int]:
        folder, names = self._folders[root], dict[str, int]()
        for number, (old, new, file) in enumerate(folder.done):
            if number >= folder.certain and not _kept(way, chance):
                continue
            moved = names.pop(old, -1) if old else file
            if new and moved >= 0:
                names[new] = moved
        return names


def lay(left: Mapping[str, bytes | None], target: Path) -> None:
    """Make files and folders at `target`."""
    target.mkdir()
    for path, data in left.items():
        if data is None:
            (target / path).mkdir()
        else:
            (target / path).write_bytes(data)


def inodes(root: Path) -> dict[str, int]:
    """The inode of every file and folder, by path."""
    return {str(path.relative_to(root)): path.stat().st_ino for path in root.rglob("*")}


def _kept(way: str, chance: random.Random) -> bool:
    """Whether a name that is not certain is on the disk."""
    return chance.random() < 0.5 if way == "chance" else way != "nothing"


def _content(file: _File, way: str, chance: random.Random) -> bytes:
    """The bytes of a file after a cut."""
    certain, last = _applied(file.done[: file.certain]), _applied(file.done)
    if way == "all" or certain == last:
        return last
    if way in ("nothing", "names"):
        return certain
    size = last if way == "torn" or chance.random() < 0.5 else certain
    found = bytearray()
    for at in range(0, len(size), BLOCK):
        old, new = certain[at : at + BLOCK], last[at : at + BLOCK]
        new += old[len(new) :]  # what a truncation cut off goes with the size, or not at all
        end = min(BLOCK, len(size) - at)
        block = new if old == new or chance.random() < 0.5 else old
        found += block[:end].ljust(end, b"\0")
    return bytes(found)


def _applied(done: Iterable[Op]) -> bytes:
    data = bytearray()
    for op in done:
        if op.what == "truncate":
            del data[op.at :]
            data.extend(bytes(op.at - len(data)))
        else:
            data.extend(bytes(max(0, op.at - len(data))))
            data[op.at : op.at + len(op.data)] = op.data
    return bytes(data)


def cuts(disk: Disk, done: list[Op], step: int, first: int = 0) -> Iterator[int]:
    """Do one thing after the other; stops before every `step`-th, counted from `first`, and at the end."""
    for number, op in enumerate(done):
        if number % step == first % step:
            yield number
        disk.do(op)
    yield len(done)
