"""No connection to an inside address, whatever its spelling: the number the reactor connects to decides.

A page, a redirect or a name server may point a crawler at the machine it runs on, at its network,
or at the metadata service of its cloud. Spellings are countless, so nothing is judged by its
spelling: `Guard` stands in front of the reactor's `connectTCP`, behind name resolution, and sees
the final address of every connection, of the first hop and of the tenth. A name that resolves
to an inside address beside public ones (rebinding) is refused whole.

Only what the user named is let through, as host and port: seeds on loopback or under `.test`, the
proxy, `[network] allow` of a site definition, `--allow`. There is no switch that opens the rest.

Limit: behind a proxy the proxy resolves names. URLs that hold an inside address are refused here
all the same; names that lead there are the proxy's to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer

from crawler.net import addresses
from crawler.net.addresses import Place, inside, numeric, place_of
from crawler.reactor import reactor

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class RefusedAddress(Exception):
    """A connection was not made, because it leads to an inside address nobody named."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"{host} port {port}: {why}")


class Guard:
    """Every connection of one reactor, judged. `Guard.of(reactor)` is the one it has."""

    def __init__(self, reactor: Any) -> None:
        self._granted: set[Place] = set()
        self._connect = reactor.connectTCP
        reactor.connectTCP = self._connect_tcp
        reactor.installNameResolver(_Resolver(reactor.nameResolver, self))
        reactor.fangzhi_guard = self

    @classmethod
    def of(cls, reactor: Any) -> Guard:
        """The reactor's guard, put in place by the first call."""
        guard: Guard = getattr(reactor, "fangzhi_guard", None) or cls(reactor)
        return guard

    def grant(self, places: Iterable[Place]) -> None:
        """Let connections to these hosts and ports through."""
        for host, port in places:
            self._granted |= {(host.lower(), port), (numeric(host) or host.lower(), port)}

    def is_granted(self, host: str, port: int) -> bool:
        return (host.lower(), port) in self._granted

    def check(self, url: str) -> None:
        """Raise `RefusedAddress` when the URL itself holds an inside address nobody named."""
        found = place_of(url)
        if found is None:
            return
        host, port = found
        address = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else None
        address = address or numeric(host)
        why = inside(address) if address else ""
        if why and not (self.is_granted(host, port) or self.is_granted(address or "", port)):
            raise RefusedAddress(host, port, why)

    def _connect_tcp(self, host: str | bytes, port: int, *args: Any, **kwargs: Any) -> Any:
        name = host.decode("ascii") if isinstance(host, bytes) else host
        address = numeric(name)
        why = inside(address) if address else "a name that was not resolved"
        if why and not self.is_granted(address or name, port):
            raise RefusedAddress(name, port, why)
        return self._connect(host, port, *args, **kwargs)


@implementer(IHostnameResolver)
class _Resolver:
    """Gives a name's inside addresses alone, so that the connection is refused, not moved on."""

    def __init__(self, resolver: Any, guard: Guard) -> None:
        self._resolver, self._guard = resolver, guard

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        receiver = _Receiver(resolutionReceiver, self._guard, hostName, portNumber)
        return self._resolver.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


@implementer(IResolutionReceiver)
class _Receiver:
    def __init__(self, receiver: Any, guard: Guard, name: str, port: int) -> None:
        self._receiver, self._guard = receiver, guard
        self._granted = (name, port) if guard.is_granted(name, port) else None
        self._found: list[IAddress] = []

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        if self._granted:  # the name was named by the user: so is what it stands for
            self._guard.grant([(address.host, self._granted[1])])
        self._found.append(address)

    def resolutionComplete(self) -> None:
        found: list[Any] = self._found
        refused = [] if self._granted else [a for a in found if inside(a.host)]
        for address in refused or found:
            self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


def guard_for(crawler: Crawler) -> Guard:
    """The reactor's guard, which lets through what the user of this crawl named."""
    guard = Guard.of(reactor())
    spider: Any = crawler.spider
    sites = getattr(spider, "sites", {}).values()
    seeds = [seed.url for site in sites for seed in site.seeds]
    guard.grant(addresses.named([*seeds, *getattr(spider, "urls", ())]))
    allowed = [text for site in sites for text in site.network.allow]
    allowed += crawler.settings.getlist("FANGZHI_ALLOW")
    guard.grant(map(addresses.place, allowed))
    proxy = crawler.settings["FANGZHI_PROXY"]
    found = addresses.place_of(proxy if "://" in proxy else f"http://{proxy}")
    guard.grant([found] if found else [])
    return guard
