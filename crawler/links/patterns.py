"""Further pages of a list whose address a script builds from a number that only a click tells:
`location.href = '/news/list_12_' + obj.curr + '.html'`.

An address with one unknown is believed where the page's own address fits it, with a number in the
unknown's place or without. How many pages there are is said in the pager's parameters
(`count: 120, limit: 15`) or beside it (共8页); where nothing says it, the next page is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from archive.uri import join
from crawler.links import scripts
from crawler.links.pagers import PAGES_LIMIT, page_parameter, pages_said

_ADDRESSES = 40  # with an unknown, of one page
_LEAST = 3  # characters before an unknown: `/x`
_COUNT = re.compile(
    r"""\b(?:count|total|totalCount|totalRow|records?)["']?\s*[:=]\s*["']?(\d{1,7})\b"""
)
_LIMIT = re.compile(
    r"""\b(?:limit|page_?size|per_?page|pageCount_?size|rows)["']?\s*[:=]\s*["']?(\d{1,4})\b""",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"[?&]\w{1,30}=$")


def numbered(unknown: Iterable[str], script: str, source: str, url: str) -> Iterator[str]:
    """The addresses of the further pages, of those `unknown` in part that the scripts jump to;
    `source` is the whole page, `url` its address.

    Where nothing says how many there are, only the first page names the next: an article's number
    looks the same.
    """
    if "countPage" in script or "createPage" in script:  # pagers.py knows their counts
        return
    for written in islice(dict.fromkeys(unknown), _ADDRESSES):
        before, hole, after = written.partition(scripts.HOLE)
        whole = hole and scripts.HOLE not in after and len(before) >= _LEAST
        current = _own_number(before, after, url) if whole else None
        if current is None:
            continue
        last = _last(script, source)
        if last is None:
            last = 2 if current == 0 else 0
        # Without a number in its address the first page may count from 0, so that `_1` is the second.
        for page in range(current + 1, min(last, PAGES_LIMIT) + 1):
            yield f"{before}{page}{after}"


def _own_number(before: str, after: str, url: str) -> int | None:
    """The number of the page at `url` in a run of addresses, 0 for one without; `None` for another."""
    probe = join(url, f"{before}0{after}")
    if probe is None:
        return None
    at = len(probe) - len(after.partition("#")[0])
    head, tail = probe[: at - 1], probe[at:]
    if head + "0" + tail != probe:
        return None
    if "?" in head and page_parameter(probe) is None:
        return None
    if match := re.fullmatch(rf"{re.escape(head)}(\d{{1,5}}){re.escape(tail)}", url):
        return int(match[1])
    bare = _PARAMETER.sub("", head) if "?" in head else head.rstrip("_-")
    return 0 if url.partition("#")[0] in (bare + tail, bare) else None


def _last(script: str, source: str) -> int | None:
    count, limit = _COUNT.search(script), _LIMIT.search(script)
    if count and limit and int(limit[1]):
        return -(-int(count[1]) // int(limit[1]))
    return pages_said(source)
