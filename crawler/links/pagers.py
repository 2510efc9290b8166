"""Further pages of a list that are named only in script, by CMS family.

Each family is a pure function from the page's scripts to addresses. The first page of a list
names all the others, so that one page which fails does not hide the rest; a later page names the
next two, which is enough to go on where a crawl entered in the middle. The page's own number is
read from its address as well, because some templates print the first page's number everywhere.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote

from archive import vocab
from archive.uri import split
from crawler.links.scripts import assigned

AHEAD = 2
# Pages of one list that are believed: the longest list of the notes has 434; a trap says 99,999.
PAGES_LIMIT = 1000
RECORD_LIMIT = 5000  # records of one reply; servers cut a reply at 100 to 300
# Where nothing says how many pages there are, a server that repeats its last page must not lead us on.
UNCOUNTED_LIMIT = 500

_CREATE_PAGE = re.compile(r"\bcreatePage(?:HTML)?\w{0,10}\s*\(([^()]{0,300})\)", re.IGNORECASE)
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w$.-]+))\s*(?:,|$)""")
_COMMENTED = re.compile(r"(?m)(?:^|(?<=[\s;{}]))//[^\n]*")
_EXTENSION = re.compile(r"""\.(s?html?|jsp|aspx?|php)\b""")
_OWN_NAME = re.compile(r"([^/]*?)(?:_(\d{1,5}))?\.(\w{1,6})$")
_DATAPROXY = re.compile(r"dataproxy\.jsp(?:\?[^\"'<>\s\]]{0,1500})?")
_LEADING = re.compile(r"[\w/.:-]*$")
_PAIR = re.compile(r"""["']?(\w{1,40})["']?\s*:\s*(?:"([^"]{0,300})"|'([^']{0,300})'|(\d{1,18}))""")
_TOTAL_RECORDS = re.compile(
    r"""<?["']?total_?records?["']?\s*[:=>]\s*["']?(\d{1,8})""", re.IGNORECASE
)
_TOTAL_PAGES = re.compile(r"""<?["']?total_?pages?["']?\s*[:=>]\s*["']?(\d{1,6})""", re.IGNORECASE)
_PER_PAGE = re.compile(r"""["']?per_?page["']?\s*[:=]\s*["']?(\d{1,4})""", re.IGNORECASE)
_PAGES_SAID = re.compile(
    r"共\s{0,3}(?:<[^<>]{1,80}>\s{0,3})?(\d{1,5})(?:\s{0,3}<[^<>]{1,80}>)?\s{0,3}页"
)
# jQuery: `$.ajax({url: "…", data: {currpage: 1, …}})`, the data flat.
_URL_WITH_DATA = re.compile(
    r"""\burl\s*:\s*["']([^"'\s?]{1,300})["'][^{}]{0,200}?\bdata\s*:\s*\{([^{}]{1,1500})\}"""
)
_JPAGE_ONLY = ("proxyurl", "totalrecord", "perpage", "groupsize", "barposition")


def script_pages(scripts: str, source: str, url: str) -> Iterator[str]:
    """Addresses, as written, of the next pages of a list: `scripts` is the text of the page's
    script elements, `source` the whole page."""
    live = _COMMENTED.sub("", scripts)
    yield from create_page(live, url)
    yield from counted_page(live, url)
    yield from jpage(source)
    yield from query_page(source, url)


def create_page(script: str, url: str) -> Iterator[str]:
    """TRS `createPageHTML(total, current from 0, "index", "html")`, where `index_1` is page 2, and
    UCAP `createPageHTML('page_div', pages, current from 1, 'list', 'shtml', records)`, where
    `list_2` is page 2.

    >>> list(create_page('createPageHTML(5, 0, "index", "html")', "http://a.test/xw/"))
    ['index_1.html', 'index_2.html', 'index_3.html', 'index_4.html']
    >>> list(create_page("createPageHTML('page_div',3,2,'list','shtml',45)", "http://a.test/list_2.shtml"))
    ['list_3.shtml']
    """
    calls = [match[1] for match in _CREATE_PAGE.finditer(script)]
    names = assigned(script) if calls else {}
    for call in calls:
        values = [_value(match, names) for match in _ARGUMENT.finditer(call)]
        kinds = "".join("n" if value.isdecimal() else "s" for value in values[:5])
        if kinds.startswith("nnss"):
            total, current, name, extension = values[:4]
            yield from _numbered(name, extension, 0, int(current), int(total) - 1, url)
        elif kinds == "snnss":
            _, total, current, name, extension = values[:5]
            yield from _numbered(name, extension, 1, max(1, int(current)), int(total), url)


