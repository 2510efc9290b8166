"""What other tools say of the same file, and why they differ: the judges' panel.

Measured with warcio 1.8.1, FastWARC 2.0.1 and cdxj-indexer 1.5.0 on 89 synthetic files
(tests/test_check_synthetic.py holds the predictions against them). A judge that accepts a file
has not said that it is right: `warcio check` returns 0 for a file cut in its last member.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

_STOPS = "stops there and does not see what stands behind"

# What a judge complains of, by our code, and why. What is not listed passes it.
_WARCIO = {
    "block-digest": "agrees",
    "payload-digest": "agrees",
    "payload-digest-cut": "agrees",
    "payload-digest-block": "agrees",
    "payload-digest-decoded": "agrees",
    "digest-dechunked": "digests the chunk framing, against WARC 1.1, 6.3.2",
    "digest-label": "does not know the label",
    "digest-unknown": "does not know the algorithm",
    "coding-br": "raises AttributeError beside the package `brotli`",
    "damaged": _STOPS,
    "bom": "reads nothing",
    "zeros": "raises at the zero bytes",
    "length-wrong": _STOPS,
    "compressed-twice": "reads nothing",
    "member-shared": "asks for the file to be recompressed",
    "version-unknown": _STOPS,
    "zstd": "reads no zstd",
}
_FASTWARC = {
    "block-digest": "agrees",
    "damaged": _STOPS,
    "torn": "agrees",
    "bom": "reads nothing",
    "zeros": "raises at the zero bytes",
    "length-wrong": _STOPS,
    "length-beyond": "takes all that follows as the block",
    "compressed-twice": "reads nothing",
    "header-line-end": "reads headers in CR LF only",
    "version-unknown": _STOPS,
}
_CDXJ = {
    "damaged": _STOPS,
    "bom": "indexes nothing",
    "zeros": "aborts at the zero bytes",
    "compressed-twice": "indexes nothing",
    "member-shared": "aborts: there is nothing to point to",
    "date-not-utc": "aborts at the date",
    "date-precision": "aborts at the date, which WARC 1.1 allows",
    "version-unknown": _STOPS,
    "zstd": "reads no zstd",
}
_PANEL = {"warcio check": _WARCIO, "fastwarc check -q": _FASTWARC, "cdxj-indexer": _CDXJ}
# What is wrong by the standard and passes a judge without a word.
_SILENT = {
    "warcio check": {
        "torn": "returns 0 for a file that was cut",
        "torn-end": "returns 0 for a file that was cut",
        "length-beyond": "takes all that follows as the block and returns 0",
        "payload-digest-framed": "digests the chunk framing too, and accepts it",
        "field-missing": "does not look at mandatory fields",
        "field-repeated": "does not look at repeated fields",
        "id-repeated": "does not look at ids",
    },
    "fastwarc check -q": {
        "torn-end": "returns 0 for a cut inside the 8 bytes of the trailer",
        "member-empty": "stops at the empty member and returns 0",
        "payload-digest": "looks at block digests only",
        "field-missing": "does not look at fields",
        "field-repeated": "does not look at repeated fields",
        "id-repeated": "does not look at ids",
    },
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one judge is expected to say of a file."""

    judge: str
    complains: bool
    code: str  # our code for what it complains of, or does not see
    why: str


def opinions(codes: Collection[str]) -> Iterator[Opinion]:
    """What the judges are expected to say of a file in which these codes were found."""
    for judge, known in _PANEL.items():
        for code in (c for c in known if c in codes):
            yield Opinion(judge, True, code, known[code])
        for code, why in _SILENT.get(judge, {}).items():
            if code in codes:
                yield Opinion(judge, False, code, why)


def complains(judge: str, codes: Collection[str]) -> bool:
    """Whether a judge is expected to reject the file."""
    return any(code in codes for code in _PANEL[judge])
