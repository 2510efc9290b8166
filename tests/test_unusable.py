"""What every page needs and cannot be read ends a command: it rejects no page, and no run without it
ends as if all were well."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import VocabularyError
from archive.vocab import folder
from tests.answering import Answer, Answering, Asked, answering, article, define
from tests.commands import adds_up, fangzhi, lines, report

HOST = "a.test"
PAGES = 8


@pytest.fixture
def web() -> Iterator[Answering]:
    """A list and eight articles, which are others each time they are asked for."""
    edition = 0

    def answer(asked: Asked) -> Answer:
        nonlocal edition
        if asked.path == "/robots.txt":
            return Answer(404)
        if asked.path == "/":
            edition += 1
            return article("首页", *(f"/{number}.html" for number in range(PAGES)))
        town = "甲乙丙丁戊己庚辛"[int(asked.path[1])] + "子丑寅卯"[edition]
        text = f"{town}镇昨日召开会议，{town}河两岸的村民代表都来了，镇长说{town}堤今年要加高。"
        return article(f"{town}镇加高{town}堤", paragraph=text)

    with answering(answer) as running:
        yield running


def where(tmp_path: Path, web: Answering) -> tuple[object, ...]:
    sites = define(tmp_path / "sites", HOST)
    return ("--sites", sites, "--holdings", tmp_path / "h", "--proxy", web.proxy)


def texts(tmp_path: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (tmp_path / "h/text").glob("*.jsonl")}


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vocabulary with a slip of the pen, for commands that are started from here on."""
    shutil.copytree(folder().parent, tmp_path / "seeds")
    vocabulary = tmp_path / "seeds/vocab/metadata.toml"
    with vocabulary.open("a") as file:
        file.write("title = = 1\n")
    monkeypatch.setenv("FANGZHI_SEEDS", str(tmp_path / "seeds"))
    return vocabulary


def test_a_vocabulary_with_an_error_rejects_no_page_and_replaces_no_text(
    tmp_path: Path, web: Answering, monkeypatch: pytest.MonkeyPatch, broken: Path
) -> None:
    monkeypatch.delenv("FANGZHI_SEEDS")
    at = where(tmp_path, web)
    assert fangzhi("crawl", *at).returncode == 0
    before = texts(tmp_path)
    monkeypatch.setenv("FANGZHI_SEEDS", str(broken.parents[1]))
    page = tmp_path / "page.html"
    page.write_bytes(article("关于会议的报道").body)
    said = f"fangzhi: {broken}: Invalid value"
    for command in (
        ("derive", page),
        ("replay", "--write", *at[:4]),
        ("replay", "--executor", "concurrent.futures:ProcessPoolExecutor", *at[:4]),
    ):
        done = fangzhi(*command, alone=True)
        assert done.returncode == 1, command
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert not [row for row in lines(done.stdout) if row["rejected"] == "derivation-failed"]
    assert texts(tmp_path) == before


def test_a_crawl_with_an_error_in_a_vocabulary_keeps_what_it_captured_for_the_next(
    tmp_path: Path, web: Answering, monkeypatch: pytest.MonkeyPatch, broken: Path
) -> None:
    at = where(tmp_path, web)
    done = fangzhi("crawl", *at, alone=True)
    assert done.returncode == 3
    assert str(broken) in done.stderr
    assert adds_up(report(tmp_path / "h"))
    assert texts(tmp_path) == {}
    monkeypatch.delenv("FANGZHI_SEEDS")
    assert fangzhi("crawl", *at).returncode == 0
    rows = [row for text in texts(tmp_path).values() for row in lines(text.decode())]
    assert sum("rejected" not in row for row in rows) == PAGES + 1


def test_an_error_in_a_vocabulary_can_be_handed_over_pickled() -> None:
    error = VocabularyError(Path("x.toml"), "line 1", "no")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.where) == ("x.toml: line 1: no", "line 1")


def test_a_damaged_site_memory_is_named_by_the_crawl_and_the_replay_that_need_it(
    tmp_path: Path, web: Answering
) -> None:
    at = where(tmp_path, web)
    assert fangzhi("crawl", *at).returncode == 0
    assert fangzhi("crawl", *at).returncode == 0  # it notes the memory that the first has learned
    before, asked = texts(tmp_path), len(web.log)
    rows = [row for text in before.values() for row in lines(text.decode())]
    assert [row for row in rows if row.get("derivation", {}).get("memory")]
    for path in (tmp_path / "h/memory").glob("*.json"):
        path.write_bytes(path.read_bytes()[:50])
    for command in (("crawl", *at), ("replay", "--write", *at[:4])):
        done = fangzhi(*command)
        assert done.returncode == 1, command
        assert f"{tmp_path}/h/memory/{HOST}-" in done.stderr
        assert "remove it: then pages are derived without" in done.stderr
        assert "Traceback" not in done.stderr
    assert len(web.log) == asked
    assert texts(tmp_path) == before
    for path in (tmp_path / "h/memory").glob("*.json"):
        path.unlink()
    done = fangzhi("replay", *at[:4])
    assert done.returncode == 0
    assert done.stderr.count(f"{HOST}: its memory ") == 1
    assert f" is not in {tmp_path}/h/memory: derived without" in done.stderr
    assert fangzhi("crawl", *at).returncode == 0


def test_a_run_whose_report_could_not_be_made_does_not_end_well(
    tmp_path: Path, web: Answering
) -> None:
    at = where(tmp_path, web)
    assert fangzhi("crawl", *at).returncode == 0
    reports = list((tmp_path / "h/runs").iterdir())
    with closing(sqlite3.connect(tmp_path / "h/state.sqlite")) as state, state:
        state.execute("UPDATE health_days SET figures = '{'")
    done = fangzhi("crawl", *at)
    assert done.returncode == 1
    assert "its report is not written: an error of fangzhi, see its messages" in done.stderr
    assert list((tmp_path / "h/runs").iterdir()) == reports
    assert fangzhi("check", "--holdings", tmp_path / "h").returncode == 0
