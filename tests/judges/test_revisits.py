"""Every capture of a site crawled twice is shown by other tools as it was, whichever record holds it:
responses, 304s, the same payload again, the same payload under another URL, and a 304 to that."""

from __future__ import annotations

import urllib.request
from email.utils import parsedate_to_datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from archive.formats import message
from archive.formats.records import ReadRecord
from archive.holdings import Holdings
from archive.replay import capture_of, with_payload
from archive.warc import parse_date
from tests import repeated
from tests.commands import fangzhi
from tests.judges import browser, panel, replaywebpage
from tests.repeated import HOST, PAGES


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repeated.crawled(tmp_path_factory.mktemp("repeated"))[0]


def captures(holdings: Path) -> list[tuple[ReadRecord, bytes]]:
    """Every response and revisit of a 200, and the payload its server sent."""
    files = sorted((holdings / "warc").glob("*.warc.gz"))
    records = [r for path in files for r in panel.records(path)]
    responses = {r.id: capture_of(r, "") for r in records if r.type == "response"}
    found = []
    for record in records:
        if record.type == "response":
            sent = responses[record.id]
        elif record.type == "revisit":
            original = responses[(record.get("WARC-Refers-To") or "").strip("<>")]
            sent = with_payload(capture_of(record, ""), original)
        else:
            continue
        if message.status(sent.head) == 200:
            found.append((record, message.payload(sent.head, sent.body)))
    return found


def test_the_warc_judges_accept_revisits_of_other_urls(holdings: Path, tmp_path: Path) -> None:
    """In the archive, and in the package it is exported to."""
    for path in Holdings(holdings).warcs():
        panel.judge(path)
    target = tmp_path / "a.wacz"
    assert fangzhi("export", "--wacz", target, "--holdings", holdings).returncode == 0
    with ZipFile(target) as package:
        for name in (n for n in package.namelist() if n.startswith("archive/")):
            panel.judge(Path(package.extract(name, tmp_path)))


def test_pywb_answers_every_url_with_its_capture_of_that_time(
    holdings: Path, tmp_path: Path
) -> None:
    programs = panel.pywb()
    if programs is None:
        pytest.skip("pywb is not installed in an environment of its own")
    found = captures(holdings)
    with panel.wayback(programs, tmp_path / "pywb", Holdings(holdings).warcs()) as prefix:
        for record, payload in found:
            moment = parse_date(record.get("WARC-Date") or "").replace(microsecond=0)
            asked = f"{prefix}/{moment:%Y%m%d%H%M%S}id_/{record.uri}"
            with urllib.request.urlopen(asked, timeout=30) as answer:
                assert answer.status == 200, asked
                assert answer.read() == payload, asked
                shown = parsedate_to_datetime(answer.headers["Memento-Datetime"])
            assert shown == moment, (record.type, asked)
    kinds = [
        record.get(
            "WARC-Profile",
        )
        or record.type
        for record, _ in found
    ]
    print({kind: kinds.count(kind) for kind in kinds})
    assert len(kinds) == 16
    assert sum(kind.endswith("identical-payload-digest") for kind in kinds) == 9
    assert sum(kind.endswith("server-not-modified") for kind in kinds) == 1


@browser.needed
@pytest.mark.skipif(replaywebpage.bundle() is None, reason="no ReplayWeb.page: make judges")
@pytest.mark.parametrize("crawl", [0, 1])
def test_replaywebpage_shows_a_page_whose_payload_stands_under_another_url(
    holdings: Path, tmp_path: Path, crawl: int
) -> None:
    """The first time as the same payload, the second time as a 304."""
    target = tmp_path / "a.wacz"
    assert fangzhi("export", "--wacz", target, "--holdings", holdings).returncode == 0
    url = f"http://{HOST}{PAGES[1]}"
    record = [r for r, _ in captures(holdings) if r.uri == url][crawl]
    assert record.type == "revisit"
    stamp = f"{parse_date(record.get('WARC-Date') or ''):%Y%m%d%H%M%S}"
    said = replaywebpage.shown(target, url, stamp, tmp_path / "profile", "春耕")
    assert said.count("部署水利设施和农机检修") >= 6
