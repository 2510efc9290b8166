"""What the spiders follow, told on small sites made for one question each."""

from __future__ import annotations

import gzip
import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sites import Scope, Seed, Site
from archive.state import State
from crawler.discover import Found
from crawler.frontier import Frontier
from crawler.links.follow import SELF_FED, Shapes, depth, leaves_unseen, onward, refused
from crawler.links.lists import Lists, identity, limit_of, list_name
from crawler.links.traps import SAME_TEXT
from crawler.revisiting.revisits import Revisits
from crawler.visits import Lead
from tests.commands import adds_up, fangzhi, report

# Host -> path -> how often it was asked for; and the report.
Crawled = tuple[dict[str, Counter[str]], dict[str, Any]]
Answer = tuple[int, list[tuple[str, str]], bytes]
HTML = ("Content-Type", "text/html; charset=utf-8")


def page(*links: str, more: str = "", title: str = "页") -> Answer:
    """A page with links, each with a text of its own."""
    items = "".join(f'<li><a href="{href}">{title}{href}</a></li>' for href in links)
    body = f"<html><head><title>{title}</title></head><body><ul>{items}</ul>{more}</body></html>"
    return 200, [HTML], body.encode()


def moved(location: str, *cookies: str) -> Answer:
    return 302, [HTML, ("Location", location), *(("Set-Cookie", each) for each in cookies)], b""


def pager(total: int) -> str:
    return f'<script>createPageHTML({total}, 0, "index", "html")</script>'


def numbers(first: int, last: int) -> list[str]:
    return [f"/a/{number}.html" for number in range(first, last + 1)]


def deep(hops: int) -> dict[str, Answer]:
    """A list whose pages are named one by one, each with one article."""
    return {
        f"/p/{at}.htm": page(
            f"/a/{at}.html", more=f'<a href="/p/{at + 1}.htm">下一页</a>' if at < hops else ""
        )
        for at in range(1, hops + 1)
    }


