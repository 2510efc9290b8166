"""A replay is the crawl's own arrow fed from disk: same lines, and a way to see what changed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import textrecords
from archive.jsonl import edit_from_json
from archive.steps import undo
from archive.warcreader import ReadRecord, read
from tests.commands import ROOT, adds_up, fangzhi, lines, report
from tests.held import Held, article, write
from tests.web import start

SITE = """id = "shiquan"
name = "石泉"
[[seed]]
url = "http://www.shiquan-vsb.test/"
[politeness]
delay = 0.0
"""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("replay")
    sites, holdings = folder / "sites", folder / "h"
    sites.mkdir()
    (sites / "shiquan.toml").write_text(SITE, "utf-8")
    with start() as web:
        # the second run goes on, and derives with the memory the first one learned
        where = ("--sites", sites, "--proxy", web.proxy, "--holdings", holdings)
        for options, code in ((("--limit", 30), 3), ((), 0)):
            done = fangzhi("crawl", *where, *options)
            assert done.returncode == code, done.stderr
    return sites, holdings


def stored(holdings: Path) -> str:
    return "".join(p.read_text("utf-8") for p in sorted((holdings / "text").glob("*.jsonl")))


def test_a_crawl_equals_its_replay_byte_for_byte(crawled: tuple[Path, Path]) -> None:
    sites, holdings = crawled
    again = fangzhi("replay", "--holdings", holdings, "--sites", sites, alone=True)
    assert again.returncode == 0, again.stderr
    assert again.stdout == stored(holdings)


def test_the_second_run_used_what_the_first_one_learned(crawled: tuple[Path, Path]) -> None:
    _, holdings = crawled
    files = sorted((holdings / "text").glob("*.jsonl"))
    assert len(files) == 2
    used = [
        {row["derivation"]["memory"] for row in lines(p.read_text("utf-8")) if "derivation" in row}
        for p in files
    ]
    assert used[0] == {None}
    [digest] = used[1]
    assert (holdings / "memory" / f"shiquan-{digest[:16]}.json").exists()


def test_every_response_ends_as_one_line_and_the_report_adds_up(crawled: tuple[Path, Path]) -> None:
    _, holdings = crawled
    rows = lines(stored(holdings))
    responses = [
        record.id
        for path in sorted((holdings / "warc").glob("*.gz"))
        for record in read(path)
        if isinstance(record, ReadRecord) and record.type == "response"
    ]
    assert [row["id"] for row in rows] == responses
    numbers = report(holdings)
    assert adds_up(numbers)
    assert numbers["articles"] > 0


def test_the_ledger_of_every_article_undoes_it_to_the_extracted_text(
    crawled: tuple[Path, Path],
) -> None:
    _, holdings = crawled
    for row in lines(stored(holdings)):
        if "rejected" not in row:
            assert undo(row["text"], [edit_from_json(e) for e in row["edits"]])


def test_conversion_records_carry_the_text_and_name_their_source(
    crawled: tuple[Path, Path],
) -> None:
    _, holdings = crawled
    articles = {r["id"]: r for r in lines(stored(holdings)) if "rejected" not in r}
    found = [
        record
        for path in sorted((holdings / "text").glob("*-text.warc.gz"))
        for record in read(path)
        if isinstance(record, ReadRecord) and record.type == "conversion"
    ]
    assert len(found) == len(articles)
    for record in found:
        article = articles[(record.get("WARC-Refers-To") or "").strip("<>")]
        assert record.block.read().decode("utf-8") == article["text_norm"]
        assert record.get("WARC-Target-URI") == article["url"]
        rules = json.loads(record.get("Fangzhi-Derivation") or "")
        assert rules == article["derivation"]
        assert {"number", "trafilatura", "opencc", "memory"} <= set(rules)


def test_the_ledger_of_every_conversion_stands_beside_it(crawled: tuple[Path, Path]) -> None:
    _, holdings = crawled
    articles = [r for r in lines(stored(holdings)) if "rejected" not in r]
    told = []
    for path in sorted((holdings / "text").glob("*-text.warc.gz")):
        text = None
        for record in read(path):
            assert isinstance(record, ReadRecord)
            if record.type == "metadata":
                assert text is not None
                assert record.get("WARC-Refers-To") == text.get("WARC-Record-ID")
                article = textrecords.fields_of(record.block.read())
                told.append({**article, "text_norm": text.block.read().decode("utf-8")})
            text = record
    assert told == articles


def test_diff_says_nothing_about_the_same_text_and_names_what_changed(
    crawled: tuple[Path, Path],
) -> None:
    sites, holdings = crawled
    quiet = fangzhi("replay", "--diff", "--holdings", holdings, "--sites", sites)
    assert quiet.stdout == ""
    assert "0 of" in quiet.stderr
    path = sorted((holdings / "text").glob("*.jsonl"))[0]
    kept = path.read_bytes()
    rows = lines(kept.decode("utf-8"))
    chosen = next(row for row in rows if "rejected" not in row)
    chosen["title"] = "另一个标题"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    loud = fangzhi("replay", "--diff", "--holdings", holdings, "--sites", sites)
    path.write_bytes(kept)
    assert chosen["id"] in loud.stdout
    assert "另一个标题" in loud.stdout
    assert "1 of" in loud.stderr


def test_a_replay_names_each_site_it_has_no_definition_of_once(
    crawled: tuple[Path, Path], tmp_path: Path
) -> None:
    sites, holdings = crawled
    for named in ((), (holdings / "warc",)):
        known = fangzhi("replay", *named, "--holdings", holdings, "--sites", sites)
        assert "not defined" not in known.stderr
        other = fangzhi("replay", *named, "--holdings", holdings, "--sites", tmp_path)
        assert other.stderr.count(f"shiquan: not defined in {tmp_path}: derived without") == 1
        assert other.returncode == 0


def test_diff_after_a_change_of_the_rules_shows_exactly_the_changed_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {
        "traditional": (
            "衞生工作會議",
            "衞生部門召開會議，部署醫療衞生與環境衞生工作，要求各鎮認真落實。",
        ),
        "simplified": (
            "卫生工作会议",
            "卫生部门召开会议，部署医疗卫生与环境卫生工作，要求各镇认真落实。",
        ),
    }
    day = datetime(2026, 3, 2, tzinfo=UTC)
    held = [
        Held(f"http://a.test/{n}.html", day, article(t, *[p] * 4)) for n, (t, p) in pages.items()
    ]
    write(tmp_path / "h", held)
    shutil.copytree(ROOT / "seeds" / "vocab", tmp_path / "seeds" / "vocab")
    rules = tmp_path / "seeds" / "vocab" / "script.toml"
    rules.write_text(
        rules.read_text("utf-8").replace('simplified = "卫"', 'simplified = "衙"'), "utf-8"
    )
    monkeypatch.setenv("FANGZHI_SEEDS", str(tmp_path / "seeds"))
    done = fangzhi(
        "replay", "--diff", "--holdings", tmp_path / "h", "--sites", ROOT / "seeds/sites"
    )
    assert done.returncode == 0, done.stderr
    changed = [row for row in done.stdout.splitlines() if row.startswith("~")]
    assert [row.rpartition(" ")[2] for row in changed] == ["http://a.test/traditional.html"]
    assert "-卫生部门召开会议" in done.stdout
    assert "+衙生部门召开会议" in done.stdout
    assert "1 of 2 lines differ" in done.stderr
    assert "derivation of 2: " in done.stderr


def test_write_gives_the_same_files_again(crawled: tuple[Path, Path]) -> None:
    sites, holdings = crawled
    before = {p.name: p.read_bytes() for p in (holdings / "text").iterdir()}
    victim = sorted((holdings / "text").glob("*.jsonl"))[-1]
    victim.unlink()
    done = fangzhi("replay", "--write", "--holdings", holdings, "--sites", sites)
    assert done.returncode == 0, done.stderr
    assert {p.name: p.read_bytes() for p in (holdings / "text").iterdir()} == before


def test_explain_finds_a_page_by_url_and_by_id(crawled: tuple[Path, Path]) -> None:
    _, holdings = crawled
    article = next(r for r in lines(stored(holdings)) if "rejected" not in r)
    for name in (article["url"], article["id"]):
        done = fangzhi("explain", name, "--holdings", holdings)
        assert done.returncode == 0
        assert article["title"] in done.stdout
        assert "charset.chosen" in done.stdout
    assert fangzhi("explain", "http://nowhere.test/", "--holdings", holdings).returncode == 1


def test_a_truncated_warc_gives_its_whole_records_and_names_the_rest(
    crawled: tuple[Path, Path], tmp_path: Path
) -> None:
    _, holdings = crawled
    source = sorted((holdings / "warc").glob("*.warc.gz"))[0]
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    done = fangzhi("replay", cut)
    assert done.returncode == 1
    assert "cut.warc.gz: bytes" in done.stderr
    whole = lines(
        (holdings / "text" / f"{source.name.removesuffix('.warc.gz')}.jsonl").read_text("utf-8")
    )
    ids = [row["id"] for row in lines(done.stdout)]
    assert 0 < len(ids) < len(whole)
    assert ids == [row["id"] for row in whole][: len(ids)]
