"""Archive files named on the command line, `-` for standard input."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

NAME = "stdin"  # what output calls it


@contextmanager
def archives(files: Sequence[Path]) -> Iterator[list[Path]]:
    """The files, standard input as a temporary one: an archive is read by its offsets."""
    if Path("-") not in files:
        yield list(files)
        return
    with TemporaryDirectory() as folder:
        spooled = Path(folder) / NAME
        with spooled.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield [spooled if path == Path("-") else path for path in files]
