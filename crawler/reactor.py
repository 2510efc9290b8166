"""The running reactor. Twisted installs it as a module, which type checkers cannot see through."""

from __future__ import annotations

from typing import Any


def reactor() -> Any:
    """The reactor Scrapy installed; imported late, because importing it installs one."""
    from twisted.internet import reactor as running

    return running
