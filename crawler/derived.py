"""The lines of captures read from an archive, derived in a sandbox: one for each, in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

from archive import worker
from archive.formats.records import Damage
from archive.jsonl import line
from archive.model import Reason, Rejection
from archive.replay import Replayed
from crawler.executors import Workers
from crawler.sandbox import Spent, Work

FindDigest = Callable[[str, str | None], str | None]  # site, noted digest: digest to derive with


def as_noted(site: str, noted: str | None) -> str | None:
    """The memory a capture was derived with in its crawl."""
    return noted


def lines(
    found: Iterable[Replayed | Damage],
    sandbox: Workers,
    memory: FindDigest = as_noted,
    *,
    like: bool = True,
) -> Iterator[str | Damage]:
    """The JSON line of every capture, by default derived with what its crawl used; with `like` its
    article is compared with the examples of its crawl, if it had any."""
    asked: deque[Replayed | Damage] = deque()
    for outcome in sandbox.in_order(_works(found, asked, memory, like)):
        one = asked.popleft()
        if isinstance(one, Damage):
            yield one
        elif isinstance(outcome, str):
            yield outcome
        else:
            capture = one.capture
            yield rejected(
                capture.record_id, capture.input, capture.target_uri, capture.date, outcome
            )


def rejected(
    name: str, file: str, uri: str | None, date: datetime | None, error: Exception | None
) -> str:
    """The line of a page whose derivation a worker could not end."""
    reason = Reason.RESOURCE_LIMIT if isinstance(error, Spent) else Reason.DERIVATION_FAILED
    return line(Rejection(name, file, uri, date, reason, str(error)))


def _works(
    found: Iterable[Replayed | Damage],
    asked: deque[Replayed | Damage],
    memory: FindDigest,
    like: bool,
) -> Iterator[Work | None]:
    for one in found:
        asked.append(one)
        if isinstance(one, Damage):
            yield None
        else:
            digest = memory(one.site, one.memory) if one.site else None
            wanted = (one.like, one.least) if like else (None, 0.0)
            yield partial(worker.derive_again, one.capture, one.site, digest, *wanted)
