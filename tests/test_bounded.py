"""What a process keeps in memory does not grow with the pages it has behind it."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import cdxj
from archive.model import Location
from archive.state import Acknowledged, State
from crawler import frontier, sandbox, told
from crawler.commands.spread import Spread
from crawler.commands.stored import Stored
from crawler.frontier import Frontier
from crawler.links import traps
from crawler.links.traps import SAME_TEXT, SameText
from crawler.noted import NAMED, OTHERS, Noted
from crawler.politeness.hosts import Hosts
from crawler.revisiting.revisits import Revisits
from crawler.sandbox import Sandbox
from crawler.told import Told
from crawler.visits import Lead
from tests.commands import ROOT
from tests.hostile import exhaust

# Answers remembered without a limit, for arguments of which there are no more than the data under
# seeds/ has, or characters.
CLOSED = {
    *("docshare_words._may_begin_line", "docshare_words._may_match", "gbk.character"),
    *(
        "carried._keyed",
        "islands._keys",
        "labels.bare_words",
        "labels.words",
        "language._class",
        "lexicon._topic",
        "pageclass._pattern",
    ),
    *("rejoin._is_rare", "rejoin._oddness", "sources._rejected", "spun._alone", "uri._names"),
    *("vocab.lines", "vocab.toml"),
}


def test_no_table_of_answers_grows_with_the_pages() -> None:
    unbounded = set()
    for path in [*ROOT.glob("archive/**/*.py"), *ROOT.glob("crawler/**/*.py")]:
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)) if "cache" in source else ():
            if isinstance(node, ast.FunctionDef) and node.args.args:
                marks = {ast.unparse(mark) for mark in node.decorator_list}
                if marks & {"cache", "functools.cache", "lru_cache(maxsize=None)"}:
                    unbounded.add(f"{path.stem}.{node.name}")
    assert unbounded == CLOSED


def test_what_is_told_once_is_kept_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "RECENT", 100)
    kept = Told()
    assert all(kept.is_new("hidden", f"http://{n}.test/") for n in range(1000))
    assert len(kept._recent) <= 100
    assert not any(kept.is_new("hidden", f"http://{n}.test/") for n in range(1000))
    assert kept.is_new("robots", "http://0.test/")


@pytest.mark.parametrize("times", [1, 2, 3])
def test_texts_are_remembered_to_a_number_and_a_trap_is_seen_all_the_same(
    monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(traps, "REMEMBERED", 100)
    same = SameText()
    for number in range(1000):
        for _ in range(times):
            assert not same.has_enough("a.test", b"%d" % number)
    assert len(same._seen) <= 100
    assert [same.has_enough("a.test", b"trap") for _ in range(SAME_TEXT + 1)][-1]


def test_a_report_names_no_more_hosts_and_pages_than_a_person_reads() -> None:
    noted = Noted()
    for number in range(NAMED + 500):
        noted.outside(f"{number}.farm.test")
        noted.outside("0.farm.test")
        noted.script(f"http://a.test/{number}", ["/api"])
    found = noted.as_json()
    assert len(found["outside"]) == NAMED + 1
    assert found["outside"][OTHERS] == 500
    assert found["outside"]["0.farm.test"] == NAMED + 501
    assert sum(found["outside"].values()) == 2 * (NAMED + 500)
    assert len(found["needs_script"]) == NAMED


def opened(sites: list[str]) -> Frontier:
    state = State(":memory:")
    found = Frontier(state, "run", Hosts(state).waits, Revisits())
    found.open(sites)
    return found


def test_answers_that_are_no_visit_leave_nothing_in_the_frontier() -> None:
    """A refusal may be derived before the spider has seen it, and the page is asked for again."""
    kept = opened(["site"])
    kept.add(Lead("http://a.test/", None, "L", "site", 0))
    for number in range(50):
        lease = kept.lease("a.test")
        assert lease is not None
        kept.derived(f"urn:uuid:{number}", lease.lead.url, "other", None)
        kept.release(lease)
    assert not kept._early
    assert not kept.leased


def test_a_waiting_frontier_is_ranked_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "RANKED", 3)
    kept = opened(["site"])
    for number in range(10):
        kept.add(Lead(f"http://a.test/{number}", None, "L", "site", 0))
    asked: list[str] = []
    kept.state._db.set_trace_callback(asked.append)
    kept.rank("other", lambda lead: -float(lead.url[-1]))
    kept.state._db.set_trace_callback(None)
    assert sum("LIMIT 3" in each for each in asked) == 5
    found = [lease.lead.url[-1] for _ in range(10) if (lease := kept.lease("a.test"))]
    assert found == [*"9876543210"]


def test_rows_for_captures_without_one_are_written_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.state.GROUP", 3)
    state = State(tmp_path / "state.sqlite")
    rows = [
        Acknowledged(f"urn:{n}", "http://a.test/", "2026-11-29", "run", 200, Location("f", n, 1))
        for n in range(10)
    ]
    state.acknowledge(rows[4:6])
    state.add_missing(iter(rows))
    assert sorted(row.record_id for row in state.captures("run")) == [row.record_id for row in rows]


@given(st.lists(st.binary(max_size=3).map(lambda data: data.replace(b"\n", b"") + b"\n")))
def test_lines_are_sorted_as_if_all_at_once(lines: list[bytes]) -> None:
    assert list(cdxj.in_order(iter(lines), 3)) == sorted(lines)


SORTING = """
import tracemalloc
from archive import cdxj

