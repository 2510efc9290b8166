"""The benchmarks compare what gives the same: these are the equalities they rest on."""

from __future__ import annotations

from pathlib import Path

from tests.bench import corpus, invented, opencc, tables, warc, warcread
from tests.bench.measuring import Goal, Row, Table


def pages(folder: Path) -> Path:
    rows = [f'{{"file": "{n}.html", "url": "http://a.test/{n}.html"}}' for n in range(6)]
    (folder / "pages.jsonl").write_text("\n".join(rows), "utf-8")
    for number in range(6):
        (folder / f"{number}.html").write_bytes(invented.page(number, ("/b.html",)))
    return folder


def test_an_invented_page_is_the_same_every_time_and_no_other_page() -> None:
    assert invented.page(3) == invented.page(3)
    assert len({invented.page(number) for number in range(50)}) == 50


def test_every_reader_finds_the_same_records_and_no_wrong_digest(tmp_path: Path) -> None:
    messages, write = warc.archive(pages(tmp_path))
    write(messages)
    makers = (warcread.read_fangzhi, warcread.read_warcio, warcread.read_fastwarc)
    makers += (warcread.check_fangzhi, warcread.check_warcio, warcread.check_fastwarc)
    counts = set()
    for made in makers:
        items, work = made(tmp_path)
        counts.add(work(items)["records"])
    assert counts == {1 + 3 * 6}


def test_the_conversion_compared_gives_what_the_library_gives(tmp_path: Path) -> None:
    for number, text in enumerate(opencc._texts()[:3]):
        (tmp_path / f"{number}.txt").write_text(text, "utf-8")
    digests = []
    for made in (opencc.fangzhi, opencc.reimplemented):
        texts, convert = made(tmp_path)
        digests.append(convert(texts)["digest"])
    assert digests[0] == digests[1]


def test_a_peer_that_is_ahead_is_shown_as_such() -> None:
    rows = [Row("ours", 10, 2.0, 2.0, 30.0), Row("theirs", 10, 1.0, 1.0, 20.0)]
    table = Table("theme", "some pages", "page", rows, [Goal("3 × theirs", "0.50 ×", False)])
    where = {"load_before": 0.1, "load_after": 0.2, "versions": {}, "date": "", "cores": 2}
    where |= {"memory_gib": 1, "system": "", "python": "", "sqlite": "", "zlib": ""}
    told = tables.markdown([table], where, 3)
    assert "| theirs | 10 | 1 | 1 | 20 | 0.50 |" in told
    assert "**missed**: 3 × theirs. Found: 0.50 ×." in told
    assert "MISSED 3 × theirs" in tables.text(table)


def test_the_corpus_reads_back_what_was_written(tmp_path: Path) -> None:
    about = corpus.write(tmp_path, every=100, files=400)
    assert str(len(corpus.read(tmp_path))) in about
