"""Records found in the index of a holdings folder: by URL, and by payload digest for revisits.

    index/<stem>.cdxj      searched by SURT; a SURT folds case, so the exact URL decides first
    index/<stem>.digests   `<digest> <offset> <length> <date>` of every page sent with 200

Files are searched in place by bisection, once they were seen to be sorted; one that is not is
read from end to end. Lines that are refused are counted, never followed.
"""

from __future__ import annotations

import mmap
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from archive.cdxjline import LINE_LIMIT, Entry, Refused, is_plain_name, parse
from archive.model import Location
from archive.uri import ascii_url, surt
from archive.warcreader import ReadRecord, read_at

DIGESTS = ".digests"


class Index:
    """The index of the holdings folder `root`, held open. Make a new one to see new files."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.refused: Counter[str] = Counter()  # reasons, over all look-ups
        self._urls = [_Sorted(path) for path in sorted((root / "index").glob("*.cdxj"))]
        self._digests = [_Sorted(path) for path in sorted((root / "index").glob(f"*{DIGESTS}"))]

    @property
    def unsorted(self) -> list[str]:
        """Names of the files that are not in byte order."""
        return [file.path.name for file in (*self._urls, *self._digests) if not file.is_sorted]

    def by_url(self, url: str) -> list[Entry]:
        """The captures of a URL, oldest first; only where there is none, those of its SURT."""
        found = [entry for file in self._urls for entry in self._entries(file, f"{surt(url)} ")]
        found.sort(key=lambda e: (e.stamp, e.location.file, e.location.offset))
        wanted = ascii_url(url).partition("#")[0]
        exact = [entry for entry in found if entry.url == url]
        same = exact or [e for e in found if ascii_url(e.url).partition("#")[0] == wanted]
        return same or found

    def by_digest(self, digest: str) -> Location | None:
        """Where the oldest response with this payload digest lies, if its file is still there.

        Only responses with status 200 are kept here, never revisits, so what is found can be
        referred to (WARC 1.1, 6.7.2). `digest` as a record states it: `sha256:…`.
        """
        label, _, value = digest.partition(":")
        key = f"{label.lower()}:{value} "
        found = [place for file in self._digests for place in self._places(file, key)]
        unlisted = {f.path.stem for f in self._urls} - {f.path.stem for f in self._digests}
        for file in (f for f in self._urls if f.path.stem in unlisted):
            for entry in self._lines_with(file, digest):
                if entry.digest == digest and entry.status == 200 and not entry.is_revisit:
                    found.append((entry.stamp, entry.location))
        for _, place in sorted(found, key=lambda f: (f[0], f[1].file, f[1].offset)):
            if (self._root / "warc" / place.file).is_file():
                return place
        return None

    def original(self, digest: str) -> ReadRecord | None:
        """The record `by_digest` finds, read and seen to be what the index says."""
        place = self.by_digest(digest)
        if place is None:
            return None
        try:
            record = read_at(self._root / "warc" / place.file, place.offset)
        except (OSError, ValueError):
            return None
        stated = record.get("WARC-Payload-Digest")
        return record if record.type == "response" and stated == digest else None

    def close(self) -> None:
        for file in (*self._urls, *self._digests):
            file.close()

    def _entries(self, file: _Sorted, key: str) -> Iterator[Entry]:
        for row in file.starting(key.encode("utf-8", "replace")):
            yield from self._accepted(row)

    def _lines_with(self, file: _Sorted, digest: str) -> Iterator[Entry]:
        for row in file.holding(digest.encode("utf-8", "replace")):
            yield from self._accepted(row)

    def _accepted(self, row: bytes) -> Iterator[Entry]:
        entry = parse(row)
        if isinstance(entry, Refused):
            self.refused[entry.problem] += 1
        else:
            yield entry

    def _places(self, file: _Sorted, key: str) -> Iterator[tuple[str, Location]]:
        name = file.path.name.removesuffix(DIGESTS) + ".warc.gz"
        for row in file.starting(key.encode("utf-8", "replace")):
            parts = row.decode("ascii", "replace").split()
            if len(parts) == 4 and all(p.isdigit() and len(p) < 19 for p in parts[1:]):
                yield parts[3], Location(name, int(parts[1]), int(parts[2]))
            else:
                self.refused["no digest line"] += 1


class _Sorted:
    """A file of lines, searched where it lies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sorted: bool | None = None
        self._data: mmap.mmap | bytes = b""
        if not is_plain_name(path.name) or path.is_symlink():
            return
        with path.open("rb") as file:
            if path.stat().st_size:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def close(self) -> None:
        if isinstance(self._data, mmap.mmap):
            self._data.close()

    def __len__(self) -> int:
        return len(self._data)

    @property
    def is_sorted(self) -> bool:
        """Whether the lines are in byte order; looked at once."""
        if self._sorted is None:
            self._sorted = all(a <= b for a, b in pairwise(self._lines(0)))
        return self._sorted

    def starting(self, key: bytes) -> Iterator[bytes]:
        """The lines that begin with `key`."""
        if not self.is_sorted:
            yield from (row for row in self._lines(0) if row.startswith(key))
            return
        at = bisect_left(_Places(self, len(key)), key)  # the first byte whose line is not before
        for row in self._lines(self._line_start(at)):
            if row[: len(key)] > key:
                return
            if row.startswith(key):
                yield row

    def holding(self, text: bytes) -> Iterator[bytes]:
        """The lines that hold `text`."""
        at = self._data.find(text)
        while at >= 0:
            start = self._data.rfind(b"\n", 0, at) + 1
            row = self._row(start)
            yield row
            at = self._data.find(text, max(at + 1, start + len(row)))

    def line_at(self, at: int, size: int) -> bytes:
        """The first bytes of the line that byte `at` belongs to, its end included."""
        start = self._data.rfind(b"\n", 0, at) + 1
        shown, end, _ = self._data[start : start + size].partition(b"\n")
        return shown + end

    def _line_start(self, at: int) -> int:
        return self._data.rfind(b"\n", 0, min(at, len(self._data))) + 1

    def _lines(self, start: int) -> Iterator[bytes]:
        while start < len(self._data):
            end = self._data.find(b"\n", start) + 1 or len(self._data)
            yield self._data[start : min(end, start + LINE_LIMIT + 1)]
            start = end

    def _row(self, start: int) -> bytes:
        end = self._data.find(b"\n", start) + 1 or len(self._data)
        return self._data[start : min(end, start + LINE_LIMIT + 1)]


class _Places:
    """The bytes of a file as a sequence of the lines they stand in, for `bisect`."""

    def __init__(self, file: _Sorted, size: int) -> None:
        self._file, self._size = file, size

    def __len__(self) -> int:
        return len(self._file)

    def __getitem__(self, at: int) -> bytes:
        return self._file.line_at(at, self._size)
