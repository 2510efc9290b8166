"""The next run goes on with the text where a broken one stopped."""

from __future__ import annotations

import json

import pytest

from tests.hostile.crawls import small_web


def test_lines_a_broken_run_had_written_are_not_derived_again() -> None:
    with small_web() as crawls:
        holdings = crawls.fresh()
        assert crawls.crawl(holdings).code == 0
        [text] = (holdings / "text").glob("*.jsonl")
        whole = text.read_bytes()
        first, *rest = whole.decode("utf-8").splitlines()
        told = json.dumps(json.loads(first) | {"detail": "written before"}, ensure_ascii=False)
        left = "\n".join([told, *rest]).encode()[: len(whole) * 2 // 3]  # its last line is torn
        text.with_name(text.name + ".open").write_bytes(left)
        for path in (holdings / "text").glob("*[!n]"):  # all but what is open
            path.unlink()
        done = crawls.crawl(holdings)
        assert done.code == 0, done.said
        assert text.read_text("utf-8").splitlines() == [told, *rest]
        assert not list((holdings / "text").glob("*.open"))


@pytest.mark.soak
def test_what_a_power_cut_left_of_a_text_is_derived_again() -> None:
    with small_web() as crawls:
        holdings = crawls.fresh()
        assert crawls.crawl(holdings).code == 0
        [text] = (holdings / "text").glob("*.jsonl")
        whole = text.read_bytes()
        start = whole.index(b"\n") // 2
        left = whole[:start] + bytes(512) + whole[start + 512 :]
        text.with_name(text.name + ".open").write_bytes(left)
        for path in (holdings / "text").glob("*[!n]"):
            path.unlink()
        assert crawls.crawl(holdings).code == 0
        assert text.read_bytes() == whole
