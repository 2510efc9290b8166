"""What is recorded of a request: the bytes that crossed the wire, and what is noted beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from archive.formats.exchange import Exchange
from archive.replay import LINK_NOTE, MEMORY_NOTE, SEED_NOTE, SITE_NOTE, VIEW_NOTE
from archive.warc import Original
from crawler.net.unanswered import failure_reason

if TYPE_CHECKING:
    from scrapy import Request

    from crawler.visits import Lease
    from crawler.wire import WireExchange

Notes = list[tuple[str, str]]


def notes_of(
    request: Request, error: Exception | None, site: str | None, memory: str | None
) -> Notes:
    """The fields of the metadata record of a request. `memory` is the digest of the site memory."""
    meta = request.meta
    via = request.headers.get("Referer")
    notes = [("via", via.decode("latin-1"))] if via else []
    notes += [("hopsFromSeed", meta["hops"])] if meta.get("hops") else []
    lease: Lease | None = meta.get("lease")
    notes += [("retry", str(lease.tries))] if lease and lease.tries else []
    notes += [("robots", meta["robots"])] if meta.get("robots") else []
    notes += [(LINK_NOTE, lease.lead.text)] if lease and lease.lead.text else []
    notes += [(VIEW_NOTE, meta["searched"])] if meta.get("searched") else []
    notes += [(SITE_NOTE, site)] if site else []
    notes += [(SEED_NOTE, str(lease.lead.seed))] if lease and site else []
    notes += [(MEMORY_NOTE, memory)] if memory else []
    notes += [("fetch-error", f"{failure_reason(error)}: {error}")] if error else []
    return notes


def exchange_of(
    url: str, wire: WireExchange, notes: Notes, original: Original | None, view: str = ""
) -> Exchange:
    """One request and answer as they went over the wire; `view` says whose, if not a capture."""
    took = [("fetchTimeMs", str(round(wire.seconds * 1000)))]
    certificate = [("tls-certificate-sha256", wire.certificate)] if wire.certificate else []
    certificate += [("tls-certificate-verdict", wire.verdict)] if wire.verdict else []
    return Exchange(
        target_uri=url.partition("#")[0],
        date=wire.started,
        request=bytes(wire.request),
        response=wire.response,
        truncated=wire.truncated,
        ip_address=wire.ip_address,
        protocols=wire.protocols,
        cipher=wire.cipher,
        notes=(*notes, *took, *certificate),
        original=original,
        view=view,
    )


def attempt(url: str, notes: Notes) -> Exchange:
    """A request that never got a connection: nothing went over the wire, but it is recorded."""
    return Exchange(url.partition("#")[0], datetime.now(UTC), b"", BytesIO(), notes=tuple(notes))
