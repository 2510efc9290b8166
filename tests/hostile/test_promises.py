"""docs/promises.md names tests that exist, and leaves no fault without a word."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.commands import ROOT

PAGE = (ROOT / "docs" / "promises.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| ([PWHA]\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = {row[0]: row[2] for row in ROW.findall(PAGE)}
FAULTS = {
    f"{kind}{n}"
    for kind, last in zip("PWHA", (16, 15, 15, 14), strict=True)
    for n in range(1, last + 1)
}


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_test_named_exists() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 100
    assert not [f"{file}::{test}" for file, test in named if test not in functions_of(file)]


def test_every_fault_has_one_line() -> None:
    assert len(ROW.findall(PAGE)) == len(ROWS)
    assert ROWS.keys() == FAULTS


@pytest.mark.parametrize("row", sorted(FAULTS))
def test_every_fault_has_a_test_or_a_reason(row: str) -> None:
    said = ROWS[row].strip()
    if said.startswith(("Open: ", "None: ")):
        assert len(said) > 40
    else:
        assert NAMED.search(said)
        assert not NAMED.sub("", said).strip(), "a proof is a list of tests"


def test_every_promise_has_a_proof_and_its_limits() -> None:
    nine = re.findall(r"^\*\*(\d)\. .+?(?=^\*\*\d\. |^## )", PAGE, re.MULTILINE | re.DOTALL)
    assert nine == list("123456789")
    for part in re.split(r"^\*\*\d\. ", PAGE.partition("## The limits")[0], flags=re.MULTILINE)[1:]:
        assert "Proof: `tests/" in part
        assert "\nLimits: " in part
