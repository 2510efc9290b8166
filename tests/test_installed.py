"""What `pip install` puts on a machine works without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.commands import ROOT

PAGE = """<!DOCTYPE html><title>关于开展春季植树活动的通知</title><h1>关于开展春季植树活动的通知</h1>
<p>各乡镇人民政府，县直各单位：为做好今年春季植树造林工作，现将有关事项通知如下。</p>
<p>一、请各单位于三月十日前报送植树地点和人数，由县林业局统一安排苗木和工具。</p>"""


def test_a_built_package_has_its_seeds_and_derives_a_page(tmp_path: Path) -> None:
    built, page = tmp_path / "built", tmp_path / "page.html"
    build = ("setup.py", "-q", "build", "--build-base", tmp_path / "base", "--build-lib", built)
    egg = ("egg_info", "--egg-base", tmp_path)
    done = subprocess.run(
        [sys.executable, *map(str, (build[0], build[1], *egg, *build[2:]))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for folder in ("vocab", "sites", "examples"):
        names = {path.name for path in (ROOT / "seeds" / folder).iterdir()}
        assert {path.name for path in (built / "archive" / "seeds" / folder).iterdir()} == names
    page.write_text(PAGE, "utf-8")
    env = {name: value for name, value in os.environ.items() if name != "FANGZHI_SEEDS"}
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "derive", str(page)],
        cwd=tmp_path,
        env=env | {"PYTHONPATH": str(built)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["title"] == "关于开展春季植树活动的通知"
