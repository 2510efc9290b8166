"""Site definitions: `seeds/sites/<id>.toml` to `Site`, what lies in a site's scope, the layout of a day.

Read strictly (DESIGN, section 5): an unknown key, a wrong type, a missing key or a value that is
not allowed is a `SiteDefinitionError` naming file, key and line. Only `id`, `name` and one
`[[seed]]` with `url` are required.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from lxml.cssselect import CSSSelector, SelectorError

from archive import strict
from archive.domains import registered
from archive.errors import SiteDefinitionError
from archive.strict import Place, Unfit
from archive.uri import ascii_url, dedupe_key, host_of, join, split

KINDS = ("site", "list", "feed", "sitemap", "article")
SCOPES = ("page", "prefix", "host", "domain")
ROBOTS = ("obey", "ignore")
CMS = (
    *("trs", "jcms", "jpaas", "ucap", "vsb", "channels", "nfcms", "epoint", "truecms", "ilist"),
    *("dede", "empire", "phpcms", "sitefactory", "gxnews", "founder", "other"),
)
# Further pages of a list: found by every rule that fits the page, or not followed.
PAGINATIONS = ("auto", "none")
# These hops stay within one list or one document, so `include`, which picks pages, does not bind them.
SAME_PAGE_HOPS = ("pager", "next", "refresh", "redirect", "iframe", "feed", "attachment", "image")
MAX_DELAY = 3600.0  # seconds; a longer one is a typing error


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a crawl of the site starts."""

    url: str
    kind: str = "site"  # KINDS
    revisit: timedelta | None = None  # start interval; the schedule learns from there
    pagination: str = "auto"  # PAGINATIONS
    max_pages: int | None = None  # pages of one list in one visit


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to the site. `exclude` wins over `include`."""

    type: str = "host"  # SCOPES
    include: tuple[re.Pattern[str], ...] = ()  # a page must match one of them, where there is any
    exclude: tuple[re.Pattern[str], ...] = ()
    max_depth: int = 20  # hops from a seed
    attachments: bool = True  # fetch the documents that pages offer: PDF, DOC, XLS, archives
    images: bool = False  # fetch the pictures of articles, not those of the site's frame
    search_views: int = 0  # new articles of a run looked at as a visitor of a search engine, too


@dataclass(frozen=True, slots=True)
class Politeness:
    """How the site's hosts are treated."""

    delay: float = 3.0  # seconds between requests to one host
    robots: str = "obey"  # ROBOTS
    hours: str | None = None  # "20:00-07:00" at +08:00: the only time requests are sent
    legacy_tls: bool = False  # allow TLS 1.0 and weak ciphers, for servers that have nothing else


@dataclass(frozen=True, slots=True)
class Network:
    """What of the inner network the crawl may connect to for this site."""

    allow: tuple[str, ...] = ()  # host:port of intranet servers; all others are refused


@dataclass(frozen=True, slots=True)
class Layout:
    """CSS selectors for pages built until a day, where the general rules fail."""

    until: date | None = None  # the last day of this layout; None: the current one
    body: str | None = None
    title: str | None = None
    published: str | None = None
    source: str | None = None
    authors: str | None = None
    remove: str | None = None  # inside the body, not part of the text


