"""How hosts are rested and how long robots.txt holds, by clocks that stand until they are moved."""

from __future__ import annotations

import pytest

from archive.state import State
from crawler.politeness.hosts import (
    CHALLENGED,
    FAILURES,
    OPEN,
    REFUSED,
    RETRY_AFTER_LIMIT,
    Host,
    Hosts,
    retry_after,
)
from crawler.politeness.robots import FRESH, SIZE_LIMIT, Answers, Robots, decide

AGENTS = b"User-agent: *\n"
DISALLOW = AGENTS + b"Disallow: /\n"
URL = "http://a.test/1.html"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hosts(clock: Clock) -> Hosts:
    return Hosts(State(":memory:"), clock, clock)


def wait(hosts: Hosts, host: Host) -> float:
    """Seconds a host rests from now on."""
    return host.rests_until - hosts.clock()


def test_a_host_that_refuses_beyond_the_time_it_named_is_treated_as_a_broken_one(
    clock: Clock, hosts: Hosts
) -> None:
    host, waits = hosts["a.test"], []
    for _ in range(FAILURES + 1):
        hosts.refused(host, 3.0)
        waits.append(wait(hosts, host))
        clock.now = host.rests_until
    assert waits == [3.0] * (FAILURES - 1) + [OPEN, 2 * OPEN]


def test_what_a_server_asks_for_is_cut_to_an_hour_and_a_refusal_that_names_nothing_doubles(
    clock: Clock, hosts: Hosts
) -> None:
    host = hosts["a.test"]
    hosts.refused(host, 1e9)
    assert wait(hosts, host) == RETRY_AFTER_LIMIT
    clock.now = host.rests_until
    for times in (1, 2, 4):
        hosts.refused(host, None)
        assert wait(hosts, host) == times * REFUSED
        clock.now = host.rests_until


def test_no_rest_shortens_another(hosts: Hosts) -> None:
    host = hosts["a.test"]
    hosts.refused(host, 900.0)
    hosts.challenged(host)
    assert wait(hosts, host) == 900.0 > CHALLENGED


def test_an_answer_of_use_ends_the_counting_in_later_runs_too(clock: Clock) -> None:
    state = State(":memory:")
    for _ in range(3):
        hosts = Hosts(state, clock, clock)
        host = hosts["a.test"]
        for _ in range(FAILURES):
            hosts.failed(host)
        assert wait(hosts, host) == OPEN
        clock.now += OPEN
        hosts.answered(host)
    hosts.challenged(host)
    assert (host.failures, wait(hosts, host)) == (0, CHALLENGED)


def test_the_pause_after_a_request_is_never_shorter_than_stated(clock: Clock, hosts: Hosts) -> None:
    hosts["a.test"].delay = 10.0
    pauses = []
    for _ in range(50):
        hosts.waits("a.test")
        host = hosts.turn()
        assert host is not None
        host.ready -= 1
        hosts.done(host)
        pauses.append(host.free_at - clock.now)
        clock.now = host.free_at
    assert 10.0 <= min(pauses) < max(pauses) <= 12.0


def test_a_robots_file_holds_for_a_day_in_all_over_runs_and_clocks(clock: Clock) -> None:
    state, wall = State(":memory:"), Clock()
    said = Robots("User-agent: *\nDisallow: /", "urn:1")
    Answers(state, clock, wall).learn("http://a.test", said)
    wall.now += FRESH - 60
    later = Answers(state, clock, wall)
    assert later.get("http://a.test") == said
    assert later.get("http://b.test") is None
    clock.now += 59
    assert later.get("http://a.test") == said
    clock.now += 2  # a day since it was asked, though the wall clock stood
    assert later.get("http://a.test") is None
    wall.now += 60
    assert Answers(state, clock, wall).get("http://a.test") is None


def test_a_robots_file_of_the_future_is_asked_for_again(clock: Clock) -> None:
    state, wall = State(":memory:"), Clock()
    Answers(state, clock, wall).learn("http://a.test", Robots())
    wall.now -= 1  # the clock was set back: nobody knows how old the answer is
    assert Answers(state, clock, wall).get("http://a.test") is None