lines = (b"%032d\\n" % (n * 7919 % 20_011) for n in range(20_000))
tracemalloc.start()
count = sum(1 for _ in cdxj.in_order(lines, 1000))
print(count, tracemalloc.get_traced_memory()[1])
"""


def test_an_index_is_sorted_without_holding_its_lines() -> None:
    # in a process of its own: threads of other tests would count, too
    command = [sys.executable, "-c", SORTING]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    count, peak = map(int, said.split())
    assert count == 20_000
    assert peak < 600_000  # 1,000 lines and the buffers of 20 files; all lines are 1.5 MB


def test_a_worker_is_replaced_after_so_many_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "CALLS", 4)
    with Sandbox(1, exhaust.prepare) as running:
        found = list(running.in_order([exhaust.pid] * 10))
    assert [found.count(each) for each in dict.fromkeys(found)] == [4, 4, 2]


def test_a_worker_that_has_grown_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "KEPT", 20 << 20)
    with Sandbox(1, exhaust.prepare) as running:
        found = list(
            running.in_order(
                [exhaust.pid, partial(exhaust.keep, 1), partial(exhaust.keep, 40), exhaust.pid]
            )
        )
    assert found[0] == found[1] == found[2] != found[3]


@pytest.mark.parametrize("count", [0, 5, 8, 9, 100, 1000])
def test_of_a_long_row_a_part_is_kept_from_its_first_to_its_last(count: int) -> None:
    spread: Spread[int] = Spread(8)
    for number in range(count):
        place = spread.number()
        if place is not None:
            spread.keep(place, number)
    assert spread.kept[:1] == [0][:count]
    assert min(count, 4) <= len(spread.kept) <= 8
    assert not count or spread.kept[-1] >= count * 3 // 4 - 1


def test_stored_lines_are_found_in_any_order_and_only_places_are_held(tmp_path: Path) -> None:
    path = tmp_path / "text.jsonl"
    path.write_text(
        "".join(f'{{"id": "{name}", "text": "文\u2028"}}\n' for name in "abcdef"), "utf-8"
    )
    with Stored(path) as stored:
        for name in "ab":  # as they come: nothing is held
            assert stored.take(name) == {"id": name, "text": "文\u2028"}
            assert not stored._passed
        assert stored.take("e") == {"id": "e", "text": "文\u2028"}
        assert stored.take("d") == {"id": "d", "text": "文\u2028"}
        assert stored.take("d") is None
        assert [row["id"] for row in stored.left()] == ["c", "f"]
    with Stored(tmp_path / "none.jsonl") as stored:
        assert stored.take("a") is None
        assert not list(stored.left())
