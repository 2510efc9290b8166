"""Score extraction on the labelled pages: `python -m tests.eval.run [SET…] [--worst N]`.

Each set is derived twice, without and with the memory of its hosts, and scored with the shared
scorer. Needs the shared folder; its pages stay there.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive import decode, extract, memory, metadata
from archive.model import About, Extraction, Page, SiteMemory
from archive.page.pagelines import page_lines
from archive.steps import clean
from archive.text import furniture
from tests.shared import shared_folder

STEPS = (
    furniture.strip_head,
    furniture.strip_tail,
    furniture.strip_toolbars,
    furniture.trim_known_edges,
)
SETS = (
    "zh_gov_sites",
    "zh_gov_short",
    "zh_gne",
    "zh_cwced",
    "zh_daniel",
    "zh_netease_gb18030",
)


def pages(name: str) -> list[tuple[dict[str, Any], Page]]:
    """The gold rows of a set that have a text, each with its decoded page."""
    folder = _data() / name
    gold = (folder / "gold.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in gold.split("\n") if line]
    out = []
    for row in rows:
        data = gzip.decompress((folder / row["file"]).read_bytes())
        page = decode.decode_file(data, row["file"].removesuffix(".gz"), url_of(row))
        if row.get("text") is not None and isinstance(page, Page):
            out.append((row, page))
    return out


def url_of(row: Mapping[str, Any]) -> str | None:
    """The address of a gold page as tools/measure.py makes it."""
    if row.get("site"):
        return f"http://www.{row['site'].replace('_', '.')}/{row['path'].split('/', 1)[1]}"
    return f"http://{row['host']}/{row['id']}" if row.get("host") else row.get("url")


def memories(kept: Iterable[tuple[Mapping[str, Any], Page]]) -> dict[str, SiteMemory]:
    """What the pages of each host have in common."""
    lines: dict[str, list[list[str]]] = defaultdict(list)
    for _, page in kept:
        if page.url:
            lines[host(page)].append(page_lines(page))
    return {name: memory.learn(name, found) for name, found in lines.items()}


def host(page: Page) -> str:
    """The host of a page's address, "" without one."""
    return urlsplit(page.url or "").hostname or ""


def text_of(page: Page, known: SiteMemory | None) -> str:
    """The article's text after the furniture steps; "" for a rejected page."""
    answer = extract.extract(page, None, known)
    if not isinstance(answer, Extraction):
        return ""
    title = metadata.title_of(answer.candidates)
    about = About("html", page.url, page.captured, title, known)
    return clean(answer.text, STEPS, about).text


def score(name: str, *, with_memory: bool) -> tuple[dict[str, float], list[tuple[float, str]]]:
    """F1, precision, recall, lost and clean of a set, and every page's F1."""
    scorer = _scorer()
    kept = pages(name)
    known = memories(kept) if with_memory else {}
    rows = []
    for gold, page in kept:
        text = text_of(page, known.get(host(page)))
        title = gold.get("title")
        rows.append((*scorer.prf(scorer.body(gold["text"], title), scorer.body(text, title)), gold))
    precision, recall = _mean(r[0] for r in rows), _mean(r[1] for r in rows)
    figures = {
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "precision": precision,
        "recall": recall,
        "lost": sum(r[2] < 0.5 for r in rows) / len(rows),
        "clean": sum(r[2] >= 0.95 for r in rows) / len(rows),
    }
    return figures, sorted((r[2], r[3]["id"]) for r in rows)


def _mean(values: Iterable[float | None]) -> float:
    found = [value for value in values if value is not None]
    return sum(found) / len(found) if found else 0.0


def _data() -> Path:
    shared = shared_folder()
    if shared is None:
        raise SystemExit("the shared folder is not here")
    return shared / "data" / "pages"


def _scorer() -> Any:
    path = _data().parents[1] / "tools" / "score_pages.py"
    spec = importlib.util.spec_from_file_location("score_pages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Print one line per set and mode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--worst", type=int, default=0)
    args = parser.parse_args()
    for name in args.sets:
        for with_memory in (False, True):
            start = time.monotonic()
            figures, worst = score(name, with_memory=with_memory)
            shown = " ".join(f"{key} {value:.4f}" for key, value in figures.items())
            mode = "memory" if with_memory else "alone "
            print(f"{name:20} {mode} {shown}  {time.monotonic() - start:.1f} s")
            for value, page in worst[: args.worst]:
                print(f"    {value:.3f} {page}")


if __name__ == "__main__":
    main()
