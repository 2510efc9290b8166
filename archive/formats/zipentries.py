"""The entries of a ZIP file that are safe to read, and what is wrong with the others.

Nothing is ever extracted under a name of the package's choosing, so a traversing name could do
no harm here; it is refused all the same, because the next program may extract it. Two entries of
one name are both refused: readers disagree on which one counts.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, BinaryIO

from archive import temporary
from archive.errors import MalformedPackage

ENTRIES = 100_000
DIRECTORY_LIMIT = 64 * 1024 * 1024  # bytes of the central directory
INFLATED_LIMIT = 2 << 30  # bytes of one deflated entry; what must be large is stored (WACZ 1.1.1)
_LOCAL = struct.Struct("<4s22xHH")
_PIECE = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError)


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """What is wrong with one entry; `refused` when it cannot be read."""

    code: str
    entry: str
    problem: str
    refused: bool = True


class ZipEntries:
    """The central directory of an open file, checked. Raises `MalformedPackage`."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self.problems: list[EntryProblem] = []
        if _directory_size(file) > DIRECTORY_LIMIT:
            raise MalformedPackage(f"{name}: its directory is larger than 64 MiB")
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as problem:
            raise MalformedPackage(f"{name}: {problem}") from problem
        listed = self._zip.infolist()
        if len(listed) > ENTRIES:
            raise MalformedPackage(f"{name}: more than {ENTRIES:,} entries")
        self.entries = self._accepted([info for info in listed if not info.is_dir()])

    def open(self, name: str) -> BinaryIO:
        """The content of an accepted entry, seekable. Raises `MalformedPackage`."""
        info = self.entries[name]
        if info.compress_type == zipfile.ZIP_STORED:
            return io.BufferedReader(_Window(self._file, self._start(info), info.compress_size))
        return self._inflated(info)

    def read(self, name: str, limit: int) -> bytes:
        """The content of an accepted entry of at most `limit` bytes."""
        if self.entries[name].file_size > limit:
            raise MalformedPackage(f"{name}: larger than {limit:,} bytes")
        with self.open(name) as content:
            return content.read(limit)

    def close(self) -> None:
        self._zip.close()

    def _accepted(self, listed: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        same: dict[str, list[zipfile.ZipInfo]] = defaultdict(list)
        for info in listed:
            same[info.filename.casefold()].append(info)
        overlapping = _overlapping(listed, self._zip.start_dir)
        kept = {}
        for info in listed:
            why = _refusal(info)
            if len(same[info.filename.casefold()]) > 1:
                why = ("zip-duplicate-name", "several entries have this name")
            elif not 0 <= info.header_offset < self._zip.start_dir:
                why = ("zip-overlap", "lies outside the package")
            elif info.header_offset in overlapping:
                why = ("zip-overlap", "shares bytes with another entry")
            if why:
                self.problems.append(EntryProblem(why[0], info.orig_filename[:300], why[1]))
            else:
                kept[info.filename] = info
        return kept

    def _start(self, info: zipfile.ZipInfo) -> int:
        self._file.seek(max(0, info.header_offset))
        head = self._file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
            raise MalformedPackage(f"{info.filename}: no local header")
        _, name, extra = _LOCAL.unpack(head)
        return info.header_offset + _LOCAL.size + int(name) + int(extra)

    def _inflated(self, info: zipfile.ZipInfo) -> BinaryIO:
        out = temporary.file()
        try:
            with self._zip.open(info) as content:
                while piece := content.read(_PIECE):
                    out.write(piece)
        except _BROKEN as problem:
            out.close()
            raise MalformedPackage(f"{info.filename}: {problem}") from problem
        out.seek(0)
        return out


class _Window(io.RawIOBase):
    """The bytes of a stored entry, read from the package where they lie."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self._size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(view), self._size - self._at)))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def _refusal(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Why an entry is not read: code and reason."""
    mode = stat.S_IFMT(info.external_attr >> 16)
    if not _is_plain(info.orig_filename):
        return "zip-unsafe-name", "a name that leads out of the package"
    if mode not in (0, stat.S_IFREG):
        return "zip-not-a-file", "a symbolic link or device"
    if info.flag_bits & 1:
        return "zip-encrypted", "encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "zip-method", "neither stored nor deflated"
    if info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size:
        return "zip-lying-size", "stored with two sizes"
    if info.compress_type == zipfile.ZIP_DEFLATED and info.file_size > INFLATED_LIMIT:
        return "zip-too-large", "inflates to more than 2 GiB"
    return None


def _is_plain(name: str) -> bool:
    parts = name.split("/")
    odd = any(char < " " or char in "\\:\x7f" for char in name)
    return not odd and all(part not in ("", ".", "..") and len(part) < 256 for part in parts)


def _overlapping(listed: list[zipfile.ZipInfo], directory: int) -> set[int]:
    """Offsets of entries whose packed bytes reach into the next entry or the directory."""
    found = set()
    ordered = sorted(listed, key=lambda info: info.header_offset)
    places = [info.header_offset for info in ordered] + [directory]
    for info, following in zip(ordered, places[1:], strict=True):
        if info.header_offset + _LOCAL.size + info.compress_size > following:
            found |= {info.header_offset, following}
    return found


def _directory_size(file: BinaryIO) -> int:
    """Bytes of the central directory as its end record states them; 0 where there is none."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return 0
    stated = int.from_bytes(tail[at + 12 : at + 16], "little")
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if stated == 0xFFFFFFFF and wide >= 0:
        stated = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    return stated
