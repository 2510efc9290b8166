"""Pages of one article in the holdings: one line wherever text is made, and after a kill too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests import held
from tests.commands import fangzhi
from tests.test_parts import page
from tests.web import start, wenku

URL = page(1).target_uri
OTHER = held.article("柳河镇发布防汛通告", "各村要在本周内检查沟渠和泵站，发现问题立即上报。")


def write(root: Path, *numbers: int) -> Path:
    """Holdings with these pages of an article of three, captured in this order, and a notice."""
    captures = [page(number) for number in numbers]
    moments = sorted(capture.date for capture in captures)
    pages = [
        held.Held(capture.target_uri, date, capture.body)
        for capture, date in zip(captures, moments, strict=True)
    ]
    notice = held.Held(f"http://www.liuhe.test/tz/{numbers[0]}.html", moments[0], OTHER)
    return held.write(root, [notice, *pages])


def stored(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "text").iterdir()}


def by_url(text: bytes) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in map(json.loads, text.decode("utf-8").splitlines())}


def test_text_that_a_kill_left_unfinished_is_joined_like_the_rest(tmp_path: Path) -> None:
    warc = write(tmp_path, 3, 1, 2)
    before = stored(tmp_path)
    [name] = [name for name in before if name.endswith(".jsonl")]
    assert by_url(before[name])[URL]["flags"].count("multi-page") == 1
    text = tmp_path / "text" / name
    text.with_name(f"{name}.open").write_bytes(before[name][:500])
    text.with_name(f"{text.stem}-joined.jsonl.open").write_bytes(before[name][:90])
    text.unlink()
    with start() as web:
        proxy = ("--proxy", web.proxy, "--holdings", tmp_path)
        assert fangzhi("scrape", f"http://{wenku.HOST}/", *proxy).returncode == 0
    after = stored(tmp_path)
    assert {name: after[name] for name in before} == before
    assert not [name for name in after if name.endswith(".open")]
    assert fangzhi("replay", warc).stdout.encode("utf-8") == before[name]


def test_pages_in_another_warc_file_are_not_joined_and_said_to_be_missing(tmp_path: Path) -> None:
    write(tmp_path, 1)
    write(tmp_path, 2, 3)
    rows = by_url(b"".join(data for n, data in stored(tmp_path).items() if n.endswith(".jsonl")))
    assert rows[URL]["evidence"]["multi_page"]["missing"] == [2, 3]
    assert not any("rejected" in row for row in rows.values())


def test_a_list_of_loose_pages_gives_one_article(tmp_path: Path) -> None:
    listed = []
    for number in (2, 3, 1):
        file = tmp_path / f"{number}.html"
        file.write_bytes(page(number).body)
        listed.append(json.dumps({"file": str(file), "url": page(number).target_uri}))
    (tmp_path / "list.jsonl").write_text("\n".join(listed), "utf-8")
    done = fangzhi("derive", "--list", tmp_path / "list.jsonl")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert [row.get("rejected") for row in rows] == ["continuation", "continuation", None]
    assert [part["url"] for part in rows[2]["evidence"]["multi_page"]["parts"]] == [
        page(number).target_uri for number in (1, 2, 3)
    ]
