"""Archive files named on the command line, folders of them, `-` for standard input."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import temporary

NAME = "stdin"  # what output calls it
_ENDINGS = (".warc", ".arc", ".wacz")
_PACKED = (".gz", ".zst")


@contextmanager
def archives(files: Sequence[Path]) -> Iterator[list[Path]]:
    """The files, a folder as the archives in it, standard input as a temporary file: an archive is
    read by its offsets."""
    files = [found for path in files for found in _in(path)]
    if Path("-") not in files:
        yield files
        return
    with TemporaryDirectory() as folder:
        spooled = Path(folder) / NAME
        with temporary.failing(), spooled.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield [spooled if path == Path("-") else path for path in files]


def _in(path: Path) -> list[Path]:
    """Every archive in and below a folder, in the order of names; a folder without one stays, to be
    complained of, as does what is no folder."""
    if not path.is_dir():
        return [path]
    return sorted(found for found in path.rglob("*") if _is_archive(found)) or [path]


def _is_archive(path: Path) -> bool:
    name = path.name.removesuffix(".open")
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name.endswith(_ENDINGS) and not path.is_dir()  # a link to nowhere is complained of
