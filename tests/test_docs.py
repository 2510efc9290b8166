"""What README and docs/ say is true: commands parse, files exist, keys are all there, code runs."""

from __future__ import annotations

import gzip
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from archive.model import Article, Reason, Rejection
from archive.sites import (
    KINDS,
    SCOPES,
    Expect,
    Layout,
    Network,
    Politeness,
    Scope,
    Seed,
    Site,
)
from crawler.cli import parser
from tests.held import article
from tests.warcs import warc

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def indented_commands() -> list[str]:
    return re.findall(r"^    ((?:make|fangzhi) .*?)(?:\s{2,}#.*)?$", README, re.MULTILINE)


def test_the_first_two_commands_are_make_demo_and_make_test() -> None:
    assert indented_commands()[:2] == ["make demo", "make test"]


@pytest.mark.parametrize("command", [c for c in indented_commands() if c.startswith("fangzhi")])
def test_every_command_shown_is_one_the_program_takes(command: str) -> None:
    parser().parse_args(command.split()[1:])


def test_every_command_of_the_pages_is_one_the_program_takes() -> None:
    pages = "".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md")))
    shown = re.findall(r"^    fangzhi (.*?)(?:\s[|<>] .*|\s{2,}.*|\s\[.*)?$", pages, re.MULTILINE)
    assert len(shown) > 10
    for command in shown:
        parser().parse_args(shlex.split(command))


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`make (\w+)`|^    make (\w+)", README, re.MULTILINE)):
        name = "".join(target)
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), name


def test_every_file_named_exists() -> None:
    named = set(re.findall(r"`((?:archive|crawler|seeds|tests|docs)/[\w./-]*)`", README))
    named |= set(re.findall(r"\]\(((?!http)[\w./-]+)\)", README))
    assert named
    for name in named:
        assert (ROOT / name).exists(), name


def test_the_samples_are_shipped_with_their_approved_text() -> None:
    for number in range(5):
        for ending in ("txt", "clean.txt", "json"):
            assert (ROOT / "seeds/examples" / f"{number:03d}.{ending}").stat().st_size


def test_every_key_of_a_site_definition_is_documented() -> None:
    page = (ROOT / "docs/sites.md").read_text("utf-8")
    for kind in (Site, Seed, Scope, Politeness, Network, Layout, Expect):
        for each in fields(kind):
            name = {"seeds": "[[seed]]", "layouts": "[[layout]]"}.get(each.name, each.name)
            assert name in page, f"{kind.__name__}.{name}"
    for word in (*KINDS, *SCOPES):
        assert f"`{word}`" in page, word


def test_every_key_flag_and_reason_of_a_line_is_documented() -> None:
    page = (ROOT / "docs/data.md").read_text("utf-8")
    for kind in (Article, Rejection):
        for each in fields(kind):
            assert f"`{each.name}`" in page, each.name
    for reason in Reason:
        assert f"`{reason}`" in page, reason
    source = "".join(path.read_text("utf-8") for path in (ROOT / "archive").rglob("*.py"))
    raised = set(re.findall(r'flag="([a-z-]+)"|FLAG = "([a-z-]+)"', source))
    for flag in {"".join(found) for found in raised}:
        assert f"`{flag}`" in page, flag


def test_the_python_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs/data.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "page.html").write_bytes(article("关于印发方案的通知", "请认真贯彻执行。" * 9))
    (tmp_path / "any.warc.gz").write_bytes(gzip.compress(warc()))
    monkeypatch.chdir(tmp_path)
    told: list[object] = []
    exec(compile(code, "docs/data.md", "exec"), {"print": lambda *values: told.extend(values)})
    assert told[0] == "关于印发方案的通知"
    assert isinstance(told[-1], (Article, Rejection))
