"""pywb as a process of its own: where it is, how it is started, spoken to and ended."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from threading import Lock

from archive.errors import HoldingsError

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0  # 2 to 5 on an idle machine; the first start compiles pywb's modules
ANSWER_SECONDS = 20.0  # for the head of an answer, and for each piece of it
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
        self._started = 0  # times
        self._lock = Lock()
        self._socket = scratch / "engine"
        self._log = scratch / "engine.log"
        program = Path(__file__).with_name("engine.py")
        places = (scratch, warcs.absolute(), catalogue.absolute())
        self._command = [*map(str, (python(), program, *places)), self.collection]

    def __enter__(self) -> Engine:
        self._start()
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

    @contextmanager
    def ask(self, path: str, host: str) -> Iterator[Answer]:
        """What pywb answers, in a `with`. `EngineSilent`, also from reading the answer, when
        nothing comes in time; then pywb is started anew.

        One hostile page can keep pywb busy for ever: it has one thread, and its parser buffers a
        tag that has no end (300 MB of them in 300 kB of gzip).
        """
        seen = self._started
        try:
            with closing(_Local(self._socket)) as connection:
                try:
                    connection.request("GET", path, headers={"Host": host})
                    answer = connection.getresponse()
                except (OSError, HTTPException) as error:
                    raise EngineSilent from error
                yield Answer(answer)
        except EngineSilent as silent:
            self._restart(seen, late=isinstance(silent.__cause__, TimeoutError))
            raise

    def _restart(self, seen: int, *, late: bool) -> None:
        """End a pywb that is late and start another, once for all who waited for the same one."""
        with self._lock:
            if seen == self._started and (late or self._process.poll() is not None):
                self._process.kill()
                self.__exit__()
                self._start()

    def _start(self) -> None:
        self._socket.unlink(missing_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own program and folders
                self._command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=_environment()
            )
        end = time.monotonic() + START_SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                said = self._log.read_text("utf-8", "replace").strip().splitlines()[-3:]
                raise HoldingsError("pywb did not start: " + " / ".join(said))
            time.sleep(0.05)
        self._started += 1

    def _listens(self) -> bool:
        try:
            with closing(_Local(self._socket)) as connection:
                connection.connect()
        except OSError:
            return False
        return True


class EngineSilent(Exception):
    """pywb did not answer in time, or is gone."""


class Answer:
    """The head of an answer of pywb, and its body to be read."""

    def __init__(self, answer: HTTPResponse) -> None:
        self._answer = answer
        self.status = answer.status

    def field(self, name: str) -> str:
        """A field's value, empty where there is none."""
        return self._answer.getheader(name, "")

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, empty at the end or where pywb broke off. Raises `EngineSilent`."""
        try:
            return self._answer.read(size)
        except HTTPException:
            return b""
        except OSError as error:
            raise EngineSilent from error


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
