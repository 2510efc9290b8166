"""A full disk ends a crawl with its own exit code, and the next run goes on from what was kept."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.warcreader import ReadRecord, read
from tests.commands import adds_up, command, fangzhi, report
from tests.hostile import server
from tests.web import start

SITES = Path(__file__).with_name("sites")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True
    )
    if os.geteuid() or mounted.returncode:
        pytest.skip("a small file system needs root and mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


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
