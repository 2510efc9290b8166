"""The frontier: nothing is asked for twice, nothing is lost, whatever ends a crawl."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Location
from archive.state import Acknowledged, State
from archive.warcreader import ReadRecord, read
from crawler.frontier import Frontier
from crawler.politeness.hosts import FAILURES, OPEN, Hosts
from crawler.politeness.robots import HOPS
from crawler.revisiting.revisits import Revisits
from crawler.scheduler import TRIES
from crawler.visits import Lead, Visit
from tests.answering import Answer, Answering, Asked, answering, article, define
from tests.commands import adds_up, command, fangzhi, report

NOTHING = Answer(404, b"<h1>404</h1>")
HOSTS = 8


def tree(pages: int) -> Any:
    """Sites of `pages` pages each, every one reached by one path only: one lost request loses all
    that lies below it."""

    def answer(asked: Asked) -> Answer:
        number = asked.path.removeprefix("/").removesuffix(".html")
        at = int(number) if number.isdigit() else 0 if asked.path == "/" else -1
        if not 0 <= at < pages:
            return NOTHING
        below = [n for n in range(at * 4 + 1, at * 4 + 5) if n < pages]
        return article(f"第{at}页", *(f"/{n}.html" for n in below))

    return answer


def crawl(folder: Path, web: Answering, *options: object) -> list[object]:
    """The arguments of a crawl of the folder's sites."""
    where = ("--sites", folder / "sites", "--holdings", folder / "h", "--proxy", web.proxy)
    return ["crawl", *where, "--no-derive", *options]


def responses(holdings: Path) -> Counter[str]:
    """How many response records each URL has, robots.txt left out."""
    found: Counter[str] = Counter()
    for path in (holdings / "warc").glob("*.warc.gz"):
        for record in read(path):
            assert isinstance(record, ReadRecord)
            uri = record.get("WARC-Target-URI") or ""
            if record.type == "response" and not uri.endswith("/robots.txt"):
                found[uri] += 1
    return found


