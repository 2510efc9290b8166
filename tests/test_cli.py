"""Bad input gives a clear message and the right exit code, and loses nothing."""

from __future__ import annotations

import fcntl
import json
import os
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from time import time

import pytest

from archive.errors import WrongUse
from archive.state import State
from crawler.commands.fetching import _addresses
from crawler.commands.standardin import archives
from crawler.commands.status import _lines, look
from crawler.frontier import Frontier
from crawler.politeness.hosts import Hosts
from crawler.revisiting.revisits import Revisits
from crawler.visits import Lead
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
    assert "http://no-such-host.invalid/: could not be fetched: its robots.txt cannot be read" in (
        done.stderr
    )
    assert "its host rests until 20" in done.stderr
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


@pytest.mark.parametrize(
    "given", ["foo", "www.qinghe.test/a.html", "http://", "/a", "http://[::1/"]
)
def test_what_is_no_address_of_a_page_is_wrong_use(tmp_path: Path, given: str) -> None:
    done = fangzhi("scrape", given, "--holdings", tmp_path / "h")
    assert done.returncode == 2, done.stderr
    assert given in done.stderr
    assert "http://" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_addresses_are_read_from_standard_input_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("\nhttp://a.test/x y.html\n\nwww.b.test\n"))
    there = ["http://a.test/x%20y.html", "www.b.test"]
    assert _addresses(["http://c.test/", "-"]) == ["http://c.test/", *there]


def test_addresses_in_another_character_set_are_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    given = TextIOWrapper(BytesIO("http://a.test/公告.html\n".encode("gbk")), "utf-8")
    monkeypatch.setattr("sys.stdin", given)
    with pytest.raises(WrongUse, match="standard input: no list in UTF-8"):
        _addresses(["-"])


@pytest.mark.parametrize(
    "given",
    [
        ("crawl", "--limit", "-1"),
        ("crawl", "--search-views", "0"),
        ("crawl", "--patience", "nan"),
        ("crawl", "--min-free", "-5"),
        ("crawl", "--like", "--min-relevance", "2"),
        ("derive", "a.html", "--captured", "yesterday"),
        ("serve", "--port", "70000"),
        ("crawl", "--allow", "intranet"),
        ("crawl", "--proxy", "socks5://127.0.0.1:1080"),
        ("crawl", "--proxy", "http://proxy.test/path"),
    ],
)
def test_a_value_out_of_range_is_wrong_use_and_says_what_is_wanted(given: tuple[str, ...]) -> None:
    done = fangzhi(*given)
    assert done.returncode == 2
    assert repr(given[-1]) in done.stderr
    assert "_" not in done.stderr.splitlines()[-1], "no name of a function"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("{", "line 1"),
        ('{"file": 3}', "line 1"),
        ('\n{"file": "a.html", "captured": "yesterday"}', "line 2"),
        ('{"file": "a.html", "url": ["b"]}', "line 1"),
    ],
)
def test_a_list_that_cannot_be_read_names_its_line(
    tmp_path: Path, text: str | None, said: str
) -> None:
    path = tmp_path / "list.jsonl"
    if text is not None:
        path.write_text(text, "utf-8")
    done = fangzhi("derive", "--list", path)
    assert done.returncode == 1
    assert str(path) in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_line_has_no_line_end_inside_whatever_its_reader_takes_for_one(tmp_path: Path) -> None:
    """U+2028 and U+0085 are none to JSON, but to many a reader; both stand in pages."""
    title = "关于做好\u2028防汛\x85工作的通知"
    html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
    html += (
        f"<div class='content'><p>{'各乡镇人民政府：请做好防汛工作。' * 9}</p></div></body></html>"
    )
    (tmp_path / "a\u2029b.html").write_text(html, "utf-8")
    done = fangzhi("derive", tmp_path / "a\u2029b.html")
    assert len(done.stdout.splitlines()) == 1
    (row,) = lines(done.stdout)
    assert row["input"] == str(tmp_path / "a\u2029b.html")


def test_holdings_that_only_failed_before_are_not_called_new(tmp_path: Path, sites: Path) -> None:
    for _ in range(2):
        done = fangzhi("crawl", "--sites", sites, "--holdings", tmp_path / "h", "--patience", "0")
    assert "state.sqlite is new" not in done.stderr
    (tmp_path / "h" / "state.sqlite").unlink()
    done = fangzhi("crawl", "--sites", sites, "--holdings", tmp_path / "h", "--patience", "0")
    assert "state.sqlite is new" in done.stderr
    assert "next due" in (told := fangzhi("status", "--holdings", tmp_path / "h").stdout)
    assert "1970" not in told
    assert "0 unchanged, 3 failed, 1 pending" in told


def test_single_pages_are_never_due_by_themselves(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    Hosts(state)
    frontier = Frontier(state, "r", lambda *_: None, Revisits())
    frontier.open([""])
    frontier.add(Lead("http://a.test/", None, "", "", 0), again={})
    state.write("UPDATE urls SET state = 3, due = 0, visits = 1")
    state.commit()
    (site,) = look(tmp_path, time())["sites"]
    assert (site["visited"], site["due"], site["next_due"]) == (1, 0, None)
    (tmp_path / "runs").mkdir()
    run = {"reason": "closespider_pagecount", "failed": {"dns": 2}}
    (tmp_path / "runs/1.json").write_text(json.dumps(run))
    shown = "\n".join(_lines(look(tmp_path, time()), time()))
    assert "ended at its limit" in shown
    assert "2 failed" in shown


def test_the_version_names_what_texts_depend_on() -> None:
    done = fangzhi("--version")
    assert done.returncode == 0
    assert [row.split()[0] for row in done.stdout.splitlines()] == [
        *("fangzhi", "derivation", "trafilatura", "opencc"),
    ]


def test_a_folder_stands_for_the_pages_in_and_below_it(tmp_path: Path) -> None:
    (tmp_path / "pages/b").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    for name in ("pages/c.HTM", "pages/b/a.html.gz", "pages/picture.png", "pages/a.txt"):
        (tmp_path / name).write_bytes(b"")
    done = fangzhi("derive", tmp_path / "pages", tmp_path / "empty")
    inputs = [Path(row["input"]).name for row in lines(done.stdout)]
    assert inputs == ["a.txt", "a.html.gz", "c.HTM"]
    assert done.returncode == 1
    assert "a folder without pages" in done.stderr


def test_a_link_to_nowhere_in_a_folder_of_archives_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").symlink_to("/nowhere/a.warc.gz")
    with archives([tmp_path]) as found:
        assert found == [tmp_path / "a.warc.gz"]
