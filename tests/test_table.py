"""`--csv`: what a spreadsheet opens as it is, and what no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.derive import derive_file
from archive.jsonl import as_json, line
from crawler.cli import main
from crawler.commands import table
from tests.commands import ROOT
from tests.held import article

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
        (f"{good}\n{good[:-9]}\n".encode(), f"{torn}, after line 1: damaged"),
        (f"{good}\n".encode(), f"{folder}: Is a directory"),
        (good.encode("gbk", "replace"), f"{torn}, after line 0: damaged"),
    ):
        torn.write_bytes(kept)
        assert main(asked) == 1
        assert said in capsys.readouterr().err
        assert not target.exists()
