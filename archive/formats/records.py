"""What reading an archive gives: records, and stretches of a file that hold none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from archive.model import Location


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One record as read: named fields in order, the block, and where it lies.

    A record of an ARC file comes with the named fields a WARC file would have. A block of more
    than a mebibyte is readable until the next record is asked for. Bytes of a field that are not
    UTF-8 are shown as `%XX`.
    """

    headers: tuple[tuple[str, str], ...]
    block: BinaryIO
    location: Location  # of the member; one that holds more records says how far this one reaches
    version: str = "WARC/1.1"  # as the version line has it; ARC/1 and ARC/2 for ARC files
    head: bytes = b""  # the version line and fields as they stand in the file
    inside: int = 0  # unpacked bytes of the member in front of the record
    closing: bytes = b"\r\n\r\n"  # the line ends behind the block
    packed: bool = True  # in a gzip or zstd member
    problem: str = ""  # why the block may not be what was written; its length was found otherwise
    _first: dict[str, str] = field(init=False, repr=False, compare=False)  # by name in lower case

    def __post_init__(self) -> None:
        first = {name.lower(): value for name, value in reversed(self.headers)}
        object.__setattr__(self, "_first", first)

    def get(self, name: str) -> str | None:
        """First value of a named field, case-insensitive."""
        return self._first.get(name.lower())

    def all(self, name: str) -> list[str]:
        """Every value of a named field, in order."""
        return [v for n, v in self.headers if n.lower() == name.lower()]

    @property
    def type(self) -> str:
        return (self.get("WARC-Type") or "").lower()

    @property
    def id(self) -> str:
        return (self.get("WARC-Record-ID") or "").strip("<>")

    @property
    def uri(self) -> str:
        return (self.get("WARC-Target-URI") or "").strip("<>")


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a file that holds no readable record, and why."""

    file: str
    start: int
    end: int
    problem: str
    code: str = "damaged"  # one of archive/checks/rules.py