def counted_page(script: str, url: str) -> Iterator[str]:
    """TRS templates that count in the page itself: `var countPage = 25`, `var currentPage = 0`,
    or records and page size: `m_nRecordCount`, `m_nPageSize`, `m_nCurrPage`."""
    if "countPage" not in script and "m_nRecordCount" not in script:
        return
    names = assigned(script)
    total = _number(names.get("countPage"))
    records, size = _number(names.get("m_nRecordCount")), _number(names.get("m_nPageSize"))
    if total is None and records and size:
        total = -(-records // size)
    current = _number(names.get("currentPage")) or _number(names.get("m_nCurrPage")) or 0
    own = _OWN_NAME.search(split(url).path)
    written = _EXTENSION.search(script)
    name = names.get("m_sPageName") or (own[1] if own else "index")
    extension = names.get("m_sPageExt") or (own[3] if own else written[1] if written else "html")
    yield from _numbered(name, extension, 0, current, (total or 0) - 1, url)


def jpage(source: str) -> Iterator[str]:
    """jcms lists: page 2 and on come from `dataproxy.jsp`, as XML records.

    The address stands whole in the island's `<nextgroup>`, or in pieces in the call of `jpage`.
    Only `page` counts for the server; `startrecord` and `endrecord` go with it all the same.
    """
    matches = islice(_DATAPROXY.finditer(source), 20)
    match = max(matches, key=lambda m: "?" in m[0], default=None)
    if match is None:
        return
    leading = _LEADING.search(source[max(0, match.start() - 200) : match.start()])
    address, _, query = html.unescape((leading[0] if leading else "") + match[0]).partition("?")
    pairs = dict(pair.partition("=")[::2] for pair in query.split("&") if "=" in pair)
    if not pairs:
        pairs = {
            name: quote(double or single or bare, safe="/:")
            for name, double, single, bare in _PAIR.findall(source[match.start() :][:3000])
            if name.lower() not in _JPAGE_ONLY
        }
    size = _first(_PER_PAGE, source) or _number(pairs.get("perpage")) or 15
    records = _first(_TOTAL_RECORDS, source)
    if pairs and records:
        yield from dataproxy(address, pairs, 1, size, records)


def dataproxy(
    address: str, pairs: dict[str, str], current: int, size: int, records: int | None
) -> Iterator[str]:
    """The next pages of a jcms list after page `current`."""
    last = -(-records // size) if records else min(current + 1, UNCOUNTED_LIMIT)
    for page in _after(current, 1, last):
        start = (page - 1) * size + 1
        end = min(start + size - 1, records) if records else start + size - 1
        counted = {"page": page, "startrecord": start, "endrecord": end, "perpage": size}
        kept = {name: value for name, value in pairs.items() if name not in counted}
        yield address + "?" + "&".join(f"{k}={v}" for k, v in (kept | counted).items())


def query_page(source: str, url: str) -> Iterator[str]:
    """Lists whose address counts pages in its query (`iList.jsp?cat_id=1&cur_page=2`) and whose
    pager calls a function: the next numbers, where the page says how many there are."""
    current = page_parameter(url)
    if current is None and "ilist.jsp" in url.lower():
        name, number = "cur_page", 1
    elif current is not None:
        name, number = current
    else:
        return
    yield from query_pages(url, (name, number), pages_said(source) or 0)


def query_pages(url: str, current: tuple[str, int], last: int | None) -> Iterator[str]:
    """The addresses of the parts after the current one; only the next where none says the last."""
    name, number = current
    for page in _after(number, 1, min(number + 1, UNCOUNTED_LIMIT) if last is None else last):
        yield with_parameter(url, name, str(page))


def page_parameter(url: str) -> tuple[str, int] | None:
    """The query parameter of a URL that counts pages, and its number."""
    for pair in (split(url).query or "").split("&"):
        name, _, value = pair.partition("=")
        if name.lower() in _parameters() and value.isdecimal() and len(value) < 6:
            return name, int(value)
    return None


def with_parameter(url: str, name: str, value: str) -> str:
    """The URL with one query parameter set; the others keep their bytes and order."""
    address, _, query = url.partition("#")[0].partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    if not any(pair.partition("=")[0] == name for pair in pairs):
        pairs.append(f"{name}=")
    return f"{address}?" + "&".join(
        f"{name}={value}" if pair.partition("=")[0] == name else pair for pair in pairs
    )


def unit_request(address: str, query_data: str) -> str | None:
    """jpaas: the request for the first page of the list that a `build/unit` script stands for.

    The page number counts only inside `paramJson`; a bare `pageNo` is ignored on many sites.
    """
    pairs = {
        n: double or single or bare for n, double, single, bare in _PAIR.findall(query_data[:3000])
    }
    if not pairs or "?" in address:
        return None
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs.items())
    return f"{address}?{query}&paramJson={_param_json(1)}"


def data_requests(script: str) -> Iterator[str]:
    """The addresses a script asks with `data`, as a GET request writes them.

    A value that is no literal is left out: the server's own default takes its place.

    >>> list(data_requests("$.ajax({url:'/a/getInfoCommon',data:{currpage:1,channelid:'c0'}})"))
    ['/a/getInfoCommon?currpage=1&channelid=c0']
    """
    for address, data in islice(_URL_WITH_DATA.findall(script), 20):
        pairs = [(n, double or single or bare) for n, double, single, bare in _PAIR.findall(data)]
        if pairs:
            yield f"{address}?" + "&".join(f"{n}={quote(value, safe='')}" for n, value in pairs)


def part_of_unit(url: str) -> int | None:
    """jpaas: which page of its list a request is for; `None` for any other URL."""
    match = re.search(r"[?&]paramJson=([^&#]*)", url)
    try:
        return int(json.loads(unquote(match[1]))["pageNo"]) if match else None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):  # 1e999, [[[[…
        return None


