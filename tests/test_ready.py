"""What the workers of a crawl are forked from is loaded beside the start of the crawl."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from multiprocessing import forkserver
from pathlib import Path

from crawler.sandbox import Sandbox, prepare

ROOT = Path(__file__).resolve().parents[1]


def test_a_worker_begins_with_what_derivation_needs_and_its_server_hears_no_interrupt() -> None:
    command = [sys.executable, "-c", "from tests.test_ready import told; print(told())"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (done.stdout, done.stderr) == ("loaded\n", "")


def told() -> str:
    """What a worker has loaded when it is asked for the first time. The server is interrupted, as the
    terminal does it, while it loads."""
    prepare()
    server: int = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    os.kill(server, signal.SIGINT)
    with Sandbox(1, nothing) as sandbox:
        answer: str = sandbox.submit(loaded).result()
    return answer


def nothing() -> None:
    """Sets up a worker that needs nothing."""


def loaded() -> str:
    wanted = {"archive.derive", "archive.extract", "archive.chinese.language", "publicsuffixlist"}
    missing = wanted - set(sys.modules)
    return f"without {missing}" if missing else "loaded"
