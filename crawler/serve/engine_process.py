"""pywb as a process of its own: where it is, how it is started, spoken to and ended."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

from archive.errors import HoldingsError

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0  # 2 to 5 on an idle machine; the first start compiles pywb's modules
ANSWER_SECONDS = 60.0  # for the head of an answer
INSTALL = "make pywb"


def python() -> Path:
    """The Python of pywb's environment: `FANGZHI_PYWB` names its folder of programs, otherwise
    it is `.venv-pywb` of the project. `HoldingsError` says how to make it."""
    folder = Path(os.environ.get("FANGZHI_PYWB", ROOT / ".venv-pywb" / "bin"))
    if not (folder / "wayback").exists():
        raise HoldingsError(
            f"captured pages are shown by pywb, which is not in {folder}; run `{INSTALL}` in {ROOT}"
        )
    return folder / "python"


class Engine:
    """A running pywb. A context manager; `HoldingsError` where it does not start.

    `collection` is not to be guessed, so that no other page in the browser can ask it for captures.
    """

    def __init__(self, scratch: Path, warcs: Path, catalogue: Path) -> None:
        self.collection = secrets.token_hex(8)
        self._socket = scratch / "engine"
        self._log = scratch / "engine.log"
        program = Path(__file__).with_name("engine.py")
        places = (scratch, warcs.absolute(), catalogue.absolute())
        self._command = [*map(str, (python(), program, *places)), self.collection]

    def __enter__(self) -> Engine:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own program and folders
                self._command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=_environment()
            )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                said = self._log.read_text("utf-8", "replace").strip().splitlines()[-3:]
                raise HoldingsError("pywb did not start: " + " / ".join(said))
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """Of pywb's process."""
        return self._process.pid

    def connection(self) -> closing[HTTPConnection]:
        """A new connection, to be used in a `with`."""
        return closing(_Local(self._socket))

    def _answers(self) -> bool:
        try:
            with self.connection() as engine:
                engine.connect()
        except OSError:
            return False
        return True


class _Local(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(ANSWER_SECONDS)
        self.sock.connect(self._path)


def _environment() -> dict[str, str]:
    """What pywb's process gets: no proxy (it asks itself over loopback), none of our modules."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    return {**kept, "NO_PROXY": "*"}
