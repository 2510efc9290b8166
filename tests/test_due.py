"""The watch sleeps until the frontier's next page is due and its host may be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.model import Location
from archive.sites import Seed, Site
from archive.state import Acknowledged, State
from crawler.commands.due import idle_until, next_due
from crawler.frontier import Frontier
from crawler.politeness.hosts import Hosts
from crawler.revisiting.office import list_due
from crawler.revisiting.revisit import START
from crawler.revisiting.revisits import Revisits
from crawler.visits import Lead, Visit

NOW = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)


class Holdings:
    """A frontier of one site on disk, at a wall clock of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = State(root / "state.sqlite")
        self.hosts = Hosts(self.state, clock=lambda: 0.0, wall=NOW.timestamp)
        self.frontier = Frontier(self.state, "r", lambda *_: None, Revisits(), NOW.timestamp)
        self.frontier.open(["s"])

    def add(self, url: str) -> None:
        self.frontier.add(Lead(url, None, "", "s", 0))
        self.state.commit()

    def visit(self, host: str) -> None:
        lease = self.frontier.lease(host)
        assert lease is not None
        place = Location("a.warc.gz", 1, 1)
        found = Acknowledged("urn:1", lease.lead.url, "2026-11-29T04:00:00Z", "r", 200, place)
        self.frontier.finish(lease, Visit(found))
        self.state.commit()


@pytest.fixture
def holdings(tmp_path: Path) -> Holdings:
    return Holdings(tmp_path)


def test_what_waits_is_due_now(holdings: Holdings) -> None:
    holdings.add("http://a.test/")
    due = next_due(holdings.root, ["s"])
    assert due is not None
    assert due <= NOW


def test_what_was_visited_is_due_when_the_schedule_says(holdings: Holdings) -> None:
    holdings.add("http://a.test/")
    holdings.visit("a.test")
    due = next_due(holdings.root, ["s"])
    assert due is not None
    assert due == list_due(NOW, START)


def test_nothing_is_due_before_its_host_may_be_asked(holdings: Holdings) -> None:
    holdings.add("http://a.test/")
    holdings.hosts.rest(holdings.hosts["a.test"], "refused", 7200.0)
    holdings.state.commit()
    assert next_due(holdings.root, ["s"]) == NOW + timedelta(hours=2)
    holdings.add("http://b.test/")
    due = next_due(holdings.root, ["s"])
    assert due is not None
    assert due <= NOW


def test_a_site_the_frontier_does_not_know_is_due_at_once(holdings: Holdings) -> None:
    holdings.add("http://a.test/")
    holdings.visit("a.test")
    due = next_due(holdings.root, ["s", "new"])
    assert due is not None
    assert due <= NOW


def test_without_sites_or_holdings_nothing_is_due(holdings: Holdings, tmp_path: Path) -> None:
    assert next_due(holdings.root, []) is None
    assert next_due(tmp_path / "nowhere", ["s"]) is None
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/state.sqlite").write_bytes(b"not a database" * 100)
    assert next_due(tmp_path / "odd", ["s"]) is None


SITE = Site("s", "某县", (Seed("http://a.test/"),))


def test_a_crawl_of_what_is_due_is_idle_only_when_nothing_is_due_new_or_left_over(
    holdings: Holdings,
) -> None:
    root, sites = holdings.root, {"s": SITE}
    (root / "warc").mkdir()
    (root / "text").mkdir()
    holdings.add("http://a.test/")
    assert idle_until(root, sites) is None, "it waits"
    lease = holdings.frontier.lease("a.test")
    assert lease is not None
    place = Location("a.warc.gz", 1, 1)
    found = Acknowledged("urn:1", lease.lead.url, "2096-11-29T04:00:00Z", "r", 200, place)
    holdings.frontier.finish(lease, Visit(found))
    holdings.state.write(
        "UPDATE urls SET due = ?", ((later := datetime(2096, 11, 30, tzinfo=UTC)).timestamp(),)
    )
    holdings.state.commit()
    assert idle_until(root, sites) is None, "the run did not come to its end"
    holdings.frontier.close(finished=True)
    holdings.state.commit()
    assert idle_until(root, sites) == later
    two = Site("s", "某县", (*SITE.seeds, Seed("http://a.test/new/")))
    assert idle_until(root, {"s": two}) is None, "a seed is new"
    assert idle_until(root, {**sites, "t": Site("t", "另县", SITE.seeds)}) is None, "a site is new"
    for left in ("warc/b.warc.gz.open", "warc/b.warc.gz"):
        (root / left).touch()
        assert idle_until(root, sites) is None, left
        (root / left).unlink()
    assert idle_until(root, sites) == later
    assert idle_until(root / "none", sites) is None
