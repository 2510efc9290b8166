"""What a link says is held against what is served under its address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import cloaking
from archive.derive import derive
from archive.model import Article, Capture
from archive.warc import parse_date, warc_fields
from crawler.links import anchors
from tests.web import hacked

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
CLOAKED = [entry for entry in hacked.entries() if entry.is_cloaked]


def derived(page: str, announced: str) -> Article:
    url = f"http://{hacked.HOST}/xw/2021-11/1001.html"
    capture = Capture(
        url, parse_date("2021-11-24"), HEAD, page.encode(), "urn:x", announced=announced
    )
    result = derive(capture)
    assert isinstance(result, Article)
    return result


def article(title: str, *lines: str) -> str:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"


@pytest.mark.parametrize("entry", CLOAKED, ids=lambda entry: entry.path)
def test_spam_under_an_announced_title_is_cloaked_and_the_evidence_names_both(
    entry: hacked.Entry,
) -> None:
    found = derived(hacked.spam_page(entry.path), entry.story.title)
    assert found.verdict == "cloaked"
    [evidence] = [edit.evidence for edit in found.edits if edit.rule == cloaking.RULE]
    assert f"《{entry.story.title}》" in evidence
    assert "gambling" in evidence


@pytest.mark.parametrize("announced", ["", "更多", "政务公开网", "澳门金沙娱乐城时时彩投注平台"])
def test_without_an_honest_announcement_spam_is_only_spam(announced: str) -> None:
    found = derived(hacked.spam_page(CLOAKED[0].path), announced)
    assert found.verdict in ("infected", "spam_page")


POLICE = (
    "近日，我县公安局开展集中行动，打击网络赌博违法犯罪，抓获犯罪嫌疑人十二名。",
    "民警提醒广大群众，时时彩、百家乐等网上赌博都是骗局，请勿参与，发现线索请及时举报。",
)


def test_a_page_that_speaks_about_a_trade_is_not_cloaked_whatever_the_link_says() -> None:
    page = article("我县破获一起特大网络赌博案", *POLICE)
    assert derived(page, "全县春季植树造林现场会召开").verdict == "clean"


def test_a_shortened_title_is_no_other_page() -> None:
    page = article(
        "关于做好二〇二一年秋季学期校园周边娱乐场所清查工作的通知",
        "各乡镇人民政府：请做好清查工作，对澳门金沙娱乐城等非法广告一律清除。",
    )
    assert derived(page, "做好秋季学期校园周边娱乐场所清查…").verdict != "cloaked"


@given(st.text())
def test_a_note_gives_back_the_announcement(text: str) -> None:
    told = anchors.announcement(text)
    assert len(told) <= anchors.LONGEST_NOTE
    assert anchors.announcement(told) == told
    note = warc_fields([("link-text", told)]).decode("utf-8")
    [row] = note.splitlines() or [""]
    assert row.partition(":")[2].strip() == told
