"""URLs that lead inside, in every spelling a client may read as such; made, not collected."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

PUBLIC = "11.22.33.44"  # no special address; inside the namespace it is a server of the test
INSIDE4 = (
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.5",
    "172.31.255.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
)
INSIDE6 = ("::1", "fd00:ec2::254", "fec0::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::")
NAMES = {
    "metadata.example": "169.254.169.254",
    "127.0.0.1.nip.example": "127.0.0.1",
    "wiki.example": "10.0.0.5",
    "localhost.localdomain": "127.0.0.1",
}
MIXED = "mixed.example"  # a public and an inside address
REBIND = "rebind.example"  # public when it is first asked for, inside from then on
OPEN_PORTS = (80, 22, 443, 6023, 6379, 8080)


def spellings(address: str) -> Iterator[str]:
    """Hosts that a C library, a browser or a URL parser reads as this IPv4 address."""
    number = int(IPv4Address(address))
    a, b, c, d = address.split(".")
    yield from (address, f"{address}.", str(number), f"0x{number:x}", f"0{number:o}")
    yield f"0x{int(a):x}.{int(b)}.{int(c)}.{int(d)}"
    yield f"0{int(a):o}.{b}.{c}.{d}"
    yield f"{a}.{(int(b) << 16) + (int(c) << 8) + int(d)}"
    yield f"{a}.{b}.{(int(c) << 8) + int(d)}"
    yield f"[::ffff:{address}]"
    yield f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]"
    yield f"[64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]"
    yield address.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    yield address.replace(".", "。")
    yield "".join(f"%{ord(char):02x}" for char in address)


def hosts() -> list[str]:
    """Every host: three addresses in every spelling, the others once, and names."""
    every = [s for a in ("127.0.0.1", "10.0.0.5", "169.254.169.254") for s in spellings(a)]
    every += [
        *INSIDE4[3:],
        *(f"[{a}]" for a in INSIDE6),
        "0",
        "[::]",
        "224.0.0.1",
        "[fe80::1%25lo]",
    ]
    return [*every, "255.255.255.255", "localhost", "a.localhost", *NAMES, MIXED]


def urls() -> list[str]:
    """URLs into the inside, and of schemes that read this machine."""
    other = [f"http://127.0.0.1:{port}/" for port in OPEN_PORTS[1:]]
    other += ["http://user:pw@10.0.0.5/", f"http://{PUBLIC}@127.0.0.1/", "http://127.0.0.1\t/"]
    other += [f"http://{PUBLIC}\\@127.0.0.1/", f"http://{PUBLIC}#@127.0.0.1/", "https://10.0.0.5/"]
    schemes = ["file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/", "data:text/html,x"]
    schemes += ["s3://bucket/key", "gopher://127.0.0.1:6379/_x", "javascript:alert(1)"]
    return [f"http://{host}/" for host in hosts()] + other + schemes + ["//127.0.0.1/", "\\\\x\\y"]
