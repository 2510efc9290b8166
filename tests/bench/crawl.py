"""A whole crawl of a saved site beside plain Scrapy, Crawlee and `wget --warc-file`.

Plain Scrapy and Crawlee store nothing and derive nothing; wget writes a WARC. On the large tree
the work counts, on the small one starting up is half of it, which varies: more rounds of that. All ask one server on loopback, through
it as their proxy, one request at a time, without a pause. An item is a request the server answered.
"""

from __future__ import annotations

import shutil
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.answering import Answer, Answering, Asked, answering, define
from tests.bench.measuring import PEERS, Goal, Table, Took, has_peer, rounds, run
from tests.shared import shared_folder

TREES = ("gxnews-static", "pingdingshan-channels")  # 92 and 454 files
_NO_PAGES = "css,js,jpg,jpeg,png,gif,ico,bmp,swf,doc,docx,xls,xlsx,pdf,zip,rar"
_NOT_FOUND = 8  # wget: the server said no to something


def measure(scratch: Path, count: int) -> list[Table]:
    """A table for each tree; none where the trees are not here."""
    shared = shared_folder()
    if shared is None:
        return []
    for name in TREES:
        with tarfile.open(shared / "data" / "sites" / f"{name}.tar.xz") as tar:
            tar.extractall(scratch / "trees", filter="data")
    with answering(lambda asked: _answer(scratch / "trees", asked)) as web:
        small, large = TREES
        return [_tree(web, scratch, small, 2 * count), _tree(web, scratch, large, count)]


def _answer(trees: Path, asked: Asked) -> Answer:
    """A file of a tree, as the server of the shared folder gives it, but in one packet."""
    path = unquote(urlsplit(asked.path).path)
    file = trees / asked.host.removesuffix(".test") / path.removeprefix("/")
    file = file / "index.html" if path.endswith("/") else file
    return Answer(body=file.read_bytes(), type="text/html") if file.is_file() else Answer(404)


def _tree(web: Answering, scratch: Path, name: str, count: int) -> Table:
    what = f"the saved tree {name}, served on loopback; {count} rounds"
    table = Table(f"crawl {name}", what, "request")
    sites = define(scratch / f"sites-{name}", f"{name}.test")
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
        asked = len(web.log)
        command = commands[kind](scratch / f"{name}-{next(turns)}")
        return run(command, lambda: len(web.log) - asked, allowed=(0, _NOT_FOUND))

    if name == TREES[0]:
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