FEED = '<rss version="2.0"><channel><item><title>一</title><link>/a/1.html</link></item></channel></rss>'
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc>http://map.test/a/1.html</loc></url></urlset>"
)
ARTICLE = page("/elsewhere.html", "/a/9.html", more='<a href="/a/2_2.html">下一页</a>')
# Host -> path with query -> answer. What is not here is 404; `cookie.test` looks at the cookie.
WEB: dict[str, dict[str, Answer]] = {
    "guess.test": {  # names 400 pages, has none
        "/": page("/l/"),
        "/l/": page(*numbers(1, 3), more=pager(400)),
    },
    "gap.test": {  # page 3 fails, 5 and 6 are not there
        "/": page(*numbers(1, 2), more=pager(400)),
        **{f"/index_{n}.html": page(*numbers(n * 2 + 1, n * 2 + 2)) for n in (1, 3)},
    },
    "same.test": {  # repeats its last page
        "/": page(*numbers(1, 2), more=pager(400)),
        "/index_1.html": page(*numbers(3, 4)),
        **{f"/index_{n}.html": page(*numbers(3, 4)) for n in range(2, 400)},
    },
    "back.test": {  # sends back to page 1 behind the last
        "/": page(*numbers(1, 2), more=pager(400)),
        "/index_1.html": page(*numbers(3, 4)),
        **{f"/index_{n}.html": moved("/") for n in range(2, 400)},
    },
    "deep.test": {"/": page("/p/1.htm")} | deep(30),
    "few.test": {
        "/": page(more=pager(9)),
        **{f"/index_{n}.html": page(*numbers(n, n)) for n in range(1, 9)},
    },
    "none.test": {"/": page("/a/1.html", more=pager(9)), "/index_1.html": page("/a/2.html")},
    "list.test": {
        "/": page("/a/2.html", more=pager(2)),
        "/index_1.html": page("/a/3.html"),
        "/a/2.html": ARTICLE,
        "/a/2_2.html": page("/elsewhere.html"),
        "/a/3.html": moved("/b/3.html"),
        "/b/3.html": page("/elsewhere.html"),
    },
    "one.test": {"/1.html": page("/elsewhere.html")},
    "hidden.test": {
        "/": page(
            "/a/1.html",
            more='<div style="display:none"><a href="/a/2.html">二</a>'
            '<a href="http://other.hidden.test/">三</a></div>',
        ),
    },
    "trap.test": {
        "/": page("/x/x/x/x/1.html", "/" + "d/" * 25 + "1.html", "/long?" + "q" * 2100),
    },
    "loop.test": {
        "/": page("/self", "/ping", "/nowhere", "/sid"),
        "/self": moved("/self"),
        "/ping": moved("/pong"),
        "/pong": moved("/ping"),
        "/nowhere": moved(""),
        "/sid": moved("/sid;jsessionid=9F"),
        "/sid;jsessionid=9F": page("/a/1.html"),
    },
    "cookie.test": {"/": page("/count", "/stubborn")},
    "robots.test": {
        "/robots.txt": (200, [("Content-Type", "text/plain")], b"User-agent: *\nDisallow: /no/\n"),
        "/": page("/no/1.html", "/2.html"),
        "/2.html": page("/no/1.html"),
    },
    "json.test": {
        "/": page(more='<script>$.get("/common/search/7?page=1",f)</script>'),
        "/common/search/7?page=1": (
            200,
            [("Content-Type", "application/json")],
            json.dumps({"total": 2, "rows": [{"url": "/a/1.html", "title": "一"}]}).encode(),
        ),
        "/common/search/7?page=2": (
            200,
            [("Content-Type", "application/json")],
            json.dumps({"total": 2, "rows": [{"url": "/a/2.html", "title": "二"}]}).encode(),
        ),
    },
    "map.test": {
        "/": page("/rss.xml"),
        "/rss.xml": (200, [("Content-Type", "text/xml")], FEED.replace("/a/1", "/a/2").encode()),
        "/map.xml.gz": (
            200,
            [("Content-Type", "application/x-gzip")],
            gzip.compress(SITEMAP.encode(), mtime=0),
        ),
    },
    "gbk.test": {
        "/": (
            200,
            [("Content-Type", "text/html; charset=gbk")],
            '<html><body><a href="/s?q=公告">查</a></body></html>'.encode("gbk"),
        ),
    },
    "calendar.test": {"/": page("/day?d=1&v=1")},
    "visits.test": {"/": page("/v/1/1/")},
}
SEEDS = {
    "few.test": 'url = "http://few.test/"\nmax_pages = 4',
    "none.test": 'url = "http://none.test/"\npagination = "none"',
    "list.test": 'url = "http://list.test/"\nkind = "list"',
    "one.test": 'url = "http://one.test/1.html"\nkind = "article"',
    "map.test": 'url = "http://map.test/"\n[[seed]]\nurl = "http://map.test/map.xml.gz"\nkind = "sitemap"',
}