@pytest.mark.parametrize("status", [0, 99, 429, 500, 503, 599, 999])
def test_a_host_that_cannot_say_its_rules_is_not_asked_for_anything(status: int) -> None:
    assert decide(status, b"User-agent: *\nAllow: /\n") is None


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 410, 499])
def test_a_host_without_rules_allows_everything_whatever_its_error_page_says(status: int) -> None:
    found = decide(status, DISALLOW, "urn:1")
    assert found == Robots("", "urn:1")
    assert found.allows(URL)
    assert found.crawl_delay == 0


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (DISALLOW, False),
        (b"\xef\xbb\xbf" + DISALLOW, False),
        (b"#" * (SIZE_LIMIT - len(DISALLOW) - 1) + b"\n" + DISALLOW, False),
        (b"#" * SIZE_LIMIT + b"\n" + DISALLOW, True),
        # The limit falls behind the slash: a rule for another folder is none for all of them.
        (b"#" * (SIZE_LIMIT - len(AGENTS) - 12) + b"\n" + AGENTS + b"Disallow: /other/\n", True),
        (b"\0" + DISALLOW, True),
        (b"\xff\xfe\n" + DISALLOW, False),
    ],
)
def test_rules_are_read_in_the_first_500_kibibytes_and_from_text_alone(
    body: bytes, allowed: bool
) -> None:
    found = decide(200, body)
    assert found is not None
    assert found.allows(URL) is allowed


@pytest.mark.parametrize(
    ("said", "delay"), [("7", 7.0), ("0.5", 0.5), ("86400", 120.0), ("-3", 0.0)]
)
def test_a_crawl_delay_is_kept_up_to_two_minutes(said: str, delay: float) -> None:
    found = decide(200, f"User-agent: *\nCrawl-delay: {said}\nAllow: /\n".encode())
    assert found is not None
    assert found.crawl_delay == delay


@pytest.mark.parametrize(
    ("rule", "path", "allowed"),
    [
        (b"/%B9%AB/", "/%B9%AB/1.html", False),
        (b"/%b9%ab/", "/%B9%AB/1.html", False),
        (b"/%B9%AB/", "/%D5%FE/1.html", True),  # another word in GBK
        ("/公告/".encode("gbk"), "/%B9%AB%B8%E6/", False),
        ("/公告/".encode("gbk"), "/%D5%FE%B8%AE/", True),
        ("/公告/".encode(), "/%E5%85%AC%E5%91%8A/", False),
        ("/*公告$".encode("gbk"), "/x/%b9%ab%b8%e6", False),
        (b"/\xb9\x85\xa0/", "/%B9%85%A0/", False),  # octets that are blanks or line ends elsewhere
    ],
)
def test_robots_rules_are_compared_octet_by_octet(rule: bytes, path: str, allowed: bool) -> None:
    said = decide(200, b"User-agent: *\nDisallow: " + rule + b"\n")
    assert said is not None
    assert said.allows(f"http://a.test{path}") is allowed
    assert said.rules.isascii()
    kept = Robots("User-agent: *\nDisallow: /公告/")  # as earlier versions noted it
    assert not kept.allows("http://a.test/%E5%85%AC%E5%91%8A/")


@pytest.mark.parametrize("year", ["9" * 20, "x"])
def test_a_moment_that_cannot_be_asks_for_no_rest_and_ends_nothing(year: str) -> None:
    assert retry_after(f"Fri, 10 Sep {year} 20:00:00 GMT") is None


def test_a_host_that_named_a_time_is_put_off_until_then_and_one_outside_its_hours_is_not(
    hosts: Hosts, clock: Clock
) -> None:
    named, closed = hosts["named.test"], hosts["closed.test"]
    hosts.refused(named, 60.0)
    hosts.rest(closed, "hours", 60.0)
    assert (hosts.is_put_off(named), hosts.is_put_off(closed)) == (True, False)
    clock.now += 61.0
    assert not hosts.is_put_off(named)
