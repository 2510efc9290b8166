"""Temporary files and databases: where their disk is full or fails, that is what is said.

Whoever reads archive files turns an `OSError` into damage of the file he reads, and an error of a
database into damage of the state. A full folder of temporary files is neither, and shows in the
middle of both. So what is made here raises `WriteFailed` in their place, which ends a command with
the code for a full disk. Nothing has a name on the disk, and all is gone with the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom, BytesIO, RawIOBase
from tempfile import TemporaryFile
from typing import Any, cast

from archive.errors import WriteFailed


def file(in_memory: int = 0) -> BufferedRandom:
    """An empty file, open for reading and writing; up to so many bytes of it stay in memory."""
    return BufferedRandom(cast(Any, _Kept(in_memory)))


def database() -> sqlite3.Connection:
    """An empty database. Two megabytes of it stay in memory, the rest is on disk."""
    with failing():
        return sqlite3.connect("", factory=_Database)


@contextmanager
def failing() -> Iterator[None]:
    """What fails in here is a temporary file or database: `WriteFailed`."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise WriteFailed(f"temporary files: {said}; TMPDIR names the folder for them") from error


class _Kept(RawIOBase):
    """The bytes of a file: in memory, and on disk from `limit` on."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._file: Any = BytesIO()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with failing():
            return int(self._file.readinto(buffer))

    def write(self, data: Any) -> int:
        with failing():
            if isinstance(self._file, BytesIO) and self._file.tell() + len(data) > self._limit:
                self._file = _on_disk(self._file)
            return int(self._file.write(data))

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def truncate(self, size: int | None = None) -> int:
        with failing():
            return int(self._file.truncate(size))

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._file.close()


def _on_disk(held: BytesIO) -> Any:
    """The same bytes in a file on disk, at the same place."""
    out = TemporaryFile(buffering=0)  # noqa: SIM115  the caller closes it
    left = held.getbuffer()
    try:
        while left:
            left = left[out.write(left) :]
        out.seek(held.tell())
    except BaseException:
        out.close()
        raise
    return out


class _Rows(sqlite3.Cursor):
    """A cursor whose every step may come to the disk."""

    def execute(self, *given: Any) -> Any:
        with failing():
            return super().execute(*given)

    def executemany(self, *given: Any) -> Any:
        with failing():
            return super().executemany(*given)

    def executescript(self, *given: Any) -> Any:
        with failing():
            return super().executescript(*given)

    def __next__(self) -> Any:
        with failing():
            return super().__next__()

    def fetchone(self) -> Any:
        with failing():
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        return list(self)


class _Database(sqlite3.Connection):
    """A connection whose statements are run by such cursors."""

    def execute(self, *given: Any) -> sqlite3.Cursor:
        rows: sqlite3.Cursor = self.cursor(_Rows).execute(*given)
        return rows

    def executemany(self, *given: Any) -> sqlite3.Cursor:
        rows: sqlite3.Cursor = self.cursor(_Rows).executemany(*given)
        return rows

    def executescript(self, *given: Any) -> sqlite3.Cursor:
        rows: sqlite3.Cursor = self.cursor(_Rows).executescript(*given)
        return rows
