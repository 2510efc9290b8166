"""How far what a link says is from the page it leads to, on the saved trees and the spam cases.

`python -m tests.eval.cloaking`: shares of announcements found in honest pages, findings on them,
and findings where every page of the spam cases is announced by a title that is not its own.
"""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import cloaking, decode
from archive.derive import derive
from archive.model import Article, Capture, Page
from archive.page import dom
from archive.uri import split
from archive.warc import parse_date
from crawler.discover import links
from crawler.links.anchors import announcement
from tests.shared import shared_folder

ELSEWHERE = "县交通运输局集中整治超限超载"  # an honest title of another page


def capture(data: bytes, url: str, announced: str) -> Capture:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    return Capture(url, parse_date("2026-11-29"), head, data, url, announced=announced)


def pairs(root: Path) -> Iterator[tuple[str, str, bytes]]:
    """The first link text of six Han characters to each page of a tree: text, URL, page."""
    host = f"http://{root.name}.test"
    told: dict[Path, str] = {}
    for path in sorted(root.rglob("*.*htm*")):
        page = decode.decode_file(path.read_bytes(), path.name, f"{host}/", None)
        parsed = dom.parse(page.text) if isinstance(page, Page) else None
        if parsed is None:
            continue
        here = f"{host}/{path.relative_to(root).as_posix()}"
        for link in links(parsed.root, here, page.text):
            target = root / split(link.url).path.lstrip("/")
            text = announcement(link.text)
            if len(text) >= cloaking.LEAST and target.is_file() and target != path:
                told.setdefault(target, text)
    for target, text in told.items():
        yield text, f"{host}/{target.relative_to(root).as_posix()}", target.read_bytes()


def main() -> None:
    shared = shared_folder()
    assert shared is not None
    shares: Counter[str] = Counter()
    low: list[tuple[float, str, str]] = []
    with TemporaryDirectory() as scratch:
        for archive in sorted((shared / "data/sites").glob("*.tar.xz")):
            with tarfile.open(archive) as tar:
                tar.extractall(scratch, filter="data")
        for tree in sorted(Path(scratch).iterdir()):
            for text, url, data in pairs(tree):
                page = decode.decode_file(data, "x.html", url, None)
                result = derive(capture(data, url, text))
                if isinstance(result, Article) and isinstance(page, Page):
                    share = cloaking.shared(text, page.text)
                    shares[f"{int(share * 10) / 10:.1f}"] += 1
                    shares["found"] += result.verdict == cloaking.RULE
                    low.append((share, text, url))
    print("trees", dict(sorted(shares.items())), sorted(low)[:12], sep="\n")
    verdicts: Counter[tuple[str, str]] = Counter()
    for path in sorted((shared / "data/spam/cases").glob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        data = (path.parent / case["html_file"]).read_bytes()
        result = derive(capture(data, case["url"], ELSEWHERE))
        told = result.verdict if isinstance(result, Article) else "rejected"
        verdicts[case["verdict"], told] += 1
        if told == cloaking.RULE:
            print("  announced elsewhere:", case["id"])
    print("cases, all announced by another title", dict(verdicts))


if __name__ == "__main__":
    main()
