"""An exported WACZ is accepted by py-wacz and shown by ReplayWeb.page."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.commands import ROOT, fangzhi
from tests.held import Held, again, article, write
from tests.judges import browser, panel, replaywebpage

SPRING = datetime(2026, 3, 2, 8, tzinfo=UTC)
URL = "http://a.test/1.html"
LINES = [f"三月{day}日，测试县召开第{day}次会议，部署水利和农机检修工作。" for day in range(2, 9)]
HELD = (
    Held(URL, SPRING, article("测试县部署春耕", *LINES)),
    Held("http://b.test/2.html", SPRING, article("邻县修桥", *LINES), site="two"),
    again(URL, SPRING + timedelta(days=9)),
    Held(URL, SPRING + timedelta(days=30), article("测试县部署秋收", *LINES)),
)
WACZ = Path(os.environ.get("FANGZHI_WACZ", ROOT / ".venv-wacz" / "bin" / "wacz"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wacz") / "h"
    write(folder, HELD)
    return folder


@pytest.fixture(params=["", "--site=one", "--from=2026-03-05"])
def package(request: pytest.FixtureRequest, root: Path, tmp_path: Path) -> Path:
    target = tmp_path / "a.wacz"
    chosen = [request.param] if request.param else []
    done = fangzhi("export", "--wacz", target, "--holdings", root, *chosen)
    assert done.returncode == 0, done.stderr
    return target


@pytest.mark.skipif(not WACZ.exists(), reason="py-wacz is not installed: make judges")
def test_py_wacz_finds_every_digest_right(package: Path) -> None:
    done = subprocess.run([WACZ, "validate", "-f", package], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "the passed WACZ is valid" in done.stdout


def test_the_warc_judges_accept_what_is_inside(package: Path, tmp_path: Path) -> None:
    with ZipFile(package) as packed:
        names = [name for name in packed.namelist() if name.startswith("archive/")]
        assert names
        for name in names:
            panel.judge(Path(packed.extract(name, tmp_path)))


@browser.needed
@pytest.mark.skipif(replaywebpage.bundle() is None, reason="no ReplayWeb.page: make judges")
@pytest.mark.parametrize(
    ("days", "title"), [(0, "测试县部署春耕"), (9, "测试县部署春耕"), (30, "测试县部署秋收")]
)
def test_replaywebpage_shows_each_version_at_its_time(
    root: Path, tmp_path: Path, days: int, title: str
) -> None:
    target = tmp_path / "a.wacz"
    assert fangzhi("export", "--wacz", target, "--holdings", root).returncode == 0
    stamp = (SPRING + timedelta(days=days)).strftime("%Y%m%d%H%M%S")
    said = replaywebpage.shown(target, URL, stamp, tmp_path / "profile", title)
    assert f"{title}_测试县人民政府" in said
    assert LINES[-1] in said
