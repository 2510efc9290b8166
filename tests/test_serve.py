"""`fangzhi serve` shows each capture at its time, and lets nothing of it act."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.formats import message
from archive.warcreader import ReadRecord, read
from crawler.serve import engine_process
from crawler.serve.command import running
from crawler.serve.front import Front
from tests.commands import ROOT, command, fangzhi
from tests.held import Held, again, article, write
from tests.judges import panel
from tests.web import feed, start

SPRING = datetime(2026, 3, 2, 8, tzinfo=UTC)
LINES = [f"三月{day}日，测试县召开第{day}次会议，部署水利和农机检修工作。" for day in range(2, 9)]
OLD, NEW = (
    article("测试县部署春耕", *LINES),
    article("测试县部署春耕", *LINES[:-1], "更正：会议在下旬召开。"),
)
CASE = [article(f"关于{name}的通知", *LINES) for name in ("修桥", "修路")]
HOSTILE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: id=1; Path=/\r\n"
    b'Refresh: 0; url=http://live.test/\r\nClear-Site-Data: "*"\r\nNEL: {"report_to":"x"}\r\n'
    b'Link: <http://live.test/a.js>; rel=preload; as=script\r\nReport-To: {"group":"x"}\r\n'
    b"Service-Worker-Allowed: /\r\nAccess-Control-Allow-Origin: *\r\nWWW-Authenticate: Basic\r\n"
    b"Content-Security-Policy: default-src *\r\nX-Accel-Redirect: /etc/passwd\r\n"
    b'SourceMap: http://live.test/m\r\nAlt-Svc: h2=":1"\r\nStrict-Transport-Security: max-age=9\r\n'
)
URL = "http://a.test/1.html"
DOC = b"HTTP/1.1 200 OK\r\nContent-Type: application/msword\r\n"
HELD = (
    Held(URL, SPRING, OLD),
    again(URL, SPRING + timedelta(days=3)),
    Held("http://a.test/copy.html", SPRING + timedelta(days=3), OLD, repeats=URL),
    Held("http://a.test/Art/1.html", SPRING + timedelta(days=4), CASE[0]),
    Held("http://a.test/art/1.html", SPRING + timedelta(days=4), CASE[1]),
    Held("http://a.test/a.doc", SPRING, b"\xd0\xcf\x11\xe0", DOC),
    Held("http://a.test/hostile", SPRING + timedelta(days=5), b"<h1>x</h1>", HOSTILE),
    Held(URL, SPRING + timedelta(days=30), NEW),
    Held(
        "http://a.test/out", SPRING, b"", b"HTTP/1.1 302 Found\r\nLocation: http://live.test/\r\n"
    ),
    Held("http://a.test/in", SPRING, b"", f"HTTP/1.1 302 Found\r\nLocation: {URL}\r\n".encode()),
    Held("http://a.test/%B9%AB?a=1&b=%27", SPRING, OLD),
    Held('http://a.test/"<script>alert(1)//x', SPRING, article("<b>標題</b><script>", *LINES)),
)
PASSED = {
    "content-type", "content-length", "content-encoding", "location", "memento-datetime", "link",
    "content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy",
    "x-dns-prefetch-control", "cross-origin-opener-policy", "cache-control", "server", "date",
    "content-disposition",
}  # fmt: skip

pytestmark = pytest.mark.skipif(panel.pywb() is None, reason="pywb is not installed: make pywb")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve") / "h"
    write(folder, HELD)
    return folder


@pytest.fixture(scope="module")
def front(root: Path) -> Iterator[Front]:
    with running(root) as served:
        yield served


class Answer:
    """Status, fields and body of one answer."""

    def __init__(self, port: int, path: str, **fields: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        self.status, self.body = answer.status, answer.read()
        self.fields = {name.lower(): value for name, value in answer.getheaders()}
        self.text = self.body.decode("utf-8", "replace")
        connection.close()


def shown(front: Front, url: str, at: str = "", **more: str) -> Answer:
    rest = "".join(f"&{name}={quote(value)}" for name, value in more.items())
    return Answer(front.port, f"/page?url={quote(url, safe='')}&at={at}{rest}")


def framed(front: Front, url: str, stamp: str, kind: str = "mp_") -> Answer:
    return Answer(front.frames.port, front.frames.place(stamp, url, kind))


def test_a_text_that_cannot_be_read_leaves_the_pages_as_they_were(
    root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    holdings = tmp_path / "h"
    shutil.copytree(root, holdings)
    with running(holdings) as front:
        (holdings / "text/zz.jsonl").mkdir()
        front._refreshed = float("-inf")
        for path in ("/", "/search?q=a.test", f"/page?url={quote(URL, safe='')}"):
            assert Answer(front.port, path).status == 200
        assert f"{holdings}/text/zz.jsonl: Is a directory" in capfd.readouterr().err


def test_a_page_that_changed_is_shown_as_it_was_at_each_time(front: Front) -> None:
    for at, line in (("20260302080000", LINES[-1]), ("20260401080000", "更正：会议在下旬召开。")):
        page = shown(front, URL, at)
        assert page.status == 200
        assert line in page.text
        src = unescape(re.findall('<iframe src="([^"]+)"', page.text)[0])
        assert src == f"http://{front.frames.names[0]}{front.frames.place(at, URL)}"
        captured = framed(front, URL, at)
        assert line in captured.text
        assert captured.status == 200
    assert "更正" not in shown(front, URL, "20260302080000").text


def test_a_304_and_a_repeated_payload_are_shown_as_the_page_they_refer_to(front: Front) -> None:
    unchanged = framed(front, URL, "20260305080000")
    assert (unchanged.status, unchanged.fields["memento-datetime"]) == (
        200,
        "Thu, 05 Mar 2026 08:00:00 GMT",
    )
    assert LINES[-1] in unchanged.text
    page = shown(front, URL, "20260305080000")
    assert LINES[-1] in page.text
    assert "未变" in page.text
    copy = framed(front, "http://a.test/copy.html", "20260305080000", "id_")
    assert (copy.status, copy.body) == (200, OLD)
    assert LINES[-1] in shown(front, "http://a.test/copy.html").text


def test_every_capture_is_answered_with_its_own_payload(front: Front, root: Path) -> None:
    asked = 0
    for path in (root / "warc").glob("*.warc.gz"):
        for record in read(path):
            if isinstance(record, ReadRecord) and record.type == "response":
                block = record.block.read()
                head = message.head_length(block)
                stamp = re.sub(r"\D", "", record.get("WARC-Date") or "")[:14]
                got = framed(front, record.get("WARC-Target-URI") or "", stamp, "id_")
                assert (got.status, got.body) == (message.status(block[:head]), block[head:])
                asked += 1
    assert asked == sum(not held.repeats for held in HELD)


def test_addresses_that_differ_by_case_are_told_apart(front: Front) -> None:
    for url, name in (("http://a.test/Art/1.html", "修桥"), ("http://a.test/art/1.html", "修路")):
        assert f"关于{name}的通知" in framed(front, url, "20260306080000").text
        assert f"关于{name}的通知" in shown(front, url).text


def test_of_a_captured_head_only_named_fields_pass(front: Front) -> None:
    got = framed(front, "http://a.test/hostile", "20260307080000")
    assert got.status == 200
    assert set(got.fields) <= PASSED
    assert "live.test" not in str(got.fields)
    assert got.fields["content-security-policy"].startswith("sandbox; default-src 'none'; ")
    for word in ("script-src", "allow-", "unsafe-eval", "*"):
        assert word not in got.fields["content-security-policy"]
    assert 'rel="original"' in got.fields["link"]


def test_a_redirect_leads_to_a_capture_or_nowhere(front: Front) -> None:
    inside = framed(front, "http://a.test/in", "20260302080000")
    assert inside.status == 302
    assert inside.fields["location"] == front.frames.place("20260302080000", URL)
    outside = framed(front, "http://a.test/out", "20260302080000")
    assert outside.status == 302
    followed = Answer(front.frames.port, outside.fields["location"])
    assert followed.status == 404
    assert "不在馆藏中" in followed.text


def test_nothing_but_captures_is_served_beside_our_pages(front: Front) -> None:
    key = front.frames.engine.collection
    for path in (
        "/", "/static/wombat.js", f"/{key}/", f"/{key}/cdx?url=a.test", f"/{key}/timemap/link/{URL}",
        f"/{key}/2026js_/{URL}", f"/{key}/2026sw_/{URL}", f"/{key}/{URL}", f"/{key}/*/{URL}",
        f"/{key}/2026mp_/file:///etc/passwd", f"/{key}/../../etc/passwd", f"/h/2026mp_/{URL}",
        "/collinfo.json", f"/{key}/record/{URL}", f"/{key}/2026mp_/../static/wombat.js",
    ):  # fmt: skip
        assert Answer(front.frames.port, path).status == 404, path
    for wanted in ("script", "worker", "serviceworker"):
        got = Answer(front.frames.port, front.frames.place("2026", URL), Sec_Fetch_Dest=wanted)
        assert got.status == 403


def test_our_pages_hold_no_script_and_nothing_of_a_capture_but_escaped_text(front: Front) -> None:
    url = 'http://a.test/"<script>alert(1)//x'
    odd = quote(url, safe="")
    for path in (
        "/", "/search?q=%3Cscript%3E", f"/page?url={odd}", f"/page?url={odd}&view=ledger",
        f"/page?url={odd}&view=clean", f"/changes?url={odd}", "/page?url=%3Cscript%3E", "/%3Cscript%3E",
        f"/page?url={odd}&at=9999999999999999&view=%22%3E%3Cscript%3E",
    ):  # fmt: skip
        got = Answer(front.port, path)
        assert got.status in (200, 404)
        assert "<script" not in got.text.lower(), path
        assert "script-src" not in got.fields["content-security-policy"]
        assert got.fields["content-security-policy"].startswith("default-src 'none'; ")
        assert got.fields["x-frame-options"] == "DENY"
    assert "&lt;script&gt;alert(1)" in shown(front, url).text


def test_a_file_is_offered_as_it_was_captured(front: Front) -> None:
    page = shown(front, "http://a.test/a.doc")
    assert "<iframe" not in page.text
    place = unescape(re.findall(r'href="(http://[^"]+id_/[^"]+)"', page.text)[0])
    got = Answer(front.frames.port, "/" + place.split("/", 3)[3])
    assert (got.status, got.body) == (200, b"\xd0\xcf\x11\xe0")
    assert got.fields["content-disposition"] == "attachment"
    assert got.fields["content-type"] == "application/octet-stream"


def test_a_page_that_keeps_pywb_busy_for_ever_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_process, "ANSWER_SECONDS", 3.0)
    endless = gzip.compress(b"<a " + b"x" * 100_000_000)
    coded = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    held = [Held("http://a.test/tag", SPRING, endless, coded), Held(URL, SPRING, OLD)]
    write(tmp_path / "h", held, derive=False)
    with running(tmp_path / "h") as front:
        first = front.frames.engine.pid
        assert framed(front, "http://a.test/tag", "20260302080000").status == 502
        assert front.frames.engine.pid != first
        assert framed(front, URL, "20260302080000").status == 200


def test_other_pages_of_the_browser_cannot_use_ours(front: Front) -> None:
    for fields in (
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors", "Sec_Fetch_Dest": "empty"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"},
    ):
        assert Answer(front.port, "/", **fields).status == 403
    led = {
        "Sec_Fetch_Site": "cross-site",
        "Sec_Fetch_Mode": "navigate",
        "Sec_Fetch_Dest": "document",
    }
    assert Answer(front.port, "/", **led).status == 200


def test_a_page_is_found_by_parts_of_title_and_address_in_either_script(front: Front) -> None:
    for words in ("春耕", "春耕 a.test", "測試縣部署", "1.html 部署"):
        got = Answer(front.port, f"/search?q={quote(words)}")
        assert f">{'测试县部署春耕'}</a>" in got.text, words
    assert "没有找到" in Answer(front.port, f"/search?q={quote('春耕 b.test')}").text
    assert "没有找到" in Answer(front.port, "/search?q=%25%25%25").text
    exact = Answer(front.port, f"/search?q={quote(URL, safe='')}")
    assert (exact.status, exact.fields["location"]) == (302, f"/page?url={quote(URL, safe='')}")


def test_what_changed_is_marked(front: Front) -> None:
    got = Answer(front.port, f"/changes?url={quote(URL)}&old=20260302&new=20260401")
    assert "<del>" in got.text
    assert "更正" in got.text


def test_time_gate_and_time_map_are_those_of_memento(front: Front) -> None:
    got = Answer(front.port, f"/timegate/{URL}", Accept_Datetime="Mon, 30 Mar 2026 00:00:00 GMT")
    place = front.frames.place("20260401080000", URL)
    assert (got.status, got.fields["vary"]) == (302, "accept-datetime")
    assert got.fields["location"] == f"http://{front.frames.names[0]}{place}"
    memento = Answer(front.frames.port, place)
    assert memento.fields["memento-datetime"] == "Wed, 01 Apr 2026 08:00:00 GMT"
    for rel in ("original", "timegate", "timemap", "memento"):
        assert f'rel="{rel}"' in memento.fields["link"]
    table = Answer(front.port, f"/timemap/link/{URL}")
    assert table.fields["content-type"] == "application/link-format"
    assert table.text.count('rel="memento"') == 3
    assert Answer(front.port, "/timemap/link/http://nowhere.test/").status == 404
    assert Answer(front.port, f"/timegate/{URL}", Accept_Datetime="soon").status == 400


def test_pywb_answers_nobody_who_names_it_otherwise(front: Front) -> None:
    """Its inner server listens on a port of loopback that a page could find by trying."""
    pid = front.frames.engine.pid
    ports = {port for port in listening(pid) if port not in (front.port, front.frames.port)}
    assert len(ports) == 1
    for port in ports:
        path = f"/{front.frames.engine.collection}/index?url={URL}"
        connection = http.client.HTTPConnection("localhost", port, timeout=10)
        connection.request("GET", path, headers={"Host": f"rebound.example:{port}"})
        assert connection.getresponse().status == 421
        connection.close()


def listening(pid: int) -> set[int]:
    """The TCP ports a process listens on."""
    inodes = {
        str(link.readlink())[8:-1]
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if str(link.readlink()).startswith("socket:")
    }
    ports = set()
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            cells = row.split()
            if cells[3] == "0A" and cells[9] in inodes:
                ports.add(int(cells[1].rpartition(":")[2], 16))
    return ports


def test_an_index_that_lies_opens_no_other_file(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "h", HELD[:1])
    (tmp_path / "secret.warc.gz").write_bytes(b"secret")
    index = next((tmp_path / "h" / "index").glob("*.cdxj"))
    good = index.read_text("utf-8")
    fields = json.loads(good.split(" ", 2)[2])
    for change in (
        {"filename": "../../secret.warc.gz"}, {"filename": "/etc/passwd"}, {"offset": "-1"},
        {"filename": "http://live.test/a.warc.gz"}, {"offset": "1e9"}, {"length": 10**30},
        {"filename": ["a"]}, {"url": 5}, {"filename": fields["filename"] + "\0"}, {"url": "\ud800"},
    ):  # fmt: skip
        with index.open("a", encoding="utf-8") as file:
            file.write(f"test,a)/x 20260302080000 {json.dumps({**fields, **change})}\n")
    with index.open("a", encoding="utf-8") as file:
        file.write("test,a)/x 20260302080000 " + "[" * 100_000 + "\nnonsense\n")
    with running(tmp_path / "h") as front:
        assert front.catalogue.skipped >= 12
        assert front.catalogue.totals().captures == 1
        assert framed(front, URL, "20260302080000").status == 200


def test_a_crawl_a_change_and_a_crawl_show_both_versions(tmp_path: Path) -> None:
    url, after = feed.correction()
    holdings = tmp_path / "h"
    with start() as web:
        for _ in range(2):
            done = fangzhi("scrape", url, "--proxy", web.proxy, "--holdings", holdings)
            assert done.returncode == 0, done.stderr
            web.advance(2 * 86_400)
            time.sleep(1)  # captures are told apart by the second
    with running(holdings) as front:
        captures = front.catalogue.captures(url)
        assert len(captures) == 2
        texts = [shown(front, url, capture.stamp).text for capture in captures]
        pages = [framed(front, url, capture.stamp).text for capture in captures]
        for line in after.lines or ():
            assert line in texts[1]
            assert line in pages[1]
        assert feed.CORRECTION not in texts[0]
        assert feed.CORRECTION not in pages[0]
        newest = max((holdings / "warc").iterdir())  # as while a crawl writes it, or after a kill
        text = holdings / "text" / newest.name.replace(".warc.gz", ".jsonl")
        (holdings / "index" / newest.name.replace(".warc.gz", ".cdxj")).unlink()
        for path in (newest, text):
            path.rename(path.with_name(f"{path.name}.open"))
        front.catalogue.refresh()
        assert [c.stamp for c in front.catalogue.captures(url)] == [c.stamp for c in captures]
        assert shown(front, url, captures[1].stamp).text.count(feed.CORRECTION) >= 1
        assert framed(front, url, captures[1].stamp).text == pages[1]


def test_the_command_says_where_it_is_and_stops_cleanly(root: Path) -> None:
    served = subprocess.Popen(
        command("serve", "--holdings", root, "--port", "0"), stdout=subprocess.PIPE, cwd=ROOT,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert served.stdout is not None
    address = served.stdout.readline().strip()
    port = int(address.rstrip("/").rpartition(":")[2])
    assert address == f"http://127.0.0.1:{port}/"
    assert "3" in Answer(port, "/").text
    served.send_signal(signal.SIGINT)
    _, said = served.communicate(timeout=20)
    assert served.returncode == 0
    assert "Traceback" not in said


def test_without_pywb_it_says_which_command_to_run(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGZHI_PYWB", str(root / "nowhere"))
    done = fangzhi("serve", "--holdings", root)
    assert done.returncode == 1
    assert "run `make pywb` in" in done.stderr
