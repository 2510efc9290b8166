"""Nobody is let in: no connection to an inside address, however it is spelled or reached."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address

from crawler.net.addresses import inside, named, numeric, place, place_of
from crawler.net.guard import Guard, RefusedAddress
from tests.commands import ROOT
from tests.hostile import addresses


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a crawl connected to, inside a namespace that has no way out."""
    own = ["unshare", "-n", "-m"]
    if subprocess.run([*own, "ip", "link", "set", "lo", "up"], capture_output=True).returncode:
        pytest.skip("a network namespace needs root, unshare and ip")
    folder = tmp_path_factory.mktemp("inside")
    script = [sys.executable, "-m", "tests.hostile.inside", str(folder)]
    done = subprocess.run([*own, *script], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("way", ["seeds", "redirects", "rebinding"])
def test_no_spelling_redirect_or_rebinding_connects_inside(seen: dict[str, Any], way: str) -> None:
    assert seen[way]["connected"] == [addresses.PUBLIC]
    assert seen[way]["failed"]["refused-address"] > 0
    assert seen[way]["adds_up"]


def test_every_spelling_was_tried(seen: dict[str, Any]) -> None:
    assert seen["redirects"]["asked"] == len(addresses.urls()) > 54
    assert seen["redirects"]["requested"] > seen["redirects"]["asked"]


def test_what_the_user_named_on_loopback_is_reached(seen: dict[str, Any]) -> None:
    assert seen["named"]["connected"] == ["127.0.0.1"]
    assert not seen["named"]["failed"]


def test_an_intranet_server_is_reached_at_the_port_that_was_allowed(seen: dict[str, Any]) -> None:
    assert seen["allowed"]["connected"] == ["10.0.0.5"]
    assert seen["allowed"]["ports"] == [8080]
    assert seen["allowed"]["failed"]["refused-address"] > 0


@pytest.mark.parametrize("address", [*addresses.INSIDE4, *addresses.INSIDE6, "::", "0.0.0.0"])
def test_inside_addresses_are_known(address: str) -> None:
    assert inside(address)
    if "." in address:
        assert inside(f"::ffff:{address}")


@pytest.mark.parametrize(
    "address",
    [
        *("100.127.255.255", "168.63.129.16", "172.31.255.255", "192.88.99.1", "198.19.255.255"),
        *("2002::1", "3fff:fff::1", "64:ff9b::a00:1", "fec0::1", "feff::1", "4000::1"),
    ],
)
def test_the_ends_of_ranges_that_python_does_not_know_are_inside(address: str) -> None:
    assert inside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2400:3200::1", "64:ff9b::808:808", "1.2.4.8"])
def test_public_addresses_are_not_refused(address: str) -> None:
    assert inside(address) == ""


@given(st.ip_addresses())
def test_what_python_calls_private_is_inside(address: Any) -> None:
    if not address.is_global:
        embedded = getattr(address, "ipv4_mapped", None) or address
        assert inside(str(address)) or embedded.is_global or str(address).startswith("64:ff9b:")


@pytest.mark.parametrize("spelling", list(addresses.spellings("127.0.0.1"))[:9])
def test_every_numeric_spelling_is_read_as_the_address_it_is(spelling: str) -> None:
    assert numeric(spelling) == "127.0.0.1"


def test_only_seeds_on_this_machine_are_let_through() -> None:
    assert list(named(["http://127.0.0.1:81/x", "https://a.test/", "http://[::1]/"])) == [
        ("127.0.0.1", 81),
        ("a.test", 443),
        ("::1", 80),
    ]
    assert not list(
        named(
            [
                "http://10.0.0.5/",
                "http://test.gov.cn/",
                "http://latest/",
                "http://nolocalhost/",
                "http://1.2.4.8/",
                "x",
            ]
        )
    )


class Reactor:
    """A reactor that notes what it would connect to, and whose name server knows these addresses."""

    def __init__(self, *known: str) -> None:
        self.nameResolver: Any = self
        self.known, self.connected = known, list[tuple[str, int]]()

    def connectTCP(self, host: str, port: int) -> None:
        self.connected.append((host, port))

    def installNameResolver(self, resolver: object) -> None:
        self.nameResolver = resolver

    def resolveHostName(self, receiver: Any, name: str, port: int, *_: object) -> None:
        receiver.resolutionBegan(None)
        for address in self.known:
            receiver.addressResolved(IPv4Address("TCP", address, port))
        receiver.resolutionComplete()


class Found:
    """What a resolver was asked for."""

    def __init__(self, reactor: Reactor, name: str, port: int) -> None:
        self.addresses, self.complete = list[str](), False
        reactor.nameResolver.resolveHostName(self, name, port)

    def resolutionBegan(self, resolution: object) -> None:
        assert not self.addresses

    def addressResolved(self, address: IPv4Address) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete = True


def test_a_name_that_nobody_resolved_is_not_connected_to_and_a_grant_is_for_one_port() -> None:
    reactor = Reactor()
    Guard(reactor).grant([("10.0.0.5", 8080), ("0x7f.1", 81), ("named", 80)])
    for host, port in (("intranet", 80), ("named", 81), ("10.0.0.5", 80), ("127.0.0.1", 80)):
        with pytest.raises(RefusedAddress, match=host):
            reactor.connectTCP(host, port)
    assert reactor.connected == []
    granted = [("10.0.0.5", 8080), ("127.0.0.1", 81), ("named", 80), ("8.8.8.8", 80)]
    for host, port in granted:
        reactor.connectTCP(host, port)
    assert reactor.connected == granted


def test_a_name_with_an_inside_address_beside_public_ones_is_refused_whole() -> None:
    reactor = Reactor("8.8.8.8", "10.0.0.5", "1.2.4.8")
    guard = Guard(reactor)
    found = Found(reactor, "mixed.example", 8080)
    assert (found.addresses, found.complete) == (["10.0.0.5"], True)
    guard.grant([("Mixed.example", 8080)])
    assert Found(reactor, "mixed.example", 8080).addresses == list(reactor.known)
    reactor.connectTCP("10.0.0.5", 8080)
    with pytest.raises(RefusedAddress):
        reactor.connectTCP("10.0.0.5", 80)
    public = Reactor("8.8.8.8", "1.2.4.8")
    Guard(public)
    assert Found(public, "public.example", 80).addresses == list(public.known)


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.1", "[::ffff:10.0.0.5]"])
def test_a_url_that_spells_an_inside_address_is_refused_before_a_proxy_is_asked(host: str) -> None:
    guard = Guard(Reactor())
    with pytest.raises(RefusedAddress):
        guard.check(f"http://{host}/")
    guard.grant([(host.strip("[]"), 80)])
    guard.check(f"http://{host}/")
    guard.check("http://www.example.gov.cn/")


@pytest.mark.parametrize("wrong", ["10.0.0.5", "10.0.0.5:", "a:0", "a:70000", ":80", ""])
def test_an_exception_names_host_and_port(wrong: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        place(wrong)


def test_urls_without_a_host_have_no_place() -> None:
    assert place_of("http://[::1") is None
    assert place_of("file:///etc/passwd") is None
