"""Run the `fangzhi` command as a user does, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.warmed import environment, warmed

ROOT = Path(__file__).parents[1]
# Seconds after which a command is taken to hang. The crawl and replay of the saved trees take 46 s of CPU, and
# did not end in 400 s of a machine whose load was 23 (2026-11).
HANGS = 1800.0


def fangzhi(
    *arguments: object, timeout: float = HANGS, stdin: bytes | None = None, alone: bool = False
) -> subprocess.CompletedProcess[str]:
    """The finished command, output as text. In a child of a process that has loaded all that commands
    need, or `alone` in an interpreter of its own, as where a test has changed the environment."""
    if not alone and warmed().environment == environment():
        return warmed().run([str(one) for one in arguments], timeout, stdin)
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        cwd=ROOT,
        input=stdin.decode() if stdin is not None else None,
    )


def command(*arguments: object) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "crawler.cli", *map(str, arguments)]


def lines(text: str) -> list[dict[str, Any]]:
    """The JSON lines of an output."""
    return [json.loads(row) for row in text.splitlines()]


def report(holdings: Path) -> dict[str, Any]:
    """The newest run report of a holdings folder."""
    newest = max((holdings / "runs").glob("*.json"), key=lambda path: path.name)
    found: dict[str, Any] = json.loads(newest.read_text("utf-8"))
    return found


def adds_up(numbers: dict[str, Any]) -> bool:
    """requested = articles + rejections + unchanged + views + failures + not derived + pending."""
    outcomes = numbers["articles"] + numbers["not_derived"] + numbers["pending"]
    outcomes += numbers["unchanged"] + numbers["views"]
    outcomes += sum(numbers["rejected"].values()) + sum(numbers["failed"].values())
    return bool(numbers["requested"] == outcomes)
