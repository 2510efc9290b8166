"""Why a request brought no response, in one word: the key of the report."""

from __future__ import annotations

from crawler.net import tls

FINAL = frozenset(  # failures that trying again repeats
    (
        *("scheme", "too-large", "robots", "refused-address"),
        *("tls-protocol", "tls-cipher", "tls-renegotiation", "tls-name", "tls-not-spoken"),
    )
)
_REASONS = {
    "CannotResolveHostError": "dns",
    "DownloadConnectionRefusedError": "refused",
    "DownloadTimeoutError": "timeout",
    "DownloadCancelledError": "too-large",
    "ResponseDataLossError": "disconnect",
    "DownloadFailedError": "disconnect",
    "UnsupportedURLSchemeError": "scheme",
    "RefusedAddress": "refused-address",
    "Interrupted": "interrupted",
    "TunnelError": "tunnel",  # the proxy would not CONNECT: it says why in the note
}


def failure_reason(error: BaseException | None) -> str:
    """The word for an error; its class's name where there is none, `no-answer` without an error."""
    if error is None:
        return "no-answer"
    name = type(error).__name__
    return tls.failure(error) or _REASONS.get(name, name)
