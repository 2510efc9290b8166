"""The failing disk of faults.c, compiled; and a folder on a file system that needs no disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest


@cache
def compiled() -> Path:
    """The shim to be preloaded; skips the test where there is no compiler."""
    if shutil.which("gcc") is None:
        pytest.skip("the failing disk is written in C and needs gcc")
    made = Path(tempfile.mkdtemp()) / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"], check=True
    )
    return made


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is one: faults are made by the shim, not by the disk."""
    memory = Path("/dev/shm")  # chosen on purpose, and the folder is our own
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    with tempfile.TemporaryDirectory(dir=memory if usable else None) as folder:
        yield Path(folder)
