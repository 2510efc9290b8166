"""The pictures of articles are archived where a definition or the command asks for them."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from archive.formats.records import ReadRecord
from archive.replay import notes_of
from archive.warcreader import read
from tests.answering import Answer, Asked, answering, define
from tests.commands import adds_up, fangzhi, report

HOST = "album.test"
WANTED = "[scope]\nimages = true\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TEXT = "测试县召开春耕生产工作会议，部署水利设施和农机检修，要求各乡镇抓好落实。"


def answer(asked: Asked) -> Answer:
    if asked.path.endswith((".png", ".jpg")):
        return Answer(body=PNG + asked.path.encode(), type="image/png")
    if asked.path == "/robots.txt":
        return Answer(404)
    pictures = '<p><img src="/files/1.jpg" alt="会场"></p><p><img src="http://cdn.test/2.jpg"></p>'
    pictures += '<p><img src="http://[x/3.jpg"></p>'  # a host that cannot be: nothing to ask for
    head = '<html><head><title>部署春耕</title></head><body><img src="/logo.png">'
    body = f'<div class="content"><h1>部署春耕</h1><p>{TEXT}</p>{pictures}<p>{TEXT * 2}</p></div>'
    return Answer(body=f"{head}{body}</body></html>".encode())


def test_pictures_of_articles_held_before_are_asked_for_when_they_are_wanted_now(
    tmp_path: Path,
) -> None:
    """By a run that derives, for they stand in the text."""
    sites, holdings = define(tmp_path / "sites", HOST), tmp_path / "h"
    with answering(answer) as web:
        where = ("--sites", sites, "--holdings", holdings, "--proxy", web.proxy)
        for options in ((), ("--images", "--no-derive"), ("--images",)):
            done = fangzhi("crawl", *where, *options)
            assert done.returncode == 0, done.stderr[-2000:]
            assert adds_up(report(holdings))
        assert web.paths(HOST) == ["/", "/", "/", "/files/1.jpg"]


def test_the_pictures_of_an_article_are_asked_for_once_and_belong_to_it(tmp_path: Path) -> None:
    """Those of its text, on the hosts of the site; not those of the frame around it."""
    sites, holdings = define(tmp_path / "sites", HOST, more=WANTED), tmp_path / "h"
    with answering(answer) as web:
        where = ("--sites", sites, "--holdings", holdings, "--proxy", web.proxy)
        done = fangzhi("crawl", *where)
        assert done.returncode == 0, done.stderr[-2000:]
        assert web.paths(HOST) == ["/", "/files/1.jpg"]
        assert web.paths("cdn.test") == []
    numbers = report(holdings)
    assert adds_up(numbers)
    assert (numbers["articles"], numbers["rejected"]["not-html"]) == (1, 1)
    records = [r for p in (holdings / "warc").glob("*.gz") for r in read(p)]
    kept = [r for r in records if isinstance(r, ReadRecord)]
    (picture,) = (r for r in kept if r.type == "response" and r.uri.endswith("1.jpg"))
    (about,) = (
        notes_of(r)
        for r in kept
        if r.type == "metadata" and (r.get("WARC-Refers-To") or "").strip("<>") == picture.id
    )
    assert about["via"] == f"http://{HOST}/", "the article it belongs to"
    assert (about["hopsFromSeed"], about["link-text"]) == ("E", "会场")
    wacz = tmp_path / "a.wacz"
    assert fangzhi("export", "--wacz", wacz, "--holdings", holdings).returncode == 0
    with ZipFile(wacz) as packed:
        (name,) = (n for n in packed.namelist() if n.startswith("archive/"))
        assert b"1.jpg" in b"".join(
            r.block.read()
            for r in read(Path(packed.extract(name, tmp_path)))
            if isinstance(r, ReadRecord)
        )


def test_pictures_of_articles_that_were_only_captured_are_asked_for_by_the_run_that_derives_them(
    tmp_path: Path,
) -> None:
    """As after a kill: the page was visited, its line is derived by the next run."""
    sites, holdings = define(tmp_path / "sites", HOST), tmp_path / "h"
    with answering(answer) as web:
        where = ("--sites", sites, "--holdings", holdings, "--proxy", web.proxy, "--images")
        for options in (("--no-derive",), ()):
            done = fangzhi("crawl", *where, *options)
            assert done.returncode == 0, done.stderr[-2000:]
        assert web.paths(HOST) == ["/", "/", "/files/1.jpg"]
