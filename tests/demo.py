"""`make demo`: the main job on the local test web, and where to look afterwards.

Four invented sites on loopback: a county portal (TRS), a DedeCMS site in every GBK disguise, a
scraper mirror of the portal (Traditional script, pinyin glosses, GBK cuts, a spider-pool footer)
and a hacked government site.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.web import start

ROOT = Path(__file__).parents[1]
HOLDINGS = ROOT / "demo" / "holdings"
SITES = Path(__file__).with_name("sites")
NAMES = ("qinghe-trs", "dede-gbk", "mirror-ft", "hacked-xian")
LIST = 12  # removed pieces shown of one article
WIDTH = 60


def main() -> int:
    shutil.rmtree(HOLDINGS.parent, ignore_errors=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "crawler.cli", "crawl", *NAMES, "--sites", str(SITES)]
    with start() as web:
        print("crawling four sites of the local test web …", file=sys.stderr)
        code = subprocess.run(
            [*command, "--proxy", web.proxy, "--holdings", str(HOLDINGS)], cwd=ROOT, check=False
        ).returncode
        requests = len(web.log())
    if code:
        return code
    rows = list(derived())
    print(f"\n{requests} requests in {time.monotonic() - began:.0f} s; one line per site:\n")
    for site, counts in by_site(rows).items():
        print(f"  {site:<12} " + ", ".join(f"{n} {what}" for what, n in counts.most_common()))
    show(most_repaired(rows))
    where()
    return 0


def derived() -> Iterator[dict[str, Any]]:
    """Every line of the holdings' text."""
    for path in sorted((HOLDINGS / "text").glob("*.jsonl")):
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def by_site(rows: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Articles by verdict and rejections by reason, for each host."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        host = row["url"].split("/")[2]
        what = (
            f"rejected ({row['rejected']})" if "rejected" in row else f"articles ({row['verdict']})"
        )
        counts.setdefault(host.removesuffix(".test"), Counter())[what] += 1
    return counts


def most_repaired(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The article that the most different steps changed, and best leaves no place open."""

    def rank(row: dict[str, Any]) -> tuple[int, bool, int]:
        made = [edit for edit in row["edits"] if edit.get("action") != "flagged"]
        return len({edit["step"] for edit in made}), made == row["edits"], len(made)

    return max((row for row in rows if "rejected" not in row), key=rank)


def show(article: dict[str, Any]) -> None:
    """One cleaned article beside what was taken out of it."""
    print(f"\nONE ARTICLE  {article['url']}\n  {article['title']}  {article['published'] or ''}")
    print(f"  verdict {article['verdict']}, flags {' '.join(article['flags'])}\n")
    for line in article["text_norm"].split("\n"):
        print(f"    {line}")
    removed = Counter(
        (edit["step"], " ".join(edit["old"].split())[:WIDTH], edit["new"].strip()[:WIDTH])
        for edit in article["edits"]
        if edit["old"].strip() and edit.get("action") != "flagged"
    )
    print("\n  and what was removed from it or changed:\n")
    for (step, old, new), times in removed.most_common(LIST):
        count = f" ×{times}" if times > 1 else ""
        print(f"    {step:<24} {old}{' → ' + new if new else ''}{count}")
    print(f"    {sum(removed.values())} pieces in all; the ledger undoes every one of them")


def where() -> None:
    """Where everything lies, and what to try next."""
    shown = HOLDINGS.relative_to(ROOT)
    warc = next((HOLDINGS / "warc").glob("*.warc.gz")).relative_to(ROOT)
    text = next((HOLDINGS / "text").glob("*.jsonl")).relative_to(ROOT)
    report = next((HOLDINGS / "runs").glob("*.json")).relative_to(ROOT)
    print(f"\nWARC    {warc}\ntext    {text}\nreport  {report}\n\nTry:")
    print(f"  .venv/bin/fangzhi explain URL --holdings {shown}")
    print(f"  .venv/bin/fangzhi replay --holdings {shown} --diff --sites tests/sites")


if __name__ == "__main__":
    sys.exit(main())
