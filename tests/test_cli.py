"""Bad input gives a clear message and the right exit code, and loses nothing."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tests.commands import adds_up, fangzhi, lines, report
from tests.siteweb import free_port

SITE = 'id = "one"\nname = "一"\n[[seed]]\nurl = "http://127.0.0.1:{port}/"\n[politeness]\ndelay = 0.0\n'


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "one.toml").write_text(SITE.format(port=free_port()), "utf-8")
    return folder


def test_an_unknown_site_is_wrong_use(tmp_path: Path, sites: Path) -> None:
    done = fangzhi("crawl", "nowhere", "--sites", sites, "--holdings", tmp_path / "h")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "seeds list" in done.stderr
    assert not (tmp_path / "h").exists()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [("colour = 1\n", "colour"), ("[scope]\ntype = 'galaxy'\n", "type"), ("id = [\n", "one.toml")],
)
def test_a_malformed_definition_names_file_and_key(
    tmp_path: Path, sites: Path, wrong: str, named: str
) -> None:
    path = sites / "one.toml"
    good = path.read_text("utf-8")
    path.write_text(good + wrong if wrong.startswith("[") else wrong + good, "utf-8")
    for arguments in (["crawl", "--holdings", tmp_path / "h"], ["seeds", "check"]):
        done = fangzhi(*arguments, "--sites", sites)
        assert done.returncode == 2, done.stderr
        assert "one.toml" in done.stderr
        assert named in done.stderr


def test_a_refused_connection_is_a_recorded_failure(tmp_path: Path, sites: Path) -> None:
    holdings = tmp_path / "h"
    done = fangzhi("crawl", "--sites", sites, "--holdings", holdings)
    assert done.returncode == 1
    assert "could not be fetched" in done.stderr
    numbers = report(holdings)
    assert adds_up(numbers)
    assert set(numbers["failed"]) == {"refused"}
    assert numbers["requested"] == numbers["failed"]["refused"] + numbers["pending"]
    assert numbers["pending"] == 1  # the seed waits for the next run: its robots.txt is unknown


def test_a_host_that_does_not_resolve_is_a_recorded_failure(tmp_path: Path) -> None:
    done = fangzhi("scrape", "http://no-such-host.invalid/", "--holdings", tmp_path / "h")
    assert done.returncode == 1
    assert "no-such-host.invalid" in done.stderr
    numbers = report(tmp_path / "h")
    assert adds_up(numbers)
    assert numbers["failed"]


def test_holdings_in_use_are_refused(tmp_path: Path, sites: Path) -> None:
    holdings = tmp_path / "h"
    holdings.mkdir()
    lock = os.open(holdings / ".lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    done = fangzhi("crawl", "--sites", sites, "--holdings", holdings)
    os.close(lock)
    assert done.returncode == 4
    assert "in use" in done.stderr
    assert sorted(p.name for p in holdings.iterdir()) == [".lock"]


def test_an_output_folder_that_cannot_be_written_is_refused(tmp_path: Path, sites: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    done = fangzhi("crawl", "--sites", sites, "--holdings", in_the_way / "h")
    assert done.returncode == 1
    assert str(in_the_way / "h") in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_warc_is_named_and_not_silently_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.warc.gz"
    empty.touch()
    done = fangzhi("replay", empty)
    assert done.returncode == 1
    assert "empty.warc.gz" in done.stderr
    assert "empty file" in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for verb in ("replay", "derive"):
        done = fangzhi(verb, tmp_path / "none")
        assert done.returncode == 1
        assert "none" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_pdf_and_an_empty_file_are_rejections_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "notice.html").write_bytes(b"%PDF-1.4\n" + bytes(range(256)))
    (tmp_path / "empty.html").touch()
    done = fangzhi("derive", tmp_path / "notice.html", tmp_path / "empty.html")
    assert done.returncode == 0
    assert [row["rejected"] for row in lines(done.stdout)] == ["not-html", "no-text"]


def test_a_broken_list_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"file": "a.html"}\n{nonsense\n')
    done = fangzhi("derive", "--list", path)
    assert done.returncode == 1
    assert "line 2" in done.stderr
