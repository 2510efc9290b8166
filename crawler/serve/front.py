"""The server of our own pages: search, captures of a page, its text beside it, Memento look-ups.

No script anywhere, nothing of a capture but its text, escaped. Read only: no request changes
anything, so none can be forged.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from email.utils import format_datetime, parsedate_to_datetime
from importlib.resources import files
from time import monotonic
from typing import ClassVar
from urllib.parse import parse_qs, unquote

from archive.catalogue import Catalogue, Held
from archive.errors import HoldingsError, WriteFailed
from crawler.serve import found, pages
from crawler.serve.frames import Frames
from crawler.serve.gate import Asked, Gate
from crawler.serve.markup import Markup
from crawler.serve.reading import page_link
from crawler.serve.timeline import moment

REFRESH_SECONDS = 5.0  # how old an answer may be beside new files of the holdings
RESULTS = 50  # on one page of results
QUERY_LIMIT = 500  # characters of a search
_WEB = re.compile(r"https?:/{1,2}", re.IGNORECASE)


class Front(Gate):
    """The server; it frames what `frames` shows."""

    def __init__(
        self, port: int, catalogue: Catalogue, frames: Frames, *, verbose: bool = False
    ) -> None:
        super().__init__(port, Page, verbose=verbose)
        self.catalogue = catalogue
        self.frames = frames
        self._refreshed = monotonic()

    def refresh(self) -> None:
        """Read what is new in the holdings, if that was not done just now."""
        if monotonic() - self._refreshed > REFRESH_SECONDS:
            self._refreshed = monotonic()
            try:
                self.catalogue.refresh()
            except (
                HoldingsError,
                WriteFailed,
            ) as error:  # as it was, then: another `serve` writes it
                print(f"fangzhi: {error}", file=sys.stderr)


class Page(Asked):
    """One request for a page of ours."""

    server: Front
    refused_destinations: ClassVar[Sequence[str]] = (
        "iframe",
        "frame",
        "embed",
        "object",
        "script",
        "worker",
    )

    def other_problem(self) -> tuple[int, str] | None:
        """Pages of others may lead here, and not use us for anything else."""
        foreign = self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if foreign and self.headers.get("Sec-Fetch-Mode") != "navigate":
            return 403, "not for other pages"
        return super().other_problem()

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        answers: dict[str, Callable[[str], None]] = {
            "/": self._home,
            "/search": self._search,
            "/page": self._page,
            "/changes": self._changes,
            "/style.css": self._style,
        }
        if path in answers:
            answers[path](query)
        elif path.startswith("/timegate/"):
            self._timegate(self.path.removeprefix("/timegate/"))
        elif path.startswith("/timemap/link/"):
            self._timemap(self.path.removeprefix("/timemap/link/"))
        else:
            self._show(404, found.missing(path))

    def _home(self, query: str) -> None:
        self.server.refresh()
        catalogue = self.server.catalogue
        newest = catalogue.search("", RESULTS // 2)
        self._show(200, found.home(catalogue.totals(), newest, catalogue.still_open))

    def _search(self, query: str) -> None:
        self.server.refresh()
        asked = _first(query, "q")[:QUERY_LIMIT]
        number = _first(query, "page") or "1"
        page = min(int(number), 1000) if number.isascii() and number.isdigit() else 1
        page = max(page, 1)
        if _WEB.match(asked) and self.server.catalogue.captures(asked.strip(), 1):
            self._lead(page_link(asked.strip()))
            return
        rows = self.server.catalogue.search(asked, RESULTS + 1, (page - 1) * RESULTS)
        more = len(rows) > RESULTS
        self._show(200, found.results(asked, rows[:RESULTS], page, more=more))

    def _page(self, query: str) -> None:
        url, at = _first(query, "url"), _first(query, "at")
        captures = self.server.catalogue.captures(url)
        if not captures:
            self._show(404, found.missing(url))
            return
        shown = nearest(captures, at)
        view = _first(query, "view")
        frames = f"http://{self._frame_host()}"
        frame, payload = (
            frames + self.server.frames.place(shown.stamp, shown.url, kind)
            for kind in ("mp_", "id_")
        )
        result = self.server.catalogue.result(shown)
        self._show(
            200, pages.capture(captures, shown, result, frame=frame, payload=payload, view=view)
        )

    def _changes(self, query: str) -> None:
        """What differs between the texts of two captures of one URL."""
        url = _first(query, "url")
        captures = self.server.catalogue.captures(url)
        if not captures:
            self._show(404, found.missing(url))
            return
        old, new = (nearest(captures, _first(query, name)) for name in ("old", "new"))
        results = [self.server.catalogue.result(one) for one in (old, new)]
        self._show(200, pages.changes(old, new, *results))

    def _style(self, query: str) -> None:
        sheet = files("crawler.serve").joinpath("style.css").read_bytes()
        fields = [("Content-Type", "text/css; charset=utf-8"), ("Content-Length", str(len(sheet)))]
        self.reply(200, fields, [sheet])

    def _timegate(self, url: str) -> None:
        """The capture nearest to Accept-Datetime, the newest without one (RFC 7089, 4.1)."""
        captures = self._captures_of(url)
        if not captures:
            self._show(404, found.missing(url))
            return
        asked, stamp = self.headers.get("Accept-Datetime"), ""
        if asked:
            try:
                stamp = parsedate_to_datetime(asked).strftime("%Y%m%d%H%M%S")
            except (ValueError, TypeError, OverflowError):
                self.send_error(400, "Accept-Datetime is not a date")
                return
        chosen = nearest(captures, stamp)
        fields = [
            ("Location", self._memento(chosen)),
            ("Vary", "accept-datetime"),
            ("Link", f'<{chosen.url}>; rel="original", {self._timemap_link(chosen.url)}'),
        ]
        self.reply(302, fields)

    def _timemap(self, url: str) -> None:
        """Every capture in link format (RFC 7089, 5)."""
        captures = self._captures_of(url)
        if not captures:
            self._show(404, found.missing(url))
            return
        host = self.headers["Host"]
        rows = [
            f'<{captures[0].url}>; rel="original"',
            f'<http://{host}/timegate/{captures[0].url}>; rel="timegate"',
            self._timemap_link(captures[0].url, "self"),
        ]
        for capture in captures:
            at = format_datetime(moment(capture.stamp), usegmt=True)
            rows.append(f'<{self._memento(capture)}>; rel="memento"; datetime="{at}"')
        body = ",\n".join(rows).encode() + b"\n"
        self.reply(200, [("Content-Type", "application/link-format")], [body])

    def _captures_of(self, raw: str) -> list[Held]:
        """Captures of a URL as it stands in a path: as it is, or escaped once more."""
        self.server.refresh()
        catalogue = self.server.catalogue
        return catalogue.captures(raw) or catalogue.captures(unquote(raw))

    def _memento(self, capture: Held) -> str:
        place = self.server.frames.place(capture.stamp, capture.url)
        return f"http://{self._frame_host()}{place}"

    def _timemap_link(self, url: str, rel: str = "timemap") -> str:
        host = self.headers["Host"]
        return f'<http://{host}/timemap/link/{url}>; rel="{rel}"; type="application/link-format"'

    def _frame_host(self) -> str:
        return self.server.frames.names[0]

    def _lead(self, path: str) -> None:
        self.reply(302, [("Location", path)])

    def _show(self, status: int, page: Markup) -> None:
        body = page.encode("utf-8")
        frames = " ".join(f"http://{name}" for name in self.server.frames.names)
        policy = (
            f"default-src 'none'; style-src 'self'; frame-src {frames}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        fields = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        self.reply(status, fields, [body])


def nearest(captures: list[Held], at: str) -> Held:
    """The capture nearest to a stamp of 4 to 14 digits; the newest where it is none."""
    if not (at.isascii() and at.isdigit() and 4 <= len(at) <= 14):
        return captures[-1]
    wanted = moment(at + "00000101000000"[len(at) :])
    exact = [capture for capture in captures if capture.stamp == at]
    return exact[0] if exact else min(captures, key=lambda c: abs(moment(c.stamp) - wanted))


def _first(query: str, name: str) -> str:
    """The first value of a field of a query; empty where it has none or more than 20 fields."""
    try:
        return parse_qs(query, max_num_fields=20).get(name, [""])[0]
    except ValueError:
        return ""
