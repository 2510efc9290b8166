"""A whole crawl of a saved site beside plain Scrapy, Crawlee and `wget --warc-file`.

Plain Scrapy and Crawlee store nothing and derive nothing; wget writes a WARC. On the large tree
the work counts, on the small one starting up is half of it. All ask one server on loopback, through
it as their proxy, one request at a time, without a pause. An item is a request the server answered.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.measuring import PEERS, Goal, Table, Took, has_peer, rounds, run
from tests.shared import shared_folder
from tests.siteweb import SiteWeb

TREES = ("pingdingshan-channels", "gxnews-static")  # 454 and 92 files
_NO_PAGES = "css,js,jpg,jpeg,png,gif,ico,bmp,swf,doc,docx,xls,xlsx,pdf,zip,rar"
_NOT_FOUND = 8  # wget: the server said no to something


def measure(scratch: Path, count: int) -> list[Table]:
    """A table for each tree; none where the trees are not here."""
    if shared_folder() is None:
        return []
    with SiteWeb(scratch / "trees") as web:
        return [_tree(web, scratch, name, count) for name in TREES]


def _tree(web: SiteWeb, scratch: Path, name: str, count: int) -> Table:
    table = Table(f"crawl {name}", f"the saved tree {name}, served on loopback", "request")
    sites = web.definitions(scratch / f"sites-{name}", [name])
    start = f"http://{name}.test/"
    python = sys.executable
    verb = [python, "-m", "crawler.cli", "crawl", "--sites", sites, "--proxy", web.proxy]
    commands: dict[str, Callable[[Path], list[object]]] = {
        "fangzhi crawl --no-derive": lambda to: [*verb, "--no-derive", "--holdings", to],
        "fangzhi crawl": lambda to: [*verb, "--holdings", to],
        "plain Scrapy": lambda _: [python, "-m", "tests.bench.plain_spider", web.proxy, start],
    }
    if has_peer("crawlee"):
        peer = [PEERS, "-m", "tests.bench.plain_crawlee", web.proxy, start]
        commands["Crawlee"] = lambda to: [*peer, to]
    else:
        table.missing.append("Crawlee")
    if shutil.which("wget"):
        commands["wget --warc-file"] = lambda to: _wget(web.proxy, start, to)
    else:
        table.missing.append("wget")
    turns = iter(range(10_000))

    def once(kind: str) -> Took:
        asked = web.requests()
        command = commands[kind](scratch / f"{name}-{next(turns)}")
        return run(command, lambda: web.requests() - asked, allowed=(0, _NOT_FOUND))

    for kind in commands:
        once(kind)  # warm-up: caches of the disk, compiled modules
    table.rows = rounds(count, {kind: lambda kind=kind: once(kind) for kind in commands})  # type: ignore[misc]
    plain, ours, derived = table.row("plain Scrapy"), *table.rows[:2]
    assert plain is not None
    ratio = ours.cpu_ms / plain.cpu_ms
    table.goals.append(
        Goal("without deriving 1.3 × plain Scrapy's CPU or less", f"{ratio:.2f} ×", ratio <= 1.3)
    )
    derive = max(0.0, derived.cpu_ms - ours.cpu_ms)
    slower = max(ours.wall_ms, derive)
    ratio = derived.wall_ms / slower
    table.goals.append(
        Goal(
            "with deriving 1.3 × the wall time of the slower of fetching and deriving, or less",
            f"{ratio:.2f} ×",
            ratio <= 1.3,
        )
    )
    return table


def _wget(proxy: str, start: str, to: Path) -> list[object]:
    to.mkdir()
    return [
        *("wget", "--quiet", "--recursive", "--level=inf", "--execute", f"http_proxy={proxy}"),
        *("--delete-after", f"--directory-prefix={to}", f"--warc-file={to}/wget"),
        *(f"--warc-tempdir={to}", f"--reject={_NO_PAGES}", start),
    ]
