"""Whether what lies on disk can only have been written by us.

State that another user can write is another user's state: a prepared frontier sends a crawl where
they like, a prepared memory takes lines out of texts. So holdings are opened for writing only where
nobody else can write. (Nothing read from disk is ever executed: no pickle, no eval.)
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from archive.errors import HoldingsError


def keep_others_out() -> None:
    """From now on, what this process creates can be written by its user alone."""
    os.umask(os.umask(0o022) | 0o022)


def refuse_foreign(paths: Iterable[Path]) -> None:
    """Raise `HoldingsError` for the first of the paths that is there and could be another user's work."""
    for path in paths:
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        if found.st_uid not in (os.geteuid(), 0):
            raise HoldingsError(
                f"{path}: belongs to user {found.st_uid}, not to the one running this"
            )
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise HoldingsError(f"{path}: can be written by others; chmod go-w, if it is yours")
