"""Hosts of the test web that change, end, refuse or never end."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
from typing import Any

import pytest

from tests.web import Web, clone, expected, feed, scripted, start, traps, trs, waf
from tests.web.compare import differences
from tests.web.reader import articles, ask, links, visible
from tests.web.server import LOOPBACK


def test_feed_and_sitemap_name_the_articles() -> None:
    with start() as web:
        rss = ask(web, f"http://{feed.HOST}/rss.xml")[2].decode()
        assert rss.count("<item>") == feed.IN_FEED
        assert re.search(r"<link>/tjxx/.*<pubDate>\w+, \d\d \w+ 2021 [\d:]+ \+0800<", rss)
        index = gzip.decompress(ask(web, f"http://{feed.HOST}/sitemap.xml.gz")[2]).decode()
        (address,) = re.findall("<loc>(.*)</loc>", index)
        sitemap = gzip.decompress(ask(web, address)[2]).decode()
        assert set(re.findall("<loc>(.*)</loc>", sitemap)) == set(articles(feed.HOST))


def test_republishing_changes_validators_and_a_correction_changes_the_text() -> None:
    with start() as web:
        url, after = feed.correction()
        first = ask(web, url)
        validators = {"If-None-Match": first[1]["etag"]}
        assert ask(web, url, **validators)[0] == 304
        web.advance(86_400)
        second = ask(web, url, **validators)
        assert (second[0], second[2]) == (200, first[2])
        web.advance(86_400)
        third = ask(web, url)[2]
        assert third != first[2]
        assert all(line in visible(third) for line in after.lines or ())
        others = [other for other in articles(feed.HOST) if other != url]
        assert ask(web, others[0])[1]["etag"] == ask(web, others[0])[1]["etag"]


def test_missing_paths_of_the_soft_404_host_are_200() -> None:
    with start() as web:
        reasons = set()
        for number in range(1, 5):
            status, _, body = ask(web, f"http://{traps.SOFT404}/old/{number}.html")
            reasons.add("您访问的页面不存在" in visible(body))
            assert status == 200
        assert reasons == {True, False}


def test_the_merged_host_leads_to_the_portal_in_two_steps() -> None:
    with start() as web:
        first = ask(web, f"http://{traps.MERGED}/jyxx/1.html")
        assert (first[0], first[1]["location"]) == (301, "/moved/")
        second = ask(web, f"http://{traps.MERGED}/moved/")
        assert (second[0], second[1]["location"]) == (301, f"http://{trs.HOST}/jyxx/")


def test_the_trap_list_repeats_its_last_page_under_new_addresses() -> None:
    with start() as web:
        pages = [ask(web, f"http://{traps.TRAPS}/list?page={n}")[2].decode() for n in (2, 3, 900)]
        bare = {re.sub(r"sid=\d+|page=\d+", "", page) for page in pages}
        assert len(bare) == 1
        assert len(set(pages)) == 3
        day = links(f"http://{traps.TRAPS}/calendar", ask(web, f"http://{traps.TRAPS}/calendar")[2])
        assert f"http://{traps.TRAPS}/calendar?date=2021-11-02" in day


def test_the_clone_keeps_the_site_code_and_hides_links() -> None:
    with start() as web:
        home = ask(web, f"http://{clone.HOST}/")[2].decode()
        assert "1305340099" in home
        assert "清河" not in home
        assert "松陵县人民政府" in home
        assert sum(url in home for url in clone.HIDDEN) == 35
        assert "http://www.gov.cn/" not in home
        assert len(articles(clone.HOST)) == len(articles(trs.HOST)) == 60


def test_script_made_lists_hold_no_static_article_link() -> None:
    with start() as web:
        for folder in scripted.FOLDERS:
            url = f"http://{scripted.HOST}/{folder}/"
            found = links(url, ask(web, url)[2])
            assert found.isdisjoint(articles(scripted.HOST))
        assert len(articles(scripted.HOST)) == 18


@pytest.mark.parametrize("status", waf.CHALLENGES)
def test_a_firewall_bans_after_three_requests_until_the_clock_has_moved(status: int) -> None:
    url = f"http://{waf.host(status)}/"
    with start() as web:
        assert [ask(web, url)[0] for _ in range(5)] == [status] * 3 + [403] * 2
        web.advance(119)
        assert ask(web, url)[0] == 403
        web.advance(2)
        assert ask(web, url)[0] == status
    assert expected(waf.host(status))[url].rejected == "block-page"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("tls-expired.test", "certificate has expired"),
        ("tls-name.test", "Hostname mismatch"),
        ("tls-old.test", "EOF occurred in violation of protocol"),
    ],
)
def test_broken_tls_is_refused_by_a_client_that_verifies(name: str, problem: str) -> None:
    with start() as web:
        assert ask(web, f"http://{name}/1.html")[0] == 200
        with pytest.raises(ssl.SSLError, match=problem):
            handshake(web, name)


def test_good_tls_is_accepted_by_a_client_that_verifies() -> None:
    with start() as web:
        assert handshake(web, trs.HOST) in ("TLSv1.2", "TLSv1.3")


def handshake(web: Web, name: str) -> str | None:
    """The TLS version agreed upon by a client that trusts the web's authority."""
    context = ssl.create_default_context(cadata=web.authority.decode())
    with (
        socket.create_connection((LOOPBACK, web.tls_port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        return secure.version()


def test_differences_name_what_is_not_as_expected() -> None:
    url, expect = next((url, e) for url, e in expected(feed.HOST).items() if e.verdict)
    row: dict[str, Any] = {
        "title": expect.title,
        "published": expect.date,
        "source": "别处",
        "verdict": "clean",
        "flags": [],
        "text": expect.text,
        "attachments": [],
    }
    assert [name for name, _ in differences(expect, row)] == ["source"]
    assert [name for name, _ in differences(expect, {"rejected": "no-text"})] == ["outcome"]
    assert [
        name for name, _ in differences(expect, row | {"text": "", "source": expect.source})
    ] == ["text"]
    assert url.startswith(f"http://{feed.HOST}/")
