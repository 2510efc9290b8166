"""Saved site trees served on loopback through an HTTP proxy, one host `<name>.test` each.

The trees are other people's pages: they are unpacked from the shared folder into a scratch
folder, served from there and never kept. Without that folder there is nothing to serve.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.shared import shared_folder

# The server sends a head and a body apart; without this the body waits for the head's ACK, 40 ms.
_SERVE = """
import runpy, socketserver, sys
socketserver.StreamRequestHandler.disable_nagle_algorithm = True
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class SiteWeb:
    """All saved trees behind one proxy. A context manager."""

    def __init__(self, scratch: Path) -> None:
        shared = shared_folder()
        if shared is None:
            raise FileNotFoundError("the saved site trees are not here")
        self.root = scratch
        self.log = scratch.parent / f"{scratch.name}.log"
        scratch.mkdir(parents=True)
        for archive in sorted((shared / "data/sites").glob("*.tar.xz")):
            with tarfile.open(archive) as tar:
                tar.extractall(scratch, filter="data")
        self.names = sorted(path.name for path in scratch.iterdir())
        self.proxy = f"http://127.0.0.1:{free_port()}"
        self._command = [
            *(sys.executable, "-c", _SERVE),
            *(str(shared / "tools/siteserver.py"), str(scratch)),
        ]

    def __enter__(self) -> SiteWeb:
        port = self.proxy.rpartition(":")[2]
        self._server = subprocess.Popen(
            [*self._command, "--port", port, "--log", str(self.log)], stdout=subprocess.PIPE
        )
        assert self._server.stdout is not None
        self._server.stdout.readline()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait()
        assert self._server.stdout is not None
        self._server.stdout.close()

    def definitions(self, folder: Path, names: Iterable[str]) -> Path:
        """Site definitions with one seed, host scope and no delay; the folder they are in."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / f"{name}.toml").write_text(
                f'id = "{name}"\nname = "{name}"\n\n[[seed]]\nurl = "http://{name}.test/"\n\n'
                '[scope]\ntype = "host"\n\n[politeness]\ndelay = 0.0\n'
            )
        return folder

    def exchanges(self) -> list[dict[str, object]]:
        """One row per request the server answered."""
        if not self.log.exists():
            return []
        return [json.loads(row) for row in self.log.read_text("utf-8").splitlines()]

    def requests(self) -> int:
        return len(self.exchanges())


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for_port(port: int, seconds: float = 10.0) -> None:
    """Return when something listens on the port; `TimeoutError` when nothing does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")
