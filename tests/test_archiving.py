"""The archive's thread answers every exchange it was given, whatever becomes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# A body that was closed: an error that no disk gives. Without an answer the crawl would wait for ever.
SCRIPT = """
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor
install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
from twisted.internet import reactor
from scrapy.utils.defer import deferred_from_coro
from archive.formats.exchange import Exchange
from archive.holdings import Holdings
from crawler.archiving import ArchiveThread
from crawler.failing import Failing
settings = Settings()
settings.setmodule("crawler.settings")
failing = Failing(SimpleNamespace(engine=None))
async def main():
    thread = ArchiveThread(Holdings(Path(sys.argv[1]), own=True), "run", settings, failing)
    body = BytesIO()
    body.close()
    about = ("http://www.a.test/", datetime.now(UTC), b"GET / HTTP/1.1\\r\\n\\r\\n", body)
    try:
        await thread.write([Exchange(*about)])
    except Exception as error:
        print("told:", type(error).__name__, error)
    await thread.close()
    print("stopped:", failing.error)
reactor.callWhenRunning(lambda: deferred_from_coro(main()).addBoth(lambda _: reactor.stop()))
reactor.run()
"""


def test_an_error_nobody_thought_of_ends_the_run_and_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "h")],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parents[1],
    )
    said = "ValueError: I/O operation on closed file."
    assert done.stdout.splitlines() == [f"told: WriteFailed {said}", f"stopped: {said}"], done
    assert not list((tmp_path / "h" / "warc").glob("*.open"))
