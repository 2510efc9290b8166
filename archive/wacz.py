"""A WACZ 1.1.1 of the holdings: one file that ReplayWeb.page opens and everybody can check.

    archive/<stem>.warc.gz      the records, byte for byte (stored, so that readers can seek); of a
                                choice `<stem>-part.warc.gz`, for its offsets are its own
    indexes/index.cdx.gz, .idx  the index in parts
    pages/pages.jsonl           the articles with title and text; pages/extraPages.jsonl the rest
    text/<stem>.jsonl           one Article or Rejection per line, as in the holdings
    text/<stem>-text.warc.gz    the conversion records of the articles; not in archive/, where a
                                reader would index them, and pywb show a text in its page's place
    datapackage.json            every file above with its digest; its own is in datapackage-digest.json

Everything is streamed: memory does not grow with the holdings. Nothing in the file tells when or
where it was written (`created` is the time of the newest capture), so the same holdings and the
same choice give the same bytes. The file gets its name when it is complete.

Version 1.2.0 is not written: py-wacz 0.6.0 refuses it (2026-11).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from archive import cdxj, temporary
from archive.errors import HoldingsError
from archive.formats import zipnum
from archive.formats.originals import is_new
from archive.holdings import Holdings, unwritten
from archive.model import Reason
from archive.selection import Choice, Selection
from archive.textfiles import rows
from archive.warc import parse_date
from archive.warcreader import Damage, ReadRecord, read
from archive.warcwriter import sync_folder

VERSION = "1.1.1"
PIECE = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name
_BIG = 1 << 31  # bytes from which zip's 64-bit form is used
_INDEX = "index.cdx.gz"
_LIST = {"format": "json-pages-1.0"}
# Rejections that are pages for people: the ways to the articles.
_PAGES = {Reason.LIST_PAGE, Reason.NOT_AN_ARTICLE, Reason.NO_TEXT}


@dataclass(slots=True)
class Exported:
    """What an export holds, and what it could not hold."""

    warcs: int = 0
    captures: int = 0
    articles: int = 0
    pages: int = 0  # articles included
    damage: list[Damage] = field(default_factory=list)
    still_open: list[str] = field(default_factory=list)  # files a crawl is writing: left out
    without_text: list[str] = field(default_factory=list)  # files that were not derived


def export(
    holdings: Holdings, target: Path, choice: Choice, *, title: str, software: str
) -> Exported:
    """Write the chosen part of the holdings as a WACZ called `target`; what it holds.

    Raises `HoldingsError` when nothing was chosen, `FangzhiError` when it cannot be written; then
    nothing new stands under that name.
    """
    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("wb") as file:
            found = _Package(holdings, choice).write(file, title, software)
            file.flush()
            os.fsync(file.fileno())
        if not found.captures:
            raise HoldingsError(f"{holdings.root}: no capture fits, nothing to export")
        os.replace(partial, target)
        sync_folder(target.parent)
    except OSError as error:
        raise unwritten(target, error) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return found


class _Member:
    """One file inside the package, hashed while it is written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._hash.update(data)
        self.size += len(data)

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