def kill_and_resume(folder: Path, pages: int, kills: int) -> None:
    """Kill a crawl at random moments, told by what was asked for so far and never by a clock: on
    a fast machine too none of them comes after its end, for a finished crawl begins a new pass."""
    moments = random.Random(7)
    for number in range(HOSTS):
        define(folder / "sites", f"t{number}.test")
    with answering(tree(pages // HOSTS)) as web:
        for _ in range(kills):
            child = subprocess.Popen(command(*crawl(folder, web)), stderr=subprocess.DEVNULL)
            moment = len(web.log) + moments.randint(1, pages * 3 // (kills * 4))
            end = time.monotonic() + 60
            while len(web.log) < moment and time.monotonic() < end:
                time.sleep(0.0005)
            assert child.poll() is None, "the crawl ended before it could be killed"
            time.sleep(moments.uniform(0, 0.02))  # between two requests too
            child.send_signal(signal.SIGKILL)
            child.wait()
        last = fangzhi(*crawl(folder, web))
        assert last.returncode == 0, last.stderr[-2000:]
        asked = Counter((row.host, row.path) for row in web.log if row.path != "/robots.txt")
    assert len(asked) == pages // HOSTS * HOSTS
    assert asked.total() - len(asked) <= kills * HOSTS, "more than what was in flight came again"
    stored = responses(folder / "h")
    assert stored.keys() == {f"http://{host}{path}" for host, path in asked}
    assert set(stored.values()) == {1}, "a page that was durable was asked for again"


def test_a_killed_crawl_goes_on_without_asking_for_what_it_has(tmp_path: Path) -> None:
    kill_and_resume(tmp_path, 400, 3)


@pytest.mark.soak
def test_twenty_kills_of_a_crawl_of_two_thousand_pages_lose_none(tmp_path: Path) -> None:
    kill_and_resume(tmp_path, 2000, 20)


def test_a_clean_interrupt_repeats_nothing(tmp_path: Path) -> None:
    define(tmp_path / "sites", "t0.test")
    with answering(tree(200)) as web:
        child = subprocess.Popen(command(*crawl(tmp_path, web)), stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while len(web.log) < 40 and time.monotonic() < end:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 11
        interrupted = report(tmp_path / "h")
        assert adds_up(interrupted)
        assert interrupted["pending"] > 0
        assert fangzhi(*crawl(tmp_path, web)).returncode == 0
        asked = Counter(web.paths("t0.test"))
    assert len(asked) == 200
    assert set(asked.values()) == {1}


def test_a_second_process_is_refused_at_once(tmp_path: Path) -> None:
    define(tmp_path / "sites", "t0.test", delay=1.0)
    with answering(tree(50)) as web:
        first = subprocess.Popen(command(*crawl(tmp_path, web)), stderr=subprocess.DEVNULL)
        while not web.log:
            time.sleep(0.01)
        second = fangzhi(*crawl(tmp_path, web))
        first.kill()
        first.wait()
    assert second.returncode == 4
    assert "in use" in second.stderr


def limited(allowed: int, seconds: float, retry_after: str) -> Any:
    """Answers so many requests in so many seconds, and 429 to the others."""
    granted: list[float] = []

    def answer(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return NOTHING
        now = time.monotonic()
        if sum(now - moment < seconds for moment in granted) >= allowed:
            return Answer(429, b"", (("Retry-After", retry_after),))
        granted.append(now)
        return tree(30)(asked)

    return answer


def test_thirty_articles_behind_429_all_come_with_one_refusal_a_wait(tmp_path: Path) -> None:
    define(tmp_path / "sites", "busy.test")
    with answering(limited(10, 3.0, "3")) as web:
        done = fangzhi(*crawl(tmp_path, web))
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(set(web.paths("busy.test"))) == 30
    refused = len(web.paths("busy.test")) - 30
    assert refused <= 3  # one a wait: 30 pages, ten at a time
    gaps = [b.at - a.at for a, b in zip(web.log, web.log[1:], strict=False)]
    assert sum(gap >= 3.0 for gap in gaps) == refused, "it asked again before the time was over"


def test_a_crawl_delay_is_kept_over_the_whole_crawl(tmp_path: Path) -> None:
    define(tmp_path / "sites", "slow.test")

    def answer(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(body=b"User-agent: *\nCrawl-delay: 0.7\n", type="text/plain")
        return tree(6)(asked)

    with answering(answer) as web:
        assert fangzhi(*crawl(tmp_path, web)).returncode == 0
    gaps = [b.at - a.at for a, b in zip(web.log, web.log[1:], strict=False)]
    assert len(gaps) == 6
    assert min(gaps) >= 0.7


def test_failures_of_one_robots_file_do_not_count_for_the_next(tmp_path: Path) -> None:
    define(tmp_path / "sites", "two.test", more='[[seed]]\nurl = "http://two.test:8080/"\n')
    failures = 0

    def answer(asked: Asked) -> Answer:  # after every page robots.txt fails twice, and then comes
        nonlocal failures
        if asked.path != "/robots.txt":
            failures = 0
            return article("页")
        failures += 1
        return Answer(0) if failures < TRIES else NOTHING

    with answering(answer) as web:
        assert fangzhi(*crawl(tmp_path, web)).returncode == 0
    assert len(web.paths("two.test")) == 2
    assert len(web.log) == 2 + 2 * TRIES


DISALLOW = b"User-agent: *\nDisallow: /\n"
ROBOTS: dict[str, tuple[Answer, bool | None]] = {  # answer; pages fetched, None: put off
    "allows.test": (Answer(body=b"User-agent: *\nAllow: /\n"), True),
    "forbids.test": (Answer(body=DISALLOW), False),
    "us.test": (Answer(body=DISALLOW + b"\nUser-agent: fangzhi\nAllow: /\n"), True),
    "notus.test": (Answer(body=b"User-agent: fangzhi\nDisallow: /\n"), False),
    "empty.test": (Answer(body=b""), True),
    "bom.test": (Answer(body=b"\xef\xbb\xbf" + DISALLOW), False),
    "html.test": (Answer(body=b"<html><body>nothing here</body></html>"), True),
    "long.test": (Answer(body=b"#" * (500 * 1024) + b"\n" + DISALLOW), True),
    "wild.test": (Answer(body=b"User-agent: *\nDisallow: /*.html$\nAllow: /$\n"), None),
    "missing.test": (Answer(404, DISALLOW), True),
    "gone.test": (Answer(410, DISALLOW), True),
    "forbidden.test": (Answer(403, DISALLOW), True),
    "login.test": (Answer(401, DISALLOW), True),
    "broken.test": (Answer(500, b"User-agent: *\nAllow: /\n"), False),
    "overloaded.test": (Answer(503, b""), False),
    "many.test": (Answer(429, b""), False),
    "silent.test": (Answer(0), False),
    "moved.test": (Answer(301, b"", (("Location", "http://there.test/robots.txt"),)), False),
    "there.test": (Answer(body=DISALLOW), False),
    "round.test": (Answer(302, b"", (("Location", "/robots.txt"),)), True),
}


def test_robots_txt_goes_by_its_status_as_rfc_9309_says(tmp_path: Path) -> None:
    for host in ROBOTS:
        define(tmp_path / "sites", host)

    def answer(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return ROBOTS[asked.host][0]
        return tree(3)(asked)

    with answering(answer) as web:
        done = fangzhi(*crawl(tmp_path, web, "--patience", 0))
    numbers = report(tmp_path / "h")
    assert adds_up(numbers)
    fetched = {host: len(web.paths(host)) for host in ROBOTS}
    assert fetched.pop("wild.test") == 1
    assert fetched == {
        host: 3 if allowed else 0 for host, (_, allowed) in ROBOTS.items() if host != "wild.test"
    }
    put_off = {"broken.test", "overloaded.test", "many.test", "silent.test"}
    assert set(numbers["resting"]) == put_off
    assert numbers["pending"] == len(put_off)
    assert done.returncode == 1  # these four could not be fetched at all
    assert "broken.test" in done.stderr
    stored = {
        record.get("WARC-Target-URI")
        for path in (tmp_path / "h" / "warc").glob("*.gz")
        for record in read(path)
        if isinstance(record, ReadRecord) and record.type == "response"
    }
    answered = set(ROBOTS) - {"silent.test"}
    assert {f"http://{host}/robots.txt" for host in answered} <= stored


def gaps(web: Answering, host: str) -> list[float]:
    times = [asked.at for asked in web.log if asked.host == host]
    return [after - before for before, after in pairwise(times)]


def test_a_robots_file_that_is_elsewhere_is_asked_for_with_the_pauses_of_the_host_it_is_at(
    tmp_path: Path,
) -> None:
    """Counties send theirs to the one of the portal, which is crawled as well."""
    counties = [f"county{number}.test" for number in range(3)]
    for host in counties:
        define(tmp_path / "sites", host)
    define(tmp_path / "sites", "portal.test", delay=0.5)

    def answer(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            there = (("Location", "http://portal.test/robots.txt"),)
            return Answer(301, b"", there) if asked.host in counties else NOTHING
        return tree(3)(asked)

    with answering(answer) as web:
        assert fangzhi(*crawl(tmp_path, web)).returncode == 0
    assert adds_up(report(tmp_path / "h"))
    assert [len(web.paths(host)) for host in (*counties, "portal.test")] == [3, 3, 3, 3]
    asked = [row.path for row in web.log if row.host == "portal.test"]
    assert asked.count("/robots.txt") == 4
    assert min(gaps(web, "portal.test")) >= 0.5


def test_a_robots_file_is_not_asked_of_a_host_that_rests_and_its_county_says_why(
    tmp_path: Path,
) -> None:
    for host in ("county.test", "portal.test"):
        define(tmp_path / "sites", host)
    portal_asked = threading.Event()

    def answer(asked: Asked) -> Answer:
        if asked.host == "portal.test":
            portal_asked.set()
            return Answer(429, b"", (("Retry-After", "600"),))
        if asked.path == "/robots.txt":
            portal_asked.wait(20)
            return Answer(302, b"", (("Location", "http://portal.test/robots.txt"),))
        return tree(3)(asked)

    with answering(answer) as web:
        done = fangzhi(*crawl(tmp_path, web, "--patience", 1))
    assert [asked.host for asked in web.log if asked.host == "portal.test"] == ["portal.test"]
    assert web.paths("county.test") == []
    assert done.returncode == 1
    assert "http://county.test/: could not be fetched: its robots.txt is at another" in done.stderr
    assert report(tmp_path / "h")["pending"] == 2


def test_robots_files_that_lead_to_each_other_end(tmp_path: Path) -> None:
    other = {"here.test": "there.test", "there.test": "here.test"}
    for host in other:
        define(tmp_path / "sites", host)

    def answer(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            there = f"http://{other[asked.host]}/robots.txt"
            return Answer(302, b"", (("Location", there),))
        return tree(3)(asked)

    with answering(answer) as web:
        assert fangzhi(*crawl(tmp_path, web)).returncode == 0
    assert [len(web.paths(host)) for host in other] == [3, 3]  # unavailable: all is allowed
    assert len(web.log) == 2 * 3 + 2 * (1 + HOPS)


def test_what_a_robots_file_refuses_for_a_time_is_left_alone_so_long(tmp_path: Path) -> None:
    define(tmp_path / "sites", "a.test")

    def answer(asked: Asked) -> Answer:
        return Answer(503, b"", (("Retry-After", "3000"),))

    with answering(answer) as web:
        began = time.time()
        assert fangzhi(*crawl(tmp_path, web, "--patience", 0)).returncode == 1
    state = State(tmp_path / "h" / "state.sqlite")
    [(until,)] = state.query("SELECT rests_until FROM hosts").fetchall()
    state.close()
    assert 2990 < until - began < 3060


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_circuit_opens_after_failures_in_a_row_and_doubles() -> None:
    clock = Clock()
    hosts = Hosts(State(":memory:"), clock, clock)
    hosts.waits("a.test", 100)
    rests = []
    for _ in range(FAILURES + 2):
        host = hosts.turn()
        assert host is not None
        hosts.failed(host)
        hosts.done(host)
        wait = hosts.next_turn()
        assert wait is not None
        rests.append(wait)
        clock.now += wait
    assert rests == [0.0] * (FAILURES - 1) + [OPEN, 2 * OPEN, 4 * OPEN]


def test_a_pause_outlasts_idle_time_and_the_process() -> None:
    clock, state = Clock(), State(":memory:")
    hosts = Hosts(state, clock, clock)
    hosts.waits("a.test")
    host = hosts.turn()
    assert host is not None
    hosts.refused(host, 300.0)
    hosts.done(host)
    clock.now += 299
    later = Hosts(state, clock, clock)
    later.waits("a.test")
    assert later.turn() is None
    clock.now += 2
    assert later.turn() is not None


def test_a_clock_set_back_holds_no_host_for_longer_than_a_day() -> None:
    clock, wall, state = Clock(), Clock(), State(":memory:")
    hosts = Hosts(state, clock, wall)
    hosts.rest(hosts["a.test"], "refused", 60.0)
    wall.now -= 10 * 365 * 86_400
    later = Hosts(state, clock, wall)
    later.waits("a.test")
    wait = later.next_turn()
    assert wait is not None
    assert wait <= 86_400


def capture(url: str, status: int, number: int) -> Acknowledged:
    place = Location("a.warc.gz", number, 1)
    return Acknowledged(f"urn:{number}", url, f"2026-11-{number:02d}", "r", status, place, "d")


def a_frontier(state: State, run: str = "r") -> Frontier:
    frontier = Frontier(state, run, lambda *_: None, Revisits(), Clock())
    frontier.open(["s"])
    return frontier


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_every_url_is_leased_once_in_a_pass(numbers: list[int]) -> None:
    frontier = a_frontier(State(":memory:"))
    leased = []
    for number in numbers:
        frontier.add(Lead(f"http://a.test/{number}", None, "L", "s", 0), number % 3)
        lease = frontier.lease("a.test") if number % 2 else None
        if lease is not None:
            leased.append(lease.lead.url)
            frontier.finish(lease, Visit(None))
    while (lease := frontier.lease("a.test")) is not None:
        leased.append(lease.lead.url)
        frontier.finish(lease, Visit(None))
    assert sorted(leased) == sorted({f"http://a.test/{number}" for number in numbers})


def test_a_page_that_is_gone_and_comes_back_is_two_events() -> None:
    state = State(":memory:")
    url = "http://a.test/1.html"
    for number, status in enumerate((200, 304, 404, 404, 200, 301), 1):
        frontier = a_frontier(state, f"run{number}")
        frontier.add(Lead(url, None, "", "s", 0))
        lease = frontier.lease("a.test")
        assert lease is not None
        found = capture(url, status, number)
        state.note([found])
        frontier.finish(lease, Visit(found, unchanged=status == 304))
        frontier.close(finished=True)
        events = [(row["event"], row["before"], row["after"]) for row in frontier.events()]
        assert (
            events
            == {
                1: [],
                2: [],
                3: [("gone", "urn:1", "urn:3")],
                4: [],
                5: [("back", "urn:1", "urn:5")],
                6: [("moved", "urn:5", "urn:6")],
            }[number]
        )


def test_a_crash_between_two_commits_loses_a_page_with_its_links_or_neither(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    state = State(path)
    frontier = a_frontier(state)
    frontier.add(Lead("http://a.test/", None, "", "s", 0))
    state.commit()
    lease = frontier.lease("a.test")
    assert lease is not None
    found = capture("http://a.test/", 200, 1)
    state.note([found])
    frontier.finish(lease, Visit(found))
    frontier.add(Lead("http://a.test/1", None, "L", "s", 0))
    state.close()  # as a kill does: nothing of this group was committed
    again = State(path)
    again.acknowledge([found])  # what recovery reads from the WARC file
    second = a_frontier(again, "r2")
    assert second.unread == {"http://a.test/": found}
    again.close()  # a kill of the run that was about to read it
    again = State(path)
    second = a_frontier(again, "r3")
    assert second.unread == {"http://a.test/": found}
    lease = second.lease("a.test")
    assert lease is not None
    assert lease.lead.url == "http://a.test/"
    assert second.lease("a.test") is None


def test_a_text_known_before_its_visit_is_noted_is_not_forgotten() -> None:
    state, url = State(":memory:"), "http://a.test/1.html"
    for number, text in enumerate(("one", "two"), 1):
        frontier = a_frontier(state, f"run{number}")
        frontier.add(Lead(url, None, "", "s", 0))
        lease = frontier.lease("a.test")
        assert lease is not None
        found = capture(url, 200, number)
        state.note([found])
        frontier.derived(found.record_id, url, "article", text)
        frontier.finish(lease, Visit(found))
        frontier.close(finished=True)
        assert [e["event"] for e in frontier.events()] == ["changed"] * (number - 1)
