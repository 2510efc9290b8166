"""Durable WARC writing: nothing is acknowledged before the kernel says it is on the disk.

A file is written as `….warc.gz.open` under an exclusive lock by the process that made it and
by nobody after it; each record is one gzip member. `write` appends, `sync` makes durable.
On any error the file is cut back to its last good record and given up: after a failed fsync
the kernel may call the next one a success although data is gone, so it is never retried on
the same file. Closing renames `.open` away. `recover` treats what a dead process left.
"""

from __future__ import annotations

import errno
import fcntl
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import deflate

from archive.errors import WriteFailed
from archive.model import Location
from archive.warc import Record, header_bytes, pieces, warcinfo
from archive.warcreader import whole_members

OPEN = ".open"
# Level of libdeflate for records held in memory: the highest without its search for the best
# parse. 168 real pages, 1.84 MB packed: 0.67 ms a page at 7, 0.90 and 0.23 % fewer bytes at 8, 0.98 and
# 0.02 % fewer again at 9, 4.8 and 2 % at 10, 11 at 12 (2026-11; zlib at 9 takes 1.2). Longer records go
# through zlib piece by piece.
LEVEL = 8
STREAM_LEVEL = 6
AT_ONCE = 1 << 20  # bytes of a block that is packed in one go
ROTATE_BYTES = 1_000_000_000  # WARC 1.1, annex C.2: about 1 GB
ROTATE_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Naming:
    """How files are called: `<prefix>-<UTC17>-<serial>-<host><ending>` (WARC 1.1, annex C.1)."""

    prefix: str
    host: str
    ending: str = ".warc.gz"

    def name(self, moment: datetime, serial: int) -> str:
        stamp = (
            moment.astimezone(UTC).strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 1000:03d}"
        )
        return f"{self.prefix}-{stamp}-{serial:05d}-{self.host}{self.ending}"


class Names(Protocol):
    """Gives a file its name when it is opened."""

    def name(self, moment: datetime, serial: int) -> str: ...


