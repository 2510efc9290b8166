"""What lets somebody in is nowhere: not in logs, reports, records, state or text."""

from __future__ import annotations

import gzip
import json
import logging
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import HoldingsError
from archive.holdings import Holdings, kept_memory
from archive.uri import ascii_url, dedupe_key, join
from archive.warcwriter import Naming
from crawler.logs import SafeRecord, one_line, redacted
from crawler.net.proxy import without_credentials
from crawler.scheduler import _referer
from tests.commands import fangzhi
from tests.hostile import server
from tests.web import start

TOKEN = "tOkEn-5f2c9e"
PROXY_TOKEN = "pRoXy-77ab01"


def everything(folder: Path) -> bytes:
    """Every byte below a folder, compressed files opened."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    read = (path.read_bytes() for path in files)
    return b"\n".join(gzip.decompress(d) if d[:2] == b"\x1f\x8b" else d for d in read)


def test_planted_secrets_are_in_no_log_report_record_or_text(tmp_path: Path) -> None:
    holdings = tmp_path / "h"
    with start() as web:
        host = web.proxy.removeprefix("http://")
        proxy = f"http://me:{PROXY_TOKEN}@{host}"
        seeds = [f"http://u:{TOKEN}@www.qinghe-trs.test/", f"http://u:{TOKEN}@nowhere.invalid/"]
        where = ("--proxy", proxy, "--holdings", holdings, "--verbose")
        done = fangzhi("scrape", *seeds, *where, timeout=120)
        said = done.stdout + done.stderr
        requests = b"".join(exchange.request for exchange in web.log("www.qinghe-trs.test"))
    kept = everything(holdings)
    assert b"WARC/1.1" in kept
    encoded = ("bWU6", PROXY_TOKEN, TOKEN)  # `me:` in base 64, as basic authentication sends it
    for secret in encoded:
        assert secret not in said
        assert secret.encode() not in kept
    assert b"Proxy-Authorization" in requests
    assert TOKEN.encode() not in requests


def test_only_the_proxys_own_field_is_taken_out_of_a_request() -> None:
    sent = b"GET http://a.test/ HTTP/1.1\r\nproxy-authorization: Basic x\r\nHost: a.test\r\n\r\n"
    sent += b"Proxy-Authorization: in the body\r\n"
    assert without_credentials(sent) == sent.replace(b"proxy-authorization: Basic x\r\n", b"")
    assert without_credentials(sent.replace(b"proxy-", b"x-")) == sent.replace(b"proxy-", b"x-")


@given(st.text(alphabet="ab:1@%/", max_size=8), st.sampled_from(["http", "https"]))
def test_no_url_that_is_asked_for_holds_a_user(user: str, scheme: str) -> None:
    url = f"{scheme}://{user}@a.test/x"
    for clean in (ascii_url(url), dedupe_key(url), join("http://b.test/", url) or ""):
        assert "@" not in clean.partition("//")[2].partition("/")[0]


hostile_text = st.text(st.characters() | st.sampled_from("\r\n\x1b\u2028\u202e\x85\x00"))


@given(hostile_text)
def test_one_event_is_one_line_that_a_terminal_only_prints(text: str) -> None:
    record = SafeRecord("a", logging.INFO, "f", 1, "fetched %s", (text,), None)
    assert len(record.getMessage().splitlines()) == 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", record.getMessage())
    assert record.getMessage() == record.getMessage()
    assert one_line(one_line(text)) == one_line(text)


def test_a_traceback_is_part_of_its_line() -> None:
    try:
        raise ValueError("a\nhttp://me:s3kr1t@a.test/")
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
        record = SafeRecord("a", logging.ERROR, "f", 1, "broken", (), told)
    text = logging.Formatter().format(record)
    assert "\n" not in text
    assert "ValueError" in text
    assert "s3kr1t" not in text


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://u:{TOKEN}@a.test/",
        f"{{b'Authorization': [b'Basic {TOKEN}']}}",
        f"Cookie: sid={TOKEN}; b={TOKEN}",
        f'"Proxy-Authorization": "Basic {TOKEN}"',
        f"Set-Cookie: {TOKEN}",
    ],
)
def test_what_lets_somebody_in_is_redacted(text: str) -> None:
    assert TOKEN not in redacted(text)


def test_a_page_of_ordinary_words_is_not_redacted() -> None:
    text = "see mailto:a@b.test, http://a.test/@home and 授权书 cookies of the site"
    assert redacted(text) == text


@pytest.mark.parametrize("name", ["", "state.sqlite", "memory", "warc", "text"])
@pytest.mark.parametrize("how", ["others", "group", "owner"])
def test_state_that_others_can_write_is_refused(tmp_path: Path, name: str, how: str) -> None:
    root = tmp_path / "h"
    Holdings(root, own=True).close()
    path = root / name if name else root
    if how == "owner":
        if os.geteuid():
            pytest.skip("giving a file to another user needs root")
        os.chown(path, 12345, 12345)
    else:
        path.chmod(path.stat().st_mode | (0o020 if how == "group" else 0o002))
    with pytest.raises(HoldingsError, match=f"{path}: .*(others|another|user)"):
        Holdings(root, own=True)


def test_holdings_made_under_a_loose_umask_can_be_opened_again(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Holdings(tmp_path / "h", own=True).close()
        Holdings(tmp_path / "h", own=True).close()
    finally:
        os.umask(before)


hostile_names = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="./\\~%:*?<>|\x00\n a\u202e\ud800", max_size=40),
    st.sampled_from(["..", "../../etc/passwd", "/etc/passwd", "CON", "a/../../b", "", "."]),
)


@given(hostile_names, hostile_names)
def test_a_memory_named_by_an_archive_is_never_looked_for_outside_the_folder(
    site: str, digest: str
) -> None:
    assert kept_memory(Path(__file__).parents[1] / "sites", site, digest) is None


@given(hostile_names)
def test_names_on_disk_hold_nothing_a_page_or_host_chose(name: str) -> None:
    from datetime import UTC, datetime

    made = Naming("fangzhi", "host").name(datetime(2026, 11, 29, tzinfo=UTC), 1)
    assert re.fullmatch(r"[\w.-]{1,200}", made)
    assert len(ascii_url(f"http://a.test/{name}").splitlines()) == 1


def test_nothing_is_written_outside_the_holdings(tmp_path: Path) -> None:
    (tmp_path / "cwd").mkdir()
    with server.Misbehaving() as web:
        for path in ("good", "..%2f..%2fescape", "a%00b", "%2e%2e/%2e%2e/x", "con", "x" * 3000):
            seed = f"http://127.0.0.1:{web.port}/{path}"
            fangzhi("scrape", seed, "--holdings", tmp_path / "h", "--no-derive", timeout=60)
    folders = {path.relative_to(tmp_path / "h").parts[0] for path in (tmp_path / "h").rglob("*")}
    assert folders <= {"warc", "text", "index", "memory", "runs", "state.sqlite", ".lock"} | {
        "state.sqlite-journal"
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cwd", "h"]
    assert json.loads(min((tmp_path / "h/runs").glob("*.json")).read_text("utf-8"))


@pytest.mark.parametrize(
    ("via", "url", "said"),
    [
        ("https://a.test/x?q=1", "http://b.test/", ""),
        ("https://a.test/x#y", "https://b.test/", "https://a.test/x"),
        ("http://a.test/x", "http://b.test/", "http://a.test/x"),
        (None, "http://b.test/", ""),
    ],
)
def test_a_server_asked_in_the_clear_is_told_of_no_secure_page(
    via: str | None, url: str, said: str
) -> None:
    assert _referer(via, url) == said