class _Package:
    """A package being written."""

    def __init__(self, holdings: Holdings, choice: Choice) -> None:
        self._holdings = holdings
        self._choice = choice
        self._resources: list[dict[str, Any]] = []
        self._told: set[str] = set()  # WARC files with captures that have a line of text
        self._newest = ""  # WARC-Date of the newest capture
        self._found = Exported()

    def write(self, file: IO[bytes], title: str, software: str) -> Exported:
        warcs = self._holdings.warcs()
        closed = [path for path in warcs if path.name.endswith(".gz")]
        self._found.still_open = [p.name for p in warcs if not p.name.endswith(".gz")]
        with ZipFile(file, "w") as self._zip, Selection(closed, self._choice) as self._selection:
            self._archive(closed)
            self._text(closed)
            self._pages(closed)
            self._datapackage(title, software)
        return self._found

    @contextmanager
    def _member(self, path: str, how: int, size: int | None = None) -> Iterator[_Member]:
        """A file of the package; `size` is the most it can become, where that is known.

        Otherwise it is written beside first: zip's 64-bit form, which a file of unknown size would
        need, in the file's own head alone, is misread by ReplayWeb.page 2.4.6 (seen 2026-11).
        """
        info = ZipInfo(path, _EPOCH)
        info.compress_type = how
        info.external_attr = 0o644 << 16
        if size is None:
            with temporary.file(PIECE) as beside:
                member = _Member(beside)
                yield member
                beside.seek(0)
                with self._zip.open(info, "w", force_zip64=member.size >= _BIG) as out:
                    copyfileobj(beside, out, PIECE)
        else:
            with self._zip.open(info, "w", force_zip64=size >= _BIG) as out:
                member = _Member(out)
                yield member
        name = path.rpartition("/")[2].lower()
        entry = {"name": name, "path": path, "hash": member.digest, "bytes": member.size}
        self._resources.append(entry)

    def _archive(self, warcs: Iterable[Path]) -> None:
        """The chosen records, file by file, and the index of them all."""
        index = temporary.database()  # sorts on disk
        index.execute("CREATE TABLE lines (line BLOB PRIMARY KEY) WITHOUT ROWID")
        try:
            for path in warcs:
                rows = self._warc(path)
                index.executemany("INSERT OR IGNORE INTO lines VALUES (?)", rows)
            lines = (row[0].decode() for row in index.execute("SELECT line FROM lines ORDER BY 1"))
            table = [zipnum.header(_INDEX)]
            with self._member(f"indexes/{_INDEX}", ZIP_STORED) as member:
                for block in zipnum.blocks(lines, _INDEX):
                    member.write(block.data)
                    table.append(block.row)
        finally:
            index.close()
        with self._member("indexes/index.idx", ZIP_DEFLATED) as member:
            member.write("".join(f"{row}\n" for row in table).encode("utf-8"))

    def _warc(self, path: Path) -> list[tuple[bytes]]:
        """Copy the chosen records of a file; their index lines.

        A file of which nothing is chosen is left out; its warcinfo alone says nothing.
        """
        name = path.name
        if not self._choice.is_everything:
            if not any(self._captures(path)):
                return []
            name = path.name.removesuffix(".warc.gz") + "-part.warc.gz"
        rows: list[tuple[bytes]] = []
        with (
            path.open("rb") as source,
            self._member(f"archive/{name}", ZIP_STORED, path.stat().st_size) as member,
        ):
            for record in self._selection.records(path):
                if isinstance(record, Damage):
                    self._found.damage.append(record)
                    continue
                place, digest = (
                    replace(record.location, file=name, offset=member.size),
                    hashlib.sha256(),
                )
                for piece in _pieces(source, record.location.offset, record.location.length):
                    member.write(piece)
                    digest.update(piece)
                if record.type == "response" or is_new(record):
                    self._told.add(path.name)
                if record.type in cdxj.INDEXED:
                    moved = replace(record, location=place)
                    rows.append((cdxj.line(moved, digest.hexdigest()).encode("utf-8"),))
                    self._newest = max(self._newest, record.get("WARC-Date") or "")
        self._found.warcs += 1
        self._found.captures += len(rows)
        return rows

    def _captures(self, path: Path) -> Iterator[bool]:
        """One true value per chosen record that is worth a file."""
        for record in self._selection.records(path):
            if not isinstance(record, Damage) and record.type != "warcinfo":
                yield True

    def _lines(self, path: Path, make: Callable[[bytes, dict[str, Any]], bytes]) -> Iterator[bytes]:
        """What `make` makes of the chosen lines of the text of a WARC file; without what is empty."""

        def chosen(line: bytes, row: dict[str, Any]) -> bytes:
            return make(line, row) if row["id"] in self._selection else b""

        text = self._text_of(path)
        if text.exists():
            yield from filter(None, rows(text, chosen))

    def _text_of(self, path: Path) -> Path:
        return self._holdings.folder("text") / f"{path.name.removesuffix('.warc.gz')}.jsonl"

    def _text(self, warcs: Iterable[Path]) -> None:
        for path in warcs:
            text = self._text_of(path)
            if not text.exists():
                self._found.without_text += [path.name] if path.name in self._told else []
            elif self._choice.is_everything or any(self._lines(path, _as_it_is)):
                with self._member(f"text/{text.name}", ZIP_DEFLATED, text.stat().st_size) as member:
                    for line in self._lines(path, _as_it_is):
                        member.write(line)
            self._conversions(text.with_name(f"{text.stem}-text.warc.gz"))

    def _conversions(self, path: Path) -> None:
        """The conversion records of the chosen captures, and the records about them."""
        if not path.exists():
            return
        places = [r.location for r in self._converted(path)]
        if len(places) < 2:  # its warcinfo alone says nothing
            return
        with (
            path.open("rb") as source,
            self._member(f"text/{path.name}", ZIP_STORED, path.stat().st_size) as member,
        ):
            for place in places:
                for piece in _pieces(source, place.offset, place.length):
                    member.write(piece)

    def _converted(self, path: Path) -> Iterator[ReadRecord]:
        kept = ""
        for record in read(path):
            if isinstance(record, Damage):
                self._found.damage.append(record)
                continue
            source = (record.get("WARC-Refers-To") or "").strip("<>")
            if record.type == "conversion":
                kept = record.id if source in self._selection else ""
            if record.type == "warcinfo" or (kept and kept in (record.id, source)):
                yield record

    def _pages(self, warcs: list[Path]) -> None:
        """The lists of pages: articles first, then the pages that lead to them."""
        with self._member("pages/pages.jsonl", ZIP_DEFLATED) as member:
            member.write(_json({**_LIST, "id": "pages", "title": "Articles", "hasText": True}))
            for path in warcs:
                for page in self._lines(path, _article):
                    member.write(page)
                    self._found.articles += 1
        with self._member("pages/extraPages.jsonl", ZIP_DEFLATED) as member:
            member.write(_json({**_LIST, "id": "extra-pages", "title": "Other pages"}))
            for path in warcs:
                for page in self._lines(path, _other):
                    member.write(page)
                    self._found.pages += 1
        self._found.pages += self._found.articles

    def _datapackage(self, title: str, software: str) -> None:
        about = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": title,
            "created": _second(parse_date(self._newest)),
            "software": software,
            "resources": list(self._resources),
        }
        package = (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
        with self._member("datapackage.json", ZIP_DEFLATED) as member:
            member.write(package)
        digest = {"path": "datapackage.json", "hash": self._resources[-1]["hash"]}
        with self._member("datapackage-digest.json", ZIP_DEFLATED) as member:
            member.write(_json(digest))


def _as_it_is(line: bytes, _row: dict[str, Any]) -> bytes:
    return line


def _article(_line: bytes, row: dict[str, Any]) -> bytes:
    """The line of an article in the list of pages; nothing of what is none."""
    return b"" if "rejected" in row else _page(row, row["title"], text=row["text_norm"])


def _other(_line: bytes, row: dict[str, Any]) -> bytes:
    return _page(row, None) if row.get("rejected") in _PAGES else b""


def _page(row: dict[str, Any], title: str | None, **more: str) -> bytes:
    """A line of a list of pages; `ts` is the second of the index line, by which it is found."""
    if not (row["url"] and row["captured"]):
        return b""
    moment = _second(datetime.fromisoformat(row["captured"]))
    about = {"id": row["id"], "url": row["url"], "ts": moment, "title": title or row["url"]}
    return _json({**about, **more})


def _second(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8")


def _pieces(file: IO[bytes], offset: int, length: int) -> Iterator[bytes]:
    while length:
        file.seek(offset)
        piece = file.read(min(length, PIECE))
        if not piece:
            raise OSError("a WARC file became shorter while it was read")
        yield piece
        offset, length = offset + len(piece), length - len(piece)
