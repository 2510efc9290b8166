"""What README says is true: its commands parse, its files exist, its targets are in the Makefile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.cli import parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def indented_commands() -> list[str]:
    return re.findall(r"^    ((?:make|fangzhi) .*?)(?:\s{2,}#.*)?$", README, re.MULTILINE)


def test_the_first_two_commands_are_make_demo_and_make_test() -> None:
    assert indented_commands()[:2] == ["make demo", "make test"]


@pytest.mark.parametrize("command", [c for c in indented_commands() if c.startswith("fangzhi")])
def test_every_command_shown_is_one_the_program_takes(command: str) -> None:
    parser().parse_args(command.split()[1:])


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