class WarcWriter:
    """Appends records to rotating files in `folder`. One owner, one thread.

    Raises `WriteFailed` when a record could not be written or made durable; everything
    acknowledged before (by a `sync` that returned) stays readable.
    """

    def __init__(
        self,
        folder: Path,
        naming: Names,
        about: Mapping[str, str],
        *,
        rotate_bytes: int = ROTATE_BYTES,
        rotate_seconds: float = ROTATE_SECONDS,
    ) -> None:
        self.folder = folder
        self._naming = naming
        self._about = about
        self._rotate_bytes = rotate_bytes
        self._rotate_seconds = rotate_seconds
        self._serial = 0
        self._fd = -1
        self._good = 0  # bytes of whole records in the current file
        self._opened: datetime | None = None
        self.path: Path | None = None  # of the current file, with `.open`
        self.info = ""  # record id of its warcinfo

    @property
    def filename(self) -> str:
        """Final name of the current file."""
        assert self.path is not None
        return self.path.name.removesuffix(OPEN)

    def ready(self, now: datetime) -> bool:
        """Open the file the next record goes to; true when that is a new one."""
        if self._fd >= 0 and not self._is_full(now):
            return False
        self.close()
        self._open(now)
        return True

    def write(self, records: Sequence[Record]) -> list[Location]:
        """Append records; where each of them lies. Not durable before `sync`."""
        assert self._fd >= 0, "ready() first"
        try:
            return [self._append(record) for record in records]
        except OSError as error:
            raise self._give_up("write", error) from error

    def sync(self) -> None:
        """Make everything written so far durable."""
        if self._fd < 0:
            return
        try:
            os.fsync(self._fd)
        except OSError as error:
            raise self._give_up("fsync", error) from error

    def close(self) -> Path | None:
        """Finish the current file and give it its final name; its path, if there was one."""
        if self._fd < 0:
            return None
        self.sync()
        assert self.path is not None
        final = self.path.with_name(self.filename)
        try:
            os.rename(self.path, final)
            sync_folder(self.folder)
        except OSError as error:
            raise self._give_up("rename", error) from error
        os.close(self._fd)
        self._fd = -1
        self.path = None
        return final

    def abandon(self) -> None:
        """Let go of the current file as it is; it keeps its `.open`."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _is_full(self, now: datetime) -> bool:
        assert self._opened is not None
        age = (now - self._opened).total_seconds()
        return self._good >= self._rotate_bytes or age >= self._rotate_seconds

    def _open(self, now: datetime) -> None:
        self._serial += 1
        self.path = self.folder / (self._naming.name(now, self._serial) + OPEN)
        try:
            self._fd = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync_folder(self.folder)
        except OSError as error:
            raise self._give_up("open", error) from error
        self._good, self._opened = 0, now
        info = warcinfo(self.filename, now, self._about)
        self.info = info.id
        self.write([info])

    def _append(self, record: Record) -> Location:
        start = size = self._good
        for piece in _member(record):
            size += self._write_all(piece)
        self._good = size
        return Location(self.filename, start, size - start)

    def _write_all(self, data: bytes | bytearray) -> int:
        view = memoryview(data)
        while view:
            written = os.write(self._fd, view)
            if written == 0:
                raise OSError(errno.EIO, "wrote nothing")
            view = view[written:]
        return len(data)

    def _give_up(self, action: str, error: OSError) -> WriteFailed:
        """Cut the file back to its last whole record and leave it; `recover` finishes it."""
        if self._fd >= 0:
            with suppress(OSError):  # what stays behind the last whole record, `recover` cuts off
                os.ftruncate(self._fd, self._good)
            with suppress(OSError):
                os.close(self._fd)
            self._fd = -1
        return WriteFailed(f"{self.path}: {action}: {error.strerror or error}")


def _member(record: Record) -> Iterator[bytes | bytearray]:
    """The gzip member of a record, in pieces of about a mebibyte."""
    head, block, end = header_bytes(record), pieces(record.block), b"\r\n\r\n"
    if record.length <= AT_ONCE:
        yield deflate.gzip_compress(b"".join((head, *block, end)), LEVEL)
        return
    gzip = zlib.compressobj(STREAM_LEVEL, zlib.DEFLATED, 31)
    held = bytearray(gzip.compress(head))
    for piece in block:
        held += gzip.compress(piece)
        if len(held) > AT_ONCE:
            yield held
            held = bytearray()
    yield held + gzip.compress(end) + gzip.flush()


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file a dead process left open, finished: what was cut off lies beside it as `.torn`."""

    path: Path
    records: int
    cut: int  # bytes


def recover(folder: Path) -> list[Recovered]:
    """Finish every `.open` file of `folder` that no living process holds.

    Idempotent: killed half-way, it does the same again. Files in use are left alone.
    """
    found = []
    for path in sorted(folder.glob(f"*{OPEN}")):
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            continue
        try:
            found.append(_finish(path, fd))
        finally:
            os.close(fd)
    return found


def _finish(path: Path, fd: int) -> Recovered:
    final = path.with_name(path.name.removesuffix(OPEN))
    members, good = whole_members(path)
    size = os.fstat(fd).st_size
    if good < size:
        _keep(fd, good, size, path.with_name(final.name + ".torn"))
        os.ftruncate(fd, good)
    os.fsync(fd)  # a dead process may have left in memory what counts from here on
    if good:
        os.rename(path, final)
    else:
        os.unlink(path)
    sync_folder(path.parent)
    return Recovered(final, members, size - good)


def _keep(fd: int, start: int, end: int, target: Path) -> None:
    """Copy bytes of a file that are cut off it next: durable before, for behind damage in its middle
    there are records that were acknowledged."""
    with target.open("wb") as out:
        while start < end and (piece := os.pread(fd, min(end - start, AT_ONCE), start)):
            out.write(piece)
            start += len(piece)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
