"""URLs: what is fetched, what is the same page, what the index says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import uri
from archive.uri import ascii_url, dedupe_key, join, split, surt, unsplit

BASE = "http://www.qinghe.test/xw/gzdt/index.html"

messy = st.text(alphabet="hHtps:/\\.?#&=%;@[]12aB 中国文\u3000\n\ud800|<>'!") | st.text()
urls = st.builds(
    str.__add__,
    st.sampled_from(
        [
            "http://",
            "https://a.test/",
            "HTTP://中国.test",
            "http://a:80",
            "//",
            "http:",
            "",
            "http://a.test/?",
        ]
    ),
    messy,
)


@given(urls | messy)
def test_a_key_is_its_own_key(url: str) -> None:
    assert dedupe_key(dedupe_key(url)) == dedupe_key(url)


@given(urls | messy)
def test_a_fetched_url_is_ascii_and_stays_as_it_is(url: str) -> None:
    sent = ascii_url(url)
    assert sent.isascii()
    assert ascii_url(sent) == sent


@given(urls | messy)
def test_the_fetched_url_has_the_key_of_the_link(url: str) -> None:
    assert dedupe_key(ascii_url(url)) == dedupe_key(url)


@given(messy)
def test_parts_put_together_are_the_url(url: str) -> None:
    assert unsplit(split(url)) == url


@given(urls, urls | messy)
def test_a_joined_link_is_ready_to_fetch(base: str, href: str) -> None:
    target = join(base, href)
    assert target is None or ascii_url(target) == target


@given(urls | messy)
def test_every_string_has_an_index_key(url: str) -> None:
    assert isinstance(surt(url), str)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.test:80/x", "http://a.test/x"),
        ("https://a.test:443", "https://a.test/"),
        ("http://A.TEST/x", "http://a.test/x"),
        ("http://a.test/x?b=2&a=1", "http://a.test/x?a=1&b=2"),
        ("http://a.test/x;jsessionid=0F9A?id=1", "http://a.test/x?id=1"),
        ("http://a.test/x?id=1&PHPSESSID=abc", "http://a.test/x?id=1"),
        ("http://a.test/x?id=1&spm=a.b&utm_source=w", "http://a.test/x?id=1"),
        ("http://a.test/x?sid=9682993c8daa2c5497996114", "http://a.test/x"),
        ("http://a.test/a/../b/./c", "http://a.test/b/c"),
        ("http://a.test/%7Ewang/%e4%b8%ad", "http://a.test/~wang/%E4%B8%AD"),
        ("http://a.test/x#top", "http://a.test/x"),
        ("http://a.test/x?", "http://a.test/x"),
        ("http://a.test/中文", "http://a.test/%E4%B8%AD%E6%96%87"),
    ],
)
def test_one_page_has_one_key(one: str, other: str) -> None:
    assert dedupe_key(one) == dedupe_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.test/Art/1.html", "http://a.test/art/1.html"),
        ("http://a.test/#/news/1", "http://a.test/#/news/2"),
        ("http://a.test/#!news", "http://a.test/"),
        ("http://a.test/x", "https://a.test/x"),
        ("http://a.test/x?sid=12", "http://a.test/x?sid=13"),
        ("http://a.test/x?uid=4321&pageNum=2", "http://a.test/x?uid=4321&pageNum=3"),
        ("http://a.test/x?k=%B9%AB", "http://a.test/x?k=%E5%85%AC"),
        ("http://a.test/x", "http://a.test/x/"),
    ],
)
def test_two_pages_have_two_keys(one: str, other: str) -> None:
    assert dedupe_key(one) != dedupe_key(other)


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("./202109/t20210911_1.html", "http://www.qinghe.test/xw/gzdt/202109/t20210911_1.html"),
        ("../../zwgk/", "http://www.qinghe.test/zwgk/"),
        ("..\\tzgg\\1.html", "http://www.qinghe.test/xw/tzgg/1.html"),
        ("../../../../x.html", "http://www.qinghe.test/x.html"),
        (" /a b.html\n", "http://www.qinghe.test/a%20b.html"),
        ("/通知.html", "http://www.qinghe.test/%E9%80%9A%E7%9F%A5.html"),
        ("/so?k=%B9%AB%B8%E6", "http://www.qinghe.test/so?k=%B9%AB%B8%E6"),
        ("//img.qinghe.test/1.html", "http://img.qinghe.test/1.html"),
        ("?page=2", "http://www.qinghe.test/xw/gzdt/index.html?page=2"),
        ("#/detail/5", "http://www.qinghe.test/xw/gzdt/index.html#/detail/5"),
        ("x.html#top", "http://www.qinghe.test/xw/gzdt/x.html"),
        ("http:/www.linhai.test/", "http://www.linhai.test/"),
        ("http//:www.linhai.test/", "http://www.linhai.test/"),
        ("http:\\\\www.linhai.test\\a", "http://www.linhai.test/a"),
        ("http://http://www.linhai.test/", "http://www.linhai.test/"),
        ("HTTP://WWW.Linhai.test", "http://www.linhai.test/"),
    ],
)
def test_links_are_read_as_their_author_meant_them(href: str, target: str) -> None:
    assert join(BASE, href) == target


@pytest.mark.parametrize(
    "href",
    [
        "javascript:void(0)",
        "JavaScript:;",
        "mailto:a@b.test",
        "tel:0851",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://[::1/x",
        "http://[:]/x",
        "http://[12345::]/x",
        "http://",
        "http://a.test:99999/",
        "http://a b.test/",
    ],
)
def test_what_is_no_page_is_no_link(href: str) -> None:
    assert join(BASE, href) is None


def test_a_query_is_asked_in_the_charset_of_its_page() -> None:
    assert join(BASE, "/so?k=公告", "gbk") == "http://www.qinghe.test/so?k=%B9%AB%B8%E6"
    assert join(BASE, "/公告", "gbk") == "http://www.qinghe.test/%E5%85%AC%E5%91%8A"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.wuhan.gov.cn/sy/whyw/",
        "http://www2.a.com:8080/x/../y/?b=2&a=1",
        "http://1.2.3.4/a",
        "http://a.com/中文?x=国",
        "https://a.com/%B9%FE?q=%e4",
        "http://a.com/a//b",
        "http://a.com/?a=b&a=a",
        "http://中国.cn/",
        "http://u:p@a.com/",
        "http://a.com/index.jsp?sid=9682993c8daa2c5497996114facdc805",
    ],
)
def test_the_index_key_is_the_one_pywb_computes(url: str) -> None:
    judge = pytest.importorskip("surt")
    assert surt(url) == judge.surt(url)


@given(
    st.sampled_from(
        ["http://a.test/x/y.html?q=1#f", "http://a.test", "https://a.test/?b", "//a/", ""]
    )
    | st.text("htp:/.ax?#\\; ", max_size=20),
    st.text("htps:/.ay?#\\ \t\u3000", max_size=12),
)
def test_what_pages_of_one_folder_share_joins_as_it_does_alone(base: str, href: str) -> None:
    assert join(base, href) == uri._join.__wrapped__(base, href, "utf-8")


@pytest.mark.parametrize("query", ["id2=2&id=1", "?1&=", "a-b=2&a=1&a", "=&&="])
def test_parameters_of_the_index_key_stand_by_name_then_value(query: str) -> None:
    judge = pytest.importorskip("surt")
    url = f"http://a.test/x?{query}"
    assert surt(url) == judge.surt(url)


@settings(deadline=None)  # the judge is slow to load
@given(st.text("aZ1/.%25bB9Ff37cC[]'|{}:&=?", max_size=30))
def test_the_index_key_is_the_one_pywb_computes_for_any_escapes(text: str) -> None:
    """A link to `?url=http%3A%2F%2F…` was not found in pywb: its key has no escapes of ASCII."""
    judge = pytest.importorskip("surt")
    url = ascii_url(f"http://a.test/x{text}")
    assert surt(url) == judge.surt(url)
