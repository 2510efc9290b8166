"""The server of captured pages: pywb's answers, stripped to what cannot act.

A captured page is other people's code. It gets a policy that sandboxes it (no script, no forms, no
pop-ups, no origin), that lets it fetch nothing but captures, it loses what no policy takes from it
(`inert`), and of the fields its server sent only a few come through, each checked: pywb 2.10 hands on `Refresh` to the live site, `Clear-Site-Data`, `Link` with
preloads, `NEL`, `Report-To` and `Service-Worker-Allowed` (measured). What is not a capture is
answered by a page of ours, so nothing of pywb's own pages is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from time import monotonic
from typing import ClassVar

from crawler.serve import inert
from crawler.serve.engine_process import Answer, Engine, EngineSilent
from crawler.serve.gate import Asked, Gate

# Ways of rewriting (pywb, "URL rewriting modifiers") of what is shown. Scripts and workers cannot
# run, so they are not served. `id_` is the payload as captured, given as a download.
_KINDS = "mp_|if_|fr_|im_|cs_|oe_|id_"
_CODINGS = ("gzip", "deflate", "br")
_PIECE = 64 * 1024
DOCUMENT_SECONDS = 20.0  # for a whole document; 32 MiB of plain text took 0.6 (2026-11)
_NOT_HELD = """<!DOCTYPE html><html lang="zh"><meta charset="utf-8"><title>不在馆藏中</title>
<body><p>不在馆藏中 <span lang="en">Not in the holdings</span></p><p><code>{}</code></p>"""


class Frames(Gate):
    """The server; `front` says where our own pages are."""

    def __init__(self, port: int, engine: Engine, *, verbose: bool = False) -> None:
        super().__init__(port, Framed, verbose=verbose)
        self.engine = engine
        self.front: tuple[str, ...] = ()
        self.path = re.compile(rf"/{engine.collection}/(\d{{4,14}})({_KINDS})/(https?:/{{1,2}}\S+)")

    def place(self, stamp: str, url: str, kind: str = "mp_") -> str:
        """Path of a capture; the URL as it is, for pywb reads it raw."""
        return f"/{self.engine.collection}/{stamp}{kind}/{url}"


class Framed(Asked):
    """One request for a captured page or a part of one."""

    server: Frames
    refused_destinations: ClassVar[Sequence[str]] = (
        "script",
        "worker",
        "sharedworker",
        "serviceworker",
        "manifest",
    )

    def answer(self) -> None:
        found = self.server.path.fullmatch(self.path)
        if not found:
            self.send_error(404)
            return
        self._begun = False
        try:
            with self.server.engine.ask(self.path, self._host()) as answer:
                if not answer.field("Memento-Datetime") or answer.status < 200:
                    self._not_held(found[3])
                else:
                    self._pass_on(answer, found[2])
        except EngineSilent:
            if not self._begun:
                self.send_error(502, "the replay engine did not answer")

    def _pass_on(self, answer: Answer, kind: str) -> None:
        """The capture: as it is for a download, a document inert, anything else as its type."""
        fields = list(self._fields(answer))
        coding = answer.field("Content-Encoding").strip().lower()
        length = answer.field("Content-Length")
        sent = inert.media_type(
            answer.field("Content-Type"), self.headers.get("Sec-Fetch-Dest", "")
        )
        if kind == "id_":
            sent = "application/octet-stream"
            fields.append(("Content-Disposition", "attachment"))
        if sent.startswith(inert.HTML):
            html = _document(answer)
            if coding or len(html) > inert.HTML_LIMIT:
                self.send_error(502, "this document cannot be shown")
                return
            body = inert.document(html)
            fields.append(("Content-Length", str(len(body))))
            self.reply(answer.status, [*fields, ("Content-Type", sent)], [body])
            return
        if coding in _CODINGS:
            fields.append(("Content-Encoding", coding))
        if length.isdigit():
            fields.append(("Content-Length", length))
        self._begun = True
        self.reply(answer.status, [*fields, ("Content-Type", sent)], _body(answer))

    def _not_held(self, url: str) -> None:
        page = _NOT_HELD.format(escape(url)).encode()
        kind = ("Content-Type", "text/html; charset=utf-8")
        self.reply(404, [kind, ("Content-Security-Policy", self._policy())], [page])

    def _fields(self, answer: Answer) -> Iterator[tuple[str, str]]:
        """What is passed on of any answer, each value checked, and our own fields."""
        if location := self._inside(answer.field("Location")):
            yield "Location", location
        stated = answer.field("Memento-Datetime")
        yield "Memento-Datetime", stated
        yield "Link", self._links(answer.field("Content-Location"), stated)
        yield "Content-Security-Policy", self._policy()

    def _inside(self, location: str) -> str:
        """A redirect that leads to a capture, as a path; empty for any other."""
        path = location.removeprefix(f"http://{self._host()}")
        return path if self.server.path.fullmatch(path) and path.isascii() else ""

    def _links(self, location: str, stated: str) -> str:
        """The Link field of a memento (RFC 7089, 2.2): where its original and its times are."""
        found = self.server.path.fullmatch(self._inside(location) or self.path)
        assert found is not None
        url = found[3].replace(">", "%3E")
        front = self.server.front[0]
        return (
            f'<{url}>; rel="original", <{front}/timegate/{url}>; rel="timegate", '
            f'<{front}/timemap/link/{url}>; rel="timemap"; type="application/link-format", '
            f'<http://{self._host()}{self.server.place(found[1], url)}>; rel="memento"; '
            f'datetime="{stated}"'
        )

    def _policy(self) -> str:
        """What a captured page may do: show itself, out of captures.

        Who may frame it is not said: its own frames have a parent without an origin, which no list
        of origins matches (Chromium 156), and nobody else knows where it is.
        """
        here = " ".join(f"http://{name}" for name in self.server.names)
        return (
            f"sandbox; default-src 'none'; img-src {here} data:; media-src {here}; "
            f"style-src {here} 'unsafe-inline'; font-src {here} data:; frame-src {here}; "
            f"base-uri {here}; form-action 'none'"
        )

    def _host(self) -> str:
        return str(self.headers["Host"])


def _document(answer: Answer) -> bytes:
    """A whole document, or a little more than is shown. `EngineSilent` where it takes too long."""
    until = monotonic() + DOCUMENT_SECONDS
    held, size = [], 0
    for piece in _body(answer):
        if monotonic() > until:
            raise EngineSilent from TimeoutError("the document does not end")
        held.append(piece)
        size += len(piece)
        if size > inert.HTML_LIMIT:
            break
    return b"".join(held)


def _body(answer: Answer) -> Iterator[bytes]:
    while piece := answer.read(_PIECE):
        yield piece
