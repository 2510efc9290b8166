"""What may stand behind an option; what may not is said with the value and what is wanted."""

from __future__ import annotations

import argparse
import re
from contextlib import suppress
from typing import Any

from crawler.net import addresses


class Version(argparse.Action):
    """Prints the version of the program and of what a derivation depends on."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from archive.derive import versions
        from crawler.settings import VERSION

        print(f"fangzhi {VERSION}")
        for name, value in versions().items():
            print(f"derivation {value}" if name == "number" else f"{name} {value}")
        parser.exit()


def count(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**9:
        raise argparse.ArgumentTypeError(f"{text!r}: want a whole number of at least 1")
    return int(text)


def share(text: str) -> float:
    """A number from 0 to 1."""
    with suppress(ValueError):
        if 0 <= (number := float(text)) <= 1:
            return number
    raise argparse.ArgumentTypeError(f"{text!r}: want a number from 0 to 1")


def amount(text: str) -> float:
    """A number of at least 0."""
    with suppress(ValueError):
        if 0 <= (number := float(text)) < 1e9:
            return number
    raise argparse.ArgumentTypeError(f"{text!r}: want a number of at least 0")


def port(text: str) -> int:
    """A port to listen on; 0 takes a free one."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r}: want a number from 0 to 65535")
    return int(text)


def host_and_port(text: str) -> str:
    """A place of the inner network, `host:port`."""
    try:
        addresses.place(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: want host:port") from error
    return text


def proxy(text: str) -> str:
    """The address of an HTTP proxy."""
    scheme, mark, rest = text.rpartition("://")
    if (mark and scheme not in ("http", "https")) or not re.fullmatch(r"[^/\s]*[\w\]]/?", rest):
        raise argparse.ArgumentTypeError(f"{text!r}: want the address of an HTTP proxy")
    return text
