"""Replies, hosts and folders in states that a hostile or unlucky crawl meets."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from archive.state import State
from crawler.commands.standardin import archives
from crawler.links.replies import reply_links
from crawler.politeness.hosts import Hosts
from crawler.scheduler import _referer

SECOND = 1.0


@pytest.mark.parametrize(
    "text",
    [
        "<?xml ?>" * 60 + "x",
        "<!---->" * 60 + "x",
        "a()" + " " * 200_000 + "x",
        "a" + " " * 200_000 + "x",
        "a(" + ") " * 100_000 + "x",
    ],
    ids=["declarations", "comments", "blanks behind", "blanks before", "brackets"],
)
def test_a_reply_that_is_almost_one_is_read_in_linear_time(text: str) -> None:
    begun = process_time()
    assert reply_links(text, "http://a.test/x.xml") == []
    assert process_time() - begun < SECOND


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?>\n<!-- a --> <!-- b -->\n<urlset><url><loc>/1.html</loc></url></urlset>',
        'callback ( [{"title": "公告", "url": "/1.html"}] ) ; \n',
    ],
    ids=["sitemap", "call"],
)
def test_what_stands_around_a_reply_costs_none_of_its_links(text: str) -> None:
    assert [link.url for link in reply_links(text, "http://a.test/x")] == ["http://a.test/1.html"]


def test_a_host_that_named_a_time_is_put_off_until_then_and_one_outside_its_hours_is_not() -> None:
    now = 0.0
    hosts = Hosts(State(":memory:"), clock=lambda: now, wall=lambda: now)
    named, closed = hosts["named.test"], hosts["closed.test"]
    hosts.refused(named, 60.0)
    hosts.rest(closed, "hours", 60.0)
    assert (hosts.is_put_off(named), hosts.is_put_off(closed)) == (True, False)
    now = 61.0
    assert not hosts.is_put_off(named)


@pytest.mark.parametrize(
    ("via", "url", "said"),
    [
        ("https://a.test/x?q=1", "http://b.test/", ""),
        ("https://a.test/x#y", "https://b.test/", "https://a.test/x"),
        ("http://a.test/x", "http://b.test/", "http://a.test/x"),
        (None, "http://b.test/", ""),
    ],
)
def test_a_server_asked_in_the_clear_is_told_of_no_secure_page(
    via: str | None, url: str, said: str
) -> None:
    assert _referer(via, url) == said


def test_a_link_to_nowhere_in_a_folder_of_archives_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").symlink_to("/nowhere/a.warc.gz")
    with archives([tmp_path]) as found:
        assert found == [tmp_path / "a.warc.gz"]