class Server(BaseHTTPRequestHandler):
    """An HTTP proxy that answers for the hosts of `WEB`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    seen: list[tuple[str, str, str]]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        host = url.hostname or ""
        path = url.path + (f"?{url.query}" if url.query else "")
        cookie = self.headers.get("Cookie", "")
        self.seen.append((host, path, cookie))
        status, fields, body = self.answer(host, path, cookie)
        self.wfile.write(f"HTTP/1.1 {status} X\r\n".encode())
        for name, value in (*fields, ("Content-Length", str(len(body)))):
            self.wfile.write(f"{name}: {value}\r\n".encode())
        self.wfile.write(b"\r\n" + body)

    def answer(self, host: str, path: str, cookie: str) -> Answer:
        if host == "cookie.test" and path == "/count":
            return (
                page("/a/1.html")
                if cookie == "seen=1; n=2"
                else moved(path, "seen=1; Path=/", "n=2")
            )
        if host == "cookie.test" and path == "/stubborn":
            return moved(path, "no=1")
        if host == "calendar.test" and path.startswith("/day?d="):
            day = int(path.partition("=")[2].partition("&")[0])
            return page(*(f"/day?d={day * 30 + k}&v=1" for k in range(30)))
        if host == "visits.test" and path.startswith("/v/"):
            visit, at = path.removeprefix("/v/").strip("/").split("/")
            below = (f"/v/{visit}{digit}/{at}/" for digit in range(2))
            return page(*below) if len(visit) < 9 else page()
        if host in WEB and path.startswith("/a/") and path not in WEB[host]:
            return page()
        return WEB.get(host, {}).get(path, (404, [HTML], b"<h1>404</h1>"))

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    Server.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def crawl(folder: Path, proxy: str, hosts: Iterable[str], *options: str) -> Crawled:
    """What a crawl of the hosts, each a site of its own, asked for; its report."""
    (folder / "sites").mkdir()
    for host in hosts:
        seed = SEEDS.get(host, f'url = "http://{host}/"')
        (folder / "sites" / f"{host}.toml").write_text(
            f'id = "{host}"\nname = "{host}"\n[[seed]]\n{seed}\n[scope]\ntype = "domain"\n'
            "[politeness]\ndelay = 0.0\n"
        )
    before = len(Server.seen)
    where = ("--sites", folder / "sites", "--holdings", folder / "h", "--proxy", proxy)
    done = fangzhi("crawl", *where, "--no-derive", *options)
    assert done.returncode == (3 if options else 0), done.stderr[-2000:]
    asked: dict[str, Counter[str]] = {}
    for host, path, _ in Server.seen[before:]:
        asked.setdefault(host, Counter())[path] += 1
    return asked, report(folder / "h")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, proxy: str) -> Crawled:
    return crawl(tmp_path_factory.mktemp("spiders"), proxy, WEB)


def paths(crawled: Crawled, host: str) -> set[str]:
    return set(crawled[0][host]) - {"/robots.txt"}


def test_every_request_has_an_outcome(crawled: Crawled) -> None:
    asked, numbers = crawled
    assert adds_up(numbers), numbers
    assert numbers["pending"] == 0
    assert not numbers["failed"]
    assert numbers["captured"] == sum(count.total() for count in asked.values())


def test_a_list_that_names_pages_it_does_not_have_costs_two_requests(crawled: Crawled) -> None:
    assert paths(crawled, "guess.test") == {
        "/",
        "/l/",
        "/l/index_1.html",
        "/l/index_2.html",
        *numbers(1, 3),
    }


def test_a_page_that_fails_does_not_hide_the_next(crawled: Crawled) -> None:
    pages = {f"/index_{n}.html" for n in (1, 2, 3, 4, 5)}
    assert paths(crawled, "gap.test") == {"/", *pages, *numbers(1, 4), *numbers(7, 8)}


@pytest.mark.parametrize("host", ["same.test", "back.test"])
def test_a_list_that_repeats_itself_is_asked_one_page_beyond(crawled: Crawled, host: str) -> None:
    assert paths(crawled, host) == {"/", "/index_1.html", "/index_2.html", *numbers(1, 4)}


def test_a_chain_of_thirty_pages_is_followed_to_its_end(crawled: Crawled) -> None:
    assert set(numbers(1, 30)) <= paths(crawled, "deep.test")


def test_max_pages_counts_the_first_page(crawled: Crawled) -> None:
    assert {path for path in paths(crawled, "few.test") if "index" in path} == {
        f"/index_{n}.html" for n in (1, 2, 3)
    }


def test_pagination_none_leaves_further_pages_alone(crawled: Crawled) -> None:
    assert paths(crawled, "none.test") == {"/", "/a/1.html"}
    assert crawled[1]["not_requested"]["pagination"] == 8


def test_from_a_list_only_what_it_names_is_fetched(crawled: Crawled) -> None:
    asked = {"/", "/index_1.html", "/a/2.html", "/a/2_2.html", "/a/3.html", "/b/3.html"}
    assert paths(crawled, "list.test") == asked
    assert crawled[1]["not_requested"]["beyond-list"] >= 2


def test_list_pages_that_an_interrupted_crawl_knew_of_are_counted(
    tmp_path: Path, proxy: str
) -> None:
    _, numbers = crawl(tmp_path, proxy, ["same.test"], "--limit", "2")
    assert adds_up(numbers)
    assert numbers["not_requested"]["interrupted"] >= 398


def test_an_article_seed_is_fetched_alone(crawled: Crawled) -> None:
    assert paths(crawled, "one.test") == {"/1.html"}


def test_a_hidden_link_is_followed_on_its_own_host_only(crawled: Crawled) -> None:
    assert paths(crawled, "hidden.test") == {"/", "/a/1.html", "/a/2.html"}
    assert "other.hidden.test" not in crawled[0]
    assert crawled[1]["not_requested"]["hidden"] == 1


def test_traps_are_named_and_not_asked_for(crawled: Crawled) -> None:
    assert paths(crawled, "trap.test") == {"/"}
    unasked = crawled[1]["not_requested"]
    assert {
        name: unasked[name]
        for name in unasked
        if name in ("trap: deep", "trap: long", "trap: repeats")
    } == {
        "trap: deep": 1,
        "trap: long": 1,
        "trap: repeats": 1,
    }


def test_a_calendar_that_only_leads_to_itself_ends(crawled: Crawled) -> None:
    assert len(paths(crawled, "calendar.test")) == 2 + SELF_FED
    assert crawled[1]["not_requested"]["trap: shape"] > 0


def test_redirect_loops_end_and_are_counted(crawled: Crawled) -> None:
    asked = crawled[0]["loop.test"]
    assert asked["/self"] == 1
    assert asked["/pong"] == 1
    assert asked["/ping"] == 1
    assert asked["/sid;jsessionid=9F"] == 1
    assert asked["/a/1.html"] == 1
    assert crawled[1]["not_requested"]["redirect: no location"] == 1


def test_a_redirect_to_itself_with_a_cookie_is_asked_once_more(crawled: Crawled) -> None:
    asked = crawled[0]["cookie.test"]
    assert asked["/count"] == 2
    assert asked["/a/1.html"] == 1
    assert asked["/stubborn"] == 2


def test_a_refusal_by_robots_txt_is_counted_once(crawled: Crawled) -> None:
    assert paths(crawled, "robots.test") == {"/", "/2.html"}
    assert crawled[1]["not_requested"]["robots"] == 1


def test_parts_of_a_list_that_come_as_json_are_read(crawled: Crawled) -> None:
    assert {"/a/1.html", "/a/2.html", "/common/search/7?page=2"} <= paths(crawled, "json.test")


def test_feeds_and_packed_sitemaps_are_read(crawled: Crawled) -> None:
    assert paths(crawled, "map.test") == {"/", "/rss.xml", "/map.xml.gz", "/a/1.html", "/a/2.html"}


def test_a_query_is_written_in_the_pages_character_set(crawled: Crawled) -> None:
    assert "/s?q=%B9%AB%B8%E6" in paths(crawled, "gbk.test")


# The rules by themselves.

SITE = Site("a", "a", (Seed("http://a.test/"),), scope=Scope(max_depth=2))


def link(url: str, rel: str = "link", *, hidden: bool = False, text: str = "") -> Found:
    return Found(url, text, rel, hidden, None)


@given(st.lists(st.sampled_from(["link", "pager", "next", "redirect", "iframe", "feed"])))
def test_pages_of_a_list_do_not_count_as_depth(rels: list[str]) -> None:
    hops = ""
    for rel in rels:
        hops = onward(hops, rel)
    assert depth(hops) == sum(rel not in ("pager", "next") for rel in rels)
    assert "NN" not in hops


@pytest.mark.parametrize(
    ("kind", "hops", "rel", "reason"),
    [
        ("site", "L", "link", None),
        ("site", "LL", "link", "depth"),
        ("site", "LL", "pager", None),
        ("list", "", "link", None),
        ("list", "N", "link", None),
        ("list", "L", "link", "beyond-list"),
        ("list", "L", "feed", "beyond-list"),
        ("list", "L", "next", None),
        ("list", "L", "redirect", None),
        ("list", "L", "pager", "beyond-list"),  # of another list
        ("sitemap", "M", "link", None),
        ("article", "", "link", "beyond-list"),
        ("article", "", "refresh", None),
    ],
)
def test_the_kind_of_a_seed_says_how_far(
    kind: str, hops: str, rel: str, reason: str | None
) -> None:
    seed = Seed("http://a.test/", kind)
    site = replace(SITE, seeds=(seed,))
    assert (
        refused(site, seed, "http://a.test/x/1.html", hops, link("http://a.test/y/", rel)) == reason
    )


@pytest.mark.parametrize(
    ("further", "reason"),
    [
        ("http://a.test/x/1_2.html", None),
        ("http://a.test/x/1.html?page=2", None),
        ("http://a.test/x/2.html", "beyond-list"),  # the next article
    ],
)
def test_an_article_of_a_list_is_read_to_its_last_page(further: str, reason: str | None) -> None:
    seed, url = Seed("http://a.test/", "list"), "http://a.test/x/1.html"
    assert refused(replace(SITE, seeds=(seed,)), seed, url, "L", link(further, "pager")) == reason


def test_beside_a_seed_of_kind_site_all_is_walked() -> None:
    sitemap = Seed("http://a.test/map.xml", "sitemap")
    site = replace(SITE, seeds=(*SITE.seeds, sitemap))
    assert refused(site, sitemap, "http://a.test/1.html", "L", link("http://a.test/2.html")) is None


def test_only_a_hidden_link_to_another_host_is_left_alone() -> None:
    here = "http://a.test/"
    assert leaves_unseen(here, link("http://b.test/", hidden=True))
    assert not leaves_unseen(here, link("http://a.test/1", hidden=True))
    assert not leaves_unseen(here, link("http://b.test/"))


def test_articles_of_one_script_are_not_taken_for_a_calendar() -> None:
    shapes = Shapes(State(":memory:"))
    list_page = "http://a.test/list.jsp?page=2"
    assert all(shapes.takes(f"http://a.test/c.jsp?id={n}", list_page) for n in range(5 * SELF_FED))


def test_a_visit_number_in_the_path_is_followed_until_the_text_is_known(crawled: Crawled) -> None:
    """The site has 511 addresses of one text."""
    asked = len(paths(crawled, "visits.test"))
    assert SAME_TEXT < asked <= 2 * SAME_TEXT + 2
    assert crawled[1]["not_requested"]["trap: same text"] >= 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://a.test/xw/", "http://a.test/xw/index_7.html"),
        ("http://a.test/xw/l_12_2.html", "http://a.test/xw/l_12_30.html"),
        ("http://a.test/xw/5.htm", "http://a.test/xw/6.htm"),
        ("http://a.test/c/7/2/", "http://a.test/c/7/3/"),
        ("http://a.test/l?page=2&c=1", "http://a.test/l?c=1"),
        (
            "http://a.test/u?pageId=1&paramJson=%7B%22pageNo%22%3A1%7D",
            "http://a.test/u?pageId=1&paramJson=%7B%22pageNo%22%3A2%7D",
        ),
    ],
)
def test_pages_of_one_list_have_one_name(first: str, second: str) -> None:
    assert list_name(first) == list_name(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://a.test/xw/", "http://a.test/gg/"),
        ("http://a.test/l_12_2.html", "http://a.test/l_13_2.html"),
        ("http://a.test/l?page=2&c=1", "http://a.test/l?page=2&c=2"),
        (
            "http://a.test/u?pageId=1&paramJson=%7B%22pageNo%22%3A1%7D",
            "http://a.test/u?pageId=2&paramJson=%7B%22pageNo%22%3A1%7D",
        ),
    ],
)
def test_other_lists_have_other_names(first: str, second: str) -> None:
    assert list_name(first) != list_name(second)


@given(st.lists(st.sampled_from(["new", "nothing new", "failed"]), max_size=60), st.integers(1, 50))
def test_each_page_of_a_list_is_asked_for_or_dropped(outcomes: list[str], pages: int) -> None:
    frontier = Frontier(State(":memory:"), "run", lambda *_: None, Revisits())
    frontier.open(["a"])
    lists = Lists(frontier)
    for at in range(2, pages + 2):
        lead = Lead(f"http://a.test/index_{at}.html", None, "N", "a", 0, "l")
        lists.add("l", lead, limit=limit_of(None, False), is_article=False)
    asked = 0
    for how in outcomes:
        if not lists.next("l"):
            break
        assert not lists.next("l")  # one at a time
        lease = frontier.lease("a.test")
        assert lease is not None
        asked += 1
        lists.came(lease.lead, how)
    lists.interrupted()
    assert asked + lists.dropped.total() == pages


def test_a_visit_number_makes_no_link_new() -> None:
    first, second = (
        link("http://a.test/1.html?v=1", text="一"),
        link("http://a.test/1.html?v=2", text="一"),
    )
    assert identity(first, first.url) == identity(second, second.url)
    other = link("http://a.test/1.html?v=2", text="二")
    assert identity(first, first.url) != identity(other, other.url)
