"""Site definitions: read strictly, in scope or out, the layout of a day, and the shipped ones."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.errors import SiteDefinitionError
from archive.sites import Site, in_scope, layout_on, load, load_folder
from archive.uri import dedupe_key

SHIPPED = Path(__file__).parents[1] / "seeds" / "sites"
# The first two digits of GB/T 2260 codes, without Taiwan, Hong Kong and Macau.
REGIONS = (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
PROVINCES = {str(code) for region in REGIONS for code in region}

WHOLE = r"""id = "qinghe-lyj"
name = "清河县林业局"
admin_code = "430525"                # GB/T 2260
evidence = "written for this test, 2026-11-24"

[[seed]]
url = "http://www.qinghe.gov.cn/xwdt/"
kind = "list"
revisit = "6h"

[scope]
type = "host"
include = ["/t\\d{8}_\\d+\\.s?html?$"]
exclude = ["/search"]
max_depth = 20

[politeness]
delay = 3.0
robots = "obey"

[[layout]]
until = 2021-03-31
body = "td.content"
title = "h1"

[[layout]]
body = "div.article"

[expect]
new_per_week = [3, 40]
title = 0.98
"""


def define(folder: Path, text: str, name: str = "qinghe-lyj") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def site(folder: Path, seeds: list[str], scope: str = "") -> Site:
    tables = "".join(f'[[seed]]\nurl = "{url}"\n' for url in seeds)
    return load(define(folder, f'id = "x"\nname = "某"\n{tables}[scope]\n{scope}\n', "x"))


def test_a_definition_says_what_its_file_says(tmp_path: Path) -> None:
    read = load(define(tmp_path, WHOLE))
    assert (read.id, read.name, read.admin_code) == ("qinghe-lyj", "清河县林业局", "430525")
    assert read.seeds[0].revisit == timedelta(hours=6)
    assert read.scope.include[0].search("/202109/t20210911_5.html")
    assert read.layouts[0].until == date(2021, 3, 31)
    assert read.expect.new_per_week == (3, 40)
    assert not read.verified_live


def test_only_id_name_and_one_seed_are_required(tmp_path: Path) -> None:
    text = 'id = "x"\nname = "某"\n[[seed]]\nurl = "http://a.gov.cn/"\n'
    read = load(define(tmp_path, text, "x"))
    assert (read.seeds[0].kind, read.scope.type, read.politeness.delay) == ("site", "host", 3.0)
    assert read.politeness.robots == "obey"


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("kind =", "kin =", "seed[1].kin", "did you mean kind?"),
        ('"list"', '"lists"', "seed[1].kind", "site, list, feed"),
        ('"obey"', '"obay"', "politeness.robots", "did you mean obey?"),
        ("delay = 3.0", "delay = 0", "politeness.delay", ".test"),
        ("delay = 3.0", "delay = -1", "politeness.delay", "from 0 to"),
        ("delay = 3.0", "delay = nan", "politeness.delay", "from 0 to"),
        ("delay = 3.0", 'delay = "3"', "politeness.delay", "must be a number"),
        ("delay = 3.0", "delay = true", "politeness.delay", "must be a number"),
        ("2021-03-31", '"2021-03-31"', "layout[1].until", "a date such as"),
        ("2021-03-31", "2021-03-31T10:00:00", "layout[1].until", "a date such as"),
        ('"td.content"', '"td["', "layout[1].body", "CSS"),
        (r"/t\\d{8}", "/t((", "scope.include", "regular expression"),
        ('"/search"]', '"/search", 5]', "scope.exclude", "must be a text"),
        ('["/search"]', '"/search"', "scope.exclude", "must be a list"),
        ("max_depth = 20", "max_depth = 2.5", "scope.max_depth", "whole number"),
        ('type = "host"', 'type = "server"', "scope.type", "page, prefix, host, domain"),
        ("[3, 40]", "[40, 3]", "expect.new_per_week", "the lower one first"),
        ("title = 0.98", "title = 98", "expect.title", "from 0 to 1"),
        ('"6h"', '"6 hours"', "seed[1].revisit", '"6h"'),
        ('"430525"', "430525", "admin_code", "six digits"),
        ("name =", "nome =", "nome", "did you mean name?"),
        ('id = "qinghe-lyj"', 'id = "qinghe"', "id", "qinghe-lyj"),
        ('id = "qinghe-lyj"\n', "", "id", "missing"),
        ("http://www.qinghe", "ftp://www.qinghe", "seed[1].url", "http or https"),
        ("http://www.qinghe", "http://u:p@www.qinghe", "seed[1].url", "password"),
        ("[[seed]]", "[seed]", "seed", "[[seed]]"),
        ("[politeness]", "[manners]", "manners", "politeness"),
        (
            "[[layout]]\nbody",
            "[[layout]]\nuntil = 2021-03-31\nbody",
            "layout[2].until",
            "two layouts",
        ),
    ],
)
def test_a_mistake_names_file_key_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, key: str, said: str
) -> None:
    assert old in WHOLE
    path = define(tmp_path, WHOLE.replace(old, new, 1))
    with pytest.raises(SiteDefinitionError) as raised:
        load(path)
    assert raised.value.key == key
    assert str(path) in str(raised.value)
    assert said in str(raised.value)


def test_a_mistake_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(SiteDefinitionError, match="line 8: unknown key"):
        load(define(tmp_path, WHOLE.replace("kind =", "kin =")))


@pytest.mark.parametrize("text", ["id = ", "\x00", '[[seed]]\nurl = "x'])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(SiteDefinitionError, match=r"qinghe-lyj\.toml"):
        load(define(tmp_path, text))


def test_a_missing_file_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(SiteDefinitionError, match="none"):
        load(tmp_path / "none.toml")
    with pytest.raises(SiteDefinitionError, match="no such folder"):
        load_folder(tmp_path / "none")


@pytest.mark.parametrize("host", ["qinghe.test", "127.0.0.1:8900", "localhost", "[::1]:80"])
def test_no_delay_is_allowed_for_hosts_that_are_nobodys(tmp_path: Path, host: str) -> None:
    text = f'id = "x"\nname = "某"\n[[seed]]\nurl = "http://{host}/"\n[politeness]\ndelay = 0\n'
    assert load(define(tmp_path, text, "x")).politeness.delay == 0


def test_host_scope_keeps_to_the_hosts_of_the_seeds(tmp_path: Path) -> None:
    host = site(tmp_path, ["http://www.qinghe.gov.cn/xw/", "http://a.test:8080/"])
    assert in_scope(host, "https://WWW.qinghe.gov.cn/other")
    assert in_scope(host, "http://a.test:8080/x")
    assert not in_scope(host, "http://a.test/x")
    assert not in_scope(host, "http://lyj.qinghe.gov.cn/")
    assert not in_scope(host, "http://www.qinghe.gov.cn.evil.test/")
    assert not in_scope(host, "http://evil.test/http://www.qinghe.gov.cn/")


def test_domain_scope_keeps_to_the_registered_domain(tmp_path: Path) -> None:
    domain = site(tmp_path, ["http://www.qinghe.gov.cn/", "http://www.b.test/"], 'type = "domain"')
    assert in_scope(domain, "http://lyj.qinghe.gov.cn/x")
    assert in_scope(domain, "http://zw.b.test/")
    assert not in_scope(domain, "http://www.linhai.gov.cn/")
    assert not in_scope(domain, "http://www.c.test/")


def test_prefix_and_page_scope_keep_to_their_folder_and_page(tmp_path: Path) -> None:
    prefix = site(tmp_path, ["http://a.gov.cn/xw/index.html"], 'type = "prefix"')
    assert in_scope(prefix, "https://a.gov.cn/xw/2021/1.html")
    assert not in_scope(prefix, "http://a.gov.cn/xwdt/1.html")
    page = site(tmp_path, ["http://a.gov.cn/xw/1.html"], 'type = "page"')
    assert in_scope(page, "http://a.gov.cn/xw/1.html#a")
    assert not in_scope(page, "http://a.gov.cn/xw/2.html")


def test_include_picks_pages_and_exclude_wins(tmp_path: Path) -> None:
    picked = load(define(tmp_path, WHOLE))
    assert in_scope(picked, "http://www.qinghe.gov.cn/xwdt/202109/t20210911_5.html")
    assert not in_scope(picked, "http://www.qinghe.gov.cn/about.html")
    assert not in_scope(picked, "http://www.qinghe.gov.cn/search/t20210911_5.html")
    assert in_scope(picked, "http://www.qinghe.gov.cn/xwdt/")


def test_page_two_of_a_list_needs_no_include(tmp_path: Path) -> None:
    picked = load(define(tmp_path, WHOLE))
    assert in_scope(picked, "http://www.qinghe.gov.cn/xwdt/index_1.html", "pager")
    assert not in_scope(picked, "http://www.qinghe.gov.cn/xwdt/index_1.html", "link")
    assert not in_scope(picked, "http://www.linhai.gov.cn/xwdt/index_1.html", "pager")


def test_the_layout_of_a_day_is_the_one_not_yet_replaced(tmp_path: Path) -> None:
    read = load(define(tmp_path, WHOLE))
    assert layout_on(read, date(2020, 1, 1)) == read.layouts[0]
    assert layout_on(read, date(2021, 3, 31)) == read.layouts[0]
    assert layout_on(read, date(2021, 4, 1)) == read.layouts[1]
    assert layout_on(site(tmp_path, ["http://a.gov.cn/"]), date(2021, 4, 1)) is None


def test_every_shipped_definition_loads() -> None:
    assert len(load_folder(SHIPPED)) >= 45


def test_the_shipped_sites_cover_every_province_and_the_centre() -> None:
    codes = {(each.admin_code or "")[:2] for each in load_folder(SHIPPED).values()}
    assert codes == {*PROVINCES, "00"}


def test_no_two_shipped_seeds_are_one_page() -> None:
    keys = [dedupe_key(seed.url) for each in load_folder(SHIPPED).values() for seed in each.seeds]
    assert len(keys) == len(set(keys))


def test_shipped_sites_are_polite_and_say_where_they_come_from() -> None:
    for each in load_folder(SHIPPED).values():
        assert each.politeness.delay >= 3, each.id
        assert each.politeness.robots == "obey", each.id
        assert each.verified_live or "not verified live" in (each.evidence or ""), each.id


def test_an_intranet_server_is_allowed_by_host_and_port(tmp_path: Path) -> None:
    allowed = WHOLE + '\n[network]\nallow = ["10.1.2.3:80", "oa.intranet:8080"]\n'
    assert load(define(tmp_path, allowed)).network.allow == ("10.1.2.3:80", "oa.intranet:8080")
    for wrong in ("10.1.2.3", "*:80", "10.0.0.0/8:80", "a:0", "http://a:80/"):
        with pytest.raises(SiteDefinitionError, match="host and port"):
            load(define(tmp_path, WHOLE + f'\n[network]\nallow = ["{wrong}"]\n'))
