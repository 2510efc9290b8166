"""pywb over a catalogue, on a Unix socket. Run by the Python of pywb's own environment:

    python engine.py SCRATCH WARC-FOLDER CATALOGUE COLLECTION

Imports nothing of ours. The socket is `SCRATCH/engine`; the process ends when its standard input
does, so it never outlives who started it.
"""

from gevent.monkey import patch_all

patch_all()

import os  # noqa: E402  gevent patches the standard library before it is imported
import socket  # noqa: E402
import sqlite3  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Iterable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.os import tp_read  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from pywb.apps.frontendapp import FrontEndApp  # noqa: E402
from pywb.utils.geventserver import RequestURIWSGIHandler  # noqa: E402
from pywb.warcserver.index.cdxobject import CDXObject  # noqa: E402
from pywb.warcserver.index.indexsource import BaseIndexSource  # noqa: E402
from pywb.warcserver.warcserver import register_source  # noqa: E402

_FIELDS = ("url", "mime", "status", "digest", "length", "offset", "filename")
_QUERY = (
    "SELECT key, stamp, url, mime, status, digest, length, offset, file FROM captures "
    "WHERE {} = ? ORDER BY stamp, file, offset"
)

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class CatalogueSource(BaseIndexSource):  # type: ignore[misc]  # pywb has no types
    """Answers pywb's look-ups: the exact URL first, then its key, never a similar one.

    pywb's own index is by key, which folds case: of `/Art/1.html` and `/art/1.html` captured in
    one second it replays the same record for both. Its guesses at similar URLs are not asked.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    @classmethod
    def init_from_string(cls, value: str) -> "CatalogueSource | None":
        return cls(value.removeprefix("catalogue:")) if value.startswith("catalogue:") else None

    @classmethod
    def init_from_config(cls, config: dict[str, Any]) -> None:
        return None

    def load_index(self, params: dict[str, Any]) -> Iterator[CDXObject]:
        if params.get("matchType", "exact") != "exact":
            return
        key = params["key"].decode("utf-8", "replace")
        db = sqlite3.connect(f"{Path(self._path).as_uri()}?mode=ro", uri=True)
        try:
            rows = db.execute(_QUERY.format("url"), (params["url"],)).fetchall()
            rows = rows or db.execute(_QUERY.format("key"), (key,)).fetchall()
        finally:
            db.close()
        for key, stamp, *values in rows:
            found = CDXObject()
            found["urlkey"], found["timestamp"] = key, stamp
            found.update(zip(_FIELDS, map(str, values), strict=True))
            yield found


def application(warcs: str, catalogue: str, collection: str) -> FrontEndApp:
    """pywb with one collection, without its own frames, inserts, live web and remote files."""
    register_source(CatalogueSource)
    app = FrontEndApp(
        custom_config={
            "enable_auto_colls": False,
            "collections_root": "none",
            "collections": {
                collection: {"index": f"catalogue:{catalogue}", "archive_paths": f"{warcs}/"}
            },
            "templates_dir": "templates",
            "head_insert_html": "nothing.html",
            "csp-header": "",
        }
    )
    inner = app.warcserver_server
    inner.server.application = _only_as(f"localhost:{inner.port}", app.warcserver)
    return app


def _only_as(host: str, app: App) -> App:
    """The app for requests that name it by `host`: no page can rebind a name of its own to it."""

    def guarded(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_HOST") == host:
            return app(environ, start_response)
        start_response("421 Misdirected Request", [("Content-Type", "text/plain")])
        return [b"not here\n"]

    return guarded


def main() -> None:
    scratch, warcs, catalogue, collection = sys.argv[1:]
    os.chdir(scratch)
    os.makedirs("templates", exist_ok=True)
    Path("templates/nothing.html").touch()
    app = application(warcs, catalogue, collection)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("engine")
    listener.listen(64)
    server = WSGIServer(listener, app, handler_class=RequestURIWSGIHandler, log=None)
    gevent.spawn(server.serve_forever)
    while tp_read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
