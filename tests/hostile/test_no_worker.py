"""Where no worker process can be started, that is what is said: no page is blamed for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children, forkserver
from pathlib import Path

import pytest

from crawler.sandbox import NoWorker, Sandbox, prepare
from tests.answering import Answer, Asked, answering, define
from tests.commands import ROOT, adds_up, command, fangzhi, lines, report
from tests.hostile import exhaust
from tests.web import start

SITES = Path(__file__).parents[1] / "sites"
ARTICLE = "<html><body><h1>春耕会议</h1><p>昨日上午，县里召开春耕生产会议，要求各乡镇做好种子供应工作。</p>"


def _with_temporary_files(folder: Path) -> dict[str, str]:
    folder.mkdir(parents=True)
    return os.environ | {"TMPDIR": str(folder)}


def test_a_worker_that_cannot_begin_fails_every_call_and_says_why() -> None:
    with Sandbox(2, exhaust.refuse) as sandbox:
        for call in [sandbox.submit(exhaust.answer, "x") for _ in range(50)]:
            with pytest.raises(NoWorker, match="MemoryError: none left"):
                call.result(60)
        with pytest.raises(NoWorker):
            list(sandbox.in_order([exhaust.pid] * 5))


def test_a_worker_that_cannot_begin_at_first_is_started_again(tmp_path: Path) -> None:
    with Sandbox(1, exhaust.RefuseOnce(tmp_path / "mark")) as sandbox:
        assert sandbox.submit(exhaust.answer, "after all").result(60) == "after all"


def test_a_start_that_hangs_is_waited_for_twice_and_ends() -> None:
    began = time.monotonic()
    with Sandbox(2, exhaust.hang, begin=1.0) as sandbox:
        for call in [sandbox.submit(exhaust.answer, "x") for _ in range(20)]:
            with pytest.raises(NoWorker, match="it had not begun after 1 seconds"):
                call.result(60)
    assert 2.0 < time.monotonic() - began < 6.0
    assert not [child for child in active_children() if child.is_alive()]


def test_a_server_of_workers_that_hangs_is_not_waited_for_either() -> None:
    """It is asked for each process, and multiprocessing waits for its answer without end."""
    program = "from tests.hostile.test_no_worker import stopped; stopped()"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no worker process can be started: it had not begun after 1 ")


def stopped() -> None:
    """Say what a call comes to where the server is stopped."""
    prepare()
    server: int = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    os.kill(server, signal.SIGSTOP)
    with Sandbox(1, exhaust.prepare, begin=1.0) as sandbox:
        print(sandbox.submit(exhaust.pid).exception(30))
    os.kill(server, signal.SIGKILL)


def test_where_any_page_ends_its_worker_no_page_is_blamed() -> None:
    with Sandbox(2, exhaust.doom) as sandbox:
        for call in [sandbox.submit(exhaust.burn) for _ in range(20)]:
            with pytest.raises(
                NoWorker, match="workers end, whatever they derive: is there memory"
            ):
                call.result(60)


@pytest.mark.parametrize("verb", ["derive", "scrape"])
def test_a_command_without_workers_ends_with_1_and_gives_no_line(tmp_path: Path, verb: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(ARTICLE, "utf-8")
    what = {
        "derive": [page],
        "scrape": ["http://127.0.0.1:9/", "--holdings", tmp_path / "h", "--allow", "127.0.0.1:9"],
    }
    # the path of a socket has 107 bytes at most (unix(7)), and workers are asked for through one
    environment = _with_temporary_files(tmp_path / ("long" * 30))
    done = subprocess.run(
        command(verb, *what[verb]), env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "fangzhi: no worker process can be started: AF_UNIX path too long (TMPDIR?)\n"
    )


def test_a_crawl_that_loses_its_workers_keeps_its_captures_for_the_next_run(tmp_path: Path) -> None:
    """A cleaner of temporary files takes the socket through which workers are asked for."""
    folder, holdings = tmp_path / "t", tmp_path / "h"
    environment = _with_temporary_files(folder)
    with start() as web:
        crawl = ("crawl", "qinghe-trs", "--sites", SITES, "--proxy", web.proxy)
        crawl += ("--holdings", holdings)
        running = subprocess.Popen(
            command(*crawl), env=environment, stderr=subprocess.PIPE, text=True
        )
        while not (sockets := list(folder.glob("pymp-*/listener-*"))):
            assert running.poll() is None
            time.sleep(0.01)
        sockets[0].unlink()
        _, said = running.communicate(timeout=60)
        assert running.returncode == 3, said
        assert "no worker process can be started" in said
        assert "Traceback" not in said
        assert adds_up(report(holdings))
        assert fangzhi(*crawl).returncode == 0
    rows = [
        row
        for path in (holdings / "text").glob("*.jsonl")
        for row in lines(path.read_text("utf-8"))
    ]
    assert rows
    assert not [row for row in rows if row.get("reason") == "resource-limit"]


def test_pictures_wanted_of_an_article_held_before_are_asked_for_by_the_run_that_has_workers(
    tmp_path: Path,
) -> None:
    """Of an unchanged page they stand in its text, which is derived again to see them."""
    folder, holdings = tmp_path / "t", tmp_path / "h"
    sites = define(tmp_path / "sites", "album.test")
    picture = '<p><img src="/files/1.jpg" alt="会场"></p>'
    page = ARTICLE + f"<p>{'会议要求各乡镇做好种子供应工作。' * 3}</p>{picture}</body></html>"

    def answer(asked: Asked) -> Answer:
        if asked.path == "/":
            return Answer(body=page.encode())
        return Answer(404 if asked.path == "/robots.txt" else 200, asked.path.encode(), type="x/y")

    with answering(answer) as web:
        where = ("--sites", sites, "--holdings", holdings, "--proxy", web.proxy)
        assert fangzhi("crawl", *where).returncode == 0
        running = subprocess.Popen(
            command("crawl", *where, "--images"),
            env=_with_temporary_files(folder),
            stderr=subprocess.PIPE,
            text=True,
        )
        while not (sockets := list(folder.glob("pymp-*/listener-*"))):
            assert running.poll() is None
            time.sleep(0.01)
        sockets[0].unlink()
        _, said = running.communicate(timeout=60)
        assert "no worker process can be started" in said
        assert running.returncode == 3
        assert web.paths("album.test") == ["/", "/"]
        assert fangzhi("crawl", *where, "--images").returncode == 0
        assert web.paths("album.test") == ["/", "/", "/", "/files/1.jpg"]
