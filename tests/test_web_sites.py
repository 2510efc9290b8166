"""Each host of the test web has what its specification promises."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from urllib.parse import urlsplit

import pytest
from lxml import html

from tests.web import Web, app, expected, hacked, jcms, jpaas, mirror, start, ucap, vsb, wenku, xxgk
from tests.web.damage import cut
from tests.web.reader import articles, ask, visible, walk

TRS = "www.qinghe-trs.test"
DEDE = "www.dede-gbk.test"
MIRROR = "mirror-ft.test"
HACKED = "hacked.xian.test"
GLOSS = re.compile(r"(?<=[一-鿿])(\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+ ?\))+")


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with start() as running:
        yield running


def test_the_trs_portal_is_as_specified(web: Web) -> None:
    pages = expected(TRS)
    found = articles(TRS)
    assert len(found) == 60
    assert all(page.date and page.title for page in found.values())
    assert sum("low-text" in page.flags for page in found.values()) == 5
    bodies = {url: ask(web, url)[2].decode() for url in found}
    assert sum("var  pubdata=" in body for body in bodies.values()) == 10
    assert sum(b"createPageHTML(5, " in ask(web, url)[2] for url in pages) >= 15
    for url, page in found.items():
        lengths = [len("".join(page.lines))] if page.lines else []
        assert all(300 <= n <= 900 or "low-text" in page.flags for n in lengths), url


def test_list_pages_of_the_trs_portal_link_their_pager_by_script_only(web: Web) -> None:
    first = ask(web, f"http://{TRS}/jyxx/")[2]
    assert not re.search(rb"href=[\"'][^\"']*index_\d", first)
    assert b'createPageHTML(5, 0, "index", "html")' in first


def test_the_gbk_site_shows_every_disguise(web: Web) -> None:
    seen = Counter[tuple[str, bool, str]]()
    for url, page in articles(DEDE).items():
        if not page.part_of:
            _, fields, body = ask(web, url)
            seen[fields["content-type"], b"charset=gb2312" in body, codec(body)] += 1
    assert seen == {
        ("text/html; charset=gb2312", True, "gbk"): 10,
        ("text/html", True, "gbk"): 10,
        ("text/html; charset=utf-8", True, "gbk"): 10,
        ("text/html", False, "gbk"): 5,
        ("text/html", True, "utf-8"): 3,
        ("text/html", True, "gb18030"): 2,
    }


def codec(body: bytes) -> str:
    """The first codec that reads the bytes."""
    for name in ("utf-8", "gbk", "gb18030"):
        with suppress(UnicodeDecodeError):
            body.decode(name)
            return name
    raise AssertionError("no codec reads this page")


def test_two_gbk_articles_run_over_three_pages_each(web: Web) -> None:
    pages = expected(DEDE)
    whole = {url: page for url, page in pages.items() if page.parts}
    assert [len(page.parts) for page in whole.values()] == [2, 2]
    for url, page in whole.items():
        rest = [pages[part] for part in page.parts]
        assert all(part.part_of == url for part in rest)
        lines = [line for part in rest for line in part.lines or ()]
        assert page.lines is not None
        assert list(page.lines[-len(lines) :]) == lines


def test_the_mirror_is_damaged_as_specified(web: Web) -> None:
    found = articles(MIRROR)
    bodies = {url: ask(web, url)[2].decode() for url in found}
    assert len(found) == 30
    assert sum("gbk-cut" in page.flags for page in found.values()) == 6
    assert sum("&lt;p style=" in body for body in bodies.values()) == 4
    for url, body in bodies.items():
        assert body.count('class="pl_css_ganrao"') == 2
        assert 'var V_PATH="/"' in body
        footer = body.partition("主站蜘蛛池模板：<br />\n")[2].splitlines()[:40]
        assert all(line.endswith("</a>|<br />") for line in footer)
        assert len({line.split("/")[2] for line in footer}) == 40
        assert urlsplit(url).path == urlsplit(found[url].same_as or "").path


def test_a_mirrored_page_without_its_glosses_is_the_original(web: Web) -> None:
    originals = expected(TRS)
    for url, page in articles(MIRROR).items():
        text = "".join(GLOSS.sub("", visible(ask(web, url)[2])).split())
        original = originals[page.same_as or ""]
        for line, clean in zip(page.lines or (), original.lines or (), strict=True):
            assert ("gbk-cut" in page.flags) or "".join(line.split()) in text
            assert len(line) == len(clean)


def test_a_character_of_the_mirror_is_always_glossed_or_never(web: Web) -> None:
    text = "".join(
        visible(ask(web, url)[2]) for url, page in articles(MIRROR).items() if len(page.flags) == 1
    )
    ever = {text[at.start() - 1] for at in GLOSS.finditer(text)}
    assert len(ever) > 100
    for char in ever:
        assert not re.search(f"{char}(?!\\()", text)


def test_the_cut_pages_hold_orphan_bytes_and_lost_steps() -> None:
    for copy in mirror.copies():
        whole = replace(copy, is_cut=False).lines
        assert (copy.lines != whole) == copy.is_cut
        assert any(re.search(r"\?[！？]", line) for line in copy.lines) == copy.is_cut


@pytest.mark.parametrize(
    ("clean", "seen"),
    [("確保“雙減", "確?！半p減"), ("。　　林學瑋", "?！　×謱W瑋"), ("專刊，", "?？?，")],
)
def test_the_byte_rule_makes_what_was_seen(clean: str, seen: str) -> None:
    assert cut(clean) == seen


def test_the_hacked_site_cloaks_five_articles_and_spoils_six_titles(web: Web) -> None:
    found = articles(HACKED)
    assert Counter(page.verdict for page in found.values()) == {
        "clean": 13,
        "infected": 6,
        "cloaked": 5,
    }
    for url, page in found.items():
        browser = ask(web, url, **{"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/94.0"})[2]
        for agent in ("fangzhi/0.1", "Mozilla/5.0 (compatible; Baiduspider/2.0)"):
            differs = ask(web, url, **{"User-Agent": agent})[2] != browser
            assert differs == (page.verdict == "cloaked")
        assert (b"<title>&#" in browser) == (page.verdict == "infected")
        assert page.title is None or f"<h1>{page.title}</h1>".encode() in browser


def test_the_spam_of_the_sitemap_is_served_and_linked_nowhere(web: Web) -> None:
    sitemap = ask(web, f"http://{HACKED}/sitemap.xml")[2].decode()
    assert sitemap.count("<loc>") == len(hacked.SPAM_PATHS) + len(articles(HACKED)) == 224
    spam = {f"http://{HACKED}{path}" for path in hacked.SPAM_PATHS}
    assert len(spam) == 200
    assert ask(web, min(spam))[0] == 200
    assert spam.isdisjoint(walk(web, HACKED))


def test_the_documents_are_cut_into_numbered_pieces_and_can_be_joined(web: Web) -> None:
    found = articles(wenku.HOST)
    assert len(found) == 8
    assert Counter(page.rejected for page in expected(wenku.HOST).values())["no-text"] == 2
    for url, page in found.items():
        tree = html.fromstring(ask(web, url)[2].decode())
        pieces = [str(node.text_content()) for node in tree.xpath("//div[@class='doc-text']/p")]
        parts = [piece.removeprefix(f"{at}、") for at, piece in enumerate(pieces, 1)]
        assert {len(part) for part in parts[:-1]} == {wenku.CHUNK}
        assert " ".join(page.lines or ()) + f" {wenku.DISCLAIMER}第" in "".join(parts)
        assert 300 <= len(page.text or "") <= 2000


def test_a_document_address_redirects_to_its_page(web: Web) -> None:
    status, fields, _ = ask(web, f"http://{wenku.HOST}/p-1.html")
    assert (status, fields["location"]) == (302, wenku.path(1))


def test_app_pages_show_the_body_twice_and_the_title_in_the_island_only(web: Web) -> None:
    found = articles(app.HOST)
    assert len(found) == 10
    for url, page in found.items():
        shown, _, island = ask(web, url)[2].decode().rpartition("<script")
        assert shown.count(f"<p>{(page.lines or ('',))[0]}</p>") == 2
        assert (page.title or "") not in shown.partition("app-more")[0]
        assert re.search(r'"publishTime": 16\d{11},', island)


def test_disclosed_documents_have_padded_labels_and_a_number(web: Web) -> None:
    found = articles(xxgk.HOST)
    assert len(found) == 12
    for url, page in found.items():
        body = ask(web, url)[2].decode()
        assert "索 &nbsp;引 号：" in body
        assert f"<td>{page.doc_number}</td>" in body


def test_attachments_are_small_large_hidden_or_expiring(web: Web) -> None:
    files = {
        notice.serial: f"http://{xxgk.HOST}{notice.file[0]}"
        for notice in xxgk.notices()
        if notice.file
    }
    assert ask(web, files[2])[0] == 404
    assert len(ask(web, files[11])[2]) > xxgk.LARGE
    disposition = ask(web, files[5])[1]["content-disposition"]
    assert disposition.encode("latin-1").decode("gbk").endswith('工作实施方案.doc"')
    assert ask(web, files[8])[0] == 200
    web.advance(601)
    assert ask(web, files[8])[0] == 403
    web.reset()


def test_the_jcms_list_begins_in_the_page_and_goes_on_in_the_proxy(web: Web) -> None:
    page = ask(web, f"http://{jcms.HOST}{jcms.LIST}")[2].decode()
    seen = RECORD.findall(page)
    assert len(seen) == 15
    for number in range(2, 11):
        seen += RECORD.findall(dataproxy(web, f"unitid=6150&page={number}&startrecord=1"))
    assert seen == [entry.path for entry in jcms.entries()]
    assert len(set(seen)) == 140
    files = [page for page in articles(jcms.HOST).values() if page.attachments]
    assert len(files) == 12


RECORD = re.compile(r'<record><!\[CDATA\[<li><a href="([^"]+)"')


def dataproxy(web: Web, query: str) -> str:
    status, _, body = ask(web, f"http://{jcms.HOST}{jcms.PROXY}?{query}")
    assert status == 200
    return body.decode()


def test_the_jcms_proxy_wants_a_unit_and_cuts_long_pages(web: Web) -> None:
    assert ask(web, f"http://{jcms.HOST}{jcms.PROXY}?page=1")[0] == 400
    assert len(RECORD.findall(dataproxy(web, "unitid=6150&page=1&perpage=300"))) == 100


def test_the_jpaas_list_is_in_the_unit_interface_only() -> None:
    with start() as web:
        page = ask(web, f"http://{jpaas.HOST}/col/col2001/index.html")[2].decode()
        assert "art_" not in page
        assert "queryData=\"{'parseType': 'bulidstatic'" in page
        assert unit(web, "pageNo=3") == unit(web, "") == unit(web, paged(1))
        assert unit(web, paged(1)) + unit(web, paged(2)) + unit(web, paged(3)) == [
            entry.path for entry in jpaas.entries()
        ]
        assert unit(web, paged(4)) == []


def paged(number: int) -> str:
    return f'paramJson={{"pageNo":{number},"pageSize":"15"}}'


def unit(web: Web, more: str) -> list[str]:
    """The articles the unit interface names; the rate limit is taken off before."""
    web.state(jpaas.HOST).times.clear()
    query = "&".join(f"{name}={value}" for name, value in jpaas.QUERY.items())
    status, _, body = ask(web, f"http://{jpaas.HOST}{jpaas.UNIT}?{query}&{more}")
    assert status == 200
    return re.findall(r'href="([^"]+)"', json.loads(body)["data"]["html"])


def test_the_jpaas_interface_wants_a_second_between_requests() -> None:
    with start() as web:
        unit(web, "")
        status, fields, _ = ask(web, f"http://{jpaas.HOST}{jpaas.UNIT}")
        assert (status, fields["retry-after"]) == (429, "1")


def test_ucap_pages_repeat_their_metas_and_differ_in_the_second_only(web: Web) -> None:
    for url, page in articles(ucap.HOST).items():
        first, second = (ask(web, url)[2].decode() for _ in range(2))
        assert first != second
        stamp = re.compile(r"(?<=页面生成时间 )[\d: -]+")
        assert stamp.sub("", first) == stamp.sub("", second)
        columns = re.findall(r'name="ColumnName" content="([^"]+)"', first)
        assert columns == [page.column, "公共头"]


def test_the_ucap_columns_have_sixty_and_thirty_articles(web: Web) -> None:
    address = f"http://{ucap.HOST}{ucap.INTERFACE}?pagesize=15&channelid={ucap.CHANNEL}&currpage="
    rows = [
        row for page in (1, 2) for row in json.loads(ask(web, address + str(page))[2])["infolist"]
    ]
    assert [row["link"] for row in rows] == [entry.path for entry in ucap.entries("tzgg")]
    assert len(rows) == 30
    assert len(ucap.entries("xwzx")) == 60


def test_five_new_vsb_articles_shift_every_list_page() -> None:
    with start() as web:
        before = [vsb_list(web, path) for path in vsb.list_paths()]
        web.advance(86_400)
        after = [vsb_list(web, path) for path in vsb.list_paths()]
        assert [len(page) for page in before] == [10] * 6 + [5]
        flat_before, flat_after = list(chain(*before)), list(chain(*after))
        assert flat_after[5:] == flat_before
        assert {f"http://{vsb.HOST}{path}" for path in flat_after[:5]} == vsb.late_urls()
        assert all(ask(web, url)[0] == 200 for url in vsb.late_urls())


def vsb_list(web: Web, path: str) -> list[str]:
    body = ask(web, f"http://{vsb.HOST}{path}")[2].decode()
    return re.findall(r'<li id="line_[^>]+><a href="([^"]+)"', body)


def test_vsb_list_pages_lead_on_by_the_next_link(web: Web) -> None:
    path, turned = "/xwdt.htm", ["/xwdt.htm"]
    while following := re.search(
        r'href="([^"]+)">下页', ask(web, f"http://{vsb.HOST}{path}")[2].decode()
    ):
        path = following[1]
        turned.append(path)
    assert turned == ["/xwdt.htm", *(f"/xwdt/{number}.htm" for number in (6, 5, 4, 3, 2, 1))]
