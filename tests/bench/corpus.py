"""The pages that contenders read: real ones of ../shared where they are, invented ones elsewhere.

They lie in a scratch folder for one run, because some contenders run where this project is not
installed: `NNNN.html` and `pages.jsonl` with the file and the URL of each.
"""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import invented
from tests.shared import shared_folder

Pages = list[tuple[str, bytes]]  # URL and bytes


def write(folder: Path, every: int = 3, files: int = 15) -> str:
    """Write every Nth page of the sets and every Nth file of the trees; what they are, in words."""
    shared = shared_folder()
    if shared is None:
        return put(folder, _invented(900 // every), "invented pages")
    pages = [page for _, found in sets(shared) for page in found[::every]]
    pages += [page for _, found in trees(shared) for page in found[::files]]
    return put(folder, pages, "real pages of the shared sets and trees")


def put(folder: Path, pages: Pages, which: str) -> str:
    """Write these pages; what they are, in words."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, (url, data) in enumerate(pages):
        (folder / f"{number:04d}.html").write_bytes(data)
        rows.append(json.dumps({"file": f"{number:04d}.html", "url": url}))
    (folder / "pages.jsonl").write_text("\n".join(rows), "utf-8")
    size = sum(len(data) for _, data in pages) / len(pages) / 1024
    return f"{len(pages):,} {which}, {size:.0f} KiB each"


def read(folder: Path) -> Pages:
    """The pages of a scratch folder."""
    rows = map(json.loads, (folder / "pages.jsonl").read_text("utf-8").splitlines())
    return [(row["url"], (folder / row["file"]).read_bytes()) for row in rows]


def sets(shared: Path) -> Iterator[tuple[str, Pages]]:
    """The shared sets of pages, by name."""
    for gold in sorted((shared / "data" / "pages").glob("*/gold.jsonl")):
        rows = map(json.loads, gold.read_text("utf-8").splitlines())
        yield gold.parent.name, [_page(gold.parent, row) for row in rows]


def trees(shared: Path) -> Iterator[tuple[str, Pages]]:
    """The HTML files of the saved site trees in the order of their names, as a replay meets them."""
    for tree in sorted((shared / "data" / "sites").glob("*.tar.xz")):
        with tarfile.open(tree) as tar:
            files = [one for one in tar if one.isfile() and one.name.endswith((".html", ".htm"))]
            read = {file.name.removeprefix("./"): tar.extractfile(file) for file in files}
            pages = [(f"http://{name}", data.read()) for name, data in read.items() if data]
        yield tree.name.partition(".")[0], sorted(pages)


def _page(folder: Path, row: dict[str, str]) -> tuple[str, bytes]:
    host = row.get("path") or f"{row.get('host') or folder.name}/{row['id']}.html"
    return f"http://{host}", gzip.decompress((folder / row["file"]).read_bytes())


def _invented(count: int) -> Pages:
    return [
        (f"http://www.example.gov.cn/{n}.html", invented.page(n, ("/a.html", "/b.html")))
        for n in range(count)
    ]
