"""A small internet in a network namespace of its own: a public server and an inside that listens.

`unshare -n -m python -m tests.hostile.inside FOLDER` scrapes every URL of `addresses.py`, as a
seed and as the target of a redirect, and prints as JSON what was connected to. It refuses to run
where there is any other interface than loopback.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from crawler.net.addresses import named
from tests.commands import ROOT, adds_up, fangzhi, report
from tests.hostile import addresses

PAGE = b"<html><title>t</title><p>public</p></html>"


class Internet:
    """Servers on every address; what they were connected to is in `connected`."""

    def __init__(self, folder: Path) -> None:
        self.connected: list[str] = []
        self.ports: set[int] = set()
        self.hosts = folder / "hosts"
        self.targets = addresses.urls()
        self._write_hosts(addresses.PUBLIC)
        _build(self.hosts, folder)
        for port in addresses.OPEN_PORTS:
            listener = socket.create_server(
                ("::", port), family=socket.AF_INET6, dualstack_ipv6=True
            )
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _write_hosts(self, rebound: str) -> None:
        public = addresses.PUBLIC
        rows = ["127.0.0.1 localhost a.localhost", f"{public} public.test {addresses.MIXED}"]
        rows += [f"10.0.0.5 {addresses.MIXED}", f"{rebound} {addresses.REBIND}"]
        rows += [f"{address} {name}" for name, address in addresses.NAMES.items()]
        self.hosts.write_text("\n".join(rows) + "\n")

    def _serve(self, listener: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            here = client.getsockname()[0].removeprefix("::ffff:")
            self.connected.append(here)
            self.ports.add(client.getsockname()[1])
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client:
            path = client.recv(65536).partition(b" ")[2].partition(b" ")[0].decode()
            location = ""
            if path.startswith("/to/"):
                location = self.targets[int(path[4:])]
            elif path == "/rebind":
                self._write_hosts("10.0.0.5")
                location = f"http://{addresses.REBIND}/after"
            client.sendall(_redirect(location) if location else _page(path))


def _redirect(location: str) -> bytes:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: "
    return head + location.encode() + b"\r\n\r\n"


def _page(path: str) -> bytes:
    status = "404 Not Found" if path == "/robots.txt" else "200 OK"
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: "
    return head.encode() + str(len(PAGE)).encode() + b"\r\n\r\n" + PAGE


def _build(hosts: Path, folder: Path) -> None:
    if {name for _, name in socket.if_nameindex()} != {"lo"}:
        sys.exit("not in a network namespace of its own")
    for command in (
        "ip link set lo up",
        *(f"ip addr add {a}/32 dev lo" for a in (addresses.PUBLIC, *addresses.INSIDE4[2:])),
        *(f"ip -6 addr add {a}/128 dev lo" for a in addresses.INSIDE6[1:]),
        f"mount --bind {hosts} /etc/hosts",
    ):
        subprocess.run(command.split(), check=True)
    nobody = folder / "resolv.conf"
    nobody.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", str(nobody), "/etc/resolv.conf"], check=False)


def main(folder: Path) -> None:
    internet = Internet(folder)
    seen = {}
    whole = [url for url in internet.targets if ":" in url.partition("/")[0]]  # others are no seeds
    for name, seeds in {
        "seeds": [url for url in whole if not list(named([url]))],
        "named": ["http://127.0.0.1:8080/", "http://localhost/"],
        "redirects": [f"http://public.test/to/{n}" for n in range(len(internet.targets))],
    }.items():
        internet.connected.clear()
        fangzhi("scrape", *seeds, "--holdings", folder / name, "--no-derive")
        seen[name] = {"asked": len(seeds), **_outcome(internet, folder / name)}
    internet.connected.clear()
    there = ("http://10.0.0.5:8080/", "http://10.0.0.5:6379/")
    fangzhi("scrape", *there, "--allow", "10.0.0.5:8080", "--holdings", folder / "allowed")
    seen["allowed"] = _outcome(internet, folder / "allowed")
    internet.connected.clear()
    subprocess.run(_uncached(f"http://{addresses.REBIND}/rebind", folder / "rebinding"), cwd=ROOT)
    seen["rebinding"] = _outcome(internet, folder / "rebinding")
    print(json.dumps(seen))


def _uncached(url: str, holdings: Path) -> list[str]:
    """A scrape that asks the name server every time: by default a run remembers what it was told."""
    settings = ("DNSCACHE_ENABLED=0", f"FANGZHI_HOLDINGS={holdings}", "FANGZHI_WORKERS=0")
    options = [word for setting in settings for word in ("-s", setting)]
    return [sys.executable, "-m", "scrapy", "crawl", "article", "-a", f"url={url}", *options]


def _outcome(internet: Internet, holdings: Path) -> dict[str, object]:
    numbers = report(holdings)
    ports, internet.ports = sorted(internet.ports), set()
    return {
        "ports": ports,
        "connected": sorted(set(internet.connected)),
        "failed": numbers["failed"],
        "requested": numbers["requested"],
        "adds_up": adds_up(numbers),
    }


if __name__ == "__main__":
    os.environ.pop("FANGZHI_CONTACT", None)
    main(Path(sys.argv[1]))
