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
    folder.mkdir(parents=True, exist_ok=True)
    shared = shared_folder()
    pages = list(_real(shared, every, files)) if shared else _invented(900 // every)
    rows = []
    for number, (url, data) in enumerate(pages):
        (folder / f"{number:04d}.html").write_bytes(data)
        rows.append(json.dumps({"file": f"{number:04d}.html", "url": url}))
    (folder / "pages.jsonl").write_text("\n".join(rows), "utf-8")
    size = sum(len(data) for _, data in pages) / len(pages) / 1024
    which = "real pages of the shared sets and trees" if shared else "invented pages"
    return f"{len(pages)} {which}, {size:.0f} KiB each"


def read(folder: Path) -> Pages:
    """The pages of a scratch folder."""
    rows = map(json.loads, (folder / "pages.jsonl").read_text("utf-8").splitlines())
    return [(row["url"], (folder / row["file"]).read_bytes()) for row in rows]


def _real(shared: Path, every: int, files: int) -> Iterator[tuple[str, bytes]]:
    for gold in sorted((shared / "data" / "pages").glob("*/gold.jsonl")):
        rows = list(map(json.loads, gold.read_text("utf-8").splitlines()))
        for row in rows[::every]:
            host = row.get("path") or f"{row.get('host') or gold.parent.name}/{row['id']}.html"
            yield f"http://{host}", gzip.decompress((gold.parent / row["file"]).read_bytes())
    for tree in sorted((shared / "data" / "sites").glob("*.tar.xz")):
        with tarfile.open(tree) as tar:
            for member in [one for one in tar.getmembers() if one.isfile()][::files]:
                file = tar.extractfile(member)
                assert file is not None
                yield f"http://{member.name.removeprefix('./')}", file.read()


def _invented(count: int) -> Pages:
    return [
        (f"http://www.example.gov.cn/{n}.html", invented.page(n, ("/a.html", "/b.html")))
        for n in range(count)
    ]
