"""What a crawl writes is accepted and replayed by other people's programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.formats import message
from tests.commands import fangzhi
from tests.judges import panel
from tests.web import start

HOSTS = ("www.qinghe-trs.test", "torture.test")


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    with start() as web:
        for host in HOSTS:
            (folder / f"{host.split('.')[-2]}.toml").write_text(
                f'id = "{host.split(".")[-2]}"\nname = "{host}"\n[[seed]]\nurl = "http://{host}/"\n'
                "[politeness]\ndelay = 0.0\n"
            )
        done = fangzhi("crawl", "--sites", folder, "--proxy", web.proxy, "--holdings", folder / "h")
        assert done.returncode == 0, done.stderr
    return folder / "h"


def test_fastwarc_cdxj_indexer_and_warcio_accept_every_file(holdings: Path) -> None:
    files = list(holdings.glob("*/*.warc.gz"))
    assert len(files) >= 2
    for path in files:
        panel.judge(path)


def test_pywb_replays_every_page_with_its_own_bytes(holdings: Path, tmp_path: Path) -> None:
    programs = panel.pywb()
    if programs is None:
        pytest.skip("pywb is not installed in an environment of its own")
    files = sorted((holdings / "warc").glob("*.warc.gz"))
    with panel.wayback(programs, tmp_path / "pywb", files) as prefix:
        asked = 0
        for record in (r for path in files for r in panel.records(path) if r.type == "response"):
            block = record.block.read()
            head = message.head_length(block)
            uri = record.get("WARC-Target-URI") or ""
            if message.status(block) != 200 or "torture" in uri:
                continue
            stamp = "".join(c for c in (record.get("WARC-Date") or "")[:19] if c.isdigit())
            assert panel.replayed(prefix, stamp, uri) == (200, block[head:]), uri
            asked += 1
    assert asked > 60