@dataclass(frozen=True, slots=True)
class Expect:
    """What a healthy crawl of the site looks like."""

    new_per_week: tuple[int, int] | None = None
    title: float | None = None  # share of articles that have one
    published: float | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One site definition."""

    id: str
    name: str
    seeds: tuple[Seed, ...]
    admin_code: str | None = None  # GB/T 2260; 000000 is the centre
    evidence: str | None = None
    verified_live: bool = False
    cms: str | None = None  # CMS
    scope: Scope = field(default_factory=Scope)
    politeness: Politeness = field(default_factory=Politeness)
    network: Network = field(default_factory=Network)
    layouts: tuple[Layout, ...] = ()
    expect: Expect = field(default_factory=Expect)


def load_folder(folder: Path) -> dict[str, Site]:
    """Every definition of a folder by its id, in order of id."""
    if not folder.is_dir():
        raise SiteDefinitionError(folder, "", "no such folder")
    return {path.stem: load(path) for path in sorted(folder.glob("*.toml"))}


def load(path: Path) -> Site:
    """The definition in a file."""
    try:
        source = path.read_text(encoding="utf-8")
        table = tomllib.loads(source)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SiteDefinitionError(path, "", str(error)) from error
    place = Place(path, source)
    site = strict.build(Site, table, place, _checks(place), {"seeds": "seed", "layouts": "layout"})
    if site.id != path.stem:
        raise place.wrong("id", f"{site.id!r} is not the file's name; it must be {path.stem!r}")
    _is_consistent(site, place)
    return site


def in_scope(site: Site, url: str, rel: str = "link") -> bool:
    """Whether a page belongs to the site and may be fetched for it.

    `rel` says how it was found (`crawler.discover.Found.rel`). `include` describes the pages
    wanted from lists; page 2 of a list, the next page of an article and the target of a redirect
    are other parts of something already wanted, so only `exclude` and the type bind them.
    """
    key = dedupe_key(url)
    if any(pattern.search(url) for pattern in site.scope.exclude):
        return False
    if key in _seed_keys(site):
        return True
    if not _within(site, key):
        return False
    wanted = site.scope.include
    return not wanted or rel in SAME_PAGE_HOPS or any(pattern.search(url) for pattern in wanted)


def spans(site: Site, host: str) -> bool:
    """Whether a host, on any port, is one the site's scope may have pages on."""
    if site.scope.type == "domain":
        return registered(host) in _areas(site)
    return host in {host_of(key) for key in _seed_keys(site)}


def layout_on(site: Site, day: date) -> Layout | None:
    """The layout the site's pages had on a day: the earliest that was not over yet."""
    lasting = [each for each in site.layouts if each.until is None or day <= each.until]
    return min(lasting, key=lambda each: each.until or date.max, default=None)


@lru_cache(maxsize=1024)
def _seed_keys(site: Site) -> frozenset[str]:
    return frozenset(dedupe_key(seed.url) for seed in site.seeds)


def _within(site: Site, key: str) -> bool:
    """Whether a page lies in the area the scope's type draws around the seeds."""
    match site.scope.type:
        case "host":
            return _address(key) in _areas(site)
        case "domain":
            return registered(host_of(key)) in _areas(site)
        case "prefix":
            return (_address(key) + split(key).path).startswith(tuple(_areas(site)))
        case _:
            return False  # page: nothing but the seeds themselves


@lru_cache(maxsize=1024)
def _areas(site: Site) -> frozenset[str]:
    keys = _seed_keys(site)
    match site.scope.type:
        case "host":
            return frozenset(map(_address, keys))
        case "domain":
            return frozenset(registered(host_of(key)) for key in keys)
        case _:
            paths = ((key, split(key).path) for key in keys)
            return frozenset(_address(key) + path[: path.rfind("/") + 1] for key, path in paths)


def _address(key: str) -> str:
    """Host and port; http and https on their own ports are one address."""
    return (split(key).authority or "").rpartition("@")[2]


def _web_url(value: Any) -> str:
    url = ascii_url(strict.text(value))
    parts = split(strict.text(value))
    if parts.scheme not in ("http", "https") or join(url, url) is None:
        raise Unfit(f"must be an http or https URL with a host, not {value!r}")
    if "@" in (parts.authority or ""):
        raise Unfit("must not hold a user name or password")
    return url


def _css(value: Any) -> str:
    try:
        CSSSelector(strict.text(value), translator="html")
    except SelectorError as error:
        raise Unfit(f"bad CSS selector {value!r}: {error}") from error
    return str(value)