def next_unit(url: str) -> str | None:
    """jpaas: the request for the page after this one."""
    number = (part_of_unit(url) or 0) + 1
    if not 1 < number <= UNCOUNTED_LIMIT:
        return None
    return with_parameter(url, "paramJson", _param_json(number))


def records(source: str) -> Iterator[str]:
    """The HTML of each `<record>` of a jcms island or reply."""
    at = 0
    for _ in range(RECORD_LIMIT):
        if (start := source.find("<record>", at)) < 0:
            return
        end = source.find("</record>", start)
        at = end if end >= 0 else len(source)
        record = source[start + len("<record>") : at].strip()
        if record.startswith("<![CDATA["):
            yield record[len("<![CDATA[") :].removesuffix("]]>")
        else:
            yield html.unescape(record)


def pages_said(source: str) -> int | None:
    """How many pages a list says it has: 共8页, totalPage: 8."""
    return _first(_PAGES_SAID, source) or _first(_TOTAL_PAGES, source)


def total_records(source: str) -> int | None:
    """How many records a jcms list says it has."""
    return _first(_TOTAL_RECORDS, source)


def _param_json(page: int) -> str:
    return quote(json.dumps({"pageNo": page, "pageSize": "15"}, separators=(",", ":")), safe="")


def _numbered(
    name: str, extension: str, first: int, current: int, last: int, url: str
) -> Iterator[str]:
    """`name_N.extension` for the pages after `current`, up to `last`; `first` is the number of the
    page that has none in its address."""
    own = _OWN_NAME.search(split(url).path)
    if own and own[1] == name and own[2]:
        current = max(current, int(own[2]))
    for page in _after(current, first, last):
        yield f"{name}_{page}.{extension.lstrip('.')}"


def _after(current: int, first: int, last: int) -> range:
    """The pages to name on page `current`."""
    ahead = PAGES_LIMIT if current == first else AHEAD
    return range(current + 1, min(current + ahead, last, first + PAGES_LIMIT) + 1)


def _value(argument: re.Match[str], names: dict[str, str]) -> str:
    double, single, bare = argument.groups()
    if bare is None:
        return str(double or single or "")
    return bare if bare.isdigit() else names.get(bare, "")


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 9 else None


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return int(match[1]) if match else None


@cache
def _parameters() -> frozenset[str]:
    return frozenset(vocab.toml("discover")["pager"]["parameters"])
