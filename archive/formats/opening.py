"""Any archive file read: WARC, ARC, or a WACZ with archives inside, known by its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.errors import MalformedPackage
from archive.formats.records import Damage, ReadRecord
from archive.formats.waczreader import Wacz, is_package
from archive.warcreader import read, read_at, read_file, read_file_at

_LOSSES = ("wacz-hash", "wacz-size", "wacz-missing-entry", "wacz-no-archive")
INSIDE = "!/"  # between the name of a package and the name of an entry in it


def records(path: Path, *, strict: bool = False) -> Iterator[ReadRecord | Damage]:
    """Every record of a file, and every stretch of it that could not be read.

    What is inside a WACZ is called `<package>!/archive/<name>`; entries that are refused and
    hashes that are wrong are told as damage in front of the records, with `strict` also what
    else is wrong with the package.
    """
    with path.open("rb") as file:
        packed = is_package(file)
    if not packed:
        yield from read(path)
        return
    try:
        with Wacz(path) as package:
            yield from _inside(package, strict)
    except MalformedPackage as problem:
        yield Damage(path.name, 0, path.stat().st_size, str(problem), "zip-broken")


def record_at(path: Path, name: str, offset: int, inside: int = 0) -> ReadRecord:
    """A record read again: the one `inside` unpacked bytes of the member at `offset` of the file
    that `records` called `name`. Raises `ValueError` where there is none, or `OSError`."""
    entry = name.partition(INSIDE)[2]
    if not entry:
        return read_at(path, offset, inside)
    try:
        with Wacz(path) as package, package.open(entry) as content:
            return read_file_at(content, name, offset, inside)
    except (MalformedPackage, KeyError) as problem:
        raise ValueError(str(problem)) from problem


def _inside(package: Wacz, strict: bool) -> Iterator[ReadRecord | Damage]:
    for wrong in (p for p in package.verify() if strict or p.refused or p.code in _LOSSES):
        yield Damage(package.name, 0, 0, f"{wrong.entry} {wrong.problem}", wrong.code)
    for entry in package.archives():
        name = f"{package.name}{INSIDE}{entry}"
        try:
            with package.open(entry) as content:
                if is_package(content):
                    yield Damage(name, 0, 0, "a package inside a package is not read", "zip-nested")
                else:
                    yield from read_file(content, name)
        except MalformedPackage as problem:
            yield Damage(name, 0, 0, str(problem), "zip-broken")
