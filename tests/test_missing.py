"""What `explain` and `status` say of pages of which there is no text."""

from __future__ import annotations

from pathlib import Path
from time import time

import pytest

from archive.state import State
from crawler.cli import main
from crawler.commands.status import look
from crawler.frontier import Frontier
from crawler.politeness.hosts import Hosts
from crawler.politeness.robots import Answers, Robots
from crawler.revisiting.revisits import Revisits
from crawler.visits import Lead

SEED = "http://a.test/"


@pytest.fixture
def holdings(tmp_path: Path) -> Path:
    """Of three pages one waits, one is not allowed, and one was asked for without an answer."""
    state = State(tmp_path / "state.sqlite")
    Hosts(state)
    Answers(state).learn("http://a.test", Robots("User-agent: *\nDisallow: /admin/"))
    frontier = Frontier(state, "r", lambda *_: None, Revisits())
    frontier.open(["one"])
    for name in ("waits.html", "admin/refused.html", "silent.html"):
        frontier.add(Lead(f"{SEED}{name}", SEED, "L", "one", 0))
    state.write("UPDATE urls SET state = 3 WHERE url LIKE '%refused%'")
    state.write("UPDATE urls SET state = 3, visits = 2, failures = 2 WHERE url LIKE '%silent%'")
    state.commit()
    state.close()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("waits.html", "one: waits, never asked for yet; linked from http://a.test/"),
        ("admin/refused.html", "one: never asked for: its robots.txt does not allow it"),
        ("silent.html", "one: asked for 2 times, without an answer"),
        ("waits.html#part", "one: the same page as http://a.test/waits.html: waits"),
    ],
)
def test_explain_says_why_a_page_is_missing(
    holdings: Path, capsys: pytest.CaptureFixture[str], name: str, why: str
) -> None:
    assert main(["explain", f"{SEED}{name}", "--holdings", str(holdings)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith(why)
    assert "no text of it" in told.err


def test_explain_says_so_where_nothing_is_known_of_a_page(
    holdings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", f"{SEED}unknown.html", "--holdings", str(holdings)]) == 1
    told = capsys.readouterr()
    assert not told.out
    assert "no such file, URL or id" in told.err


def test_status_calls_visited_only_what_was_asked_for(holdings: Path) -> None:
    (site,) = look(holdings, time())["sites"]
    assert (site["waiting"], site["visited"]) == (1, 1)


def test_a_state_made_again_is_told_before_its_next_crawl(
    holdings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = State(holdings / "state.sqlite")
    state.write("DROP TABLE hosts")
    state.write("DROP TABLE robots")
    state.commit()
    state.close()
    assert look(holdings, time())["resting"] == []
    assert main(["explain", f"{SEED}admin/refused.html", "--holdings", str(holdings)]) == 1
    assert capsys.readouterr().out.startswith("one: never asked for; linked from")