def _range(value: Any) -> tuple[int, int]:
    low, high = pair if len(pair := strict.several(strict.whole(0, 10**6))(value)) == 2 else (1, 0)
    if low > high:
        raise Unfit("must be two whole numbers, the lower one first, such as [3, 40]")
    return low, high


_SHARE = strict.number(0, 1)
_SEED = {
    "url": _web_url,
    "kind": strict.one_of(KINDS),
    "revisit": strict.span,
    "pagination": strict.one_of(PAGINATIONS),
    "max_pages": strict.whole(1, 100_000),
}
_SCOPE = {
    "type": strict.one_of(SCOPES),
    "include": strict.several(strict.regex),
    "exclude": strict.several(strict.regex),
    "max_depth": strict.whole(0, 1000),
    "attachments": strict.flag,
    "images": strict.flag,
    "search_views": strict.whole(0, 1000),
}
_POLITENESS = {
    "delay": strict.number(0, MAX_DELAY),
    "robots": strict.one_of(ROBOTS),
    "hours": strict.matching(
        r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", 'hours such as "20:00-07:00"'
    ),
    "legacy_tls": strict.flag,
}
_NETWORK = {
    "allow": strict.several(
        strict.matching(r"[^\s/@*]+:[1-9]\d{0,4}", 'host and port such as "10.1.2.3:80"')
    )
}
_LAYOUT: dict[str, strict.Check] = {
    "until": strict.day,
    **dict.fromkeys(("body", "title", "published", "source", "authors", "remove"), _css),
}
_EXPECT = {"new_per_week": _range, "title": _SHARE, "published": _SHARE}


def _checks(place: Place) -> dict[str, strict.Check]:
    return {
        "id": strict.matching(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "letters, digits, . _ -"),
        "name": strict.text,
        "admin_code": strict.matching(
            r"\d{6}", 'six digits of GB/T 2260 in quotes, such as "430525"'
        ),
        "evidence": strict.text,
        "verified_live": strict.flag,
        "cms": strict.one_of(CMS),
        "seeds": _tables(Seed, "seed", place, _SEED),
        "scope": _table(Scope, "scope", place, _SCOPE),
        "politeness": _table(Politeness, "politeness", place, _POLITENESS),
        "network": _table(Network, "network", place, _NETWORK),
        "layouts": _tables(Layout, "layout", place, _LAYOUT),
        "expect": _table(Expect, "expect", place, _EXPECT),
    }


def _table(kind: type, name: str, place: Place, checks: dict[str, strict.Check]) -> strict.Check:
    return lambda value: strict.build(kind, value, replace(place, table=name), checks)


def _tables(kind: type, name: str, place: Place, checks: dict[str, strict.Check]) -> strict.Check:
    def check(values: Any) -> tuple[Any, ...]:
        if not isinstance(values, list) or not values:
            raise Unfit(f"must be written as one or more [[{name}]] tables")
        places = (replace(place, table=f"{name}[{n}]") for n in range(1, len(values) + 1))
        return tuple(
            strict.build(kind, value, each, checks)
            for value, each in zip(values, places, strict=True)
        )

    return check


def _is_consistent(site: Site, place: Place) -> None:
    """Raise where keys that are right by themselves do not go together."""
    days = [each.until for each in site.layouts]
    for number, until in enumerate(days, 1):
        if until in days[: number - 1]:
            raise replace(place, table=f"layout[{number}]").wrong(
                "until", "two layouts end that day"
            )
    outside = [seed.url for seed in site.seeds if not may_be_hurried(host_of(ascii_url(seed.url)))]
    if site.politeness.delay == 0 and outside:
        raise replace(place, table="politeness").wrong(
            "delay", f"0 is allowed only for loopback and .test hosts, not for {outside[0]}"
        )


def may_be_hurried(host: str) -> bool:
    """Whether a host is this machine or a name that can never be a real one (RFC 6761)."""
    if host.endswith((".test", ".localhost")) or host in ("localhost", "test"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
