"""Captured pages that attack the archive fail in a real browser; served plainly they succeed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.serve.command import running
from crawler.serve.front import Front
from tests import attacks
from tests.held import Held, article, write
from tests.judges import browser, panel
from tests.judges.browser import Canary
from tests.siteweb import free_port

DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
STAMP = "20260302080000"
HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nSet-Cookie: h=1; Max-Age=99999\r\n"
    "Refresh: 1; url=http://{live}/header\r\nLink: <http://{live}/early>; rel=preload; as=style\r\n"
    'Link: <http://{live}>; rel=preconnect\r\nClear-Site-Data: "*"\r\nService-Worker-Allowed: /\r\n'
    'NEL: {{"report_to": "x", "max_age": 9999, "success_fraction": 1.0}}\r\n'
    'Report-To: {{"group": "x", "max_age": 9999, "endpoints": [{{"url": "http://{live}/report"}}]}}\r\n'
)

pytestmark = [
    browser.needed,
    pytest.mark.skipif(panel.pywb() is None, reason="pywb is not installed: make pywb"),
]


@dataclass(frozen=True, slots=True)
class Stage:
    """The archive that is attacked, and the server that must not hear of it."""

    front: Front
    live: Canary
    port: int

    def url(self, attack: str) -> str:
        return f"http://victim.test/{attack.replace(' ', '-')}"

    def framed(self, attack: str) -> str:
        frames = self.front.frames
        return f"http://{frames.names[0]}{frames.place(STAMP, self.url(attack))}"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    root = tmp_path_factory.mktemp("attacked") / "h"
    port = free_port()
    with browser.canary() as (live, live_port):
        places = {"live": f"127.0.0.1:{live_port}", "front": f"127.0.0.1:{port}"}
        made = {name: attacks.page(name, **places) for name in attacks.ATTACKS}
        head = HEAD.format(**places).encode()
        for name, body in made.items():
            live.pages[f"/{name.replace(' ', '-')}"] = (head.split(b"\r\n", 1)[1], body)
        urls = {name: f"http://victim.test/{name.replace(' ', '-')}" for name in made}
        write(root, [Held(urls[name], DAY, body, head) for name, body in made.items()])
        with running(root, port, verbose=True) as front:
            yield Stage(front, live, live_port)


@pytest.mark.parametrize("attack", attacks.ATTACKS)
def test_served_plainly_the_attack_reaches_out(stage: Stage, attack: str, tmp_path: Path) -> None:
    """What shows that the browser and the pages are able to do it."""
    stage.live.forget()
    name = attack.replace(" ", "-")
    browser.opened(f"http://127.0.0.1:{stage.port}/{name}", tmp_path / "profile")
    assert [path for path in stage.live.requests if path not in (f"/{name}", "/favicon.ico")]
    if attack == "cookies":
        assert browser.cookies(tmp_path / "profile") > 0


@pytest.mark.parametrize("attack", attacks.ATTACKS)
def test_in_the_archive_it_reaches_nothing(
    stage: Stage, attack: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Beside its text in our page, and opened alone."""
    stage.live.forget()
    profile = tmp_path / "profile"
    ours = f"http://{stage.front.names[0]}/page?url={stage.url(attack)}&at={STAMP}"
    shown = browser.opened(ours, profile)
    alone = browser.opened(stage.framed(attack), profile)
    log = capfd.readouterr().err
    place = stage.front.frames.place(STAMP, stage.url(attack))
    assert log.count(f'"GET {place} HTTP/1.1" 200') == 2  # it was there to be attacked by
    assert stage.live.connections == 0, stage.live.requests
    key = place.split("/")[1]
    asked = [row for row in log.splitlines() if key not in row and "/favicon.ico" not in row]
    assert len(asked) == 2, asked  # our page and its style sheet
    assert "关于防汛的通知" in alone
    for document in (shown, alone):
        assert "<title>pwned" not in document
        assert ">pwned<" not in document
    assert browser.cookies(profile) == 0


def test_what_belongs_to_a_captured_page_is_shown_with_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The policy lets a capture have its own style sheets, pictures and frames."""
    parts = (
        b'<link rel=stylesheet href="/a.css"><img src="http://a.test/b.gif">'
        b'<iframe src="/c.html"></iframe>'
    )
    page = article("春耕", "全县部署春耕工作。").replace(b"<p>", parts + b"<p>", 1)
    css, gif = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n".encode()
        for kind in ("text/css", "image/gif")
    )
    held = [
        Held("http://a.test/", DAY, page),
        Held("http://a.test/a.css", DAY, b"body {background: url(d.gif)}", css),
        Held("http://a.test/b.gif", DAY, b"GIF89a", gif),
        Held("http://a.test/c.html", DAY, b"<img src=e.gif>"),
        Held("http://a.test/d.gif", DAY, b"GIF89a", gif),
        Held("http://a.test/e.gif", DAY, b"GIF89a", gif),
    ]
    write(tmp_path / "h", held)
    with running(tmp_path / "h", verbose=True) as front:
        browser.opened(f"http://{front.names[0]}/page?url=http://a.test/", tmp_path / "profile")
    log = capfd.readouterr().err
    for name in ("", "a.css", "b.gif", "c.html", "d.gif", "e.gif"):
        assert f'/http://a.test/{name} HTTP/1.1" 200' in log, name
