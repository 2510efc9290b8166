"""WACZ packages read (WACZ 1.1.1 and 1.2.0): archives inside, pages, and hashes.

Nothing is unpacked to disk under a name of the package's. Stored entries are read where they
lie; deflated ones go to a temporary file within limits. Every hash the package states is checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_STORED

from archive.errors import MalformedPackage
from archive.formats.zipentries import EntryProblem, ZipEntries

JSON_LIMIT = 64 * 1024 * 1024  # bytes of datapackage.json or of one file of pages
LINE_LIMIT = 16 * 1024 * 1024  # bytes of one line of pages.jsonl; full texts stand in them
MAGIC = b"PK\x03\x04"
ARCHIVE, INDEXES, PAGES = "archive/", "indexes/", "pages/pages.jsonl"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"


@dataclass(frozen=True, slots=True)
class Resource:
    """One entry of datapackage.json."""

    path: str
    digest: str  # sha256:…
    size: int | None  # bytes


class Wacz:
    """An opened package. Use as a context manager; raises `MalformedPackage`.

    `problems` holds what was found so far: refused entries at once, wrong hashes after `verify`.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._file = path.open("rb")
        try:
            self._zip = ZipEntries(self._file, path.name)
            self.problems = self._zip.problems
            self.package = self._json(PACKAGE)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Wacz:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def entries(self) -> list[str]:
        """Names of the entries that can be read."""
        return list(self._zip.entries)

    def archives(self) -> list[str]:
        """Names of the archive files inside, in order."""
        return sorted(name for name in self._zip.entries if name.startswith(ARCHIVE))

    def open(self, name: str) -> BinaryIO:
        """The content of an entry, seekable and bounded."""
        return self._zip.open(name)

    def resources(self) -> list[Resource]:
        """What datapackage.json says is in the package; unusable entries are left out."""
        listed = self.package.get("resources")
        rows = listed if isinstance(listed, list) else []
        found = [_resource(row) for row in rows if isinstance(row, dict)]
        return [one for one in found if one is not None]

    def pages(self, name: str = PAGES) -> Iterator[dict[str, Any]]:
        """The pages a page list names, without its header; lines that are no JSON are left out."""
        if name not in self._zip.entries:
            return
        with self._zip.open(name) as content:
            while row := content.readline(LINE_LIMIT):
                page = _json(row)
                if isinstance(page, dict) and isinstance(page.get("url"), str):
                    yield page

    def verify(self) -> list[EntryProblem]:
        """Check the form, and every size and hash the package states; all that is wrong."""
        self.problems += [*self._form(), *self._hashes()]
        return self.problems

    def _form(self) -> Iterator[EntryProblem]:
        names = self._zip.entries
        if not self.package:
            yield _problem("wacz-no-datapackage", PACKAGE, "missing, or no JSON object")
        if not self.archives():
            yield _problem("wacz-no-archive", ARCHIVE, "holds no file")
        if not any(name.startswith(INDEXES) for name in names):
            yield _problem("wacz-no-index", INDEXES, "holds no file")
        if PAGES not in names:
            yield _problem("wacz-no-pages", PAGES, "missing")
        for name in names:
            packed = name.startswith(ARCHIVE) or name.endswith(".cdx.gz")
            if packed and names[name].compress_type != ZIP_STORED:
                yield _problem("wacz-not-stored", name, "is deflated: it cannot be read in part")

    def _hashes(self) -> Iterator[EntryProblem]:
        listed = self.resources()
        for one in listed:
            if one.path not in self._zip.entries:
                yield _problem("wacz-missing-entry", one.path, "listed, but not in the package")
                continue
            size, digest = self._digest(one.path)
            if one.size is not None and size != one.size:
                yield _problem("wacz-size", one.path, f"has {size:,} bytes, not {one.size:,}")
            if digest != one.digest:
                yield _problem("wacz-hash", one.path, f"is {digest}, not {one.digest or 'stated'}")
        paths = {one.path for one in listed} | {PACKAGE, DIGEST}
        for name in self._zip.entries:
            if name not in paths:
                yield _problem("wacz-unlisted", name, f"is not listed in {PACKAGE}")
        stated = self._json(DIGEST).get("hash") if DIGEST in self._zip.entries else None
        if stated is not None and self._digest(PACKAGE)[1] != stated:
            yield _problem("wacz-hash", PACKAGE, f"is not what {DIGEST} states")

    def _digest(self, name: str) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as content:
                while piece := content.read(1 << 20):
                    digest.update(piece)
                    size += len(piece)
        except MalformedPackage as problem:
            return size, f"unreadable: {problem}"
        return size, f"sha256:{digest.hexdigest()}"

    def _json(self, name: str) -> dict[str, Any]:
        try:
            found = _json(self._zip.read(name, JSON_LIMIT))
        except (KeyError, MalformedPackage):
            return {}
        return found if isinstance(found, dict) else {}


def is_package(file: BinaryIO) -> bool:
    """Whether an open file begins like a ZIP file."""
    file.seek(0)
    return file.read(4) == MAGIC


def _resource(listed: dict[str, Any]) -> Resource | None:
    stats = listed.get("stats")
    old = stats if isinstance(stats, dict) else {}  # WACZ 1.0
    path, digest = listed.get("path"), listed.get("hash", old.get("hash"))
    size = listed.get("bytes", old.get("bytes"))
    if not isinstance(path, str):
        return None
    named = digest if isinstance(digest, str) else ""
    whole = named if ":" in named or not named else f"sha256:{named}"
    return Resource(path, whole.lower(), size if isinstance(size, int) else None)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _problem(code: str, entry: str, problem: str) -> EntryProblem:
    return EntryProblem(code, entry, problem, refused=False)
