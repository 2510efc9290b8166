"""A disk that fails anywhere in a crawl ends it with exit code 3 and one line, and costs nothing kept."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.hostile.crawls import Crawls, ends_well, goes_on, rows, small_web, thirty_pages
from tests.hostile.everywhere import KINDS as SIX
from tests.hostile.everywhere import Work, try_point

STEP = int(os.environ.get("SOAK_STEP", "1"))
KINDS = ("enospc", "eio", "full", "short", "kill", "late", "half")


@pytest.fixture(scope="module")
def crawls() -> Iterator[Crawls]:
    with small_web() as running:
        yield running


def break_statement(crawls: Crawls, at: int, how: str, *, derives: bool) -> None:
    holdings, where = crawls.fresh(), f"statement {at} {how}"
    more = () if derives else ("--no-derive",)
    ends_well(where, crawls.crawl(holdings, *more, statement=(at, how)))
    goes_on(crawls, holdings, where, derives=derives)


def break_call(crawls: Crawls, at: int, kind: str, *, derives: bool) -> None:
    holdings, where = crawls.fresh(), f"call {at} {kind}"
    more = () if derives else ("--no-derive",)
    ended = crawls.crawl(holdings, *more, fault=crawls.fault(holdings, kind, at))
    if kind in ("kill", "late", "half"):
        assert ended.code in (-9, 0), f"{where}: {ended.code}: {ended.said}"
    else:  # a call may come after all is done, or be one whose failure costs nothing
        ends_well(where, ended, (0, 3))
    goes_on(crawls, holdings, where, derives=derives)


def test_a_disk_that_is_full_at_a_statement_ends_the_crawl(crawls: Crawls) -> None:
    total = crawls.statements("--no-derive")
    assert total > 90
    for number, at in enumerate(range(17, total + 1, 60)):
        break_statement(crawls, at, ("once", "on")[number % 2], derives=False)


def test_a_disk_that_fails_at_a_file_call_ends_the_crawl(crawls: Crawls) -> None:
    total = crawls.calls("--no-derive")
    assert total > 200
    break_call(crawls, total // 2, "full", derives=False)


def test_a_disk_that_is_full_where_the_state_is_made_ends_the_crawl(crawls: Crawls) -> None:
    hit, holdings = crawls.folder / "hit", crawls.fresh()
    for at in range(1, 12):  # the lock, the folders
        fault = crawls.fault(holdings, "enospc", at) | {"FAULT_HIT": str(hit)}
        ends_well(f"call {at}", crawls.crawl(holdings, "--no-derive", fault=fault))
        if hit.read_text().endswith("/state.sqlite\n"):
            break
        hit.unlink()
    assert hit.exists()
    goes_on(crawls, holdings, "the state")


def test_a_disk_that_is_full_where_an_index_is_made_again_ends_the_repair(crawls: Crawls) -> None:
    holdings, hit = crawls.fresh(), crawls.folder / "hit"
    assert crawls.crawl(holdings, "--no-derive").code == 0
    (index,) = (holdings / "index").iterdir()
    for kind, at in (("list", 0), ("enospc", -1)):
        index.unlink(missing_ok=True)
        if kind == "enospc":
            calls = hit.read_text().splitlines()
            at = 1 + next(n for n, row in enumerate(calls) if "/index/" in row)
        hit.unlink(missing_ok=True)
        fault = crawls.fault(holdings, kind, at) | {"FAULT_HIT": str(hit)}
        ended = crawls.forked.run(
            "fangzhi", "check", "--repair", "--holdings", holdings, fault=fault
        )
        ends_well(kind, ended, (0,) if kind == "list" else (3,))
    goes_on(crawls, holdings, "the index")


def test_no_crawl_uses_a_state_whose_repair_was_broken_off(crawls: Crawls) -> None:
    holdings = crawls.fresh()
    assert crawls.crawl(holdings, "--no-derive").code == 0
    whole = rows(holdings)
    (holdings / "state.sqlite").unlink()
    repair = ("check", "--repair", "--holdings", holdings, "--sites", crawls.folder / "sites")
    fault = crawls.fault(holdings, "kill", 20)  # the tables of captures are made by then
    assert crawls.forked.run("fangzhi", *repair, fault=fault).code == -9
    assert rows(holdings) < whole
    refused = crawls.crawl(holdings, "--no-derive")
    assert refused.code == 1
    assert "a repair was broken off; `fangzhi check --repair` finishes it" in refused.said
    assert crawls.forked.run("fangzhi", *repair).code == 0
    assert rows(holdings) == whole
    goes_on(crawls, holdings, "repaired")


def test_a_disk_that_fails_where_text_is_replaced_ends_the_replay(crawls: Crawls) -> None:
    holdings = crawls.fresh()
    assert crawls.crawl(holdings, "--no-derive").code == 0
    fault = crawls.fault(holdings / "text", "eio", 2)
    write = ("replay", "--write", "--workers", 1, "--holdings", holdings)
    ends_well("text", crawls.forked.run("fangzhi", *write, fault=fault))
    goes_on(crawls, holdings, "text")


@pytest.mark.soak
@pytest.mark.parametrize("how", ["once", "on"])
def test_a_disk_that_is_full_at_any_statement_ends_the_crawl(crawls: Crawls, how: str) -> None:
    for at in range(1, crawls.statements("--no-derive") + 1, STEP):
        break_statement(crawls, at, how, derives=False)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fails_at_any_file_call_ends_the_crawl(crawls: Crawls, kind: str) -> None:
    start = 1 + 11 * KINDS.index(kind) % STEP
    for at in range(start, crawls.calls("--no-derive") + 1, 6 * STEP if STEP > 1 else 1):
        break_call(crawls, at, kind, derives=False)


@pytest.fixture(scope="module")
def thirty() -> Iterator[Crawls]:
    with thirty_pages() as running:
        yield running


@pytest.mark.soak
@pytest.mark.parametrize("kind", SIX)
def test_a_fault_at_a_file_call_of_a_whole_crawl_costs_nothing_acknowledged(
    thirty: Crawls, kind: str
) -> None:
    """All of them, and those of recovery: `python -m tests.hostile.everywhere`."""
    for at in range(20 + 30 * SIX.index(kind), 1000, 25 * STEP if STEP > 1 else 1):
        tried = try_point(thirty, Work(Crawls.crawl), "crawl", kind, at)
        assert not tried.failed, tried.failed
        if not tried.call:  # a crawl has not so many
            break


@pytest.mark.soak
def test_a_disk_that_fills_while_text_is_derived_ends_the_crawl(crawls: Crawls) -> None:
    for at in range(60, crawls.calls() + 1, 8 * STEP):
        break_call(crawls, at, "full", derives=True)
