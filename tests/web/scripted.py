"""M12: js-list.test, three lists that no static link leads through.

`/dw/` writes its items with `document.write`, `/if/` shows them in an iframe of the same host,
`/fetch/` is an empty shell that fetches JSON. Six articles each; the last six cannot be found
without a renderer or the interface.
"""

from __future__ import annotations

import json

from tests.web.expect import Expect
from tests.web.portal import Portal, furnish, simple_article, simple_expect
from tests.web.site import Site
from tests.web.texts import stories

HOST = "js-list.test"
EACH = 6
FOLDERS = ("dw", "if", "fetch")
INTERFACE = "/api/list.json"
PORTAL = Portal(
    "清河县水利局", "1305340011", {"/dw/": "工作动态", "/if/": "水情信息", "/fetch/": "通知公告"}
)


def articles(folder: str) -> dict[str, str]:
    """Path -> title of a column's articles."""
    at = FOLDERS.index(folder) * EACH
    told = stories("M12", EACH * len(FOLDERS))[at : at + EACH]
    return {f"/{folder}/{7000 + at + n}.html": story.title for n, story in enumerate(told)}


def build() -> Site:
    """The whole site."""
    made = Site(HOST)
    furnish(made)
    written = "\n".join(
        f'document.write(\'<li><a href="{path}" title="{title}">{title}</a></li>\');'
        for path, title in articles("dw").items()
    )
    lists = {
        "dw": f'<ul><script type="text/javascript">\n{written}\n</script></ul>',
        "if": '<iframe src="/if/list.html" width="100%" frameborder="0"></iframe>',
        "fetch": '<div id="app"></div><script>fetch("/api/list.json").then(function(r){return r.json()})'
        ".then(function(d){render(d.rows)});</script>",
    }
    for folder, main in lists.items():
        made.page(f"/{folder}/index.html", PORTAL.page("列表", main), Expect(rejected="list-page"))
    framed = "\n".join(
        f'<li><a href="{path}" target="_top">{title}</a></li>'
        for path, title in articles("if").items()
    )
    made.page(
        "/if/list.html",
        f'<html><head><meta charset="utf-8"></head><body><ul>{framed}</ul></body></html>',
        Expect(rejected="list-page"),
    )
    rows = [{"url": path, "title": title} for path, title in articles("fetch").items()]
    made.add(INTERFACE, json.dumps({"rows": rows}, ensure_ascii=False), "application/json")
    made.page(
        "/index.html", PORTAL.page("首页", "<h2>清河县水利局</h2>"), Expect(rejected="list-page")
    )
    told = stories("M12", EACH * len(FOLDERS))
    paths = [path for folder in FOLDERS for path in articles(folder)]
    for path, story in zip(paths, told, strict=True):
        made.page(path, simple_article(PORTAL, story), simple_expect(story))
    return made
