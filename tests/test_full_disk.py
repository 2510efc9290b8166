"""A full disk ends a crawl with its own exit code, and the next run goes on from what was kept."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest

from archive.catalogue import Catalogue
from archive.errors import WriteFailed
from archive.holdings import Holdings
from archive.warcreader import ReadRecord, read
from tests.commands import adds_up, command, fangzhi, report
from tests.held import Held, article, write
from tests.hostile import server
from tests.web import start

DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SITES = Path(__file__).with_name("sites")


@pytest.fixture
def small() -> Iterator[Path]:
    folder = Path(mkdtemp())  # a short name: workers are asked for through a socket in it
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True
    )
    if os.geteuid() or mounted.returncode:
        folder.rmdir()
        pytest.skip("a small file system needs root and mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def test_a_full_disk_stops_the_crawl_and_loses_nothing_acknowledged(small: Path) -> None:
    holdings = small / "h"
    with start() as web:
        crawl = ("crawl", "qinghe-trs", "--sites", SITES, "--proxy", web.proxy)
        full = fangzhi(*crawl, "--holdings", holdings, timeout=60)
        assert full.returncode == 3, full.stderr
        assert any(said in full.stderr for said in ("No space left on device", "disk is full"))
        assert "Traceback" not in full.stderr
        subprocess.run(["mount", "-o", "remount,size=20m", str(small)], check=True)
        done = fangzhi(*crawl, "--holdings", holdings, timeout=120)
        assert done.returncode == 0, done.stderr
    assert adds_up(report(holdings))
    for path in (holdings / "warc").glob("*.warc.gz"):
        assert all(isinstance(record, ReadRecord) for record in read(path))
    stems = {p.name.removesuffix(".warc.gz") for p in (holdings / "warc").glob("*.warc.gz")}
    assert {p.stem for p in (holdings / "text").glob("*.jsonl")} == stems


@pytest.mark.soak
def test_a_full_folder_of_temporary_files_stops_the_crawl_too(small: Path, tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(small)}
    with server.Misbehaving() as web:
        where = ("--holdings", tmp_path / "h", "--allow", f"127.0.0.1:{web.port}", "--no-derive")
        done = subprocess.run(
            command("scrape", web.url("endless_body"), *where),
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 3, done.stderr
    assert "temporary files" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holdings with a page that is too long to be read in memory, and one that is not."""
    root = tmp_path_factory.mktemp("wide") / "h"
    noise = random.Random(1).randbytes(3_000_000)
    page = article("关于春季防汛的通知", "各乡镇要做好山塘水库的巡查工作，确保安全度汛。")
    write(root, [Held("http://a.test/1.bin", DAY, noise), Held("http://a.test/2.html", DAY, page)])
    return root


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holdings with more records than a database holds in memory."""
    root = tmp_path_factory.mktemp("many") / "h"
    urls = (f"http://a.test/{number:05d}/{'x' * 200}.html" for number in range(6000))
    write(root, [Held(url, DAY, url.encode()) for url in urls], derive=False)
    return root


def _with_temporary_files_in(
    folder: Path, *arguments: object, stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"TMPDIR": str(folder)}
    return subprocess.run(
        command(*arguments), env=environment, capture_output=True, timeout=120, input=stdin
    )


def _finished(holdings: Path) -> dict[Path, bytes]:
    files = (path for name in ("warc", "text", "index") for path in (holdings / name).iterdir())
    return {path: path.read_bytes() for path in files if not path.name.endswith(".open")}


@pytest.mark.parametrize(
    ("root", "verb"),
    [
        *(("wide", verb) for verb in ("check", "replay", "replay --write", "replay --diff")),
        *(("wide", verb) for verb in ("check --repair", "export --wacz", "replay -", "check -")),
        *(("many", verb) for verb in ("check", "export --wacz", "export --wacz --from")),
    ],
)
def test_a_full_folder_of_temporary_files_ends_a_command_and_is_no_damage(
    small: Path, tmp_path: Path, root: str, verb: str, request: pytest.FixtureRequest
) -> None:
    holdings: Path = request.getfixturevalue(root)
    (warc,) = (holdings / "warc").iterdir()
    before = _finished(holdings)
    target = tmp_path / "a.wacz"
    more = {"--wacz": ["--wacz", target], "--from": ["--from", "2020"]}
    words: list[object] = [word for name in verb.split() for word in more.get(name, [name])]
    stdin = warc.read_bytes() if "-" in words else None
    done = _with_temporary_files_in(small, *words, "--holdings", holdings, stdin=stdin)
    said = done.stderr.decode()
    assert done.returncode == 3, said
    assert "fangzhi: temporary files: " in said
    assert said.endswith("; TMPDIR names the folder for them\n")
    assert "Traceback" not in said
    assert b"damage" not in done.stdout
    assert not target.exists()
    assert _finished(holdings) == before


def test_a_catalogue_that_finds_no_room_says_that_the_disk_is_full(small: Path) -> None:
    root, scratch = small / "h", small / "scratch"
    write(root, [Held("http://a.test/1.html", DAY, article("关于防汛的通知", "请做好防汛工作。"))])
    scratch.mkdir()
    with pytest.raises(OSError, match="No space left"):
        (small / "filler").write_bytes(b"\0" * 400_000)
    with pytest.raises(WriteFailed, match="full"):
        Catalogue(Holdings(root), scratch).refresh()
