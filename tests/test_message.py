"""HTTP messages are measured, not rewritten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.formats import message

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunks(pieces: list[bytes], extension: bytes = b"") -> bytes:
    framed = [b"%x%s\r\n%s\r\n" % (len(p), extension, p) for p in pieces if p]
    return b"".join(framed) + b"0\r\nX-Sum: 1\r\n\r\n"


@given(
    st.lists(st.binary(max_size=40), max_size=5),
    st.integers(1, 50),
    st.sampled_from([b"", b";a=b"]),
)
def test_the_payload_is_what_was_chunked_however_it_arrives(
    pieces: list[bytes], step: int, extension: bytes
) -> None:
    body = chunks(pieces, extension)
    arriving = [body[i : i + step] for i in range(0, len(body), step)]
    assert b"".join(message.payload_pieces(CHUNKED, arriving)) == b"".join(pieces)


@given(
    st.binary(max_size=200).filter(
        lambda b: not b[:1].strip() or b[:1] not in b"0123456789abcdefABCDEF \t"
    )
)
def test_a_body_that_lies_about_chunks_is_given_as_it_is(body: bytes) -> None:
    assert message.payload(CHUNKED, body) == body


@given(st.binary(max_size=300))
def test_no_body_breaks_the_dechunker(body: bytes) -> None:
    assert len(message.payload(CHUNKED, body)) <= len(body)


def test_interim_heads_are_measured_and_the_final_head_is_not() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    again = b"HTTP/1.1 100 Continue\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\n\r\nbody"
    assert message.interim_length(early + again + final) == len(early + again)
    assert message.interim_length(final) == 0
    assert message.interim_length(b"HTTP/1.1 101 Switching Protocols\r\n\r\n") == 0


def test_folded_and_colonless_header_lines_are_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Fold: a\r\n  b\r\nno colon here\r\nX: \xd5\xfe\r\n\r\n"
    assert message.fields(head) == [("X-Fold", "a b"), ("X", "\xd5\xfe")]
