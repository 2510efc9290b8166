"""Nothing read from the web or the disk becomes code, and a crawl opens no door."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import time
import tomllib
from pathlib import Path

from scrapy.settings import Settings

from tests.commands import ROOT, command
from tests.hostile import server
from tests.web import start

LOADERS = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "jsonpickle", "yaml"}
CALLS = {"eval", "exec", "compile", "__import__"}
SOURCES = sorted(
    path for folder in ("archive", "crawler") for path in (ROOT / folder).rglob("*.py")
)


def test_no_module_loads_code_from_data() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: set[str] = set()
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {(node.module or "").partition(".")[0]}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in CALLS, f"{path}:{node.lineno}"
            assert not names & LOADERS, f"{path}: {names & LOADERS}"


def test_no_command_is_built_for_a_shell() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                shell = [k for k in node.keywords if k.arg == "shell"]
                assert not shell, f"{path}:{node.lineno}"
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                assert name not in {"system", "popen"}, f"{path}:{node.lineno}"


def test_the_linter_forbids_loaders_of_code_and_no_line_is_excused() -> None:
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in ruff["select"]  # S102 exec, S301 pickle, S302 marshal, S307 eval, S506 yaml.load
    assert not {rule for rule in ruff["ignore"] if rule.startswith(("S1", "S3", "S5"))} - {
        "S101",
        "S311",
    }
    for path in SOURCES:
        text = path.read_text("utf-8")
        assert not [f"noqa: {rule}" for rule in ("S102", "S301", "S307", "S506") if rule in text]


def test_the_settings_that_keep_a_crawl_closed_are_pinned() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    handlers = settings.getdict("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
    runs = {
        name: set(settings.get_component_priority_dict_with_base(name))
        for name in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES")
    }
    assert runs == {
        "EXTENSIONS": {
            "crawler.recorder.Recorder",
            "crawler.progress.Progress",
            "scrapy.extensions.corestats.CoreStats",
            "scrapy.extensions.memusage.MemoryUsage",
            "scrapy.extensions.closespider.CloseSpider",
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware",
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware",
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware",
            "crawler.net.proxy.ProxyMiddleware",
        },
        "SPIDER_MIDDLEWARES": set(),
    }, "a part of Scrapy that nobody asked for runs"
    for off in ("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED"):
        assert settings.getbool(off) is False, off
    assert settings["JOBDIR"] is None
    assert settings.getbool("DOWNLOAD_FAIL_ON_DATALOSS") is False
    assert 0 < settings.getint("DOWNLOAD_MAXSIZE") <= 32 * 2**20
    assert 0 < settings.getfloat("DOWNLOAD_TIMEOUT") <= 120


def listening(process: int) -> set[str]:
    """Local addresses a process and its children listen on, from /proc."""
    sockets = set()
    for one in {process, *children(process)}:
        for handle in Path(f"/proc/{one}/fd").glob("*"):
            try:
                sockets.add(os.readlink(handle))
            except OSError:
                continue
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for row in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            local, state, inode = (row.split()[n] for n in (1, 3, 9))
            if f"socket:[{inode}]" in sockets and state in (
                "0A",
                "07",
            ):  # LISTEN; an unconnected UDP
                found.add(f"{table} {local}")
    return found


def children(process: int) -> set[int]:
    found = set()
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found |= {child, *children(child)}
    return found


def test_a_running_crawl_listens_on_no_port(tmp_path: Path) -> None:
    with server.Misbehaving() as web:
        urls = [web.url("good"), web.url("never")]
        running = subprocess.Popen(
            command("scrape", *urls, "--holdings", tmp_path / "h"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            end = time.monotonic() + 60
            while not web.sent["good"] and time.monotonic() < end:
                time.sleep(0.1)
            time.sleep(1.5)  # the worker that derives the page has started
            assert running.poll() is None
            assert children(running.pid)
            assert not listening(running.pid)
        finally:
            running.kill()  # a clean end would wait for the answer that never comes
            running.wait(60)


def test_proxy_variables_of_the_environment_are_ignored(tmp_path: Path) -> None:
    with start() as web, server.Misbehaving() as other:
        environment = os.environ | dict.fromkeys(
            ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), web.proxy
        )
        done = subprocess.run(
            command("scrape", other.url("good"), "--holdings", tmp_path / "h"),
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        rows = map(json.loads, done.stdout.splitlines())
        assert [row["title"] for row in rows if "title" in row] == ["清河县召开水利建设工作会议"]
        assert bytes(other.sent["good"])
