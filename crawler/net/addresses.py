"""What a host spells and whether an address is an inside one: pure functions, no connection made.

An inside address is every one that is not a public unicast address of the Internet: this machine,
its network, the metadata services of clouds, multicast, and the IPv6 forms that wrap them.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

Place = tuple[str, int]  # host or address as the user named it, lower case; port

# IANA IPv4 and IPv6 Special-Purpose Address Registries, and what they do not list. Python's own
# `is_global` (3.11) is asked too: it knows most of these, and not the translated forms.
_INSIDE = tuple(
    (ip_network(network), name)
    for network, name in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier NAT"),  # and Alibaba's metadata service, 100.100.100.200
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "metadata"),  # Azure's, on a public number
        ("169.254.0.0/16", "link-local"),  # and the metadata services of most clouds
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),  # and Oracle's metadata service, 192.0.0.192
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("2001::/32", "Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address meant
_GLOBAL_UNICAST = ip_network("2000::/3")  # all that IANA has given out of IPv6


def inside(address: str) -> str:
    """Why the numeric address is no public one, in a word or two; "" when it is public.

    >>> [inside(a) for a in ("127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "8.8.8.8")]
    ['loopback', 'private', 'private', '']
    """
    return _why(ip_address(address.partition("%")[0]))


def _why(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return _why(address.ipv4_mapped)
        if address in _NAT64:
            return _why(IPv4Address(int(address) & 0xFFFFFFFF))
    for network, name in _INSIDE:
        if address.version == network.version and address in network:
            return name
    unicast = address.version == 4 or address in _GLOBAL_UNICAST
    return "" if unicast and address.is_global else "reserved"


def numeric(host: str) -> str | None:
    """The address a host spells, in any form the C library reads; `None` when it is a name.

    >>> numeric("0x7f.1"), numeric("2130706433"), numeric("[::1]"), numeric("a.test")
    ('127.0.0.1', '127.0.0.1', '::1', None)
    """
    try:
        found = socket.getaddrinfo(
            host.strip("[]").rstrip("."), None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except (OSError, UnicodeError):
        return None
    return str(found[0][4][0])


def named(urls: Iterable[str]) -> Iterator[Place]:
    """Host and port of the URLs that name this machine or a `.test` host (RFC 6761)."""
    for url in urls:
        place = place_of(url)
        if place is not None and _is_local(place[0]):
            yield place


def place_of(url: str) -> Place | None:
    """Host and port of an http or https URL; `None` when it has none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    return host, port or (443 if parts.scheme == "https" else 80)


def place(text: str) -> Place:
    """`host:port` as the user writes it; `ValueError` when it is not that.

    >>> place("[fd00::1]:8080"), place("Intranet.example:80")
    (('fd00::1', 8080), ('intranet.example', 80))
    """
    host, colon, port = text.strip().rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} is not host:port")
    return host.strip("[]").lower(), int(port)


def _is_local(host: str) -> bool:
    if host in ("localhost", "test") or host.endswith((".localhost", ".test")):
        return True
    address = numeric(host)
    return address is not None and inside(address) == "loopback"
