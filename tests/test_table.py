"""`--csv`: what a spreadsheet opens as it is, and what no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.derive import derive_file
from archive.jsonl import as_json, line
from crawler.cli import main
from crawler.commands import table
from tests.commands import ROOT, fangzhi
from tests.held import Held, article, write

SPRING = datetime(2026, 3, 2, 8, tzinfo=UTC)
PAGE = article("关于做好防汛工作的通知", "各乡镇人民政府：请做好防汛工作。" * 9, "县人民政府")


def rows(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_excel_opens_a_table_as_it_is(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    show = table.printer(as_csv=True)
    for name in ("a.html", "b.html"):
        show(line(derive_file(PAGE, name)))
    sys.stdout.flush()
    told, _ = capfdbinary.readouterr()
    assert told.startswith(b"\xef\xbb\xbfpublished,title,")
    assert told.endswith(b"\r\n")
    row = rows(told)[1]
    assert row["title"] == "关于做好防汛工作的通知"
    assert row["published"] == "2026-03-02"
    assert row["text"].count("\n") == 1
    assert row["derivation"].isdigit()


def test_moments_are_of_a_form_that_spreadsheets_know() -> None:
    told = as_json(derive_file(PAGE, "a.html", captured=datetime(2026, 3, 3, 1, 2, 3, 456, UTC)))
    row = dict(zip(table.COLUMNS, table.cells(told), strict=True))
    assert row["captured_utc"] == "2026-03-03 01:02:03"
    told["published"] = "2026-03-02T23:30:00+08:00"
    assert table.cells(told)[0] == "2026-03-02 23:30:00"


def test_nothing_of_a_page_is_a_formula_and_no_cell_is_too_long() -> None:
    told = as_json(derive_file(PAGE, "a.html"))
    for start in ("=HYPERLINK(", "+86", "-1", "@SUM", "\t=1", "＝1"):
        told["title"] = start
        assert table.cells(told)[1] == f"'{start}"
    told["text"] = "字" * 40_000
    cell = table.cells(told)[table.COLUMNS.index("text")]
    assert len(cell) < 32_767
    assert cell.endswith("[32,000 of 40,000 characters]")


def test_the_columns_are_documented() -> None:
    documented = (ROOT / "docs/data.md").read_text("utf-8").split("## As a table")[1]
    for column in table.COLUMNS:
        assert f"`{column}`" in documented


def test_an_export_holds_the_chosen_articles_without_deriving_again(tmp_path: Path) -> None:
    (tmp_path / "h/text").mkdir(parents=True)
    with (tmp_path / "h/text/a.jsonl").open("w", encoding="utf-8") as text:
        for day in (datetime(2024, 3, 2, tzinfo=UTC), datetime(2025, 3, 2, tzinfo=UTC)):
            for page in (PAGE, b""):
                url = f"http://one.test/{day.year}.html"
                print(line(derive_file(page, "a.html", url=url, captured=day)), file=text)
    target = tmp_path / "a.csv"
    asked = ["export", "--csv", str(target), "--holdings", str(tmp_path / "h")]
    for only, code in (
        ("--from=2025", 0),
        ("--site=other", 1),
    ):  # with nothing to tell, the old one stays
        assert main([*asked, only]) == code
        assert [row["url"] for row in rows(target.read_bytes())] == ["http://one.test/2025.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "h"]


@pytest.mark.parametrize("form", ["--csv", "--jsonl"])
def test_an_export_goes_into_a_pipe_as_into_a_file(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str
) -> None:
    (tmp_path / "h/text").mkdir(parents=True)
    told = line(derive_file(PAGE, "a.html", captured=datetime(2025, 3, 2, tzinfo=UTC)))
    (tmp_path / "h/text/a.jsonl").write_text(f"{told}\n", "utf-8", newline="\n")
    rest = ["--holdings", str(tmp_path / "h")]
    assert main(["export", form, str(tmp_path / "file"), *rest]) == 0
    capfdbinary.readouterr()
    assert main(["export", form, "-", *rest]) == 0
    assert capfdbinary.readouterr() == ((tmp_path / "file").read_bytes(), b"")
    if form == "--jsonl":
        assert (tmp_path / "file").read_text("utf-8") == f"{told}\n"
    assert main(["export", form, "-", "--from=2026", *rest]) == 0  # nothing is an answer
    assert capfdbinary.readouterr() == (table.HEAD if form == "--csv" else b"", b"")
    assert main(["export", "--wacz", "-", *rest]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "h"]


@pytest.mark.parametrize("form", ["--csv", "--jsonl"])
def test_text_that_cannot_be_read_is_named_and_not_the_file_to_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    torn, folder = tmp_path / "h/text/a.jsonl", tmp_path / "h/text/b.jsonl"
    folder.mkdir(parents=True)
    good = line(derive_file(PAGE, "a.html", captured=datetime(2024, 3, 2, tzinfo=UTC)))
    target = tmp_path / "a.csv"
    asked = ["export", form, str(target), "--holdings", str(tmp_path / "h")]
    for kept, said in (
        (f"{good}\n{good[:-9]}\n".encode(), f"{torn}, line 2: damaged"),
        (f"{good}\n".encode(), f"{folder}: Is a directory"),
        (good.encode("gbk", "replace"), f"{torn}, line 1: damaged"),
    ):
        torn.write_bytes(kept)
        assert main(asked) == 1
        assert said in capsys.readouterr().err
        assert not target.exists()


@pytest.mark.parametrize(
    ("form", "key"),
    [("--csv", "captured"), ("--jsonl", "captured"), ("--jsonl", "site"), ("--wacz", "id")],
)
def test_a_line_without_what_an_export_asks_of_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, key: str
) -> None:
    root, target = tmp_path / "h", tmp_path / "out"
    pages = [Held(f"http://a.test/{n}.html", SPRING, PAGE) for n in (1, 2)]
    stem = write(root, pages).name.removesuffix(".warc.gz")
    text = root / f"text/{stem}.jsonl"
    first, second = text.read_text("utf-8").splitlines()
    row = json.loads(second)
    del row[key]
    asked = ["export", form, str(target), "--holdings", str(root)]
    asked += ["--site=one"] if key == "site" else []
    for line_2, said in ((json.dumps(row), f"no '{key}'"), ("[1]", "damaged"), ("3", "damaged")):
        text.write_text(f"{first}\n{line_2}\n", "utf-8")
        assert main(asked) == 1
        told = f"fangzhi: {text}, line 2: {said}; `fangzhi replay --write` derives it again\n"
        assert capsys.readouterr().err == told
        assert not target.exists()


@pytest.mark.parametrize("form", ["--csv", "--jsonl"])
def test_an_export_says_which_files_have_no_text_and_what_gives_it(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str
) -> None:
    root, target = tmp_path / "h", tmp_path / "out"
    name = write(root, [Held("http://a.test/1.html", SPRING, PAGE)], derive=False).name
    rest = ["--holdings", str(root)]
    without = f"fangzhi: {name}: no text; `fangzhi replay --write` derives it\n"
    nothing = f"fangzhi: {root}: no article fits, nothing to export\n"
    for where in (str(target), "-"):
        assert main(["export", form, where, *rest]) == 1
        assert capfdbinary.readouterr().err.decode() == without + nothing
        assert not target.exists()
    for other in ("--site=other", "--to=2025"):  # it has nothing of that: nothing is missing
        assert main(["export", form, "-", other, *rest]) == 0
        assert capfdbinary.readouterr().err == b""
    (root / "text/before.jsonl").write_text(
        line(derive_file(PAGE, "a.html", captured=SPRING)) + "\n", "utf-8"
    )
    assert main(["export", form, str(target), *rest]) == 0  # a part, and it is said that it is one
    told = capfdbinary.readouterr()
    assert told.err.decode() == without
    assert told.out.decode() == f"{target}: 1 articles\n"


def test_what_reads_the_stored_text_names_a_line_it_cannot_read(tmp_path: Path) -> None:
    root = tmp_path / "h"
    path = write(root, [Held(f"http://a.test/{n}.html", SPRING, PAGE) for n in (1, 2)])
    text = root / f"text/{path.name.removesuffix('.warc.gz')}.jsonl"
    whole = text.read_bytes()
    text.write_bytes(whole[:-40] + b"\n")
    where = ("--holdings", root)
    for command in (("explain", "http://a.test/1.html"), ("replay", "--diff")):
        done = fangzhi(*command, *where)
        assert done.returncode == 1
        assert f"fangzhi: {text}, line 2: damaged; " in done.stderr
        assert "Traceback" not in done.stderr
    (root / "state.sqlite").unlink()  # what is made again from the files does without the line
    repaired = fangzhi("check", "--repair", *where)
    assert "2 visits of the frontier made again" in repaired.stderr
    assert "text-differs" in repaired.stdout
    assert fangzhi("replay", "--write", *where).returncode == 0  # what the message says to do
    assert text.read_bytes() == whole


@pytest.mark.parametrize("form", ["--csv", "--jsonl"])
def test_an_export_is_written_into_a_pipe_with_a_name_and_through_a_link(
    tmp_path: Path, form: str
) -> None:
    """And does not stand in its place: `/dev/stdout` is a link to one."""
    root = tmp_path / "h"
    write(root, [Held("http://a.test/1.html", SPRING, PAGE)])
    rest = ("--holdings", root)
    assert fangzhi("export", form, tmp_path / "file", *rest).returncode == 0
    whole = (tmp_path / "file").read_bytes()
    assert "关于做好防汛工作的通知".encode() in whole
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as reader:
        read = reader.submit(pipe.read_bytes)
        assert fangzhi("export", form, pipe, *rest).returncode == 0
        assert read.result(30) == whole
    assert pipe.is_fifo()
    link, behind = tmp_path / "link", tmp_path / "behind"
    link.symlink_to(behind)
    behind.write_text("the old one", "utf-8")
    assert fangzhi("export", form, link, *rest).returncode == 0
    assert link.is_symlink()
    assert behind.read_bytes() == whole
    named = fangzhi("export", form, "/dev/stdout", *rest)
    assert named.returncode == 0
    assert named.stdout == whole.decode("utf-8").replace("\r\n", "\n")
    assert Path("/dev/stdout").is_symlink()
    done = fangzhi("export", "--wacz", pipe, *rest)
    assert done.returncode == 2
    assert "not to a pipe" in done.stderr
    assert pipe.is_fifo()


@pytest.mark.parametrize("form", ["--csv", "--jsonl", "--wacz"])
def test_a_place_where_no_file_can_be_is_no_full_disk(tmp_path: Path, form: str) -> None:
    root = tmp_path / "h"
    write(root, [Held("http://a.test/1.html", SPRING, PAGE)])
    for target, said in ((tmp_path / "no/x", "No such file"), (root, "Is a directory")):
        done = fangzhi("export", form, target, "--holdings", root)
        assert done.returncode == 1
        assert f"fangzhi: {target}: {said}" in done.stderr


def test_holdings_without_archives_are_told_and_not_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name, said in (("no", "no such holdings folder"), ("empty", "no WARC files")):
        for more in ((), ("--diff",), ("--write",), ("--learn",)):
            done = fangzhi("replay", *more, "--holdings", tmp_path / name)
            assert done.returncode == 1
            assert said in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]
    done = fangzhi("seeds", "check", "--sites", tmp_path / "empty")
    assert done.returncode == 2
    assert "no site definitions here" in done.stderr
