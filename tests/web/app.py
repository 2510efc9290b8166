"""M16: app.test, the web pages of a news app.

Ten articles. Title, source and time (epoch milliseconds) stand only in a JSON island, of two
kinds in turn; the body is rendered twice, for wide and for narrow screens.
"""

from __future__ import annotations

import json
from datetime import datetime

from tests.web.expect import Expect
from tests.web.site import Site, template
from tests.web.texts import Story, stories

HOST = "app.test"
ARTICLES = 10


def path(serial: int) -> str:
    return f"/article/{7012300000000 + serial * 4099}"


def build() -> Site:
    """The whole site."""
    made = Site(HOST)
    made.add("/robots.txt", "User-agent: *\nAllow: /\n", "text/plain")
    told = stories("M16", ARTICLES)
    items = [
        f'<li><a href="{path(serial)}">{story.title}</a></li>'
        for serial, story in enumerate(told, 1)
    ]
    home = template("app_page.html").substitute(body="", more="\n".join(items), island="")
    made.page("/index.html", home, Expect(rejected="list-page"))
    for serial, story in enumerate(told, 1):
        page = template("app_page.html").substitute(
            body="\n".join(f"<p>{line}</p>" for line in story.paragraphs),
            more="\n".join(items[serial : serial + 3]),
            island=_island(serial, story),
        )
        made.page(
            path(serial),
            page,
            Expect(
                title=story.title,
                date=story.published,
                source=story.source,
                author=story.author,
                lines=story.paragraphs,
                flags=("doubled-body",),
                verdict="clean",
                key=story.key,
            ),
        )
    return made


def _island(serial: int, story: Story) -> str:
    moment = datetime.fromisoformat(story.published)
    detail = {
        "id": str(7012300000000 + serial * 4099),
        "title": story.title,
        "publishTime": int(moment.timestamp() * 1000),
        "source": story.source,
        "author": story.author,
        "content": "".join(f"<p>{line}</p>" for line in story.paragraphs),
    }
    if serial % 2:
        data = json.dumps({"props": {"pageProps": {"detail": detail}}}, ensure_ascii=False)
        return f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'
    return f"<script>window.__INITIAL_STATE__={json.dumps({'article': detail})};</script>"
