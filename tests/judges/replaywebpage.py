"""ReplayWeb.page over one WACZ in Chromium: what the page it shows says."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from urllib.parse import urlencode, urlsplit

from tests.judges import browser

ROOT = Path(__file__).parents[2]
# The frames and shadow trees of the viewer are of one origin, so a page around it can read them.
_PAGE = b"""<!DOCTYPE html><meta charset="utf-8"><script src="/ui.js"></script><body><script>
const asked = new URLSearchParams(location.search), view = document.createElement("replay-web-page");
for (const name of ["source", "url", "ts"]) view.setAttribute(name, asked.get(name));
view.setAttribute("replayBase", "/replay/"); view.setAttribute("embed", "replayonly");
document.body.append(view);
function read(node) {
  let said = node.title !== undefined && node.body ? node.title + "\\n" + node.body.innerText : "";
  for (const one of node.querySelectorAll("*")) {
    if (one.shadowRoot) said += read(one.shadowRoot);
    if (one.tagName == "IFRAME") try { said += read(one.contentDocument) } catch (e) {}
  }
  return said;
}
setInterval(() => fetch("/said", {method: "POST", body: read(document)}), 1000);
</script>"""
_INSIDE = b'<!DOCTYPE html><script src="../ui.js"></script><replay-app-main></replay-app-main>'


def bundle() -> Path | None:
    """The viewer's unpacked package, or `None` where it is not here."""
    folder = Path(os.environ.get("FANGZHI_REPLAYWEBPAGE", ROOT / ".judges" / "replaywebpage"))
    return folder if (folder / "sw.js").exists() else None


def shown(package: Path, url: str, ts: str, scratch: Path, wanted: str, seconds: int = 30) -> str:
    """Title and text of the capture as the viewer shows it, once they hold `wanted`."""
    said: Queue[str] = Queue()
    with _served(package, said) as port:
        place = urlencode({"source": "/a.wacz", "url": url, "ts": ts})
        address = f"http://127.0.0.1:{port}/index.html?{place}"
        command = [str(browser.CHROMIUM), *browser.FLAGS, f"--user-data-dir={scratch}"]
        viewer = subprocess.Popen(
            [*command, "--remote-debugging-port=0", address], stderr=subprocess.DEVNULL
        )
        last = ""
        try:
            for _ in range(seconds):
                last = said.get(timeout=seconds)
                if wanted in last:
                    break
        except Empty:
            pass
        finally:
            viewer.terminate()
            viewer.wait()
    return last


@contextmanager
def _served(package: Path, said: Queue[str]) -> Iterator[int]:
    """A static server with Range over the viewer and the package; its port."""
    viewer = bundle()
    assert viewer is not None
    files = {
        "/ui.js": (viewer / "ui.js", "text/javascript"),
        "/replay/sw.js": (viewer / "sw.js", "text/javascript"),
        "/a.wacz": (package, "application/zip"),
    }
    pages = {"/index.html": _PAGE, "/replay/": _INSIDE, "/replay/index.html": _INSIDE}

    class Static(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path in files:
                self._file(*files[path])
            elif path in pages:
                self._send(200, pages[path], "text/html")
            else:
                self._send(404, b"", "text/plain")

        do_HEAD = do_GET

        def do_POST(self) -> None:
            said.put(self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8"))
            self._send(204, b"", "text/plain")

        def _file(self, path: Path, kind: str) -> None:
            data = path.read_bytes()
            asked = self.headers.get("Range", "").removeprefix("bytes=")
            if not asked:
                self._send(200, data, kind)
                return
            first, _, last = asked.partition("-")
            start = int(first) if first else max(0, len(data) - int(last))
            end = min(int(last) + 1, len(data)) if first and last else len(data)
            self._send(206, data[start:end], kind, f"bytes {start}-{end - 1}/{len(data)}")

        def _send(self, status: int, data: bytes, kind: str, part: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Accept-Ranges", "bytes")
            if part:
                self.send_header("Content-Range", part)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def log_message(self, format: str, *values: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Static) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
