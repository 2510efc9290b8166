"""Replies of list scripts that are almost one, or have something around them."""

from __future__ import annotations

from time import process_time

import pytest

from crawler.links.replies import reply_links

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
