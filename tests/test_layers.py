"""Who may import whom: `archive` knows nothing of the network, text modules touch no file."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORBIDDEN = {"crawler", "scrapy", "twisted", "socket", "requests", "urllib3", "aiohttp", "random"}
FILES = {"vocab", "holdings", "state", "textfiles", "warc", "warcreader", "warcwriter"}
FILES |= {"limits", "replay", "sites", "worker", "cdxj", "wacz"}
FILES |= {"opening", "waczreader", "checkholdings", "rebuild"}
FILES |= {"catalogue", "cataloguerows"}
CLOCK = {"now", "utcnow", "today", "time", "monotonic"}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_archive_never_imports_the_crawler_or_the_network() -> None:
    for path in modules("archive"):
        roots = {name.partition(".")[0] for name in imports(path)}
        assert not roots & FORBIDDEN, path


def test_model_and_errors_import_nothing_of_ours_but_each_other() -> None:
    allowed = {"archive.model", "archive.errors"}
    for name in ("model", "errors"):
        ours = {i for i in imports(ROOT / "archive" / f"{name}.py") if i.startswith("archive")}
        assert {".".join(i.split(".")[:2]) for i in ours} <= allowed


def test_text_modules_never_open_files_or_read_the_clock() -> None:
    for path in modules("archive"):
        if path.stem in FILES:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            assert name != "open", path
            assert attribute not in {"read_text", "read_bytes", "write_text"}, path
            assert attribute not in CLOCK or not _is_clock(node.func), path


def test_only_the_wire_touches_private_names_of_scrapy_and_twisted() -> None:
    for path in modules("crawler"):
        if path.stem == "wire":
            continue
        private = {
            name
            for name in imports(path)
            if name.partition(".")[0] in ("scrapy", "twisted")
            and any(part.startswith("_") for part in name.split("."))
        }
        assert not private, path


def test_the_command_line_imports_scrapy_only_where_it_fetches() -> None:
    for path in (ROOT / "crawler" / "cli.py", *(ROOT / "crawler" / "commands").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        roots = {
            (n.module or "") if isinstance(n, ast.ImportFrom) else n.names[0].name for n in top
        }
        assert not {r for r in roots if r.startswith(("scrapy", "twisted", "crawler.run"))}


def _is_clock(function: ast.expr) -> bool:
    value = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(value, ast.Name) and value.id in {"datetime", "date", "time"}
