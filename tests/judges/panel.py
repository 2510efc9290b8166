"""Programs we did not write, run over an archive we did."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.formats import message
from archive.warc import sha256
from archive.warcreader import ReadRecord, read
from tests.siteweb import free_port, wait_for_port

ROOT = Path(__file__).parents[2]


def tool(name: str) -> str:
    """A console script beside this Python."""
    return str(Path(sys.executable).with_name(name))


def fastwarc_accepts(path: Path) -> bool:
    """FastWARC verifies every block digest and finds no truncation."""
    return (
        subprocess.run([tool("fastwarc"), "check", "-q", str(path)], capture_output=True).returncode
        == 0
    )


def indexed(path: Path) -> int:
    """Number of lines cdxj-indexer writes: responses, revisits and resources. What it lists under
    `urn:view:` are second looks (archive/views.py), under no page's address."""
    done = subprocess.run([tool("cdxj-indexer"), "-s", str(path)], capture_output=True, check=True)
    return sum(not line.startswith(b"urn:view:") for line in done.stdout.splitlines())


def warcio_complaints(path: Path) -> list[int]:
    """Offsets of the records whose digests warcio calls wrong.

    Run without `brotli`: beside it warcio 1.8.1 raises on every record a server sent in br although
    we did not ask for that (webrecorder/warcio#73). Digests are over coded bytes all the same.
    """
    check = "import sys; sys.modules['brotli'] = None; from warcio.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", check, "check", "-v", str(path)], capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    offset, wrong = -1, []
    for row in done.stdout.splitlines():
        words = row.split()
        if words[:1] == ["offset"]:
            offset = int(words[1])
        elif "digest failed" in row and offset not in wrong:
            wrong.append(offset)
    return wrong


def records(path: Path) -> list[ReadRecord]:
    found = list(read(path))
    assert all(isinstance(record, ReadRecord) for record in found)
    return [record for record in found if isinstance(record, ReadRecord)]


def is_chunked_with_right_digest(path: Path, offset: int) -> bool:
    """The one excuse for a complaint: warcio digests chunk framing, the standard does not."""
    record = next(r for r in records(path) if r.location.offset == offset)
    block = record.block.read()
    head = message.head_length(block)
    right = sha256([message.payload(block[:head], block[head:])])
    return message.is_chunked(block[:head]) and record.get("WARC-Payload-Digest") == right


def judge(path: Path) -> None:
    """Every judge accepts the file, with the allowed exception of warcio on chunked bodies."""
    assert fastwarc_accepts(path)
    wanted = [r for r in records(path) if r.type in ("response", "revisit", "resource")]
    assert indexed(path) == len(wanted)
    for offset in warcio_complaints(path):
        assert is_chunked_with_right_digest(path, offset), offset


def pywb() -> Path | None:
    """Folder of pywb's own environment's programs, or `None` where it is not installed."""
    folder = Path(os.environ.get("FANGZHI_PYWB", ROOT / ".venv-pywb" / "bin"))
    return folder if (folder / "wayback").exists() else None


@contextmanager
def wayback(programs: Path, scratch: Path, warcs: list[Path]) -> Iterator[str]:
    """A running pywb over the files; the prefix of its replay URLs."""
    scratch.mkdir()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": scratch}
    subprocess.run([programs / "wb-manager", "init", "c"], check=True, **quiet)  # type: ignore[call-overload]
    for path in warcs:
        subprocess.run([programs / "wb-manager", "add", "c", path], check=True, **quiet)  # type: ignore[call-overload]
    port = free_port()
    command = [programs / "wayback", "-b", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]
    try:
        wait_for_port(port, 30)
        yield f"http://127.0.0.1:{port}/c"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(scratch)


def replayed(prefix: str, stamp: str, uri: str) -> tuple[int, bytes]:
    """Status and unrewritten body of one capture in pywb."""
    try:
        with urllib.request.urlopen(f"{prefix}/{stamp}id_/{uri}", timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
