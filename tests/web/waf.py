"""M11: firewalls, and hosts whose TLS is broken.

`waf-412.test`, `waf-521.test`, `waf-405.test`, `waf-200.test`, `waf-422.test`: each answers every path with the block or challenge page of one product. After three requests the
client is banned (403) until the clock has moved by two minutes.

`tls-expired.test` and the other hosts of `TLS` (see `certificate.py`): one article each, which only
http can fetch with verification on. `http-only.test` has the same; nothing listens for its https.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.web import certificate
from tests.web.expect import Expect
from tests.web.message import START, Reply, Request, reply
from tests.web.portal import Portal, furnish, simple_article, simple_expect
from tests.web.site import HTML, Site, State, template
from tests.web.texts import stories

TLS = (
    *(certificate.EXPIRED, certificate.FUTURE, certificate.OTHER_NAME, certificate.SELF),
    *(certificate.WORSE, certificate.OLD, certificate.OLDER, certificate.CIPHER),
    *(certificate.PLAIN, certificate.CLOSED),
)
HTTP_ONLY = "http-only.test"
PORTAL = Portal("清河县司法局", "1305340012", {})
HITS = 3
BAN = 120  # seconds of the test web's clock
# Status -> the cookies that come with the page templates/waf_STATUS.html.
CHALLENGES: dict[int, tuple[tuple[str, str], ...]] = {
    412: (("Set-Cookie", "FSSBBIl1UgzbN7N80S=abc; Path=/; HttpOnly"),),
    521: (("Set-Cookie", "__jsluid_h=0f3c; max-age=31536000; path=/; HttpOnly"),),
    405: (),
    200: (("Set-Cookie", "acw_tc=7b39; path=/; HttpOnly"),),
    422: (),
}


def host(status: int) -> str:
    return f"waf-{status}.test"


def builder(status: int) -> Callable[[], Site]:
    """The builder of one host."""

    def build() -> Site:
        made = Site(host(status), program=_answer(status))
        made.expected[made.url("/")] = Expect(rejected="block-page")
        return made

    return build


def _answer(status: int) -> Callable[[Request, State], Reply]:
    def answer(_: Request, state: State) -> Reply:
        if state.counts["hits"] >= HITS:
            if (state.now - START).total_seconds() < state.counts["banned until"]:
                return _page(403, (), state)
            state.counts.clear()
        if state.seen("hits") == HITS:
            state.counts["banned until"] = int((state.now - START).total_seconds()) + BAN
        return _page(status, CHALLENGES[status], state)

    return answer


def _page(status: int, headers: tuple[tuple[str, str], ...], state: State) -> Reply:
    body = template(f"waf_{status}.html").template.encode()
    return reply(status, body, state.now, HTML, headers)


def tls_builder(name: str) -> Callable[[], Site]:
    """The builder of a host with one article."""

    def build() -> Site:
        made = Site(name)
        (story,) = stories(f"M11-{name.removesuffix('.test').removeprefix('tls-')}", 1)
        made.page("/1.html", simple_article(PORTAL, story), simple_expect(story))
        home = PORTAL.page("首页", f'<ul><li><a href="/1.html">{story.title}</a></li></ul>')
        made.page("/index.html", home, Expect(rejected="list-page"))
        furnish(made)
        return made

    return build
