"""Score the link-farm stage on the shared spam cases, real pages and site trees.

    python tests/eval/spam.py [--no-marker] [--no-lexicon] [--clean] [--verbose]

Without options: the cases, from HTML and from leaked text. `--no-marker` erases the marker
phrase, `--no-lexicon` switches the model off (the hard list stays). `--clean` runs over the gold
pages and the site trees and names everything that would be removed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archive import linkfarm, repair
from archive.farms import lexicon
from archive.model import About, Edit
from archive.page import dom, nodes
from archive.steps import Step, clean
from tests.shared import shared_folder

_BLOCK = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "tr",
        "td",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "pre",
        "dd",
        "dt",
        "dl",
        "table",
        "br",
        "marquee",
        "center",
    ]
)
_MARKER = re.compile(r"主站蜘蛛池模板[：:]|感谢您访问我们的网站，您可能还对以下资源感兴趣[：:]?")
STEPS: tuple[Step, ...] = (linkfarm.strip_link_farms, repair.strip_inserted_tokens)


def visible(root: dom.Element) -> str:
    """The text of a tree as naive extraction takes it: block elements end lines."""
    pieces: list[str] = []

    def walk(element: dom.Element) -> None:
        if isinstance(element.tag, str) and element.tag not in {
            "script",
            "style",
            "head",
            "noscript",
        }:
            if element.tag in _BLOCK:
                pieces.append("\n")
            pieces.append(element.text or "")
            for child in element:
                walk(child)
                pieces.append(child.tail or "")
            if element.tag in _BLOCK:
                pieces.append("\n")

    walk(root)
    return re.sub(r"\n\s*\n+", "\n", "".join(pieces))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def run_html(source: str, url: str | None) -> tuple[str, str, list[Edit]]:
    """Visible text before, after prune and text step, and all edits."""
    before = visible(dom.parse(source).root)  # type: ignore[union-attr]
    page = dom.parse(source)
    assert page is not None
    edits = list(linkfarm.prune(nodes.read(page.root), url))
    cleaned = clean(visible(page.root), STEPS, About("html", url))
    edits += cleaned.edits
    return before, cleaned.text, edits


def run_text(text: str) -> tuple[str, str, list[Edit]]:
    cleaned = clean(text, STEPS, About("text"))
    return text, cleaned.text, list(cleaned.edits)


def cases(folder: Path) -> Iterator[tuple[dict[str, object], str, str]]:
    for path in sorted(folder.glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        html = path.with_suffix(".html").read_bytes().decode(case["encoding"])
        yield case, html, path.with_suffix(".txt").read_text(encoding="utf-8")


def lost(before: str, after: str) -> Counter[str]:
    return Counter(squeezed(before)) - Counter(squeezed(after))


def score(case: dict[str, object], before: str, after: str) -> tuple[int, int, int]:
    """Spam characters there were, spam characters removed, clean characters removed."""
    spam = Counter(squeezed("".join(s["text"] for s in case["spam_spans_text"])))  # type: ignore[attr-defined,index]
    gone = lost(before, after)
    total = sum(spam.values())
    removed = sum((gone & spam).values())
    return total, removed, sum((gone - spam).values())


def evaluate(args: argparse.Namespace, folder: Path) -> None:
    sums: dict[str, list[int]] = {"html": [0, 0, 0], "text": [0, 0, 0]}
    bad = 0
    for case, html, text in cases(folder):
        if args.no_marker:
            html, text = _MARKER.sub("", html), _MARKER.sub("", text)
            for span in case["spam_spans_text"]:  # type: ignore[attr-defined]
                span["text"] = _MARKER.sub("", span["text"])
        row = []
        for way, (before, after, edits) in {
            "html": run_html(html, str(case["url"])),
            "text": run_text(text),
        }.items():
            total, removed, clean_lost = score(case, before, after)
            verdict = linkfarm.verdict(edits, after)
            keep = [s for s in case["must_keep"] if squeezed(s) not in squeezed(after)]  # type: ignore[attr-defined]
            drop = [s for s in case["must_drop"] if squeezed(s) in squeezed(after)]  # type: ignore[attr-defined]
            if case["family"] != "article body repeated twice":
                sums[way] = [
                    a + b for a, b in zip(sums[way], (total, removed, clean_lost), strict=True)
                ]
            row.append(
                f"{way}: {removed}/{total} lost {clean_lost} {verdict}{' KEEP' + str(keep) if keep else ''}{' drop' + str(drop) if drop else ''}"
            )
            wrong = verdict != case["verdict"] and case["verdict"] != "duplicate"
            bad += bool(keep or clean_lost) or (wrong and way == "html")
            if args.verbose:
                row += [f"\n      {e.rule} {e.action} {e.evidence} | {e.old[:50]!r}" for e in edits]
        print(f"{case['id']} [{case['verdict']}] " + " | ".join(row))
    for way, (total, removed, clean_lost) in sums.items():
        print(
            f"{way}: {removed}/{total} = {removed / total:.1%} of spam characters, clean lost {clean_lost}"
        )
    print(f"problems: {bad}")


def clean_pages(data: Path) -> Iterator[tuple[str, str, str | None]]:
    for path in sorted((data / "pages").glob("*/gold.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            raw = gzip.decompress((path.parent / row["file"]).read_bytes())
            try:
                yield (
                    row["id"],
                    raw.decode(row.get("encoding") or "utf-8", "replace"),
                    row.get("url"),
                )
            except LookupError:
                yield row["id"], raw.decode("utf-8", "replace"), _url(row)
    for path in sorted((data / "sites").glob("*.tar.xz")):
        name = path.name.removesuffix(".tar.xz")
        with tarfile.open(path) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is not None:
                    yield (
                        member.name,
                        file.read().decode("utf-8", "replace"),
                        f"http://{name}.test/",
                    )
    for path in sorted((data / "spam" / "mirror-real").rglob("*.html")):
        yield path.name, path.read_bytes().decode("utf-8-sig", "replace"), None


def _url(row: dict[str, str]) -> str | None:
    return row.get("url") or (f"http://{row['host']}/" if row.get("host") else None)


def removals(data: Path) -> None:
    spent = pages = 0.0
    counted: Counter[str] = Counter()
    for name, source, url in clean_pages(data):
        page = dom.parse(source)
        if page is None:
            continue
        started = time.perf_counter()
        edits = list(linkfarm.prune(nodes.read(page.root), url))
        text = visible(page.root)
        middle = time.perf_counter()
        found = clean(text, STEPS[:1], About("html", url)).edits
        spent += time.perf_counter() - started
        pages += 1
        counted[linkfarm.verdict([*edits, *found], text)] += 1
        for edit in (*edits, *found):
            print(
                f"{name}: {edit.rule} {edit.action} {edit.confidence} {edit.evidence} | {edit.old[:90]!r}"
            )
        del middle
    print(
        f"{pages:.0f} pages, {1000 * spent / pages:.2f} ms a page with text taking; verdicts {dict(counted)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--no-marker", "--no-lexicon", "--clean", "--verbose"):
        parser.add_argument(option, action="store_true")
    args = parser.parse_args()
    folder = shared_folder()
    if folder is None:
        sys.exit("the shared data is not here")
    if args.no_lexicon:
        lexicon.score = lambda text: 0.0  # type: ignore[assignment]
    if args.clean:
        removals(folder / "data")
    else:
        evaluate(args, folder / "data" / "spam" / "cases")


if __name__ == "__main__":
    main()
