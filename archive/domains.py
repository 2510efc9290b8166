"""The part of a host name that one owner registered, by the public suffix list as it was installed."""

from __future__ import annotations

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=8192)
def registered(host: str) -> str:
    """The registered domain of a host in lower case; the host itself where there is none: an address,
    `localhost`, a public suffix. Parts of the list that companies added for their customers are not
    asked, and an unknown ending is one label (publicsuffix.org, "Algorithm").

    >>> registered("kjj.wuhan.gov.cn")
    'wuhan.gov.cn'
    >>> registered("a.www.qinghe.test")
    'qinghe.test'
    >>> registered("192.0.2.1"), registered("")
    ('192.0.2.1', '')
    """
    if host.rpartition(".")[2].isdecimal() or ":" in host:
        return host
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)
